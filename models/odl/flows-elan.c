/* Tables 36, 38, 52 and 55: how an ELAN's frames enter from tunnels, and how they are flooded. */
#include "models/odl/flows.h"

static void
tunnel_to_elan (OpenflowFlowMod *out, guint8 table, guint64 cookie, guint16 tag, guint32 vni)
{
  openflow_flow_mod_init (out, OPENFLOW_FLOW_ADD, table, 5);
  out->cookie = cookie + tag;
  openflow_match_set (&out->match, OPENFLOW_FIELD_TUNNEL_ID, vni);
  /* The mask clears the tunnel's lport, so that the filter of table 55 stops nobody; split horizon stays. */
  openflow_instructions_write_metadata (&out->instructions, odl_meta_elan (tag), ODL_META_LPORT_ELAN_MASK);
  openflow_instructions_goto (&out->instructions, ODL_TABLE_DMAC);
}

void
odl_flow_internal_tunnel (OpenflowFlowMod *out, guint16 tag, guint32 vni)
{
  tunnel_to_elan (out, ODL_TABLE_INTERNAL_TUNNEL, ODL_COOKIE_INTERNAL_TUNNEL, tag, vni);
}

void
odl_flow_external_tunnel (OpenflowFlowMod *out, guint16 tag, guint32 vni)
{
  tunnel_to_elan (out, ODL_TABLE_EXTERNAL_TUNNEL, ODL_COOKIE_EXTERNAL_TUNNEL, tag, vni);
}

void
odl_flow_unknown_dmac (OpenflowFlowMod *out, guint16 tag, gboolean split_horizon)
{
  openflow_flow_mod_init (out, OPENFLOW_FLOW_ADD, ODL_TABLE_UNKNOWN_DMAC, 5);
  out->cookie = ODL_COOKIE_UNKNOWN + tag;
  openflow_match_set_masked (&out->match, OPENFLOW_FIELD_METADATA,
                             odl_meta_elan (tag) | (split_horizon ? ODL_META_SH : 0), ODL_META_ELAN_SH_MASK);
  openflow_actions_group (openflow_instructions_write (&out->instructions),
                          split_horizon ? odl_group_local (tag) : odl_group_full (tag));
}

void
odl_flow_filter_pass (OpenflowFlowMod *out, guint32 lport)
{
  OpenflowActions *apply;

  openflow_flow_mod_init (out, OPENFLOW_FLOW_ADD, ODL_TABLE_FILTER_EQUALS, 11);
  out->cookie = ODL_COOKIE_FILTER + lport;
  openflow_match_set (&out->match, OPENFLOW_FIELD_TUNNEL_ID, lport);
  apply = openflow_instructions_apply (&out->instructions);
  openflow_actions_load (apply, openflow_subfield_whole (OPENFLOW_FIELD_REG (6)), odl_reg6 (lport));
  openflow_actions_resubmit (apply, ODL_TABLE_EGRESS);
}

void
odl_flow_filter_sender (OpenflowFlowMod *out, guint32 lport)
{
  openflow_flow_mod_init (out, OPENFLOW_FLOW_ADD, ODL_TABLE_FILTER_EQUALS, 12);
  out->cookie = ODL_COOKIE_FILTER + lport;
  openflow_match_set (&out->match, OPENFLOW_FIELD_TUNNEL_ID, lport);
  openflow_match_set_masked (&out->match, OPENFLOW_FIELD_METADATA, odl_meta_lport (lport),
                             ODL_META_LPORT_MASK);
}
