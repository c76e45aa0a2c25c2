/* Tables 0, 17 and 220: what binds a switch port to its lport tag. */
#include "models/odl/flows.h"

#define VLAN_TCI_UNTAGGED_MASK 0x1fffu /* the tag's presence and its VLAN id */
#define ETHERTYPE_VLAN         0x8100u

void
odl_flow_vm_ingress (OpenflowFlowMod *out, guint32 of_port, guint32 lport)
{
  openflow_flow_mod_init (out, OPENFLOW_FLOW_ADD, ODL_TABLE_INGRESS, 4);
  out->cookie = ODL_COOKIE_VM_INGRESS;
  openflow_match_set (&out->match, OPENFLOW_FIELD_IN_PORT, of_port);
  openflow_match_set_masked (&out->match, OPENFLOW_FIELD_VLAN_TCI, 0, VLAN_TCI_UNTAGGED_MASK);
  openflow_instructions_write_metadata (&out->instructions, odl_meta_lport (lport),
                                        ODL_META_INDEX_LPORT_MASK | ODL_META_SH);
  openflow_instructions_goto (&out->instructions, ODL_TABLE_DISPATCHER);
}

void
odl_flow_tunnel_ingress (OpenflowFlowMod *out, guint32 of_port, guint32 lport, guint8 next_table)
{
  openflow_flow_mod_init (out, OPENFLOW_FLOW_ADD, ODL_TABLE_INGRESS, 5);
  out->cookie = ODL_COOKIE_TUNNEL_INGRESS;
  openflow_match_set (&out->match, OPENFLOW_FIELD_IN_PORT, of_port);
  openflow_instructions_write_metadata (&out->instructions, odl_meta_lport (lport) | ODL_META_SH,
                                        ODL_META_LPORT_SH_MASK);
  openflow_instructions_goto (&out->instructions, next_table);
}

void
odl_flow_elan_dispatcher (OpenflowFlowMod *out, guint32 lport, guint16 tag, guint index)
{
  OpenflowActions *apply;

  openflow_flow_mod_init (out, OPENFLOW_FLOW_ADD, ODL_TABLE_DISPATCHER, 10);
  out->cookie = ODL_COOKIE_DISPATCHER;
  openflow_match_set_masked (&out->match, OPENFLOW_FIELD_METADATA,
                             odl_meta_index (index) | odl_meta_lport (lport), ODL_META_INDEX_LPORT_MASK);
  apply = openflow_instructions_apply (&out->instructions);
  openflow_actions_load (apply, (OpenflowSubfield){ OPENFLOW_FIELD_REG (1), 0, 20 }, lport);
  openflow_actions_load (apply, (OpenflowSubfield){ OPENFLOW_FIELD_REG (7), 0, 16 }, tag);
  openflow_instructions_write_metadata (&out->instructions,
                                        odl_meta_index (ODL_SERVICE_AFTER_ELAN) | odl_meta_lport (lport)
                                            | odl_meta_elan (tag),
                                        ODL_META_DISPATCHER_MASK);
  openflow_instructions_goto (&out->instructions, ODL_TABLE_ARP_CHECK);
}

void
odl_flow_dhcp_dispatcher (OpenflowFlowMod *out, guint32 lport, guint index)
{
  openflow_flow_mod_init (out, OPENFLOW_FLOW_ADD, ODL_TABLE_DISPATCHER, 10);
  out->cookie = ODL_COOKIE_VM_INGRESS;
  openflow_match_set_masked (&out->match, OPENFLOW_FIELD_METADATA,
                             odl_meta_index (index) | odl_meta_lport (lport), ODL_META_INDEX_LPORT_MASK);
  openflow_instructions_write_metadata (&out->instructions,
                                        odl_meta_index (ODL_SERVICE_ELAN) | odl_meta_lport (lport),
                                        ODL_META_DISPATCHER_MASK);
  openflow_instructions_goto (&out->instructions, ODL_TABLE_DHCP);
}

void
odl_flow_acl_dispatcher (OpenflowFlowMod *out, guint32 lport, guint next)
{
  openflow_flow_mod_init (out, OPENFLOW_FLOW_ADD, ODL_TABLE_DISPATCHER, 10);
  out->cookie = ODL_COOKIE_VM_INGRESS;
  openflow_match_set_masked (&out->match, OPENFLOW_FIELD_METADATA,
                             odl_meta_index (ODL_SERVICE_FIRST) | odl_meta_lport (lport),
                             ODL_META_INDEX_LPORT_MASK);
  openflow_instructions_write_metadata (&out->instructions, odl_meta_index (next) | odl_meta_lport (lport),
                                        ODL_META_DISPATCHER_MASK);
  openflow_instructions_goto (&out->instructions, ODL_TABLE_ACL_FROM_VM);
}

/* Metadata holds the receiver's lport from here on. */
void
odl_flow_acl_egress (OpenflowFlowMod *out, guint32 lport)
{
  openflow_flow_mod_init (out, OPENFLOW_FLOW_ADD, ODL_TABLE_EGRESS, 6);
  out->cookie = ODL_COOKIE_ACL;
  openflow_match_set (&out->match, OPENFLOW_FIELD_REG (6), odl_reg6 (lport));
  openflow_actions_load (openflow_instructions_apply (&out->instructions),
                         openflow_subfield_whole (OPENFLOW_FIELD_REG (6)),
                         odl_reg6_index (ODL_EGRESS_OUTPUT) | odl_reg6 (lport));
  openflow_instructions_write_metadata (&out->instructions, odl_meta_lport (lport), ODL_META_LPORT_MASK);
  openflow_instructions_goto (&out->instructions, ODL_TABLE_ACL_TO_VM);
}

void
odl_flow_egress (OpenflowFlowMod *out, guint32 lport, guint32 of_port, guint index)
{
  openflow_flow_mod_init (out, OPENFLOW_FLOW_ADD, ODL_TABLE_EGRESS, 9);
  out->cookie = ODL_COOKIE_EGRESS;
  openflow_match_set (&out->match, OPENFLOW_FIELD_REG (6), odl_reg6_index (index) | odl_reg6 (lport));
  openflow_actions_output (openflow_instructions_apply (&out->instructions), of_port);
}

/* ---- provider ports ------------------------------------------------------------------------------------------ */

void
odl_flow_provider_ingress (OpenflowFlowMod *out, guint32 of_port, guint32 lport, guint16 vlan)
{
  openflow_flow_mod_init (out, OPENFLOW_FLOW_ADD, ODL_TABLE_INGRESS, vlan ? 10 : 1);
  out->cookie = ODL_COOKIE_VM_INGRESS;
  openflow_match_set (&out->match, OPENFLOW_FIELD_IN_PORT, of_port);
  if (vlan)
    {
      openflow_match_set (&out->match, OPENFLOW_FIELD_VLAN_VID, OPENFLOW_VLAN_PRESENT | vlan);
      openflow_actions_add (openflow_instructions_apply (&out->instructions),
                            &(OpenflowAction){ .type = OPENFLOW_ACTION_POP_VLAN });
    }
  openflow_instructions_write_metadata (&out->instructions, odl_meta_lport (lport) | ODL_META_SH,
                                        ODL_META_INDEX_LPORT_MASK | ODL_META_SH);
  openflow_instructions_goto (&out->instructions, ODL_TABLE_DISPATCHER);
}

void
odl_flow_provider_egress (OpenflowFlowMod *out, guint32 lport, guint32 of_port, guint16 vlan)
{
  OpenflowActions *apply;

  openflow_flow_mod_init (out, OPENFLOW_FLOW_ADD, ODL_TABLE_EGRESS, 9);
  out->cookie = ODL_COOKIE_EGRESS;
  openflow_match_set (&out->match, OPENFLOW_FIELD_REG (6), odl_reg6 (lport));
  apply = openflow_instructions_apply (&out->instructions);
  if (vlan)
    {
      openflow_actions_add (
          apply, &(OpenflowAction){ .type = OPENFLOW_ACTION_PUSH_VLAN, .push_ethertype = ETHERTYPE_VLAN });
      openflow_actions_set_field (apply, OPENFLOW_FIELD_VLAN_VID, OPENFLOW_VLAN_PRESENT | vlan);
    }
  openflow_actions_output (apply, of_port);
}

void
odl_flow_provider_stop (OpenflowFlowMod *out, guint32 lport)
{
  openflow_flow_mod_init (out, OPENFLOW_FLOW_ADD, ODL_TABLE_EGRESS, 10);
  out->cookie = ODL_COOKIE_EGRESS;
  openflow_match_set (&out->match, OPENFLOW_FIELD_REG (6), odl_reg6 (lport));
  openflow_match_set_masked (&out->match, OPENFLOW_FIELD_METADATA, ODL_META_SH, ODL_META_SH);
}
