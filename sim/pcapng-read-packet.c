/* The packet blocks of pcapng (§4.3, §4.4, and the obsolete one of appendix A): times become nanoseconds, a
 * verdict and our custom option become the drop again. */
#include "sim/pcapng-reader.h"

static guint64
power_of_ten (guint n)
{
  guint64 power = 1;
  while (n--)
    power *= 10;
  return power;
}

/* FALSE when the time does not fit. */
static gboolean
to_ns (const PcapngInterface *interface, guint64 stamp, gint64 *time_ns)
{
  guint n = interface->resolution & 0x7f;
  guint64 seconds, ns;
  gint64 whole;

  if (interface->resolution & 0x80)
    {
      guint64 fraction = n ? stamp & (((guint64) 1 << n) - 1) : 0;
      guint shift = n > 30 ? n - 30 : 0; /* what a nanosecond cannot show anyway */
      seconds = stamp >> n;
      ns = (fraction >> shift) * NET_SEC >> (n - shift);
    }
  else
    {
      guint64 unit = power_of_ten (n), fraction = stamp % unit;
      seconds = stamp / unit;
      ns = n <= 9 ? fraction * power_of_ten (9 - n) : fraction / power_of_ten (n - 9);
    }
  return seconds <= G_MAXINT64 && !__builtin_add_overflow ((gint64) seconds, interface->offset, &whole)
         && !__builtin_mul_overflow (whole, NET_SEC, &whole)
         && !__builtin_add_overflow (whole, (gint64) ns, time_ns);
}

/* The custom option of a drop.  The verdict and the comment say the same, to Wireshark. */
static gboolean
read_drop (PcapngReader *reader, const json_t *json, SimTracePacket *packet)
{
  const char *word = json_string_value (json_object_get (json, "drop"));

  if (!word)
    return TRUE;
  packet->drop = net_drop_from_word (word);
  packet->table = pcapng_keep_member (reader, json, "table");
  packet->rule = pcapng_keep_member (reader, json, "rule");
  return packet->drop != NET_DROP_NONE
         || pcapng_fail (reader, "this version knows no drop reason '%s'", word);
}

static gboolean
read_packet_options (PcapngReader *reader, PcapngBytes *body, SimTracePacket *packet)
{
  PcapngOption option;
  gboolean ok;

  while (pcapng_reader_option (reader, body, &option, &ok))
    {
      json_t *json = pcapng_load_custom_option (reader, &option);
      gboolean known = read_drop (reader, json, packet);
      json_decref (json);
      if (!known)
        return FALSE;
      if (option.code == PCAPNG_EPB_FLAGS && option.n >= 4)
        packet->direction = pcapng_get_u32 (option.bytes, reader->big_endian) & 3;
      else if (option.code == PCAPNG_EPB_PACKETID && option.n >= 8)
        packet->packet_id = pcapng_get_u64 (option.bytes, reader->big_endian);
    }
  return ok;
}

/* From the captured length on; `stamp` is in the interface's units. */
static gboolean
read_packet_rest (PcapngReader *reader, PcapngBytes *body, guint32 local_id, guint64 stamp)
{
  SimTraceRecord record = { .kind = SIM_TRACE_PACKET };
  SimTracePacket *packet = &record.packet;
  guint64 id = (guint64) reader->section_base + local_id;

  if (id >= reader->interfaces->len)
    return pcapng_fail (reader, "a packet of interface %u, of which there was no description", local_id);
  if (!to_ns (&g_array_index (reader->interfaces, PcapngInterface, id), stamp, &record.time_ns))
    return pcapng_fail (reader, "the packet's time is out of range");
  if (!pcapng_u32 (body, &packet->captured) || !pcapng_u32 (body, &packet->length))
    return pcapng_fail (reader, "the packet block is too short");
  packet->bytes = pcapng_padded (body, packet->captured);
  if (!packet->bytes)
    return pcapng_fail (reader, "a packet of %u bytes does not fit its block", packet->captured);
  if (packet->captured > packet->length)
    return pcapng_fail (reader, "%u bytes captured of a packet of %u", packet->captured, packet->length);
  packet->interface_id = (guint) id;
  if (!read_packet_options (reader, body, packet))
    return FALSE;
  reader->hear (&record, reader->user);
  return TRUE;
}

gboolean
pcapng_read_enhanced_packet (PcapngReader *reader, PcapngBytes *body)
{
  guint32 id, high, low;

  if (!pcapng_u32 (body, &id) || !pcapng_u32 (body, &high) || !pcapng_u32 (body, &low))
    return pcapng_fail (reader, "the packet block is too short");
  return read_packet_rest (reader, body, id, (guint64) high << 32 | low);
}

gboolean
pcapng_read_old_packet (PcapngReader *reader, PcapngBytes *body)
{
  guint16 id, drops;
  guint32 high, low;

  if (!pcapng_u16 (body, &id) || !pcapng_u16 (body, &drops) || !pcapng_u32 (body, &high)
      || !pcapng_u32 (body, &low))
    return pcapng_fail (reader, "the packet block is too short");
  return read_packet_rest (reader, body, id, (guint64) high << 32 | low);
}

/* A packet without time or options, of the section's first interface. */
gboolean
pcapng_read_simple_packet (PcapngReader *reader, PcapngBytes *body)
{
  SimTraceRecord record = { .kind = SIM_TRACE_PACKET };
  SimTracePacket *packet = &record.packet;
  guint32 snap_length;

  if (reader->section_base >= reader->interfaces->len)
    return pcapng_fail (reader, "a packet of interface 0, of which there was no description");
  if (!pcapng_u32 (body, &packet->length))
    return pcapng_fail (reader, "the packet block is too short");
  snap_length = g_array_index (reader->interfaces, PcapngInterface, reader->section_base).snap_length;
  packet->captured = snap_length ? MIN (packet->length, snap_length) : packet->length;
  packet->bytes = pcapng_padded (body, packet->captured);
  if (!packet->bytes)
    return pcapng_fail (reader, "a packet of %u bytes does not fit its block", packet->captured);
  packet->interface_id = reader->section_base;
  reader->hear (&record, reader->user);
  return TRUE;
}
