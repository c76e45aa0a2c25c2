/* Tables 50 and 51: sources that need not be learnt, destinations that need not be flooded. */
#include "models/odl/flows.h"

void
odl_flow_smac (OpenflowFlowMod *out, guint16 tag, guint32 lport, const NetMac *mac, guint16 idle_seconds)
{
  openflow_flow_mod_init (out, OPENFLOW_FLOW_ADD, ODL_TABLE_SMAC, 20);
  out->cookie = ODL_COOKIE_SMAC + tag;
  out->idle_timeout = idle_seconds;
  out->flags = idle_seconds ? OPENFLOW_FLOW_SEND_REMOVED : 0;
  openflow_match_set_masked (&out->match, OPENFLOW_FIELD_METADATA,
                             odl_meta_lport (lport) | odl_meta_elan (tag), ODL_META_LPORT_ELAN_MASK);
  openflow_match_set_mac (&out->match, OPENFLOW_FIELD_ETH_SRC, mac);
  openflow_instructions_goto (&out->instructions, ODL_TABLE_DMAC);
}

/* The match, and nothing done yet. */
static void
dmac_init (OpenflowFlowMod *out, guint16 tag, const NetMac *mac, guint64 metadata, guint64 mask)
{
  openflow_flow_mod_init (out, OPENFLOW_FLOW_ADD, ODL_TABLE_DMAC, 20);
  out->cookie = ODL_COOKIE_DMAC + tag;
  openflow_match_set_masked (&out->match, OPENFLOW_FIELD_METADATA, odl_meta_elan (tag) | metadata, mask);
  openflow_match_set_mac (&out->match, OPENFLOW_FIELD_ETH_DST, mac);
}

static void
send_by (OpenflowActions *actions, guint32 lport)
{
  openflow_actions_load (actions, openflow_subfield_whole (OPENFLOW_FIELD_REG (6)), odl_reg6 (lport));
  openflow_actions_resubmit (actions, ODL_TABLE_EGRESS);
}

void
odl_flow_dmac_local (OpenflowFlowMod *out, guint16 tag, const NetMac *mac, guint32 lport)
{
  dmac_init (out, tag, mac, 0, ODL_META_ELAN_MASK);
  send_by (openflow_instructions_apply (&out->instructions), lport);
}

static void
send_into_tunnel (OpenflowFlowMod *out, guint32 vni, guint32 lport)
{
  OpenflowActions *apply = openflow_instructions_apply (&out->instructions);

  openflow_actions_set_field (apply, OPENFLOW_FIELD_TUNNEL_ID, vni);
  send_by (apply, lport);
}

void
odl_flow_dmac_compute (OpenflowFlowMod *out, guint16 tag, const NetMac *mac, guint32 vni, guint32 lport,
                       gboolean local_only)
{
  dmac_init (out, tag, mac, 0, local_only ? ODL_META_ELAN_SH_MASK : ODL_META_ELAN_MASK);
  send_into_tunnel (out, vni, lport);
}

void
odl_flow_dmac_tor (OpenflowFlowMod *out, guint16 tag, const NetMac *mac, guint32 vni, guint32 lport)
{
  dmac_init (out, tag, mac, 0, ODL_META_ELAN_SH_MASK);
  send_into_tunnel (out, vni, lport);
}

void
odl_flow_dmac_stop (OpenflowFlowMod *out, guint16 tag, const NetMac *mac)
{
  dmac_init (out, tag, mac, ODL_META_SH, ODL_META_ELAN_SH_MASK);
}
