/* The kernel's UDP stack as an underlay port: it routes, resolves addresses and answers for the tunnel address, and the
 * gateway needs no right to the interface.
 *
 * The gateway speaks Ethernet at its underlay port.  So each address out there has a made-up MAC here (02:00 and the
 * address), ARP requests are answered on the spot, and VXLAN packets lose and get back their outer headers.  A UDP
 * socket has one source port: several of them carry what the source port's entropy is for. */
#include "gateway/linux/port-inside.h"
#include "gateway/linux/vxlan-port.h"

#include "net/arp.h"
#include "net/vxlan.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#define SENDERS  16u
#define MESSAGES 32u
#define OUTER    (NET_ETHERNET_HEADER + NET_IPV4_HEADER + NET_UDP_HEADER)
/* What the pool's usual frame holds; the rest of a longer packet is read beside it. */
#define USUAL        1600u
#define USUAL_MTU    1500u
#define BUFFER_BYTES (8 << 20)

typedef union
{
  struct cmsghdr align;
  guint8 room[CMSG_SPACE (sizeof (int))];
} Tos;

/* A packet to send: its destination and type of service, and what UDP carries. */
typedef struct
{
  struct sockaddr_in to;
  struct iovec payload;
  Tos tos;
} Packet;

/* Packets of one sender, and the frames they are made of. */
typedef struct
{
  NetFrame *frames[LINUX_PORT_BURST];
  Packet packets[LINUX_PORT_BURST];
  guint n;
} Batch;

typedef struct
{
  LinuxPort port;
  int senders[SENDERS];
  NetFrame *frames[MESSAGES]; /* that the next packets are read into */
  guint8 *rest;               /* NET_FRAME_MAX of each */
  NetFrame *answers[LINUX_PORT_BURST];
  guint n_answers;
  LinuxTask answer;
  Batch batches[SENDERS]; /* of the burst in hand */
} TunnelPort;

NetMac
linux_tunnel_mac (NetIpv4 ip)
{
  return net_mac_from_u64 (G_GUINT64_CONSTANT (0x020000000000) | ip);
}

guint
linux_tunnel_mtu (NetIpv4 ip)
{
  struct ifaddrs *all;
  LinuxLink link = { .mtu = USUAL_MTU };

  if (getifaddrs (&all) < 0)
    return link.mtu;
  for (const struct ifaddrs *at = all; at; at = at->ifa_next)
    if (at->ifa_addr && at->ifa_addr->sa_family == AF_INET
        && ((const struct sockaddr_in *) (gconstpointer) at->ifa_addr)->sin_addr.s_addr == htonl (ip))
      linux_link_find (at->ifa_name, &link, NULL);
  freeifaddrs (all);
  return link.mtu ? link.mtu : USUAL_MTU;
}

/* ---- in ---------------------------------------------------------------------------------------------------------- */

/* No other note was asked for. */
static guint8
tos_of (struct msghdr *message)
{
  const struct cmsghdr *at = CMSG_FIRSTHDR (message);

  return at ? *CMSG_DATA (at) : 0;
}

/* The kernel has checked the packet's checksums. */
static void
take_packet (TunnelPort *self, guint i, guint length, const struct sockaddr_in *from, guint8 tos)
{
  NetIpv4 source = ntohl (from->sin_addr.s_addr), ours = self->port.config.tunnel_ip;
  NetUdp udp = { .source_port = ntohs (from->sin_port), .destination_port = NET_VXLAN_PORT };
  NetIpv4Header ip = { .tos = tos,
                       .ttl = 64,
                       .protocol = NET_IP_UDP,
                       .dont_fragment = TRUE,
                       .source = source,
                       .destination = ours };
  NetFrame *frame = g_steal_pointer (&self->frames[i]);

  if (length > USUAL)
    {
      NetFrame *whole = net_frame_new (frame->pool, NET_FRAME_HEADROOM + OUTER, length);
      memcpy (net_frame_data (whole), net_frame_bytes (frame), USUAL);
      memcpy (net_frame_data (whole) + USUAL, self->rest + (gsize) i * NET_FRAME_MAX, length - USUAL);
      net_frame_unref (frame);
      frame = whole;
    }
  else
    net_frame_set_length (frame, length);
  if (length > NET_VXLAN_HEADER)
    linux_restore_hidden_checksum (net_frame_data (frame) + NET_VXLAN_HEADER, length - NET_VXLAN_HEADER);
  net_udp_push (frame, &ip, &udp);
  net_ipv4_push (frame, &ip);
  net_ethernet_push (frame, &(NetEthernet){ .destination = self->port.link.mac,
                                            .source = linux_tunnel_mac (source),
                                            .type = NET_ETHERTYPE_IPV4 });
  linux_port_deliver (&self->port, frame);
}

/* TRUE: there may be more. */
static gboolean
read_some (TunnelPort *self)
{
  struct mmsghdr messages[MESSAGES] = { 0 };
  struct iovec parts[MESSAGES][2];
  struct sockaddr_in from[MESSAGES];
  Tos tos[MESSAGES];
  int n;

  for (guint i = 0; i < MESSAGES; i++)
    {
      if (!self->frames[i])
        self->frames[i] = net_frame_new (self->port.world->world.frames, NET_FRAME_HEADROOM + OUTER, USUAL);
      parts[i][0] = (struct iovec){ net_frame_data (self->frames[i]), USUAL };
      parts[i][1] = (struct iovec){ self->rest + (gsize) i * NET_FRAME_MAX, NET_FRAME_MAX - USUAL - OUTER };
      messages[i].msg_hdr = (struct msghdr){ .msg_name = &from[i],
                                             .msg_namelen = sizeof from[i],
                                             .msg_iov = parts[i],
                                             .msg_iovlen = 2,
                                             .msg_control = &tos[i],
                                             .msg_controllen = sizeof tos[i] };
    }
  n = recvmmsg (self->port.in.fd, messages, MESSAGES, MSG_DONTWAIT, NULL);
  for (int i = 0; i < n; i++)
    if (messages[i].msg_hdr.msg_flags & MSG_TRUNC)
      linux_port_drop (&self->port, net_frame_ref (self->frames[i]), NET_DROP_FRAME_TOO_LONG, "arrival");
    else
      take_packet (self, (guint) i, messages[i].msg_len, &from[i], tos_of (&messages[i].msg_hdr));
  return n == (int) MESSAGES;
}

static void
on_readable (LinuxWatch *watch, guint32 events)
{
  (void) events;
  for (guint i = 0; i < LINUX_PORT_TURN / MESSAGES; i++)
    if (!read_some (watch->owner))
      break;
}

/* ---- ARP --------------------------------------------------------------------------------------------------------- */

/* After the turn: nobody receives inside a call to send. */
static void
on_answer (LinuxTask *task)
{
  TunnelPort *self = task->owner;
  guint n = self->n_answers;
  NetFrame *answers[LINUX_PORT_BURST];

  memcpy (answers, self->answers, n * sizeof answers[0]);
  self->n_answers = 0;
  for (guint i = 0; i < n; i++)
    linux_port_deliver (&self->port, answers[i]);
}

/* Whoever is asked for answers; what does not fit is asked for again. */
static void
answer_arp (TunnelPort *self, const NetFrame *frame, const NetEthernet *ethernet)
{
  NetArp arp, reply;

  if (net_arp_parse (net_frame_bytes (frame) + ethernet->payload, frame->length - ethernet->payload, &arp)
          != NET_DROP_NONE
      || arp.op != NET_ARP_REQUEST || self->n_answers == LINUX_PORT_BURST)
    return;
  reply = (NetArp){ .op = NET_ARP_REPLY,
                    .sender_mac = linux_tunnel_mac (arp.target_ip),
                    .sender_ip = arp.target_ip,
                    .target_mac = arp.sender_mac,
                    .target_ip = arp.sender_ip };
  self->answers[self->n_answers++] = net_arp_frame (frame->pool, &arp.sender_mac, &reply);
  linux_loop_defer (self->port.world->loop, &self->answer);
}

/* ---- out --------------------------------------------------------------------------------------------------------- */

static void
fill_packet (NetFrame *frame, const NetVxlan *outer, guint inner, guint inner_length, Packet *packet)
{
  struct cmsghdr *header = &packet->tos.align;
  const int tos = outer->tos;

  packet->to = (struct sockaddr_in){ .sin_family = AF_INET,
                                     .sin_port = htons (NET_VXLAN_PORT),
                                     .sin_addr.s_addr = htonl (outer->destination_ip) };
  packet->payload
      = (struct iovec){ net_frame_data (frame) + inner - NET_VXLAN_HEADER, inner_length + NET_VXLAN_HEADER };
  *header
      = (struct cmsghdr){ .cmsg_len = CMSG_LEN (sizeof tos), .cmsg_level = IPPROTO_IP, .cmsg_type = IP_TOS };
  memcpy (CMSG_DATA (header), &tos, sizeof tos);
}

/* A packet that the kernel refuses is told by its error, and those behind it are sent. */
static void
send_batch (TunnelPort *self, int sender, Batch *batch)
{
  struct mmsghdr messages[LINUX_PORT_BURST] = { 0 };

  for (guint i = 0; i < batch->n; i++)
    messages[i].msg_hdr = (struct msghdr){ .msg_name = &batch->packets[i].to,
                                           .msg_namelen = sizeof batch->packets[i].to,
                                           .msg_iov = &batch->packets[i].payload,
                                           .msg_iovlen = 1,
                                           .msg_control = &batch->packets[i].tos,
                                           .msg_controllen = sizeof batch->packets[i].tos };
  for (guint done = 0; done < batch->n;)
    {
      int n_sent = sendmmsg (sender, messages + done, batch->n - done, MSG_DONTWAIT);
      if (n_sent < 0)
        linux_port_refused (&self->port, batch->frames[done++], errno);
      for (int i = 0; i < n_sent; i++)
        linux_port_sent (&self->port, batch->frames[done++]);
    }
}

/* What is no VXLAN packet ends here: requests for addresses, and answers to what never came in by us. */
static void
answer (TunnelPort *self, NetFrame *frame)
{
  NetEthernet ethernet;

  if (net_ethernet_parse_frame (frame, &ethernet) == NET_DROP_NONE && ethernet.type == NET_ETHERTYPE_ARP)
    answer_arp (self, frame, &ethernet);
  linux_port_sent (&self->port, frame);
}

/* Frames of one sender stay in their order, and a flow's source port is always the same.  The kernel's queues are the
 * only ones: what they have no room for is dropped. */
static guint
tunnel_send (LinuxPort *port, NetFrame *const *frames, guint n)
{
  TunnelPort *self = (TunnelPort *) port;

  for (guint i = 0; i < SENDERS; i++)
    self->batches[i].n = 0;
  for (guint i = 0; i < n; i++)
    {
      NetVxlan outer;
      guint inner, inner_length;
      Batch *batch;

      if (net_vxlan_parse (net_frame_bytes (frames[i]), frames[i]->length, &outer, &inner, &inner_length)
          != NET_DROP_NONE)
        {
          answer (self, frames[i]);
          continue;
        }
      batch = &self->batches[outer.source_port % SENDERS];
      fill_packet (frames[i], &outer, inner, inner_length, &batch->packets[batch->n]);
      batch->frames[batch->n++] = frames[i];
    }
  for (guint i = 0; i < SENDERS; i++)
    if (self->batches[i].n)
      send_batch (self, self->senders[i], &self->batches[i]);
  return n;
}

/* ---- life -------------------------------------------------------------------------------------------------------- */

static gboolean
tunnel_bind (LinuxPort *port, GError **error)
{
  (void) port;
  (void) error;
  return TRUE;
}

static void
free_tunnel_port (LinuxPort *port)
{
  TunnelPort *self = (TunnelPort *) port;

  if (port->world)
    linux_loop_forget (port->world->loop, &self->answer);
  for (guint i = 0; i < self->n_answers; i++)
    net_frame_unref (self->answers[i]);
  for (guint i = 0; i < MESSAGES; i++)
    net_frame_unref (self->frames[i]);
  for (guint i = 0; i < SENDERS; i++)
    if (self->senders[i] >= 0)
      close (self->senders[i]);
  if (port->in.fd >= 0)
    close (port->in.fd);
  g_free (self->rest);
  g_free (self);
}

static const LinuxPortClass tunnel_class
    = { .name = "udp", .bind = tunnel_bind, .send = tunnel_send, .free = free_tunnel_port };

static gboolean
set_options (int fd, int level, int option, int value)
{
  return setsockopt (fd, level, option, &value, sizeof value) == 0;
}

/* No UDP checksum (RFC 7348 §5), which also keeps the kernel from leaving one to hardware.  Don't Fragment as the raw underlay sets it: the kernel answers what exceeds the path's MTU with EMSGSIZE. */
static gboolean
open_senders (TunnelPort *self, NetIpv4 ip, GError **error)
{
  for (guint i = 0; i < SENDERS; i++)
    {
      self->senders[i] = linux_vxlan_socket (ip, 0, error);
      if (self->senders[i] < 0)
        return FALSE;
      linux_vxlan_make_deaf (self->senders[i]);
      set_options (self->senders[i], SOL_SOCKET, SO_NO_CHECK, 1);
      set_options (self->senders[i], IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO);
      if (!set_options (self->senders[i], SOL_SOCKET, SO_SNDBUFFORCE, BUFFER_BYTES))
        set_options (self->senders[i], SOL_SOCKET, SO_SNDBUF, BUFFER_BYTES);
    }
  return TRUE;
}

LinuxPort *
linux_tunnel_port_new (const LinuxPortConfig *config, GError **error)
{
  TunnelPort *self = g_new0 (TunnelPort, 1);
  int room = (int) (config->ring_bytes ? config->ring_bytes : LINUX_PORT_RING_BYTES);

  self->port.klass = &tunnel_class;
  self->port.in.ready = on_readable;
  self->port.out.fd = -1;
  self->answer = (LinuxTask){ .run = on_answer, .owner = self };
  for (guint i = 0; i < SENDERS; i++)
    self->senders[i] = -1;
  self->port.in.fd = linux_vxlan_socket (config->tunnel_ip, NET_VXLAN_PORT, error);
  if (self->port.in.fd < 0 || !open_senders (self, config->tunnel_ip, error))
    {
      free_tunnel_port (&self->port);
      return NULL;
    }
  set_options (self->port.in.fd, IPPROTO_IP, IP_RECVTOS, 1);
  if (!set_options (self->port.in.fd, SOL_SOCKET, SO_RCVBUFFORCE, room))
    set_options (self->port.in.fd, SOL_SOCKET, SO_RCVBUF, room);
  self->rest = g_malloc ((gsize) MESSAGES * NET_FRAME_MAX);
  return &self->port;
}
