/* Texts inside pcapng blocks.  JSON is put together by hand here: no allocation for each record, and an order
 * of members that is the order of these lines. */
#include "sim/pcapng-text.h"

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

/* Takes one character, an invalid byte as U+FFFD; returns its bytes and their number. */
static const char *
next_character (const char **at, guint *n)
{
  gunichar c = g_utf8_get_char_validated (*at, -1);
  const char *character = *at;

  if (c == (gunichar) -1 || c == (gunichar) -2)
    {
      *at += 1;
      *n = 3;
      return REPLACEMENT;
    }
  *at = g_utf8_next_char (*at);
  *n = (guint) (*at - character);
  return character;
}

static gboolean
is_within (const char *at, const char *text)
{
  return *at && at - text + 4 <= (gssize) PCAPNG_TEXT_MAX;
}

void
pcapng_text_append (GString *out, const char *text)
{
  for (const char *at = text; is_within (at, text);)
    {
      guint n;
      const char *character = next_character (&at, &n);
      g_string_append_len (out, character, n);
    }
}

void
pcapng_text_append_json (GString *out, const char *text)
{
  g_string_append_c (out, '"');
  for (const char *at = text; is_within (at, text);)
    {
      guint n;
      const char *character = next_character (&at, &n);
      guint8 c = (guint8) *character;

      if (c == '"' || c == '\\')
        g_string_append_c (g_string_append_c (out, '\\'), (char) c);
      else if (c < 0x20)
        g_string_append_printf (out, "\\u%04x", c);
      else
        g_string_append_len (out, character, n);
    }
  g_string_append_c (out, '"');
}

static void
append_comma (GString *out)
{
  if (out->len && out->str[out->len - 1] != '{')
    g_string_append_c (out, ',');
}

void
pcapng_text_append_member (GString *out, const char *member, const char *text)
{
  if (!text)
    return;
  append_comma (out);
  pcapng_text_append_json (out, member);
  g_string_append_c (out, ':');
  pcapng_text_append_json (out, text);
}

void
pcapng_text_append_time (GString *out, gint64 time_ns)
{
  append_comma (out);
  g_string_append_printf (out, "\"time\":%" G_GINT64_FORMAT, time_ns);
}

void
pcapng_text_drop_comment (GString *out, const SimTracePacket *packet)
{
  g_string_append_printf (out, "drop %s: %s", net_drop_word (packet->drop), net_drop_text (packet->drop));
  if (!packet->table && !packet->rule)
    return;
  g_string_append (out, " [");
  if (packet->table)
    pcapng_text_append (out, packet->table);
  if (packet->table && packet->rule)
    g_string_append (out, ", ");
  if (packet->rule)
    pcapng_text_append (out, packet->rule);
  g_string_append_c (out, ']');
}

void
pcapng_text_drop_json (GString *out, const SimTracePacket *packet)
{
  g_string_append_c (out, '{');
  pcapng_text_append_member (out, "drop", net_drop_word (packet->drop));
  pcapng_text_append_member (out, "table", packet->table);
  pcapng_text_append_member (out, "rule", packet->rule);
  g_string_append_c (out, '}');
}

void
pcapng_text_state (GString *out, const SimTraceState *state, gint64 time_ns)
{
  g_string_append (out, "{\"record\":\"state\"");
  pcapng_text_append_time (out, time_ns);
  pcapng_text_append_member (out, "node", state->node);
  pcapng_text_append_member (out, "table", state->table);
  pcapng_text_append_member (out, "op", state->op);
  pcapng_text_append_member (out, "key", state->key);
  g_string_append_c (out, '}');
  if (state->json)
    g_string_append (g_string_append_c (out, '\n'), state->json);
}
