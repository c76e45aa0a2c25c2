/* A scenario as data: what the file says, checked and with every reference resolved, before anything is built.
 * Each part keeps the place where it stands in the file. */
#pragma once

#include "lab/problem.h"
#include "net/address.h"
#include "net/drop.h"
#include "net/world.h"

#include <jansson.h>

G_BEGIN_DECLS

typedef enum
{
  LAB_DHCP_NONE,
  LAB_DHCP_AGENT,     /* Neutron's agent: a qdhcp namespace on a compute */
  LAB_DHCP_CONTROLLER /* the controller answers */
} LabDhcp;

typedef enum
{
  LAB_SEGMENT_VXLAN,
  LAB_SEGMENT_VLAN,
  LAB_SEGMENT_FLAT
} LabSegmentType;

extern const char *const lab_segment_words[]; /* by LabSegmentType */

typedef struct
{
  LabSegmentType type;
  guint id;      /* VNI or VLAN */
  char *physnet; /* vlan and flat */
} LabSegment;

typedef struct
{
  const LabYaml *at;
  char *name;
  NetIpv4 subnet, gateway;
  guint prefix_length;
  LabDhcp dhcp;
  NetIpv4 dhcp_ip;
  NetMac dhcp_mac;
  guint mtu;            /* what guests of the network use */
  GArray *segments;     /* of LabSegment */
  gboolean is_provider; /* its only segment is flat or a vlan: computes reach it by a card */
} LabNetwork;

typedef enum
{
  LAB_NODE_SWITCH,
  LAB_NODE_COMPUTE,
  LAB_NODE_TOR,
  LAB_NODE_SRIOV_COMPUTE
} LabNodeKind;

typedef struct
{
  char *name; /* the PF: "em1" */
  char *physnet;
  guint n_vfs;
  guint mode; /* index of lab_nic_modes */
} LabNic;

/* Nodes that the lab adds by itself: the controller, the management switch, "qdhcp-<network>". */
#define LAB_CONTROLLER_NODE  "odl"
#define LAB_MANAGEMENT_NODE  "mgmt"
#define LAB_DHCP_NODE_PREFIX "qdhcp-"
#define LAB_MANAGEMENT_PORT  "mgmt"
#define LAB_TAP_PREFIX       "tap-"

/* No run goes on for longer. */
#define LAB_LONGEST (24 * 3600 * NET_SEC)

extern const char *const lab_nic_modes[];  /* "veb", "vepa" */
extern const char *const lab_node_kinds[]; /* by LabNodeKind */

typedef struct
{
  const LabYaml *at;
  char *name;
  gboolean has_kind; /* the file's kind is a known one */
  LabNodeKind kind;
  NetIpv4 ip; /* tunnel end point of a compute or TOR; 0 otherwise */
  guint prefix_length;
  NetMac mac;       /* of the tunnel end point */
  char *uplink;     /* the port towards the underlay: compute, TOR */
  GPtrArray *ports; /* TOR: names of its access ports */
  GArray *nics;     /* SR-IOV compute: of LabNic */
  gboolean is_controller, is_dhcp_agent;
  gint64 mac_age_ns; /* TOR */
  gboolean dials;    /* TOR: dials the controller, instead of being dialled */
  guint schema;      /* TOR: index of tor_schema_versions */
  char *ha;          /* TOR: the HA pair that it is of; NULL: none */
  char *switch_name; /* TOR: Physical_Switch.name where it is not the node's; NULL: it is */
  gboolean emulated; /* TOR: runs Open vSwitch with its VTEP emulator */
  GPtrArray *bugs;   /* TOR: slugs of the emulator's */
  guint mtu;         /* of the underlay port */
} LabNode;

typedef struct
{
  char *node, *port; /* port NULL: any free one of a switch */
} LabEnd;

typedef struct
{
  const LabYaml *at;
  gboolean good; /* both ends are ports that exist */
  LabEnd ends[2];
  guint64 rate_bps;
  gint64 delay_ns;
  guint queue_bytes;
  guint32 loss_ppb, duplicate_ppb, reorder_ppb, corrupt_ppb;
} LabLink;

typedef struct
{
  const LabYaml *at;
  char *name;
  const LabNode *node;
  const LabNetwork *network;
  gboolean direct; /* vnic: direct */
  const LabNic *nic;
  guint vf;
  guint vlan; /* what the VF is given: the network's segment, or the file's own word */
  NetMac mac;
  const char *mac_text; /* as the file writes it, which is what Neutron is told; NULL: the file does not */
  NetIpv4 ip;           /* Neutron's allocation */
  gboolean dhcp;        /* the guest gets its address by DHCP; else it is configured in the guest */
  gboolean has_ipv6;
  NetIpv6 ipv6;
  guint ipv6_prefix_length;
  gboolean stopped; /* not started with the lab */
  gboolean spoofcheck, trust;
  gboolean port_security; /* of a tap: the guest speaks as who it is only */
  GPtrArray *allowed;     /* addresses or prefixes besides its own under which it may speak, as texts */
} LabVm;

typedef struct
{
  char *tor, *port;
} LabGatewayPort;

typedef struct
{
  const LabYaml *at;
  const LabNetwork *network;
  guint vlan;
} LabConnection;

typedef struct
{
  const LabYaml *at;
  char *name;
  GArray *ports;       /* of LabGatewayPort */
  GArray *connections; /* of LabConnection */
} LabGateway;

/* ---- timeline ------------------------------------------------------------------------------------------------ */

typedef enum
{
  LAB_AT_TIME,        /* at: a time since the start */
  LAB_AFTER_PREVIOUS, /* after: a time since the entry before began */
  LAB_AFTER_DONE,     /* after: done — the entry before has finished */
  LAB_AFTER_CONVERGED /* after: converged */
} LabWhen;

typedef enum
{
  LAB_ACTION_PING,
  LAB_ACTION_ARPING,
  LAB_ACTION_DHCP,
  LAB_ACTION_UDP,
  LAB_ACTION_SEND,
  LAB_ACTION_START,
  LAB_ACTION_STOP,
  LAB_ACTION_FLUSH,
  LAB_ACTION_LINK,
  LAB_ACTION_CONNECT,
  LAB_ACTION_DISCONNECT,
  LAB_ACTION_ADD_PORT,
  LAB_ACTION_DELETE_GATEWAY,
  LAB_ACTION_DELETE_NETWORK,
  LAB_ACTION_CHANGE_SEGMENTS,
  LAB_ACTION_MIGRATE,
  LAB_ACTION_BIND,           /* a person or another controller binds a TOR's port */
  LAB_ACTION_REMOVE_PORT,    /* a TOR loses a port */
  LAB_ACTION_INSERT_PORT,    /* and has it again, as a new row */
  LAB_ACTION_TRANSACT,       /* somebody else writes to a TOR's database */
  LAB_ACTION_RESTART_SERVER, /* a TOR's database server */
  LAB_ACTION_STOP_EMULATOR,  /* a TOR's VTEP emulator */
  LAB_ACTION_START_EMULATOR,
  LAB_ACTION_RESTART_SWITCH, /* a compute's Open vSwitch */
  LAB_ACTION_RESTART
} LabActionKind;

typedef struct
{
  const LabYaml *at;
  LabWhen when;
  gint64 time_ns; /* of LAB_AT_TIME and LAB_AFTER_PREVIOUS */
  LabActionKind kind;
  guint vm; /* index of the acting VM */
  guint to; /* index of the VM addressed, or G_MAXUINT: to_ip */
  NetIpv4 to_ip;
  gboolean ipv6; /* ping by the target's IPv6 address */
  guint count, payload_bytes, port;
  gint64 every_ns, timeout_ns;
  GBytes *frame; /* send */
  /* link */
  guint link;
  gboolean has_state, up;
  gint64 for_ns; /* 0: for good */
  gboolean has_loss;
  guint32 loss_ppb;
  /* gateway, tor, compute */
  guint gateway;
  guint network, vlan;
  GArray *segments;       /* of LabSegment; NULL unless they change */
  LabGatewayPort port_at; /* "tor1/em3" */
  guint node;             /* index of the TOR or compute; where a VM migrates to */
  json_t *operations;     /* transact: as RFC 7047 §4.1.3 has them, without the database */
} LabAction;

/* ---- expectations -------------------------------------------------------------------------------------------- */

typedef enum
{
  LAB_EXPECT_LEASE,
  LAB_EXPECT_REPLIES,
  LAB_EXPECT_FRAMES,
  LAB_EXPECT_ROW,
  LAB_EXPECT_MAC,
  LAB_EXPECT_DROPS,
  LAB_EXPECT_REFUSAL,
  LAB_EXPECT_CABLE,
  LAB_EXPECT_BOUND,
  LAB_EXPECT_CONVERGED
} LabExpectKind;

typedef struct
{
  char *column, *value;
} LabCell;

typedef struct
{
  const LabYaml *at;
  LabExpectKind kind;
  char *text;                /* the expectation as a person reads it */
  guint64 at_least, at_most; /* counts; at_most G_MAXUINT64: no limit */
  gint64 from_ns, until_ns;  /* the window; until -1: the end */
  gint64 within_ns;          /* lease, replies, converged; -1: any */
  guint vm, peer;            /* indices */
  NetIpv4 ip;                /* lease: the address expected, 0: any */
  char *end;                 /* "tor1/em3" */
  char *outer, *inner;       /* tcpdump filters */
  gint64 vni;                /* -1: any */
  int direction;             /* 0 both, else SimTraceDirection */
  char *node, *table;        /* row: TOR and table; mac: the node; drops: node and table, or NULL */
  GArray *cells;             /* of LabCell */
  NetDropReason reason;
  const LabNetwork *network;
  char *port;   /* mac: "em3" or "em3/2901" */
  char *phrase; /* refusal: words of the sentence; cable: "server2/em1", and `end` is the TOR's port */
  gboolean contradicts; /* cable */
  guint segment;        /* bound: LabSegmentType */
} LabExpect;

/* ---- the controller ------------------------------------------------------------------------------------------ */

/* What is told to the controller, a kind of call each. */
typedef enum
{
  LAB_CALL_ZONES,
  LAB_CALL_TORS,
  LAB_CALL_NETWORKS,
  LAB_CALL_SUBNETS,
  LAB_CALL_GATEWAYS,
  LAB_CALL_CONNECTIONS,
  LAB_CALL_PORTS,
  LAB_CALL_N
} LabCallKind;

extern const char *const lab_call_words[]; /* by LabCallKind */

typedef struct
{
  gboolean dhcp;
  gboolean default_zone; /* ITM's, which computes enter by themselves; no other is told of */
  gboolean limit_bum;    /* limit-bumtraffic-to-dhcpserver */
  gboolean lldp;         /* TORs and hosts say who they are, and hosts report their neighbours */
  gint64 mac_timeout_ns;
  gint64 monitor_ns;             /* tunnels are watched with BFD, a packet each so often; 0: they are not */
  GPtrArray *bugs, *fixes;       /* slugs, NULL-terminated */
  LabCallKind order[LAB_CALL_N]; /* in which its calls are made */
  gboolean order_by_seed;        /* any order that Neutron's journal allows, drawn from the seed */
  gint64 spacing_ns;             /* from one call to the next */
} LabController;

/* ---- all of it ----------------------------------------------------------------------------------------------- */

typedef struct
{
  GPtrArray *ends; /* names of link ends; empty: all */
  char *filter;
  guint snap_length; /* 0: whole frames */
} LabCapture;

typedef struct
{
  LabYamlSource *source;
  GPtrArray *more_sources; /* --set values */
  char *name, *about, *variant, *file;
  guint64 seed;
  gint64 until_ns; /* -1: when the timeline is done and settled */
  GPtrArray *networks, *nodes, *links, *vms, *gateways, *actions, *expects; /* of the structs above */
  LabController controller;
  LabCapture capture;
} LabScenario;

/* What the command line may say about a run. */
typedef struct
{
  const char *variant;     /* NULL: none */
  const char *const *sets; /* "key.key=value", NULL-terminated; may be NULL */
  gboolean has_seed;
  guint64 seed;
  gint64 until_ns; /* -1: as the file says */
} LabOverrides;

/* Reads a scenario with one variant applied.  NULL when there are mistakes, all of them in `problems`. */
LabScenario *lab_scenario_parse (const char *file, const char *text, gsize length,
                                 const LabOverrides *overrides, LabProblems *problems);
void lab_scenario_free (LabScenario *scenario);

/* The names of a file's variants, NULL-terminated, in the file's order; empty without any or when the file does not
 * parse (lab_scenario_parse() says why).  Free with g_strfreev(). */
char **lab_scenario_variants (const char *file, const char *text, gsize length);

const LabNode *lab_scenario_find_node (const LabScenario *scenario, const char *name);
const LabNetwork *lab_scenario_find_network (const LabScenario *scenario, const char *name);
guint lab_scenario_find_vm (const LabScenario *scenario, const char *name); /* G_MAXUINT: none */
static inline LabVm *
lab_scenario_vm (const LabScenario *scenario, guint index)
{
  return scenario->vms->pdata[index];
}

/* Is the bug switched on? */
gboolean lab_scenario_has_bug (const LabScenario *scenario, const char *slug);
/* Is it one that the real controller has, and switched off? */
gboolean lab_scenario_has_fix (const LabScenario *scenario, const char *slug);

guint lab_scenario_node_index (const LabScenario *scenario, const LabNode *node);

/* The link with this end or with these two ends ("tor1/em3", "tor1/em3 -- server2/em1"); G_MAXUINT when there is
 * none.  Behind the links of the file come the management links ("tor1/mgmt", "odl/mgmt"), one place for each node and
 * the last for the controller. */
guint lab_scenario_find_link (const LabScenario *scenario, const char *text);
/* G_MAXUINT for a node that has no management port. */
guint lab_scenario_management_link (const LabScenario *scenario, const char *node);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LabScenario, lab_scenario_free)

G_END_DECLS
