/* Packet sockets (packet(7)): one to receive, with what the kernel says beside each packet, and one to send, so that
 * what leaves needs no such notes.  This is the method that reads by system calls. */
#include "gateway/linux/packet.h"
#include "gateway/linux/vxlan-port.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <sys/socket.h>
#include <unistd.h>

/* Packets of one system call, each with room for the largest there is; memory that no packet reaches is not used. */
#define SLOTS 32u

typedef struct
{
  struct virtio_net_hdr offload;
  guint8 bytes[LINUX_PACKET_MAX];
  union
  {
    struct cmsghdr align;
    guint8 room[CMSG_SPACE (sizeof (struct tpacket_auxdata))];
  } notes;
} Slot;

typedef struct
{
  LinuxPacket packet;
  Slot *slots;
} SocketPort;

/* ---- in ---------------------------------------------------------------------------------------------------------- */

void
linux_packet_tag (LinuxNotes *notes, guint32 status, guint16 tci, guint16 tpid)
{
  if (!(status & TP_STATUS_VLAN_VALID))
    return;
  notes->has_tag = TRUE;
  notes->tag.tci = tci;
  notes->tag.tpid = tpid;
}

/* No other notes were asked for. */
static void
read_auxdata (struct msghdr *message, LinuxNotes *notes)
{
  const struct cmsghdr *at = CMSG_FIRSTHDR (message);
  struct tpacket_auxdata aux;

  if (!at)
    return;
  memcpy (&aux, CMSG_DATA (at), sizeof aux);
  linux_packet_tag (notes, aux.tp_status, aux.tp_vlan_tci, aux.tp_vlan_tpid);
}

gboolean
linux_packet_receive (LinuxPacket *packet, guint8 *bytes, guint *length, LinuxNotes *notes)
{
  union
  {
    struct cmsghdr align;
    guint8 room[CMSG_SPACE (sizeof (struct tpacket_auxdata))];
  } beside;
  struct iovec parts[2] = { { &notes->offload, sizeof notes->offload }, { bytes, LINUX_PACKET_MAX } };
  struct msghdr message = { .msg_iov = parts,
                            .msg_iovlen = G_N_ELEMENTS (parts),
                            .msg_control = &beside,
                            .msg_controllen = sizeof beside };
  gssize n = recvmsg (packet->port.in.fd, &message, MSG_DONTWAIT);

  if (n < (gssize) sizeof notes->offload)
    return FALSE;
  *length = (guint) n - (guint) sizeof notes->offload;
  read_auxdata (&message, notes);
  return TRUE;
}

/* The kernel counts what it had no room for, and forgets it when asked. */
void
linux_packet_ask_missed (LinuxPacket *packet)
{
  struct tpacket_stats stats = { 0 };
  socklen_t length = sizeof stats;

  if (getsockopt (packet->port.in.fd, SOL_PACKET, PACKET_STATISTICS, &stats, &length) == 0 && stats.tp_drops)
    linux_port_missed (&packet->port, stats.tp_drops);
}

static void
take_slot (SocketPort *self, Slot *slot, struct mmsghdr *message)
{
  LinuxNotes notes = { .offload = slot->offload };
  guint length = message->msg_len;

  if (length < sizeof slot->offload)
    return;
  read_auxdata (&message->msg_hdr, &notes);
  linux_port_arrived (&self->packet.port, slot->bytes, length - (guint) sizeof slot->offload, &notes);
}

/* TRUE: there may be more. */
static gboolean
read_some (SocketPort *self)
{
  struct mmsghdr messages[SLOTS] = { 0 };
  struct iovec parts[SLOTS][2];
  int n;

  for (guint i = 0; i < SLOTS; i++)
    {
      Slot *slot = &self->slots[i];
      parts[i][0] = (struct iovec){ &slot->offload, sizeof slot->offload };
      parts[i][1] = (struct iovec){ slot->bytes, sizeof slot->bytes };
      messages[i].msg_hdr = (struct msghdr){ .msg_iov = parts[i],
                                             .msg_iovlen = 2,
                                             .msg_control = &slot->notes,
                                             .msg_controllen = sizeof slot->notes };
    }
  n = recvmmsg (self->packet.port.in.fd, messages, SLOTS, MSG_DONTWAIT, NULL);
  for (int i = 0; i < n; i++)
    take_slot (self, &self->slots[i], &messages[i]);
  return n == (int) SLOTS;
}

/* The socket may have an error (the interface went down): reading it takes it away. */
static void
on_readable (LinuxWatch *watch, guint32 events)
{
  SocketPort *self = watch->owner;

  (void) events;
  for (guint i = 0; i < LINUX_PORT_TURN / SLOTS; i++)
    if (!read_some (self))
      break;
  linux_packet_ask_missed (&self->packet);
}

/* ---- out --------------------------------------------------------------------------------------------------------- */

/* An error is about the first frame that was not sent; those behind it may be sent all the same. */
guint
linux_packet_send (LinuxPort *port, NetFrame *const *frames, guint n)
{
  struct mmsghdr messages[LINUX_PORT_BURST] = { 0 };
  struct iovec parts[LINUX_PORT_BURST];

  for (guint i = 0; i < n; i++)
    {
      parts[i] = (struct iovec){ net_frame_data (frames[i]), frames[i]->length };
      messages[i].msg_hdr = (struct msghdr){ .msg_iov = &parts[i], .msg_iovlen = 1 };
    }
  for (guint done = 0; done < n;)
    {
      int n_sent = sendmmsg (port->out.fd, messages + done, n - done, MSG_DONTWAIT);
      if (n_sent < 0 && errno == EAGAIN)
        return done;
      if (n_sent < 0)
        linux_port_refused (port, frames[done++], errno);
      for (int i = 0; i < n_sent; i++)
        linux_port_sent (port, frames[done++]);
    }
  return n;
}

/* ---- life -------------------------------------------------------------------------------------------------------- */

static gboolean
set_option (int fd, int option, int value)
{
  return setsockopt (fd, SOL_PACKET, option, &value, sizeof value) == 0;
}

/* Without a protocol a packet socket receives nothing until it is bound. */
static int
packet_socket (const LinuxPortConfig *config)
{
  return config->packet_socket ? config->packet_socket (config->user)
                               : socket (AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

/* Root may have more than the system's limit. */
static void
set_room (LinuxPacket *packet, guint bytes)
{
  int fd = packet->port.in.fd, room = (int) MIN (bytes ? bytes : LINUX_PORT_RING_BYTES, G_MAXINT / 2);

  if (setsockopt (fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room) < 0)
    setsockopt (fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
}

static gboolean
open_sockets (LinuxPort *port, const LinuxPortConfig *config, GError **error)
{
  port->in.fd = packet_socket (config);
  port->out.fd = packet_socket (config);
  if (port->in.fd >= 0 && port->out.fd >= 0 && set_option (port->in.fd, PACKET_AUXDATA, 1)
      && set_option (port->in.fd, PACKET_VNET_HDR, 1) && set_option (port->in.fd, PACKET_IGNORE_OUTGOING, 1))
    return TRUE;
  g_set_error (error, LINUX_WORLD_ERROR, LINUX_WORLD_ERROR_PORT,
               errno == EPERM ? "opening interfaces needs root or CAP_NET_RAW: %s"
                              : "the kernel offers no packet sockets: %s",
               g_strerror (errno));
  return FALSE;
}

static gboolean
share_address (LinuxPacket *packet, NetIpv4 ip, GError **error)
{
  packet->deaf = linux_vxlan_deaf_socket (ip, error);
  if (packet->deaf < 0 || linux_vxlan_filter (packet->port.in.fd, ip))
    return packet->deaf >= 0;
  g_set_error (error, LINUX_WORLD_ERROR, LINUX_WORLD_ERROR_SYSTEM, "the kernel takes no socket filter: %s",
               g_strerror (errno));
  return FALSE;
}

gboolean
linux_packet_open (LinuxPacket *packet, const LinuxPortConfig *config, GError **error)
{
  packet->deaf = -1;
  if (!open_sockets (&packet->port, config, error))
    return FALSE;
  set_room (packet, config->ring_bytes);
  return config->kind != LINUX_PORT_UNDERLAY_SHARED || share_address (packet, config->tunnel_ip, error);
}

static gboolean
bind_to (int fd, int index, guint16 protocol)
{
  const struct sockaddr_ll address
      = { .sll_family = AF_PACKET, .sll_protocol = GUINT16_TO_BE (protocol), .sll_ifindex = index };

  return bind (fd, (const struct sockaddr *) &address, sizeof address) == 0;
}

/* Membership ends with the interface, so it is asked for each time. */
static gboolean
become_promiscuous (int fd, int index)
{
  const struct packet_mreq request = { .mr_ifindex = index, .mr_type = PACKET_MR_PROMISC };

  return setsockopt (fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &request, sizeof request) == 0;
}

gboolean
linux_packet_bind (LinuxPort *port, GError **error)
{
  int index = port->link.index;

  if (bind_to (port->in.fd, index, ETH_P_ALL) && bind_to (port->out.fd, index, 0)
      && (!port->config.promiscuous || become_promiscuous (port->in.fd, index)))
    return TRUE;
  g_set_error (error, LINUX_WORLD_ERROR, LINUX_WORLD_ERROR_PORT, "interface '%s' cannot be opened: %s",
               port->interface, g_strerror (errno));
  return FALSE;
}

void
linux_packet_close (LinuxPacket *packet)
{
  if (packet->port.in.fd >= 0)
    close (packet->port.in.fd);
  if (packet->port.out.fd >= 0)
    close (packet->port.out.fd);
  if (packet->deaf >= 0)
    close (packet->deaf);
}

static void
free_socket_port (LinuxPort *port)
{
  SocketPort *self = (SocketPort *) port;

  linux_packet_close (&self->packet);
  g_free (self->slots);
  g_free (self);
}

static const LinuxPortClass socket_class
    = { .name = "socket", .bind = linux_packet_bind, .send = linux_packet_send, .free = free_socket_port };

LinuxPort *
linux_socket_port_new (const LinuxPortConfig *config, const LinuxLink *link, GError **error)
{
  SocketPort *self = g_new0 (SocketPort, 1);

  (void) link;
  self->packet.port.klass = &socket_class;
  self->packet.port.in.ready = on_readable;
  if (!linux_packet_open (&self->packet, config, error))
    {
      free_socket_port (&self->packet.port);
      return NULL;
    }
  self->slots = g_new (Slot, SLOTS);
  return &self->packet.port;
}
