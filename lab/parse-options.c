/* The sections `controller` and `capture`: options of the run. */
#include "lab/parse.h"

#include "models/odl/odl.h"

#include <string.h>

#define MONITOR_MIN (1 * NET_SEC)
#define MONITOR_MAX (30 * NET_SEC)

const char *const lab_call_words[]
    = { "zones", "tors", "networks", "subnets", "gateways", "connections", "ports", NULL };

static const char *const controller_keys[] = { "dhcp",        "limit-bumtraffic-to-dhcpserver",
                                               "lldp",        "default-zone",
                                               "mac-timeout", "monitor",
                                               "bugs",        "fixes",
                                               "order",       "spacing",
                                               NULL };
static const char *const capture_keys[] = { "ends", "filter", "snap", NULL };

static const LabSlugKind slug_kinds[]
    = { { "bugs", "bug", odl_bug_exists, odl_bug_names }, { "fixes", "fix", odl_fix_exists, odl_fix_names } };

/* Where the kind stands in the order so far; n_known when it is not named yet. */
static guint
find_call (const LabCallKind *order, guint n_known, LabCallKind kind)
{
  guint place = 0;

  while (place < n_known && order[place] != kind)
    place++;
  return place;
}

/* Kinds that the file does not name follow in their usual order. */
static void
parse_order_list (LabController *controller, LabProblems *problems, const LabYaml *list)
{
  LabCallKind order[LAB_CALL_N];
  guint n = 0;

  for (guint i = 0; i < lab_yaml_n (list); i++)
    {
      const LabYaml *item = lab_yaml_item (list, i);
      const char *word = lab_read_scalar (problems, item, "a kind of call");
      guint kind = 0;
      while (word && kind < LAB_CALL_N && !g_str_equal (lab_call_words[kind], word))
        kind++;
      if (word && kind == LAB_CALL_N)
        {
          g_autofree char *hint = lab_problem_hint (word, lab_call_words);
          lab_problem (problems, item, "there is no kind of call '%s'%s", word, hint);
        }
      else if (word && find_call (order, n, kind) < n)
        lab_problem (problems, item, "'%s' is named twice", word);
      else if (word)
        order[n++] = kind;
    }
  for (guint kind = 0; kind < LAB_CALL_N; kind++)
    if (find_call (order, n, kind) == n)
      order[n++] = kind;
  memcpy (controller->order, order, sizeof order);
}

static void
parse_order (LabController *controller, LabReader *reader)
{
  static const char *const order_words[] = { "seed", NULL };
  const LabYaml *order = lab_yaml_get (reader->map, "order");
  guint word;

  if (order && order->kind == LAB_YAML_LIST)
    parse_order_list (controller, reader->problems, order);
  else if (order)
    controller->order_by_seed = lab_read_word (reader, "order", order_words, &word);
}

/* The range is that of the controller's model, in whole milliseconds. */
static void
parse_monitor (LabController *controller, LabReader *reader)
{
  gint64 interval_ns;

  if (!lab_read_duration (reader, "monitor", &interval_ns))
    return;
  if (interval_ns < MONITOR_MIN || interval_ns > MONITOR_MAX || interval_ns % NET_MSEC != 0)
    lab_problem (reader->problems, lab_yaml_get (reader->map, "monitor"),
                 "monitor is a time between two BFD packets, from 1s to 30s in whole milliseconds");
  else
    controller->monitor_ns = interval_ns;
}

void
lab_parse_controller (LabScenario *s, LabProblems *problems, const LabYaml *section)
{
  LabReader reader = { problems, section, "controller" };
  LabController *controller = &s->controller;

  if (!section || !lab_read_map (&reader, controller_keys))
    return;
  lab_read_boolean (&reader, "dhcp", &controller->dhcp);
  lab_read_boolean (&reader, "limit-bumtraffic-to-dhcpserver", &controller->limit_bum);
  lab_read_boolean (&reader, "lldp", &controller->lldp);
  lab_read_boolean (&reader, "default-zone", &controller->default_zone);
  lab_read_duration (&reader, "mac-timeout", &controller->mac_timeout_ns);
  parse_monitor (controller, &reader);
  lab_parse_slugs (&reader, &slug_kinds[0], controller->bugs);
  lab_parse_slugs (&reader, &slug_kinds[1], controller->fixes);
  parse_order (controller, &reader);
  lab_parse_time (&reader, "spacing", &controller->spacing_ns);
}

void
lab_parse_capture (LabScenario *s, LabProblems *problems, const LabYaml *section)
{
  LabReader reader = { problems, section, "capture" };
  const LabYaml *ends;
  const char *filter;

  if (!section || !lab_read_map (&reader, capture_keys))
    return;
  ends = lab_yaml_get (section, "ends");
  if (ends && ends->kind != LAB_YAML_LIST)
    lab_problem (problems, ends, "ends must be a list of link ends, as [ tor1/em3, vm2/eth0 ]");
  else
    for (guint i = 0; i < lab_yaml_n (ends); i++)
      {
        const LabYaml *item = lab_yaml_item (ends, i);
        const char *end = lab_read_scalar (problems, item, "a link end");
        if (end && lab_parse_end_ref (s, problems, item, end))
          g_ptr_array_add (s->capture.ends, g_strdup (end));
      }
  if (lab_read_text (&reader, "filter", &filter)
      && lab_parse_filter (problems, lab_yaml_get (section, "filter"), filter))
    s->capture.filter = g_strdup (filter);
  lab_read_uint (&reader, "snap", 14, 65535, &s->capture.snap_length);
}
