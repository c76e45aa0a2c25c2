/* The embedded switch: where a frame goes, decided from the card's registers alone.
 *
 * It does not learn.  A function receives what its filters match: destination MAC and VLAN, the broadcast of its VLAN,
 * groups it joined.  As VEB it turns frames between functions inside the card; as VEPA it gives all to the wire and
 * keeps a reflected frame from its sender (IEEE 802.1Qbg). */
#pragma once

#include "models/nic/device.h"
#include "net/ethernet.h"

G_BEGIN_DECLS

/* Functions: 0 … are VFs. */
#define NIC_PF          64u
#define NIC_WIRE        65u
#define NIC_MAX_OUTPUTS (NIC_MAX_VFS + 2)

/* `tagged`: with the VLAN tag, if the frame has one in `NicDecision.tag` or of its own; else without. */
typedef struct
{
  guint function;
  gboolean tagged;
} NicOutput;

typedef struct
{
  guint n_outputs; /* 0: the frame is dropped */
  NicOutput outputs[NIC_MAX_OUTPUTS];
  gboolean insert; /* the sender's port VLAN: a frame that leaves tagged gets `tag` */
  NetVlanTag tag;
  NetDropReason drop; /* of a frame without outputs */
  const char *table, *rule;
} NicDecision;

/* `frame` is as the function `in` gave it. */
void nic_switch_decide (const NicDevice *device, guint in, const NetEthernet *frame, NicDecision *out);

G_END_DECLS
