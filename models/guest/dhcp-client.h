/* The DHCP client's state machine (RFC 2131 §4.4) with the retransmission of ISC dhclient or of busybox udhcpc.
 *
 * It knows no packets but the parsed message that it hears, and no clock: time is an argument, and the owner calls
 * guest_dhcp_client_expire() at guest_dhcp_client_due(). */
#pragma once

#include "models/guest/guest.h"
#include "net/dhcp.h"

G_BEGIN_DECLS

typedef enum
{
  GUEST_DHCP_STOPPED,
  GUEST_DHCP_SELECTING,
  GUEST_DHCP_REQUESTING,
  GUEST_DHCP_REBOOTING,
  GUEST_DHCP_BOUND,
  GUEST_DHCP_RENEWING,
  GUEST_DHCP_REBINDING,
  GUEST_DHCP_PAUSING /* gave up for now */
} GuestDhcpState;

typedef struct
{
  NetIpv4 ip, server, router;
  guint prefix_length;
  guint mtu;                   /* 0: none was given */
  guint32 lease_s, t1_s, t2_s; /* from the acknowledgment on; lease_s of all ones never ends */
} GuestLease;

/* What is to be sent; addresses that are 0 are left out. */
typedef struct
{
  NetDhcpType type;
  guint32 xid;
  guint16 seconds;
  NetIpv4 client_ip;    /* ciaddr */
  NetIpv4 requested_ip; /* option 50 */
  NetIpv4 server_id;    /* option 54 */
  NetIpv4 to;           /* the server by unicast; 0: everybody */
} GuestDhcpMessage;

typedef struct
{
  void (*send) (gpointer user, const GuestDhcpMessage *message);
  /* The address is ours now, or again; it is ours no longer. */
  void (*bound) (gpointer user, const GuestLease *lease);
  void (*lost) (gpointer user, const GuestLease *lease);
  /* For the trace: an op of guest.h; the lease is NULL where there is none. */
  void (*told) (gpointer user, const char *op, guint32 xid, const GuestLease *lease);
  guint64 (*random) (gpointer user);
} GuestDhcpEvents;

typedef struct _GuestDhcpClient GuestDhcpClient;

GuestDhcpClient *guest_dhcp_client_new (const GuestDhcpEvents *events, gpointer user);
void guest_dhcp_client_free (GuestDhcpClient *client);

/* Begins anew; a client that holds a lease and was told to init_reboot asks for it again. */
void guest_dhcp_client_begin (GuestDhcpClient *client, const GuestDhcpConfig *config, gint64 now_ns);
void guest_dhcp_client_end (GuestDhcpClient *client);
void guest_dhcp_client_release (GuestDhcpClient *client);
void guest_dhcp_client_hear (GuestDhcpClient *client, const NetDhcp *message, gint64 now_ns);
/* G_MAXINT64: never. */
gint64 guest_dhcp_client_due (const GuestDhcpClient *client);
void guest_dhcp_client_expire (GuestDhcpClient *client, gint64 now_ns);
GuestDhcpState guest_dhcp_client_state (const GuestDhcpClient *client);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GuestDhcpClient, guest_dhcp_client_free)

G_END_DECLS
