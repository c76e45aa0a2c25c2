/* The ground of the pcapng reader: errors with their place, texts and options. */
#include "sim/pcapng-reader.h"

#include <string.h>

gboolean
pcapng_fail (PcapngReader *reader, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (reader->error, SIM_PCAPNG_ERROR, SIM_PCAPNG_ERROR_FORMAT, "at offset %" G_GSIZE_FORMAT ": %s",
               reader->at, message);
  return FALSE;
}

const char *
pcapng_keep_text (PcapngReader *reader, const guint8 *bytes, gsize n)
{
  char *text = g_utf8_make_valid ((const char *) bytes, (gssize) strnlen ((const char *) bytes, n));
  g_ptr_array_add (reader->texts, text);
  return text;
}

const char *
pcapng_keep_member (PcapngReader *reader, const json_t *object, const char *member)
{
  const char *text = json_string_value (json_object_get (object, member));
  return text ? pcapng_keep_text (reader, (const guint8 *) text, strlen (text)) : NULL;
}

gint64
pcapng_time_member (const json_t *object)
{
  return json_integer_value (json_object_get (object, "time"));
}

json_t *
pcapng_load_object (const guint8 *bytes, gsize n)
{
  json_t *json = json_loadb ((const char *) bytes, n, 0, NULL);

  if (json_is_object (json))
    return json;
  json_decref (json);
  return NULL;
}

json_t *
pcapng_load_custom_option (const PcapngReader *reader, const PcapngOption *option)
{
  if (option->code != PCAPNG_OPT_CUSTOM_TEXT || option->n < 4
      || pcapng_get_u32 (option->bytes, reader->big_endian) != SIM_PCAPNG_PEN)
    return NULL;
  return pcapng_load_object (option->bytes + 4, option->n - 4);
}

gboolean
pcapng_reader_option (PcapngReader *reader, PcapngBytes *body, PcapngOption *option, gboolean *ok)
{
  PcapngOptionResult result = pcapng_next_option (body, option);

  *ok = result != PCAPNG_OPTION_BROKEN || pcapng_fail (reader, "an option runs past the end of its block");
  return result == PCAPNG_OPTION_READ;
}
