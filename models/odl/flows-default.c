/* The flows that every compute gets when it comes, whatever networks it will carry: misses, the ARP tables, learning
 * of sources. */
#include "models/odl/flows.h"

#define ETHERTYPE_ARP    0x0806u
#define REG4_LEARNT_BITS ((OpenflowSubfield){ OPENFLOW_FIELD_REG (4), 0, 8 })
#define REG4_SENDER_BITS ((OpenflowSubfield){ OPENFLOW_FIELD_REG (4), 8, 8 })
#define ELAN_BITS        ((OpenflowSubfield){ OPENFLOW_FIELD_METADATA, 24, 16 })

static void
miss (OpenflowFlowMod *out, guint8 table, guint8 next, guint64 cookie)
{
  openflow_flow_mod_init (out, OPENFLOW_FLOW_ADD, table, 0);
  out->cookie = cookie;
  openflow_instructions_goto (&out->instructions, next);
}

/* ---- table 43: ARP is looked at by the responder and by learning, and goes on -------------------------------- */

static void
arp_check (OpenflowFlowMod *out, guint16 op)
{
  OpenflowActions *apply;

  openflow_flow_mod_init (out, OPENFLOW_FLOW_ADD, ODL_TABLE_ARP_CHECK, 100);
  out->cookie = ODL_COOKIE_ARP;
  openflow_match_set (&out->match, OPENFLOW_FIELD_ETH_TYPE, ETHERTYPE_ARP);
  openflow_match_set (&out->match, OPENFLOW_FIELD_ARP_OP, op);
  apply = openflow_instructions_apply (&out->instructions);
  if (op == 1)
    openflow_actions_group (apply, ODL_GROUP_ARP);
  openflow_actions_resubmit (apply, ODL_TABLE_ARP_LEARN);
  openflow_actions_resubmit (apply, ODL_TABLE_ARP_LEARN_SPA);
  openflow_actions_resubmit (apply, ODL_TABLE_ELAN_BASE);
}

static void
arp_request_check (OpenflowFlowMod *out)
{
  arp_check (out, 1);
}

static void
arp_reply_check (OpenflowFlowMod *out)
{
  arp_check (out, 2);
}

static void
arp_check_miss (OpenflowFlowMod *out)
{
  miss (out, ODL_TABLE_ARP_CHECK, ODL_TABLE_ELAN_BASE, ODL_COOKIE_ARP);
}

/* ---- table 48: ELAN base ------------------------------------------------------------------------------------- */

static void
resubmit_to_sources (OpenflowActions *apply)
{
  openflow_actions_resubmit (apply, ODL_TABLE_LEARNT_SMAC);
  openflow_actions_resubmit (apply, ODL_TABLE_SMAC);
}

/* reg4 says what tables 195 and 196 have seen within the last seconds: an ARP with these addresses (0x01), and one
 * whose sender asked for itself (0x0100). */
static void
elan_base_arp (OpenflowFlowMod *out, guint64 reg4)
{
  OpenflowActions *apply;

  openflow_flow_mod_init (out, OPENFLOW_FLOW_ADD, ODL_TABLE_ELAN_BASE, 100);
  out->cookie = ODL_COOKIE_BASE;
  openflow_match_set (&out->match, OPENFLOW_FIELD_ETH_TYPE, ETHERTYPE_ARP);
  openflow_match_set_masked (&out->match, OPENFLOW_FIELD_REG (4), reg4, 0xffff);
  apply = openflow_instructions_apply (&out->instructions);
  openflow_actions_load (apply, openflow_subfield_whole (OPENFLOW_FIELD_REG (4)), 0);
  if (reg4 == 0x101)
    openflow_actions_controller (apply);
  resubmit_to_sources (apply);
}

static void
elan_base_gratuitous (OpenflowFlowMod *out)
{
  elan_base_arp (out, 0x101);
}

static void
elan_base_repeated (OpenflowFlowMod *out)
{
  elan_base_arp (out, 0x1);
}

static void
elan_base_miss (OpenflowFlowMod *out)
{
  openflow_flow_mod_init (out, OPENFLOW_FLOW_ADD, ODL_TABLE_ELAN_BASE, 0);
  out->cookie = ODL_COOKIE_BASE;
  resubmit_to_sources (openflow_instructions_apply (&out->instructions));
}

/* ---- table 50: sources --------------------------------------------------------------------------------------- */

static void
smac_learnt (OpenflowFlowMod *out)
{
  openflow_flow_mod_init (out, OPENFLOW_FLOW_ADD, ODL_TABLE_SMAC, 10);
  out->cookie = ODL_COOKIE_SMAC;
  openflow_match_set (&out->match, OPENFLOW_FIELD_REG (4), 1);
  openflow_instructions_goto (&out->instructions, ODL_TABLE_DMAC);
}

/* An unknown source goes to the controller once; the learnt flow keeps its next frames away from there. */
static void
smac_miss (OpenflowFlowMod *out)
{
  OpenflowLearn *learn = openflow_learn_new (ODL_TABLE_LEARNT_SMAC, 0);
  OpenflowActions *apply;

  learn->hard_timeout = ODL_TEMP_SMAC_SECONDS;
  learn->cookie = ODL_COOKIE_LEARNT_SMAC;
  openflow_learn_match_same (learn, openflow_subfield_whole (OPENFLOW_FIELD_ETH_SRC));
  openflow_learn_match_same (learn, (OpenflowSubfield){ OPENFLOW_FIELD_REG (1), 0, 20 });
  openflow_learn_load_value (learn, REG4_LEARNT_BITS, 1);
  openflow_flow_mod_init (out, OPENFLOW_FLOW_ADD, ODL_TABLE_SMAC, 0);
  out->cookie = ODL_COOKIE_SMAC;
  apply = openflow_instructions_apply (&out->instructions);
  openflow_actions_controller (apply);
  openflow_actions_learn (apply, learn);
  openflow_instructions_goto (&out->instructions, ODL_TABLE_DMAC);
}

/* ---- table 51: destinations ---------------------------------------------------------------------------------- */

static void
dmac_reserved (OpenflowFlowMod *out)
{
  openflow_flow_mod_init (out, OPENFLOW_FLOW_ADD, ODL_TABLE_DMAC, 15);
  out->cookie = ODL_COOKIE_DMAC;
  openflow_match_set_masked (&out->match, OPENFLOW_FIELD_ETH_DST, G_GUINT64_CONSTANT (0x0180c2000000),
                             G_GUINT64_CONSTANT (0xfffffffffff0));
}

static void
dmac_miss (OpenflowFlowMod *out)
{
  miss (out, ODL_TABLE_DMAC, ODL_TABLE_UNKNOWN_DMAC, ODL_COOKIE_DMAC);
}

/* ---- tables 81 and 195 --------------------------------------------------------------------------------------- */

static void
arp_responder_miss (OpenflowFlowMod *out)
{
  openflow_flow_mod_init (out, OPENFLOW_FLOW_ADD, ODL_TABLE_ARP_RESPONDER, 0);
  out->cookie = ODL_COOKIE_ARP;
}

/* Matches later ARPs of this ELAN and operation whose target is `target` of this one, and marks them in reg4. */
static OpenflowLearn *
arp_suppression (guint8 table, OpenflowFieldId target, OpenflowSubfield mark)
{
  OpenflowLearn *learn = openflow_learn_new (table, 10);

  learn->hard_timeout = ODL_ARP_PUNT_SECONDS;
  learn->cookie = ODL_COOKIE_ARP_PUNT;
  openflow_learn_match_value (learn, openflow_subfield_whole (OPENFLOW_FIELD_ETH_TYPE), ETHERTYPE_ARP);
  openflow_learn_match_same (learn, openflow_subfield_whole (OPENFLOW_FIELD_ARP_OP));
  openflow_learn_match_field (learn, openflow_subfield_whole (target),
                              openflow_subfield_whole (OPENFLOW_FIELD_ARP_TPA));
  openflow_learn_match_same (learn, ELAN_BITS);
  openflow_learn_load_value (learn, mark, 1);
  return learn;
}

static void
arp_punt (OpenflowFlowMod *out)
{
  OpenflowActions *apply;

  openflow_flow_mod_init (out, OPENFLOW_FLOW_ADD, ODL_TABLE_ARP_LEARN, 0);
  out->cookie = ODL_COOKIE_ARP_PUNT;
  openflow_match_set (&out->match, OPENFLOW_FIELD_ETH_TYPE, ETHERTYPE_ARP);
  apply = openflow_instructions_apply (&out->instructions);
  openflow_actions_controller (apply);
  openflow_actions_learn (apply,
                          arp_suppression (ODL_TABLE_ARP_LEARN, OPENFLOW_FIELD_ARP_TPA, REG4_LEARNT_BITS));
  openflow_actions_learn (
      apply, arp_suppression (ODL_TABLE_ARP_LEARN_SPA, OPENFLOW_FIELD_ARP_SPA, REG4_SENDER_BITS));
}

/* -------------------------------------------------------------------------------------------------------------- */

static void (*const defaults[]) (OpenflowFlowMod *out) = {
  arp_request_check,  arp_reply_check, arp_check_miss,     elan_base_gratuitous,
  elan_base_repeated, elan_base_miss,  smac_learnt,        smac_miss,
  dmac_reserved,      dmac_miss,       arp_responder_miss, arp_punt,
};

guint
odl_flow_n_defaults (void)
{
  return G_N_ELEMENTS (defaults);
}

void
odl_flow_default (OpenflowFlowMod *out, guint index)
{
  defaults[index](out);
}
