/* Multipart framing (1.3.5 §7.3.5): requests, and replies in parts. */
#include "openflow/multipart.h"

#include "openflow/put.h"

#define PART_HEADER (OPENFLOW_HEADER + 8u)
#define PART_MAX    0xffffu
#define FLAGS_AT    10u

gboolean
openflow_multipart_decode (const OpenflowMessage *message, OpenflowMultipart *out, GError **error)
{
  out->body = openflow_message_body (message);
  return (net_cursor_be16 (&out->body, &out->type) && net_cursor_be16 (&out->body, &out->flags)
          && net_cursor_take (&out->body, 4))
         || openflow_fail (error, OPENFLOW_ERROR_BAD_LENGTH, "%s is cut short",
                           openflow_type_name (message->type));
}

static guint
begin_part (OpenflowType message_type, OpenflowMultipartType type, guint32 xid, GByteArray *out)
{
  guint begin = openflow_message_begin (out, message_type, xid);

  openflow_put_u16 (out, type);
  openflow_put_u16 (out, 0);
  openflow_put_zero (out, 4);
  return begin;
}

void
openflow_multipart_request_encode (OpenflowMultipartType type, const guint8 *body, gsize n, guint32 xid,
                                   GByteArray *out)
{
  guint begin = begin_part (OPENFLOW_MULTIPART_REQUEST, type, xid, out);
  openflow_put_bytes (out, body, n);
  openflow_message_end (out, begin);
}

void
openflow_multipart_reply_begin (OpenflowMultipartReply *reply, OpenflowMultipartType type, guint32 xid,
                                GByteArray *out)
{
  *reply = (OpenflowMultipartReply){ .out = out, .type = type, .xid = xid };
  reply->begin = begin_part (OPENFLOW_MULTIPART_REPLY, type, xid, out);
  reply->whole = out->len;
}

/* The entry that made the part too long is moved behind the header of a new one. */
void
openflow_multipart_reply_entry (OpenflowMultipartReply *reply)
{
  GByteArray *out = reply->out;

  if (out->len - reply->begin > PART_MAX)
    {
      guint n = out->len - reply->whole;
      g_autofree guint8 *entry = g_memdup2 (out->data + reply->whole, n);

      g_assert (n <= PART_MAX - PART_HEADER);
      g_byte_array_set_size (out, reply->whole);
      openflow_message_end (out, reply->begin);
      net_put_be16 (out->data + reply->begin + FLAGS_AT, OPENFLOW_MULTIPART_MORE);
      reply->begin = begin_part (OPENFLOW_MULTIPART_REPLY, reply->type, reply->xid, out);
      openflow_put_bytes (out, entry, n);
    }
  reply->whole = out->len;
}

void
openflow_multipart_reply_end (OpenflowMultipartReply *reply)
{
  openflow_message_end (reply->out, reply->begin);
}

gboolean
openflow_number_request_decode (NetCursor body, guint32 *number, GError **error)
{
  return net_cursor_be32 (&body, number)
         || openflow_fail (error, OPENFLOW_ERROR_BAD_LENGTH, "a multipart request lacks its number");
}
