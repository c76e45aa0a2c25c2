/* A packet socket's receive ring (packet_mmap): the kernel writes arriving packets into slots that we share, and a turn
 * reads what is there without a system call.
 *
 * Version 2 of the ring, whose slots are seen one by one: version 3 hands over blocks, and a frame waits until its
 * block is full or a timer of at least one tick rings.  A packet longer than a slot (several segments in one) leaves
 * its beginning there; the whole of it waits in the socket's queue. */
#include "gateway/linux/packet.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <sys/mman.h>
#include <sys/socket.h>

/* Room for the ring's header, the notes and a stack of tags beside an IP packet. */
#define SLOT_OVERHEAD 192u
#define SLOT_LEAST    2048u
#define BLOCK_BYTES   65536u

typedef struct
{
  LinuxPacket packet;
  guint8 *ring; /* NULL: not mapped */
  gsize ring_bytes;
  guint slot_bytes, n_slots;
  guint next;    /* the slot that the kernel fills next, as far as we have read */
  guint n_read;  /* slots since the ring was last seen empty */
  guint8 *whole; /* LINUX_PACKET_MAX: a packet from the queue */
} RingPort;

/* ---- in ---------------------------------------------------------------------------------------------------------- */

static struct tpacket2_hdr *
slot_at (const RingPort *self, guint i)
{
  return (struct tpacket2_hdr *) (gpointer) (self->ring + (gsize) i * self->slot_bytes);
}

/* The notes about it are in the queue too; so that queue and slots need not agree. */
static gboolean
read_queue (RingPort *self)
{
  LinuxNotes notes = { 0 };
  guint length;

  if (!linux_packet_receive (&self->packet, self->whole, &length, &notes))
    return FALSE;
  linux_port_arrived (&self->packet.port, self->whole, length, &notes);
  return TRUE;
}

static void
take_slot (RingPort *self, struct tpacket2_hdr *slot, guint32 status)
{
  guint8 *bytes = (guint8 *) slot + slot->tp_mac;
  LinuxNotes notes = { 0 };

  if (status & TP_STATUS_COPY)
    read_queue (self);
  else if (slot->tp_snaplen < slot->tp_len)
    linux_port_missed (&self->packet.port, 1); /* the queue was full */
  else
    {
      memcpy (&notes.offload, bytes - sizeof notes.offload, sizeof notes.offload);
      linux_packet_tag (&notes, status, slot->tp_vlan_tci, slot->tp_vlan_tpid);
      linux_port_arrived (&self->packet.port, bytes, slot->tp_len, &notes);
    }
}

/* The number of slots read.  The kernel writes a slot's status last, and we do too.  It marks slots that it fills after
 * it had to let frames go; when none came after those, it is that as many slots as there are were full. */
static guint
read_slots (RingPort *self)
{
  gboolean losing = FALSE;
  guint n;

  for (n = 0; n < LINUX_PORT_TURN; n++)
    {
      struct tpacket2_hdr *slot = slot_at (self, self->next);
      guint32 status = __atomic_load_n (&slot->tp_status, __ATOMIC_ACQUIRE);
      if (!(status & TP_STATUS_USER))
        break;
      losing |= (status & TP_STATUS_LOSING) != 0;
      take_slot (self, slot, status);
      __atomic_store_n (&slot->tp_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
      self->next = self->next + 1 == self->n_slots ? 0 : self->next + 1;
    }
  self->n_read += n;
  if (losing || self->n_read >= self->n_slots)
    {
      linux_packet_ask_missed (&self->packet);
      self->n_read = 0;
    }
  if (n < LINUX_PORT_TURN)
    self->n_read = 0;
  return n;
}

/* Readable without a slot: a packet is in the queue and its slot not yet ours, or the socket has an error to tell,
 * which reading takes away. */
static void
on_readable (LinuxWatch *watch, guint32 events)
{
  RingPort *self = watch->owner;

  (void) events;
  if (read_slots (self) == 0)
    read_queue (self);
}

/* ---- life -------------------------------------------------------------------------------------------------------- */

static guint
slot_for (guint mtu)
{
  guint bytes = SLOT_LEAST;

  while (bytes < mtu + SLOT_OVERHEAD && bytes < BLOCK_BYTES)
    bytes *= 2;
  return bytes;
}

static gboolean
set_up_ring (RingPort *self, guint wanted_bytes)
{
  int fd = self->packet.port.in.fd, version = TPACKET_V2, copy = 1;
  guint n_blocks = MAX ((wanted_bytes ? wanted_bytes : LINUX_PORT_RING_BYTES) / BLOCK_BYTES, 1);
  struct tpacket_req request = { .tp_block_size = BLOCK_BYTES, .tp_block_nr = n_blocks };
  void *ring;

  request.tp_frame_size = self->slot_bytes;
  request.tp_frame_nr = self->n_slots = n_blocks * (BLOCK_BYTES / self->slot_bytes);
  self->ring_bytes = (gsize) n_blocks * BLOCK_BYTES;
  if (setsockopt (fd, SOL_PACKET, PACKET_VERSION, &version, sizeof version) < 0
      || setsockopt (fd, SOL_PACKET, PACKET_COPY_THRESH, &copy, sizeof copy) < 0
      || setsockopt (fd, SOL_PACKET, PACKET_RX_RING, &request, sizeof request) < 0)
    return FALSE;
  ring = mmap (NULL, self->ring_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (ring == MAP_FAILED)
    return FALSE;
  self->ring = ring;
  return TRUE;
}

static void
free_ring_port (LinuxPort *port)
{
  RingPort *self = (RingPort *) port;

  if (self->ring)
    munmap (self->ring, self->ring_bytes);
  linux_packet_close (&self->packet);
  g_free (self->whole);
  g_free (self);
}

static const LinuxPortClass ring_class
    = { .name = "ring", .bind = linux_packet_bind, .send = linux_packet_send, .free = free_ring_port };

LinuxPort *
linux_ring_port_new (const LinuxPortConfig *config, const LinuxLink *link, GError **error)
{
  RingPort *self = g_new0 (RingPort, 1);

  self->packet.port.klass = &ring_class;
  self->packet.port.in.ready = on_readable;
  self->slot_bytes = slot_for (link->mtu);
  if (!linux_packet_open (&self->packet, config, error))
    {
      free_ring_port (&self->packet.port);
      return NULL;
    }
  if (!set_up_ring (self, config->ring_bytes))
    {
      g_set_error (error, LINUX_WORLD_ERROR, LINUX_WORLD_ERROR_SYSTEM, "the kernel gives no receive ring: %s",
                   g_strerror (errno));
      free_ring_port (&self->packet.port);
      return NULL;
    }
  self->whole = g_malloc (LINUX_PACKET_MAX);
  return &self->packet.port;
}
