/* Copies of events, each in one piece of memory with its texts and bytes. */
#include "viz/history.h"

#include "viz/state-text.h"

#include <string.h>

/* Port changes that are kept; of more, the older half is forgotten. */
#define PORT_CHANGES_MAX 65536u

VizHistory *
viz_history_new (gsize max_bytes)
{
  VizHistory *history = g_new0 (VizHistory, 1);
  history->topology = viz_topology_new ();
  history->names = viz_names_new ();
  history->rows = viz_names_new ();
  history->title = g_strdup ("");
  history->events = g_ptr_array_new_with_free_func (g_free);
  history->port_changes = g_array_new (FALSE, FALSE, sizeof (VizPortChange));
  history->max_bytes = max_bytes;
  return history;
}

void
viz_history_free (VizHistory *history)
{
  if (!history)
    return;
  g_array_unref (history->port_changes);
  g_ptr_array_unref (history->events);
  g_free (history->title);
  viz_names_free (history->rows);
  viz_names_free (history->names);
  viz_topology_free (history->topology);
  g_free (history);
}

/* ---- keeping ------------------------------------------------------------------------------------------- */

static gsize
text_size (const char *text)
{
  return text ? strlen (text) + 1 : 0;
}

static gsize
event_size (const VizEvent *event)
{
  return sizeof *event + event->frame.captured + text_size (event->table) + text_size (event->rule)
         + text_size (event->node) + text_size (event->op) + text_size (event->key) + text_size (event->json);
}

static const char *
place_text (guint8 **at, const char *text)
{
  gsize n = text_size (text);
  const char *placed = n ? memcpy (*at, text, n) : NULL;
  *at += n;
  return placed;
}

static VizEvent *
copy_event (const VizEvent *event)
{
  VizEvent *copy = g_malloc (event_size (event));
  guint8 *at = (guint8 *) (copy + 1);

  *copy = *event;
  copy->frame.bytes = at;
  if (event->frame.captured)
    memcpy (at, event->frame.bytes, event->frame.captured);
  at += event->frame.captured;
  copy->table = place_text (&at, event->table);
  copy->rule = place_text (&at, event->rule);
  copy->node = place_text (&at, event->node);
  copy->op = place_text (&at, event->op);
  copy->key = place_text (&at, event->key);
  copy->json = place_text (&at, event->json);
  return copy;
}

/* An eighth at a time, so that moving the rest is seldom. */
static void
forget_oldest (VizHistory *history)
{
  guint n = history->events->len / 8 + 1;

  for (guint i = 0; i < n; i++)
    history->bytes -= event_size (g_ptr_array_index (history->events, i));
  g_ptr_array_remove_range (history->events, 0, n);
  history->n_forgotten += n;
}

static void
keep (VizHistory *history, const VizEvent *event)
{
  g_ptr_array_add (history->events, copy_event (event));
  history->bytes += event_size (event);
  while (history->bytes > history->max_bytes && history->events->len > 1)
    forget_oldest (history);
}

/* ---- hearing ------------------------------------------------------------------------------------------- */

static void
hear_section (VizHistory *history, const SimTraceSection *section)
{
  g_free (history->title);
  if (section->scenario)
    history->title = g_strdup_printf ("%s%s%s%s, seed %" G_GUINT64_FORMAT, section->scenario,
                                      section->variant ? " [" : "", section->variant ? section->variant : "",
                                      section->variant ? "]" : "", section->seed);
  else
    history->title = g_strdup ("");
}

static void
hear_packet (VizHistory *history, const SimTracePacket *packet, gint64 time_ns)
{
  guint end = viz_topology_end_of_interface (history->topology, packet->interface_id);

  keep (history,
        &(VizEvent){ .time_ns = time_ns,
                     .is_packet = TRUE,
                     .parts = viz_parts_of_packet (history->topology, end, packet->drop != NET_DROP_NONE),
                     .end = end,
                     .direction = packet->direction,
                     .packet_id = packet->packet_id,
                     .frame
                     = { .bytes = packet->bytes, .captured = packet->captured, .length = packet->length },
                     .drop = packet->drop,
                     .table = packet->table,
                     .rule = packet->rule });
}

/* A change of table "port" is that of a link end, whose name is "node/key". */
static void
note_port_change (VizHistory *history, const SimTraceState *state)
{
  g_autofree char *name = g_strdup_printf ("%s/%s", state->node, state->key);
  VizPortChange change = { .event = viz_history_n (history) };

  change.end = viz_topology_find_end (history->topology, name);
  change.up = strcmp (state->op, "up") == 0;
  if (change.end == VIZ_NONE || (!change.up && strcmp (state->op, "down") != 0))
    return;
  g_array_append_val (history->port_changes, change);
  if (history->port_changes->len > PORT_CHANGES_MAX)
    g_array_remove_range (history->port_changes, 0, PORT_CHANGES_MAX / 2);
}

static void
note_row_name (VizHistory *history, const SimTraceState *state)
{
  g_autofree char *name = viz_state_row_name (state->key, state->json);

  if (name)
    viz_names_add (history->rows, state->key, name);
}

static void
hear_state (VizHistory *history, const SimTraceState *state, gint64 time_ns)
{
  note_row_name (history, state);
  if (strcmp (state->table, "port") == 0)
    note_port_change (history, state);
  keep (history, &(VizEvent){ .time_ns = time_ns,
                              .parts = viz_parts_of_state (history->topology, state),
                              .node = state->node,
                              .table = state->table,
                              .op = state->op,
                              .key = state->key,
                              .json = state->json });
}

void
viz_history_hear (const SimTraceRecord *record, gpointer user)
{
  VizHistory *history = user;

  switch (record->kind)
    {
    case SIM_TRACE_SECTION:
      hear_section (history, &record->section);
      break;
    case SIM_TRACE_INTERFACE:
      viz_topology_add (history->topology, &record->interface);
      break;
    case SIM_TRACE_NAME:
      viz_names_add (history->names, record->name.address, record->name.name);
      break;
    case SIM_TRACE_PACKET:
      hear_packet (history, &record->packet, record->time_ns);
      break;
    case SIM_TRACE_STATE:
      hear_state (history, &record->state, record->time_ns);
      break;
    }
}

/* ---- looking ------------------------------------------------------------------------------------------- */

guint64
viz_history_next (const VizHistory *history, guint64 from, guint hidden)
{
  for (guint64 i = MAX (from, history->n_forgotten); i < viz_history_n (history); i++)
    if ((viz_history_event (history, i)->parts & hidden) == 0)
      return i;
  return VIZ_NO_EVENT;
}

guint64
viz_history_last (const VizHistory *history, guint64 before, guint hidden)
{
  for (guint64 i = MIN (before, viz_history_n (history)); i-- > history->n_forgotten;)
    if ((viz_history_event (history, i)->parts & hidden) == 0)
      return i;
  return VIZ_NO_EVENT;
}

gboolean
viz_history_is_up (const VizHistory *history, guint end, guint64 number)
{
  for (guint i = history->port_changes->len; i-- > 0;)
    {
      const VizPortChange *change = &g_array_index (history->port_changes, VizPortChange, i);
      if (change->end == end && change->event <= number)
        return change->up;
    }
  return TRUE;
}
