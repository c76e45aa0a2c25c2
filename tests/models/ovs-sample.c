/* The worked example, and decisions as short texts. */
#include "ovs-sample.h"

#include "openflow/text.h"

#define FROM_TUNNEL "metadata=0x138a000000/0xffff000000"
#define LEARN_ARP(table, match, bits)                                                                        \
  "learn(table=" table ",hard_timeout=5,priority=10,cookie=0x88880000,eth_type=0x806,NXM_OF_ARP_OP[]," match \
  ",OXM_OF_METADATA[24..39],load:0x1->NXM_NX_REG4[" bits "])"

const char *const ovs_sample_flows[] = {
  "table=0,priority=4,cookie=0x8000000,in_port=3,vlan_tci=0x0000/0x1fff,"
  "actions=write_metadata:0x40000000000/0xffffff0000000001,goto_table:17",
  "table=0,priority=5,cookie=0x8000001,in_port=4,"
  "actions=write_metadata:0xe0000000001/0xfffff0000000001,goto_table:36",
  "table=0,priority=5,cookie=0x8000001,in_port=5,"
  "actions=write_metadata:0x120000000001/0xfffff0000000001,goto_table:18",
  "table=17,priority=10,cookie=0x8040000,metadata=0x40000000000/0xffffff0000000000,"
  "actions=load:0x4->NXM_NX_REG1[0..19],load:0x138a->NXM_NX_REG7[0..15],"
  "write_metadata:0xc00004138a000000/0xfffffffffffffffe,goto_table:43",
  "table=18,priority=0,actions=goto_table:38",
  "table=36,priority=5,cookie=0x900138a,tun_id=0x64,"
  "actions=write_metadata:0x138a000000/0xfffffffff000000,goto_table:51",
  "table=38,priority=5,cookie=0x905138a,tun_id=0x64,"
  "actions=write_metadata:0x138a000000/0xfffffffff000000,goto_table:51",
  "table=43,priority=100,arp,arp_op=1,actions=group:5000,resubmit(,195),resubmit(,196),resubmit(,48)",
  "table=43,priority=100,arp,arp_op=2,actions=resubmit(,195),resubmit(,196),resubmit(,48)",
  "table=43,priority=0,actions=goto_table:48",
  "table=48,priority=100,arp,reg4=0x101/0xffff,"
  "actions=load:0->NXM_NX_REG4[],CONTROLLER:65535,resubmit(,49),resubmit(,50)",
  "table=48,priority=100,arp,reg4=0x1/0xffff,actions=load:0->NXM_NX_REG4[],resubmit(,49),resubmit(,50)",
  "table=48,priority=0,actions=resubmit(,49),resubmit(,50)",
  "table=50,priority=20,metadata=0x4138a000000/"
  "0xfffffffff000000,dl_src=fa:16:3e:00:00:01,actions=goto_table:51",
  "table=50,priority=10,reg4=0x1,actions=goto_table:51",
  "table=50,priority=0,cookie=0x8050000,actions=CONTROLLER:65535,"
  "learn(table=49,hard_timeout=10,priority=0,cookie=0x8600000,NXM_OF_ETH_SRC[],NXM_NX_REG1[0..19],"
  "load:0x1->NXM_NX_REG4[0..7]),goto_table:51",
  "table=51,priority=20," FROM_TUNNEL
  ",dl_dst=fa:16:3e:00:00:01,actions=load:0x400->NXM_NX_REG6[],resubmit(,220)",
  "table=51,priority=20," FROM_TUNNEL ",dl_dst=fa:16:3e:00:00:02,"
  "actions=set_field:0x64->tun_id,load:0xe00->NXM_NX_REG6[],resubmit(,220)",
  "table=51,priority=20,metadata=0x138a000000/0xffff000001,dl_dst=fa:16:3e:00:00:03,"
  "actions=set_field:0x64->tun_id,load:0x1200->NXM_NX_REG6[],resubmit(,220)",
  "table=51,priority=20,metadata=0x138a000001/0xffff000001,dl_dst=fa:16:3e:00:00:03,actions=drop",
  "table=51,priority=15,dl_dst=01:80:c2:00:00:00/ff:ff:ff:ff:ff:f0,actions=drop",
  "table=51,priority=0,actions=goto_table:52",
  "table=52,priority=5,metadata=0x138a000000/0xffff000001,actions=write_actions(group:210004)",
  "table=52,priority=5,metadata=0x138a000001/0xffff000001,actions=write_actions(group:210003)",
  "table=55,priority=12,tun_id=0x4,metadata=0x40000000000/0xfffff0000000000,actions=drop",
  "table=55,priority=11,tun_id=0x4,actions=load:0x400->NXM_NX_REG6[],resubmit(,220)",
  "table=81,priority=0,actions=drop",
  "table=195,priority=0,arp,actions=CONTROLLER:65535," LEARN_ARP (
      "195", "NXM_OF_ARP_TPA[]", "0..7") "," LEARN_ARP ("196", "NXM_OF_ARP_SPA[]=NXM_OF_ARP_TPA[]", "8..15"),
  "table=220,priority=9,reg6=0x400,actions=output:3",
  "table=220,priority=9,reg6=0xe00,actions=output:4",
  "table=220,priority=9,reg6=0x1200,actions=output:5",
  NULL,
};

const char *const ovs_sample_groups[] = {
  "group_id=5000,type=all,bucket=actions=resubmit(,81)",
  "group_id=210003,type=all,bucket=actions=set_field:0x4->tun_id,resubmit(,55)",
  "group_id=210004,type=all,bucket=actions=group:210003,"
  "bucket=actions=set_field:0x64->tun_id,load:0xe00->NXM_NX_REG6[],resubmit(,220),"
  "bucket=actions=set_field:0x64->tun_id,load:0x1200->NXM_NX_REG6[],resubmit(,220)",
  NULL,
};

static void
hear_flow (const OvsFlow *flow, OvsFlowEvent event, guint8 reason, gint64 now_ns, gpointer user)
{
  OvsSample *sample = user;

  (void) flow, (void) now_ns;
  sample->n_events[event]++;
  sample->last_reason = reason;
}

void
ovs_sample_init (OvsSample *sample, guint n_ports)
{
  memset (sample, 0, sizeof *sample);
  sample->tables = ovs_tables_new (hear_flow, sample);
  sample->groups = ovs_groups_new ();
  sample->ports = ovs_ports_new ();
  sample->macs = ovs_macs_new (OVS_MACS_MAX);
  sample->connections = ovs_connections_new ();
  sample->pipeline = (OvsPipeline){ .tables = sample->tables,
                                    .groups = sample->groups,
                                    .ports = sample->ports,
                                    .macs = sample->macs,
                                    .connections = sample->connections };
  ovs_decision_init (&sample->decision);
  for (guint i = 1; i <= n_ports; i++)
    {
      OvsPort port = { .number = i, .kind = OVS_PORT_PLAIN, .world_port = i, .link_up = TRUE };
      g_snprintf (port.name, sizeof port.name, "p%u", i);
      ovs_ports_add (sample->ports, &port);
    }
}

void
ovs_sample_clear (OvsSample *sample)
{
  ovs_decision_clear (&sample->decision);
  ovs_tables_free (sample->tables);
  ovs_groups_free (sample->groups);
  ovs_ports_free (sample->ports);
  ovs_macs_free (sample->macs);
  ovs_connections_free (sample->connections);
}

static void
split (const GByteArray *bytes, OpenflowSplitter *splitter, OpenflowMessage *message)
{
  openflow_splitter_init (splitter);
  openflow_splitter_add (splitter, bytes->data, bytes->len);
  g_assert (openflow_splitter_next (splitter, message) == OPENFLOW_SPLIT_MESSAGE);
}

void
ovs_sample_add_flow (OvsSample *sample, const char *line, gint64 now_ns)
{
  g_auto (OpenflowFlowMod) text = { 0 };
  g_auto (OpenflowFlowMod) wire = { 0 };
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  OpenflowSplitter splitter;
  OpenflowMessage message;

  openflow_flow_parse (line, &text, &error);
  g_assert_no_error (error);
  openflow_flow_mod_encode (&text, 7, bytes);
  split (bytes, &splitter, &message);
  openflow_flow_mod_decode (&message, &wire, &error);
  g_assert_no_error (error);
  ovs_tables_change (sample->tables, &wire, now_ns, &error);
  g_assert_no_error (error);
  openflow_splitter_clear (&splitter);
}

void
ovs_sample_add_group (OvsSample *sample, const char *line)
{
  g_auto (OpenflowGroupMod) text = { 0 };
  g_auto (OpenflowGroupMod) wire = { 0 };
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  OpenflowSplitter splitter;
  OpenflowMessage message;

  openflow_group_parse (line, &text, &error);
  g_assert_no_error (error);
  openflow_group_mod_encode (&text, 7, bytes);
  split (bytes, &splitter, &message);
  openflow_group_mod_decode (&message, &wire, &error);
  g_assert_no_error (error);
  ovs_groups_put (sample->groups, &wire, 0, &error);
  g_assert_no_error (error);
  openflow_splitter_clear (&splitter);
}

void
ovs_sample_load (OvsSample *sample)
{
  for (guint i = 0; ovs_sample_groups[i]; i++)
    ovs_sample_add_group (sample, ovs_sample_groups[i]);
  for (guint i = 0; ovs_sample_flows[i]; i++)
    ovs_sample_add_flow (sample, ovs_sample_flows[i], 0);
}

char *
ovs_sample_path (const OvsSample *sample)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < sample->decision.path->len; i++)
    {
      const OvsHop *hop = &g_array_index (sample->decision.path, OvsHop, i);
      if (i)
        g_string_append_c (out, ' ');
      if (hop->kind == OVS_HOP_GROUP)
        g_string_append_printf (out, "g%u", hop->group->id);
      else if (hop->kind == OVS_HOP_BUCKET)
        g_string_append_printf (out, "b%u", hop->bucket);
      else if (hop->kind == OVS_HOP_METER)
        g_string_append_printf (out, "m%u%s", hop->meter->id, hop->band >= 0 ? "!" : "");
      else
        g_string_append_printf (out, "%u%s", hop->table, hop->kind == OVS_HOP_MISS ? "-" : "");
    }
  return g_string_free (out, FALSE);
}

char *
ovs_sample_steps (const OvsSample *sample)
{
  const OvsDecision *decision = &sample->decision;
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < decision->steps->len; i++)
    {
      const OvsStep *step = &g_array_index (decision->steps, OvsStep, i);
      const OvsVersion *version = &g_array_index (decision->versions, OvsVersion, step->version);
      if (i)
        g_string_append_c (out, ' ');
      if (step->kind == OVS_STEP_PUNT)
        g_string_append_printf (out, "controller(%u)", step->punt.table);
      else if (step->kind == OVS_STEP_LEARN_MAC)
        g_string_append_printf (out, "seen(%u)", step->mac.port);
      else if (step->kind == OVS_STEP_LEARN)
        g_string_append_printf (out, "learn(%u)", step->learn->table);
      else if (step->kind == OVS_STEP_TRACK)
        g_string_append_printf (out, "track(%u)", step->tracked.key.zone);
      else
        g_string_append_printf (out, "%u", step->port);
      if (step->kind == OVS_STEP_OUTPUT && version->fields.tunnel_id)
        g_string_append_printf (out, "[0x%" G_GINT64_MODIFIER "x]", version->fields.tunnel_id);
    }
  return g_string_free (out, FALSE);
}
