/* Section headers and interface descriptions (§4.1, §4.2). */
#include "sim/pcapng-reader.h"

#include <string.h>

static void
read_section_option (PcapngReader *reader, const PcapngOption *option, SimTraceRecord *record)
{
  SimTraceSection *section = &record->section;
  const char *line;

  if (option->code == PCAPNG_OPT_CUSTOM_TEXT)
    {
      json_t *json = pcapng_load_custom_option (reader, option);
      record->time_ns = pcapng_time_member (json);
      json_decref (json);
      return;
    }
  if (option->code != PCAPNG_OPT_COMMENT && option->code != PCAPNG_SHB_USERAPPL)
    return;
  line = pcapng_keep_text (reader, option->bytes, option->n);
  if (option->code == PCAPNG_SHB_USERAPPL)
    section->version
        = g_str_has_prefix (line, PCAPNG_TEXT_PROGRAM) ? line + strlen (PCAPNG_TEXT_PROGRAM) : NULL;
  else if (g_str_has_prefix (line, PCAPNG_TEXT_SCENARIO))
    section->scenario = line + strlen (PCAPNG_TEXT_SCENARIO);
  else if (g_str_has_prefix (line, PCAPNG_TEXT_VARIANT))
    section->variant = line + strlen (PCAPNG_TEXT_VARIANT);
  else if (g_str_has_prefix (line, PCAPNG_TEXT_SEED))
    g_ascii_string_to_unsigned (line + strlen (PCAPNG_TEXT_SEED), 10, 0, G_MAXUINT64, &section->seed, NULL);
}

gboolean
pcapng_read_section (PcapngReader *reader, PcapngBytes *body)
{
  SimTraceRecord record = { .kind = SIM_TRACE_SECTION };
  PcapngOption option;
  guint32 magic;
  guint16 major;
  gboolean ok;

  if (!pcapng_u32 (body, &magic) || !pcapng_u16 (body, &major) || !net_cursor_take (&body->cursor, 2 + 8))
    return pcapng_fail (reader, "the section header is too short");
  if (major != 1)
    return pcapng_fail (reader, "this is version %u of pcapng; only version 1 is known", major);
  while (pcapng_reader_option (reader, body, &option, &ok))
    read_section_option (reader, &option, &record);
  if (!ok)
    return FALSE;
  reader->section_base = reader->interfaces->len;
  reader->hear (&record, reader->user);
  return TRUE;
}

static void
read_interface_option (PcapngReader *reader, const PcapngOption *option, PcapngInterface *interface,
                       SimTraceRecord *record)
{
  json_t *json = pcapng_load_custom_option (reader, option);

  if (option->code == PCAPNG_IF_NAME)
    record->interface.name = pcapng_keep_text (reader, option->bytes, option->n);
  else if (option->code == PCAPNG_IF_TSRESOL && option->n >= 1)
    interface->resolution = option->bytes[0];
  else if (option->code == PCAPNG_IF_TSOFFSET && option->n >= 8)
    interface->offset = (gint64) pcapng_get_u64 (option->bytes, reader->big_endian);
  if (!json)
    return;
  record->interface.kind = pcapng_keep_member (reader, json, "kind");
  record->interface.peer = pcapng_keep_member (reader, json, "peer");
  record->time_ns = pcapng_time_member (json);
  json_decref (json);
}

gboolean
pcapng_read_interface (PcapngReader *reader, PcapngBytes *body)
{
  SimTraceRecord record = { .kind = SIM_TRACE_INTERFACE };
  PcapngInterface interface = { .resolution = 6 };
  PcapngOption option;
  guint16 link_type;
  gboolean ok;
  g_autofree char *number = NULL;

  if (!pcapng_u16 (body, &link_type) || !net_cursor_take (&body->cursor, 2)
      || !pcapng_u32 (body, &interface.snap_length))
    return pcapng_fail (reader, "the interface description is too short");
  if (link_type != PCAPNG_LINKTYPE_ETHERNET)
    return pcapng_fail (reader, "an interface of link type %u; only Ethernet (1) can be shown", link_type);
  while (pcapng_reader_option (reader, body, &option, &ok))
    read_interface_option (reader, &option, &interface, &record);
  if (!ok)
    return FALSE;
  if ((interface.resolution & 0x7f) > ((interface.resolution & 0x80) ? 63 : 19))
    return pcapng_fail (reader, "if_tsresol 0x%02x is finer than 64 bits can count", interface.resolution);
  number = g_strdup_printf ("interface%u", reader->interfaces->len);
  record.interface.id = reader->interfaces->len;
  record.interface.name = record.interface.name ? record.interface.name : number;
  record.interface.kind = record.interface.kind ? record.interface.kind : "";
  g_array_append_val (reader->interfaces, interface);
  reader->hear (&record, reader->user);
  return TRUE;
}
