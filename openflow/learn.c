/* The learn action: flows made from packets. */
#include "openflow/action-wire.h"
#include "openflow/put.h"

OpenflowLearn *
openflow_learn_new (guint8 table, guint16 priority)
{
  OpenflowLearn *learn = g_new0 (OpenflowLearn, 1);
  learn->table = table;
  learn->priority = priority;
  learn->specs = g_array_new (FALSE, TRUE, sizeof (OpenflowLearnSpec));
  return learn;
}

OpenflowLearn *
openflow_learn_copy (const OpenflowLearn *learn)
{
  OpenflowLearn *copy = g_memdup2 (learn, sizeof *learn);
  copy->specs = g_array_copy (learn->specs);
  return copy;
}

void
openflow_learn_free (OpenflowLearn *learn)
{
  if (!learn)
    return;
  g_array_unref (learn->specs);
  g_free (learn);
}

static void
add_from_field (OpenflowLearn *learn, OpenflowLearnUse use, OpenflowSubfield to, OpenflowSubfield from)
{
  OpenflowLearnSpec spec = { .use = use, .from = from, .to = to };
  g_array_append_val (learn->specs, spec);
}

static void
add_from_value (OpenflowLearn *learn, OpenflowLearnUse use, OpenflowSubfield to, guint64 value)
{
  OpenflowLearnSpec spec = { .use = use, .immediate = TRUE, .value = { 0, value }, .from = to, .to = to };
  g_array_append_val (learn->specs, spec);
}

void
openflow_learn_match_same (OpenflowLearn *learn, OpenflowSubfield field)
{
  add_from_field (learn, OPENFLOW_LEARN_MATCH, field, field);
}

void
openflow_learn_match_field (OpenflowLearn *learn, OpenflowSubfield to, OpenflowSubfield from)
{
  add_from_field (learn, OPENFLOW_LEARN_MATCH, to, from);
}

void
openflow_learn_match_value (OpenflowLearn *learn, OpenflowSubfield to, guint64 value)
{
  add_from_value (learn, OPENFLOW_LEARN_MATCH, to, value);
}

void
openflow_learn_load_field (OpenflowLearn *learn, OpenflowSubfield to, OpenflowSubfield from)
{
  add_from_field (learn, OPENFLOW_LEARN_LOAD, to, from);
}

void
openflow_learn_load_value (OpenflowLearn *learn, OpenflowSubfield to, guint64 value)
{
  add_from_value (learn, OPENFLOW_LEARN_LOAD, to, value);
}

void
openflow_learn_output (OpenflowLearn *learn, OpenflowSubfield from)
{
  add_from_field (learn, OPENFLOW_LEARN_OUTPUT, from, from);
}

/* ---- on the wire --------------------------------------------------------------------------------------------- */

/* An immediate of n bits takes whole 16-bit words, the bits at the end. */
static guint
immediate_bytes (guint n_bits)
{
  return (n_bits + 15) / 16 * 2;
}

static void
encode_spec (const OpenflowLearnSpec *spec, GByteArray *out)
{
  openflow_put_u16 (out, spec->from.n_bits | (guint) spec->use << LEARN_USE_SHIFT
                             | (spec->immediate ? LEARN_IMMEDIATE : 0));
  if (spec->immediate)
    {
      guint8 bytes[16];
      guint n = immediate_bytes (spec->from.n_bits);
      net_put_be64 (bytes, spec->value.high);
      net_put_be64 (bytes + 8, spec->value.low);
      openflow_put_bytes (out, bytes + 16 - n, n);
    }
  else
    {
      openflow_field_header_encode (spec->from.field, out);
      openflow_put_u16 (out, spec->from.first);
    }
  if (spec->use != OPENFLOW_LEARN_OUTPUT)
    {
      openflow_field_header_encode (spec->to.field, out);
      openflow_put_u16 (out, spec->to.first);
    }
}

void
openflow_learn_encode (const OpenflowLearn *learn, GByteArray *out)
{
  openflow_put_u16 (out, learn->idle_timeout);
  openflow_put_u16 (out, learn->hard_timeout);
  openflow_put_u16 (out, learn->priority);
  openflow_put_u64 (out, learn->cookie);
  openflow_put_u16 (out, learn->flags);
  openflow_put_u8 (out, learn->table);
  openflow_put_zero (out, 1);
  openflow_put_u16 (out, learn->fin_idle_timeout);
  openflow_put_u16 (out, learn->fin_hard_timeout);
  for (guint i = 0; i < learn->specs->len; i++)
    encode_spec (&g_array_index (learn->specs, OpenflowLearnSpec, i), out);
}

static gboolean
take_subfield (NetCursor *body, guint n_bits, OpenflowSubfield *out, GError **error)
{
  guint32 header;
  guint16 first;

  if (!net_cursor_be32 (body, &header) || !net_cursor_be16 (body, &first))
    return openflow_fail (error, OPENFLOW_ERROR_ACTION_BAD_LENGTH, "a learn spec is cut short");
  return openflow_subfield_decode (header, first, n_bits, out, error);
}

static gboolean
take_immediate (NetCursor *body, guint n_bits, OpenflowValue *value, GError **error)
{
  guint8 bytes[16] = { 0 };
  guint n = immediate_bytes (n_bits);
  NetCursor cursor;

  if (n > sizeof bytes || !net_cursor_copy (body, bytes + sizeof bytes - n, n))
    return openflow_fail (error, OPENFLOW_ERROR_ACTION_BAD_LENGTH,
                          "a learn spec's value of %u bits is cut short", n_bits);
  cursor = net_cursor (bytes, sizeof bytes);
  net_cursor_be64 (&cursor, &value->high);
  net_cursor_be64 (&cursor, &value->low);
  return TRUE;
}

static gboolean
take_spec (NetCursor *body, guint16 head, OpenflowLearnSpec *spec, GError **error)
{
  guint n_bits = head & LEARN_N_BITS, use = head >> LEARN_USE_SHIFT & 3;

  *spec = (OpenflowLearnSpec){ .use = (OpenflowLearnUse) use, .immediate = (head & LEARN_IMMEDIATE) != 0 };
  if (n_bits == 0 || n_bits > 128 || head >> 14 || use > OPENFLOW_LEARN_OUTPUT
      || (spec->immediate && use == OPENFLOW_LEARN_OUTPUT))
    return openflow_fail (error, OPENFLOW_ERROR_ACTION_BAD_ARGUMENT, "learn spec 0x%04x has no meaning",
                          head);
  if (spec->immediate ? !take_immediate (body, n_bits, &spec->value, error)
                      : !take_subfield (body, n_bits, &spec->from, error))
    return FALSE;
  if (use == OPENFLOW_LEARN_OUTPUT)
    spec->to = spec->from;
  else if (!take_subfield (body, n_bits, &spec->to, error))
    return FALSE;
  if (use == OPENFLOW_LEARN_LOAD && !openflow_field (spec->to.field)->writable)
    return openflow_fail (error, OPENFLOW_ERROR_ACTION_BAD_SET_ARGUMENT,
                          "learn loads %s, which cannot be set", openflow_field (spec->to.field)->name);
  if (spec->immediate)
    spec->from = spec->to;
  return TRUE;
}

OpenflowLearn *
openflow_learn_decode (NetCursor *body, GError **error)
{
  g_autoptr (OpenflowLearn) learn = openflow_learn_new (0, 0);
  guint8 pad;
  guint16 head;

  if (!net_cursor_be16 (body, &learn->idle_timeout) || !net_cursor_be16 (body, &learn->hard_timeout)
      || !net_cursor_be16 (body, &learn->priority) || !net_cursor_be64 (body, &learn->cookie)
      || !net_cursor_be16 (body, &learn->flags) || !net_cursor_u8 (body, &learn->table)
      || !net_cursor_u8 (body, &pad) || !net_cursor_be16 (body, &learn->fin_idle_timeout)
      || !net_cursor_be16 (body, &learn->fin_hard_timeout))
    {
      openflow_fail (error, OPENFLOW_ERROR_ACTION_BAD_LENGTH, "a learn action is cut short");
      return NULL;
    }
  if (learn->table == OPENFLOW_TABLE_ALL
      || (learn->flags & ~(OPENFLOW_LEARN_SEND_FLOW_REMOVED | OPENFLOW_LEARN_DELETE_LEARNED)))
    {
      openflow_fail (error, OPENFLOW_ERROR_ACTION_BAD_ARGUMENT, "learn into table %u with flags 0x%x",
                     learn->table, learn->flags);
      return NULL;
    }
  while (net_cursor_be16 (body, &head) && head != 0)
    {
      OpenflowLearnSpec spec;
      if (!take_spec (body, head, &spec, error))
        return NULL;
      g_array_append_val (learn->specs, spec);
    }
  return g_steal_pointer (&learn);
}
