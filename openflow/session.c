/* The messages that keep a session (1.3.5 §7.3.1, §7.3.2, §7.3.9, §7.3.10, §7.5). */
#include "openflow/session.h"

#include "openflow/put.h"

#define HELLO_VERSION_BITMAP 1u

void
openflow_hello_encode (guint32 versions, guint32 xid, GByteArray *out)
{
  guint begin = openflow_message_begin (out, OPENFLOW_HELLO, xid);

  openflow_put_u16 (out, HELLO_VERSION_BITMAP);
  openflow_put_u16 (out, 8);
  openflow_put_u32 (out, versions);
  openflow_message_end (out, begin);
}

/* Elements that are not understood are skipped, as the standard says. */
gboolean
openflow_hello_decode (const OpenflowMessage *message, guint32 *versions, GError **error)
{
  NetCursor body = openflow_message_body (message);
  guint16 type, length;

  (void) error;
  *versions = message->version >= 31 ? G_MAXUINT32 : (2u << message->version) - 2;
  while (net_cursor_be16 (&body, &type) && net_cursor_be16 (&body, &length))
    {
      gsize padded = ((gsize) length + 7) / 8 * 8;
      NetCursor element = body;

      if (length < 4 || net_cursor_left (&body) < length - 4u)
        return TRUE;
      if (type == HELLO_VERSION_BITMAP && length >= 8)
        return net_cursor_be32 (&element, versions);
      body.at += MIN (padded - 4, net_cursor_left (&body));
    }
  return TRUE;
}

static void
encode_echo (OpenflowType type, const guint8 *data, gsize n, guint32 xid, GByteArray *out)
{
  guint begin = openflow_message_begin (out, type, xid);
  openflow_put_bytes (out, data, n);
  openflow_message_end (out, begin);
}

void
openflow_echo_request_encode (const guint8 *data, gsize n, guint32 xid, GByteArray *out)
{
  encode_echo (OPENFLOW_ECHO_REQUEST, data, n, xid, out);
}

void
openflow_echo_reply_encode (const OpenflowMessage *request, GByteArray *out)
{
  NetCursor body = openflow_message_body (request);
  encode_echo (OPENFLOW_ECHO_REPLY, body.at, net_cursor_left (&body), request->xid, out);
}

void
openflow_features_encode (const OpenflowFeatures *features, guint32 xid, GByteArray *out)
{
  guint begin = openflow_message_begin (out, OPENFLOW_FEATURES_REPLY, xid);

  openflow_put_u64 (out, features->datapath_id);
  openflow_put_u32 (out, features->n_buffers);
  openflow_put_u8 (out, features->n_tables);
  openflow_put_u8 (out, features->auxiliary_id);
  openflow_put_zero (out, 2);
  openflow_put_u32 (out, features->capabilities);
  openflow_put_u32 (out, 0);
  openflow_message_end (out, begin);
}

static gboolean
cut_short (const OpenflowMessage *message, GError **error)
{
  return openflow_fail (error, OPENFLOW_ERROR_BAD_LENGTH, "%s of %u bytes is cut short",
                        openflow_type_name (message->type), message->length);
}

gboolean
openflow_features_decode (const OpenflowMessage *message, OpenflowFeatures *out, GError **error)
{
  NetCursor body = openflow_message_body (message);

  return (net_cursor_be64 (&body, &out->datapath_id) && net_cursor_be32 (&body, &out->n_buffers)
          && net_cursor_u8 (&body, &out->n_tables) && net_cursor_u8 (&body, &out->auxiliary_id)
          && net_cursor_take (&body, 2) && net_cursor_be32 (&body, &out->capabilities))
         || cut_short (message, error);
}

void
openflow_config_encode (OpenflowType type, const OpenflowConfig *config, guint32 xid, GByteArray *out)
{
  guint begin = openflow_message_begin (out, type, xid);

  openflow_put_u16 (out, config->flags);
  openflow_put_u16 (out, config->miss_send_len);
  openflow_message_end (out, begin);
}

gboolean
openflow_config_decode (const OpenflowMessage *message, OpenflowConfig *out, GError **error)
{
  NetCursor body = openflow_message_body (message);

  return (net_cursor_be16 (&body, &out->flags) && net_cursor_be16 (&body, &out->miss_send_len))
         || cut_short (message, error);
}

void
openflow_role_encode (OpenflowType type, const OpenflowRoleChange *role, guint32 xid, GByteArray *out)
{
  guint begin = openflow_message_begin (out, type, xid);

  openflow_put_u32 (out, role->role);
  openflow_put_zero (out, 4);
  openflow_put_u64 (out, role->generation);
  openflow_message_end (out, begin);
}

void
openflow_role_status_encode (const OpenflowRoleChange *role, OpenflowRoleReason reason, guint32 xid,
                             GByteArray *out)
{
  guint begin = openflow_message_begin (out, OPENFLOW_EXPERIMENTER, xid);

  openflow_put_u32 (out, OPENFLOW_EXPERIMENTER_ONF);
  openflow_put_u32 (out, OPENFLOW_ONF_ROLE_STATUS);
  openflow_put_u32 (out, role->role);
  openflow_put_u8 (out, (guint8) reason);
  openflow_put_zero (out, 3);
  openflow_put_u64 (out, role->generation);
  openflow_message_end (out, begin);
}

gboolean
openflow_role_decode (const OpenflowMessage *message, OpenflowRoleChange *out, GError **error)
{
  NetCursor body = openflow_message_body (message);

  if (!net_cursor_be32 (&body, &out->role) || !net_cursor_take (&body, 4)
      || !net_cursor_be64 (&body, &out->generation))
    return cut_short (message, error);
  if (out->role > OPENFLOW_ROLE_SLAVE)
    return openflow_fail (error, OPENFLOW_ERROR_ROLE_BAD, "role %u is not known", out->role);
  return TRUE;
}

void
openflow_async_encode (OpenflowType type, const OpenflowAsync *async, guint32 xid, GByteArray *out)
{
  guint begin = openflow_message_begin (out, type, xid);

  for (guint i = 0; i < 2; i++)
    openflow_put_u32 (out, async->packet_in[i]);
  for (guint i = 0; i < 2; i++)
    openflow_put_u32 (out, async->port_status[i]);
  for (guint i = 0; i < 2; i++)
    openflow_put_u32 (out, async->flow_removed[i]);
  openflow_message_end (out, begin);
}

gboolean
openflow_async_decode (const OpenflowMessage *message, OpenflowAsync *out, GError **error)
{
  NetCursor body = openflow_message_body (message);

  return (net_cursor_be32 (&body, &out->packet_in[0]) && net_cursor_be32 (&body, &out->packet_in[1])
          && net_cursor_be32 (&body, &out->port_status[0]) && net_cursor_be32 (&body, &out->port_status[1])
          && net_cursor_be32 (&body, &out->flow_removed[0]) && net_cursor_be32 (&body, &out->flow_removed[1]))
         || cut_short (message, error);
}
