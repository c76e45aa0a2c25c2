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

/* From `host` as well, a step farther. */
static GHashTable *
distances_to (const SimFates *fates, const char *to, const char *host)
{
  GHashTable *distances = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) neighbors = neighbors_of_all (fates);
  g_autoptr (GPtrArray) queue = g_ptr_array_new ();

  g_hash_table_insert (distances, g_strdup (to), GUINT_TO_POINTER (1));
  g_ptr_array_add (queue, (gpointer) to);
  if (host)
    {
      g_hash_table_insert (distances, g_strdup (host), GUINT_TO_POINTER (2));
      g_ptr_array_add (queue, (gpointer) host);
    }
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

static gboolean
is_outbound_towards (const SimSighting *s, const Search *search)
{
  return s->direction == SIM_TRACE_OUTBOUND && s->place->peer
         && node_length (s->place->peer) == search->length
         && strncmp (s->place->peer, search->node, search->length) == 0;
}

/* Where the frame came in at the nearest node, or left the one before. */
static void
tell_arrival (const Search *search, GString *out)
{
  const SimSighting *last = NULL;
  g_autofree char *time = NULL;

  for (guint i = 0; i < search->sightings->len; i++)
    {
      const SimSighting *s = &g_array_index (search->sightings, SimSighting, i);
      gboolean here = is_at (s->place, search->node, search->length);
      if (s->drop == NET_DROP_NONE
          && (here ? s->direction == SIM_TRACE_INBOUND : is_outbound_towards (s, search)))
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

typedef enum
{
  COPIES_NONE,
  COPIES_TOWARDS, /* on the cable that leads to the destination */
  COPIES_ELSEWHERE
} Copies;

/* What the nearest node sent on. */
static Copies
tell_copies (const Search *search, GString *out)
{
  g_autoptr (GString) others = g_string_new (NULL);
  Copies copies = COPIES_NONE;

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
          copies = COPIES_TOWARDS;
        }
      else
        g_string_append_printf (others, "%s%s", others->len ? ", " : "", s->place->name);
    }
  if (copies != COPIES_NONE || others->len == 0 || search->nearest == 0)
    return copies;
  g_string_append_printf (out, "; %.*s sent it on by %s alone", (int) search->length, search->node,
                          others->str);
  return COPIES_ELSEWHERE;
}

/* The drops at the nearest node; when it sent copies elsewhere, what became of those, but for neighbours who were not
 * meant. */
static guint
tell_drops (const Search *search, GString *out, gboolean here)
{
  guint n = 0;

  for (guint i = 0; i < search->sightings->len; i++)
    {
      const SimSighting *s = &g_array_index (search->sightings, SimSighting, i);
      g_autofree char *text = NULL;
      if (s->drop == NET_DROP_NONE || (!here && s->drop == NET_DROP_NOT_FOR_US)
          || is_at (s->place, search->node, search->length) != here || n++ >= DROPS_TOLD)
        continue;
      text = sim_sighting_describe_drop (s);
      g_string_append_printf (out, "; dropped at %s: %s", s->place->name, text);
    }
  return n;
}

/* What neither went on nor was dropped. */
static void
tell_end (const Search *search, const LabLedger *ledger, guint64 packet_id, GString *out)
{
  g_autofree char *node = g_strndup (search->node, search->length);
  const char *punt = lab_ledger_punt (ledger, node, packet_id);

  if (punt)
    g_string_append_printf (out, "; %s sent it by no port, and to the controller by %s", node, punt);
  else
    g_string_append_printf (out, "; %s sent it to nobody and dropped nothing", node);
}

LabWay
lab_way_follow (const LabLedger *ledger, guint64 packet_id, const char *to, const char *host, GString *out)
{
  const SimFates *fates = lab_ledger_fates (ledger);
  g_autoptr (GArray) sightings = sim_fates_find (fates, packet_id);
  g_autoptr (GHashTable) distances = NULL;
  Search search = { .sightings = sightings };
  Copies copies;
  guint n_drops;

  if (sightings->len == 0)
    return LAB_WAY_FORGOTTEN;
  search.distances = distances = distances_to (fates, to, host);
  find_nearest (&search);
  if (has_arrived (&search))
    return LAB_WAY_ARRIVED;
  tell_arrival (&search, out);
  copies = tell_copies (&search, out);
  n_drops = tell_drops (&search, out, TRUE);
  if (copies == COPIES_ELSEWHERE)
    tell_drops (&search, out, FALSE);
  else if (copies == COPIES_NONE && n_drops == 0)
    tell_end (&search, ledger, packet_id, out);
  return LAB_WAY_LOST;
}
