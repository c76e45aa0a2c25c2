/* The wanted flows and groups of a compute, and their way to it. */
#include "models/odl/forwarding.h"
#include "models/odl/of-session.h"
#include "models/odl/pipeline.h"
#include "openflow/text.h"

static void
flow_free (gpointer flow)
{
  openflow_flow_mod_clear (flow);
  g_free (flow);
}

static void
group_free (gpointer group)
{
  openflow_group_mod_clear (group);
  g_free (group);
}

void
odl_forwarding_init (OdlCompute *compute)
{
  odl_registry_init (&compute->flows, flow_free);
  odl_registry_init (&compute->groups, group_free);
}

void
odl_forwarding_clear (OdlCompute *compute)
{
  odl_registry_clear (&compute->flows);
  odl_registry_clear (&compute->groups);
}

/* Sorts by table, then from the highest priority down. */
static char *
flow_key (guint8 table, guint16 priority, const OpenflowMatch *match)
{
  GString *key = g_string_new (NULL);

  g_string_printf (key, "%03u %05u ", table, 0xffffu - priority);
  openflow_match_print (match, key);
  return g_string_free (key, FALSE);
}

/* Local groups stand before the full groups that refer to them: their ids are lower. */
static char *
group_key (guint32 id)
{
  return g_strdup_printf ("%010u", id);
}

static gboolean
flow_equal (const OpenflowFlowMod *a, const OpenflowFlowMod *b)
{
  return a->cookie == b->cookie && a->idle_timeout == b->idle_timeout && a->hard_timeout == b->hard_timeout
         && a->flags == b->flags && openflow_instructions_equal (&a->instructions, &b->instructions);
}

static gboolean
group_equal (const OpenflowGroupMod *a, const OpenflowGroupMod *b)
{
  if (a->type != b->type || a->buckets.n != b->buckets.n)
    return FALSE;
  for (guint i = 0; i < a->buckets.n; i++)
    if (!openflow_actions_equal (&a->buckets.items[i].actions, &b->buckets.items[i].actions))
      return FALSE;
  return TRUE;
}

void
odl_forwarding_write (OdlCompute *compute, OpenflowFlowMod *flow)
{
  g_autofree char *key = flow_key (flow->table, flow->priority, &flow->match);
  const OpenflowFlowMod *before = odl_registry_find (&compute->flows, key);

  if (before && flow_equal (before, flow))
    {
      openflow_flow_mod_clear (flow);
      return;
    }
  flow->command = OPENFLOW_FLOW_ADD;
  if (compute->openflow)
    odl_of_session_flow (compute->openflow, flow);
  odl_registry_put (&compute->flows, key, g_memdup2 (flow, sizeof *flow));
}

void
odl_forwarding_remove (OdlCompute *compute, OpenflowFlowMod *flow)
{
  g_autofree char *key = flow_key (flow->table, flow->priority, &flow->match);

  if (odl_registry_remove (&compute->flows, key) && compute->openflow)
    {
      openflow_instructions_clear (&flow->instructions);
      flow->command = OPENFLOW_FLOW_DELETE_STRICT;
      flow->flags = 0;
      flow->idle_timeout = flow->hard_timeout = 0;
      odl_of_session_flow (compute->openflow, flow);
    }
  openflow_flow_mod_clear (flow);
}

void
odl_forwarding_forget (OdlCompute *compute, guint8 table, guint16 priority, const OpenflowMatch *match)
{
  g_autofree char *key = flow_key (table, priority, match);

  odl_registry_remove (&compute->flows, key);
}

void
odl_forwarding_write_group (OdlCompute *compute, OpenflowGroupMod *group)
{
  g_autofree char *key = group_key (group->id);
  const OpenflowGroupMod *before = odl_registry_find (&compute->groups, key);

  if (before && group_equal (before, group))
    {
      openflow_group_mod_clear (group);
      return;
    }
  group->command = before ? OPENFLOW_GROUP_MODIFY : OPENFLOW_GROUP_ADD;
  if (compute->openflow)
    odl_of_session_group (compute->openflow, group);
  odl_registry_put (&compute->groups, key, g_memdup2 (group, sizeof *group));
}

void
odl_forwarding_remove_group (OdlCompute *compute, guint32 id)
{
  g_autofree char *key = group_key (id);

  if (odl_registry_remove (&compute->groups, key) && compute->openflow)
    {
      g_auto (OpenflowGroupMod) group;

      openflow_group_mod_init (&group, OPENFLOW_GROUP_DELETE, OPENFLOW_GROUP_TYPE_ALL, id);
      odl_of_session_group (compute->openflow, &group);
    }
}

static gboolean
is_present (const GArray *present, guint32 id)
{
  for (guint i = 0; i < present->len; i++)
    if (g_array_index (present, guint32, i) == id)
      return TRUE;
  return FALSE;
}

/* The group as it goes out to a compute that comes (again). */
static void
push_group (OdlCompute *compute, OpenflowGroupMod *group, const OdlBugs *bugs)
{
  /* The ports of a compute that comes back are not known yet when its groups are made. */
  if (compute->was_up && odl_bug_on (bugs, ODL_BUG_BC_AFTER_RESTART))
    {
      g_auto (OpenflowGroupMod) empty;

      openflow_group_mod_init (&empty, group->command, group->type, group->id);
      odl_of_session_group (compute->openflow, &empty);
      return;
    }
  odl_of_session_group (compute->openflow, group);
}

/* Does the flow let in what TORs send: table 0 of their tunnels, table 18's miss? */
static gboolean
lets_tors_in (const OpenflowFlowMod *flow)
{
  if (flow->table == ODL_TABLE_DHCP_EXTERNAL)
    return flow->priority == 0;
  return flow->table == ODL_TABLE_INGRESS && flow->instructions.goto_table == ODL_TABLE_DHCP_EXTERNAL;
}

void
odl_forwarding_push (OdlCompute *compute, const GArray *present, const OdlBugs *bugs)
{
  for (guint i = 0; i < odl_registry_n (&compute->groups); i++)
    {
      OpenflowGroupMod *group = odl_registry_at (&compute->groups, i);

      group->command = is_present (present, group->id) ? OPENFLOW_GROUP_MODIFY : OPENFLOW_GROUP_ADD;
      push_group (compute, group, bugs);
    }
  for (guint i = 0; i < odl_registry_n (&compute->flows); i++)
    {
      const OpenflowFlowMod *flow = odl_registry_at (&compute->flows, i);

      /* They are remembered as written, whatever the switch has lost. */
      if (compute->was_up && odl_bug_on (bugs, ODL_BUG_CACHE_NEVER_CLEARED) && lets_tors_in (flow))
        continue;
      odl_of_session_flow (compute->openflow, flow);
    }
  compute->was_up = TRUE;
}

char *
odl_forwarding_dump (const OdlCompute *compute)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < odl_registry_n (&compute->groups); i++)
    {
      const OpenflowGroupMod *group = odl_registry_at (&compute->groups, i);

      openflow_group_print (group->type, group->id, &group->buckets, text);
      g_string_append_c (text, '\n');
    }
  for (guint i = 0; i < odl_registry_n (&compute->flows); i++)
    {
      openflow_flow_print (odl_registry_at (&compute->flows, i), text);
      g_string_append_c (text, '\n');
    }
  return g_string_free (text, FALSE);
}
