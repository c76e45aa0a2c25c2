/* What became of a frame, from the records of the trace. */
#include "sim/fate.h"
#include "tap.h"

static void
announce (SimFates *fates, guint id, const char *name, const char *peer)
{
  SimTraceRecord record = { .kind = SIM_TRACE_INTERFACE };
  record.interface = (SimTraceInterface){ .id = id, .name = name, .kind = "tor", .peer = peer };
  sim_fates_hear (&record, fates);
}

static SimFates *
two_ends (void)
{
  SimFates *fates = sim_fates_new ();
  announce (fates, 0, "server2/em1", "tor1/em3");
  announce (fates, 1, "tor1/em3", "server2/em1");
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

static guint
n_found (const SimFates *fates, guint64 packet_id)
{
  g_autoptr (GArray) found = sim_fates_find (fates, packet_id);
  return found->len;
}

static void
a_frame_is_remembered_place_by_place_in_order (void)
{
  g_autoptr (SimFates) fates = two_ends ();
  g_autoptr (GArray) found = NULL;
  const SimSighting *s;
  g_autofree char *text = NULL;

  pass (fates, 7, 1000000001, (SimTracePacket){ .interface_id = 0, .direction = SIM_TRACE_OUTBOUND });
  pass (fates, 8, 1000000002, (SimTracePacket){ .interface_id = 0, .direction = SIM_TRACE_OUTBOUND });
  pass (fates, 7, 1000001061, (SimTracePacket){ .interface_id = 1, .direction = SIM_TRACE_INBOUND });
  pass (fates, 7, 1000001062,
        (SimTracePacket){ .interface_id = 1,
                          .direction = SIM_TRACE_INBOUND,
                          .drop = NET_DROP_VLAN_UNBOUND,
                          .table = "vlan_bindings",
                          .rule = "port em3 vlan 5" });
  found = sim_fates_find (fates, 7);
  CU_ASSERT_EQUAL_FATAL (found->len, 3);
  s = &g_array_index (found, SimSighting, 0);
  CU_ASSERT_EQUAL (s[0].time_ns, 1000000001);
  CU_ASSERT_STRING_EQUAL (s[0].place->name, "server2/em1");
  CU_ASSERT_STRING_EQUAL (s[0].place->peer, "tor1/em3");
  CU_ASSERT_EQUAL (s[0].direction, SIM_TRACE_OUTBOUND);
  CU_ASSERT_EQUAL (s[0].drop, NET_DROP_NONE);
  CU_ASSERT_STRING_EQUAL (s[1].place->name, "tor1/em3");
  CU_ASSERT_EQUAL (s[1].direction, SIM_TRACE_INBOUND);
  CU_ASSERT_EQUAL (s[2].drop, NET_DROP_VLAN_UNBOUND);
  text = sim_sighting_describe_drop (&s[2]);
  CU_ASSERT_STRING_EQUAL (text, "vlan-unbound, no logical switch is bound to this port and VLAN "
                                "(vlan_bindings, rule port em3 vlan 5)");
}

static void
a_drop_may_have_a_table_a_rule_both_or_neither (void)
{
  static const struct
  {
    const char *table, *rule, *text;
  } cases[] = { { NULL, NULL, "no-cable, nothing is connected to the port" },
                { "t", NULL, "no-cable, nothing is connected to the port (t)" },
                { NULL, "r", "no-cable, nothing is connected to the port (rule r)" },
                { "t", "r", "no-cable, nothing is connected to the port (t, rule r)" } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SimFates) fates = two_ends ();
      g_autoptr (GArray) found = NULL;
      g_autofree char *text = NULL;

      pass (fates, 7, 5,
            (SimTracePacket){ .drop = NET_DROP_NO_CABLE, .table = cases[i].table, .rule = cases[i].rule });
      found = sim_fates_find (fates, 7);
      CU_ASSERT_EQUAL_FATAL (found->len, 1);
      text = sim_sighting_describe_drop (&g_array_index (found, SimSighting, 0));
      CU_ASSERT_STRING_EQUAL (text, cases[i].text);
    }
}

static void
a_frame_never_seen_has_no_sightings (void)
{
  g_autoptr (SimFates) fates = two_ends ();
  CU_ASSERT_EQUAL (n_found (fates, 7), 0);
}

static void
a_frame_at_an_end_that_was_not_announced_is_ignored (void)
{
  g_autoptr (SimFates) fates = two_ends ();

  pass (fates, 7, 5, (SimTracePacket){ .interface_id = 2, .direction = SIM_TRACE_OUTBOUND });
  CU_ASSERT_EQUAL (n_found (fates, 7), 0);
}

static void
the_oldest_sighting_is_forgotten_when_there_are_too_many (void)
{
  g_autoptr (SimFates) fates = two_ends ();

  for (guint id = 1; id <= SIM_SIGHTINGS_MAX + 1; id++)
    pass (fates, id, id, (SimTracePacket){ .drop = NET_DROP_NO_CABLE, .table = "t" });
  CU_ASSERT_EQUAL (n_found (fates, 1), 0);
  CU_ASSERT_EQUAL (n_found (fates, 2), 1);
  CU_ASSERT_EQUAL (n_found (fates, SIM_SIGHTINGS_MAX + 1), 1);
}

int
main (void)
{
  static const TapTest tests[] = {
    { "a frame is remembered place by place, in order", a_frame_is_remembered_place_by_place_in_order },
    { "a drop may have a table, a rule, both or neither", a_drop_may_have_a_table_a_rule_both_or_neither },
    { "a frame never seen has no sightings", a_frame_never_seen_has_no_sightings },
    { "a frame at an end that was not announced is ignored",
      a_frame_at_an_end_that_was_not_announced_is_ignored },
    { "the oldest sighting is forgotten when there are too many",
      the_oldest_sighting_is_forgotten_when_there_are_too_many },
    { NULL, NULL },
  };
  return tap_main ("fate", tests);
}
