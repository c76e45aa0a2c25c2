/* FLOW_MOD and FLOW_REMOVED (1.3.5 §7.3.4.1, §7.4.2). */
#include "openflow/flow.h"

#include "net/world.h"
#include "openflow/put.h"

#define ALL_FLAGS                                                                                            \
  (OPENFLOW_FLOW_SEND_REMOVED | OPENFLOW_FLOW_CHECK_OVERLAP | OPENFLOW_FLOW_RESET_COUNTS                     \
   | OPENFLOW_FLOW_NO_PACKET_COUNTS | OPENFLOW_FLOW_NO_BYTE_COUNTS)

void
openflow_flow_mod_init (OpenflowFlowMod *mod, OpenflowFlowCommand command, guint8 table, guint16 priority)
{
  *mod = (OpenflowFlowMod){ .command = command,
                            .table = table,
                            .priority = priority,
                            .buffer_id = OPENFLOW_NO_BUFFER,
                            .out_port = OPENFLOW_PORT_ANY,
                            .out_group = OPENFLOW_GROUP_ANY };
  openflow_match_init (&mod->match);
}

void
openflow_flow_mod_clear (OpenflowFlowMod *mod)
{
  openflow_instructions_clear (&mod->instructions);
}

void
openflow_flow_mod_encode (const OpenflowFlowMod *mod, guint32 xid, GByteArray *out)
{
  guint begin = openflow_message_begin (out, OPENFLOW_FLOW_MOD, xid);

  openflow_put_u64 (out, mod->cookie);
  openflow_put_u64 (out, mod->cookie_mask);
  openflow_put_u8 (out, mod->table);
  openflow_put_u8 (out, (guint8) mod->command);
  openflow_put_u16 (out, mod->idle_timeout);
  openflow_put_u16 (out, mod->hard_timeout);
  openflow_put_u16 (out, mod->priority);
  openflow_put_u32 (out, mod->buffer_id);
  openflow_put_u32 (out, mod->out_port);
  openflow_put_u32 (out, mod->out_group);
  openflow_put_u16 (out, mod->flags);
  openflow_put_zero (out, 2);
  openflow_match_encode (&mod->match, out);
  openflow_instructions_encode (&mod->instructions, out);
  openflow_message_end (out, begin);
}

static gboolean
decode_fixed (NetCursor *body, OpenflowFlowMod *out, GError **error)
{
  guint8 command;
  guint16 importance;

  if (!net_cursor_be64 (body, &out->cookie) || !net_cursor_be64 (body, &out->cookie_mask)
      || !net_cursor_u8 (body, &out->table) || !net_cursor_u8 (body, &command)
      || !net_cursor_be16 (body, &out->idle_timeout) || !net_cursor_be16 (body, &out->hard_timeout)
      || !net_cursor_be16 (body, &out->priority) || !net_cursor_be32 (body, &out->buffer_id)
      || !net_cursor_be32 (body, &out->out_port) || !net_cursor_be32 (body, &out->out_group)
      || !net_cursor_be16 (body, &out->flags) || !net_cursor_be16 (body, &importance))
    return openflow_fail (error, OPENFLOW_ERROR_BAD_LENGTH, "FLOW_MOD is cut short");
  if (command > OPENFLOW_FLOW_DELETE_STRICT)
    return openflow_fail (error, OPENFLOW_ERROR_FLOW_BAD_COMMAND, "FLOW_MOD command %u is not known",
                          command);
  out->command = (OpenflowFlowCommand) command;
  if (out->flags & ~ALL_FLAGS)
    return openflow_fail (error, OPENFLOW_ERROR_FLOW_BAD_FLAGS, "FLOW_MOD flags 0x%04x are not all known",
                          out->flags);
  return TRUE;
}

gboolean
openflow_flow_mod_decode (const OpenflowMessage *message, OpenflowFlowMod *out, GError **error)
{
  NetCursor body = openflow_message_body (message);

  *out = (OpenflowFlowMod){ 0 };
  if (!decode_fixed (&body, out, error) || !openflow_match_decode (&body, &out->match, error))
    return FALSE;
  if (net_cursor_left (&body) > OPENFLOW_INSTRUCTIONS_MAX)
    return openflow_fail (error, OPENFLOW_ERROR_ACTION_TOO_MANY, "instructions of %u bytes",
                          (guint) net_cursor_left (&body));
  return openflow_instructions_decode (&body, net_cursor_left (&body), &out->instructions, error);
}

void
openflow_flow_removed_encode (const OpenflowFlowRemoved *removed, guint32 xid, GByteArray *out)
{
  guint begin = openflow_message_begin (out, OPENFLOW_FLOW_REMOVED, xid);

  openflow_put_u64 (out, removed->cookie);
  openflow_put_u16 (out, removed->priority);
  openflow_put_u8 (out, removed->reason);
  openflow_put_u8 (out, removed->table);
  openflow_put_u32 (out, (guint32) (removed->duration_ns / NET_SEC));
  openflow_put_u32 (out, (guint32) (removed->duration_ns % NET_SEC));
  openflow_put_u16 (out, removed->idle_timeout);
  openflow_put_u16 (out, removed->hard_timeout);
  openflow_put_u64 (out, removed->n_packets);
  openflow_put_u64 (out, removed->n_bytes);
  openflow_match_encode (&removed->match, out);
  openflow_message_end (out, begin);
}

gboolean
openflow_flow_removed_decode (const OpenflowMessage *message, OpenflowFlowRemoved *out, GError **error)
{
  NetCursor body = openflow_message_body (message);
  guint32 seconds, nanoseconds;

  *out = (OpenflowFlowRemoved){ 0 };
  if (!net_cursor_be64 (&body, &out->cookie) || !net_cursor_be16 (&body, &out->priority)
      || !net_cursor_u8 (&body, &out->reason) || !net_cursor_u8 (&body, &out->table)
      || !net_cursor_be32 (&body, &seconds) || !net_cursor_be32 (&body, &nanoseconds)
      || !net_cursor_be16 (&body, &out->idle_timeout) || !net_cursor_be16 (&body, &out->hard_timeout)
      || !net_cursor_be64 (&body, &out->n_packets) || !net_cursor_be64 (&body, &out->n_bytes))
    return openflow_fail (error, OPENFLOW_ERROR_BAD_LENGTH, "FLOW_REMOVED is cut short");
  out->duration_ns = (gint64) seconds * NET_SEC + nanoseconds;
  return openflow_match_decode (&body, &out->match, error);
}
