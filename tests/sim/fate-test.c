/* What became of a frame, from the records of the trace. */
#include "sim/fate.h"
#include "tap.h"

static void
announce (SimFates *fates, guint id, const char *name)
{
  SimTraceRecord record = { .kind = SIM_TRACE_INTERFACE };
  record.interface = (SimTraceInterface){ .id = id, .name = name, .kind = "tor" };
  sim_fates_hear (&record, fates);
}

static SimFates *
two_ends (void)
{
  SimFates *fates = sim_fates_new ();
  announce (fates, 0, "server2/em1");
  announce (fates, 1, "tor1/em3");
  return fates;
}

static void
pass (SimFates *fates, guint id, gint64 time_ns, SimTracePacket packet)
{
  SimTraceRecord record = { .kind = SIM_TRACE_PACKET, .time_ns = time_ns };
  record.packet = packet;
  record.packet.packet_id = id;
  sim_fates_hear (&record, fates);
}

static void
the_fate_of_a_dropped_frame_says_where_why_and_by_which_rule (void)
{
  g_autoptr (SimFates) fates = two_ends ();
  const SimFate *fate;
  g_autofree char *text = NULL;

  pass (fates, 7, 1000000001, (SimTracePacket){ .interface_id = 0, .direction = SIM_TRACE_OUTBOUND });
  pass (fates, 7, 1000001061, (SimTracePacket){ .interface_id = 1, .direction = SIM_TRACE_INBOUND });
  pass (fates, 7, 1000001061,
        (SimTracePacket){ .interface_id = 1,
                          .direction = SIM_TRACE_INBOUND,
                          .drop = NET_DROP_VLAN_UNBOUND,
                          .table = "vlan_bindings",
                          .rule = "port em3 vlan 5" });
  fate = sim_fates_find (fates, 7);
  CU_ASSERT_PTR_NOT_NULL_FATAL (fate);
  CU_ASSERT_EQUAL (fate->n_seen, 2);
  CU_ASSERT_EQUAL (fate->first.time_ns, 1000000001);
  CU_ASSERT_STRING_EQUAL (fate->first.interface, "server2/em1");
  CU_ASSERT_EQUAL (fate->n_drops, 1);
  text = sim_fate_describe (fate);
  CU_ASSERT_STRING_EQUAL (text,
                          "last seen arriving at tor1/em3 at 1.000001061 s; dropped there at 1.000001061 s: "
                          "vlan-unbound, no logical switch is bound to this port and VLAN "
                          "(vlan_bindings, rule port em3 vlan 5)");
}

static void
a_frame_that_passed_was_last_seen_where_it_arrived (void)
{
  g_autoptr (SimFates) fates = two_ends ();
  g_autofree char *text = NULL;

  pass (fates, 7, 5, (SimTracePacket){ .interface_id = 0, .direction = SIM_TRACE_OUTBOUND });
  text = sim_fate_describe (sim_fates_find (fates, 7));
  CU_ASSERT_STRING_EQUAL (text, "last seen leaving by server2/em1 at 0.000000005 s");
}

static void
a_frame_never_seen_has_no_fate (void)
{
  g_autoptr (SimFates) fates = two_ends ();
  CU_ASSERT_PTR_NULL (sim_fates_find (fates, 7));
}

static void
a_frame_dropped_before_any_link_says_so (void)
{
  g_autoptr (SimFates) fates = two_ends ();
  g_autofree char *text = NULL;

  pass (fates, 7, 5,
        (SimTracePacket){ .interface_id = 0, .direction = SIM_TRACE_OUTBOUND, .drop = NET_DROP_NO_CABLE });
  text = sim_fate_describe (sim_fates_find (fates, 7));
  CU_ASSERT_STRING_EQUAL (
      text, "dropped at server2/em1 at 0.000000005 s: no-cable, nothing is connected to the port");
}

static void
of_many_drops_the_last_ones_are_told_in_order (void)
{
  g_autoptr (SimFates) fates = two_ends ();
  const SimFate *fate;

  for (guint i = 0; i < SIM_FATE_DROPS + 3; i++)
    pass (fates, 7, i,
          (SimTracePacket){ .interface_id = 1, .drop = NET_DROP_NOT_FOR_US, .table = "t", .rule = "r" });
  fate = sim_fates_find (fates, 7);
  CU_ASSERT_EQUAL (fate->n_drops, SIM_FATE_DROPS + 3);
  CU_ASSERT_EQUAL (fate->drops[0].time_ns, 3);
  CU_ASSERT_EQUAL (fate->drops[SIM_FATE_DROPS - 1].time_ns, SIM_FATE_DROPS + 2);
}

static void
the_oldest_frame_is_forgotten_when_there_are_too_many (void)
{
  g_autoptr (SimFates) fates = two_ends ();

  for (guint id = 1; id <= SIM_FATES_MAX + 1; id++)
    pass (fates, id, id, (SimTracePacket){ .interface_id = 0, .drop = NET_DROP_NO_CABLE });
  CU_ASSERT_PTR_NULL (sim_fates_find (fates, 1));
  CU_ASSERT_PTR_NOT_NULL (sim_fates_find (fates, 2));
  CU_ASSERT_PTR_NOT_NULL (sim_fates_find (fates, SIM_FATES_MAX + 1));
}

int
main (void)
{
  static const TapTest tests[] = {
    { "the fate of a dropped frame says where, why and by which rule",
      the_fate_of_a_dropped_frame_says_where_why_and_by_which_rule },
    { "a frame that passed was last seen where it arrived",
      a_frame_that_passed_was_last_seen_where_it_arrived },
    { "a frame never seen has no fate", a_frame_never_seen_has_no_fate },
    { "a frame dropped before any link says so", a_frame_dropped_before_any_link_says_so },
    { "of many drops the last ones are told, in order", of_many_drops_the_last_ones_are_told_in_order },
    { "the oldest frame is forgotten when there are too many",
      the_oldest_frame_is_forgotten_when_there_are_too_many },
    { NULL, NULL },
  };
  return tap_main ("fate", tests);
}
