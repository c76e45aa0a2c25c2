/* One function a kind of expectation. */
#include "lab/judge.h"

#include <string.h>

#include "lab/filter.h"
#include "lab/match-row.h"
#include "lab/units.h"
#include "lab/why.h"

typedef struct
{
  LabFilter *filter;
  guint64 n;
  gint64 first_ns, last_ns;
} FrameCount;

struct _LabJudge
{
  const LabScenario *scenario;
  const LabLedger *ledger;
  FrameCount *counts;    /* by expectation */
  GPtrArray *interfaces; /* by interface id: GArray of expectation indices, or NULL */
};

static void
indices_free (gpointer data)
{
  if (data)
    g_array_unref (data);
}

LabJudge *
lab_judge_new (const LabScenario *s, const LabLedger *ledger)
{
  LabJudge *judge = g_new0 (LabJudge, 1);
  judge->scenario = s;
  judge->ledger = ledger;
  judge->counts = g_new0 (FrameCount, s->expects->len + 1);
  judge->interfaces = g_ptr_array_new_with_free_func (indices_free);
  for (guint i = 0; i < s->expects->len; i++)
    {
      const LabExpect *expect = s->expects->pdata[i];
      if (expect->kind == LAB_EXPECT_FRAMES)
        judge->counts[i].filter = lab_filter_new (expect->outer, expect->inner, expect->vni);
    }
  return judge;
}

void
lab_judge_free (LabJudge *judge)
{
  if (!judge)
    return;
  for (guint i = 0; i < judge->scenario->expects->len; i++)
    lab_filter_free (judge->counts[i].filter);
  g_free (judge->counts);
  g_ptr_array_unref (judge->interfaces);
  g_free (judge);
}

static void
hear_interface (LabJudge *judge, const SimTraceInterface *interface)
{
  if (interface->id >= judge->interfaces->len)
    g_ptr_array_set_size (judge->interfaces, (int) interface->id + 1);
  if (judge->interfaces->pdata[interface->id])
    return;
  for (guint i = 0; i < judge->scenario->expects->len; i++)
    {
      const LabExpect *expect = judge->scenario->expects->pdata[i];
      GArray *indices = judge->interfaces->pdata[interface->id];
      if (expect->kind != LAB_EXPECT_FRAMES || strcmp (expect->end, interface->name) != 0)
        continue;
      if (!indices)
        judge->interfaces->pdata[interface->id] = indices = g_array_new (FALSE, FALSE, sizeof (guint));
      g_array_append_val (indices, i);
    }
}

static void
hear_packet (LabJudge *judge, gint64 time_ns, const SimTracePacket *packet)
{
  const GArray *indices
      = packet->interface_id < judge->interfaces->len ? judge->interfaces->pdata[packet->interface_id] : NULL;

  /* A drop repeats a frame that was counted when it arrived. */
  if (!indices || packet->drop != NET_DROP_NONE)
    return;
  for (guint k = 0; k < indices->len; k++)
    {
      guint i = g_array_index (indices, guint, k);
      const LabExpect *expect = judge->scenario->expects->pdata[i];
      FrameCount *count = &judge->counts[i];
      if (time_ns < expect->from_ns || (expect->until_ns >= 0 && time_ns > expect->until_ns)
          || (expect->direction && expect->direction != (int) packet->direction)
          || !lab_filter_matches (count->filter, packet->bytes, packet->captured, packet->length))
        continue;
      if (count->n++ == 0)
        count->first_ns = time_ns;
      count->last_ns = time_ns;
    }
}

void
lab_judge_hear (const SimTraceRecord *record, gpointer user)
{
  if (record->kind == SIM_TRACE_INTERFACE)
    hear_interface (user, &record->interface);
  else if (record->kind == SIM_TRACE_PACKET)
    hear_packet (user, record->time_ns, &record->packet);
}

/* ---- verdicts ------------------------------------------------------------------------------------------------ */

static gboolean
count_is_good (const LabExpect *expect, guint64 n)
{
  return n >= expect->at_least && n <= expect->at_most;
}

static void
conclude_lease (LabJudge *judge, const LabExpect *expect, LabResult *result)
{
  const LabVm *vm = lab_scenario_vm (judge->scenario, expect->vm);
  const LabLease *lease = lab_ledger_lease (judge->ledger, vm->name);
  char ip[NET_IPV4_TEXT];
  g_autofree char *took = NULL;

  if (!lease || lease->bound_ns < 0)
    {
      lab_result_add (result, expect, FALSE,
                      lease ? g_strdup_printf ("no lease after %u DISCOVERs", lease->n_discovers)
                            : g_strdup ("its DHCP client never ran"),
                      lease ? lab_why_no_lease (judge->scenario, judge->ledger, expect->vm) : NULL);
      return;
    }
  took = lab_units_format_duration (lease->bound_ns - lease->started_ns);
  if (expect->ip && g_strcmp0 (lease->ip, net_ipv4_format (expect->ip, ip)) != 0)
    lab_result_add (result, expect, FALSE, g_strdup_printf ("got %s, not %s", lease->ip, ip), NULL);
  else
    lab_result_add (result, expect,
                    expect->within_ns < 0 || lease->bound_ns - lease->started_ns <= expect->within_ns,
                    g_strdup_printf ("%s after %s", lease->ip, took), NULL);
}

static void
conclude_replies (LabJudge *judge, const LabExpect *expect, LabResult *result)
{
  const LabVm *vm = lab_scenario_vm (judge->scenario, expect->vm);
  const LabVm *peer = expect->peer == G_MAXUINT ? NULL : lab_scenario_vm (judge->scenario, expect->peer);
  char to[NET_IPV4_TEXT], to6[NET_IPV6_TEXT];
  const LabEcho *four, *six = NULL;
  guint replied, sent;
  gint64 waited = -1;
  GString *figure = g_string_new (NULL);
  gboolean met;

  four = lab_ledger_echo (judge->ledger, vm->name, net_ipv4_format (peer ? peer->ip : expect->ip, to));
  if (peer && peer->has_ipv6)
    six = lab_ledger_echo (judge->ledger, vm->name, net_ipv6_format (&peer->ipv6, to6));
  replied = (four ? four->replied : 0) + (six ? six->replied : 0);
  sent = (four ? four->sent : 0) + (six ? six->sent : 0);
  met = count_is_good (expect, replied) && (sent > 0 || expect->at_most == 0);
  if (sent == 0)
    g_string_append (figure, "no echo request was sent");
  else
    g_string_append_printf (figure, "%u of %u", replied, sent);
  if (four && four->first_reply_ns >= 0)
    {
      g_autofree char *best = lab_units_format_duration (four->best_rtt_ns), *first = NULL;
      waited = four->first_reply_ns - four->first_sent_ns;
      first = lab_units_format_duration (waited);
      g_string_append_printf (figure, ", first after %s, best %s", first, best);
    }
  if (expect->within_ns >= 0 && expect->at_least > 0 && (waited < 0 || waited > expect->within_ns))
    met = FALSE;
  lab_result_add (result, expect, met, g_string_free (figure, FALSE),
                  met || !peer || replied >= expect->at_least
                      ? NULL
                      : lab_why_no_reply (judge->scenario, judge->ledger, expect->vm, expect->peer));
}

static void
conclude_frames (const LabExpect *expect, const FrameCount *count, LabResult *result)
{
  g_autofree char *first = lab_units_format_duration (count->first_ns),
                  *last = lab_units_format_duration (count->last_ns);

  lab_result_add (result, expect, count_is_good (expect, count->n),
                  count->n == 0 ? g_strdup ("none")
                  : count->n == 1
                      ? g_strdup_printf ("1, at %s", first)
                      : g_strdup_printf ("%" G_GUINT64_FORMAT ", from %s to %s", count->n, first, last),
                  NULL);
}

static void
conclude_row (LabJudge *judge, const LabExpect *expect, LabResult *result)
{
  g_autofree char *others = NULL;
  guint64 n = lab_match_rows (judge->scenario, judge->ledger, expect, &others);

  lab_result_add (result, expect, count_is_good (expect, n),
                  g_strdup_printf ("%" G_GUINT64_FORMAT " such %s", n, n == 1 ? "row" : "rows"),
                  count_is_good (expect, n) ? NULL : g_steal_pointer (&others));
}

static void
conclude_mac (LabJudge *judge, const LabExpect *expect, LabResult *result)
{
  g_autofree char *found = NULL;
  guint64 n = lab_match_macs (judge->scenario, judge->ledger, expect, &found);

  lab_result_add (result, expect, count_is_good (expect, n), g_steal_pointer (&found), NULL);
}

static void
conclude_drops (LabJudge *judge, const LabExpect *expect, LabResult *result)
{
  guint64 n = lab_ledger_drops (judge->ledger, expect->node, expect->reason);
  gboolean met = count_is_good (expect, n);

  lab_result_add (result, expect, met, g_strdup_printf ("%" G_GUINT64_FORMAT, n),
                  met || n == 0 ? NULL : lab_why_dropped (judge->ledger, expect->node, expect->reason));
}

static void
conclude_converged (LabJudge *judge, const LabExpect *expect, LabResult *result)
{
  gint64 first = lab_ledger_first_converged (judge->ledger),
         since = lab_ledger_converged_since (judge->ledger);
  g_autofree char *text = lab_units_format_duration (first);

  lab_result_add (result, expect, since >= 0 && (expect->within_ns < 0 || first <= expect->within_ns),
                  first < 0   ? g_strdup ("never")
                  : since < 0 ? g_strdup_printf ("first at %s, but busy at the end", text)
                              : g_strdup_printf ("at %s", text),
                  NULL);
}

void
lab_judge_conclude (LabJudge *judge, LabResult *result)
{
  for (guint i = 0; i < judge->scenario->expects->len; i++)
    {
      const LabExpect *expect = judge->scenario->expects->pdata[i];
      switch (expect->kind)
        {
        case LAB_EXPECT_LEASE:
          conclude_lease (judge, expect, result);
          break;
        case LAB_EXPECT_REPLIES:
          conclude_replies (judge, expect, result);
          break;
        case LAB_EXPECT_FRAMES:
          conclude_frames (expect, &judge->counts[i], result);
          break;
        case LAB_EXPECT_ROW:
          conclude_row (judge, expect, result);
          break;
        case LAB_EXPECT_MAC:
          conclude_mac (judge, expect, result);
          break;
        case LAB_EXPECT_DROPS:
          conclude_drops (judge, expect, result);
          break;
        case LAB_EXPECT_CONVERGED:
          conclude_converged (judge, expect, result);
          break;
        }
    }
}
