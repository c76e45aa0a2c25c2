/* Bundle messages on the wire.  Properties, of which the standard defines none but the experimenter's, are passed by. */
#include "openflow/bundle.h"

#include "openflow/put.h"

gboolean
openflow_bundle_control_decode (NetCursor body, OpenflowBundleControl *out, GError **error)
{
  if (!net_cursor_be32 (&body, &out->id) || !net_cursor_be16 (&body, &out->type)
      || !net_cursor_be16 (&body, &out->flags))
    return openflow_fail (error, OPENFLOW_ERROR_BAD_LENGTH, "BUNDLE_CONTROL is cut short");
  if (out->type > OPENFLOW_BUNDLE_DISCARD || out->type % 2)
    return openflow_fail (error, OPENFLOW_ERROR_BUNDLE_BAD_TYPE, "bundle request %u is not known", out->type);
  return TRUE;
}

void
openflow_bundle_control_encode (const OpenflowBundleControl *control, guint32 xid, GByteArray *out)
{
  guint begin = openflow_message_begin (out, OPENFLOW_EXPERIMENTER, xid);

  openflow_put_u32 (out, OPENFLOW_EXPERIMENTER_ONF);
  openflow_put_u32 (out, OPENFLOW_ONF_BUNDLE_CONTROL);
  openflow_put_u32 (out, control->id);
  openflow_put_u16 (out, control->type);
  openflow_put_u16 (out, control->flags);
  openflow_message_end (out, begin);
}

gboolean
openflow_bundle_add_decode (NetCursor body, guint32 xid, OpenflowBundleAdd *out, GError **error)
{
  OpenflowMessage *message = &out->message;
  NetCursor header;

  if (!net_cursor_be32 (&body, &out->id) || !net_cursor_take (&body, 2)
      || !net_cursor_be16 (&body, &out->flags))
    return openflow_fail (error, OPENFLOW_ERROR_BAD_LENGTH, "BUNDLE_ADD_MESSAGE is cut short");
  message->bytes = body.at;
  header = body;
  if (!net_cursor_u8 (&header, &message->version) || !net_cursor_u8 (&header, &message->type)
      || !net_cursor_be16 (&header, &message->length) || !net_cursor_be32 (&header, &message->xid)
      || message->length < OPENFLOW_HEADER || message->length > net_cursor_left (&body))
    return openflow_fail (error, OPENFLOW_ERROR_BUNDLE_BAD_LENGTH,
                          "the message in BUNDLE_ADD_MESSAGE is cut short");
  if (message->version != OPENFLOW_VERSION_13)
    return openflow_fail (error, OPENFLOW_ERROR_BAD_VERSION, "version 0x%02x in a bundle", message->version);
  return message->xid == xid
         || openflow_fail (error, OPENFLOW_ERROR_BUNDLE_BAD_XID, "xid 0x%x within a message with xid 0x%x",
                           message->xid, xid);
}
