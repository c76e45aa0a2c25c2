/* Observing a small network. */
#include "guest-bench.h"

#include <string.h>

static void
frame_free (gpointer data)
{
  BenchFrame *frame = data;
  g_free (frame->at);
  g_free (frame->bytes);
  g_free (frame);
}

static void
note_packet (Bench *bench, const SimTraceRecord *record)
{
  const SimTracePacket *packet = &record->packet;
  BenchFrame *frame;

  if (packet->drop == NET_DROP_NONE && packet->direction != SIM_TRACE_OUTBOUND)
    return;
  frame = g_new0 (BenchFrame, 1);
  frame->at = g_strdup (g_ptr_array_index (bench->names, packet->interface_id));
  frame->time_ns = record->time_ns;
  frame->direction = packet->direction;
  frame->drop = packet->drop;
  frame->length = packet->length;
  frame->bytes = g_memdup2 (packet->bytes, packet->captured);
  g_ptr_array_add (bench->frames, frame);
}

static void
hear (const SimTraceRecord *record, gpointer user)
{
  Bench *bench = user;

  if (record->kind == SIM_TRACE_INTERFACE)
    {
      g_assert (record->interface.id == bench->names->len);
      g_ptr_array_add (bench->names, g_strdup (record->interface.name));
    }
  else if (record->kind == SIM_TRACE_PACKET)
    note_packet (bench, record);
  else if (record->kind == SIM_TRACE_STATE)
    g_ptr_array_add (bench->states, g_strdup_printf ("%s %s %s %s %s", record->state.node,
                                                     record->state.table, record->state.op, record->state.key,
                                                     record->state.json ? record->state.json : ""));
}

Bench *
bench_new (guint64 seed)
{
  Bench *bench = g_new0 (Bench, 1);

  bench->names = g_ptr_array_new_with_free_func (g_free);
  bench->frames = g_ptr_array_new_with_free_func (frame_free);
  bench->states = g_ptr_array_new_with_free_func (g_free);
  bench->trace = sim_trace_new ();
  sim_trace_subscribe (bench->trace, hear, bench);
  bench->network = sim_network_new (seed);
  sim_network_set_trace (bench->network, bench->trace);
  return bench;
}

void
bench_free (Bench *bench)
{
  if (!bench)
    return;
  sim_network_free (bench->network);
  sim_trace_free (bench->trace);
  g_ptr_array_unref (bench->names);
  g_ptr_array_unref (bench->frames);
  g_ptr_array_unref (bench->states);
  g_free (bench);
}

SimLink *
bench_link (SimNode *a, guint a_port, SimNode *b, guint b_port, gint64 delay_ns)
{
  SimLinkConfig config = { .delay_ns = delay_ns };
  return sim_link_new ((SimEnd){ a, a_port }, (SimEnd){ b, b_port },
                       (const SimLinkConfig[2]){ config, config });
}

void
bench_run (Bench *bench, gint64 until_ns)
{
  sim_clock_run (sim_network_clock (bench->network), until_ns);
}

const BenchFrame *
bench_sent (const Bench *bench, const char *at, guint n)
{
  for (guint i = 0; i < bench->frames->len; i++)
    {
      const BenchFrame *frame = g_ptr_array_index (bench->frames, i);
      if (frame->drop == NET_DROP_NONE && strcmp (frame->at, at) == 0 && n-- == 0)
        return frame;
    }
  return NULL;
}

guint
bench_n_sent (const Bench *bench, const char *at)
{
  guint n = 0;
  while (bench_sent (bench, at, n))
    n++;
  return n;
}

guint
bench_n_dropped (const Bench *bench, const char *at, NetDropReason reason)
{
  guint n = 0;
  for (guint i = 0; i < bench->frames->len; i++)
    {
      const BenchFrame *frame = g_ptr_array_index (bench->frames, i);
      n += frame->drop == reason && strcmp (frame->at, at) == 0;
    }
  return n;
}

guint
bench_n_states (const Bench *bench, const char *prefix)
{
  guint n = 0;
  for (guint i = 0; i < bench->states->len; i++)
    n += g_str_has_prefix (g_ptr_array_index (bench->states, i), prefix);
  return n;
}

const char *
bench_state (const Bench *bench, const char *prefix)
{
  for (guint i = 0; i < bench->states->len; i++)
    if (g_str_has_prefix (g_ptr_array_index (bench->states, i), prefix))
      return g_ptr_array_index (bench->states, i);
  return "";
}

void
bench_forget (Bench *bench)
{
  g_ptr_array_set_size (bench->frames, 0);
  g_ptr_array_set_size (bench->states, 0);
}

static GByteArray *
read_hex (const char *hex)
{
  GByteArray *bytes = g_byte_array_new ();

  for (; *hex; hex++)
    if (g_ascii_isxdigit (hex[0]))
      {
        guint8 byte = (guint8) (g_ascii_xdigit_value (hex[0]) << 4 | g_ascii_xdigit_value (hex[1]));
        g_byte_array_append (bytes, &byte, 1);
        hex++;
      }
  return bytes;
}

void
bench_expect (const Bench *bench, const char *at, guint n, gboolean mask_ident, const char *hex)
{
  const BenchFrame *frame = bench_sent (bench, at, n);
  g_autoptr (GByteArray) expected = read_hex (hex);

  CU_ASSERT_PTR_NOT_NULL (frame);
  if (!frame)
    return;
  if (mask_ident && frame->length > 26 && expected->len > 26)
    {
      memcpy (expected->data + 18, frame->bytes + 18, 2);
      memcpy (expected->data + 24, frame->bytes + 24, 2);
    }
  tap_bytes_equal (__FILE__, __LINE__, frame->bytes, frame->length, expected->data, expected->len);
}

/* ---- two guests ---------------------------------------------------------------------------------------------- */

const NetMac mac_vm1 = { { 0xfa, 0x16, 0x3e, 0, 0, 0x11 } };
const NetMac mac_vm2 = { { 0xfa, 0x16, 0x3e, 0, 0, 0x12 } };
const NetIpv4 ip_vm1 = 0x0a00000b, ip_vm2 = 0x0a00000c;

Pair
pair_new (void)
{
  Pair pair = { .bench = bench_new (1) };

  pair.vm1 = guest_new (pair.bench->network, "vm1",
                        &(GuestConfig){ .mac = mac_vm1, .ipv4 = ip_vm1, .prefix_length = 24 });
  pair.vm2 = guest_new (pair.bench->network, "vm2",
                        &(GuestConfig){ .mac = mac_vm2, .ipv4 = ip_vm2, .prefix_length = 24 });
  bench_link (guest_node (pair.vm1), 0, guest_node (pair.vm2), 0, 100 * SIM_USEC);
  guest_start (pair.vm1);
  guest_start (pair.vm2);
  return pair;
}

void
ping_once (Guest *guest, NetIpv4 to)
{
  guest_ping (guest, &(GuestPing){ .to = guest_ip_v4 (to), .count = 1, .payload_bytes = 56 });
}
