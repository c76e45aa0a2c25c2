/* Congestion marks at the end of a tunnel (RFC 6040 §4.2, with what Open vSwitch does where it leaves a choice). */
#pragma once

#include "net/ethernet.h"

G_BEGIN_DECLS

typedef enum
{
  VTEP_ECN_KEEP,   /* the inner packet stays as it is */
  VTEP_ECN_MARK,   /* outer congestion experienced, inner ECN capable: the inner one is to be marked */
  VTEP_ECN_INVALID /* outer congestion experienced, inner not ECN capable: to be dropped */
} VtepEcn;

/* `inner` was parsed from the inner frame's `bytes`. */
VtepEcn vtep_ecn_at_exit (guint8 outer_tos, const NetEthernet *inner, const guint8 *bytes, gsize length);

/* Sets congestion experienced in the IPv4 or IPv6 header of a writable frame, checksum included. */
void vtep_ecn_mark (NetFrame *frame, const NetEthernet *ethernet);

G_END_DECLS
