/* Counting by link end, and explaining by echo. */
#include "lab/tally.h"

#include <string.h>

#include "lab/filter.h"

struct _LabTally
{
  const LabScenario *scenario;
  const LabLedger *ledger;
  LabFilter **filters; /* these three by expectation */
  LabFrameTally *frames;
  LabLostTally *lost;
  GPtrArray *interfaces; /* by interface id: GArray of expectation indices, or NULL */
};

static void
indices_free (gpointer data)
{
  if (data)
    g_array_unref (data);
}

LabTally *
lab_tally_new (const LabScenario *s, const LabLedger *ledger)
{
  LabTally *tally = g_new0 (LabTally, 1);

  tally->scenario = s;
  tally->ledger = ledger;
  tally->filters = g_new0 (LabFilter *, s->expects->len + 1);
  tally->frames = g_new0 (LabFrameTally, s->expects->len + 1);
  tally->lost = g_new0 (LabLostTally, s->expects->len + 1);
  tally->interfaces = g_ptr_array_new_with_free_func (indices_free);
  for (guint i = 0; i < s->expects->len; i++)
    {
      const LabExpect *expect = s->expects->pdata[i];
      tally->lost[i].at_ns = -1;
      if (expect->kind == LAB_EXPECT_FRAMES)
        tally->filters[i] = lab_filter_new (expect->outer, expect->inner, expect->vni);
    }
  return tally;
}

void
lab_tally_free (LabTally *tally)
{
  if (!tally)
    return;
  for (guint i = 0; i < tally->scenario->expects->len; i++)
    {
      lab_filter_free (tally->filters[i]);
      g_free (tally->lost[i].why.text);
    }
  g_free (tally->filters);
  g_free (tally->frames);
  g_free (tally->lost);
  g_ptr_array_unref (tally->interfaces);
  g_free (tally);
}

const LabFrameTally *
lab_tally_frames (const LabTally *tally, guint expect)
{
  return &tally->frames[expect];
}

const LabLostTally *
lab_tally_lost (const LabTally *tally, guint expect)
{
  return &tally->lost[expect];
}

/* ---- frames -------------------------------------------------------------------------------------------------- */

static void
hear_interface (LabTally *tally, const SimTraceInterface *interface)
{
  if (interface->id >= tally->interfaces->len)
    g_ptr_array_set_size (tally->interfaces, (int) interface->id + 1);
  if (tally->interfaces->pdata[interface->id])
    return;
  for (guint i = 0; i < tally->scenario->expects->len; i++)
    {
      const LabExpect *expect = tally->scenario->expects->pdata[i];
      GArray *indices = tally->interfaces->pdata[interface->id];
      if (expect->kind != LAB_EXPECT_FRAMES || strcmp (expect->end, interface->name) != 0)
        continue;
      if (!indices)
        tally->interfaces->pdata[interface->id] = indices = g_array_new (FALSE, FALSE, sizeof (guint));
      g_array_append_val (indices, i);
    }
}

static gboolean
fits (const LabExpect *expect, const LabFilter *filter, gint64 time_ns, const SimTracePacket *packet)
{
  return time_ns >= expect->from_ns && (expect->until_ns < 0 || time_ns <= expect->until_ns)
         && (!expect->direction || expect->direction == (int) packet->direction)
         && lab_filter_matches (filter, packet->bytes, packet->captured, packet->length);
}

static void
hear_packet (LabTally *tally, gint64 time_ns, const SimTracePacket *packet)
{
  const GArray *indices
      = packet->interface_id < tally->interfaces->len ? tally->interfaces->pdata[packet->interface_id] : NULL;

  /* A drop repeats a frame that was counted when it arrived. */
  if (!indices || packet->drop != NET_DROP_NONE)
    return;
  for (guint k = 0; k < indices->len; k++)
    {
      guint i = g_array_index (indices, guint, k);
      LabFrameTally *count = &tally->frames[i];

      count->n_passed++;
      if (!fits (tally->scenario->expects->pdata[i], tally->filters[i], time_ns, packet))
        continue;
      count->last_ns = time_ns;
      if (count->n++ > 0)
        continue;
      count->first_ns = time_ns;
      count->first_packet_id = packet->packet_id;
    }
}

/* ---- echoes -------------------------------------------------------------------------------------------------- */

static gboolean
is_between (const LabTally *tally, const LabExpect *expect, const char *from, const char *to, gboolean *ipv6)
{
  const LabVm *peer;
  char text[NET_IPV6_TEXT];

  if (expect->peer == G_MAXUINT || strcmp (lab_scenario_vm (tally->scenario, expect->vm)->name, from) != 0)
    return FALSE;
  peer = lab_scenario_vm (tally->scenario, expect->peer);
  *ipv6 = FALSE;
  if (strcmp (net_ipv4_format (peer->ip, text), to) == 0)
    return TRUE;
  *ipv6 = TRUE;
  return peer->has_ipv6 && strcmp (net_ipv6_format (&peer->ipv6, text), to) == 0;
}

static gint64
number_of (json_t *json, const char *key)
{
  return json_integer_value (json_object_get (json, key));
}

static void
explain (LabTally *tally, guint i, gint64 time_ns, const SimTraceState *state, gboolean ipv6)
{
  const LabExpect *expect = tally->scenario->expects->pdata[i];
  json_t *json = state->json ? json_loads (state->json, 0, NULL) : NULL;
  LabLostTally *lost = &tally->lost[i];

  lost->at_ns = time_ns;
  lost->sequence = (guint) number_of (json, "seq");
  lost->echo = (LabLostEcho){ .vm = expect->vm,
                              .peer = expect->peer,
                              .ipv6 = ipv6,
                              .id = (guint) number_of (json, "id"),
                              .sequence = (guint16) lost->sequence,
                              .sent_ns = time_ns - number_of (json, "waited_ns") };
  lost->why = lab_why_no_reply (tally->scenario, tally->ledger, &lost->echo);
  json_decref (json);
}

static void
hear_ping (LabTally *tally, gint64 time_ns, const SimTraceState *state)
{
  g_autofree char *to = g_strndup (state->key, strcspn (state->key, " "));
  gboolean ipv6;

  if (strcmp (state->op, "timeout") != 0 && strcmp (state->op, "unreachable") != 0)
    return;
  for (guint i = 0; i < tally->scenario->expects->len; i++)
    {
      const LabExpect *expect = tally->scenario->expects->pdata[i];
      if (expect->kind == LAB_EXPECT_REPLIES && expect->at_least > 0 && tally->lost[i].at_ns < 0
          && is_between (tally, expect, state->node, to, &ipv6))
        explain (tally, i, time_ns, state, ipv6);
    }
}

void
lab_tally_hear (const SimTraceRecord *record, gpointer user)
{
  if (record->kind == SIM_TRACE_INTERFACE)
    hear_interface (user, &record->interface);
  else if (record->kind == SIM_TRACE_PACKET)
    hear_packet (user, record->time_ns, &record->packet);
  else if (record->kind == SIM_TRACE_STATE && strcmp (record->state.table, "ping") == 0)
    hear_ping (user, record->time_ns, &record->state);
}
