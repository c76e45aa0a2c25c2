/* One function a kind of expectation. */
#include "lab/judge.h"

#include <string.h>

#include "lab/match-row.h"
#include "lab/units.h"

typedef struct
{
  const LabScenario *scenario;
  const LabLedger *ledger;
  const LabTally *tally;
  const GPtrArray *refusals;
  LabResult *result;
} Court;

static gboolean
count_is_good (const LabExpect *expect, guint64 n)
{
  return n >= expect->at_least && n <= expect->at_most;
}

/* ---- leases -------------------------------------------------------------------------------------------------- */

static void
judge_lease (const Court *court, const LabExpect *expect)
{
  const LabVm *vm = lab_scenario_vm (court->scenario, expect->vm);
  const LabLease *lease = lab_ledger_lease (court->ledger, vm->name);
  char ip[NET_IPV4_TEXT];
  g_autofree char *took = NULL;
  gboolean met;

  if (!lease)
    {
      lab_result_add (court->result, expect, FALSE, g_strdup ("its DHCP client never ran"), NULL);
      return;
    }
  if (lease->bound_ns < 0)
    {
      LabWhy why = lab_why_no_lease (court->scenario, court->ledger, expect->vm);
      lab_result_add (court->result, expect, FALSE,
                      g_strdup_printf ("no lease after %u DISCOVERs", lease->n_discovers), &why);
      return;
    }
  took = lab_units_format_duration (lease->bound_ns - lease->started_ns);
  met = expect->within_ns < 0 || lease->bound_ns - lease->started_ns <= expect->within_ns;
  if (expect->ip && g_strcmp0 (lease->ip, net_ipv4_format (expect->ip, ip)) != 0)
    lab_result_add (court->result, expect, FALSE, g_strdup_printf ("got %s, not %s", lease->ip, ip), NULL);
  else
    lab_result_add (court->result, expect, met,
                    g_strdup_printf ("%s after %s%s", lease->ip, took,
                                     lease->n_discovers > 1 ? ", not at the first DISCOVER" : ""),
                    NULL);
}

/* ---- echoes -------------------------------------------------------------------------------------------------- */

/* Both families, if the target has two. */
typedef struct
{
  guint sent, replied;
  gint64 first_ns, best_ns; /* from the first request to the first reply; the shortest round trip; -1: none */
} Echoes;

static void
add_echo (Echoes *sum, const LabEcho *echo)
{
  gint64 first_ns;

  if (!echo)
    return;
  sum->sent += echo->sent;
  sum->replied += echo->replied;
  if (echo->first_reply_ns < 0)
    return;
  first_ns = echo->first_reply_ns - echo->first_sent_ns;
  sum->first_ns = sum->first_ns < 0 ? first_ns : MAX (sum->first_ns, first_ns);
  sum->best_ns = sum->best_ns < 0 ? echo->best_rtt_ns : MIN (sum->best_ns, echo->best_rtt_ns);
}

static Echoes
echoes_of (const Court *court, const LabExpect *expect)
{
  const char *from = lab_scenario_vm (court->scenario, expect->vm)->name;
  const LabVm *peer = expect->peer == G_MAXUINT ? NULL : lab_scenario_vm (court->scenario, expect->peer);
  Echoes sum = { .first_ns = -1, .best_ns = -1 };
  char to[NET_IPV6_TEXT];

  add_echo (&sum, lab_ledger_echo (court->ledger, from, net_ipv4_format (peer ? peer->ip : expect->ip, to)));
  if (peer && peer->has_ipv6)
    add_echo (&sum, lab_ledger_echo (court->ledger, from, net_ipv6_format (&peer->ipv6, to)));
  return sum;
}

static char *
echoes_text (const Echoes *echoes)
{
  g_autofree char *first = NULL, *best = NULL;

  if (echoes->sent == 0)
    return g_strdup ("no echo request was sent");
  if (echoes->first_ns < 0)
    return g_strdup_printf ("%u of %u", echoes->replied, echoes->sent);
  first = lab_units_format_duration (echoes->first_ns);
  best = lab_units_format_duration (echoes->best_ns);
  return g_strdup_printf ("%u of %u, first after %s, best %s", echoes->replied, echoes->sent, first, best);
}

/* By now more may have happened to its frames, or they may be forgotten. */
static LabWhy
why_first_lost (const Court *court, const LabLostTally *lost)
{
  LabWhy now = lab_why_no_reply (court->scenario, court->ledger, &lost->echo);
  g_autofree char *at = lab_units_format_duration (lost->at_ns), *text = now.text;
  const LabWhy *why = text ? &now : &lost->why;

  if (!why->text)
    return (LabWhy){ NULL, 0 };
  return (LabWhy){ g_strdup_printf ("the first to be lost was echo %u, given up at %s:\n%s", lost->sequence,
                                    at, why->text),
                   why->packet_id };
}

/* The first echo that was given up; without one, the last that was sent. */
static LabWhy
why_lost (const Court *court, guint index)
{
  const LabExpect *expect = court->scenario->expects->pdata[index];
  const LabLostTally *lost = lab_tally_lost (court->tally, index);
  LabLostEcho echo;

  if (lost->at_ns >= 0)
    return why_first_lost (court, lost);
  if (expect->peer != G_MAXUINT
      && lab_why_last_echo (court->scenario, court->ledger, expect->vm, expect->peer, &echo))
    return lab_why_no_reply (court->scenario, court->ledger, &echo);
  return (LabWhy){ NULL, 0 };
}

static void
judge_replies (const Court *court, const LabExpect *expect, guint index)
{
  const Echoes echoes = echoes_of (court, expect);
  gboolean met = count_is_good (expect, echoes.replied) && (echoes.sent > 0 || expect->at_most == 0);
  LabWhy why = { NULL, 0 };

  if (expect->within_ns >= 0 && expect->at_least > 0
      && (echoes.first_ns < 0 || echoes.first_ns > expect->within_ns))
    met = FALSE;
  if (!met && echoes.replied < echoes.sent && expect->at_least > 0)
    why = why_lost (court, index);
  lab_result_add (court->result, expect, met, echoes_text (&echoes), &why);
}

/* ---- frames -------------------------------------------------------------------------------------------------- */

static void
judge_frames (const Court *court, const LabExpect *expect, guint index)
{
  const LabFrameTally *count = lab_tally_frames (court->tally, index);
  g_autofree char *first = lab_units_format_duration (count->first_ns),
                  *last = lab_units_format_duration (count->last_ns);
  gboolean met = count_is_good (expect, count->n);
  LabWhy why = { NULL, 0 };
  char *figure = count->n == 0 ? g_strdup ("none")
                 : count->n == 1
                     ? g_strdup_printf ("1, at %s", first)
                     : g_strdup_printf ("%" G_GUINT64_FORMAT ", from %s to %s", count->n, first, last);

  if (!met && count->n == 0)
    why.text = g_strdup_printf ("%" G_GUINT64_FORMAT " frames passed there, and none is as asked",
                                count->n_passed);
  else if (!met)
    why = (LabWhy){ g_strdup_printf ("the first is packet id %" G_GUINT64_FORMAT, count->first_packet_id),
                    count->first_packet_id };
  lab_result_add (court->result, expect, met, figure, &why);
}

/* ---- tables, drops, the controller --------------------------------------------------------------------------- */

static void
judge_row (const Court *court, const LabExpect *expect)
{
  LabWhy why = { NULL, 0 };
  guint64 n = lab_match_rows (court->scenario, court->ledger, expect, &why.text);

  lab_result_add (court->result, expect, count_is_good (expect, n),
                  g_strdup_printf ("%" G_GUINT64_FORMAT " such %s", n, n == 1 ? "row" : "rows"), &why);
}

static void
judge_mac (const Court *court, const LabExpect *expect)
{
  char *found = NULL;
  guint64 n = lab_match_macs (court->scenario, court->ledger, expect, &found);

  lab_result_add (court->result, expect, count_is_good (expect, n), found, NULL);
}

static void
judge_drops (const Court *court, const LabExpect *expect)
{
  const LabDropKind kind = { .node = expect->node, .reason = expect->reason, .table = expect->table };
  guint64 n = lab_ledger_drops (court->ledger, &kind);
  LabWhy why = lab_why_dropped (court->ledger, &kind);

  lab_result_add (court->result, expect, count_is_good (expect, n), g_strdup_printf ("%" G_GUINT64_FORMAT, n),
                  &why);
}

static void
judge_converged (const Court *court, const LabExpect *expect)
{
  gint64 first = lab_ledger_first_converged (court->ledger),
         since = lab_ledger_converged_since (court->ledger);
  g_autofree char *text = lab_units_format_duration (first);

  lab_result_add (court->result, expect, since >= 0 && (expect->within_ns < 0 || first <= expect->within_ns),
                  first < 0   ? g_strdup ("never")
                  : since < 0 ? g_strdup_printf ("first at %s, but busy at the end", text)
                              : g_strdup_printf ("at %s", text),
                  NULL);
}

/* ---- cables -------------------------------------------------------------------------------------------------- */

/* What is held under a key. */
typedef struct
{
  const char *key;
  const json_t *json; /* NULL: nothing */
} EntrySearch;

static void
visit_entry (const LabEntry *entry, gpointer user)
{
  EntrySearch *search = user;

  if (strcmp (entry->key, search->key) == 0)
    search->json = entry->json;
}

static void
judge_cable (const Court *court, const LabExpect *expect)
{
  EntrySearch cable = { .key = expect->phrase };
  const char *at;
  gboolean contradicts, found;

  lab_ledger_each (court->ledger, LAB_CONTROLLER_NODE, "cable", visit_entry, &cable);
  at = json_string_value (json_object_get (cable.json, "at"));
  contradicts = json_is_true (json_object_get (cable.json, "contradicts"));
  found = at && (!expect->end || strcmp (at, expect->end) == 0) && contradicts == expect->contradicts;

  lab_result_add (court->result, expect, found == (expect->at_most > 0),
                  at ? g_strdup_printf ("at %s%s", at, contradicts ? ", which contradicts the gateways" : "")
                     : g_strdup ("not known"),
                  NULL);
}

/* ---- bindings ------------------------------------------------------------------------------------------------ */

static void
judge_bound (const Court *court, const LabExpect *expect)
{
  EntrySearch binding = { .key = lab_scenario_vm (court->scenario, expect->vm)->name };
  const char *type;

  lab_ledger_each (court->ledger, LAB_CONTROLLER_NODE, "binding", visit_entry, &binding);
  type = json_string_value (json_object_get (binding.json, "type"));
  lab_result_add (court->result, expect, g_strcmp0 (type, lab_segment_words[expect->segment]) == 0,
                  type ? g_strdup_printf ("to the %s segment %d", type,
                                          (int) json_integer_value (json_object_get (binding.json, "id")))
                       : g_strdup ("not bound"),
                  NULL);
}

/* ---- refusals ------------------------------------------------------------------------------------------------ */

static void
judge_refusal (const Court *court, const LabExpect *expect)
{
  const char *first = NULL;
  guint64 n = 0;

  for (guint i = 0; i < court->refusals->len; i++)
    if (strstr (court->refusals->pdata[i], expect->phrase))
      {
        first = first ? first : court->refusals->pdata[i];
        n++;
      }
  lab_result_add (court->result, expect, count_is_good (expect, n),
                  first ? g_strdup (first) : g_strdup ("no such refusal"), NULL);
}

static gboolean
is_expected (const Court *court, const char *refusal)
{
  for (guint i = 0; i < court->scenario->expects->len; i++)
    {
      const LabExpect *expect = court->scenario->expects->pdata[i];
      if (expect->kind == LAB_EXPECT_REFUSAL && strstr (refusal, expect->phrase))
        return TRUE;
    }
  return FALSE;
}

/* A call that failed, or a message against a protocol, makes everything after it doubtful: nobody has to ask for it. */
static void
fail_unexpected (const Court *court)
{
  for (guint i = 0; i < court->refusals->len; i++)
    if (!is_expected (court, court->refusals->pdata[i]))
      lab_result_fail (court->result, court->scenario, "every call and message is accepted",
                       court->refusals->pdata[i]);
}

void
lab_judge (const LabScenario *s, const LabLedger *ledger, const LabTally *tally, const GPtrArray *refusals,
           LabResult *result)
{
  const Court court = { s, ledger, tally, refusals, result };

  for (guint i = 0; i < s->expects->len; i++)
    {
      const LabExpect *expect = s->expects->pdata[i];
      switch (expect->kind)
        {
        case LAB_EXPECT_LEASE:
          judge_lease (&court, expect);
          break;
        case LAB_EXPECT_REPLIES:
          judge_replies (&court, expect, i);
          break;
        case LAB_EXPECT_FRAMES:
          judge_frames (&court, expect, i);
          break;
        case LAB_EXPECT_ROW:
          judge_row (&court, expect);
          break;
        case LAB_EXPECT_MAC:
          judge_mac (&court, expect);
          break;
        case LAB_EXPECT_DROPS:
          judge_drops (&court, expect);
          break;
        case LAB_EXPECT_REFUSAL:
          judge_refusal (&court, expect);
          break;
        case LAB_EXPECT_CABLE:
          judge_cable (&court, expect);
          break;
        case LAB_EXPECT_BOUND:
          judge_bound (&court, expect);
          break;
        case LAB_EXPECT_CONVERGED:
          judge_converged (&court, expect);
          break;
        }
    }
  fail_unexpected (&court);
}
