/* The pipeline, by the worked example of the netvirt tables and by rules of Open vSwitch one at a time. */
#include "ovs-sample.h"
#include "tap.h"

#include "models/ovs/learn.h"
#include "net/world.h"

#define VM1       G_GUINT64_CONSTANT (0xfa163e000001)
#define VM2       G_GUINT64_CONSTANT (0xfa163e000002)
#define VM3       G_GUINT64_CONSTANT (0xfa163e000003)
#define BROADCAST G_GUINT64_CONSTANT (0xffffffffffff)

static void
decide_arp (OvsSample *sample, guint32 in_port, guint64 vni, guint64 source, guint64 destination, guint16 op)
{
  const OvsPacket packet = { .fields = { .in_port = in_port,
                                         .tunnel_id = vni,
                                         .eth_src = source,
                                         .eth_dst = destination,
                                         .eth_type = 0x0806,
                                         .arp_op = op,
                                         .arp_sha = source,
                                         .arp_spa = 0x0a00000b,
                                         .arp_tpa = 0x0a00000c } };
  ovs_pipeline_decide (&sample->pipeline, &packet, &sample->decision);
}

static void
expect (const OvsSample *sample, const char *path, const char *steps)
{
  g_autofree char *got_path = ovs_sample_path (sample), *got_steps = ovs_sample_steps (sample);

  if (strcmp (got_path, path) != 0 || strcmp (got_steps, steps) != 0)
    g_print ("# path  %s\n# steps %s\n", got_path, got_steps);
  CU_ASSERT_STRING_EQUAL (got_path, path);
  CU_ASSERT_STRING_EQUAL (got_steps, steps);
}

static void
expect_end (const OvsSample *sample, NetDropReason reason, const char *place, const char *rule)
{
  g_autoptr (GString) got_place = g_string_new (NULL);
  g_autoptr (GString) got_rule = g_string_new (NULL);

  CU_ASSERT_EQUAL (sample->decision.end.reason, reason);
  ovs_end_place (&sample->decision.end, got_place);
  ovs_end_rule (&sample->decision.end, got_rule);
  CU_ASSERT_STRING_EQUAL (got_place->str, place);
  CU_ASSERT_STRING_EQUAL (got_rule->str, rule);
}

/* ---- the worked example -------------------------------------------------------------------------------------- */

static void
request_from_vm1 (void)
{
  OvsSample sample;

  ovs_sample_init (&sample, 5);
  ovs_sample_load (&sample);
  decide_arp (&sample, 3, 0, VM1, BROADCAST, 1);
  /* Own port stopped in 55, one copy to B, one to the TOR. */
  expect (&sample, "0 17 43 g5000 b0 81 195 196- 48 49- 50 51 52 g210004 b0 g210003 b0 55 b1 220 b2 220",
          "controller(195) learn(195) learn(196) 4[0x64] 5[0x64]");
  ovs_sample_clear (&sample);
}

static void
reply_of_vm3 (void)
{
  OvsSample sample;

  ovs_sample_init (&sample, 5);
  ovs_sample_load (&sample);
  decide_arp (&sample, 5, 0x64, VM3, VM1, 2);
  expect (&sample, "0 18 38 51 220", "3[0x64]");
  ovs_sample_clear (&sample);
}

static void
request_of_vm3 (void)
{
  OvsSample sample;

  ovs_sample_init (&sample, 5);
  ovs_sample_load (&sample);
  decide_arp (&sample, 5, 0x64, VM3, BROADCAST, 1);
  expect (&sample, "0 18 38 51 52 g210003 b0 55 220", "3[0x4]");
  ovs_sample_clear (&sample);
}

static void
reply_of_vm1 (void)
{
  OvsSample sample;

  ovs_sample_init (&sample, 5);
  ovs_sample_load (&sample);
  decide_arp (&sample, 3, 0, VM1, VM3, 2);
  expect (&sample, "0 17 43 195 196- 48 49- 50 51 220", "controller(195) learn(195) learn(196) 5[0x64]");
  ovs_sample_clear (&sample);
}

static void
duplication_path (void)
{
  OvsSample sample;

  ovs_sample_init (&sample, 5);
  ovs_sample_load (&sample);
  decide_arp (&sample, 5, 0x64, VM3, VM2, 2);
  expect (&sample, "0 18 38 51 220", "4[0x64]");
  ovs_sample_clear (&sample);
}

static void
tor_to_tor (void)
{
  OvsSample sample;

  ovs_sample_init (&sample, 5);
  ovs_sample_load (&sample);
  decide_arp (&sample, 5, 0x64, VM3, VM3, 2);
  expect (&sample, "0 18 38 51", "");
  expect_end (&sample, NET_DROP_FLOW_DROP, "table 51",
              "table=51,priority=20,metadata=0x138a000001/0xffff000001,dl_dst=fa:16:3e:00:00:03");
  ovs_sample_clear (&sample);
}

static void
unknown_vni (void)
{
  OvsSample sample;

  ovs_sample_init (&sample, 5);
  ovs_sample_load (&sample);
  decide_arp (&sample, 5, 0x65, VM3, BROADCAST, 1);
  expect (&sample, "0 18 38-", "");
  expect_end (&sample, NET_DROP_TABLE_MISS, "table 38", "table=38");
  ovs_sample_clear (&sample);
}

static void
learned_arp_is_not_punted_again (void)
{
  OvsSample sample;
  const OvsStep *step;
  guint n = 0;

  ovs_sample_init (&sample, 5);
  ovs_sample_load (&sample);
  decide_arp (&sample, 3, 0, VM1, BROADCAST, 1);
  for (guint i = 0; i < sample.decision.steps->len; i++)
    {
      step = &g_array_index (sample.decision.steps, OvsStep, i);
      if (step->kind == OVS_STEP_LEARN)
        ovs_learn (sample.tables, step->learn,
                   &g_array_index (sample.decision.versions, OvsVersion, step->version).fields, ++n);
    }
  CU_ASSERT_EQUAL (n, 2);
  decide_arp (&sample, 3, 0, VM1, BROADCAST, 1);
  expect (&sample, "0 17 43 g5000 b0 81 195 196- 48 49- 50 51 52 g210004 b0 g210003 b0 55 b1 220 b2 220",
          "4[0x64] 5[0x64]");
  ovs_tables_expire (sample.tables, 5 * NET_SEC + 2);
  CU_ASSERT_EQUAL (sample.n_events[OVS_FLOW_REMOVED], 2);
  CU_ASSERT_EQUAL (sample.last_reason, OPENFLOW_REMOVED_HARD_TIMEOUT);
  ovs_sample_clear (&sample);
}

/* ---- one rule at a time -------------------------------------------------------------------------------------- */

static void
decide_plain (OvsSample *sample, guint32 in_port)
{
  const OvsPacket packet
      = { .fields = { .in_port = in_port, .eth_src = VM1, .eth_dst = VM2, .eth_type = 0x1234 } };
  ovs_pipeline_decide (&sample->pipeline, &packet, &sample->decision);
}

static void
no_output_to_in_port (void)
{
  OvsSample sample;

  ovs_sample_init (&sample, 3);
  ovs_sample_add_flow (&sample, "in_port=1,actions=output:1", 0);
  ovs_sample_add_flow (&sample, "in_port=2,actions=IN_PORT", 0);
  ovs_sample_add_flow (&sample, "in_port=3,actions=ALL", 0);
  decide_plain (&sample, 1);
  expect (&sample, "0", "");
  expect_end (&sample, NET_DROP_NO_OTHER_PORT, "table 0", "table=0,priority=32768,in_port=1");
  decide_plain (&sample, 2);
  expect (&sample, "0", "2");
  decide_plain (&sample, 3);
  expect (&sample, "0", "1 2");
  ovs_sample_clear (&sample);
}

static void
action_set_runs_last_and_in_its_own_order (void)
{
  OvsSample sample;

  ovs_sample_init (&sample, 4);
  /* What is written after a resubmit into a table is still there at the end; output goes after set_field
   * whatever the order of writing; the last output wins. */
  ovs_sample_add_flow (&sample, "table=0,actions=resubmit(,1),output:4", 0);
  ovs_sample_add_flow (&sample, "table=1,actions=write_actions(output:2),goto_table:2", 0);
  ovs_sample_add_flow (&sample, "table=2,actions=write_actions(output:3,set_field:0x7->tun_id)", 0);
  decide_plain (&sample, 1);
  expect (&sample, "0 1 2", "4 3[0x7]");
  ovs_sample_clear (&sample);
}

static void
clear_actions_empties_the_set (void)
{
  OvsSample sample;

  ovs_sample_init (&sample, 4);
  ovs_sample_add_flow (&sample, "table=0,actions=write_actions(output:2),goto_table:1", 0);
  ovs_sample_add_flow (&sample, "table=1,actions=clear_actions,write_actions(output:3)", 0);
  decide_plain (&sample, 1);
  expect (&sample, "0 1", "3");
  ovs_sample_clear (&sample);
}

static void
buckets_work_on_copies (void)
{
  OvsSample sample;

  ovs_sample_init (&sample, 4);
  ovs_sample_add_group (&sample, "group_id=1,type=all,bucket=actions=output:2,set_field:0x5->tun_id,"
                                 "bucket=actions=output:3");
  ovs_sample_add_flow (&sample, "table=0,actions=set_field:0x9->tun_id,group:1,output:4", 0);
  decide_plain (&sample, 1);
  /* Bucket 0 sets before it sends; bucket 1 and what follows see the packet of before. */
  expect (&sample, "0 g1 b0 b1", "2[0x5] 3[0x9] 4[0x9]");
  ovs_sample_clear (&sample);
}

static void
group_beats_output_in_a_set (void)
{
  OvsSample sample;

  ovs_sample_init (&sample, 4);
  ovs_sample_add_group (&sample, "group_id=1,type=indirect,bucket=actions=output:2");
  ovs_sample_add_flow (&sample, "table=0,actions=write_actions(group:1,output:3)", 0);
  decide_plain (&sample, 1);
  expect (&sample, "0 g1 b0", "2");
  ovs_sample_clear (&sample);
}

static void
fast_failover_takes_the_first_live_bucket (void)
{
  OvsSample sample;

  ovs_sample_init (&sample, 4);
  ovs_sample_add_group (&sample, "group_id=1,type=fast_failover,bucket=watch_port:2,actions=output:2,"
                                 "bucket=watch_port:3,actions=output:3");
  ovs_sample_add_flow (&sample, "table=0,actions=group:1", 0);
  decide_plain (&sample, 1);
  expect (&sample, "0 g1 b0", "2");
  ovs_ports_find (sample.ports, 2)->link_up = FALSE;
  decide_plain (&sample, 1);
  expect (&sample, "0 g1 b1", "3");
  ovs_ports_find (sample.ports, 3)->link_up = FALSE;
  decide_plain (&sample, 1);
  expect (&sample, "0 g1", "");
  expect_end (&sample, NET_DROP_GROUP_EMPTY, "group 1", "table=0,priority=32768");
  ovs_sample_clear (&sample);
}

/* As a real Open vSwitch has it. */
static void
one_live_thing_keeps_a_bucket_alive (void)
{
  OvsSample sample;

  ovs_sample_init (&sample, 4);
  ovs_sample_add_group (&sample,
                        "group_id=1,type=fast_failover,bucket=watch_port:2,watch_group:2,actions=output:2,"
                        "bucket=watch_port:9,watch_group:9,actions=output:3,"
                        "bucket=watch_group:1,actions=output:3");
  ovs_sample_add_group (&sample, "group_id=2,type=select,bucket=weight:1,watch_port:3,actions=output:3");
  ovs_sample_add_flow (&sample, "table=0,actions=group:1", 0);
  decide_plain (&sample, 1);
  expect (&sample, "0 g1 b0", "2");
  ovs_ports_find (sample.ports, 2)->faulty = TRUE;
  decide_plain (&sample, 1);
  expect (&sample, "0 g1 b0", "2"); /* port 3 lives, for group 2 */
  ovs_ports_find (sample.ports, 3)->faulty = TRUE;
  decide_plain (&sample, 1);
  expect (&sample, "0 g1", ""); /* neither what is not there nor a circle lives */
  ovs_sample_clear (&sample);
}

static void
endless_resubmits_send_nothing (void)
{
  OvsSample sample;

  ovs_sample_init (&sample, 4);
  ovs_sample_add_flow (&sample, "table=0,actions=output:2,resubmit(,0)", 0);
  decide_plain (&sample, 1);
  CU_ASSERT_EQUAL (sample.decision.steps->len, 0);
  CU_ASSERT_EQUAL (sample.decision.end.reason, NET_DROP_RECURSION);
  /* Twice each time is bounded too. */
  ovs_sample_add_flow (&sample, "table=0,actions=output:2,resubmit(,0),resubmit(,0)", 0);
  decide_plain (&sample, 1);
  CU_ASSERT_EQUAL (sample.decision.end.reason, NET_DROP_RECURSION);
  CU_ASSERT (sample.decision.path->len <= OVS_RESUBMITS_MAX + 1);
  ovs_sample_clear (&sample);
}

static void
resubmit_port_is_for_the_look_up_only (void)
{
  OvsSample sample;

  ovs_sample_init (&sample, 4);
  ovs_sample_add_flow (&sample, "table=0,in_port=1,actions=resubmit(3,1)", 0);
  ovs_sample_add_flow (&sample, "table=1,in_port=3,actions=output:3,output:1,resubmit(,2)", 0);
  ovs_sample_add_flow (&sample, "table=2,in_port=1,actions=output:4", 0);
  decide_plain (&sample, 1);
  expect (&sample, "0 1 2", "3 4");
  ovs_sample_clear (&sample);
}

static void
punts_say_miss_or_action (void)
{
  OvsSample sample;
  const OvsStep *step;

  ovs_sample_init (&sample, 4);
  ovs_sample_add_flow (&sample, "table=0,priority=0,actions=CONTROLLER:65535", 0);
  ovs_sample_add_flow (&sample, "table=0,priority=1,in_port=2,actions=CONTROLLER:65535", 0);
  decide_plain (&sample, 1);
  step = &g_array_index (sample.decision.steps, OvsStep, 0);
  CU_ASSERT_EQUAL (step->punt.reason, 0 /* OFPR_NO_MATCH */);
  decide_plain (&sample, 2);
  step = &g_array_index (sample.decision.steps, OvsStep, 0);
  CU_ASSERT_EQUAL (step->punt.reason, 1 /* OFPR_ACTION */);
  ovs_sample_clear (&sample);
}

static void
expired_ttl_ends_the_flow (void)
{
  OvsSample sample;
  OvsPacket packet = { .fields = { .in_port = 1, .eth_type = 0x0800, .ip_proto = 89, .ip_ttl = 1 } };

  ovs_sample_init (&sample, 4);
  ovs_sample_add_flow (&sample, "table=0,ip,actions=dec_ttl,goto_table:1", 0);
  ovs_sample_add_flow (&sample, "table=1,actions=output:2", 0);
  ovs_pipeline_decide (&sample.pipeline, &packet, &sample.decision);
  expect (&sample, "0", "controller(0)");
  packet.fields.ip_ttl = 2;
  ovs_pipeline_decide (&sample.pipeline, &packet, &sample.decision);
  expect (&sample, "0 1", "2");
  ovs_sample_clear (&sample);
}

static void
fragments_hide_their_ports (void)
{
  OvsSample sample;
  const OvsPacket packet
      = { .fields
          = { .in_port = 1, .eth_type = 0x0800, .ip_proto = 17, .ip_frag = 1, .tp_src = 68, .tp_dst = 67 } };

  ovs_sample_init (&sample, 4);
  ovs_sample_add_flow (&sample, "table=0,priority=2,udp,udp_dst=67,actions=output:2", 0);
  ovs_sample_add_flow (&sample, "table=0,priority=1,udp,udp_dst=0,actions=output:3", 0);
  ovs_pipeline_decide (&sample.pipeline, &packet, &sample.decision);
  expect (&sample, "0", "3");
  sample.pipeline.fragments = OVS_FRAGMENTS_MATCH;
  ovs_pipeline_decide (&sample.pipeline, &packet, &sample.decision);
  expect (&sample, "0", "2");
  sample.pipeline.fragments = OVS_FRAGMENTS_DROP;
  ovs_pipeline_decide (&sample.pipeline, &packet, &sample.decision);
  expect (&sample, "", "");
  CU_ASSERT_EQUAL (sample.decision.end.reason, NET_DROP_FRAGMENT);
  ovs_sample_clear (&sample);
}

static void
a_flow_without_output_is_named (void)
{
  OvsSample sample;

  ovs_sample_init (&sample, 4);
  ovs_sample_add_flow (&sample, "table=0,actions=resubmit(,7),resubmit(,8)", 0);
  ovs_sample_add_flow (&sample,
                       "table=8,priority=20,dl_dst=fa:16:3e:00:00:02,actions=load:0x1200->NXM_NX_REG6[]", 0);
  decide_plain (&sample, 1);
  expect (&sample, "0 7- 8", "");
  expect_end (&sample, NET_DROP_NO_OUTPUT, "table 8", "table=8,priority=20,dl_dst=fa:16:3e:00:00:02");
  ovs_sample_clear (&sample);
}

static void
the_group_table_has_an_end (void)
{
  g_autoptr (OvsGroups) groups = ovs_groups_new ();
  OpenflowGroupMod mod;
  g_autoptr (GError) error = NULL;

  openflow_group_mod_init (&mod, OPENFLOW_GROUP_ADD, OPENFLOW_GROUP_TYPE_ALL, 0);
  for (mod.id = 0; mod.id < OVS_GROUPS_MAX; mod.id++)
    CU_ASSERT_FATAL (ovs_groups_put (groups, &mod, 0, NULL));
  CU_ASSERT_FALSE (ovs_groups_put (groups, &mod, 0, &error));
  CU_ASSERT (g_error_matches (error, OPENFLOW_ERROR, OPENFLOW_ERROR_GROUP_OUT_OF_GROUPS));
  CU_ASSERT_EQUAL (ovs_groups_n (groups), OVS_GROUPS_MAX);
  CU_ASSERT (ovs_groups_find (groups, 0) && ovs_groups_find (groups, OVS_GROUPS_MAX - 1));
  CU_ASSERT_PTR_NULL (ovs_groups_find (groups, OVS_GROUPS_MAX));
}

static const TapTest tests[] = {
  { "VM1's request: stopped towards itself, one copy to the other compute, one to the TOR",
    request_from_vm1 },
  { "VM3's reply comes out of the TOR's tunnel at VM1's port", reply_of_vm3 },
  { "VM3's request is flooded to local ports only, by an action set that outlives the jumps",
    request_of_vm3 },
  { "VM1's reply goes to the TOR alone", reply_of_vm1 },
  { "a frame from the TOR for a MAC on another compute is sent on: the duplication path", duplication_path },
  { "a frame from the TOR for a MAC behind a TOR is dropped in 51", tor_to_tor },
  { "a VNI that no flow knows dies in 38", unknown_vni },
  { "the same ARP is punted once in five seconds", learned_arp_is_not_punted_again },
  { "nothing leaves by its in_port unless IN_PORT is named", no_output_to_in_port },
  { "the action set runs last, in its own order", action_set_runs_last_and_in_its_own_order },
  { "clear_actions empties the set", clear_actions_empties_the_set },
  { "each bucket works on a copy of the packet, as an action set", buckets_work_on_copies },
  { "a group in an action set beats an output", group_beats_output_in_a_set },
  { "fast failover takes the first live bucket", fast_failover_takes_the_first_live_bucket },
  { "a bucket lives by its port or its group; what is not there, or a circle, is dead",
    one_live_thing_keeps_a_bucket_alive },
  { "endless resubmits end, and nothing is sent", endless_resubmits_send_nothing },
  { "the port of a resubmit counts for the look-up only", resubmit_port_is_for_the_look_up_only },
  { "a punt of the table-miss flow says so", punts_say_miss_or_action },
  { "a TTL that runs out ends the flow, its jump included", expired_ttl_ends_the_flow },
  { "fragments show no ports unless matching by them was asked for", fragments_hide_their_ports },
  { "a flow whose actions send nothing is named", a_flow_without_output_is_named },
  { "the group table takes so many groups and no more", the_group_table_has_an_end },
  { NULL, NULL },
};

int
main (void)
{
  return tap_main ("ovs-pipeline", tests);
}
