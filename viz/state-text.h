/* A state change as one line of text, for a person: table, operation, key, and what its JSON says, without braces,
 * quotes and empty values.
 *   fdb add vm2: port em3, vlan 2901
 *   Physical_Port modify em3: vlan_bindings 2901=a015e930…
 * A database row's UUID is shown as the row's name where it has one, else as its first eight digits. */
#pragma once

#include "viz/names.h"

G_BEGIN_DECLS

typedef struct
{
  const char *table, *op, *key, *json; /* json may be NULL, or any text */
} VizStateText;

/* Appends the line to `out`; `names` for addresses in the key unless it is NULL, `rows` for UUIDs. */
void viz_state_append (const VizStateText *state, const VizNames *names, const VizNames *rows, GString *out);

/* The name of the row that a change is about, by its columns; NULL when the key is no UUID or no column names it.
 * The caller frees it. */
char *viz_state_row_name (const char *key, const char *json);

G_END_DECLS
