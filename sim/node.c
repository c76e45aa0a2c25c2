/* Nodes and their ports, and the NetWorld that each node is: time, timers, chance, storage, drops and state
 * go to the network's clock, the node's own random stream and books, and the trace. */
#include "sim/host.h"
#include "sim/record.h"

#include <string.h>

/* What outlives a restart of the model in the node, and what its ports and tables discarded. */
struct _SimNodeBooks
{
  GHashTable *storage; /* name to GByteArray; look-up only */
  guint64 n_drops[NET_DROP_N];
};

/* ---- time and chance ----------------------------------------------------------------------------------- */

SimEvent *
sim_node_schedule (SimNode *node, gint64 at_ns, SimEventFunc fire, gpointer payload)
{
  return sim_clock_add (node->network->clock, at_ns, node->next_order++, fire, node, payload);
}

static gint64
world_now (NetWorld *world)
{
  return sim_clock_now (sim_node_of_world (world)->network->clock);
}

static void
fire_timer (gpointer target, gpointer payload, gint64 now_ns)
{
  NetTimer *timer = payload;

  (void)target;
  timer->pending = NULL;
  timer->fire (timer, now_ns);
}

static void
world_timer_cancel (NetWorld *world, NetTimer *timer)
{
  if (!timer->pending)
    return;
  sim_clock_cancel (sim_node_of_world (world)->network->clock, timer->pending);
  timer->pending = NULL;
}

static void
world_timer_set (NetWorld *world, NetTimer *timer, gint64 at_ns)
{
  world_timer_cancel (world, timer);
  timer->pending
      = sim_node_schedule (sim_node_of_world (world), MAX (at_ns, world_now (world)), fire_timer, timer);
}

static void
world_random (NetWorld *world, gpointer bytes, gsize n)
{
  sim_random_bytes (&sim_node_of_world (world)->random, bytes, n);
}

/* ---- frames and streams -------------------------------------------------------------------------------- */

static void
world_send (NetWorld *world, guint port, NetFrame *frame)
{
  sim_node_send (sim_node_of_world (world), port, frame);
}

/* The host of a node, or NULL with an error. */
static SimHost *
host_of (NetWorld *world, GError **error)
{
  SimNode *node = sim_node_of_world (world);

  if (!node->host)
    g_set_error (error, SIM_NODE_ERROR, SIM_NODE_ERROR_NO_STREAMS, "node '%s' has no management port",
                 node->name);
  return node->host;
}

static NetStream *
world_connect (NetWorld *world, const char *target, const NetStreamEvents *events, gpointer user,
               GError **error)
{
  SimHost *host = host_of (world, error);
  return host ? sim_host_connect (host, target, events, user, error) : NULL;
}

static NetListener *
world_listen (NetWorld *world, const char *target, NetAcceptFunc accept, gpointer user, GError **error)
{
  SimHost *host = host_of (world, error);
  return host ? sim_host_listen (host, target, accept, user, error) : NULL;
}

static void
world_unlisten (NetWorld *world, NetListener *listener)
{
  SimNode *node = sim_node_of_world (world);

  if (node->host)
    sim_host_unlisten (node->host, listener);
}

/* ---- storage ------------------------------------------------------------------------------------------- */

static GByteArray *
stored (SimNode *node, const char *name)
{
  GByteArray *value = g_hash_table_lookup (node->books->storage, name);

  if (!value)
    {
      value = g_byte_array_new ();
      g_hash_table_insert (node->books->storage, g_strdup (name), value);
    }
  return value;
}

static GBytes *
world_load (NetWorld *world, const char *name, GError **error)
{
  const GByteArray *value = g_hash_table_lookup (sim_node_of_world (world)->books->storage, name);

  (void)error;
  return value ? g_bytes_new (value->data, value->len) : NULL;
}

static gboolean
world_append (NetWorld *world, const char *name, const guint8 *bytes, gsize n, GError **error)
{
  GByteArray *value = stored (sim_node_of_world (world), name);

  if (n > G_MAXUINT - value->len)
    {
      g_set_error (error, SIM_NODE_ERROR, SIM_NODE_ERROR_STORAGE_FULL,
                   "'%s' of node '%s' would exceed 4 GiB; compact it first", name,
                   sim_node_of_world (world)->name);
      return FALSE;
    }
  g_byte_array_append (value, bytes, (guint)n);
  return TRUE;
}

static gboolean
world_replace (NetWorld *world, const char *name, const guint8 *bytes, gsize n, GError **error)
{
  g_byte_array_set_size (stored (sim_node_of_world (world), name), 0);
  return world_append (world, name, bytes, n, error);
}

/* ---- what happened ------------------------------------------------------------------------------------- */

static void
world_log (NetWorld *world, NetLogLevel level, const char *module, const char *message)
{
  sim_record_log (sim_node_of_world (world), level, module, message);
}

static void
world_state (NetWorld *world, const NetState *state)
{
  sim_record_state (sim_node_of_world (world), state);
}

void
sim_node_note_drop (SimNode *node, SimTraceDirection direction, const NetDrop *drop)
{
  node->books->n_drops[drop->reason]++;
  sim_node_stamp (node, drop->frame);
  sim_record_packet (node, drop->port, direction, drop->frame, drop);
}

static void
world_drop (NetWorld *world, const NetDrop *drop)
{
  sim_node_note_drop (sim_node_of_world (world), SIM_TRACE_INBOUND, drop);
}

void
sim_node_drop (SimNode *node, NetFrame *frame, const NetDrop *drop)
{
  NetDrop whole = *drop;

  whole.frame = frame;
  world_drop (&node->world, &whole);
  net_frame_unref (frame);
}

guint64
sim_node_drop_count (const SimNode *node, NetDropReason reason)
{
  return node->books->n_drops[reason];
}

/* ---- nodes and ports ----------------------------------------------------------------------------------- */

GQuark
sim_node_error_quark (void)
{
  return g_quark_from_static_string ("sim-node-error-quark");
}

static const NetWorldClass world_class = {
  .now = world_now,
  .timer_set = world_timer_set,
  .timer_cancel = world_timer_cancel,
  .random = world_random,
  .send = world_send,
  .connect = world_connect,
  .listen = world_listen,
  .unlisten = world_unlisten,
  .load = world_load,
  .append = world_append,
  .replace = world_replace,
  .log = world_log,
  .drop = world_drop,
  .state = world_state,
};

static void
free_stored (gpointer value)
{
  g_byte_array_unref (value);
}

void
sim_node_init (SimNode *node, SimNetwork *network, const SimNodeClass *klass, const char *name)
{
  g_assert (!sim_network_find (network, name));
  *node = (SimNode){
    .world = { .klass = &world_class, .frames = network->frames, .detail = sim_record_wanted (network) },
    .klass = klass,
    .network = network,
    .name = g_strdup (name),
    .index = network->nodes->len,
    .next_order = SIM_ORDER (network->nodes->len, 0),
    .host_port = NET_PORT_NONE,
    .local_interface = SIM_NO_INTERFACE,
    .books = g_new0 (SimNodeBooks, 1),
  };
  node->books->storage = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_stored);
  sim_random_init (&node->random, network->seed, name);
  g_ptr_array_add (network->nodes, node);
  g_hash_table_insert (network->by_name, node->name, node);
}

void
sim_node_clear (SimNode *node)
{
  sim_host_free (node->host);
  for (guint i = 0; i < node->n_ports; i++)
    g_free (node->ports[i].name);
  g_free (node->ports);
  g_hash_table_unref (node->books->storage);
  g_free (node->books);
  g_hash_table_remove (node->network->by_name, node->name);
  g_free (node->name);
}

guint
sim_node_add_port (SimNode *node, const char *name)
{
  node->ports = g_renew (SimPort, node->ports, node->n_ports + 1);
  node->ports[node->n_ports] = (SimPort){ .name = g_strdup (name), .trace_interface = SIM_NO_INTERFACE };
  return node->n_ports++;
}

guint
sim_node_n_ports (const SimNode *node)
{
  return node->n_ports;
}

guint
sim_node_find_port (const SimNode *node, const char *name)
{
  for (guint i = 0; i < node->n_ports; i++)
    if (strcmp (node->ports[i].name, name) == 0)
      return i;
  return NET_PORT_NONE;
}
