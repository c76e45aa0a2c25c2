/* arping: ARP requests on demand, and their answers. */
#pragma once

#include "models/guest/guest.h"
#include "models/guest/stack.h"

G_BEGIN_DECLS

typedef struct _GuestArpinger GuestArpinger;

GuestArpinger *guest_arpinger_new (SimNode *node, GuestStack *stack);
void guest_arpinger_free (GuestArpinger *arpinger);
/* One runs at a time: a new one takes the place of the last. */
void guest_arpinger_start (GuestArpinger *arpinger, const GuestArping *arping);
void guest_arpinger_stop (GuestArpinger *arpinger);
void guest_arpinger_reply (GuestArpinger *arpinger, const NetArp *arp);

G_END_DECLS
