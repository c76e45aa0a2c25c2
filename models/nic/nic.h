/* A server whose guests sit on SR-IOV virtual functions: network cards with a physical function (the wire), virtual
 * functions (a port each, where a guest is plugged in by a link without delay) and an embedded switch.
 *
 * The settings follow the ixgbe driver (82599): its defaults, its refusals.  What the embedded switch does with a
 * frame is decided in models/nic/switch.h; this header is the server and its administrator.
 *
 * State records: table "vf" op add, change; key "em1v0"; json as `ip link show` has it: {"mac","vlan","qos",
 * "spoofchk","trust","link_state","max_tx_rate","min_tx_rate"}; table "pf" op add, change. */
#pragma once

#include "net/address.h"
#include "net/lldp.h"
#include "sim/node.h"

G_BEGIN_DECLS

typedef struct _NicHost NicHost;
typedef struct _NicPf NicPf;

typedef enum
{
  NIC_VEB, /* frames between VFs of one VLAN turn inside the card */
  NIC_VEPA /* every frame goes to the wire; the bridge there may send it back (reflective relay) */
} NicMode;

typedef enum
{
  NIC_CARD_82599, /* the reference */
  NIC_CARD_X540   /* and newer: promiscuous VFs */
} NicCard;

#define NIC_MAX_VFS   63u
#define NIC_VLAN_NONE 0u

typedef struct
{
  guint n_vfs; /* 0 … NIC_MAX_VFS */
  NicMode mode;
  NicCard card;
  NetMac mac;            /* of the PF; zero: made from the node's and the PF's name */
  guint64 link_rate_bps; /* 0: 10 Gbit/s; what VF rate limits are checked against */
  gboolean host_port; /* also a port "em1host", the last one: the PF's own traffic (a host stack or bridge);
                            without it, what is addressed to the PF is dropped not-for-us */
} NicPfConfig;

typedef enum
{
  NIC_LINK_AUTO,   /* follows the wire */
  NIC_LINK_ENABLE, /* ixgbe: logged as not supported, changes nothing */
  NIC_LINK_DISABLE /* nothing is sent or received */
} NicLinkState;

typedef enum
{
  NIC_RX_NONE,     /* broadcast only */
  NIC_RX_MULTI,    /* and multicast groups that the guest joined */
  NIC_RX_ALLMULTI, /* and every multicast; trusted VFs */
  NIC_RX_PROMISC /* and unicast that no filter wants; trusted VFs, not on the 82599, while the PF is promiscuous */
} NicRxMode;

/* A VF as `ip link show` has it. */
typedef struct
{
  NetMac mac; /* zero: none assigned */
  gboolean mac_set_by_admin;
  guint vlan, qos; /* port VLAN; NIC_VLAN_NONE: none */
  gboolean spoofchk, trust;
  NicLinkState link_state;
  NicRxMode rx_mode;
  guint max_tx_mbps, min_tx_mbps; /* 0: no limit */
} NicVfInfo;

typedef enum
{
  NIC_ERROR_NO_SUCH_VF,
  NIC_ERROR_INVALID,       /* EINVAL */
  NIC_ERROR_NOT_PERMITTED, /* EPERM, or NACK on the mailbox */
  NIC_ERROR_NOT_SUPPORTED, /* EOPNOTSUPP */
  NIC_ERROR_NO_SPACE       /* ENOSPC: filter tables are full */
} NicError;

#define NIC_ERROR (nic_error_quark ())
GQuark nic_error_quark (void);

/* ---- the server ---------------------------------------------------------------------------------------------- */

/* A node of kind "sriov-compute" without ports; the network owns it. */
NicHost *nic_host_new (SimNetwork *network, const char *name);
static inline SimNode *
nic_host_node (NicHost *host)
{
  return (SimNode *) host;
}
/* Adds a card: port "em1" (the wire) and ports "em1v0", "em1v1", …  At most NIC_MAX_VFS VFs (asserted; lab/ has
 * checked the user's number).  The host owns it. */
NicPf *nic_host_add_pf (NicHost *host, const char *name, const NicPfConfig *config);
/* NULL when there is none. */
NicPf *nic_host_find_pf (NicHost *host, const char *name);
/* The node's port number of a VF, and of the wire. */
guint nic_pf_vf_port (const NicPf *pf, guint vf);
guint nic_pf_wire_port (const NicPf *pf);
/* NET_PORT_NONE without one. */
guint nic_pf_host_port (const NicPf *pf);
const NicVfInfo *nic_pf_vf (const NicPf *pf, guint vf);

/* ---- the agent ----------------------------------------------------------------------------------------------- */

/* What a card's neighbour said on the wire; `lldp` is borrowed.  Only the PF gets such frames: no VF does. */
typedef void (*NicNeighborFunc) (NicHost *host, NicPf *pf, const NetLldp *lldp, gpointer user);

/* Runs an LLDP agent on the PFs: it listens, and says every 30 s which port of which host this is. */
void nic_host_run_lldp (NicHost *host, NicNeighborFunc hear, gpointer user);
const char *nic_pf_name (const NicPf *pf);

/* ---- the administrator: `ip link set em1 vf N …` ------------------------------------------------------------- */
/* FALSE with an error is the driver's refusal; nothing changed then. */

gboolean nic_vf_set_mac (NicPf *pf, guint vf, const NetMac *mac, GError **error);
gboolean nic_vf_set_vlan (NicPf *pf, guint vf, guint vlan, guint qos, GError **error);
gboolean nic_vf_set_spoofchk (NicPf *pf, guint vf, gboolean on, GError **error);
gboolean nic_vf_set_trust (NicPf *pf, guint vf, gboolean on, GError **error);
gboolean nic_vf_set_link_state (NicPf *pf, guint vf, NicLinkState state, GError **error);
/* Mbit/s. */
gboolean nic_vf_set_rate (NicPf *pf, guint vf, guint min_tx_mbps, guint max_tx_mbps, GError **error);
/* `bridge link set dev em1 hwmode …`; `ip link set em1 promisc …`. */
void nic_pf_set_mode (NicPf *pf, NicMode mode);
void nic_pf_set_promisc (NicPf *pf, gboolean on);
/* An address added to the PF's own filters (`bridge fdb add … dev em1`). */
gboolean nic_pf_add_mac (NicPf *pf, const NetMac *mac, GError **error);

/* ---- the guest's driver: what it asks over the mailbox ------------------------------------------------------- */
/* FALSE is a NACK: the guest's setting fails, nothing else. */

/* The driver is loaded (or the function reset): its VLANs, groups and further addresses are cleared, its receive mode
 * is multicast.  A VF without an administrator's MAC takes `mac` (may be NULL). */
gboolean nic_vf_load_driver (NicPf *pf, guint vf, const NetMac *mac, GError **error);
gboolean nic_vf_request_mac (NicPf *pf, guint vf, const NetMac *mac, GError **error);
gboolean nic_vf_request_extra_mac (NicPf *pf, guint vf, const NetMac *mac, GError **error);
gboolean nic_vf_request_vlan (NicPf *pf, guint vf, guint vlan, gboolean add, GError **error);
gboolean nic_vf_request_group (NicPf *pf, guint vf, const NetMac *group, GError **error);
gboolean nic_vf_request_rx_mode (NicPf *pf, guint vf, NicRxMode mode, GError **error);

G_END_DECLS
