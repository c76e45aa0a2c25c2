/* Fields by name and header, and reading and writing them as numbers. */
#include "openflow/field-table.h"

#include <string.h>

const OpenflowField *
openflow_field (OpenflowFieldId id)
{
  g_assert (id < OPENFLOW_N_FIELDS);
  return &openflow_fields_table[id];
}

gint
openflow_field_from_header (guint32 header)
{
  guint32 key = header & 0xfffffe00u;

  for (guint i = 0; i < OPENFLOW_N_FIELDS; i++)
    if (openflow_fields_table[i].oxm_header == key || openflow_fields_table[i].nxm_header == key)
      return (gint) i;
  return -1;
}

static gboolean
is_name (const char *name, const char *text, gsize length)
{
  return name && strlen (name) == length && memcmp (name, text, length) == 0;
}

gint
openflow_field_from_name (const char *name, gsize length)
{
  static const struct
  {
    const char *name;
    OpenflowFieldId id;
  } others[] = {
    { "eth_src", OPENFLOW_FIELD_ETH_SRC },     { "eth_dst", OPENFLOW_FIELD_ETH_DST },
    { "eth_type", OPENFLOW_FIELD_ETH_TYPE },   { "tunnel_id", OPENFLOW_FIELD_TUNNEL_ID },
    { "vlan_pcp", OPENFLOW_FIELD_VLAN_PCP },   { "ip_proto", OPENFLOW_FIELD_IP_PROTO },
    { "ip_src", OPENFLOW_FIELD_IPV4_SRC },     { "ip_dst", OPENFLOW_FIELD_IPV4_DST },
    { "ip_ecn", OPENFLOW_FIELD_IP_ECN },       { "nw_frag", OPENFLOW_FIELD_IP_FRAG },
    { "in_port_oxm", OPENFLOW_FIELD_IN_PORT },
  };

  for (guint i = 0; i < OPENFLOW_N_FIELDS; i++)
    if (is_name (openflow_fields_table[i].name, name, length)
        || is_name (openflow_fields_table[i].oxm_name, name, length)
        || is_name (openflow_fields_table[i].nxm_name, name, length))
      return (gint) i;
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    if (is_name (others[i].name, name, length))
      return (gint) others[i].id;
  return -1;
}

static guint64
ones (guint bits)
{
  return bits >= 64 ? G_MAXUINT64 : (G_GUINT64_CONSTANT (1) << bits) - 1;
}

/* Members of up to 8 bytes as a number. */
static guint64
read_member (const OpenflowFields *fields, const OpenflowField *field)
{
  const guint8 *at = (const guint8 *) fields + field->offset;

  switch (field->size)
    {
    case 1:
      return *at;
    case 2:
      return *(const guint16 *) (gconstpointer) at;
    case 4:
      return *(const guint32 *) (gconstpointer) at;
    default:
      return *(const guint64 *) (gconstpointer) at;
    }
}

static void
write_member (OpenflowFields *fields, const OpenflowField *field, guint64 value)
{
  guint8 *at = (guint8 *) fields + field->offset;

  switch (field->size)
    {
    case 1:
      *at = (guint8) value;
      break;
    case 2:
      *(guint16 *) (gpointer) at = (guint16) value;
      break;
    case 4:
      *(guint32 *) (gpointer) at = (guint32) value;
      break;
    default:
      *(guint64 *) (gpointer) at = value;
    }
}

OpenflowValue
openflow_subfield_get (const OpenflowFields *fields, OpenflowSubfield subfield)
{
  const OpenflowField *field = openflow_field (subfield.field);
  const guint64 *pair;
  OpenflowValue value = { 0, 0 };
  guint first = subfield.first;

  if (field->size <= 8)
    {
      value.low = read_member (fields, field) >> (field->shift + first) & ones (subfield.n_bits);
      return value;
    }
  pair = (const guint64 *) (gconstpointer) ((const guint8 *) fields + field->offset);
  if (first >= 64)
    value.low = pair[0] >> (first - 64);
  else if (first == 0)
    value = (OpenflowValue){ pair[0], pair[1] };
  else
    value = (OpenflowValue){ pair[0] >> first, pair[1] >> first | pair[0] << (64 - first) };
  value.high &= subfield.n_bits > 64 ? ones (subfield.n_bits - 64u) : 0;
  value.low &= ones (MIN (subfield.n_bits, 64u));
  return value;
}

/* value << first, in 128 bits. */
static OpenflowValue
shifted (OpenflowValue value, guint first)
{
  if (first == 0)
    return value;
  if (first >= 64)
    return (OpenflowValue){ value.low << (first - 64), 0 };
  return (OpenflowValue){ value.high << first | value.low >> (64 - first), value.low << first };
}

void
openflow_subfield_set (OpenflowFields *fields, OpenflowSubfield subfield, OpenflowValue value)
{
  const OpenflowField *field = openflow_field (subfield.field);
  guint first = field->shift + subfield.first;
  OpenflowValue mask, in;
  guint64 *pair;

  if (field->size <= 8)
    {
      guint64 bits = ones (subfield.n_bits) << first;
      write_member (fields, field, (read_member (fields, field) & ~bits) | (value.low << first & bits));
      return;
    }
  mask = shifted ((OpenflowValue){ subfield.n_bits > 64 ? ones (subfield.n_bits - 64u) : 0,
                                   ones (MIN (subfield.n_bits, 64u)) },
                  first);
  in = shifted (value, first);
  pair = (guint64 *) (gpointer) ((guint8 *) fields + field->offset);
  pair[0] = (pair[0] & ~mask.high) | (in.high & mask.high);
  pair[1] = (pair[1] & ~mask.low) | (in.low & mask.low);
}

OpenflowValue
openflow_field_get (const OpenflowFields *fields, OpenflowFieldId id)
{
  return openflow_subfield_get (fields, openflow_subfield_whole (id));
}

void
openflow_field_set (OpenflowFields *fields, OpenflowFieldId id, OpenflowValue value)
{
  openflow_subfield_set (fields, openflow_subfield_whole (id), value);
}

OpenflowValue
openflow_field_all_ones (OpenflowFieldId id)
{
  guint bits = openflow_field (id)->bits;
  return (OpenflowValue){ bits > 64 ? ones (bits - 64) : 0, ones (MIN (bits, 64)) };
}
