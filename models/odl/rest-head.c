/* Header fields come in pieces; few of them matter. */
#include "models/odl/rest-head.h"

#include <string.h>

#define MATTERS_MAX 32u /* bytes: longer than any name or value that is looked at */

void
odl_rest_head_init (OdlRestHead *head)
{
  *head = (OdlRestHead){ .name = g_string_new (NULL), .value = g_string_new (NULL) };
}

void
odl_rest_head_clear (OdlRestHead *head)
{
  g_string_free (head->name, TRUE);
  g_string_free (head->value, TRUE);
}

void
odl_rest_head_begin (OdlRestHead *head)
{
  g_string_truncate (head->name, 0);
  g_string_truncate (head->value, 0);
  head->in_value = head->ended = head->expects_continue = head->expects_other = FALSE;
  head->n_hosts = 0;
}

static void
append (GString *to, const char *at, gsize n)
{
  g_string_append_len (to, at, (gssize) MIN (n, MATTERS_MAX + 1 - MIN (to->len, MATTERS_MAX + 1)));
}

static void
take_field (OdlRestHead *head)
{
  if (g_ascii_strcasecmp (head->name->str, "host") == 0)
    head->n_hosts++;
  else if (g_ascii_strcasecmp (head->name->str, "expect") != 0)
    return;
  else if (g_ascii_strcasecmp (head->value->str, "100-continue") == 0)
    head->expects_continue = TRUE;
  else
    head->expects_other = TRUE;
}

void
odl_rest_head_name (OdlRestHead *head, const char *at, gsize n)
{
  if (head->ended)
    return;
  if (head->in_value)
    {
      take_field (head);
      g_string_truncate (head->name, 0);
      g_string_truncate (head->value, 0);
    }
  head->in_value = FALSE;
  append (head->name, at, n);
}

void
odl_rest_head_value (OdlRestHead *head, const char *at, gsize n)
{
  if (head->ended)
    return;
  head->in_value = TRUE;
  append (head->value, at, n);
}

void
odl_rest_head_end (OdlRestHead *head)
{
  if (head->in_value)
    take_field (head);
  head->ended = TRUE;
}

static gboolean
has_body (const http_parser *parser)
{
  return parser->method == HTTP_POST || parser->method == HTTP_PUT || parser->method == HTTP_PATCH;
}

guint
odl_rest_head_refusal (const OdlRestHead *head, const http_parser *parser)
{
  gboolean has_length = parser->content_length != G_MAXUINT64;

  if (parser->http_major != 1)
    return HTTP_STATUS_HTTP_VERSION_NOT_SUPPORTED;
  if (parser->upgrade)
    return HTTP_STATUS_NOT_IMPLEMENTED;
  if (head->n_hosts > 1 || (head->n_hosts == 0 && parser->http_minor > 0)) /* RFC 9112 §3.2 */
    return HTTP_STATUS_BAD_REQUEST;
  if (head->expects_other)
    return HTTP_STATUS_EXPECTATION_FAILED;
  if (has_body (parser) && !has_length && !(parser->flags & F_CHUNKED) && !parser->uses_transfer_encoding)
    return HTTP_STATUS_LENGTH_REQUIRED;
  return has_length && parser->content_length > ODL_REST_MAX_BODY ? HTTP_STATUS_PAYLOAD_TOO_LARGE : 0;
}
