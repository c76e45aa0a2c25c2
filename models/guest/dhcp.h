/* A guest's DHCP client: the state machine with its packets, timer and state records. */
#pragma once

#include "models/guest/dhcp-client.h"
#include "models/guest/stack.h"

G_BEGIN_DECLS

typedef struct _GuestDhcp GuestDhcp;

typedef struct
{
  SimNode *node;
  GuestStack *stack;
  const char *hostname;          /* copied; NULL: not sent */
  void (*bound) (gpointer user); /* a new address was set */
  gpointer user;
} GuestDhcpSetup;

GuestDhcp *guest_dhcp_new (const GuestDhcpSetup *setup);
void guest_dhcp_free (GuestDhcp *dhcp);
void guest_dhcp_begin (GuestDhcp *dhcp, const GuestDhcpConfig *config);
/* Ends the client and keeps its lease; ends it and forgets the lease; gives the lease back to the server and ends. */
void guest_dhcp_end (GuestDhcp *dhcp);
void guest_dhcp_forget (GuestDhcp *dhcp);
void guest_dhcp_give_back (GuestDhcp *dhcp);
/* A datagram to port 68. */
void guest_dhcp_receive (GuestDhcp *dhcp, const GuestDatagram *datagram);

G_END_DECLS
