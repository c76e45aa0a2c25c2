/* Flows from packets. */
#include "models/ovs/learn.h"

static void
add_spec (const OpenflowLearnSpec *spec, const OpenflowFields *fields, OpenflowFlowMod *mod)
{
  static const OpenflowValue ones = { G_MAXUINT64, G_MAXUINT64 };
  OpenflowValue value = spec->immediate ? spec->value : openflow_subfield_get (fields, spec->from);

  switch (spec->use)
    {
    case OPENFLOW_LEARN_MATCH:
      openflow_subfield_set (&mod->match.mask, spec->to, ones);
      openflow_subfield_set (&mod->match.value, spec->to, value);
      break;
    case OPENFLOW_LEARN_LOAD:
      openflow_actions_load (openflow_instructions_apply (&mod->instructions), spec->to, value.low);
      break;
    case OPENFLOW_LEARN_OUTPUT:
      openflow_actions_output (openflow_instructions_apply (&mod->instructions), (guint32) value.low);
      break;
    }
}

void
ovs_learn (OvsTables *tables, const OpenflowLearn *learn, const OpenflowFields *fields, gint64 now_ns)
{
  g_auto (OpenflowFlowMod) mod;

  openflow_flow_mod_init (&mod, OPENFLOW_FLOW_ADD, learn->table, learn->priority);
  mod.cookie = learn->cookie;
  mod.idle_timeout = learn->idle_timeout;
  mod.hard_timeout = learn->hard_timeout;
  mod.flags = learn->flags & OPENFLOW_LEARN_SEND_FLOW_REMOVED ? OPENFLOW_FLOW_SEND_REMOVED : 0;
  for (guint i = 0; i < learn->specs->len; i++)
    add_spec (&g_array_index (learn->specs, OpenflowLearnSpec, i), fields, &mod);
  if (!openflow_match_check (&mod.match, NULL))
    return;
  if (!ovs_tables_renew (tables, &mod, now_ns))
    ovs_tables_change (tables, &mod, now_ns, NULL);
}
