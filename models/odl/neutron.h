/* The Neutron and L2 gateway objects as the controller holds them: what networking-odl sent, parsed.  Only the objects
 * themselves; what follows from them is told to the managers (elan, interface, l2gw) by odl_neutron_*'s callers. */
#pragma once

#include "models/odl/reader.h"
#include "models/odl/registry.h"
#include "net/address.h"

G_BEGIN_DECLS

typedef struct _Odl Odl;

/* What every object begins with. */
typedef struct
{
  char *id;
  json_t *json; /* as last sent, for GET */
} OdlObject;

typedef enum
{
  ODL_NETWORK_FLAT, /* also what an absent type becomes */
  ODL_NETWORK_VLAN,
  ODL_NETWORK_VXLAN,
  ODL_NETWORK_GRE,
  ODL_NETWORK_OTHER /* a type that the mapping does not know: null in the real one */
} OdlNetworkType;

typedef struct
{
  guint index; /* counted from 1, in list order */
  OdlNetworkType type;
  gboolean has_id;
  guint32 id; /* provider:segmentation_id */
} OdlSegment;

typedef struct
{
  OdlObject object;
  OdlNetworkType type; /* of the top level */
  gboolean has_id;
  guint32 segmentation_id;
  char *physnet;    /* of the top level; NULL: none.  Those of segments are not looked at */
  GArray *segments; /* of OdlSegment */
} OdlNetwork;

typedef struct
{
  OdlObject object;
  char *network_id;
  NetIpv4 prefix; /* 0/0 for IPv6 */
  guint prefix_length;
  NetIpv4 gateway; /* 0: none */
  gboolean enable_dhcp;
} OdlSubnet;

typedef struct
{
  NetIpv4 ip;
  guint prefix_length;
  gboolean has_mac; /* else the port's own */
  NetMac mac;
} OdlAddressPair;

typedef struct
{
  OdlObject object;
  char *network_id;
  NetMac mac;
  GArray *addresses; /* of NetIpv4: the IPv4 ones of fixed_ips */
  char *device_owner;
  gboolean port_security; /* port_security_enabled; absent: off */
  GArray *allowed;        /* of OdlAddressPair: allowed_address_pairs of IPv4 */
  GPtrArray *groups;      /* ids of its security groups */
  char *host, *physnet;   /* binding:host_id; physical_network of binding:profile; NULL: not said */
  gboolean behind_tor;    /* vnic_type direct, macvtap or direct-physical: no interface of ours */
} OdlPort;

typedef struct
{
  OdlObject object;
} OdlSecurityGroup;

typedef struct
{
  OdlObject object;
  char *group_id;
  gboolean egress; /* of traffic from the port; else to it */
  gboolean ipv6;
  gboolean has_protocol;
  guint8 protocol;
  gboolean has_min, has_max; /* ports; of ICMP type and code */
  guint16 port_min, port_max;
  NetIpv4 remote; /* with length 0: anywhere */
  guint remote_length;
  char *remote_group_id; /* NULL: not by group */
} OdlSecurityRule;

typedef struct
{
  char *name;    /* Physical_Port.name */
  GArray *vlans; /* of guint16: VLANs that stand on the interface; empty: the connection has it */
} OdlGatewayInterface;

typedef struct
{
  char *device_name;     /* Physical_Switch.name */
  GPtrArray *interfaces; /* of OdlGatewayInterface */
} OdlGatewayDevice;

typedef struct
{
  OdlObject object;
  GPtrArray *devices; /* of OdlGatewayDevice */
} OdlGateway;

typedef struct
{
  OdlObject object;
  char *network_id, *gateway_id;
  gboolean has_vlan;
  guint16 vlan; /* segmentation_id; 0 is untagged */
} OdlConnection;

typedef struct
{
  OdlRegistry networks, subnets, ports, gateways, connections, security_groups, security_rules;
} OdlNeutron;

void odl_neutron_init (OdlNeutron *neutron);
void odl_neutron_clear (OdlNeutron *neutron);

/* From the inside of a body ({"id": …}); NULL with ODL_ERROR_BAD_REQUEST, or ODL_ERROR_NOT_FOUND when it needs an
 * object that is not there. */
OdlObject *odl_network_parse (const OdlNeutron *neutron, const json_t *body, GError **error);
OdlObject *odl_subnet_parse (const OdlNeutron *neutron, const json_t *body, GError **error);
OdlObject *odl_port_parse (const OdlNeutron *neutron, const json_t *body, GError **error);
OdlObject *odl_gateway_parse (const OdlNeutron *neutron, const json_t *body, GError **error);
OdlObject *odl_connection_parse (const OdlNeutron *neutron, const json_t *body, GError **error);
OdlObject *odl_security_group_parse (const OdlNeutron *neutron, const json_t *body, GError **error);
OdlObject *odl_security_rule_parse (const OdlNeutron *neutron, const json_t *body, GError **error);

void odl_network_free (gpointer network);
void odl_subnet_free (gpointer subnet);
void odl_port_free (gpointer port);
void odl_gateway_free (gpointer gateway);
void odl_connection_free (gpointer connection);
void odl_security_group_free (gpointer group);
void odl_security_rule_free (gpointer rule);

/* The part that all of them share. */
gboolean odl_object_read (OdlObject *object, const char *what, const json_t *body, GError **error);
void odl_object_clear (OdlObject *object);
/* ODL_ERROR_NOT_FOUND when there is no such network. */
gboolean odl_neutron_needs_network (const OdlNeutron *neutron, const char *what, const char *network_id,
                                    GError **error);

static inline OdlNetwork *
odl_neutron_network (const OdlNeutron *neutron, const char *id)
{
  return odl_registry_find (&neutron->networks, id);
}

static inline OdlPort *
odl_neutron_port (const OdlNeutron *neutron, const char *id)
{
  return odl_registry_find (&neutron->ports, id);
}

static inline OdlGateway *
odl_neutron_gateway (const OdlNeutron *neutron, const char *id)
{
  return odl_registry_find (&neutron->gateways, id);
}

static inline OdlConnection *
odl_neutron_connection (const OdlNeutron *neutron, const char *id)
{
  return odl_registry_find (&neutron->connections, id);
}

static inline OdlSecurityGroup *
odl_neutron_security_group (const OdlNeutron *neutron, const char *id)
{
  return odl_registry_find (&neutron->security_groups, id);
}

/* The VNI that the elan code uses: the top level's if that is vxlan, else that of the last vxlan segment.  FALSE
 * when the network has none. */
gboolean odl_network_vni (const OdlNetwork *network, guint32 *vni);
/* Is it flat or a VLAN of a physical network by its top level?  Then *vlan is set, to 0 for a flat one. */
gboolean odl_network_is_provider (const OdlNetwork *network, guint16 *vlan);
/* The VNI that the DHCP code of the real one uses: that of the first vxlan segment. */
gboolean odl_network_first_vni (const OdlNetwork *network, guint32 *vni);

G_END_DECLS
