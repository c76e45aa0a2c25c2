/* The flood groups of an ELAN on a compute, and the ARP responder's. */
#include "models/odl/flows.h"

void
odl_group_local_flood (OpenflowGroupMod *out, guint16 tag, const guint32 *lports, guint n_lports)
{
  openflow_group_mod_init (out, OPENFLOW_GROUP_ADD, OPENFLOW_GROUP_TYPE_ALL, odl_group_local (tag));
  for (guint i = 0; i < n_lports; i++)
    {
      OpenflowActions *actions = &openflow_buckets_add (&out->buckets, OPENFLOW_GROUP_TYPE_ALL)->actions;

      openflow_actions_set_field (actions, OPENFLOW_FIELD_TUNNEL_ID, lports[i]);
      openflow_actions_resubmit (actions, ODL_TABLE_FILTER_EQUALS);
    }
}

void
odl_group_full_flood (OpenflowGroupMod *out, guint16 tag, guint32 vni, const guint32 *tunnels,
                      guint n_tunnels)
{
  openflow_group_mod_init (out, OPENFLOW_GROUP_ADD, OPENFLOW_GROUP_TYPE_ALL, odl_group_full (tag));
  openflow_actions_group (&openflow_buckets_add (&out->buckets, OPENFLOW_GROUP_TYPE_ALL)->actions,
                          odl_group_local (tag));
  for (guint i = 0; i < n_tunnels; i++)
    {
      OpenflowActions *actions = &openflow_buckets_add (&out->buckets, OPENFLOW_GROUP_TYPE_ALL)->actions;

      openflow_actions_set_field (actions, OPENFLOW_FIELD_TUNNEL_ID, vni);
      openflow_actions_load (actions, openflow_subfield_whole (OPENFLOW_FIELD_REG (6)),
                             odl_reg6 (tunnels[i]));
      openflow_actions_resubmit (actions, ODL_TABLE_EGRESS);
    }
}

void
odl_group_add_provider (OpenflowGroupMod *group, guint32 lport)
{
  OpenflowActions *actions = &openflow_buckets_add (&group->buckets, OPENFLOW_GROUP_TYPE_ALL)->actions;

  openflow_actions_load (actions, openflow_subfield_whole (OPENFLOW_FIELD_REG (6)), odl_reg6 (lport));
  openflow_actions_resubmit (actions, ODL_TABLE_EGRESS);
}

void
odl_group_arp (OpenflowGroupMod *out)
{
  openflow_group_mod_init (out, OPENFLOW_GROUP_ADD, OPENFLOW_GROUP_TYPE_ALL, ODL_GROUP_ARP);
  openflow_actions_resubmit (&openflow_buckets_add (&out->buckets, OPENFLOW_GROUP_TYPE_ALL)->actions,
                             ODL_TABLE_ARP_RESPONDER);
}
