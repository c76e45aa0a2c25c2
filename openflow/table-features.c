/* What a table can do (1.3.5 §7.3.5.5): everything that this library encodes, the same in each table. */
#include "openflow/multipart.h"

#include "openflow/action-wire.h"
#include "openflow/field-table.h"
#include "openflow/instruction-wire.h"
#include "openflow/put.h"

typedef enum
{
  PROPERTY_INSTRUCTIONS = 0,
  PROPERTY_NEXT_TABLES = 2,
  PROPERTY_WRITE_ACTIONS = 4,
  PROPERTY_APPLY_ACTIONS = 6,
  PROPERTY_MATCH = 8,
  PROPERTY_WILDCARDS = 10,
  PROPERTY_WRITE_SET_FIELD = 12,
  PROPERTY_APPLY_SET_FIELD = 14
} PropertyType;

#define TABLE_NAME 32u
#define ID_LENGTH  4u

static guint
begin_property (PropertyType type, GByteArray *out)
{
  guint begin = out->len;

  openflow_put_u16 (out, type);
  openflow_put_u16 (out, 0);
  return begin;
}

/* The padding is not part of the length. */
static void
end_property (guint begin, GByteArray *out)
{
  openflow_put_length (out, begin, 2);
  openflow_put_padding (out, begin);
}

static void
put_ids (PropertyType property, const guint16 *types, guint n, GByteArray *out)
{
  guint begin = begin_property (property, out);

  for (guint i = 0; i < n; i++)
    {
      openflow_put_u16 (out, types[i]);
      openflow_put_u16 (out, ID_LENGTH);
    }
  end_property (begin, out);
}

static void
put_next_tables (const OpenflowTableFeatures *features, GByteArray *out)
{
  guint begin = begin_property (PROPERTY_NEXT_TABLES, out);

  for (guint i = features->table + 1u; i < features->n_tables; i++)
    openflow_put_u8 (out, (guint8) i);
  end_property (begin, out);
}

/* Views show the same bits as another field, which is the one to use. */
static void
put_fields (PropertyType property, gboolean to_write, GByteArray *out)
{
  guint begin = begin_property (property, out);

  for (guint i = 0; i < OPENFLOW_N_FIELDS; i++)
    {
      const OpenflowField *field = openflow_field ((OpenflowFieldId) i);
      gboolean oxm = field->oxm_header != OPENFLOW_NO_HEADER;
      guint32 header = oxm ? field->oxm_header : field->nxm_header;
      guint32 bytes = oxm ? field->oxm_bytes : field->nxm_bytes;
      gboolean masked = property == PROPERTY_MATCH && field->maskable;
      if (field->view || (to_write && !field->writable))
        continue;
      openflow_put_u32 (out, header | (masked ? 1u << 8 | bytes * 2 : bytes));
    }
  end_property (begin, out);
}

void
openflow_table_features_encode (const OpenflowTableFeatures *features, GByteArray *out)
{
  static const guint16 instructions[] = { INSTRUCTION_GOTO,  INSTRUCTION_METADATA, INSTRUCTION_WRITE,
                                          INSTRUCTION_APPLY, INSTRUCTION_CLEAR,    INSTRUCTION_METER };
  static const guint16 actions[]
      = { ACTION_TYPE_OUTPUT, ACTION_TYPE_PUSH_VLAN, ACTION_TYPE_POP_VLAN, ACTION_TYPE_SET_QUEUE,
          ACTION_TYPE_GROUP,  ACTION_TYPE_DEC_TTL,   ACTION_TYPE_SET_FIELD };
  guint begin = out->len, n_instructions = G_N_ELEMENTS (instructions);
  g_autoptr (GString) name = g_string_new ("table");
  /* The last table has nowhere to go to. */
  gboolean is_last = features->table + 1u >= features->n_tables;

  openflow_put_u16 (out, 0);
  openflow_put_u8 (out, features->table);
  openflow_put_zero (out, 5);
  g_string_append_printf (name, "%u", features->table);
  openflow_put_text (out, name->str, TABLE_NAME);
  openflow_put_u64 (out, G_MAXUINT64);
  openflow_put_u64 (out, G_MAXUINT64);
  openflow_put_u32 (out, 0);
  openflow_put_u32 (out, features->max_flows);
  put_ids (PROPERTY_INSTRUCTIONS, instructions + is_last, n_instructions - is_last, out);
  put_next_tables (features, out);
  put_ids (PROPERTY_WRITE_ACTIONS, actions, G_N_ELEMENTS (actions), out);
  put_ids (PROPERTY_APPLY_ACTIONS, actions, G_N_ELEMENTS (actions), out);
  put_fields (PROPERTY_MATCH, FALSE, out);
  put_fields (PROPERTY_WILDCARDS, FALSE, out);
  put_fields (PROPERTY_WRITE_SET_FIELD, TRUE, out);
  put_fields (PROPERTY_APPLY_SET_FIELD, TRUE, out);
  openflow_put_length (out, begin, 0);
}
