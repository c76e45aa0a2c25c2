/* IPv4 Identification by destination and protocol; destinations that fall together share a counter. */
#include "models/guest/ident.h"

#define TICK_NS G_GINT64_CONSTANT (4000000)

static guint
slot_of (NetIpv4 destination, guint8 protocol)
{
  return ((destination ^ protocol) * 0x9e3779b1u) >> 26;
}

G_STATIC_ASSERT (GUEST_IDENT_COUNTERS == 1u << (32 - 26));

guint16
guest_ident_next (GuestIdent *ident, NetIpv4 destination, guint8 protocol, SimRandom *random, gint64 now_ns)
{
  guint slot = slot_of (destination, protocol);
  gint64 ticks = now_ns / TICK_NS;

  if (!ident->counters[slot].used)
    {
      ident->counters[slot].used = TRUE;
      ident->counters[slot].next = (guint16) sim_random_u64 (random);
    }
  else if (ticks > ident->counters[slot].ticks)
    ident->counters[slot].next
        += (guint16) sim_random_below (random, (guint64) (ticks - ident->counters[slot].ticks));
  ident->counters[slot].ticks = ticks;
  return ident->counters[slot].next++;
}
