/* The underlay switch as a node: decides by its tables where a frame goes, then sends.  The tables are fdb.c
 * and loop.c. */
#include "models/underlay/switch.h"

#include "models/underlay/fdb.h"
#include "models/underlay/loop.h"
#include "net/ethernet.h"
#include "sim/link.h"

#define SWEEP_PAUSE_NS SIM_SEC
#define RESERVED_FIRST G_GUINT64_CONSTANT (0x0180c2000000) /* IEEE 802.1Q-2018 table 8-1: 16 addresses */
#define GROUP_BIT      (G_GUINT64_CONSTANT (1) << 40)

typedef struct
{
  SimNode node; /* first */
  UnderlayFdb fdb;
  UnderlayLoopGuard loops;
  GArray *up; /* of guint: ports that are up, ascending */
  NetTimer ageing;
} Switch;

/* What the header says. */
typedef struct
{
  guint64 destination, source;
  guint vid; /* of the outermost tag; 0 without one */
} Header;

typedef enum
{
  ACT_DROP,
  ACT_FORWARD,
  ACT_FLOOD
} Act;

typedef struct
{
  Act act;
  guint port;           /* to forward by */
  NetDropReason reason; /* to drop for */
  const char *table;    /* which table said so; NULL: the frame itself is at fault */
} Decision;

static inline Decision
drop_for (NetDropReason reason, const char *table)
{
  return (Decision){ .act = ACT_DROP, .reason = reason, .table = table };
}

/* ---- deciding ------------------------------------------------------------------------------------------ */

static inline guint64
read_mac (const guint8 *bytes)
{
  return (guint64)net_get_be16 (bytes) << 32 | net_get_be32 (bytes + 2);
}

static inline gboolean
read_header (const NetFrame *frame, Header *header)
{
  const guint8 *bytes = net_frame_bytes (frame);
  guint type;

  if (G_UNLIKELY (frame->length < NET_ETHERNET_HEADER))
    return FALSE;
  header->destination = read_mac (bytes);
  header->source = read_mac (bytes + 6);
  header->vid = 0;
  type = net_get_be16 (bytes + 12);
  if (G_LIKELY (type != NET_ETHERTYPE_VLAN && type != NET_ETHERTYPE_QINQ))
    return TRUE;
  if (frame->length < NET_ETHERNET_HEADER + NET_VLAN_TAG)
    return FALSE;
  header->vid = NET_VLAN_VID (net_get_be16 (bytes + 14));
  return TRUE;
}

static inline Decision
decide (const Switch *self, const Header *header, guint in_port, gint64 now_ns)
{
  guint32 port;

  if (header->destination & GROUP_BIT)
    return header->destination >> 4 == RESERVED_FIRST >> 4 ? drop_for (NET_DROP_RESERVED_MAC, NULL)
                                                           : (Decision){ .act = ACT_FLOOD };
  port = underlay_fdb_lookup (&self->fdb, underlay_key (header->vid, header->destination), now_ns);
  if (port == UNDERLAY_FDB_NOWHERE)
    return (Decision){ .act = ACT_FLOOD };
  if (port == in_port)
    return drop_for (NET_DROP_NO_OTHER_PORT, "fdb");
  return (Decision){ .act = ACT_FORWARD, .port = port };
}

/* ---- learning ------------------------------------------------------------------------------------------ */

static void
show_entry (Switch *self, const char *op, UnderlayKey key, guint port)
{
  NetMac mac = net_mac_from_u64 (key & (G_GUINT64_CONSTANT (0xffffffffffff)));
  char text[NET_MAC_TEXT];
  g_autofree char *name = NULL, *json = NULL;

  if (!self->node.world.detail)
    return;
  name = g_strdup_printf ("%s vlan %u", net_mac_format (&mac, text), (guint)(key >> 48));
  json = g_strdup_printf ("{\"port\":\"%s\"}", sim_node_port (&self->node, port)->name);
  net_world_state (&self->node.world, &(NetState){ .table = "fdb", .op = op, .key = name, .json = json });
}

static void
show_gone (Switch *self, GArray *gone)
{
  for (guint i = 0; i < gone->len; i++)
    {
      const UnderlayEntry *entry = &g_array_index (gone, UnderlayEntry, i);
      show_entry (self, "remove", entry->key, entry->port);
    }
  g_array_unref (gone);
}

static void
learned (Switch *self, UnderlayLearn what, UnderlayKey key, guint port, gint64 now_ns)
{
  if (what == UNDERLAY_LEARN_FULL)
    return;
  show_entry (self, what == UNDERLAY_LEARN_ADDED ? "add" : "move", key, port);
  if (!self->ageing.pending)
    net_world_timer_set (&self->node.world, &self->ageing, now_ns + self->fdb.ageing_ns);
}

static void
age (NetTimer *timer, gint64 now_ns)
{
  Switch *self = timer->owner;
  gint64 next_ns;

  show_gone (self, underlay_fdb_sweep (&self->fdb, now_ns));
  next_ns = underlay_fdb_next_expiry (&self->fdb);
  if (next_ns >= 0)
    net_world_timer_set (&self->node.world, timer, MAX (next_ns, now_ns + SWEEP_PAUSE_NS));
}

/* ---- acting -------------------------------------------------------------------------------------------- */

static void
discard (Switch *self, guint port, NetFrame *frame, NetDropReason reason, const char *table)
{
  sim_node_drop (&self->node, frame, &(NetDrop){ .port = port, .reason = reason, .table = table });
}

static void
flood (Switch *self, guint in_port, NetFrame *frame)
{
  guint n_sent = 0;

  for (guint i = 0; i < self->up->len; i++)
    {
      guint port = g_array_index (self->up, guint, i);
      if (port == in_port)
        continue;
      sim_node_send (&self->node, port, net_frame_ref (frame));
      n_sent++;
    }
  if (n_sent == 0)
    discard (self, in_port, frame, NET_DROP_NO_OTHER_PORT, "ports");
  else
    net_frame_unref (frame);
}

static void
receive (SimNode *node, guint port, NetFrame *frame)
{
  Switch *self = (Switch *)node;
  gint64 now_ns = sim_clock_now (sim_network_clock (node->network));
  UnderlayLearn what;
  Header header;
  Decision decision;

  if (!read_header (frame, &header))
    decision = drop_for (NET_DROP_MALFORMED, NULL);
  else if (header.source & GROUP_BIT || header.source == 0)
    decision = drop_for (NET_DROP_BAD_SOURCE_MAC, NULL);
  else if (underlay_loop_seen (&self->loops, port, frame, UNDERLAY_LOOP_LIMIT, now_ns))
    decision = drop_for (NET_DROP_LOOP, "storm guard");
  else
    {
      UnderlayKey source = underlay_key (header.vid, header.source);
      what = underlay_fdb_learn (&self->fdb, source, port, now_ns);
      if (G_UNLIKELY (what != UNDERLAY_LEARN_REFRESHED))
        learned (self, what, source, port, now_ns);
      decision = decide (self, &header, port, now_ns);
    }
  switch (decision.act)
    {
    case ACT_DROP:
      discard (self, port, frame, decision.reason, decision.table);
      break;
    case ACT_FORWARD:
      sim_node_send (node, decision.port, frame);
      break;
    case ACT_FLOOD:
      flood (self, port, frame);
      break;
    }
}

/* ---- ports and life ------------------------------------------------------------------------------------ */

static gint
compare_ports (gconstpointer a, gconstpointer b)
{
  guint left = *(const guint *)a, right = *(const guint *)b;
  return left < right ? -1 : left > right;
}

static void
port_changed (SimNode *node, guint port, gboolean up)
{
  Switch *self = (Switch *)node;

  for (guint i = 0; i < self->up->len; i++)
    if (g_array_index (self->up, guint, i) == port)
      {
        g_array_remove_index (self->up, i);
        break;
      }
  if (up)
    {
      g_array_append_val (self->up, port);
      g_array_sort (self->up, compare_ports);
      return;
    }
  show_gone (self, underlay_fdb_flush_port (&self->fdb, port));
}

static void
free_switch (SimNode *node)
{
  Switch *self = (Switch *)node;

  net_world_timer_cancel (&node->world, &self->ageing);
  underlay_fdb_clear (&self->fdb);
  g_array_unref (self->up);
  sim_node_clear (node);
  g_free (self);
}

static const SimNodeClass switch_class = {
  .kind = "switch",
  .receive = receive,
  .port_changed = port_changed,
  .free = free_switch,
};

SimNode *
underlay_switch_new (SimNetwork *network, const char *name, const UnderlayConfig *config)
{
  Switch *self = g_new0 (Switch, 1);
  UnderlayConfig own = config ? *config : (UnderlayConfig){ 0 };

  sim_node_init (&self->node, network, &switch_class, name);
  underlay_fdb_init (&self->fdb, own.max_macs ? own.max_macs : UNDERLAY_MAX_MACS_DEFAULT,
                     own.ageing_ns > 0 ? own.ageing_ns : UNDERLAY_AGEING_DEFAULT);
  underlay_loop_init (&self->loops);
  self->up = g_array_new (FALSE, FALSE, sizeof (guint));
  net_timer_init (&self->ageing, age, self);
  return &self->node;
}

guint
underlay_switch_n_macs (SimNode *node)
{
  return ((Switch *)node)->fdb.n;
}
