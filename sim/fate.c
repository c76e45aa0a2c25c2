/* The fates of frames by packet id, in a ring: the oldest is forgotten when a new frame needs its place. */
#include "sim/fate.h"

#include <string.h>

struct _SimFates
{
  GPtrArray *interfaces; /* names, by id */
  GHashTable *by_id;     /* packet id → SimFate; look-up only */
  SimFate **ring;        /* in the order in which frames were first seen */
  guint next;            /* the place in the ring of the next new frame */
};

static void
clear_texts (SimSighting *drop)
{
  g_free ((char *) drop->table);
  g_free ((char *) drop->rule);
}

static void
fate_free (SimFate *fate)
{
  if (!fate)
    return;
  for (guint i = 0; i < MIN (fate->n_drops, SIM_FATE_DROPS); i++)
    clear_texts (&fate->drops[i]);
  g_free (fate->drops);
  g_free (fate);
}

SimFates *
sim_fates_new (void)
{
  SimFates *fates = g_new0 (SimFates, 1);
  fates->interfaces = g_ptr_array_new_with_free_func (g_free);
  fates->by_id = g_hash_table_new (g_int64_hash, g_int64_equal);
  fates->ring = g_new0 (SimFate *, SIM_FATES_MAX);
  return fates;
}

void
sim_fates_free (SimFates *fates)
{
  if (!fates)
    return;
  for (guint i = 0; i < SIM_FATES_MAX; i++)
    fate_free (fates->ring[i]);
  g_free (fates->ring);
  g_hash_table_unref (fates->by_id);
  g_ptr_array_unref (fates->interfaces);
  g_free (fates);
}

const SimFate *
sim_fates_find (const SimFates *fates, guint64 packet_id)
{
  return g_hash_table_lookup (fates->by_id, &packet_id);
}

static SimFate *
find_or_add (SimFates *fates, guint64 packet_id)
{
  SimFate *fate = g_hash_table_lookup (fates->by_id, &packet_id), **place;

  if (fate)
    return fate;
  place = &fates->ring[fates->next];
  fates->next = (fates->next + 1) % SIM_FATES_MAX;
  if (*place)
    g_hash_table_remove (fates->by_id, &(*place)->packet_id);
  fate_free (*place);
  fate = *place = g_new0 (SimFate, 1);
  fate->packet_id = packet_id;
  g_hash_table_insert (fates->by_id, &fate->packet_id, fate);
  return fate;
}

static void
add_drop (SimFate *fate, SimSighting sighting, const SimTracePacket *packet)
{
  guint n = MIN (fate->n_drops, SIM_FATE_DROPS);

  if (!fate->drops)
    fate->drops = g_new0 (SimSighting, SIM_FATE_DROPS);
  if (n == SIM_FATE_DROPS)
    {
      clear_texts (&fate->drops[0]);
      memmove (fate->drops, fate->drops + 1, --n * sizeof *fate->drops);
    }
  sighting.table = g_strdup (packet->table);
  sighting.rule = g_strdup (packet->rule);
  fate->drops[n] = sighting;
  fate->n_drops++;
}

static void
hear_packet (SimFates *fates, const SimTracePacket *packet, gint64 time_ns)
{
  SimFate *fate = find_or_add (fates, packet->packet_id);
  SimSighting sighting = { .time_ns = time_ns, .direction = packet->direction, .drop = packet->drop };

  sighting.interface = g_ptr_array_index (fates->interfaces, packet->interface_id);
  if (packet->drop != NET_DROP_NONE)
    {
      add_drop (fate, sighting, packet);
      return;
    }
  if (fate->n_seen++ == 0)
    fate->first = sighting;
  fate->last = sighting;
}

void
sim_fates_hear (const SimTraceRecord *record, gpointer user)
{
  SimFates *fates = user;

  if (record->kind == SIM_TRACE_INTERFACE)
    g_ptr_array_add (fates->interfaces, g_strdup (record->interface.name));
  else if (record->kind == SIM_TRACE_PACKET && record->packet.packet_id != 0)
    hear_packet (fates, &record->packet, record->time_ns);
}

/* ---- in words ------------------------------------------------------------------------------------------ */

static void
append_time (GString *out, gint64 time_ns)
{
  g_string_append_printf (out, " at %" G_GINT64_FORMAT ".%09" G_GINT64_FORMAT " s", time_ns / NET_SEC,
                          time_ns % NET_SEC);
}

static void
append_drop (GString *out, const SimSighting *drop, const SimFate *fate)
{
  gboolean there = fate->n_seen && strcmp (drop->interface, fate->last.interface) == 0;

  g_string_append_printf (out, "dropped %s%s", there ? "there" : "at ", there ? "" : drop->interface);
  append_time (out, drop->time_ns);
  g_string_append_printf (out, ": %s, %s", net_drop_word (drop->drop), net_drop_text (drop->drop));
  if (!drop->table && !drop->rule)
    return;
  g_string_append_printf (out, " (%s%s%s%s)", drop->table ? drop->table : "",
                          drop->table && drop->rule ? ", " : "", drop->rule ? "rule " : "",
                          drop->rule ? drop->rule : "");
}

char *
sim_fate_describe (const SimFate *fate)
{
  GString *out = g_string_new (NULL);

  if (fate->n_seen)
    {
      gboolean arrived = fate->last.direction == SIM_TRACE_INBOUND;
      g_string_append_printf (out, "last seen %s %s", arrived ? "arriving at" : "leaving by",
                              fate->last.interface);
      append_time (out, fate->last.time_ns);
    }
  for (guint i = 0; i < MIN (fate->n_drops, SIM_FATE_DROPS); i++)
    {
      g_string_append (out, out->len ? "; " : "");
      append_drop (out, &fate->drops[i], fate);
    }
  return g_string_free (out, FALSE);
}
