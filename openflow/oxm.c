/* OXM TLVs and struct ofp_match (1.3.5 §7.2.2, §7.2.3). */
#include "openflow/match.h"

#include "openflow/field-table.h"
#include "openflow/put.h"

#define MATCH_TYPE_OXM 1u
#define MATCH_HEADER   4u
#define HAS_MASK       0x100u

static void
put_value (OpenflowValue value, guint width, GByteArray *out)
{
  guint8 bytes[16];

  net_put_be64 (bytes, value.high);
  net_put_be64 (bytes + 8, value.low);
  openflow_put_bytes (out, bytes + 16 - width, width);
}

static gboolean
take_value (NetCursor *cursor, guint width, OpenflowValue *value)
{
  guint8 bytes[16] = { 0 };

  if (!net_cursor_copy (cursor, bytes + 16 - width, width))
    return FALSE;
  *value = (OpenflowValue){ (guint64) net_get_be32 (bytes) << 32 | net_get_be32 (bytes + 4),
                            (guint64) net_get_be32 (bytes + 8) << 32 | net_get_be32 (bytes + 12) };
  return TRUE;
}

/* Is anything outside the mask? */
static gboolean
exceeds (OpenflowValue value, OpenflowValue mask)
{
  return (value.high & ~mask.high) || (value.low & ~mask.low);
}

static gboolean
same (OpenflowValue a, OpenflowValue b)
{
  return a.high == b.high && a.low == b.low;
}

void
openflow_oxm_encode (OpenflowFieldId id, OpenflowValue value, const OpenflowValue *mask, GByteArray *out)
{
  const OpenflowField *field = openflow_field (id);
  gboolean oxm = field->oxm_header != OPENFLOW_NO_HEADER;
  guint32 header = oxm ? field->oxm_header : field->nxm_header;
  guint width = oxm ? field->oxm_bytes : field->nxm_bytes;

  openflow_put_u32 (out, header | (mask ? HAS_MASK | width * 2 : width));
  put_value (value, width, out);
  if (mask)
    put_value (*mask, width, out);
}

gboolean
openflow_oxm_decode (NetCursor *cursor, OpenflowFieldId *field_id, OpenflowValue *value, OpenflowValue *mask,
                     gboolean *has_mask, GError **error)
{
  guint32 header;
  guint width, length;
  gint id;

  if (!net_cursor_be32 (cursor, &header) || net_cursor_left (cursor) < (header & 0xff))
    return openflow_fail (error, OPENFLOW_ERROR_MATCH_BAD_LENGTH, "an OXM field is cut short");
  length = header & 0xff;
  id = openflow_field_from_header (header);
  if (id < 0)
    return openflow_fail (error, OPENFLOW_ERROR_MATCH_BAD_FIELD, "no field has the OXM header 0x%08x",
                          header);
  *field_id = (OpenflowFieldId) id;
  *has_mask = (header & HAS_MASK) != 0;
  width = (header & 0xfffffe00u) == openflow_field (*field_id)->oxm_header
              ? openflow_field (*field_id)->oxm_bytes
              : openflow_field (*field_id)->nxm_bytes;
  if (length != (*has_mask ? width * 2 : width))
    return openflow_fail (error, OPENFLOW_ERROR_MATCH_BAD_LENGTH, "%s with %u bytes; it has %u",
                          openflow_field (*field_id)->name, length, width);
  take_value (cursor, width, value);
  *mask = openflow_field_all_ones (*field_id);
  if (exceeds (*value, *mask))
    return openflow_fail (error, OPENFLOW_ERROR_MATCH_BAD_VALUE, "%s has a value beyond its %u bits",
                          openflow_field (*field_id)->name, openflow_field (*field_id)->bits);
  if (*has_mask)
    take_value (cursor, width, mask);
  return TRUE;
}

static void
encode_field (const OpenflowMatch *match, OpenflowFieldId id, GByteArray *out)
{
  OpenflowValue mask = openflow_field_get (&match->mask, id);

  if (!mask.high && !mask.low)
    return;
  openflow_oxm_encode (id, openflow_field_get (&match->value, id),
                       same (mask, openflow_field_all_ones (id)) ? NULL : &mask, out);
}

/* OXM has the VID with its present bit, and the PCP of tagged packets; any other shape of the TCI is
 * NXM's. */
static void
encode_vlan (const OpenflowMatch *match, GByteArray *out)
{
  guint pcp = match->mask.vlan_tci & 0xe000;

  if (pcp && !((match->value.vlan_tci & OPENFLOW_VLAN_PRESENT) && pcp == 0xe000))
    {
      encode_field (match, OPENFLOW_FIELD_VLAN_TCI, out);
      return;
    }
  encode_field (match, OPENFLOW_FIELD_VLAN_VID, out);
  encode_field (match, OPENFLOW_FIELD_VLAN_PCP, out);
}

void
openflow_match_encode (const OpenflowMatch *match, GByteArray *out)
{
  guint begin = out->len;

  openflow_put_u16 (out, MATCH_TYPE_OXM);
  openflow_put_u16 (out, 0);
  for (guint i = 0; i < OPENFLOW_N_FIELDS; i++)
    {
      OpenflowFieldId id = (OpenflowFieldId) i;
      if (id == OPENFLOW_FIELD_VLAN_VID)
        encode_vlan (match, out);
      else if (id != OPENFLOW_FIELD_VLAN_PCP && !openflow_field (id)->view
               && openflow_match_allows (match, id))
        encode_field (match, id, out);
    }
  openflow_put_length (out, begin, 2);
  openflow_put_padding (out, begin);
}

static gboolean
take_field (NetCursor *fields, OpenflowMatch *match, GError **error)
{
  OpenflowFieldId id;
  OpenflowValue value, mask, already;
  gboolean has_mask;

  if (!openflow_oxm_decode (fields, &id, &value, &mask, &has_mask, error))
    return FALSE;
  if (id == OPENFLOW_FIELD_IN_PORT_16)
    {
      id = OPENFLOW_FIELD_IN_PORT;
      value.low |= value.low >= 0xff00 ? 0xffff0000u : 0;
      mask = openflow_field_all_ones (id);
    }
  if (has_mask && !openflow_field (id)->maskable && !same (mask, openflow_field_all_ones (id)))
    return openflow_fail (error, OPENFLOW_ERROR_MATCH_BAD_MASK, "%s cannot be masked",
                          openflow_field (id)->name);
  if (exceeds (mask, openflow_field_all_ones (id)))
    return openflow_fail (error, OPENFLOW_ERROR_MATCH_BAD_MASK, "%s has a mask beyond its %u bits",
                          openflow_field (id)->name, openflow_field (id)->bits);
  if (exceeds (value, mask))
    return openflow_fail (error, OPENFLOW_ERROR_MATCH_BAD_WILDCARDS, "%s has value bits outside its mask",
                          openflow_field (id)->name);
  if (!openflow_match_allows (match, id))
    return openflow_fail (error, OPENFLOW_ERROR_MATCH_BAD_PREREQUISITE,
                          "%s is matched without the protocol that has it", openflow_field (id)->name);
  already = openflow_field_get (&match->mask, id);
  if (already.high || already.low)
    return openflow_fail (error, OPENFLOW_ERROR_MATCH_DUPLICATE, "%s is matched twice",
                          openflow_field (id)->name);
  openflow_match_set_wide (match, id, value, mask);
  return TRUE;
}

gboolean
openflow_match_decode (NetCursor *cursor, OpenflowMatch *out, GError **error)
{
  NetCursor fields;
  guint16 type, length;
  guint padded;

  openflow_match_init (out);
  if (!net_cursor_be16 (cursor, &type) || !net_cursor_be16 (cursor, &length) || length < MATCH_HEADER)
    return openflow_fail (error, OPENFLOW_ERROR_MATCH_BAD_LENGTH, "the match has no room for its header");
  if (type != MATCH_TYPE_OXM)
    return openflow_fail (error, OPENFLOW_ERROR_MATCH_BAD_TYPE, "match type %u; only OXM (1) is known", type);
  padded = (length + 7u) / 8 * 8 - MATCH_HEADER;
  if (net_cursor_left (cursor) < padded)
    return openflow_fail (error, OPENFLOW_ERROR_MATCH_BAD_LENGTH, "the match of %u bytes is cut short",
                          length);
  fields = net_cursor (cursor->at, length - MATCH_HEADER);
  cursor->at += padded;
  while (net_cursor_left (&fields) > 0)
    if (!take_field (&fields, out, error))
      return FALSE;
  return TRUE;
}
