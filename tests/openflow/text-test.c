/* The text form: what is printed is what ovs-ofctl prints, and reading it back changes nothing. */
#include "wire.h"

static void
expect_print (const char *text, const char *expected)
{
  g_auto (OpenflowFlowMod) mod = { 0 };
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  if (!openflow_flow_parse (text, &mod, &error))
    {
      g_print ("# %s: %s\n", text, error->message);
      CU_FAIL ("a flow that must parse");
      return;
    }
  openflow_flow_print (&mod, out);
  if (strcmp (out->str, expected) != 0)
    g_print ("# got      %s\n# expected %s\n", out->str, expected);
  CU_ASSERT_STRING_EQUAL (out->str, expected);
}

static void
expect_same (const char *text)
{
  expect_print (text, text);
}

static void
canonical_flows (void)
{
  expect_same ("cookie=0x8000000,table=0,priority=4,in_port=3,vlan_tci=0x0000/0x1fff,"
               "actions=write_metadata:0x40000000000/0xffffff0000000001,goto_table:17");
  expect_same (
      "table=50,priority=0,actions=CONTROLLER:65535,learn(table=49,hard_timeout=10,priority=0,"
      "cookie=0x8600000,NXM_OF_ETH_SRC[],NXM_NX_REG1[0..19],load:0x1->NXM_NX_REG4[0..7]),goto_table:51");
  expect_same ("table=195,priority=0,arp,actions=learn(table=196,hard_timeout=5,priority=10,eth_type=0x806,"
               "NXM_OF_ARP_OP[],NXM_OF_ARP_SPA[]=NXM_OF_ARP_TPA[],OXM_OF_METADATA[24..39])");
  expect_same (
      "table=1,priority=9,icmp,reg0=0x5,reg1=0x10/0xff,tun_id=0x5,tun_src=1.2.3.4,tun_dst=5.6.7.0/24,"
      "metadata=0x1/0x3,in_port=LOCAL,dl_vlan=5,dl_vlan_pcp=3,dl_src=00:00:00:00:00:01,"
      "dl_dst=01:00:00:00:00:00/01:00:00:00:00:00,nw_src=10.0.0.0/8,nw_dst=1.0.3.0/255.0.255.0,nw_tos=184,"
      "nw_ecn=1,nw_ttl=5,nw_frag=no,icmp_type=8,icmp_code=0,actions=drop");
  expect_same ("table=1,idle_timeout=10,hard_timeout=20,send_flow_rem,check_overlap,priority=1,icmp6,ipv6_"
               "src=fe80::/10,"
               "ipv6_label=0x00005,icmp_type=135,nd_target=fe80::1,nd_sll=00:01:02:03:04:05,"
               "actions=meter:3,clear_actions,write_actions(set_field:0x1->reg0,output:3)");
  expect_same (
      "table=81,priority=1,arp,arp_spa=1.2.3.4,arp_tpa=10.0.0.1,arp_op=1,arp_sha=00:00:00:00:00:01,"
      "arp_tha=00:00:00:00:00:02,actions=move:NXM_OF_ETH_SRC[]->NXM_OF_ETH_DST[],load:0x2->NXM_OF_ARP_OP[],"
      "load:0->NXM_OF_IN_PORT[],set_field:10.0.0.1->arp_spa,IN_PORT");
  expect_same ("table=2,priority=1,tcp,tp_src=0x10/0xf0,tcp_flags=+syn-ack,actions=output:NXM_NX_REG0[0..15],"
               "note:01.02.03.04.05.06,resubmit(3,4),resubmit:5,controller(reason=no_match,max_len=128,id=3),"
               "push_vlan:0x8100,set_field:6997->vlan_vid,pop_vlan,dec_ttl,set_queue:3,group:5,ALL");
  expect_same ("table=51,priority=15,dl_dst=01:80:c2:00:00:00/ff:ff:ff:ff:ff:f0,dl_type=0x88cc,"
               "actions=set_field:0x5/0xf->reg3,load:0x1->NXM_NX_REG2[3]");
  expect_same (
      "table=3,priority=1,ct_state=+new-est+trk,ct_zone=7,ct_mark=0x5/0xf,ct_label=0x10000000000000002,tcp,"
      "actions=ct(commit,force,zone=9),ct(table=4,zone=NXM_NX_REG0[0..15]),ct(),ct_clear");
  expect_same ("table=3,priority=1,ct_state=new|trk,actions=drop");
}

static void
other_spellings (void)
{
  expect_print ("udp_dst=67,udp actions=3", "table=0,priority=32768,udp,tp_dst=67,actions=output:3");
  expect_print ("dl_type=0x0806,priority=7,actions=controller,local",
                "table=0,priority=7,arp,actions=CONTROLLER:65535,LOCAL");
  expect_print ("eth_dst=FA:16:3E:00:00:01,eth_type=0x1234,actions=strip_vlan",
                "table=0,priority=32768,dl_dst=fa:16:3e:00:00:01,dl_type=0x1234,actions=pop_vlan");
  expect_print (" cookie=0x0, duration=0.3s, table=4, n_packets=0, n_bytes=0, dl_src=00:00:00:00:00:01 "
                "actions=output:1",
                "table=4,priority=32768,dl_src=00:00:00:00:00:01,actions=output:1");
  expect_print (
      "vlan_vid=0x1005/0x1fff,tunnel_id=7,ip,ip_src=10.0.0.1,actions=output:NXM_OF_IN_PORT[]",
      "table=0,priority=32768,ip,tun_id=0x7,dl_vlan=5,nw_src=10.0.0.1,actions=output:NXM_OF_IN_PORT[]");
}

static void
groups (void)
{
  static const char *const texts[] = {
    "group_id=210003,type=all",
    "group_id=1,type=all,bucket=actions=group:2,bucket=actions=drop",
    "group_id=2,type=select,bucket=weight:7,actions=output:1,bucket=weight:1,actions=output:2",
    "group_id=3,type=fast_failover,bucket=watch_port:4,actions=output:4,bucket=watch_group:5,actions=group:5",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_auto (OpenflowGroupMod) mod = { 0 };
      g_autoptr (GString) out = g_string_new (NULL);
      CU_ASSERT_FATAL (openflow_group_parse (texts[i], &mod, NULL));
      openflow_group_print (mod.type, mod.id, &mod.buckets, out);
      CU_ASSERT_STRING_EQUAL (out->str, texts[i]);
    }
}

static void
mistakes (void)
{
  static const struct
  {
    const char *text;
    gint code;
    const char *message;
  } cases[] = {
    { "table=0", OPENFLOW_TEXT_ERROR_SYNTAX, "'table=0' has no actions=" },
    { "dl_dts=1,actions=drop", OPENFLOW_TEXT_ERROR_NAME, "'dl_dts' is no field" },
    { "upd,actions=drop", OPENFLOW_TEXT_ERROR_NAME, "'upd' is no protocol, field or flag" },
    { "actions=outptu:3", OPENFLOW_TEXT_ERROR_NAME, "'outptu' is no action" },
    { "priority=65536,actions=drop", OPENFLOW_TEXT_ERROR_VALUE,
      "priority '65536': a number from 0 to 65535" },
    { "dl_vlan=4096,actions=drop", OPENFLOW_TEXT_ERROR_VALUE, "dl_vlan '4096': a number from 0 to 4095" },
    { "arp_op=1,actions=drop", OPENFLOW_TEXT_ERROR_RULE,
      "arp_op is matched without the protocol that has it" },
    { "table=5,actions=goto_table:5", OPENFLOW_TEXT_ERROR_RULE, "goto_table:5 from table 5 goes back" },
    { "actions=load:4->NXM_NX_REG1[0..1]", OPENFLOW_TEXT_ERROR_VALUE, "load '4': a number from 0 to 3" },
    { "actions=load:4->NXM_NX_REG1[0..32]", OPENFLOW_TEXT_ERROR_VALUE, "bit '32': a number from 0 to 31" },
    { "actions=ct(force)", OPENFLOW_TEXT_ERROR_RULE, "ct(force) needs commit" },
    { "actions=ct(exec)", OPENFLOW_TEXT_ERROR_NAME, "ct() has no 'exec'; it has commit, force, table, zone" },
    { "actions=ct(zone=NXM_NX_REG0[])", OPENFLOW_TEXT_ERROR_VALUE,
      "ct zone 'NXM_NX_REG0[]' has 32 bits; it needs 16" },
    { "ct_state=+old,actions=drop", OPENFLOW_TEXT_ERROR_VALUE, "ct_state has no flag 'old'" },
    { "actions=resubmit(,5", OPENFLOW_TEXT_ERROR_SYNTAX, "'resubmit(,5' has a bracket that is not closed" },
    { "actions=set_field:1->dl_type", OPENFLOW_TEXT_ERROR_RULE, "dl_type cannot be set" },
    { "in_port=x,actions=drop", OPENFLOW_TEXT_ERROR_VALUE, "in_port 'x': a number from 0 to 4294967295" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      OpenflowFlowMod mod;
      g_autoptr (GError) error = NULL;
      CU_ASSERT_FALSE (openflow_flow_parse (cases[i].text, &mod, &error));
      if (!error || error->code != cases[i].code || strcmp (error->message, cases[i].message) != 0)
        g_print ("# %s: %s\n", cases[i].text, error ? error->message : "taken");
      CU_ASSERT (g_error_matches (error, OPENFLOW_TEXT_ERROR, cases[i].code));
      CU_ASSERT_STRING_EQUAL (error ? error->message : "", cases[i].message);
    }
}

/* Text from outside: cut anywhere, and with characters turned, it is taken or refused, never more. */
static void
damaged_text (void)
{
  static const char *const texts[] = {
    "table=50,idle_timeout=5,arp,reg4=0x1/"
    "0xff,actions=learn(table=49,priority=0,eth_type=0x806,NXM_OF_ARP_OP[],"
    "load:0x1->NXM_NX_REG4[0..7],output:NXM_OF_IN_PORT[]),controller(reason=no_match,id=3),goto_table:51",
    "tcp6,tcp_flags=+syn-ack,ipv6_src=fe80::/"
    "10,actions=move:NXM_OF_ETH_SRC[0..15]->NXM_NX_REG1[16..31],note:01.02,"
    "write_actions(resubmit(3,4),set_field:fe80::1->ipv6_dst),write_metadata:1/3",
  };
  guint64 state = 7;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    for (guint n = 0; n < 20000; n++)
      {
        g_autofree char *text = g_strdup (texts[i]);
        OpenflowFlowMod mod;
        gsize length = strlen (text);

        state = state * 6364136223846793005u + 1442695040888963407u;
        if (n < length)
          text[n] = '\0';
        else
          text[(state >> 33) % length] = (char) (' ' + (state >> 20) % 95);
        if (openflow_flow_parse (text, &mod, NULL))
          openflow_flow_mod_clear (&mod);
      }
}

static const TapTest tests[] = {
  { "flows in ovs-ofctl's form read and print to the same text", canonical_flows },
  { "other spellings print in ovs-ofctl's form", other_spellings },
  { "groups read and print to the same text", groups },
  { "a mistake is named in a sentence", mistakes },
  { "damaged text is taken or refused", damaged_text },
  { NULL, NULL },
};

int
main (void)
{
  return tap_main ("openflow-text", tests);
}
