/* Flow tables and flow-mods. */
#include "models/ovs/tables.h"

#include "net/world.h"

struct _OvsTables
{
  OvsTable table[OVS_N_TABLES];
  guint n_flows;
  guint n_timed; /* flows with a timeout */
  OvsFlowFunc hear;
  gpointer user;
};

void
ovs_flow_free (OvsFlow *flow)
{
  openflow_instructions_clear (&flow->instructions);
  g_free (flow);
}

gboolean
ovs_flow_is_miss (const OvsFlow *flow)
{
  static const OpenflowMatch any;
  return flow->priority == 0 && openflow_match_equal (&flow->match, &any);
}

OvsTables *
ovs_tables_new (OvsFlowFunc hear, gpointer user)
{
  OvsTables *tables = g_new0 (OvsTables, 1);
  tables->hear = hear;
  tables->user = user;
  return tables;
}

void
ovs_tables_free (OvsTables *tables)
{
  if (!tables)
    return;
  for (guint i = 0; i < OVS_N_TABLES; i++)
    {
      for (OvsFlow *flow = tables->table[i].first, *next; flow; flow = next)
        {
          next = flow->next;
          ovs_flow_free (flow);
        }
      ovs_classifier_clear (&tables->table[i].classifier);
    }
  g_free (tables);
}

const OvsTable *
ovs_tables_table (const OvsTables *tables, guint8 table)
{
  g_assert (table < OVS_N_TABLES);
  return &tables->table[table];
}

OvsFlow *
ovs_tables_lookup (OvsTables *tables, guint8 table, const OpenflowFields *fields)
{
  OvsTable *t = &tables->table[table];
  OvsFlow *flow = ovs_classifier_lookup (&t->classifier, fields);

  t->n_lookups++;
  t->n_matched += flow != NULL;
  return flow;
}

/* ---- entering and leaving ------------------------------------------------------------------------------------ */

static gboolean
is_timed (const OvsFlow *flow)
{
  return flow->idle_timeout || flow->hard_timeout;
}

static void
enter (OvsTables *tables, OvsFlow *flow)
{
  OvsTable *table = &tables->table[flow->table];

  ovs_classifier_insert (&table->classifier, flow);
  flow->previous = table->last;
  if (table->last)
    table->last->next = flow;
  else
    table->first = flow;
  table->last = flow;
  table->n_flows++;
  tables->n_flows++;
  tables->n_timed += is_timed (flow);
}

static void
leave (OvsTables *tables, OvsFlow *flow)
{
  OvsTable *table = &tables->table[flow->table];

  ovs_classifier_remove (&table->classifier, flow);
  if (flow->previous)
    flow->previous->next = flow->next;
  else
    table->first = flow->next;
  if (flow->next)
    flow->next->previous = flow->previous;
  else
    table->last = flow->previous;
  table->n_flows--;
  tables->n_flows--;
  tables->n_timed -= is_timed (flow);
}

static void
remove_flow (OvsTables *tables, OvsFlow *flow, OpenflowRemovedReason reason, gint64 now_ns)
{
  leave (tables, flow);
  tables->hear (flow, OVS_FLOW_REMOVED, (guint8) reason, now_ns, tables->user);
  ovs_flow_free (flow);
}

OvsTables *
ovs_tables_copy (const OvsTables *tables, OvsFlowFunc hear, gpointer user)
{
  OvsTables *copy = ovs_tables_new (hear, user);

  for (guint i = 0; i < OVS_N_TABLES; i++)
    for (const OvsFlow *flow = tables->table[i].first; flow; flow = flow->next)
      {
        OvsFlow *twin = g_memdup2 (flow, sizeof *flow);
        twin->chain = twin->previous = twin->next = NULL;
        openflow_instructions_copy (&twin->instructions, &flow->instructions);
        enter (copy, twin);
      }
  return copy;
}

/* ---- selecting ----------------------------------------------------------------------------------------------- */

static gboolean
list_leads (const OpenflowActions *actions, guint32 port, guint32 group)
{
  for (guint i = 0; i < actions->n; i++)
    {
      const OpenflowAction *action = &actions->items[i];
      if (port != OPENFLOW_PORT_ANY && action->type == OPENFLOW_ACTION_OUTPUT && action->output.port == port)
        return TRUE;
      if (group != OPENFLOW_GROUP_ANY && action->type == OPENFLOW_ACTION_GROUP && action->group == group)
        return TRUE;
    }
  return FALSE;
}

static gboolean
leads_to (const OvsFlow *flow, guint32 port, guint32 group)
{
  return list_leads (&flow->instructions.apply, port, group)
         || list_leads (&flow->instructions.write, port, group);
}

static gboolean
is_selected (const OvsFlow *flow, const OvsSelection *selection)
{
  if ((flow->cookie ^ selection->cookie) & selection->cookie_mask)
    return FALSE;
  if (selection->match && !openflow_match_covers (selection->match, &flow->match))
    return FALSE;
  return (selection->out_port == OPENFLOW_PORT_ANY
          || leads_to (flow, selection->out_port, OPENFLOW_GROUP_ANY))
         && (selection->out_group == OPENFLOW_GROUP_ANY
             || leads_to (flow, OPENFLOW_PORT_ANY, selection->out_group));
}

static gint
by_priority (gconstpointer a, gconstpointer b, gpointer user)
{
  const OvsFlow *const *x = a, *const *y = b;
  (void) user;
  return (gint) (*y)->priority - (*x)->priority;
}

/* Sorting keeps the order of insertion among equals: the sort is stable. */
GPtrArray *
ovs_tables_select (const OvsTables *tables, const OvsSelection *selection)
{
  GPtrArray *flows = g_ptr_array_new ();
  guint first = selection->table == OPENFLOW_TABLE_ALL ? 0 : selection->table;
  guint end
      = selection->table == OPENFLOW_TABLE_ALL ? OVS_N_TABLES : MIN (selection->table + 1u, OVS_N_TABLES);

  for (guint i = first; i < end; i++)
    {
      guint begin = flows->len;
      for (OvsFlow *flow = tables->table[i].first; flow; flow = flow->next)
        if (is_selected (flow, selection))
          g_ptr_array_add (flows, flow);
      if (flows->len > begin + 1)
        g_qsort_with_data (flows->pdata + begin, (gint) (flows->len - begin), sizeof (gpointer), by_priority,
                           NULL);
    }
  return flows;
}

/* ---- flow-mods ----------------------------------------------------------------------------------------------- */

static gboolean
overlaps_any (const OvsTable *table, const OpenflowFlowMod *mod)
{
  for (const OvsFlow *flow = table->first; flow; flow = flow->next)
    if (flow->priority == mod->priority && openflow_match_overlaps (&flow->match, &mod->match))
      return TRUE;
  return FALSE;
}

static void
take_instructions (OvsFlow *flow, OpenflowFlowMod *mod)
{
  openflow_instructions_clear (&flow->instructions);
  flow->instructions = mod->instructions;
  mod->instructions = (OpenflowInstructions){ 0 };
}

/* A flow of the same match and priority is replaced: its duration begins anew, its counters go on unless
 * the mod resets them (§6.4). */
static gboolean
add (OvsTables *tables, OpenflowFlowMod *mod, gint64 now_ns, GError **error)
{
  OvsTable *table = &tables->table[mod->table];
  OvsFlow *old = ovs_classifier_find (&table->classifier, &mod->match, mod->priority);
  OvsFlow *flow;

  if ((mod->flags & OPENFLOW_FLOW_CHECK_OVERLAP) && overlaps_any (table, mod))
    return openflow_fail (error, OPENFLOW_ERROR_FLOW_OVERLAP, "a flow of priority %u in table %u overlaps",
                          mod->priority, mod->table);
  if (!old && tables->n_flows >= OVS_FLOWS_MAX)
    return openflow_fail (error, OPENFLOW_ERROR_FLOW_TABLE_FULL, "the tables hold %u flows", tables->n_flows);
  flow = g_new0 (OvsFlow, 1);
  flow->match = mod->match;
  flow->priority = mod->priority;
  flow->table = mod->table;
  flow->cookie = mod->cookie;
  flow->idle_timeout = mod->idle_timeout;
  flow->hard_timeout = mod->hard_timeout;
  flow->flags = mod->flags;
  flow->created_ns = flow->modified_ns = flow->used_ns = now_ns;
  take_instructions (flow, mod);
  if (old)
    {
      if (!(mod->flags & OPENFLOW_FLOW_RESET_COUNTS))
        {
          flow->n_packets = old->n_packets;
          flow->n_bytes = old->n_bytes;
        }
      leave (tables, old);
      ovs_flow_free (old);
    }
  enter (tables, flow);
  tables->hear (flow, old ? OVS_FLOW_MODIFIED : OVS_FLOW_ADDED, 0, now_ns, tables->user);
  return TRUE;
}

static void
modify_one (OvsTables *tables, OvsFlow *flow, const OpenflowFlowMod *mod, gint64 now_ns)
{
  openflow_instructions_clear (&flow->instructions);
  openflow_instructions_copy (&flow->instructions, &mod->instructions);
  flow->modified_ns = now_ns;
  if (mod->flags & OPENFLOW_FLOW_RESET_COUNTS)
    flow->n_packets = flow->n_bytes = 0;
  tables->hear (flow, OVS_FLOW_MODIFIED, 0, now_ns, tables->user);
}

/* MODIFY and DELETE, strict ones on the flow of exactly this match and priority. */
static void
change_selected (OvsTables *tables, const OpenflowFlowMod *mod, gint64 now_ns)
{
  gboolean modify = mod->command == OPENFLOW_FLOW_MODIFY || mod->command == OPENFLOW_FLOW_MODIFY_STRICT;
  gboolean strict
      = mod->command == OPENFLOW_FLOW_MODIFY_STRICT || mod->command == OPENFLOW_FLOW_DELETE_STRICT;
  OvsSelection selection = { .table = mod->table,
                             .out_port = modify ? OPENFLOW_PORT_ANY : mod->out_port,
                             .out_group = modify ? OPENFLOW_GROUP_ANY : mod->out_group,
                             .cookie = mod->cookie,
                             .cookie_mask = mod->cookie_mask,
                             .match = &mod->match };
  g_autoptr (GPtrArray) flows = ovs_tables_select (tables, &selection);

  for (guint i = 0; i < flows->len; i++)
    {
      OvsFlow *flow = flows->pdata[i];
      if (strict && (flow->priority != mod->priority || !openflow_match_equal (&flow->match, &mod->match)))
        continue;
      if (modify)
        modify_one (tables, flow, mod, now_ns);
      else
        remove_flow (tables, flow, OPENFLOW_REMOVED_DELETE, now_ns);
    }
}

gboolean
ovs_tables_change (OvsTables *tables, OpenflowFlowMod *mod, gint64 now_ns, GError **error)
{
  gboolean is_delete = mod->command == OPENFLOW_FLOW_DELETE || mod->command == OPENFLOW_FLOW_DELETE_STRICT;

  if (mod->table >= OVS_N_TABLES && !(is_delete && mod->table == OPENFLOW_TABLE_ALL))
    return openflow_fail (error, OPENFLOW_ERROR_FLOW_BAD_TABLE, "there is no table %u; they are 0 to %u",
                          mod->table, OVS_N_TABLES - 1);
  if (mod->command == OPENFLOW_FLOW_ADD)
    return add (tables, mod, now_ns, error);
  change_selected (tables, mod, now_ns);
  return TRUE;
}

gboolean
ovs_tables_renew (OvsTables *tables, const OpenflowFlowMod *mod, gint64 now_ns)
{
  OvsFlow *flow;

  if (mod->table >= OVS_N_TABLES)
    return FALSE;
  flow = ovs_classifier_find (&tables->table[mod->table].classifier, &mod->match, mod->priority);
  if (!flow)
    return FALSE;
  if (flow->cookie == mod->cookie && openflow_instructions_equal (&flow->instructions, &mod->instructions))
    {
      flow->modified_ns = now_ns;
      return TRUE;
    }
  flow->cookie = mod->cookie;
  modify_one (tables, flow, mod, now_ns);
  return TRUE;
}

void
ovs_tables_forget_group (OvsTables *tables, guint32 group, gint64 now_ns)
{
  OvsSelection selection = { .table = OPENFLOW_TABLE_ALL, .out_port = OPENFLOW_PORT_ANY, .out_group = group };
  g_autoptr (GPtrArray) flows = ovs_tables_select (tables, &selection);

  for (guint i = 0; i < flows->len; i++)
    remove_flow (tables, flows->pdata[i], OPENFLOW_REMOVED_GROUP_DELETE, now_ns);
}

static gboolean
is_metered (const OvsFlow *flow, guint32 meter)
{
  return flow->instructions.has_meter && flow->instructions.meter == meter;
}

guint
ovs_tables_n_metered (const OvsTables *tables, guint32 meter)
{
  guint n = 0;

  for (guint i = 0; i < OVS_N_TABLES; i++)
    for (const OvsFlow *flow = tables->table[i].first; flow; flow = flow->next)
      n += is_metered (flow, meter);
  return n;
}

void
ovs_tables_forget_meter (OvsTables *tables, guint32 meter, gint64 now_ns)
{
  for (guint i = 0; i < OVS_N_TABLES; i++)
    for (OvsFlow *flow = tables->table[i].first, *next; flow; flow = next)
      {
        next = flow->next;
        if (is_metered (flow, meter))
          remove_flow (tables, flow, OPENFLOW_REMOVED_DELETE, now_ns);
      }
}

gboolean
ovs_tables_expire (OvsTables *tables, gint64 now_ns)
{
  for (guint i = 0; i < OVS_N_TABLES && tables->n_timed; i++)
    for (OvsFlow *flow = tables->table[i].first, *next; flow; flow = next)
      {
        next = flow->next;
        if (flow->hard_timeout && now_ns >= flow->modified_ns + flow->hard_timeout * NET_SEC)
          remove_flow (tables, flow, OPENFLOW_REMOVED_HARD_TIMEOUT, now_ns);
        else if (flow->idle_timeout && now_ns >= flow->used_ns + flow->idle_timeout * NET_SEC)
          remove_flow (tables, flow, OPENFLOW_REMOVED_IDLE_TIMEOUT, now_ns);
      }
  return tables->n_timed > 0;
}
