/* ping: echo requests as iputils sends them, and what became of each. */
#pragma once

#include "models/guest/guest.h"
#include "models/guest/stack.h"

G_BEGIN_DECLS

typedef struct _GuestPinger GuestPinger;

GuestPinger *guest_pinger_new (SimNode *node, GuestStack *stack);
void guest_pinger_free (GuestPinger *pinger);
guint16 guest_pinger_start (GuestPinger *pinger, const GuestPing *ping);
void guest_pinger_stop (GuestPinger *pinger);
void guest_pinger_reply (GuestPinger *pinger, const GuestEcho *echo);
void guest_pinger_refused (GuestPinger *pinger, const GuestEcho *echo, NetDropReason why);

G_END_DECLS
