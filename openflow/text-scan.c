/* Reading numbers, values, subfields and lists of the text form. */
#include "openflow/text-scan.h"

#include <stdlib.h>

G_DEFINE_QUARK (openflow - text - error, openflow_text_error)

gboolean
openflow_text_fail (GError **error, OpenflowTextError code, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_propagate_error (error, g_error_new_valist (OPENFLOW_TEXT_ERROR, (gint) code, format, arguments));
  va_end (arguments);
  return FALSE;
}

static gboolean
is_blank (char c)
{
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

char *
openflow_scan_item (char **at, gboolean blanks)
{
  char *begin, *end;
  gint depth = 0;

  if (!*at)
    return NULL;
  for (begin = *at; *begin == ',' || is_blank (*begin);)
    begin++;
  if (!*begin)
    return NULL;
  for (end = begin; *end; end++)
    {
      if (*end == '(' || *end == '[')
        depth++;
      else if (*end == ')' || *end == ']')
        depth--;
      else if (depth <= 0 && (*end == ',' || (blanks && is_blank (*end))))
        break;
    }
  *at = *end ? end + 1 : NULL;
  *end = '\0';
  for (; end > begin && is_blank (end[-1]); end--)
    end[-1] = '\0';
  return begin;
}

gboolean
openflow_scan_call (char *item, char **argument, GError **error)
{
  char *mark = item + strcspn (item, "(:=");
  gsize n;

  *argument = NULL;
  if (!*mark)
    return TRUE;
  if (*mark == '(')
    {
      n = strlen (mark);
      if (mark[n - 1] != ')')
        return openflow_text_fail (error, OPENFLOW_TEXT_ERROR_SYNTAX, "'%s' has a bracket that is not closed",
                                   item);
      mark[n - 1] = '\0';
    }
  *mark = '\0';
  *argument = mark + 1;
  return TRUE;
}

gboolean
openflow_scan_number (const char *text, guint64 max, const char *what, guint64 *out, GError **error)
{
  gboolean hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
  g_autoptr (GError) cause = NULL;

  if (g_ascii_string_to_unsigned (hex ? text + 2 : text, hex ? 16 : 10, 0, max, out, &cause))
    return TRUE;
  return openflow_text_fail (error, OPENFLOW_TEXT_ERROR_VALUE,
                             "%s '%s': a number from 0 to %" G_GUINT64_FORMAT, what, text, max);
}

gboolean
openflow_scan_port (const char *text, guint32 *out, GError **error)
{
  guint64 number;

  if (openflow_port_from_name (text, out))
    return TRUE;
  if (!openflow_scan_number (text, G_MAXUINT32, "port", &number, error))
    return FALSE;
  *out = (guint32) number;
  return TRUE;
}

static gboolean
scan_ipv6 (const char *text, OpenflowValue *out)
{
  NetIpv6 address;
  NetCursor cursor;

  if (!net_ipv6_from_text (text, &address))
    return FALSE;
  cursor = net_cursor (address.octet, sizeof address.octet);
  return net_cursor_be64 (&cursor, &out->high) && net_cursor_be64 (&cursor, &out->low);
}

/* Up to 128 bits: beyond 64 in hex only. */
static gboolean
scan_wide (const char *text, const char *what, OpenflowValue *out, GError **error)
{
  gsize n = strlen (text);
  g_autofree char *high = NULL;

  out->high = 0;
  if (!g_str_has_prefix (text, "0x") || n <= 18)
    return openflow_scan_number (text, G_MAXUINT64, what, &out->low, error);
  high = g_strndup (text, n - 16);
  return openflow_scan_number (high, G_MAXUINT64, what, &out->high, error)
         && g_ascii_string_to_unsigned (text + n - 16, 16, 0, G_MAXUINT64, &out->low, error);
}

gboolean
openflow_scan_value (OpenflowFieldId field, const char *text, OpenflowValue *out, GError **error)
{
  const OpenflowField *info = openflow_field (field);
  NetMac mac;
  NetIpv4 ip;
  guint32 port;

  *out = (OpenflowValue){ 0, 0 };
  if (info->show == OPENFLOW_SHOW_MAC && net_mac_from_text (text, &mac))
    out->low = net_mac_to_u64 (&mac);
  else if (info->show == OPENFLOW_SHOW_IPV4 && net_ipv4_from_text (text, &ip))
    out->low = ip;
  else if (info->show == OPENFLOW_SHOW_IPV6)
    return scan_ipv6 (text, out)
           || openflow_text_fail (error, OPENFLOW_TEXT_ERROR_VALUE, "%s '%s' is no IPv6 address", info->name,
                                  text);
  else if (info->show == OPENFLOW_SHOW_PORT && openflow_port_from_name (text, &port))
    out->low = port;
  else if (info->bits > 64)
    return scan_wide (text, info->name, out, error);
  else
    return openflow_scan_number (text, openflow_field_all_ones (field).low, info->name, &out->low, error);
  return TRUE;
}

static gboolean
scan_mask (OpenflowFieldId field, const char *text, OpenflowValue *mask, GError **error)
{
  const OpenflowField *info = openflow_field (field);
  guint64 length;

  if ((info->show != OPENFLOW_SHOW_IPV4 && info->show != OPENFLOW_SHOW_IPV6) || strpbrk (text, ".:x"))
    return openflow_scan_value (field, text, mask, error);
  if (!openflow_scan_number (text, info->bits, "prefix length", &length, error))
    return FALSE;
  *mask = openflow_field_all_ones (field);
  for (guint i = (guint) length; i < info->bits; i++)
    {
      guint bit = info->bits - 1 - i;
      if (bit < 64)
        mask->low &= ~(G_GUINT64_CONSTANT (1) << bit);
      else
        mask->high &= ~(G_GUINT64_CONSTANT (1) << (bit - 64));
    }
  return TRUE;
}

gboolean
openflow_scan_masked (OpenflowFieldId field, char *text, OpenflowValue *value, OpenflowValue *mask,
                      GError **error)
{
  char *slash = strchr (text, '/');

  *mask = openflow_field_all_ones (field);
  if (slash)
    {
      *slash = '\0';
      if (!scan_mask (field, slash + 1, mask, error))
        return FALSE;
    }
  return openflow_scan_value (field, text, value, error);
}

gboolean
openflow_scan_field (const char *name, OpenflowFieldId *out, GError **error)
{
  gint id = openflow_field_from_name (name, strlen (name));

  if (id < 0)
    return openflow_text_fail (error, OPENFLOW_TEXT_ERROR_NAME, "'%s' is no field", name);
  *out = (OpenflowFieldId) id;
  return TRUE;
}

gboolean
openflow_scan_subfield (const char *text, OpenflowSubfield *out, GError **error)
{
  const char *bracket = strchr (text, '['), *dots;
  g_autofree char *first = NULL, *last = NULL;
  guint64 from, to;
  gint id = openflow_field_from_name (text, bracket ? (gsize) (bracket - text) : strlen (text));

  if (id < 0)
    return openflow_text_fail (error, OPENFLOW_TEXT_ERROR_NAME, "'%s' is no field", text);
  *out = openflow_subfield_whole ((OpenflowFieldId) id);
  if (!bracket || g_str_equal (bracket, "[]"))
    return TRUE;
  if (!g_str_has_suffix (bracket, "]"))
    return openflow_text_fail (error, OPENFLOW_TEXT_ERROR_SYNTAX, "'%s' has no ']'", text);
  dots = strstr (bracket, "..");
  first = g_strndup (bracket + 1, (dots ? (gsize) (dots - bracket) : strlen (bracket) - 1) - 1);
  last = dots ? g_strndup (dots + 2, strlen (dots) - 3) : g_strdup (first);
  if (!openflow_scan_number (first, out->n_bits - 1u, "bit", &from, error)
      || !openflow_scan_number (last, out->n_bits - 1u, "bit", &to, error))
    return FALSE;
  if (to < from)
    return openflow_text_fail (error, OPENFLOW_TEXT_ERROR_VALUE, "'%s' ends before it begins", text);
  out->first = (guint8) from;
  out->n_bits = (guint8) (to - from + 1);
  return TRUE;
}
