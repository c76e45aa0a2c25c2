/* One sentence a kind of expectation. */
#include "lab/expect-text.h"

#include "lab/units.h"
#include "sim/trace.h"

static const char *
vm_name (const LabScenario *s, guint vm)
{
  return lab_scenario_vm (s, vm)->name;
}

static void
add_counts (GString *text, const LabExpect *expect)
{
  if (expect->at_most == 0)
    g_string_append (text, "none");
  else if (expect->at_least == expect->at_most)
    g_string_append_printf (text, "exactly %" G_GUINT64_FORMAT, expect->at_least);
  else if (expect->at_most == G_MAXUINT64)
    g_string_append_printf (text, "at least %" G_GUINT64_FORMAT, expect->at_least);
  else
    g_string_append_printf (text, "%" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT, expect->at_least,
                            expect->at_most);
}

static void
add_time (GString *text, const char *word, gint64 time_ns)
{
  g_autofree char *time = lab_units_format_duration (time_ns);
  g_string_append_printf (text, " %s %s", word, time);
}

static void
add_replies (GString *text, const LabScenario *s, const LabExpect *expect)
{
  char ip[NET_IPV4_TEXT];

  g_string_append_printf (text, "%s pings %s: ", vm_name (s, expect->vm),
                          expect->ip ? net_ipv4_format (expect->ip, ip) : vm_name (s, expect->peer));
  if (expect->at_most == 0)
    {
      g_string_append (text, "no reply");
      return;
    }
  add_counts (text, expect);
  g_string_append (text, expect->at_least == 1 && expect->at_most != 0 ? " reply" : " replies");
}

static void
add_frames (GString *text, const LabExpect *expect)
{
  g_string_append_printf (text, "frames at %s", expect->end);
  if (expect->outer)
    g_string_append_printf (text, " [%s]", expect->outer);
  if (expect->inner)
    g_string_append_printf (text, " inner [%s]", expect->inner);
  if (expect->vni >= 0)
    g_string_append_printf (text, " vni %d", (int) expect->vni);
  if (expect->direction)
    g_string_append (text, expect->direction == SIM_TRACE_INBOUND ? " inbound" : " outbound");
  if (expect->from_ns > 0)
    add_time (text, "from", expect->from_ns);
  if (expect->until_ns >= 0)
    add_time (text, "until", expect->until_ns);
  g_string_append (text, ": ");
  add_counts (text, expect);
}

static void
add_row (GString *text, const LabExpect *expect)
{
  g_string_append_printf (text, "%s has %s", expect->node, expect->table);
  for (guint i = 0; i < expect->cells->len; i++)
    {
      const LabCell *cell = &g_array_index (expect->cells, LabCell, i);
      g_string_append_printf (text, " %s=%s", cell->column, cell->value);
    }
  g_string_append (text, ": ");
  add_counts (text, expect);
}

static void
add_mac (GString *text, const LabScenario *s, const LabExpect *expect)
{
  g_string_append_printf (text, "%s %s %s's MAC", expect->node,
                          expect->at_most == 0 ? "does not know" : "has learned", vm_name (s, expect->vm));
  if (expect->network)
    g_string_append_printf (text, " in %s", expect->network->name);
  if (expect->port)
    g_string_append_printf (text, " on %s", expect->port);
}

static void
add_drops (GString *text, const LabExpect *expect)
{
  g_string_append_printf (text, "frames dropped for %s",
                          expect->reason == NET_DROP_NONE ? "any reason" : net_drop_word (expect->reason));
  if (expect->table)
    g_string_append_printf (text, " in %s", expect->table);
  if (expect->node)
    g_string_append_printf (text, " on %s", expect->node);
  g_string_append (text, ": ");
  add_counts (text, expect);
}

char *
lab_expect_text (const LabScenario *s, const LabExpect *expect)
{
  GString *text = g_string_new (NULL);
  char ip[NET_IPV4_TEXT];

  switch (expect->kind)
    {
    case LAB_EXPECT_LEASE:
      g_string_append_printf (text, "%s gets %s", vm_name (s, expect->vm),
                              expect->ip ? "the lease " : "a lease");
      g_string_append (text, expect->ip ? net_ipv4_format (expect->ip, ip) : "");
      break;
    case LAB_EXPECT_REPLIES:
      add_replies (text, s, expect);
      break;
    case LAB_EXPECT_FRAMES:
      add_frames (text, expect);
      break;
    case LAB_EXPECT_ROW:
      add_row (text, expect);
      break;
    case LAB_EXPECT_MAC:
      add_mac (text, s, expect);
      break;
    case LAB_EXPECT_DROPS:
      add_drops (text, expect);
      break;
    case LAB_EXPECT_REFUSAL:
      g_string_append_printf (text, "calls and messages refused with '%s': ", expect->phrase);
      add_counts (text, expect);
      break;
    case LAB_EXPECT_CABLE:
      g_string_append_printf (text, "the controller %s the cable of %s",
                              expect->at_most == 0 ? "does not know" : "has discovered", expect->phrase);
      if (expect->end)
        g_string_append_printf (text, " at %s", expect->end);
      if (expect->contradicts)
        g_string_append (text, ", and it contradicts the gateways");
      break;
    case LAB_EXPECT_BOUND:
      g_string_append_printf (text, "%s is bound to the %s segment", lab_scenario_vm (s, expect->vm)->name,
                              lab_segment_words[expect->segment]);
      break;
    case LAB_EXPECT_CONVERGED:
      g_string_append (text, "the controller converges");
      break;
    }
  if (expect->within_ns >= 0)
    add_time (text, "within", expect->within_ns);
  return g_string_free (text, FALSE);
}
