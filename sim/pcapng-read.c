/* pcapng blocks to trace records.  A block is first bounded (its length, checked at both ends), then read
 * through a cursor that cannot leave it.  Whatever contradicts itself ends in a sentence with the block's
 * offset. */
#include "sim/pcapng-reader.h"

#include <string.h>

G_DEFINE_QUARK (sim-pcapng-error-quark, sim_pcapng_error)

#define CLASSIC_PCAP_MAGIC(m)                                                                                \
  ((m) == 0xa1b2c3d4u || (m) == 0xa1b23c4du || (m) == 0xd4c3b2a1u || (m) == 0x4d3cb2a1u)

/* ---- state changes (§4.7) ------------------------------------------------------------------------------ */

/* A custom block of ours; those of others, and of later versions, are passed over. */
gboolean
pcapng_read_custom (PcapngReader *reader, PcapngBytes *body)
{
  SimTraceRecord record = { .kind = SIM_TRACE_STATE };
  const guint8 *text, *end, *line_end;
  const char *kind;
  guint32 pen;
  json_t *json;

  if (!pcapng_u32 (body, &pen))
    return pcapng_fail (reader, "the custom block is too short");
  text = body->cursor.at;
  end = text + strnlen ((const char *) text, net_cursor_left (&body->cursor));
  line_end = memchr (text, '\n', (gsize) (end - text));
  json = pen == SIM_PCAPNG_PEN ? pcapng_load_object (text, (gsize) ((line_end ? line_end : end) - text))
                               : NULL;
  kind = json_string_value (json_object_get (json, "record"));
  if (!kind || strcmp (kind, "state") != 0)
    {
      json_decref (json);
      return TRUE;
    }
  record.time_ns = pcapng_time_member (json);
  record.state.node = pcapng_keep_member (reader, json, "node");
  record.state.table = pcapng_keep_member (reader, json, "table");
  record.state.op = pcapng_keep_member (reader, json, "op");
  record.state.key = pcapng_keep_member (reader, json, "key");
  record.state.json = line_end ? pcapng_keep_text (reader, line_end + 1, (gsize) (end - line_end - 1)) : NULL;
  json_decref (json);
  if (!record.state.node || !record.state.table || !record.state.op || !record.state.key)
    return pcapng_fail (reader, "a state change without node, table, op and key");
  reader->hear (&record, reader->user);
  return TRUE;
}

/* ---- blocks (§3.1) ------------------------------------------------------------------------------------- */

static gboolean
read_body (PcapngReader *reader, guint32 type, PcapngBytes *body)
{
  switch (type)
    {
    case PCAPNG_SECTION:
      return pcapng_read_section (reader, body);
    case PCAPNG_INTERFACE:
      return pcapng_read_interface (reader, body);
    case PCAPNG_ENHANCED_PACKET:
      return pcapng_read_enhanced_packet (reader, body);
    case PCAPNG_SIMPLE_PACKET:
      return pcapng_read_simple_packet (reader, body);
    case PCAPNG_OLD_PACKET:
      return pcapng_read_old_packet (reader, body);
    case PCAPNG_NAMES:
      return pcapng_read_names (reader, body);
    case PCAPNG_CUSTOM:
    case PCAPNG_CUSTOM_NO_COPY:
      return pcapng_read_custom (reader, body);
    default:
      return TRUE;
    }
}

/* A section header turns the byte order, so it is looked at before its length is read. */
static gboolean
read_byte_order (PcapngReader *reader)
{
  guint32 magic = reader->n - reader->at >= 12 ? net_get_be32 (reader->bytes + reader->at + 8) : 0;

  reader->big_endian = magic == PCAPNG_BYTE_ORDER_MAGIC;
  return reader->big_endian || magic == GUINT32_SWAP_LE_BE (PCAPNG_BYTE_ORDER_MAGIC)
         || pcapng_fail (reader, "a section header without byte order");
}

static gboolean
read_block (PcapngReader *reader)
{
  const guint8 *at = reader->bytes + reader->at;
  gsize left = reader->n - reader->at;
  guint32 type, length, again;
  PcapngBytes body;

  if (left < PCAPNG_BLOCK_OVERHEAD)
    return pcapng_fail (reader, "the file ends inside a block");
  type = pcapng_get_u32 (at, reader->big_endian);
  if (type == PCAPNG_SECTION && !read_byte_order (reader))
    return FALSE;
  length = pcapng_get_u32 (at + 4, reader->big_endian);
  if (length < PCAPNG_BLOCK_OVERHEAD || length % 4)
    return pcapng_fail (reader, "a block cannot be %u bytes long", length);
  if (length > left)
    return pcapng_fail (reader,
                        "a block of %u bytes, but only %" G_GSIZE_FORMAT " are left: the file is cut off",
                        length, left);
  again = pcapng_get_u32 (at + length - 4, reader->big_endian);
  if (again != length)
    return pcapng_fail (reader, "a block is %u bytes long at its start and %u at its end", length, again);
  body.cursor = net_cursor (at + 8, length - PCAPNG_BLOCK_OVERHEAD);
  body.big_endian = reader->big_endian;
  if (!read_body (reader, type, &body))
    return FALSE;
  g_ptr_array_set_size (reader->texts, 0);
  reader->at += length;
  return TRUE;
}

static gboolean
check_start (PcapngReader *reader)
{
  guint32 magic = reader->n >= 4 ? net_get_be32 (reader->bytes) : 0;

  if (magic == PCAPNG_SECTION) /* a palindrome */
    return TRUE;
  if (CLASSIC_PCAP_MAGIC (magic))
    return pcapng_fail (reader, "a classic pcap file; 'editcap -F pcapng' makes it a pcapng file");
  return pcapng_fail (reader, "not a pcapng file: it does not begin with a section header");
}

gboolean
sim_pcapng_read (const guint8 *bytes, gsize n, SimTraceFunc hear, gpointer user, GError **error)
{
  g_autoptr (GArray) interfaces = g_array_new (FALSE, FALSE, sizeof (PcapngInterface));
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  PcapngReader reader = { .bytes = bytes, .n = n, .interfaces = interfaces, .texts = texts };

  reader.hear = hear;
  reader.user = user;
  reader.error = error;
  if (!check_start (&reader))
    return FALSE;
  while (reader.at < n)
    if (!read_block (&reader))
      return FALSE;
  return TRUE;
}
