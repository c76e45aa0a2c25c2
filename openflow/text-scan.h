/* Reading pieces of the text form.  Splitting works in place on a private copy of the line. */
#pragma once

#include "openflow/text-print.h"

/* Sets the error and returns FALSE. */
gboolean
openflow_text_fail (GError **error, OpenflowTextError code, const char *format, ...) G_GNUC_PRINTF (3, 4);

/* The next item of a list that commas (and blanks, with `blanks`) separate outside brackets; NULL at the
 * end.  Empty items are skipped. */
char *openflow_scan_item (char **at, gboolean blanks);
/* Cuts "name(argument)", "name:argument" or "name=argument"; the argument is NULL when there is none.  A
 * bracket that is not closed fails. */
gboolean openflow_scan_call (char *item, char **argument, GError **error);

/* Decimal or 0x hex, at most `max`; `what` names it in the error. */
gboolean openflow_scan_number (const char *text, guint64 max, const char *what, guint64 *out, GError **error);
/* A field's value as shown, and "value/mask"; the mask of one without is all ones. */
gboolean openflow_scan_value (OpenflowFieldId field, const char *text, OpenflowValue *out, GError **error);
gboolean openflow_scan_masked (OpenflowFieldId field, char *text, OpenflowValue *value, OpenflowValue *mask,
                               GError **error);
gboolean openflow_scan_port (const char *text, guint32 *out, GError **error);
gboolean openflow_scan_field (const char *name, OpenflowFieldId *out, GError **error);
/* "NXM_NX_REG1[0..19]". */
gboolean openflow_scan_subfield (const char *text, OpenflowSubfield *out, GError **error);

/* "actions=" of a flow, without that word. */
gboolean openflow_instructions_parse (char *text, OpenflowInstructions *out, GError **error);
gboolean openflow_actions_scan (char *text, OpenflowActions *out, GError **error);
/* One "name=value" of a match; FALSE with OPENFLOW_TEXT_ERROR_NAME when the name is no field. */
gboolean openflow_match_scan (char *name, char *value, OpenflowMatch *match, GError **error);
