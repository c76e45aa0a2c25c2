/* Headers, and messages out of a byte stream. */
#include "openflow/message.h"

#include "openflow/put.h"

NetCursor
openflow_message_body (const OpenflowMessage *message)
{
  return net_cursor (message->bytes + OPENFLOW_HEADER, message->length - OPENFLOW_HEADER);
}

const char *
openflow_type_name (guint8 type)
{
  static const char *const names[] = {
    "HELLO",
    "ERROR",
    "ECHO_REQUEST",
    "ECHO_REPLY",
    "EXPERIMENTER",
    "FEATURES_REQUEST",
    "FEATURES_REPLY",
    "GET_CONFIG_REQUEST",
    "GET_CONFIG_REPLY",
    "SET_CONFIG",
    "PACKET_IN",
    "FLOW_REMOVED",
    "PORT_STATUS",
    "PACKET_OUT",
    "FLOW_MOD",
    "GROUP_MOD",
    "PORT_MOD",
    "TABLE_MOD",
    "MULTIPART_REQUEST",
    "MULTIPART_REPLY",
    "BARRIER_REQUEST",
    "BARRIER_REPLY",
    "QUEUE_GET_CONFIG_REQUEST",
    "QUEUE_GET_CONFIG_REPLY",
    "ROLE_REQUEST",
    "ROLE_REPLY",
    "GET_ASYNC_REQUEST",
    "GET_ASYNC_REPLY",
    "SET_ASYNC",
    "METER_MOD",
  };
  return type < G_N_ELEMENTS (names) ? names[type] : "unknown type";
}

void
openflow_splitter_init (OpenflowSplitter *splitter)
{
  *splitter = (OpenflowSplitter){ .held = g_byte_array_new () };
}

void
openflow_splitter_clear (OpenflowSplitter *splitter)
{
  g_clear_pointer (&splitter->held, g_byte_array_unref);
  splitter->taken = 0;
}

void
openflow_splitter_add (OpenflowSplitter *splitter, const guint8 *bytes, gsize n)
{
  if (splitter->taken)
    g_byte_array_remove_range (splitter->held, 0, splitter->taken);
  splitter->taken = 0;
  g_byte_array_append (splitter->held, bytes, (guint) n);
}

OpenflowSplit
openflow_splitter_next (OpenflowSplitter *splitter, OpenflowMessage *out)
{
  guint left = splitter->held->len - splitter->taken;
  NetCursor cursor;

  if (left < OPENFLOW_HEADER)
    return OPENFLOW_SPLIT_MORE;
  cursor = net_cursor (splitter->held->data + splitter->taken, left);
  out->bytes = cursor.at;
  net_cursor_u8 (&cursor, &out->version);
  net_cursor_u8 (&cursor, &out->type);
  net_cursor_be16 (&cursor, &out->length);
  net_cursor_be32 (&cursor, &out->xid);
  if (out->length < OPENFLOW_HEADER)
    return OPENFLOW_SPLIT_BROKEN;
  if (net_cursor_left (&cursor) < out->length - OPENFLOW_HEADER)
    return OPENFLOW_SPLIT_MORE;
  splitter->taken += out->length;
  return OPENFLOW_SPLIT_MESSAGE;
}

guint
openflow_message_begin (GByteArray *out, OpenflowType type, guint32 xid)
{
  guint begin = out->len;

  openflow_put_u8 (out, OPENFLOW_VERSION_13);
  openflow_put_u8 (out, (guint8) type);
  openflow_put_u16 (out, OPENFLOW_HEADER);
  openflow_put_u32 (out, xid);
  return begin;
}

void
openflow_message_end (GByteArray *out, guint begin)
{
  g_assert (out->len - begin <= G_MAXUINT16);
  openflow_put_length (out, begin, 2);
}

void
openflow_plain_encode (OpenflowType type, guint32 xid, GByteArray *out)
{
  openflow_message_begin (out, type, xid);
}
