/* The Identification field of the IPv4 packets that a host sends, by Linux's rule: a counter for each destination and
 * protocol, moved on by one a packet and by a random part of the time that passed since the last (RFC 6864 §4). */
#pragma once

#include "net/address.h"
#include "sim/random.h"

G_BEGIN_DECLS

#define GUEST_IDENT_COUNTERS 64u

typedef struct
{
  struct
  {
    gboolean used;
    guint16 next;
    gint64 ticks; /* of 4 ms */
  } counters[GUEST_IDENT_COUNTERS];
} GuestIdent;

guint16
guest_ident_next (GuestIdent *ident, NetIpv4 destination, guint8 protocol, SimRandom *random, gint64 now_ns);

G_END_DECLS
