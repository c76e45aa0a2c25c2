/* Instructions: sets of at most one of each kind, and their wire form (1.3.5 §7.2.4). */
#include "openflow/instruction.h"

#include "openflow/element.h"
#include "openflow/instruction-wire.h"
#include "openflow/put.h"

void
openflow_instructions_clear (OpenflowInstructions *instructions)
{
  openflow_actions_clear (&instructions->apply);
  openflow_actions_clear (&instructions->write);
  *instructions = (OpenflowInstructions){ 0 };
}

void
openflow_instructions_copy (OpenflowInstructions *to, const OpenflowInstructions *from)
{
  *to = *from;
  openflow_actions_copy (&to->apply, &from->apply);
  openflow_actions_copy (&to->write, &from->write);
}

gboolean
openflow_instructions_equal (const OpenflowInstructions *a, const OpenflowInstructions *b)
{
  g_autoptr (GByteArray) a_bytes = g_byte_array_new ();
  g_autoptr (GByteArray) b_bytes = g_byte_array_new ();

  openflow_instructions_encode (a, a_bytes);
  openflow_instructions_encode (b, b_bytes);
  return a_bytes->len == b_bytes->len
         && (!a_bytes->len || memcmp (a_bytes->data, b_bytes->data, a_bytes->len) == 0);
}

OpenflowActions *
openflow_instructions_apply (OpenflowInstructions *instructions)
{
  instructions->has_apply = TRUE;
  return &instructions->apply;
}

OpenflowActions *
openflow_instructions_write (OpenflowInstructions *instructions)
{
  instructions->has_write = TRUE;
  return &instructions->write;
}

void
openflow_instructions_write_metadata (OpenflowInstructions *instructions, guint64 metadata, guint64 mask)
{
  instructions->has_metadata = TRUE;
  instructions->metadata = metadata;
  instructions->metadata_mask = mask;
}

void
openflow_instructions_goto (OpenflowInstructions *instructions, guint8 table)
{
  instructions->has_goto = TRUE;
  instructions->goto_table = table;
}

static guint
begin_instruction (InstructionType type, GByteArray *out)
{
  guint begin = out->len;
  openflow_put_u16 (out, type);
  openflow_put_u16 (out, 8);
  return begin;
}

static void
encode_list (InstructionType type, const OpenflowActions *actions, GByteArray *out)
{
  guint begin = begin_instruction (type, out);
  openflow_put_zero (out, 4);
  openflow_actions_encode (actions, out);
  openflow_put_length (out, begin, 2);
}

void
openflow_instructions_encode (const OpenflowInstructions *instructions, GByteArray *out)
{
  guint begin;

  if (instructions->has_meter)
    {
      begin_instruction (INSTRUCTION_METER, out);
      openflow_put_u32 (out, instructions->meter);
    }
  if (instructions->has_apply)
    encode_list (INSTRUCTION_APPLY, &instructions->apply, out);
  if (instructions->has_clear)
    {
      begin_instruction (INSTRUCTION_CLEAR, out);
      openflow_put_zero (out, 4);
    }
  if (instructions->has_write)
    encode_list (INSTRUCTION_WRITE, &instructions->write, out);
  if (instructions->has_metadata)
    {
      begin = begin_instruction (INSTRUCTION_METADATA, out);
      openflow_put_zero (out, 4);
      openflow_put_u64 (out, instructions->metadata);
      openflow_put_u64 (out, instructions->metadata_mask);
      openflow_put_length (out, begin, 2);
    }
  if (instructions->has_goto)
    {
      begin_instruction (INSTRUCTION_GOTO, out);
      openflow_put_u8 (out, instructions->goto_table);
      openflow_put_zero (out, 3);
    }
}

/* ---- from the wire ------------------------------------------------------------------------------------------- */

static gboolean
bad_length (GError **error)
{
  return openflow_fail (error, OPENFLOW_ERROR_INSTRUCTION_BAD_LENGTH, "an instruction's length is wrong");
}

static gboolean
once (gboolean *has, GError **error)
{
  if (*has)
    return openflow_fail (error, OPENFLOW_ERROR_INSTRUCTION_DUPLICATE, "an instruction stands there twice");
  *has = TRUE;
  return TRUE;
}

static gboolean
decode_list (NetCursor *body, gboolean *has, OpenflowActions *actions, GError **error)
{
  if (!once (has, error))
    return FALSE;
  if (!net_cursor_take (body, 4))
    return bad_length (error);
  return openflow_actions_decode (body, net_cursor_left (body), actions, error);
}

static gboolean
decode_metadata (NetCursor *body, OpenflowInstructions *out, GError **error)
{
  return once (&out->has_metadata, error)
         && ((net_cursor_left (body) == 20 && net_cursor_take (body, 4)
              && net_cursor_be64 (body, &out->metadata) && net_cursor_be64 (body, &out->metadata_mask))
             || bad_length (error));
}

static gboolean
decode_instruction (guint16 type, NetCursor *body, OpenflowInstructions *out, GError **error)
{
  switch (type)
    {
    case INSTRUCTION_GOTO:
      return once (&out->has_goto, error)
             && ((net_cursor_left (body) == 4 && net_cursor_u8 (body, &out->goto_table))
                 || bad_length (error));
    case INSTRUCTION_METADATA:
      return decode_metadata (body, out, error);
    case INSTRUCTION_WRITE:
      return decode_list (body, &out->has_write, &out->write, error);
    case INSTRUCTION_APPLY:
      return decode_list (body, &out->has_apply, &out->apply, error);
    case INSTRUCTION_CLEAR:
      return once (&out->has_clear, error) && (net_cursor_left (body) == 4 || bad_length (error));
    case INSTRUCTION_METER:
      return once (&out->has_meter, error)
             && ((net_cursor_left (body) == 4 && net_cursor_be32 (body, &out->meter)) || bad_length (error));
    case INSTRUCTION_EXPERIMENTER:
      return openflow_fail (error, OPENFLOW_ERROR_INSTRUCTION_BAD_EXPERIMENTER,
                            "an experimenter's instruction");
    default:
      return openflow_fail (error, OPENFLOW_ERROR_INSTRUCTION_UNKNOWN, "instruction type %u is not known",
                            type);
    }
}

gboolean
openflow_instructions_decode (NetCursor *cursor, gsize length, OpenflowInstructions *out, GError **error)
{
  g_auto (OpenflowInstructions) instructions = { 0 };
  NetCursor list;

  *out = (OpenflowInstructions){ 0 };
  if (net_cursor_left (cursor) < length)
    return bad_length (error);
  list = net_cursor (cursor->at, length);
  cursor->at += length;
  while (net_cursor_left (&list) > 0)
    {
      guint16 type;
      NetCursor body;

      if (!openflow_element_take (&list, &type, &body))
        return bad_length (error);
      if (!decode_instruction (type, &body, &instructions, error))
        return FALSE;
    }
  *out = instructions;
  instructions = (OpenflowInstructions){ 0 };
  return TRUE;
}
