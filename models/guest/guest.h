/* A virtual machine as its network sees it: one interface "eth0" with a Linux-like ARP, IPv4, IPv6, ICMP and UDP end,
 * a DHCP client and ping.
 *
 * What happens is told as state records alone:
 *   table "ping"     op sent, reply, late, duplicate, timeout, unreachable; key "DESTINATION SEQ";
 *                    json {"to","seq","id"} and where they apply "rtt_ns", "ttl", "bytes", "why",
 *                    "waited_ns" (timeout, unreachable)
 *                    ("late": a reply after the timeout)
 *   table "dhcp"     op discover, request, renew, rebind, reboot, bound, nak, expired, release, failed; key the MAC;
 *                    json {"xid"} and where they apply "ip","server","prefix","router","mtu","lease_s","t1_s","t2_s"
 *   table "arp", "nd" op add, change, remove; key the neighbour's address; json {"mac","state"}, state one of
 *                    incomplete, reachable, stale, delay, probe, failed
 *   table "address"  op add, remove, conflict; key "ADDRESS/PREFIX"; json {"dev":"eth0","origin":"static"|"dhcp"};
 *                    conflict: key the address; json {"mac"} of the station that claims it too
 *   table "arping"   op sent, reply, timeout; key "DESTINATION SEQ"; json {"to","seq"} and "mac","rtt_ns"
 *   table "udp"      op received; key "SOURCE:PORT > PORT"; json {"bytes"}
 *   table "icmp"     op unreachable, exceeded; key who sent it; json {"type","code"}
 *   table "guest"    op started, stopped; key the name; op refused: json {"why"} */
#pragma once

#include "models/guest/ip.h"
#include "sim/node.h"

G_BEGIN_DECLS

typedef struct _Guest Guest;

#define GUEST_MTU_DEFAULT 1450u

typedef struct
{
  NetMac mac;
  NetIpv4 ipv4; /* static address; 0: none (DHCP may bring one) */
  guint prefix_length;
  NetIpv4 gateway;   /* 0: none */
  gboolean has_ipv6; /* without it the guest speaks no IPv6; with it, it has a link-local address as well */
  NetIpv6 ipv6;
  guint ipv6_prefix_length;
  guint mtu;            /* 0: GUEST_MTU_DEFAULT */
  const char *hostname; /* sent by the DHCP client (option 12); NULL: not sent.  Copied */
  gboolean
      announce; /* a gratuitous ARP request for each IPv4 address the interface gets (Linux's arp_notify) */
  gint64 announce_every_ns; /* and again at this interval; 0: once */
} GuestConfig;

/* The node (kind "guest") with its port 0, "eth0".  It is made stopped; the network owns it. */
Guest *guest_new (SimNetwork *network, const char *name, const GuestConfig *config);
static inline SimNode *
guest_node (Guest *guest)
{
  return (SimNode *) guest;
}

/* Powers it on: addresses are set.  Powers it off: everything it was doing ends, its tables are lost, the DHCP lease
 * is forgotten; frames that arrive are dropped (node-stopped).  Repeating either changes nothing. */
void guest_start (Guest *guest);
void guest_stop (Guest *guest);
gboolean guest_is_running (const Guest *guest);

/* For the lab's control alone: the address of eth0, 0 without one. */
NetIpv4 guest_ipv4 (const Guest *guest);
NetMac guest_mac (const Guest *guest);
guint guest_mtu (const Guest *guest);
/* The multicast groups that its interface listens to, for a card that filters them; the number of them.  None without
 * IPv6. */
#define GUEST_GROUPS_MAX 3u
guint guest_groups (const Guest *guest, NetMac groups[GUEST_GROUPS_MAX]);

/* Adds or replaces the address of eth0, as `ip address` would; prefix_length up to 32. */
void guest_set_ipv4 (Guest *guest, NetIpv4 address, guint prefix_length, NetIpv4 gateway);
/* Forgets all neighbours, as `ip neighbour flush all`. */
void guest_flush_neighbors (Guest *guest);

/* What follows does nothing on a guest that is stopped, but say so in a state record of table "guest", op
 * "refused". */

typedef struct
{
  GuestIp to;
  guint count;        /* 0: until the guest stops or guest_ping_stop() */
  gint64 interval_ns; /* 0: 1 s */
  guint
      payload_bytes; /* ICMP data; iputils' default is 56.  Taken as it is: 0 sends none.  What exceeds the MTU is
                           refused (frame-too-long): the guest does not fragment */
  gint64 timeout_ns; /* 0: 10 s */
} GuestPing;

/* Several may run at once; each has its own ICMP id, which is returned. */
guint16 guest_ping (Guest *guest, const GuestPing *ping);
/* Ends all pings; requests under way are forgotten. */
void guest_ping_stop (Guest *guest);

typedef enum
{
  GUEST_DHCP_DHCLIENT, /* ISC dhclient: initial interval 10 s, cutoff 15 s, timeout 60 s, retry 300 s */
  GUEST_DHCP_UDHCPC    /* busybox: three discovers 3 s apart, pause 20 s, again */
} GuestDhcpKind;

typedef struct
{
  GuestDhcpKind kind;
  gint64 initial_interval_ns;  /* 0: the kind's */
  gint64 timeout_ns, retry_ns; /* 0: the kind's */
  gboolean
      init_reboot; /* a lease kept from before is asked for again (RFC 2131 §3.2) instead of discovering */
} GuestDhcpConfig;

/* config may be NULL: dhclient with its defaults.  A client that runs is started anew. */
void guest_dhcp_start (Guest *guest, const GuestDhcpConfig *config);
/* Ends the client; the address stays, as when the process is killed. */
void guest_dhcp_stop (Guest *guest);
/* Sends DHCPRELEASE, removes the address and ends the client. */
void guest_dhcp_release (Guest *guest);

typedef struct
{
  GuestIp to;
  guint16 source_port, destination_port;
  const guint8 *data; /* NULL: payload_bytes of 'x' */
  guint payload_bytes;
} GuestUdp;

void guest_udp_send (Guest *guest, const GuestUdp *udp);
/* Opens a port: datagrams to it are received; to others the guest answers port unreachable. */
void guest_udp_listen (Guest *guest, guint16 port);
/* Any bytes, from the destination MAC on; at most NET_FRAME_MAX (more are refused with a state record). */
void guest_send_frame (Guest *guest, const guint8 *bytes, gsize length);

typedef struct
{
  NetIpv4 to;
  guint count;        /* 0: 1 */
  gint64 interval_ns; /* 0: 1 s */
  guint padding;      /* bytes of zero behind the 42; the arping of the reference captures sends 16 */
} GuestArping;

void guest_arping (Guest *guest, const GuestArping *arping);
/* One gratuitous ARP request for the address of eth0 (RFC 5227 §1.1: an announcement). */
void guest_announce (Guest *guest);

G_END_DECLS
