/* Trace records to pcapng blocks.  A block is put together at the end of one buffer, which goes to the sink
 * when it has grown past FLUSH_AT: no allocation for each record.  Always little-endian; no time but the
 * records'. */
#include "sim/pcapng.h"

#include "net/address.h"
#include "net/cursor.h"
#include "sim/pcapng-format.h"
#include "sim/pcapng-text.h"

#include <string.h>

#define FLUSH_AT (64u * 1024)

struct _SimPcapngWriter
{
  SimPcapngSink sink;
  gpointer user;
  guint8 *bytes;
  gsize used, room;
  gsize block;    /* where the block being written begins */
  GString *text;  /* the option being written */
  gboolean began; /* a section header was written */
  guint n_interfaces;
  guint section_base; /* the first interface of this section: in a file their numbers begin anew with each */
};

SimPcapngWriter *
sim_pcapng_writer_new (SimPcapngSink sink, gpointer user)
{
  SimPcapngWriter *writer = g_new0 (SimPcapngWriter, 1);
  writer->sink = sink;
  writer->user = user;
  writer->room = 2 * FLUSH_AT;
  writer->bytes = g_malloc (writer->room);
  writer->text = g_string_new (NULL);
  return writer;
}

void
sim_pcapng_writer_flush (SimPcapngWriter *writer)
{
  if (writer->used)
    writer->sink (writer->bytes, writer->used, writer->user);
  writer->used = 0;
}

void
sim_pcapng_writer_free (SimPcapngWriter *writer)
{
  if (!writer)
    return;
  sim_pcapng_writer_flush (writer);
  g_string_free (writer->text, TRUE);
  g_free (writer->bytes);
  g_free (writer);
}

/* ---- bytes --------------------------------------------------------------------------------------------- */

static guint8 *
reserve (SimPcapngWriter *writer, gsize n)
{
  guint8 *at;

  if (G_UNLIKELY (writer->used + n > writer->room))
    {
      writer->room = (writer->used + n) * 2;
      writer->bytes = g_realloc (writer->bytes, writer->room);
    }
  at = writer->bytes + writer->used;
  writer->used += n;
  return at;
}

static void
store_u16 (guint8 *to, guint value)
{
  guint16 little = GUINT16_TO_LE ((guint16) value);
  memcpy (to, &little, sizeof little);
}

static void
store_u32 (guint8 *to, guint32 value)
{
  guint32 little = GUINT32_TO_LE (value);
  memcpy (to, &little, sizeof little);
}

static void
put_u32 (SimPcapngWriter *writer, guint32 value)
{
  store_u32 (reserve (writer, 4), value);
}

/* Bytes, and zeros up to a multiple of four. */
static void
put_padded (SimPcapngWriter *writer, gconstpointer bytes, gsize n)
{
  gsize padding = -n & 3;
  guint8 *to = reserve (writer, n + padding);
  if (n)
    memcpy (to, bytes, n);
  memset (to + n, 0, padding);
}

static void
block_begin (SimPcapngWriter *writer, guint32 type)
{
  writer->block = writer->used;
  put_u32 (writer, type);
  put_u32 (writer, 0);
}

static void
block_end (SimPcapngWriter *writer)
{
  guint32 length = (guint32) (writer->used + 4 - writer->block);
  store_u32 (writer->bytes + writer->block + 4, length);
  put_u32 (writer, length);
  if (writer->used >= FLUSH_AT)
    sim_pcapng_writer_flush (writer);
}

/* ---- options (§3.5) ------------------------------------------------------------------------------------ */

static void
put_option (SimPcapngWriter *writer, guint code, gconstpointer bytes, gsize n)
{
  guint8 *head = reserve (writer, 4);
  g_assert (n <= G_MAXUINT16);
  store_u16 (head, code);
  store_u16 (head + 2, (guint) n);
  put_padded (writer, bytes, n);
}

/* The text in writer->text, which is empty afterwards. */
static void
put_text_option (SimPcapngWriter *writer, guint code)
{
  put_option (writer, code, writer->text->str, writer->text->len);
  g_string_truncate (writer->text, 0);
}

static void
put_custom_option (SimPcapngWriter *writer)
{
  gsize n = writer->text->len;
  guint8 *head = reserve (writer, 8);
  store_u16 (head, PCAPNG_OPT_CUSTOM_TEXT);
  store_u16 (head + 2, (guint) n + 4);
  store_u32 (head + 4, SIM_PCAPNG_PEN);
  put_padded (writer, writer->text->str, n);
  g_string_truncate (writer->text, 0);
}

/* Blocks that have no time of their own: {"time":…}, unless it is the start. */
static void
put_time_option (SimPcapngWriter *writer, gint64 time_ns)
{
  if (time_ns == 0)
    return;
  g_string_append_c (writer->text, '{');
  pcapng_text_append_time (writer->text, time_ns);
  g_string_append_c (writer->text, '}');
  put_custom_option (writer);
}

static void
put_line (SimPcapngWriter *writer, guint code, const char *front, const char *text)
{
  if (!text)
    return;
  g_string_append (writer->text, front);
  pcapng_text_append (writer->text, text);
  put_text_option (writer, code);
}

static void
put_options_end (SimPcapngWriter *writer)
{
  put_u32 (writer, PCAPNG_OPT_END);
}

/* ---- blocks (§4) --------------------------------------------------------------------------------------- */

static void
write_section (SimPcapngWriter *writer, const SimTraceSection *section, gint64 time_ns)
{
  block_begin (writer, PCAPNG_SECTION);
  put_u32 (writer, PCAPNG_BYTE_ORDER_MAGIC);
  put_u32 (writer, 1);           /* major 1, minor 0 */
  put_u32 (writer, G_MAXUINT32); /* section length, 64 bits: not given, for the file is written as it grows */
  put_u32 (writer, G_MAXUINT32);
  put_line (writer, PCAPNG_OPT_COMMENT, PCAPNG_TEXT_SCENARIO, section->scenario);
  put_line (writer, PCAPNG_OPT_COMMENT, PCAPNG_TEXT_VARIANT, section->variant);
  g_string_append_printf (writer->text, PCAPNG_TEXT_SEED "%" G_GUINT64_FORMAT, section->seed);
  put_text_option (writer, PCAPNG_OPT_COMMENT);
  put_line (writer, PCAPNG_SHB_USERAPPL, PCAPNG_TEXT_PROGRAM, section->version);
  put_time_option (writer, time_ns);
  put_options_end (writer);
  block_end (writer);
  writer->began = TRUE;
  writer->section_base = writer->n_interfaces;
}

static void
write_interface (SimPcapngWriter *writer, const SimTraceInterface *interface, gint64 time_ns)
{
  const guint8 nanoseconds = 9;

  g_assert (interface->id == writer->n_interfaces);
  writer->n_interfaces++;
  block_begin (writer, PCAPNG_INTERFACE);
  put_u32 (writer, PCAPNG_LINKTYPE_ETHERNET);
  put_u32 (writer, 0); /* snap length: no limit */
  put_line (writer, PCAPNG_IF_NAME, "", interface->name);
  pcapng_text_append (writer->text, interface->kind);
  put_line (writer, PCAPNG_IF_DESCRIPTION, interface->peer ? "; cable to " : "; no cable",
            interface->peer ? interface->peer : "");
  put_option (writer, PCAPNG_IF_TSRESOL, &nanoseconds, 1);
  g_string_append_c (writer->text, '{');
  pcapng_text_append_member (writer->text, "kind", interface->kind);
  pcapng_text_append_member (writer->text, "peer", interface->peer);
  if (time_ns)
    pcapng_text_append_time (writer->text, time_ns);
  g_string_append_c (writer->text, '}');
  put_custom_option (writer);
  put_options_end (writer);
  block_end (writer);
}

/* An address's type and bytes as a name resolution record has them; 0 when the text is no address. */
static guint
parse_address (const char *text, guint8 bytes[16], gsize *n)
{
  NetMac mac;
  NetIpv4 ipv4;
  NetIpv6 ipv6;

  if (net_ipv4_from_text (text, &ipv4))
    {
      net_put_be32 (bytes, ipv4);
      *n = 4;
      return PCAPNG_NAME_IPV4;
    }
  if (net_mac_from_text (text, &mac))
    {
      memcpy (bytes, mac.octet, *n = sizeof mac.octet);
      return PCAPNG_NAME_EUI48;
    }
  if (net_ipv6_from_text (text, &ipv6))
    {
      memcpy (bytes, ipv6.octet, *n = sizeof ipv6.octet);
      return PCAPNG_NAME_IPV6;
    }
  return 0;
}

static void
write_name (SimPcapngWriter *writer, const SimTraceName *name, gint64 time_ns)
{
  guint8 bytes[16], *head;
  gsize n = 0;
  guint type = parse_address (name->address, bytes, &n);

  g_assert (type != 0);
  g_string_append_len (writer->text, (const char *) bytes, (gssize) n);
  pcapng_text_append (writer->text, name->name);
  g_string_append_c (writer->text, '\0');
  block_begin (writer, PCAPNG_NAMES);
  head = reserve (writer, 4);
  store_u16 (head, type);
  store_u16 (head + 2, (guint) writer->text->len);
  put_padded (writer, writer->text->str, writer->text->len);
  g_string_truncate (writer->text, 0);
  put_u32 (writer, PCAPNG_NAME_END);
  if (time_ns)
    {
      put_time_option (writer, time_ns);
      put_options_end (writer);
    }
  block_end (writer);
}

static void
put_drop_options (SimPcapngWriter *writer, const SimTracePacket *packet)
{
  const char *word = net_drop_word (packet->drop);

  pcapng_text_drop_comment (writer->text, packet);
  put_text_option (writer, PCAPNG_OPT_COMMENT);
  g_string_append_c (writer->text, PCAPNG_VERDICT_HARDWARE);
  g_string_append (writer->text, word);
  put_text_option (writer, PCAPNG_EPB_VERDICT);
  pcapng_text_drop_json (writer->text, packet);
  put_custom_option (writer);
}

static void
write_packet (SimPcapngWriter *writer, const SimTracePacket *packet, gint64 time_ns)
{
  guint32 flags = GUINT32_TO_LE ((guint32) packet->direction);
  guint64 id = GUINT64_TO_LE (packet->packet_id);
  guint8 *head;

  g_assert (packet->interface_id >= writer->section_base && packet->interface_id < writer->n_interfaces);
  block_begin (writer, PCAPNG_ENHANCED_PACKET);
  head = reserve (writer, 20);
  store_u32 (head, packet->interface_id - writer->section_base);
  store_u32 (head + 4, (guint32) ((guint64) time_ns >> 32));
  store_u32 (head + 8, (guint32) time_ns);
  store_u32 (head + 12, packet->captured);
  store_u32 (head + 16, packet->length);
  put_padded (writer, packet->bytes, packet->captured);
  put_option (writer, PCAPNG_EPB_FLAGS, &flags, sizeof flags);
  put_option (writer, PCAPNG_EPB_PACKETID, &id, sizeof id);
  if (packet->drop != NET_DROP_NONE)
    put_drop_options (writer, packet);
  put_options_end (writer);
  block_end (writer);
}

static void
write_state (SimPcapngWriter *writer, const SimTraceState *state, gint64 time_ns)
{
  block_begin (writer, PCAPNG_CUSTOM);
  put_u32 (writer, SIM_PCAPNG_PEN);
  pcapng_text_state (writer->text, state, time_ns);
  /* The block's length is in fours and options may follow: zeros end the text. */
  put_padded (writer, writer->text->str, writer->text->len);
  g_string_truncate (writer->text, 0);
  block_end (writer);
}

void
sim_pcapng_writer_hear (const SimTraceRecord *record, gpointer user)
{
  SimPcapngWriter *writer = user;

  if (G_UNLIKELY (!writer->began && record->kind != SIM_TRACE_SECTION))
    write_section (writer, &(SimTraceSection){ .scenario = NULL }, 0);
  switch (record->kind)
    {
    case SIM_TRACE_SECTION:
      write_section (writer, &record->section, record->time_ns);
      break;
    case SIM_TRACE_INTERFACE:
      write_interface (writer, &record->interface, record->time_ns);
      break;
    case SIM_TRACE_NAME:
      write_name (writer, &record->name, record->time_ns);
      break;
    case SIM_TRACE_PACKET:
      write_packet (writer, &record->packet, record->time_ns);
      break;
    case SIM_TRACE_STATE:
      write_state (writer, &record->state, record->time_ns);
      break;
    }
}
