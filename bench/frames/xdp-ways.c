/* AF_XDP sockets in copy mode, which every driver offers: four rings and a piece of shared memory, and a program of five
 * instructions on the interface that hands its frames over.  Written on the system calls, so that it needs no library. */
#include "ways.h"

#include <errno.h>
#include <linux/bpf.h>
#include <linux/if_link.h>
#include <linux/if_xdp.h>
#include <net/if.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define N_SLOTS      4096u         /* of shared memory: the first half to receive, the rest to send */
#define RING         (N_SLOTS / 2) /* entries of each of the four */
#define QUEUE        0u
#define BUSY_TRIES   100u
#define BUSY_WAIT_US 20000u
#define TX_SLOT0     (N_SLOTS / 2)

/* A ring as both sides have it. */
typedef struct
{
  gpointer map;
  gsize map_bytes;
  guint32 *producer, *consumer, *flags;
  gpointer entries; /* struct xdp_desc, or guint64 */
} Ring;

typedef struct
{
  Way way;
  guint8 *memory;
  Ring receive, transmit, fill, completion;
  int map, program, link;
  guint in_flight; /* sent, and not completed yet */
} XdpWay;

/* ---- the program on the interface -------------------------------------------------------------------------------- */

static int
bpf (enum bpf_cmd command, union bpf_attr *attributes)
{
  return (int) syscall (SYS_bpf, command, attributes, sizeof *attributes);
}

/* return bpf_redirect_map (map, context->rx_queue_index, XDP_PASS); */
static int
load_program (int map)
{
  const struct bpf_insn program[] = {
    { .code = BPF_LDX | BPF_MEM | BPF_W,
      .dst_reg = BPF_REG_2,
      .src_reg = BPF_REG_1,
      .off = G_STRUCT_OFFSET (struct xdp_md, rx_queue_index) },
    { .code = BPF_LD | BPF_IMM | BPF_DW, .dst_reg = BPF_REG_1, .src_reg = BPF_PSEUDO_MAP_FD, .imm = map },
    { 0 }, /* the upper half of that constant */
    { .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_3, .imm = XDP_PASS },
    { .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_redirect_map },
    { .code = BPF_JMP | BPF_EXIT }
  };
  union bpf_attr load = { .prog_type = BPF_PROG_TYPE_XDP,
                          .insns = (guintptr) program,
                          .insn_cnt = G_N_ELEMENTS (program),
                          .license = (guintptr) "Apache-2.0" };

  return bpf (BPF_PROG_LOAD, &load);
}

/* It goes with the descriptors. */
static gboolean
attach (XdpWay *self, const char *interface, guint32 mode)
{
  union bpf_attr create
      = { .map_type = BPF_MAP_TYPE_XSKMAP, .key_size = 4, .value_size = 4, .max_entries = QUEUE + 1 },
      put = { 0 }, link = { 0 };
  guint32 key = QUEUE;

  self->map = bpf (BPF_MAP_CREATE, &create);
  self->program = self->map < 0 ? -1 : load_program (self->map);
  if (self->program < 0)
    return FALSE;
  put.map_fd = (guint32) self->map;
  put.key = (guintptr) &key;
  put.value = (guintptr) &self->way.fd;
  link.link_create.prog_fd = (guint32) self->program;
  link.link_create.target_ifindex = if_nametoindex (interface);
  link.link_create.attach_type = BPF_XDP;
  link.link_create.flags = mode;
  self->link = bpf (BPF_LINK_CREATE, &link);
  return self->link >= 0 && bpf (BPF_MAP_UPDATE_ELEM, &put) == 0;
}

/* ---- rings ------------------------------------------------------------------------------------------------------- */

static gboolean
map_ring (const XdpWay *self, int option, const struct xdp_ring_offset *offsets, guint64 page,
          gsize entry_bytes, Ring *ring)
{
  guint n = RING;
  guint8 *at;

  ring->map_bytes = offsets->desc + RING * entry_bytes;
  if (setsockopt (self->way.fd, SOL_XDP, option, &n, sizeof n) < 0)
    return FALSE;
  at = mmap (NULL, ring->map_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, self->way.fd,
             (off_t) page);
  if (at == MAP_FAILED)
    return FALSE;
  ring->map = at;
  ring->producer = (guint32 *) (gpointer) (at + offsets->producer);
  ring->consumer = (guint32 *) (gpointer) (at + offsets->consumer);
  ring->flags = (guint32 *) (gpointer) (at + offsets->flags);
  ring->entries = at + offsets->desc;
  return TRUE;
}

static gboolean
set_up (XdpWay *self)
{
  struct xdp_umem_reg shared = { .len = (guint64) N_SLOTS * WAY_SLOT_BYTES, .chunk_size = WAY_SLOT_BYTES };
  struct xdp_mmap_offsets at;
  socklen_t length = sizeof at;

  self->memory
      = mmap (NULL, shared.len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  if (self->memory == MAP_FAILED)
    return FALSE;
  shared.addr = (guintptr) self->memory;
  return setsockopt (self->way.fd, SOL_XDP, XDP_UMEM_REG, &shared, sizeof shared) == 0
         && getsockopt (self->way.fd, SOL_XDP, XDP_MMAP_OFFSETS, &at, &length) == 0
         && map_ring (self, XDP_UMEM_FILL_RING, &at.fr, XDP_UMEM_PGOFF_FILL_RING, sizeof (guint64),
                      &self->fill)
         && map_ring (self, XDP_UMEM_COMPLETION_RING, &at.cr, XDP_UMEM_PGOFF_COMPLETION_RING,
                      sizeof (guint64), &self->completion)
         && map_ring (self, XDP_RX_RING, &at.rx, XDP_PGOFF_RX_RING, sizeof (struct xdp_desc), &self->receive)
         && map_ring (self, XDP_TX_RING, &at.tx, XDP_PGOFF_TX_RING, sizeof (struct xdp_desc),
                      &self->transmit);
}

static gboolean
bind_to (XdpWay *self, const char *interface)
{
  struct sockaddr_xdp address = { .sxdp_family = AF_XDP,
                                  .sxdp_flags = XDP_COPY | XDP_USE_NEED_WAKEUP,
                                  .sxdp_ifindex = if_nametoindex (interface),
                                  .sxdp_queue_id = QUEUE };

  return bind (self->way.fd, (struct sockaddr *) &address, sizeof address) == 0;
}

/* All slots for receiving are the kernel's to fill. */
static void
fill_all (XdpWay *self)
{
  for (guint i = 0; i < RING; i++)
    ((guint64 *) self->fill.entries)[i] = (guint64) i * WAY_SLOT_BYTES;
  __atomic_store_n (self->fill.producer, RING, __ATOMIC_RELEASE);
}

static void
unmap (Ring *ring)
{
  if (ring->map)
    munmap (ring->map, ring->map_bytes);
}

static void
xdp_close (Way *way)
{
  XdpWay *self = (XdpWay *) way;
  const int descriptors[] = { self->link, self->program, self->map, way->fd };

  unmap (&self->receive);
  unmap (&self->transmit);
  unmap (&self->fill);
  unmap (&self->completion);
  for (guint i = 0; i < G_N_ELEMENTS (descriptors); i++)
    if (descriptors[i] >= 0)
      close (descriptors[i]);
  if (self->memory != MAP_FAILED)
    munmap (self->memory, (gsize) N_SLOTS * WAY_SLOT_BYTES);
  g_free (self);
}

static Way *
try_open (const char *interface, guint32 mode)
{
  XdpWay *self = g_new0 (XdpWay, 1);
  int error;

  self->map = self->program = self->link = -1;
  self->memory = MAP_FAILED;
  self->way.fd = socket (AF_XDP, SOCK_RAW, 0);
  if (self->way.fd >= 0 && set_up (self) && bind_to (self, interface) && attach (self, interface, mode))
    {
      fill_all (self);
      return &self->way;
    }
  error = errno;
  xdp_close (&self->way);
  errno = error;
  return NULL;
}

/* A socket closed a moment ago holds its queue until the kernel comes to tidy up. */
static Way *
xdp_open (const char *interface, guint32 mode)
{
  Way *way = try_open (interface, mode);

  for (guint i = 0; !way && errno == EBUSY && i < BUSY_TRIES; i++)
    {
      g_usleep (BUSY_WAIT_US);
      way = try_open (interface, mode);
    }
  return way;
}

static Way *
open_driver (const char *interface)
{
  return xdp_open (interface, XDP_FLAGS_DRV_MODE);
}

static Way *
open_generic (const char *interface)
{
  return xdp_open (interface, XDP_FLAGS_SKB_MODE);
}

/* ---- frames ------------------------------------------------------------------------------------------------------ */

/* Each slot that was read goes back to be filled: there is always room, as the ring has as many entries as slots. */
static guint
xdp_receive (Way *way)
{
  XdpWay *self = (XdpWay *) way;
  guint32 at = *self->receive.consumer, back = *self->fill.producer;
  guint32 n = MIN (__atomic_load_n (self->receive.producer, __ATOMIC_ACQUIRE) - at, WAY_BURST);

  for (guint32 i = 0; i < n; i++)
    {
      const struct xdp_desc *entry = (const struct xdp_desc *) self->receive.entries + (at + i) % RING;
      way_keep (way, self->memory + entry->addr, entry->len);
      ((guint64 *) self->fill.entries)[(back + i) % RING] = entry->addr;
    }
  __atomic_store_n (self->receive.consumer, at + n, __ATOMIC_RELEASE);
  __atomic_store_n (self->fill.producer, back + n, __ATOMIC_RELEASE);
  return n;
}

static void
complete (XdpWay *self)
{
  guint32 at = *self->completion.consumer,
          end = __atomic_load_n (self->completion.producer, __ATOMIC_ACQUIRE);

  self->in_flight -= end - at;
  __atomic_store_n (self->completion.consumer, end, __ATOMIC_RELEASE);
}

/* Slots are used in turn; as bursts are shorter than the ring, one is long completed when it comes again. */
static guint
xdp_send (Way *way, const guint8 *frame, guint length, guint n)
{
  XdpWay *self = (XdpWay *) way;
  guint32 at = *self->transmit.producer;

  complete (self);
  n = MIN (n, RING - self->in_flight);
  for (guint32 i = 0; i < n; i++)
    {
      struct xdp_desc *entry = (struct xdp_desc *) self->transmit.entries + (at + i) % RING;
      guint64 slot = (guint64) (TX_SLOT0 + (at + i) % RING) * WAY_SLOT_BYTES;

      memcpy (self->memory + slot, frame, length);
      *entry = (struct xdp_desc){ .addr = slot, .len = length };
    }
  __atomic_store_n (self->transmit.producer, at + n, __ATOMIC_RELEASE);
  self->in_flight += n;
  for (guint tries = 0; tries < n && __atomic_load_n (self->transmit.consumer, __ATOMIC_ACQUIRE) != at + n;
       tries++)
    sendto (way->fd, NULL, 0, MSG_DONTWAIT, NULL, 0);
  return n;
}

const WayClass way_xdp_driver = { "xdp-driver", open_driver, xdp_receive, xdp_send, xdp_close },
               way_xdp_generic = { "xdp-generic", open_generic, xdp_receive, xdp_send, xdp_close };
