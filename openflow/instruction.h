/* Instructions of a flow (1.3.5 §7.2.4): at most one of each kind, executed in the standard's order. */
#pragma once

#include "openflow/action.h"

G_BEGIN_DECLS

/* Bytes on the wire that a flow or group may need, so that a statistics reply can always carry it. */
#define OPENFLOW_INSTRUCTIONS_MAX 0xe000u

/* Zeroed memory is the empty set, which drops. */
typedef struct
{
  gboolean has_meter, has_apply, has_clear, has_write, has_metadata, has_goto;
  guint32 meter;
  OpenflowActions apply, write;
  guint64 metadata, metadata_mask;
  guint8 goto_table;
} OpenflowInstructions;

void openflow_instructions_clear (OpenflowInstructions *instructions);
void openflow_instructions_copy (OpenflowInstructions *to, const OpenflowInstructions *from);
gboolean openflow_instructions_equal (const OpenflowInstructions *a, const OpenflowInstructions *b);

/* The list of the apply-actions or write-actions instruction, which exists from then on. */
OpenflowActions *openflow_instructions_apply (OpenflowInstructions *instructions);
OpenflowActions *openflow_instructions_write (OpenflowInstructions *instructions);
void
openflow_instructions_write_metadata (OpenflowInstructions *instructions, guint64 metadata, guint64 mask);
void openflow_instructions_goto (OpenflowInstructions *instructions, guint8 table);

void openflow_instructions_encode (const OpenflowInstructions *instructions, GByteArray *out);
gboolean
openflow_instructions_decode (NetCursor *cursor, gsize length, OpenflowInstructions *out, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (OpenflowInstructions, openflow_instructions_clear)

G_END_DECLS
