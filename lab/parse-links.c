/* The section `links`: cables between nodes, and what they do to frames. */
#include "lab/parse.h"

#include <string.h>

#define DEFAULT_RATE  G_GUINT64_CONSTANT (10000000000)
#define DEFAULT_DELAY 1000
#define DEFAULT_QUEUE (1024u * 1024u)

static const char *const link_keys[]
    = { "ends", "rate", "delay", "queue", "loss", "duplicate", "reorder", "corrupt", NULL };

void
lab_link_free (gpointer data)
{
  LabLink *link = data;
  for (guint i = 0; i < 2; i++)
    {
      g_free (link->ends[i].node);
      g_free (link->ends[i].port);
    }
  g_free (link);
}

/* The ports of a node that take a cable, NULL-terminated. */
static char **
cable_ports (const LabNode *node)
{
  GStrvBuilder *names = g_strv_builder_new ();
  char **result;

  for (guint i = 0; i < node->ports->len; i++)
    g_strv_builder_add (names, node->ports->pdata[i]);
  for (guint i = 0; i < node->nics->len; i++)
    g_strv_builder_add (names, g_array_index (node->nics, LabNic, i).name);
  if (node->kind == LAB_NODE_COMPUTE || node->kind == LAB_NODE_TOR)
    g_strv_builder_add (names, node->uplink);
  result = g_strv_builder_end (names);
  g_strv_builder_unref (names);
  return result;
}

static gboolean
parse_end (LabScenario *s, LabProblems *problems, const LabYaml *at, const char *text, LabEnd *end)
{
  const char *slash = strchr (text, '/');
  g_autofree char *name = slash ? g_strndup (text, (gsize) (slash - text)) : g_strdup (text);
  const LabNode *node = lab_parse_node_ref (s, problems, at, name);
  g_auto (GStrv) ports = NULL;
  g_autofree char *all = NULL;

  if (!node)
    return FALSE;
  end->node = g_strdup (name);
  end->port = slash ? g_strdup (slash + 1) : NULL;
  if (node->kind == LAB_NODE_SWITCH || !node->has_kind)
    return node->has_kind;
  ports = cable_ports (node);
  all = g_strjoinv (", ", ports);
  if (!end->port)
    lab_problem (problems, at, "the cable's end '%s' names no port; %s has %s", text, name, all);
  else if (!g_strv_contains ((const char *const *) ports, end->port))
    {
      const char *near = lab_problem_nearest (end->port, (const char *const *) ports);
      lab_problem (problems, at, "node '%s' has no port '%s'; it has %s%s%s%s", name, end->port, all,
                   near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    }
  else
    return TRUE;
  return FALSE;
}

static gboolean
parse_ends (LabScenario *s, LabProblems *problems, const LabYaml *at, LabLink *link)
{
  g_auto (GStrv) halves = NULL;
  const char *text = lab_read_scalar (problems, at, "a link");
  gboolean good = TRUE;

  if (!text)
    return FALSE;
  halves = g_strsplit (text, " -- ", 3);
  if (g_strv_length (halves) != 2)
    {
      lab_problem (problems, at,
                   "'%s' is no link; write its two ends with ' -- ' between them, as tor1/em3 -- server2/em1",
                   text);
      return FALSE;
    }
  for (guint i = 0; i < 2; i++)
    good &= parse_end (s, problems, at, g_strstrip (halves[i]), &link->ends[i]);
  if (good && strcmp (link->ends[0].node, link->ends[1].node) == 0)
    {
      lab_problem (problems, at, "both ends of the link are on '%s'", link->ends[0].node);
      good = FALSE;
    }
  return good;
}

static void
check_free (LabScenario *s, LabProblems *problems, const LabLink *link)
{
  for (guint i = 0; i + 1 < s->links->len; i++)
    for (guint e = 0; e < 4; e++)
      {
        const LabLink *other = s->links->pdata[i];
        const LabEnd *a = &other->ends[e / 2], *b = &link->ends[e % 2];
        if (a->node && b->node && a->port && b->port && strcmp (a->node, b->node) == 0
            && strcmp (a->port, b->port) == 0)
          lab_problem (problems, link->at, "the port %s/%s has a cable already, at line %u", b->node, b->port,
                       other->at->line);
      }
}

static void
parse_link (LabScenario *s, LabProblems *problems, const LabYaml *node)
{
  LabLink *link = g_new0 (LabLink, 1);
  LabReader reader = { problems, node, "a link" };
  guint64 queue = DEFAULT_QUEUE;

  link->at = node;
  link->rate_bps = DEFAULT_RATE;
  link->delay_ns = DEFAULT_DELAY;
  g_ptr_array_add (s->links, link);
  if (node->kind == LAB_YAML_SCALAR)
    link->good = parse_ends (s, problems, node, link);
  else if (lab_read_map (&reader, link_keys))
    {
      if (lab_read_require (&reader, "ends"))
        link->good = parse_ends (s, problems, lab_yaml_get (node, "ends"), link);
      lab_read_rate (&reader, "rate", &link->rate_bps);
      lab_read_duration (&reader, "delay", &link->delay_ns);
      if (lab_read_size (&reader, "queue", &queue) && (queue < 1600 || queue > G_MAXUINT32))
        lab_problem (problems, lab_yaml_get (node, "queue"),
                     "queue must hold at least one frame (1600 bytes) and at most 4G");
      lab_read_percent (&reader, "loss", &link->loss_ppb);
      lab_read_percent (&reader, "duplicate", &link->duplicate_ppb);
      lab_read_percent (&reader, "reorder", &link->reorder_ppb);
      lab_read_percent (&reader, "corrupt", &link->corrupt_ppb);
    }
  link->queue_bytes = (guint) queue;
  check_free (s, problems, link);
}

void
lab_parse_links (LabScenario *s, LabProblems *problems, const LabYaml *section)
{
  if (!section)
    return;
  if (section->kind != LAB_YAML_LIST)
    lab_problem (problems, section, "links must be a list, as [ tor1/em3 -- server2/em1 ]");
  else
    for (guint i = 0; i < lab_yaml_n (section); i++)
      parse_link (s, problems, lab_yaml_item (section, i));
}
