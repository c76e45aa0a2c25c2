/* What the ledger keeps of a trace, fed record by record. */
#include "lab/ledger.h"

#include <string.h>

#include "tap.h"

static void
state (LabLedger *ledger, gint64 time_ns, const char *node, const char *table, const char *op,
       const char *key, const char *json)
{
  const SimTraceRecord record
      = { .kind = SIM_TRACE_STATE,
          .time_ns = time_ns,
          .state = { .node = node, .table = table, .op = op, .key = key, .json = json } };
  lab_ledger_hear (&record, ledger);
}

static void
interface (LabLedger *ledger, guint id, const char *name, const char *kind)
{
  const SimTraceRecord record
      = { .kind = SIM_TRACE_INTERFACE, .interface = { .id = id, .name = name, .kind = kind } };
  lab_ledger_hear (&record, ledger);
}

static void
packet (LabLedger *ledger, const SimTracePacket *p, gint64 time_ns)
{
  const SimTraceRecord record = { .kind = SIM_TRACE_PACKET, .time_ns = time_ns, .packet = *p };
  lab_ledger_hear (&record, ledger);
}

static void
echoes_are_counted_by_node_and_destination (void)
{
  g_autoptr (LabLedger) ledger = lab_ledger_new ();
  const LabEcho *echo;

  state (ledger, 10, "vm1", "ping", "sent", "10.0.0.12 1", "{\"seq\":1,\"id\":5}");
  state (ledger, 50, "vm1", "ping", "reply", "10.0.0.12 1", "{\"seq\":1,\"id\":5,\"rtt_ns\":40}");
  state (ledger, 60, "vm1", "ping", "sent", "10.0.0.12 2", "{\"seq\":2,\"id\":5}");
  state (ledger, 90, "vm1", "ping", "timeout", "10.0.0.12 2", "{\"seq\":2,\"id\":5}");
  state (ledger, 95, "vm2", "ping", "sent", "10.0.0.11 1", "{\"seq\":1,\"id\":6}");
  echo = lab_ledger_echo (ledger, "vm1", "10.0.0.12");
  CU_ASSERT_PTR_NOT_NULL_FATAL (echo);
  CU_ASSERT_EQUAL (echo->sent, 2);
  CU_ASSERT_EQUAL (echo->replied, 1);
  CU_ASSERT_EQUAL (echo->failed, 1);
  CU_ASSERT_EQUAL (echo->first_sent_ns, 10);
  CU_ASSERT_EQUAL (echo->best_rtt_ns, 40);
  CU_ASSERT_PTR_NULL (lab_ledger_echo (ledger, "vm1", "10.0.0.99"));
}

static void
ends_are_counted_by_ping_and_anew_when_an_id_comes_again (void)
{
  g_autoptr (LabLedger) ledger = lab_ledger_new ();

  state (ledger, 10, "vm1", "ping", "sent", "10.0.0.12 1", "{\"seq\":1,\"id\":5}");
  state (ledger, 20, "vm1", "ping", "sent", "10.0.0.13 1", "{\"seq\":1,\"id\":6}");
  state (ledger, 50, "vm1", "ping", "reply", "10.0.0.12 1", "{\"seq\":1,\"id\":5,\"rtt_ns\":40}");
  state (ledger, 60, "vm1", "ping", "late", "10.0.0.12 1", "{\"seq\":1,\"id\":5}");
  state (ledger, 70, "vm1", "ping", "unreachable", "10.0.0.13 1", "{\"seq\":1,\"id\":6}");
  state (ledger, 80, "vm1", "arping", "sent", "10.0.0.13 1", "{\"seq\":1}");
  state (ledger, 90, "vm1", "arping", "timeout", "10.0.0.13 1", "{\"seq\":1}");
  CU_ASSERT_EQUAL (lab_ledger_pings_ended (ledger, "vm1", 5), 1);
  CU_ASSERT_EQUAL (lab_ledger_pings_ended (ledger, "vm1", 6), 1);
  CU_ASSERT_EQUAL (lab_ledger_pings_ended (ledger, "vm1", 7), 0);
  CU_ASSERT_EQUAL (lab_ledger_arpings_ended (ledger, "vm1"), 1);
  CU_ASSERT_EQUAL (lab_ledger_arpings_ended (ledger, "vm2"), 0);
  state (ledger, 99, "vm1", "ping", "sent", "10.0.0.12 1", "{\"seq\":1,\"id\":5}");
  CU_ASSERT_EQUAL (lab_ledger_pings_ended (ledger, "vm1", 5), 0);
}

static void
count (const LabEntry *entry, gpointer user)
{
  g_string_append_printf (user, "%s ", entry->key);
}

static void
rows_are_kept_as_they_stand (void)
{
  g_autoptr (LabLedger) ledger = lab_ledger_new ();
  g_autoptr (GString) keys = g_string_new (NULL);

  for (guint i = 0; i < 400; i++)
    {
      g_autofree char *key = g_strdup_printf ("row%u", i);
      state (ledger, i, "tor1", "ovsdb/Ucast_Macs_Local", "insert", key, "{\"MAC\":\"a\"}");
    }
  for (guint i = 0; i < 400; i++)
    {
      g_autofree char *key = g_strdup_printf ("row%u", i);
      if (i != 7 && i != 399)
        state (ledger, i, "tor1", "ovsdb/Ucast_Macs_Local", "delete", key, NULL);
    }
  state (ledger, 500, "tor1", "ovsdb/Ucast_Macs_Local", "modify", "row7", "{\"MAC\":\"b\"}");
  lab_ledger_each (ledger, "tor1", "Ucast_Macs_Local", count, keys);
  CU_ASSERT_STRING_EQUAL (keys->str, "row7 row399 ");
  CU_ASSERT_STRING_EQUAL (
      json_string_value (json_object_get (lab_ledger_row (ledger, "tor1", "row7")->json, "MAC")), "b");
  CU_ASSERT_PTR_NULL (lab_ledger_row (ledger, "tor2", "row7"));
}

static void
the_controller_is_converged_from_its_last_word_on (void)
{
  g_autoptr (LabLedger) ledger = lab_ledger_new ();

  CU_ASSERT_EQUAL (lab_ledger_converged_since (ledger), -1);
  state (ledger, 100, "odl", "controller", "converged", "odl", NULL);
  state (ledger, 200, "odl", "controller", "busy", "odl", NULL);
  CU_ASSERT_EQUAL (lab_ledger_converged_since (ledger), -1);
  state (ledger, 300, "odl", "controller", "converged", "odl", NULL);
  CU_ASSERT_EQUAL (lab_ledger_converged_since (ledger), 300);
  CU_ASSERT_EQUAL (lab_ledger_first_converged (ledger), 100);
}

/* An ARP request of vm1 for 10.0.0.12. */
static const guint8 request[]
    = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfa, 0x16, 0x3e, 0x00, 0x00, 0x11, 0x08, 0x06,
        0x00, 0x01, 0x08, 0x00, 0x06, 0x04, 0x00, 0x01, 0xfa, 0x16, 0x3e, 0x00, 0x00, 0x11,
        0x0a, 0x00, 0x00, 0x0b, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x0a, 0x00, 0x00, 0x0c };

static void
frames_of_guests_can_be_asked_for_by_kind_and_address (void)
{
  g_autoptr (LabLedger) ledger = lab_ledger_new ();
  SimTracePacket p = { .interface_id = 0,
                       .direction = SIM_TRACE_OUTBOUND,
                       .packet_id = 77,
                       .bytes = request,
                       .captured = sizeof request,
                       .length = sizeof request };
  const NetIpv6 asked = lab_address_v4 (0x0a00000c), other = lab_address_v4 (0x0a00000d);
  const LabSentFrame *sent;

  interface (ledger, 0, "vm1/eth0", "guest");
  interface (ledger, 1, "tor1/em3", "tor");
  packet (ledger, &p, 5);
  p.packet_id = 78;
  packet (ledger, &p, 9);
  sent = lab_ledger_last_sent (ledger, "vm1", LAB_FRAME_ASK, &asked);
  CU_ASSERT_PTR_NOT_NULL_FATAL (sent);
  CU_ASSERT_EQUAL (sent->packet_id, 78);
  CU_ASSERT_EQUAL (lab_ledger_sent_since (ledger, "vm1", LAB_FRAME_ASK, &asked, 0)->packet_id, 77);
  CU_ASSERT_EQUAL (lab_ledger_sent_since (ledger, "vm1", LAB_FRAME_ASK, &asked, 6)->packet_id, 78);
  CU_ASSERT_PTR_NULL (lab_ledger_sent_since (ledger, "vm1", LAB_FRAME_ASK, &asked, 10));
  CU_ASSERT_PTR_NULL (lab_ledger_last_sent (ledger, "vm1", LAB_FRAME_ASK, &other));
  CU_ASSERT_PTR_NULL (lab_ledger_last_sent (ledger, "vm1", LAB_FRAME_TELL, NULL));
  p.interface_id = 1;
  packet (ledger, &p, 11);
  CU_ASSERT_PTR_NULL (lab_ledger_last_sent (ledger, "tor1", LAB_FRAME_ASK, NULL));
}

static void
of_a_guests_frames_the_last_1024_are_kept (void)
{
  g_autoptr (LabLedger) ledger = lab_ledger_new ();
  SimTracePacket p = {
    .direction = SIM_TRACE_OUTBOUND, .bytes = request, .captured = sizeof request, .length = sizeof request
  };
  const NetIpv6 asked = lab_address_v4 (0x0a00000c);

  interface (ledger, 0, "vm1/eth0", "guest");
  for (guint i = 0; i < 1030; i++)
    {
      p.packet_id = i + 1;
      packet (ledger, &p, i);
    }
  CU_ASSERT_EQUAL (lab_ledger_sent_since (ledger, "vm1", LAB_FRAME_ASK, &asked, 0)->packet_id, 7);
  CU_ASSERT_EQUAL (lab_ledger_last_sent (ledger, "vm1", LAB_FRAME_ASK, &asked)->packet_id, 1030);
}

static void
drops_are_counted_by_node_and_reason (void)
{
  g_autoptr (LabLedger) ledger = lab_ledger_new ();
  SimTracePacket p = { .interface_id = 0,
                       .direction = SIM_TRACE_INBOUND,
                       .packet_id = 1,
                       .bytes = request,
                       .captured = sizeof request,
                       .length = sizeof request,
                       .drop = NET_DROP_VLAN_UNBOUND,
                       .table = "vlan_bindings",
                       .rule = "em3/5" };

  interface (ledger, 0, "tor1/em3", "tor");
  interface (ledger, 1, "tor11/em3", "tor");
  packet (ledger, &p, 5);
  packet (ledger, &p, 9);
  p.interface_id = 1;
  p.drop = NET_DROP_MALFORMED;
  packet (ledger, &p, 11);
  CU_ASSERT_EQUAL (
      lab_ledger_drops (ledger, &(LabDropKind){ .node = "tor1", .reason = NET_DROP_VLAN_UNBOUND }), 2);
  CU_ASSERT_EQUAL (lab_ledger_drops (ledger, &(LabDropKind){ .node = "tor1", .reason = NET_DROP_NONE }), 2);
  CU_ASSERT_EQUAL (lab_ledger_drops (ledger, &(LabDropKind){ .node = NULL, .reason = NET_DROP_NONE }), 3);
  CU_ASSERT_EQUAL (lab_ledger_drops (ledger, &(LabDropKind){ .node = "tor1", .reason = NET_DROP_MALFORMED }),
                   0);
  CU_ASSERT_EQUAL (lab_ledger_drops (ledger, &(LabDropKind){ .table = "vlan_bindings" }), 3);
  CU_ASSERT_EQUAL (lab_ledger_drops (ledger, &(LabDropKind){ .table = "fdb" }), 0);
  CU_ASSERT_PTR_NULL (lab_ledger_last_drop (ledger, &(LabDropKind){ .table = "fdb" }));
  CU_ASSERT_EQUAL (lab_ledger_last_drop (ledger, &(LabDropKind){ .node = "tor1" })->time_ns, 9);
  CU_ASSERT_STRING_EQUAL (lab_ledger_last_drop (ledger, &(LabDropKind){ .node = "tor1" })->rule, "em3/5");
}

int
main (void)
{
  static const TapTest tests[]
      = { { "echoes are counted by node and destination", echoes_are_counted_by_node_and_destination },
          { "rows are kept as they stand, in the order in which they came", rows_are_kept_as_they_stand },
          { "the controller is converged from its last word on",
            the_controller_is_converged_from_its_last_word_on },
          { "ends are counted by ping, and anew when an id comes again",
            ends_are_counted_by_ping_and_anew_when_an_id_comes_again },
          { "frames of guests can be asked for by kind and address",
            frames_of_guests_can_be_asked_for_by_kind_and_address },
          { "of a guest's frames the last 1024 are kept", of_a_guests_frames_the_last_1024_are_kept },
          { "drops are counted by node and reason", drops_are_counted_by_node_and_reason },
          { NULL, NULL } };
  return tap_main ("ledger", tests);
}
