/* The ways of packet sockets (packet(7)): system calls, receive rings of versions 2 and 3, a transmit ring. */
#include "ways.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define RING_BYTES     (8u << 20)
#define BLOCK_BYTES    65536u
#define N_BLOCKS       (RING_BYTES / BLOCK_BYTES)
#define N_SLOTS        (RING_BYTES / WAY_SLOT_BYTES)
#define BLOCK_TIME_MS  1 /* the shortest after which version 3 hands over a block that is not full */
#define TRANSMIT_BYTES TPACKET_ALIGN (sizeof (struct tpacket2_hdr))

typedef struct
{
  Way way;
  guint8 *ring;
  guint next; /* slot or block */
  guint8 (*slots)[WAY_SLOT_BYTES];
} PacketWay;

static void
packet_close (Way *way)
{
  PacketWay *self = (PacketWay *) way;

  if (self->ring)
    munmap (self->ring, RING_BYTES);
  if (way->fd >= 0)
    close (way->fd);
  g_free (self->slots);
  g_free (self);
}

static gboolean
set_option (const PacketWay *self, int option, int value)
{
  return setsockopt (self->way.fd, SOL_PACKET, option, &value, sizeof value) == 0;
}

static gboolean
bind_to (PacketWay *self, const char *interface, guint16 protocol)
{
  struct sockaddr_ll address = { .sll_family = AF_PACKET,
                                 .sll_protocol = htons (protocol),
                                 .sll_ifindex = (int) if_nametoindex (interface) };

  return bind (self->way.fd, (struct sockaddr *) &address, sizeof address) == 0;
}

/* With `ring`: PACKET_RX_RING or PACKET_TX_RING of this version. */
static PacketWay *
open_packet (int ring, int version)
{
  PacketWay *self = g_new0 (PacketWay, 1);
  struct tpacket_req3 request = { .tp_block_size = BLOCK_BYTES,
                                  .tp_block_nr = N_BLOCKS,
                                  .tp_frame_size = WAY_SLOT_BYTES,
                                  .tp_frame_nr = N_SLOTS,
                                  .tp_retire_blk_tov = BLOCK_TIME_MS };
  void *mapped;

  self->way.fd = socket (AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, 0);
  if (self->way.fd < 0 || !ring)
    return self;
  if (!set_option (self, PACKET_VERSION, version)
      || setsockopt (self->way.fd, SOL_PACKET, ring, &request,
                     version == TPACKET_V3 ? sizeof request : sizeof (struct tpacket_req))
             < 0)
    return self;
  mapped = mmap (NULL, RING_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, self->way.fd, 0);
  if (mapped != MAP_FAILED)
    self->ring = mapped;
  return self;
}

/* NULL, unless `good`. */
static Way *
opened (PacketWay *self, gboolean good)
{
  int error = errno;

  if (good)
    return &self->way;
  packet_close (&self->way);
  errno = error;
  return NULL;
}

/* ---- in ---------------------------------------------------------------------------------------------------------- */

static Way *
open_recvmmsg (const char *interface)
{
  PacketWay *self = open_packet (0, 0);
  int room = (int) RING_BYTES;

  self->slots = g_malloc (WAY_BATCH * sizeof *self->slots);
  setsockopt (self->way.fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);
  return opened (self, set_option (self, PACKET_AUXDATA, 1) && bind_to (self, interface, ETH_P_ALL));
}

static guint
receive_batch (PacketWay *self)
{
  struct mmsghdr messages[WAY_BATCH] = { 0 };
  struct iovec parts[WAY_BATCH];
  guint8 notes[WAY_BATCH][CMSG_SPACE (sizeof (struct tpacket_auxdata))];
  int n;

  for (guint i = 0; i < WAY_BATCH; i++)
    {
      parts[i] = (struct iovec){ self->slots[i], WAY_SLOT_BYTES };
      messages[i].msg_hdr = (struct msghdr){
        .msg_iov = &parts[i], .msg_iovlen = 1, .msg_control = notes[i], .msg_controllen = sizeof notes[i]
      };
    }
  n = recvmmsg (self->way.fd, messages, WAY_BATCH, MSG_DONTWAIT, NULL);
  for (int i = 0; i < n; i++)
    way_keep (&self->way, self->slots[i], messages[i].msg_len);
  return (guint) MAX (n, 0);
}

static guint
receive_recvmmsg (Way *way)
{
  guint n = 0, more;

  do
    n += more = receive_batch ((PacketWay *) way);
  while (more == WAY_BATCH && n < WAY_BURST);
  return n;
}

static Way *
open_ring_v2 (const char *interface)
{
  PacketWay *self = open_packet (PACKET_RX_RING, TPACKET_V2);
  return opened (self, self->ring && bind_to (self, interface, ETH_P_ALL));
}

static guint
receive_ring_v2 (Way *way)
{
  PacketWay *self = (PacketWay *) way;
  guint n;

  for (n = 0; n < WAY_BURST; n++)
    {
      guint8 *slot = self->ring + (gsize) self->next * WAY_SLOT_BYTES;
      struct tpacket2_hdr *header = (struct tpacket2_hdr *) (gpointer) slot;

      if (!(__atomic_load_n (&header->tp_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER))
        break;
      way_keep (way, slot + header->tp_mac, header->tp_snaplen);
      __atomic_store_n (&header->tp_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
      self->next = (self->next + 1) % N_SLOTS;
    }
  return n;
}

static Way *
open_ring_v3 (const char *interface)
{
  PacketWay *self = open_packet (PACKET_RX_RING, TPACKET_V3);
  return opened (self, self->ring && bind_to (self, interface, ETH_P_ALL));
}

/* A block at a time. */
static guint
receive_ring_v3 (Way *way)
{
  PacketWay *self = (PacketWay *) way;
  guint8 *at = self->ring + (gsize) self->next * BLOCK_BYTES;
  struct tpacket_block_desc *block = (struct tpacket_block_desc *) (gpointer) at;
  guint n;

  if (!(__atomic_load_n (&block->hdr.bh1.block_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER))
    return 0;
  n = block->hdr.bh1.num_pkts;
  at += block->hdr.bh1.offset_to_first_pkt;
  for (guint i = 0; i < n; i++)
    {
      const struct tpacket3_hdr *header = (const struct tpacket3_hdr *) (gpointer) at;
      way_keep (way, at + header->tp_mac, header->tp_snaplen);
      at += header->tp_next_offset;
    }
  __atomic_store_n (&block->hdr.bh1.block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
  self->next = (self->next + 1) % N_BLOCKS;
  return n;
}

/* ---- out --------------------------------------------------------------------------------------------------------- */

/* Bound without a protocol it receives nothing. */
static Way *
open_sendmmsg (const char *interface)
{
  PacketWay *self = open_packet (0, 0);
  return opened (self, bind_to (self, interface, 0));
}

static Way *
open_sendmmsg_bypass (const char *interface)
{
  PacketWay *self = open_packet (0, 0);
  return opened (self, set_option (self, PACKET_QDISC_BYPASS, 1) && bind_to (self, interface, 0));
}

static guint
send_sendmmsg (Way *way, const guint8 *frame, guint length, guint n)
{
  struct mmsghdr messages[WAY_BATCH] = { 0 };
  struct iovec part = { (gpointer) frame, length };
  guint sent = 0;

  for (guint i = 0; i < WAY_BATCH; i++)
    messages[i].msg_hdr = (struct msghdr){ .msg_iov = &part, .msg_iovlen = 1 };
  while (sent < n)
    {
      int some = sendmmsg (way->fd, messages, MIN (WAY_BATCH, n - sent), MSG_DONTWAIT);
      if (some <= 0)
        break;
      sent += (guint) some;
    }
  return sent;
}

static Way *
open_transmit_ring (const char *interface)
{
  PacketWay *self = open_packet (PACKET_TX_RING, TPACKET_V2);
  return opened (self, self->ring && bind_to (self, interface, 0));
}

static guint
send_transmit_ring (Way *way, const guint8 *frame, guint length, guint n)
{
  PacketWay *self = (PacketWay *) way;
  guint filled = 0;

  for (; filled < n; filled++)
    {
      guint8 *slot = self->ring + (gsize) self->next * WAY_SLOT_BYTES;
      struct tpacket2_hdr *header = (struct tpacket2_hdr *) (gpointer) slot;

      if (__atomic_load_n (&header->tp_status, __ATOMIC_ACQUIRE) != TP_STATUS_AVAILABLE)
        break;
      memcpy (slot + TRANSMIT_BYTES, frame, length);
      header->tp_len = length;
      __atomic_store_n (&header->tp_status, TP_STATUS_SEND_REQUEST, __ATOMIC_RELEASE);
      self->next = (self->next + 1) % N_SLOTS;
      if (filled % WAY_BATCH == WAY_BATCH - 1)
        send (way->fd, NULL, 0, MSG_DONTWAIT);
    }
  send (way->fd, NULL, 0, MSG_DONTWAIT);
  return filled;
}

const WayClass way_recvmmsg
    = { "recvmmsg", open_recvmmsg, receive_recvmmsg, NULL, packet_close },
    way_ring_v2 = { "ring-v2", open_ring_v2, receive_ring_v2, NULL, packet_close },
    way_ring_v3 = { "ring-v3", open_ring_v3, receive_ring_v3, NULL, packet_close },
    way_sendmmsg = { "sendmmsg", open_sendmmsg, NULL, send_sendmmsg, packet_close },
    way_sendmmsg_bypass = { "sendmmsg-bypass", open_sendmmsg_bypass, NULL, send_sendmmsg, packet_close },
    way_transmit_ring = { "transmit-ring", open_transmit_ring, NULL, send_transmit_ring, packet_close };
