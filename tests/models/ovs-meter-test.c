/* Meters: token buckets on the virtual clock, in whole numbers, judged by decisions that change nothing. */
#include "ovs-sample.h"
#include "tap.h"

#define MSEC G_GINT64_CONSTANT (1000000)

typedef struct
{
  OvsSample sample;
  OvsMeters *meters;
} Bench;

static void
bench_init (Bench *bench)
{
  ovs_sample_init (&bench->sample, 4);
  bench->meters = ovs_meters_new ();
  bench->sample.pipeline.meters = bench->meters;
}

static void
bench_clear (Bench *bench)
{
  ovs_meters_free (bench->meters);
  ovs_sample_clear (&bench->sample);
}

static OvsMeter *
add_meter (Bench *bench, guint16 flags, guint n_bands, const OpenflowBand *bands)
{
  OpenflowMeterMod mod = { .command = OPENFLOW_METER_ADD, .flags = flags, .id = 1, .n_bands = n_bands };

  memcpy (mod.bands, bands, n_bands * sizeof *bands);
  CU_ASSERT_FATAL (ovs_meters_put (bench->meters, &mod, 0, NULL));
  return ovs_meters_find (bench->meters, 1);
}

/* How many of `n` packets at once pass a meter with one drop band, when each that passes is charged. */
static guint
passed (OvsMeter *meter, guint n, guint length, gint64 now_ns)
{
  guint count = 0;

  for (guint i = 0; i < n; i++)
    {
      count += ovs_meter_judge (meter, length, 0, now_ns) < 0;
      ovs_meter_charge (meter, length, now_ns);
    }
  return count;
}

static void
packets_per_second (void)
{
  Bench bench;
  OvsMeter *meter;

  bench_init (&bench);
  meter = add_meter (&bench, OPENFLOW_METER_PKTPS, 1, &(OpenflowBand){ OPENFLOW_BAND_DROP, 10, 0, 0 });
  CU_ASSERT_EQUAL (passed (meter, 25, 100, 0), 10); /* burst 0: a second's worth */
  CU_ASSERT_EQUAL (passed (meter, 5, 100, 99 * MSEC), 0);
  CU_ASSERT_EQUAL (passed (meter, 5, 100, 100 * MSEC), 1); /* one each 100 ms */
  CU_ASSERT_EQUAL (passed (meter, 5, 100, 450 * MSEC), 3); /* and half of the next */
  CU_ASSERT_EQUAL (passed (meter, 5, 100, 500 * MSEC), 1);
  CU_ASSERT_EQUAL (passed (meter, 25, 100, 3600 * 1000 * MSEC), 10); /* an hour fills it, no more */
  CU_ASSERT_EQUAL (meter->n_packets, 70);
  CU_ASSERT_EQUAL (meter->n_bytes, 7000);
  CU_ASSERT_EQUAL (meter->bands[0].n_packets, 70 - 25);
  bench_clear (&bench);
}

static void
kilobits_per_second (void)
{
  Bench bench;
  OvsMeter *meter;

  bench_init (&bench);
  /* 80 kbit/s is 10,000 bytes a second; a burst of 8 kbit is 1000 bytes. */
  meter = add_meter (&bench, OPENFLOW_METER_KBPS | OPENFLOW_METER_BURST, 1,
                     &(OpenflowBand){ OPENFLOW_BAND_DROP, 80, 8, 0 });
  CU_ASSERT_EQUAL (passed (meter, 5, 400, 0), 2);
  CU_ASSERT_EQUAL (passed (meter, 5, 200, 0), 1); /* what is left is enough for a smaller one */
  CU_ASSERT_EQUAL (passed (meter, 5, 100, 9 * MSEC), 0);
  CU_ASSERT_EQUAL (passed (meter, 5, 100, 10 * MSEC), 1);
  bench_clear (&bench);
}

static void
the_highest_rate_wins (void)
{
  static const OpenflowBand bands[]
      = { { OPENFLOW_BAND_DSCP_REMARK, 2, 0, 1 }, { OPENFLOW_BAND_DROP, 4, 0, 0 } };
  Bench bench;
  OvsMeter *meter;

  bench_init (&bench);
  meter = add_meter (&bench, OPENFLOW_METER_PKTPS, 2, bands);
  for (guint i = 0; i < 6; i++)
    {
      CU_ASSERT_EQUAL (ovs_meter_judge (meter, 100, 0, 0), i < 2 ? -1 : i < 4 ? 0 : 1);
      ovs_meter_charge (meter, 100, 0);
    }
  bench_clear (&bench);
}

static void
the_largest_rate_does_not_overflow (void)
{
  Bench bench;
  OvsMeter *meter;

  bench_init (&bench);
  meter = add_meter (&bench, OPENFLOW_METER_KBPS, 1,
                     &(OpenflowBand){ OPENFLOW_BAND_DROP, G_MAXUINT32, G_MAXUINT32, 0 });
  CU_ASSERT_EQUAL (passed (meter, 3, 65535, 0), 3);
  CU_ASSERT_EQUAL (passed (meter, 3, 65535, G_MAXINT64), 3);
  bench_clear (&bench);
}

static void
only_assured_classes_are_remarked (void)
{
  CU_ASSERT_EQUAL (ovs_meter_remark (0x28, 1), 0x30); /* AF11 becomes AF12 */
  CU_ASSERT_EQUAL (ovs_meter_remark (0x2b, 1), 0x33); /* and keeps its ECN bits */
  CU_ASSERT_EQUAL (ovs_meter_remark (0x90, 5), 0x98); /* AF42 becomes AF43, the last there is */
  CU_ASSERT_EQUAL (ovs_meter_remark (0xb8, 1), 0xb8); /* EF */
  CU_ASSERT_EQUAL (ovs_meter_remark (0x20, 1), 0x20); /* CS1 */
  CU_ASSERT_EQUAL (ovs_meter_remark (0x00, 1), 0x00);
}

static void
decide (Bench *bench)
{
  const OvsPacket packet
      = { .length = 100,
          .fields = { .in_port = 1, .eth_type = 0x0800, .ip_tos = 0x28, .ip_ttl = 64, .ip_proto = 17 } };
  ovs_pipeline_decide (&bench->sample.pipeline, &packet, &bench->sample.decision);
}

static void
expect (const Bench *bench, const char *path, const char *steps)
{
  g_autofree char *got_path = ovs_sample_path (&bench->sample),
                  *got_steps = ovs_sample_steps (&bench->sample);

  CU_ASSERT_STRING_EQUAL (got_path, path);
  CU_ASSERT_STRING_EQUAL (got_steps, steps);
}

static void
what_was_sent_before_stays_sent (void)
{
  Bench bench;
  OvsMeter *meter;

  bench_init (&bench);
  meter = add_meter (&bench, OPENFLOW_METER_PKTPS, 1, &(OpenflowBand){ OPENFLOW_BAND_DROP, 1, 0, 0 });
  ovs_sample_add_flow (&bench.sample, "table=0,priority=1,actions=output:2,goto_table:1", 0);
  ovs_sample_add_flow (&bench.sample, "table=1,priority=1,actions=meter:1,output:3,write_actions(output:4)",
                       0);
  decide (&bench);
  expect (&bench, "0 1 m1", "2 3 4");
  decide (&bench); /* a decision takes no tokens */
  expect (&bench, "0 1 m1", "2 3 4");
  ovs_meter_charge (meter, 100, 0);
  decide (&bench);
  expect (&bench, "0 1 m1!", "2");
  ovs_tables_forget_meter (bench.sample.tables, 1, 0);
  decide (&bench);
  expect (&bench, "0 1-", "2");
  bench_clear (&bench);
}

static void
drops_name_rate_and_flow (void)
{
  Bench bench;

  bench_init (&bench);
  ovs_meter_charge (
      add_meter (&bench, OPENFLOW_METER_PKTPS, 1, &(OpenflowBand){ OPENFLOW_BAND_DROP, 1, 0, 0 }), 100, 0);
  ovs_sample_add_flow (&bench.sample, "table=0,priority=7,actions=meter:1,output:2", 0);
  decide (&bench);
  CU_ASSERT_EQUAL (bench.sample.decision.end.reason, NET_DROP_RATE_EXCEEDED);
  CU_ASSERT_PTR_NOT_NULL_FATAL (bench.sample.decision.end.flow);
  CU_ASSERT_EQUAL (bench.sample.decision.end.flow->priority, 7);
  bench_clear (&bench);
}

static void
twice_in_one_decision_costs_twice (void)
{
  Bench bench;

  bench_init (&bench);
  add_meter (&bench, OPENFLOW_METER_PKTPS, 1, &(OpenflowBand){ OPENFLOW_BAND_DROP, 2, 0, 0 });
  ovs_sample_add_flow (&bench.sample, "table=0,priority=1,actions=resubmit(,1),resubmit(,1),resubmit(,1)", 0);
  ovs_sample_add_flow (&bench.sample, "table=1,priority=1,actions=meter:1,output:2", 0);
  decide (&bench);
  expect (&bench, "0 1 m1 1 m1 1 m1!", "2 2");
  bench_clear (&bench);
}

static void
remarks_change_the_packet (void)
{
  Bench bench;
  const OvsStep *step;

  bench_init (&bench);
  ovs_meter_charge (
      add_meter (&bench, OPENFLOW_METER_PKTPS, 1, &(OpenflowBand){ OPENFLOW_BAND_DSCP_REMARK, 1, 0, 2 }), 100,
      0);
  ovs_sample_add_flow (&bench.sample, "table=0,priority=7,actions=meter:1,output:2", 0);
  decide (&bench);
  CU_ASSERT_EQUAL_FATAL (bench.sample.decision.steps->len, 1);
  step = &g_array_index (bench.sample.decision.steps, OvsStep, 0);
  CU_ASSERT_EQUAL (g_array_index (bench.sample.decision.versions, OvsVersion, step->version).fields.ip_tos,
                   0x38);
  bench_clear (&bench);
}

static const TapTest tests[] = {
  { "a rate in packets: as many as a second brings at once, then one as each is earned", packets_per_second },
  { "a rate in kilobits: bytes count, and the burst says how many at once", kilobits_per_second },
  { "of the bands that are exceeded the one of the highest rate acts", the_highest_rate_wins },
  { "the largest rate and time that there are do not overflow", the_largest_rate_does_not_overflow },
  { "a remark raises the drop precedence of assured forwarding, and nothing else",
    only_assured_classes_are_remarked },
  { "what was sent before a meter drops stays sent, the action set is not run",
    what_was_sent_before_stays_sent },
  { "a drop by rate names its flow", drops_name_rate_and_flow },
  { "a meter passed twice in one decision costs twice", twice_in_one_decision_costs_twice },
  { "a remark changes the packet that goes on", remarks_change_the_packet },
  { NULL, NULL },
};

int
main (void)
{
  return tap_main ("ovs-meter", tests);
}
