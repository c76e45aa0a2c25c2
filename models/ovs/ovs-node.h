/* An OVS compute: an Open vSwitch integration bridge "br-int" (OpenFlow 1.3 with the Nicira extensions),
 * its Open_vSwitch database, VXLAN tunnels over an underlay port, and taps to which guests are plugged.
 *
 * A node of kind "compute".  The controller reaches it only by wire: OVSDB on ptcp:6640 of its management
 * host, and the OpenFlow session that it dials to the target in its Controller row. */
#pragma once

#include "net/address.h"
#include "ovsdb/database.h"
#include "sim/node.h"

G_BEGIN_DECLS

typedef struct _OvsNode OvsNode;

typedef struct
{
  guint64 datapath_id;        /* of br-int: the low 48 bits are its MAC; other_config:datapath-id */
  NetIpv4 tunnel_ip;          /* other_config:local_ip: the TEP */
  guint tunnel_prefix_length; /* its underlay subnet; 0: 24 */
  NetMac tunnel_mac;          /* all zero: 02 and the datapath id's low 40 bits */
  const char *underlay_port;  /* "em2": a port of the node, made here */
  const char *controller;     /* "tcp:10.8.125.1:6653"; NULL: none until one is written to the database */
  const char *manager; /* "tcp:10.8.125.1:6640": dialled too; NULL: none.  ptcp:6640 is always listened on */
  const char *const
      *devices; /* "em1", …: further cards, ports of the node made here; NULL-terminated, may be NULL */
  const char *provider_mappings; /* other_config: "physnet1:em1"; NULL: none */
  const char *host_name;         /* external_ids:hostname of the Open_vSwitch row; NULL: the node's name */
} OvsConfig;

typedef struct
{
  const char *iface_id; /* the Neutron port's UUID: external_ids:iface-id */
  NetMac attached_mac;  /* external_ids:attached-mac */
  const char *vm_uuid;  /* external_ids:vm-uuid; NULL: left out (a qdhcp port) */
} OvsTapConfig;

/* The network owns the node.  The management port and its sim_host_new() are the caller's; then
 * ovs_node_start(). */
OvsNode *ovs_node_new (SimNetwork *network, const char *name, const OvsConfig *config);
/* Starts database server, switch and controller connections.  Once, after sim_host_new(). */
void ovs_node_start (OvsNode *node);
/* Restarts Open vSwitch: sessions, flows and groups are gone, the database and what is plugged stay. */
void ovs_node_restart (OvsNode *node);
SimNode *ovs_node_sim (OvsNode *node);
/* Its Open_vSwitch database; what a person would do with ovs-vsctl. */
OvsdbDatabase *ovs_node_database (OvsNode *node);

/* Plugs a tap: a node port of that name (an earlier one of the same name is taken again), and Port and
 * Interface rows with external_ids as os-vif writes them.  Returns the node's port number, to be linked to
 * the guest. */
guint ovs_node_add_tap (OvsNode *node, const char *port_name, const OvsTapConfig *config);
/* Unplugs it: the rows go, the OpenFlow port goes; the node's port stays, unused. */
void ovs_node_remove_tap (OvsNode *node, const char *port_name);

/* As ovs-ofctl dump-flows and dump-groups print them, in table order; loads into a real switch. */
char *ovs_node_dump_flows (OvsNode *node);
char *ovs_node_dump_groups (OvsNode *node);

G_END_DECLS
