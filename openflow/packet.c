/* PACKET_IN and PACKET_OUT (1.3.5 §7.4.1, §7.3.7). */
#include "openflow/packet.h"

#include "openflow/put.h"

void
openflow_packet_in_encode (const OpenflowPacketIn *packet_in, guint32 xid, GByteArray *out)
{
  guint begin = openflow_message_begin (out, OPENFLOW_PACKET_IN, xid);

  openflow_put_u32 (out, packet_in->buffer_id);
  openflow_put_u16 (out, packet_in->total_length);
  openflow_put_u8 (out, packet_in->reason);
  openflow_put_u8 (out, packet_in->table);
  openflow_put_u64 (out, packet_in->cookie);
  openflow_match_encode (&packet_in->match, out);
  openflow_put_zero (out, 2);
  openflow_put_bytes (out, packet_in->frame, packet_in->length);
  openflow_message_end (out, begin);
}

gboolean
openflow_packet_in_decode (const OpenflowMessage *message, OpenflowPacketIn *out, GError **error)
{
  NetCursor body = openflow_message_body (message);

  *out = (OpenflowPacketIn){ 0 };
  if (!net_cursor_be32 (&body, &out->buffer_id) || !net_cursor_be16 (&body, &out->total_length)
      || !net_cursor_u8 (&body, &out->reason) || !net_cursor_u8 (&body, &out->table)
      || !net_cursor_be64 (&body, &out->cookie))
    return openflow_fail (error, OPENFLOW_ERROR_BAD_LENGTH, "PACKET_IN is cut short");
  if (!openflow_match_decode (&body, &out->match, error))
    return FALSE;
  if (!net_cursor_take (&body, 2))
    return openflow_fail (error, OPENFLOW_ERROR_BAD_LENGTH, "PACKET_IN is cut short behind its match");
  out->frame = body.at;
  out->length = (guint) net_cursor_left (&body);
  return TRUE;
}

void
openflow_packet_out_init (OpenflowPacketOut *packet_out, const guint8 *frame, guint length)
{
  *packet_out = (OpenflowPacketOut){
    .buffer_id = OPENFLOW_NO_BUFFER, .in_port = OPENFLOW_PORT_CONTROLLER, .frame = frame, .length = length
  };
}

void
openflow_packet_out_clear (OpenflowPacketOut *packet_out)
{
  openflow_actions_clear (&packet_out->actions);
}

void
openflow_packet_out_encode (const OpenflowPacketOut *packet_out, guint32 xid, GByteArray *out)
{
  guint begin = openflow_message_begin (out, OPENFLOW_PACKET_OUT, xid);
  guint length_at, actions_at;

  openflow_put_u32 (out, packet_out->buffer_id);
  openflow_put_u32 (out, packet_out->in_port);
  length_at = out->len;
  openflow_put_zero (out, 8);
  actions_at = out->len;
  openflow_actions_encode (&packet_out->actions, out);
  net_put_be16 (out->data + length_at, out->len - actions_at);
  openflow_put_bytes (out, packet_out->frame, packet_out->length);
  openflow_message_end (out, begin);
}

gboolean
openflow_packet_out_decode (const OpenflowMessage *message, OpenflowPacketOut *out, GError **error)
{
  NetCursor body = openflow_message_body (message);
  guint16 length;

  *out = (OpenflowPacketOut){ 0 };
  if (!net_cursor_be32 (&body, &out->buffer_id) || !net_cursor_be32 (&body, &out->in_port)
      || !net_cursor_be16 (&body, &length) || !net_cursor_take (&body, 6) || net_cursor_left (&body) < length)
    return openflow_fail (error, OPENFLOW_ERROR_BAD_LENGTH, "PACKET_OUT is cut short");
  if (!openflow_actions_decode (&body, length, &out->actions, error))
    return FALSE;
  out->frame = body.at;
  out->length = (guint) net_cursor_left (&body);
  return TRUE;
}
