/* A guest's ARP request, once accepted and once dropped by a TOR, with names and state changes around it. */
#include "pcapng-test-sample.h"

/* who-has 10.0.0.12 tell 10.0.0.11, VLAN 5. */
static const guint8 tagged_arp[] = {
  0xff, 0xff, 0xff, 0xff, 0xff, 0xff,                    /* destination */
  0x02, 0x00, 0x00, 0x00, 0x00, 0x0b,                    /* source */
  0x81, 0x00, 0x00, 0x05,                                /* 802.1Q, VLAN 5 */
  0x08, 0x06,                                            /* ARP */
  0x00, 0x01, 0x08, 0x00, 0x06, 0x04, 0x00, 0x01,        /* Ethernet, IPv4, request */
  0x02, 0x00, 0x00, 0x00, 0x00, 0x0b, 10,   0,    0, 11, /* sender */
  0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 10,   0,    0, 12  /* target */
};

static void
emit_name (SimTraceFunc hear, gpointer user, gint64 time_ns, const char *address, const char *name)
{
  SimTraceRecord record = { .kind = SIM_TRACE_NAME, .time_ns = time_ns };
  record.name = (SimTraceName){ .address = address, .name = name };
  hear (&record, user);
}

static void
emit_interface (SimTraceFunc hear, gpointer user, gint64 time_ns, SimTraceInterface interface)
{
  SimTraceRecord record = { .kind = SIM_TRACE_INTERFACE, .time_ns = time_ns };
  record.interface = interface;
  hear (&record, user);
}

static void
emit_packet (SimTraceFunc hear, gpointer user, gint64 time_ns, SimTracePacket packet)
{
  SimTraceRecord record = { .kind = SIM_TRACE_PACKET, .time_ns = time_ns };
  record.packet = packet;
  record.packet.bytes = tagged_arp;
  record.packet.length = sizeof tagged_arp;
  if (!record.packet.captured)
    record.packet.captured = sizeof tagged_arp;
  hear (&record, user);
}

static void
emit_state (SimTraceFunc hear, gpointer user, gint64 time_ns, SimTraceState state)
{
  SimTraceRecord record = { .kind = SIM_TRACE_STATE, .time_ns = time_ns };
  record.state = state;
  hear (&record, user);
}

void
pcapng_sample_emit (SimTraceFunc hear, gpointer user)
{
  const guint64 id = (guint64) 1 << 40 | 7;
  SimTraceRecord section = { .kind = SIM_TRACE_SECTION };

  section.section
      = (SimTraceSection){ .scenario = "use-case-2", .variant = "broken", .seed = 2901, .version = "0.1.0" };
  hear (&section, user);
  emit_name (hear, user, 0, "10.0.0.11", "vm1");
  emit_name (hear, user, 0, "02:00:00:00:00:0b", "vm1");
  emit_name (hear, user, 0, "fe80::ff:fe00:b", "vm1");
  emit_interface (hear, user, 0, (SimTraceInterface){ 0, "server2/em1", "sriov-compute", "tor1/em3" });
  emit_interface (hear, user, 0, (SimTraceInterface){ 1, "tor1/em3", "tor", "server2/em1" });
  emit_packet (hear, user, 1000000001,
               (SimTracePacket){ .interface_id = 0, .direction = SIM_TRACE_OUTBOUND, .packet_id = id });
  emit_packet (hear, user, 1000001061,
               (SimTracePacket){ .interface_id = 1, .direction = SIM_TRACE_INBOUND, .packet_id = id });
  emit_packet (hear, user, 1000001061,
               (SimTracePacket){ .interface_id = 1,
                                 .direction = SIM_TRACE_INBOUND,
                                 .packet_id = id,
                                 .drop = NET_DROP_VLAN_UNBOUND,
                                 .table = "vlan_bindings",
                                 .rule = "port em3 vlan 5" });
  emit_state (hear, user, 1000001061, (SimTraceState){ "tor1", "fdb", "add", "02:00:00:00:00:0b", NULL });
  emit_state (hear, user, 1000002000,
              (SimTraceState){ "tor1", "ovsdb/Ucast_Macs_Local", "insert", "quote \" back\\slash tab\t",
                               "{\"MAC\": \"02:00:00:00:00:0b\",\"n\":[1, 2 ]}" });
  emit_name (hear, user, 1500000000, "10.0.0.12", "vm2");
  emit_interface (hear, user, 2000000000, (SimTraceInterface){ 2, "tor1/em4", "tor", NULL });
  emit_packet (hear, user, 9223372036854775807,
               (SimTracePacket){ .interface_id = 2,
                                 .direction = SIM_TRACE_OUTBOUND,
                                 .packet_id = id + 1,
                                 .captured = 20,
                                 .drop = NET_DROP_NO_CABLE });
}

/* NULL is told from the empty text. */
static void
print_text (GString *out, const char *label, const char *text)
{
  if (text)
    g_string_append_printf (out, " %s='%s'", label, text);
}

static void
print_packet (const SimTracePacket *packet, GString *out)
{
  g_string_append_printf (out, "packet interface=%u direction=%d id=%" G_GUINT64_FORMAT " length=%u drop=%s",
                          packet->interface_id, (int) packet->direction, packet->packet_id, packet->length,
                          net_drop_word (packet->drop));
  print_text (out, "table", packet->table);
  print_text (out, "rule", packet->rule);
  g_string_append (out, " bytes=");
  for (guint i = 0; i < packet->captured; i++)
    g_string_append_printf (out, "%02x", packet->bytes[i]);
}

void
pcapng_sample_print (const SimTraceRecord *record, gpointer gstring)
{
  GString *out = gstring;

  g_string_append_printf (out, "%" G_GINT64_FORMAT " ", record->time_ns);
  switch (record->kind)
    {
    case SIM_TRACE_SECTION:
      g_string_append_printf (out, "section seed=%" G_GUINT64_FORMAT, record->section.seed);
      print_text (out, "scenario", record->section.scenario);
      print_text (out, "variant", record->section.variant);
      print_text (out, "version", record->section.version);
      break;
    case SIM_TRACE_INTERFACE:
      g_string_append_printf (out, "interface id=%u", record->interface.id);
      print_text (out, "name", record->interface.name);
      print_text (out, "kind", record->interface.kind);
      print_text (out, "peer", record->interface.peer);
      break;
    case SIM_TRACE_NAME:
      g_string_append (out, "name");
      print_text (out, "address", record->name.address);
      print_text (out, "name", record->name.name);
      break;
    case SIM_TRACE_PACKET:
      print_packet (&record->packet, out);
      break;
    case SIM_TRACE_STATE:
      g_string_append (out, "state");
      print_text (out, "node", record->state.node);
      print_text (out, "table", record->state.table);
      print_text (out, "op", record->state.op);
      print_text (out, "key", record->state.key);
      print_text (out, "json", record->state.json);
      break;
    }
  g_string_append_c (out, '\n');
}
