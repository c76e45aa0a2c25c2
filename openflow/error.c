/* The standard's errors: names, and the ERROR message. */
#include "openflow/error.h"

#include "openflow/put.h"

G_DEFINE_QUARK (openflow - error, openflow_error)

static const struct
{
  gint pair;
  const char *name;
} errors[] = {
#define OPENFLOW_ERROR_ROW(id, type, code, name) { OPENFLOW_ERROR_PAIR (type, code), name },
  OPENFLOW_ERRORS (OPENFLOW_ERROR_ROW)
#undef OPENFLOW_ERROR_ROW
};

gboolean
openflow_fail (GError **error, gint pair, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_propagate_error (error, g_error_new_valist (OPENFLOW_ERROR, pair, format, arguments));
  va_end (arguments);
  return FALSE;
}

const char *
openflow_error_name (gint pair)
{
  for (guint i = 0; i < G_N_ELEMENTS (errors); i++)
    if (errors[i].pair == pair)
      return errors[i].name;
  return "an error that this switch does not know";
}

gboolean
openflow_error_is_misuse (gint pair, NetMisuse *misuse)
{
  guint type = OPENFLOW_ERROR_TYPE (pair);

  *misuse = NET_MISUSE_MALFORMED;
  switch (pair)
    {
    case OPENFLOW_ERROR_HELLO_INCOMPATIBLE:
    case OPENFLOW_ERROR_BAD_VERSION:
    case OPENFLOW_ERROR_BAD_TYPE:
    case OPENFLOW_ERROR_BAD_EXPERIMENTER:
    case OPENFLOW_ERROR_BAD_EXPERIMENTER_TYPE:
    case OPENFLOW_ERROR_BAD_MULTIPART:
      *misuse = NET_MISUSE_UNKNOWN;
      return TRUE;
    case OPENFLOW_ERROR_MULTIPART_OVERFLOW:
      *misuse = NET_MISUSE_TOO_LARGE;
      return TRUE;
    case OPENFLOW_ERROR_BAD_LENGTH:
    case OPENFLOW_ERROR_ACTION_BAD_TYPE:
    case OPENFLOW_ERROR_ACTION_BAD_LENGTH:
    case OPENFLOW_ERROR_ACTION_BAD_EXPERIMENTER:
    case OPENFLOW_ERROR_ACTION_BAD_EXPERIMENTER_TYPE:
      return TRUE;
    default:
      return type == OPENFLOW_ERROR_TYPE (OPENFLOW_ERROR_INSTRUCTION_UNKNOWN)
             || type == OPENFLOW_ERROR_TYPE (OPENFLOW_ERROR_MATCH_BAD_TYPE);
    }
}

void
openflow_error_encode (gint pair, const OpenflowMessage *request, GByteArray *out)
{
  guint begin = openflow_message_begin (out, OPENFLOW_ERROR_MESSAGE, request->xid);

  openflow_put_u16 (out, OPENFLOW_ERROR_TYPE (pair));
  openflow_put_u16 (out, OPENFLOW_ERROR_CODE (pair));
  if (OPENFLOW_ERROR_TYPE (pair) == OPENFLOW_ERROR_EXPERIMENTER)
    openflow_put_u32 (out, OPENFLOW_EXPERIMENTER_ONF);
  openflow_put_bytes (out, request->bytes, MIN (request->length, OPENFLOW_ERROR_DATA));
  openflow_message_end (out, begin);
}

void
openflow_hello_failed_encode (gint pair, guint32 xid, const char *sentence, GByteArray *out)
{
  guint begin = openflow_message_begin (out, OPENFLOW_ERROR_MESSAGE, xid);

  openflow_put_u16 (out, OPENFLOW_ERROR_TYPE (pair));
  openflow_put_u16 (out, OPENFLOW_ERROR_CODE (pair));
  openflow_put_bytes (out, sentence, strlen (sentence));
  openflow_message_end (out, begin);
}

gboolean
openflow_error_decode (const OpenflowMessage *message, OpenflowErrorReport *out, GError **error)
{
  NetCursor body = openflow_message_body (message);
  guint16 type, code;

  if (!net_cursor_be16 (&body, &type) || !net_cursor_be16 (&body, &code))
    return openflow_fail (error, OPENFLOW_ERROR_BAD_LENGTH, "ERROR message of %u bytes has no type and code",
                          message->length);
  out->pair = (gint) OPENFLOW_ERROR_PAIR ((guint) type, code);
  out->data = body.at;
  out->data_length = net_cursor_left (&body);
  return TRUE;
}
