/* Orders of calls: kind by kind as the file says, or any that the real journal's dependencies allow. */
#include "lab/journal.h"

#include "lab/identity.h"
#include "lab/neutron.h"
#include "sim/random.h"

struct _LabJournal
{
  LabNet *net;
  GArray *calls; /* of LabCall, in the order of the calls */
  guint next;
  gint64 next_ns;
};

static void
add (LabJournal *journal, LabCall call)
{
  g_array_append_val (journal->calls, call);
}

static void
add_ports (LabJournal *journal)
{
  const LabNet *net = journal->net;

  for (guint i = 0; i < net->scenario->networks->len; i++)
    if (net->servers[i])
      add (journal, (LabCall){ .kind = LAB_CALL_PORTS, .index = i, .of_agent = TRUE });
  for (guint i = 0; i < net->scenario->vms->len; i++)
    add (journal, (LabCall){ .kind = LAB_CALL_PORTS, .index = i });
}

static void
add_gateways (LabJournal *journal, LabCallKind kind)
{
  const GPtrArray *gateways = journal->net->scenario->gateways;

  for (guint i = 0; i < gateways->len; i++)
    {
      guint n = kind == LAB_CALL_GATEWAYS ? 1 : ((const LabGateway *) gateways->pdata[i])->connections->len;
      for (guint member = 0; member < n; member++)
        add (journal, (LabCall){ .kind = kind, .index = i, .member = member });
    }
}

static void
add_kind (LabJournal *journal, LabCallKind kind)
{
  const LabNet *net = journal->net;
  const LabScenario *s = net->scenario;

  if (kind == LAB_CALL_ZONES)
    add (journal, (LabCall){ .kind = kind });
  else if (kind == LAB_CALL_PORTS)
    add_ports (journal);
  else if (kind == LAB_CALL_GATEWAYS || kind == LAB_CALL_CONNECTIONS)
    add_gateways (journal, kind);
  else if (kind == LAB_CALL_TORS)
    {
      for (guint i = 0; i < s->nodes->len; i++)
        if (net->tors[i] && !((const LabNode *) s->nodes->pdata[i])->dials)
          add (journal, (LabCall){ .kind = kind, .index = i });
    }
  else
    for (guint i = 0; i < s->networks->len; i++)
      add (journal, (LabCall){ .kind = kind, .index = i });
}

/* ---- any order ----------------------------------------------------------------------------------------------- */

static guint
network_of (const LabScenario *s, const LabCall *call)
{
  guint index = call->index;

  if (call->kind == LAB_CALL_PORTS && !call->of_agent)
    g_ptr_array_find (s->networks, lab_scenario_vm (s, call->index)->network, &index);
  else if (call->kind == LAB_CALL_CONNECTIONS)
    {
      const LabGateway *gateway = s->gateways->pdata[call->index];
      g_ptr_array_find (s->networks,
                        g_array_index (gateway->connections, LabConnection, call->member).network, &index);
    }
  return index;
}

/* The journal's own rule: a subnet after its network, a port after both, a connection after network and gateway. */
static gboolean
must_follow (const LabScenario *s, const LabCall *call, const LabCall *other)
{
  gboolean is_port = call->kind == LAB_CALL_PORTS, is_connection = call->kind == LAB_CALL_CONNECTIONS;

  switch ((guint) other->kind)
    {
    case LAB_CALL_NETWORKS:
      return (is_port || is_connection || call->kind == LAB_CALL_SUBNETS)
             && network_of (s, call) == other->index;
    case LAB_CALL_SUBNETS:
      return is_port && network_of (s, call) == other->index;
    case LAB_CALL_GATEWAYS:
      return is_connection && call->index == other->index;
    default:
      return FALSE;
    }
}

static gboolean
is_free (const LabScenario *s, const GArray *calls, guint index)
{
  for (guint i = 0; i < calls->len; i++)
    if (must_follow (s, &g_array_index (calls, LabCall, index), &g_array_index (calls, LabCall, i)))
      return FALSE;
  return TRUE;
}

/* Draws, again and again, one of those that wait for no other. */
static void
shuffle (LabJournal *journal)
{
  const LabScenario *s = journal->net->scenario;
  GArray *left = journal->calls;
  SimRandom random;

  journal->calls = g_array_new (FALSE, FALSE, sizeof (LabCall));
  sim_random_init (&random, s->seed, "journal");
  while (left->len > 0)
    {
      guint at = (guint) sim_random_below (&random, left->len);

      while (!is_free (s, left, at))
        at = (at + 1) % left->len;
      g_array_append_val (journal->calls, g_array_index (left, LabCall, at));
      g_array_remove_index (left, at);
    }
  g_array_unref (left);
}

/* ---- the journal --------------------------------------------------------------------------------------------- */

LabJournal *
lab_journal_new (LabNet *net)
{
  LabJournal *journal = g_new0 (LabJournal, 1);
  const LabController *controller = &net->scenario->controller;

  journal->net = net;
  journal->calls = g_array_new (FALSE, FALSE, sizeof (LabCall));
  for (guint i = 0; net->controller && i < LAB_CALL_N; i++)
    add_kind (journal, controller->order[i]);
  if (controller->order_by_seed)
    shuffle (journal);
  net->telling = journal->calls->len > 0;
  return journal;
}

void
lab_journal_free (LabJournal *journal)
{
  if (!journal)
    return;
  g_array_unref (journal->calls);
  g_free (journal);
}

gint64
lab_journal_act (LabJournal *journal, gint64 now_ns, GPtrArray *refusals)
{
  while (journal->next < journal->calls->len && journal->next_ns <= now_ns)
    {
      char *refusal
          = lab_neutron_tell (journal->net, &g_array_index (journal->calls, LabCall, journal->next++));

      if (refusal)
        g_ptr_array_add (refusals, refusal);
      journal->net->told_ns = now_ns;
      journal->next_ns += journal->net->scenario->controller.spacing_ns;
    }
  journal->net->telling = journal->next < journal->calls->len;
  return journal->net->telling ? journal->next_ns : -1;
}
