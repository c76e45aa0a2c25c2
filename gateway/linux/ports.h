/* Frame ports of a Linux world: network interfaces, and the kernel's own UDP stack in the part of one.
 *
 * A port's number is what net_world_send() takes; `received` hands over what came in.  Frames look as they do on a
 * wire: tags in place, checksums filled in, nothing longer than a packet, whatever the kernel and its neighbours left
 * out on the way.  Nothing is received before linux_world_run(), and never inside a call of the user. */
#pragma once

#include "gateway/linux/world.h"
#include "net/address.h"

G_BEGIN_DECLS

/* What a port takes from its interface. */
typedef enum
{
  LINUX_PORT_ACCESS,   /* everything */
  LINUX_PORT_UNDERLAY, /* for a tunnel address that is ours alone: everything; nobody else answers ARP for it */
  /* For a tunnel address that is the interface's own: the kernel answers ARP and ICMP for it, and the port takes VXLAN
   * packets for it, and what others say of themselves in ARP. */
  LINUX_PORT_UNDERLAY_SHARED
} LinuxPortKind;

typedef enum
{
  LINUX_PORT_AUTO,   /* the first of the following that the kernel offers */
  LINUX_PORT_RING,   /* AF_PACKET with a receive ring */
  LINUX_PORT_SOCKET, /* AF_PACKET by system calls */
  LINUX_PORT_PCAP    /* libpcap */
} LinuxPortMethod;

typedef void (*LinuxReceivedFunc) (LinuxWorld *world, guint port, NetFrame *frame, gpointer user);
typedef void (*LinuxCarrierFunc) (LinuxWorld *world, guint port, gboolean up, gpointer user);

typedef struct
{
  LinuxPortKind kind;
  LinuxPortMethod method;
  gboolean promiscuous; /* frames to any address, as a switch wants them */
  NetIpv4 tunnel_ip;    /* of LINUX_PORT_UNDERLAY_SHARED */
  guint ring_bytes;     /* of the receive ring or buffer; 0: LINUX_PORT_RING_BYTES */

  LinuxReceivedFunc received; /* takes the reference */
  LinuxCarrierFunc carrier;   /* came or went; may be NULL.  What holds at first is in the facts */
  /* Where packet sockets (SOCK_RAW, without a protocol, not blocking) come from for a program that may not make them
   * itself; -1 with errno.  NULL: the kernel.  LINUX_PORT_AUTO then leaves out libpcap, which makes its own. */
  int (*packet_socket) (gpointer user);
  gpointer user;
} LinuxPortConfig;

#define LINUX_PORT_RING_BYTES (8u << 20)

/* Opens an interface.  It may vanish and come back under its name, be renamed, go down and up: the port stays, without
 * carrier meanwhile.  Needs CAP_NET_RAW now and never again. */
gboolean linux_world_open_port (LinuxWorld *world, const char *interface, const LinuxPortConfig *config,
                                guint *port, GError **error);
/* What waits to be sent is dropped. */
void linux_world_close_port (LinuxWorld *world, guint port);

/* Opens an underlay port that is the kernel's UDP stack: VXLAN packets of config.tunnel_ip, an address of this host, to
 * wherever the kernel has routes.  Of the configuration it reads tunnel_ip, ring_bytes, received and user.  Its facts
 * have a made-up MAC and the MTU of the interface that has the address; all destinations are on its link (a prefix of
 * length 0), and answer ARP at once.  The carrier is always there.  Needs no privilege. */
gboolean
linux_world_open_tunnel_port (LinuxWorld *world, const LinuxPortConfig *config, guint *port, GError **error);

/* What is known of a port's interface now; texts are borrowed until the next turn. */
typedef struct
{
  const char *interface; /* its present name; "udp:ADDRESS" of a tunnel port */
  const char *method;    /* "ring", "socket", "pcap", "udp" */
  gboolean up;           /* it is there, switched on, and has a carrier */
  NetMac mac;
  guint mtu;
} LinuxPortFacts;

void linux_world_port_facts (LinuxWorld *world, guint port, LinuxPortFacts *facts);

/* The interface's IPv4 addresses, at most `n`; returns how many there are. */
typedef struct
{
  NetIpv4 ip;
  guint prefix_length;
} LinuxPortAddress;

guint linux_world_port_addresses (LinuxWorld *world, guint port, LinuxPortAddress *addresses, guint n);

typedef struct
{
  guint64 received, received_bytes;
  guint64 sent, sent_bytes;
  guint64 missed;      /* the kernel had no room for them */
  guint64 not_sent;    /* dropped on the way out */
  guint64 segmented;   /* packets of several segments that came in as one and were taken apart */
  guint64 checksummed; /* frames that came in with a checksum yet to be filled in */
} LinuxPortCounters;

void linux_world_port_counters (const LinuxWorld *world, guint port, LinuxPortCounters *counters);

G_END_DECLS
