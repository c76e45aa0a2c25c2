/* Dumps. */
#include "models/ovs/dump.h"

#include "openflow/text.h"

void
ovs_dump_flows (const OvsTables *tables, GString *out)
{
  const OvsSelection all
      = { .table = OPENFLOW_TABLE_ALL, .out_port = OPENFLOW_PORT_ANY, .out_group = OPENFLOW_GROUP_ANY };
  g_autoptr (GPtrArray) flows = ovs_tables_select (tables, &all);

  for (guint i = 0; i < flows->len; i++)
    {
      const OvsFlow *flow = flows->pdata[i];
      const OpenflowFlowMod mod = { .cookie = flow->cookie,
                                    .table = flow->table,
                                    .idle_timeout = flow->idle_timeout,
                                    .hard_timeout = flow->hard_timeout,
                                    .flags = flow->flags,
                                    .priority = flow->priority,
                                    .match = flow->match,
                                    .instructions = flow->instructions };
      openflow_flow_print (&mod, out);
      g_string_append_c (out, '\n');
    }
}

void
ovs_dump_groups (const OvsGroups *groups, GString *out)
{
  for (guint i = 0; i < ovs_groups_n (groups); i++)
    {
      const OvsGroup *group = ovs_groups_at (groups, i);
      openflow_group_print (group->type, group->id, &group->buckets, out);
      g_string_append_c (out, '\n');
    }
}
