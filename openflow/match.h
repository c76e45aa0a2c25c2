/* Matches: values and a mask over the fields, on the wire as OXM TLVs (1.3.5 §7.2.3). */
#pragma once

#include "net/address.h"
#include "openflow/error.h"
#include "openflow/field.h"

G_BEGIN_DECLS

/* A bit of `value` counts where the same bit of `mask` is set; elsewhere it is 0.  All zero matches
 * everything. */
typedef struct
{
  OpenflowFields value, mask;
} OpenflowMatch;

static inline void
openflow_match_init (OpenflowMatch *match)
{
  memset (match, 0, sizeof *match);
}

/* Exact, and under a mask (value bits outside the mask are cleared).  Prerequisites are the caller's
 * business: matching ARP_OP needs ETH_TYPE 0x0806 as well; openflow_match_check() tells. */
void openflow_match_set (OpenflowMatch *match, OpenflowFieldId field, guint64 value);
void openflow_match_set_masked (OpenflowMatch *match, OpenflowFieldId field, guint64 value, guint64 mask);
void openflow_match_set_wide (OpenflowMatch *match, OpenflowFieldId field, OpenflowValue value,
                              OpenflowValue mask);
void openflow_match_set_mac (OpenflowMatch *match, OpenflowFieldId field, const NetMac *mac);

/* FALSE with MATCH_BAD_PREREQUISITE (or MATCH_BAD_VALUE) when a field is matched whose protocol is not. */
gboolean openflow_match_check (const OpenflowMatch *match, GError **error);
/* Is this field's prerequisite part of the match? */
gboolean openflow_match_allows (const OpenflowMatch *match, OpenflowFieldId field);

gboolean openflow_match_equal (const OpenflowMatch *a, const OpenflowMatch *b);
/* Does it match these fields? */
gboolean openflow_match_holds (const OpenflowMatch *match, const OpenflowFields *fields);
/* Every packet that `narrow` matches is matched by `wide` too. */
gboolean openflow_match_covers (const OpenflowMatch *wide, const OpenflowMatch *narrow);
/* Could one packet match both? */
gboolean openflow_match_overlaps (const OpenflowMatch *a, const OpenflowMatch *b);

/* struct ofp_match with its padding to 8 bytes. */
void openflow_match_encode (const OpenflowMatch *match, GByteArray *out);
/* Takes the match and its padding from the cursor; duplicates, bad masks and prerequisites are refused. */
gboolean openflow_match_decode (NetCursor *cursor, OpenflowMatch *out, GError **error);

/* One OXM TLV. */
void
openflow_oxm_encode (OpenflowFieldId field, OpenflowValue value, const OpenflowValue *mask, GByteArray *out);
gboolean openflow_oxm_decode (NetCursor *cursor, OpenflowFieldId *field, OpenflowValue *value,
                              OpenflowValue *mask, gboolean *has_mask, GError **error);

G_END_DECLS
