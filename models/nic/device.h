/* The card's registers: what the PF's driver has set for each function.  A value that decisions are made from; it
 * knows no node, no port and no time.
 *
 * nic_device_set_… are the administrator's settings with the driver's refusals (admin.c), nic_device_request_… what a
 * VF's driver asks over the mailbox (mailbox.c). */
#pragma once

#include "models/nic/nic.h"

G_BEGIN_DECLS

/* Sizes of the 82599: address entries in all, of which the PF keeps some for itself; VLAN filters for all functions;
 * multicast groups a VF. */
#define NIC_ADDRESS_ENTRIES    128u
#define NIC_PF_ADDRESS_ENTRIES 15u
#define NIC_VLAN_ENTRIES       64u
#define NIC_VF_GROUPS          30u

typedef struct
{
  NicVfInfo info;
  GArray *extra_macs; /* of NetMac */
  GArray *groups;     /* of NetMac */
  GArray *vlans;      /* of guint16: the guest's own, without a port VLAN */
} NicVf;

typedef struct
{
  NicCard card;
  NicMode mode;
  guint64 link_rate_bps;
  gboolean wire_up;
  GArray *pf_macs;     /* of NetMac, the PF's own first */
  gboolean pf_listens; /* somebody takes what the PF receives */
  gboolean pf_promisc;
  guint n_vfs;
  NicVf *vfs;
} NicDevice;

NicDevice *nic_device_new (const NicPfConfig *config);
void nic_device_free (NicDevice *device);

static inline gboolean
nic_vf_has_port_vlan (const NicVf *vf)
{
  return vf->info.vlan != NIC_VLAN_NONE || vf->info.qos != 0;
}

/* The hardware's check; the driver turns it off for a VF that has further addresses. */
static inline gboolean
nic_vf_checks_source (const NicVf *vf)
{
  return vf->info.spoofchk && vf->extra_macs->len == 0;
}

gboolean nic_vf_owns_mac (const NicVf *vf, const NetMac *mac);
gboolean nic_vf_allows_vlan (const NicVf *vf, guint vlan);
gboolean nic_vf_wants_group (const NicVf *vf, const NetMac *group);
gboolean nic_pf_owns_mac (const NicDevice *device, const NetMac *mac);

gboolean nic_device_set_mac (NicDevice *device, guint vf, const NetMac *mac, GError **error);
gboolean nic_device_set_vlan (NicDevice *device, guint vf, guint vlan, guint qos, GError **error);
gboolean nic_device_set_spoofchk (NicDevice *device, guint vf, gboolean on, GError **error);
gboolean nic_device_set_trust (NicDevice *device, guint vf, gboolean on, GError **error);
gboolean nic_device_set_link_state (NicDevice *device, guint vf, NicLinkState state, GError **error);
gboolean
nic_device_set_rate (NicDevice *device, guint vf, guint min_tx_mbps, guint max_tx_mbps, GError **error);
gboolean nic_device_add_pf_mac (NicDevice *device, const NetMac *mac, GError **error);

gboolean nic_device_reset_vf (NicDevice *device, guint vf, GError **error);
gboolean nic_device_request_mac (NicDevice *device, guint vf, const NetMac *mac, GError **error);
gboolean nic_device_request_extra_mac (NicDevice *device, guint vf, const NetMac *mac, GError **error);
gboolean nic_device_request_vlan (NicDevice *device, guint vf, guint vlan, gboolean add, GError **error);
gboolean nic_device_request_group (NicDevice *device, guint vf, const NetMac *group, GError **error);
gboolean nic_device_request_rx_mode (NicDevice *device, guint vf, NicRxMode mode, GError **error);

/* For both files: the VF of that number, or NULL with the error. */
NicVf *nic_device_vf (NicDevice *device, guint vf, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NicDevice, nic_device_free)

G_END_DECLS
