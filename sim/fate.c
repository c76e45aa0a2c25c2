/* The sightings of all frames in one ring: the oldest is forgotten when a new one needs its place. */
#include "sim/fate.h"

#include <string.h>

typedef struct
{
  guint64 packet_id;
  gint64 time_ns;
  char *texts; /* of a drop: table and rule, each ended by NUL; NULL: neither */
  guint interface_id;
  guint8 direction, drop;
} Entry;

struct _SimFates
{
  GPtrArray *places; /* of SimPlace, by interface id */
  GArray *ring;      /* of Entry; grows up to SIM_SIGHTINGS_MAX */
  guint next;        /* once it is full: the oldest entry */
};

static void
place_free (gpointer data)
{
  SimPlace *place = data;

  if (!place)
    return;
  g_free (place->name);
  g_free (place->peer);
  g_free (place);
}

static void
entry_clear (gpointer data)
{
  g_clear_pointer (&((Entry *) data)->texts, g_free);
}

SimFates *
sim_fates_new (void)
{
  SimFates *fates = g_new0 (SimFates, 1);
  fates->places = g_ptr_array_new_with_free_func (place_free);
  fates->ring = g_array_new (FALSE, FALSE, sizeof (Entry));
  g_array_set_clear_func (fates->ring, entry_clear);
  return fates;
}

void
sim_fates_free (SimFates *fates)
{
  if (!fates)
    return;
  g_array_unref (fates->ring);
  g_ptr_array_unref (fates->places);
  g_free (fates);
}

guint
sim_fates_n_places (const SimFates *fates)
{
  return fates->places->len;
}

const SimPlace *
sim_fates_place (const SimFates *fates, guint id)
{
  return id < fates->places->len ? fates->places->pdata[id] : NULL;
}

/* ---- hearing ------------------------------------------------------------------------------------------------- */

static void
hear_interface (SimFates *fates, const SimTraceInterface *interface)
{
  SimPlace *place = g_new0 (SimPlace, 1);

  place->name = g_strdup (interface->name);
  place->peer = g_strdup (interface->peer);
  if (interface->id >= fates->places->len)
    g_ptr_array_set_size (fates->places, (int) interface->id + 1);
  place_free (fates->places->pdata[interface->id]);
  fates->places->pdata[interface->id] = place;
}

static char *
keep_texts (const char *table, const char *rule)
{
  gsize n_table = table ? strlen (table) : 0, n_rule = rule ? strlen (rule) : 0;
  char *texts;

  if (!table && !rule)
    return NULL;
  texts = g_malloc0 (n_table + n_rule + 2);
  memcpy (texts, table ? table : "", n_table);
  memcpy (texts + n_table + 1, rule ? rule : "", n_rule);
  return texts;
}

static void
hear_packet (SimFates *fates, const SimTracePacket *packet, gint64 time_ns)
{
  Entry entry = { .packet_id = packet->packet_id,
                  .time_ns = time_ns,
                  .interface_id = packet->interface_id,
                  .direction = (guint8) packet->direction,
                  .drop = (guint8) packet->drop };

  if (packet->drop != NET_DROP_NONE)
    entry.texts = keep_texts (packet->table, packet->rule);
  if (fates->ring->len < SIM_SIGHTINGS_MAX)
    {
      g_array_append_val (fates->ring, entry);
      return;
    }
  entry_clear (&g_array_index (fates->ring, Entry, fates->next));
  g_array_index (fates->ring, Entry, fates->next) = entry;
  fates->next = (fates->next + 1) % SIM_SIGHTINGS_MAX;
}

void
sim_fates_hear (const SimTraceRecord *record, gpointer user)
{
  SimFates *fates = user;

  if (record->kind == SIM_TRACE_INTERFACE)
    hear_interface (fates, &record->interface);
  else if (record->kind == SIM_TRACE_PACKET && record->packet.packet_id != 0
           && sim_fates_place (fates, record->packet.interface_id))
    hear_packet (fates, &record->packet, record->time_ns);
}

/* ---- asking -------------------------------------------------------------------------------------------------- */

static const char *
text_or_null (const char *text)
{
  return text && *text ? text : NULL;
}

GArray *
sim_fates_find (const SimFates *fates, guint64 packet_id)
{
  GArray *sightings = g_array_new (FALSE, FALSE, sizeof (SimSighting));

  for (guint i = 0; i < fates->ring->len; i++)
    {
      const Entry *entry = &g_array_index (fates->ring, Entry, (fates->next + i) % fates->ring->len);
      SimSighting sighting;

      if (entry->packet_id != packet_id)
        continue;
      sighting = (SimSighting){ .time_ns = entry->time_ns,
                                .place = fates->places->pdata[entry->interface_id],
                                .direction = (SimTraceDirection) entry->direction,
                                .drop = (NetDropReason) entry->drop };
      sighting.table = text_or_null (entry->texts);
      sighting.rule = entry->texts ? text_or_null (entry->texts + strlen (entry->texts) + 1) : NULL;
      g_array_append_val (sightings, sighting);
    }
  return sightings;
}

char *
sim_sighting_describe_drop (const SimSighting *s)
{
  GString *out = g_string_new (NULL);

  g_string_append_printf (out, "%s, %s", net_drop_word (s->drop), net_drop_text (s->drop));
  if (s->table || s->rule)
    g_string_append_printf (out, " (%s%s%s%s)", s->table ? s->table : "", s->table && s->rule ? ", " : "",
                            s->rule ? "rule " : "", s->rule ? s->rule : "");
  return g_string_free (out, FALSE);
}
