/* [<column>, <word>, <value>]: the form of clauses and of mutations (RFC 7047 §5.1). */
#pragma once

#include "ovsdb/value.h"

G_BEGIN_DECLS

typedef struct
{
  const OvsdbColumn *column;
  const char *word;
  const OvsdbJson *value;
} OvsdbTriple;

/* `form` says what it must be, for people. */
gboolean ovsdb_triple_parse (const OvsdbTableSchema *table, const OvsdbJson *json, const char *form,
                             OvsdbTriple *triple, GError **error);

/* Which of `words` the triple's is; -1: none. */
gint ovsdb_triple_find (const OvsdbTriple *triple, const char *const *words, guint n);

G_END_DECLS
