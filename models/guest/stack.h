/* The IP end of a host on one of its node's ports: Ethernet, ARP, IPv4, ICMP, UDP, and IPv6 with neighbour discovery
 * where an address was given.  It answers ARP and echo requests by itself and hands the rest up.
 *
 * A guest has one, and so has a DHCP server.  State records: tables "arp", "nd", "address", "icmp" (see guest.h). */
#pragma once

#include "models/guest/ip.h"
#include "net/arp.h"
#include "sim/node.h"

G_BEGIN_DECLS

typedef struct _GuestStack GuestStack;

typedef struct
{
  GuestIp source, destination;
  guint16 source_port, destination_port;
  NetCursor data;
} GuestDatagram;

typedef struct
{
  GuestIp peer;
  guint16 id, sequence;
  guint8 ttl;
  guint bytes; /* ICMP header and data */
} GuestEcho;

/* What the stack hands up.  Any member may be NULL. */
typedef struct
{
  /* FALSE: no such port is open here. */
  gboolean (*datagram) (gpointer user, const GuestDatagram *datagram);
  void (*echo_reply) (gpointer user, const GuestEcho *echo);
  /* An echo request of ours could not be sent; `why` is static. */
  void (*echo_refused) (gpointer user, const GuestEcho *echo, NetDropReason why);
  void (*arp_reply) (gpointer user, const NetArp *arp);
} GuestStackEvents;

typedef struct
{
  SimNode *node;
  guint port;
  NetMac mac;
  guint mtu;
  guint16 raw_port; /* IPv4 datagrams to this port are handed up whatever their IP destination is; 0: none */
} GuestStackConfig;

GuestStack *guest_stack_new (const GuestStackConfig *config, const GuestStackEvents *events, gpointer user);
void guest_stack_free (GuestStack *stack);

/* A stack that is down has no addresses and drops what arrives (node-stopped). */
void guest_stack_up (GuestStack *stack);
void guest_stack_down (GuestStack *stack);
gboolean guest_stack_is_up (const GuestStack *stack);

NetMac guest_stack_mac (const GuestStack *stack);
guint guest_stack_mtu (const GuestStack *stack);
void guest_stack_set_mtu (GuestStack *stack, guint mtu);
NetIpv4 guest_stack_ipv4 (const GuestStack *stack);

typedef struct
{
  NetIpv4 address; /* 0 takes the present one away */
  guint prefix_length;
  NetIpv4 gateway;    /* 0: none */
  const char *origin; /* "static", "dhcp": for the state record */
} GuestIpv4Config;

void guest_stack_set_ipv4 (GuestStack *stack, const GuestIpv4Config *config);
void guest_stack_set_ipv6 (GuestStack *stack, const NetIpv6 *address, guint prefix_length);

/* The address that packets to `to` would come from; FALSE: no address of that family. */
gboolean guest_stack_source (const GuestStack *stack, const GuestIp *to, GuestIp *source);

/* A frame of `length` undefined bytes with room for every header that may be put before them. */
NetFrame *guest_stack_payload (GuestStack *stack, guint length);

/* The senders take the payload.  What cannot be sent is dropped with a reason. */

typedef struct
{
  GuestIp to;
  guint16 source_port, destination_port;
  guint8 tos;
  gboolean dont_fragment; /* Linux sets it unless the program asked otherwise */
} GuestUdpSend;

void guest_stack_send_udp (GuestStack *stack, const GuestUdpSend *send, NetFrame *data);

typedef struct
{
  GuestIp to;
  guint16 id, sequence;
  gboolean confirm; /* a reply came since the last request: the neighbour is alive */
} GuestEchoSend;

void guest_stack_send_echo (GuestStack *stack, const GuestEchoSend *send, NetFrame *data);

/* A whole frame, as a packet socket sends it. */
void guest_stack_send_frame (GuestStack *stack, NetFrame *frame);
/* Takes a frame that arrived at the port. */
void guest_stack_receive (GuestStack *stack, NetFrame *frame);

/* A gratuitous ARP request (an announcement, RFC 5227 §1.1); nothing without an IPv4 address. */
void guest_stack_announce (GuestStack *stack);
/* Enters a neighbour by hand. */
void guest_stack_put_neighbor (GuestStack *stack, NetIpv4 ip, const NetMac *mac);
void guest_stack_flush_neighbors (GuestStack *stack);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GuestStack, guest_stack_free)

G_END_DECLS
