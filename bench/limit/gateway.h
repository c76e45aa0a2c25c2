/* What the gateway's cost a frame is measured against: the same look-ups and the same bytes in as few instructions as an
 * honest data path can have, over frames that lie in memory as the gateway's do. */
#pragma once

#include <glib.h>

#define LIMIT_RING 4096u

typedef struct _Limit Limit;

/* `n` local and `n` remote MACs, the remote ones behind `n_locators`; frames of `length` bytes on VLAN 2901. */
Limit *limit_gateway_new (guint n, guint n_locators, guint length, guint flood);

void limit_gateway_free (Limit *limit);

/* Fills the ring: outside the figure.  Then one pass over it: VLAN to VXLAN, VXLAN to VLAN, or each frame copied to `flood`
 * tunnels.  Each returns how many frames came out. */
void limit_gateway_fill (Limit *limit, gboolean encapsulated, guint64 *random);
guint limit_gateway_encap (Limit *limit);
guint limit_gateway_decap (Limit *limit);
guint limit_gateway_flood (Limit *limit);
