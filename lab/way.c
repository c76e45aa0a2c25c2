/* Distances by breadth-first search over the trace's cables; then the sighting nearest to the destination. */
#include "lab/way.h"

#include <string.h>

#include "lab/scenario.h"
#include "lab/units.h"

#define DROPS_TOLD 3u

typedef struct
{
  GHashTable *distances; /* node → distance + 1; look-up only */
  GArray *sightings;     /* of the frame */
  guint nearest;         /* distance of the nearest node that had the frame */
  const char *node;      /* that node; length bytes of it */
  gsize length;
} Search;

static gsize
node_length (const char *place)
{
  return strcspn (place, "/");
}

static gboolean
is_at (const SimPlace *place, const char *node, gsize length)
{
  return place && node_length (place->name) == length && strncmp (place->name, node, length) == 0;
}

/* ---- distances ----------------------------------------------------------------------------------------------- */

static guint
distance_of (GHashTable *distances, const char *place)
{
  g_autofree char *node = g_strndup (place, node_length (place));
  guint stored = GPOINTER_TO_UINT (g_hash_table_lookup (distances, node));
  return stored ? stored - 1 : G_MAXUINT;
}

/* The peers of each node, by its name. */
static GHashTable *
neighbors_of_all (const SimFates *fates)
{
  GHashTable *neighbors
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);

  for (guint i = 0; i < sim_fates_n_places (fates); i++)
    {
      const SimPlace *place = sim_fates_place (fates, i);
      g_autofree char *node = NULL;
      GPtrArray *peers;

      if (!place || !place->peer)
        continue;
      node = g_strndup (place->name, node_length (place->name));
      /* Guests' frames do not travel on the management network, though it would be a short cut. */
      if (strcmp (node, LAB_MANAGEMENT_NODE) == 0)
        continue;
      peers = g_hash_table_lookup (neighbors, node);
      if (!peers)
        {
          peers = g_ptr_array_new_with_free_func (g_free);
          g_hash_table_insert (neighbors, g_steal_pointer (&node), peers);
        }
      g_ptr_array_add (peers, g_strndup (place->peer, node_length (place->peer)));
    }
  return neighbors;
}

static GHashTable *
distances_to (const SimFates *fates, const char *to)
{
  GHashTable *distances = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) neighbors = neighbors_of_all (fates);
  g_autoptr (GPtrArray) queue = g_ptr_array_new ();

  g_hash_table_insert (distances, g_strdup (to), GUINT_TO_POINTER (1));
  g_ptr_array_add (queue, (gpointer) to);
  for (guint head = 0; head < queue->len; head++)
    {
      const GPtrArray *peers = g_hash_table_lookup (neighbors, queue->pdata[head]);
      guint next = GPOINTER_TO_UINT (g_hash_table_lookup (distances, queue->pdata[head])) + 1;

      for (guint i = 0; peers && i < peers->len; i++)
        if (!g_hash_table_contains (distances, peers->pdata[i]))
          {
            g_hash_table_insert (distances, g_strdup (peers->pdata[i]), GUINT_TO_POINTER (next));
            g_ptr_array_add (queue, peers->pdata[i]);
          }
    }
  return distances;
}

/* ---- the nearest copy ---------------------------------------------------------------------------------------- */

static void
find_nearest (Search *search)
{
  search->nearest = G_MAXUINT;
  for (guint i = 0; i < search->sightings->len; i++)
    {
      const char *name = g_array_index (search->sightings, SimSighting, i).place->name;
      guint distance = distance_of (search->distances, name);
      if (!search->node || distance < search->nearest)
        {
          search->nearest = distance;
          search->node = name;
          search->length = node_length (name);
        }
    }
}

/* It came in at the destination more often than it was dropped there. */
static gboolean
has_arrived (const Search *search)
{
  int n = 0;

  for (guint i = 0; search->nearest == 0 && i < search->sightings->len; i++)
    {
      const SimSighting *s = &g_array_index (search->sightings, SimSighting, i);
      if (is_at (s->place, search->node, search->length))
        n += s->drop != NET_DROP_NONE ? -1 : s->direction == SIM_TRACE_INBOUND;
    }
  return n > 0;
}

/* ---- in words ------------------------------------------------------------------------------------------------ */

/* Where the frame came in at the nearest node, or where it was seen before. */
static void
tell_arrival (const Search *search, GString *out)
{
  const SimSighting *last = NULL;
  g_autofree char *time = NULL;

  for (guint i = 0; i < search->sightings->len; i++)
    {
      const SimSighting *s = &g_array_index (search->sightings, SimSighting, i);
      gboolean here = is_at (s->place, search->node, search->length);
      gboolean leads_here = s->place->peer && node_length (s->place->peer) == search->length
                            && strncmp (s->place->peer, search->node, search->length) == 0;
      if (s->drop == NET_DROP_NONE && (here ? s->direction == SIM_TRACE_INBOUND : leads_here))
        last = s;
    }
  if (!last)
    {
      g_string_append_printf (out, "did not leave %.*s", (int) search->length, search->node);
      return;
    }
  time = lab_units_format_duration (last->time_ns);
  g_string_append_printf (out, "%s %s at %s",
                          last->direction == SIM_TRACE_INBOUND ? "came as far as" : "left by",
                          last->place->name, time);
}

/* The copies that the nearest node sent on: on a cable towards the destination, and elsewhere. */
static gboolean
tell_copies (const Search *search, GString *out)
{
  g_autoptr (GString) others = g_string_new (NULL);
  gboolean towards = FALSE;

  for (guint i = 0; i < search->sightings->len; i++)
    {
      const SimSighting *s = &g_array_index (search->sightings, SimSighting, i);
      if (s->drop != NET_DROP_NONE || s->direction != SIM_TRACE_OUTBOUND
          || !is_at (s->place, search->node, search->length) || !s->place->peer)
        continue;
      if (distance_of (search->distances, s->place->peer) < search->nearest)
        {
          g_string_append_printf (out, "; sent on by %s, and lost on that cable or still on it at the end",
                                  s->place->name);
          towards = TRUE;
        }
      else
        g_string_append_printf (others, "%s%s", others->len ? ", " : "", s->place->name);
    }
  if (!towards && others->len && search->nearest > 0)
    g_string_append_printf (out, "; %.*s sent it on by %s alone, which is not the way", (int) search->length,
                            search->node, others->str);
  return towards || others->len;
}

static guint
tell_drops (const Search *search, GString *out, gboolean has_copies)
{
  guint n = 0;

  for (guint i = 0; i < search->sightings->len; i++)
    {
      const SimSighting *s = &g_array_index (search->sightings, SimSighting, i);
      g_autofree char *text = NULL;
      if (s->drop == NET_DROP_NONE || !is_at (s->place, search->node, search->length) || n++ >= DROPS_TOLD)
        continue;
      text = sim_sighting_describe_drop (s);
      g_string_append_printf (out, "; %s at %s: %s", has_copies ? "one copy was dropped" : "dropped",
                              s->place->name, text);
    }
  return n;
}

LabWay
lab_way_follow (const SimFates *fates, guint64 packet_id, const char *to, GString *out)
{
  g_autoptr (GArray) sightings = sim_fates_find (fates, packet_id);
  g_autoptr (GHashTable) distances = NULL;
  Search search = { .sightings = sightings };
  gboolean has_copies;

  if (sightings->len == 0)
    return LAB_WAY_FORGOTTEN;
  search.distances = distances = distances_to (fates, to);
  find_nearest (&search);
  if (has_arrived (&search))
    return LAB_WAY_ARRIVED;
  tell_arrival (&search, out);
  has_copies = tell_copies (&search, out);
  if (tell_drops (&search, out, has_copies) == 0 && !has_copies)
    g_string_append_printf (out, "; %.*s kept it, and dropped nothing", (int) search.length, search.node);
  return LAB_WAY_LOST;
}
