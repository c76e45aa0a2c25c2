/* Bytes as a program of database operations over a small rich schema (structure-aware fuzzing).
 *
 *   transaction  operation… newline
 *   operation    i TABLE [nDIGIT] [#DIGIT] ROW       insert: named nDIGIT, with the uuid of that digit
 *                u TABLE WHERE ROW    m TABLE WHERE MUTATIONS    d TABLE WHERE    s TABLE WHERE ROW
 *                w TABLE WHERE ROW ROW               wait: until "==" or "!=" by a letter before the table
 *                c commit   C durable commit   a abort   k comment   l assert   j TEXT; an operation as JSON
 *   ROW          (,COLUMN VALUE)…     WHERE  (:COLUMN FUNCTION VALUE)…     MUTATIONS  (.COLUMN MUTATOR VALUE)…
 *   VALUE        an atom, ( atoms ) for sets and maps, ! and a byte for a value of a wrong kind
 *
 * Tables and columns go by their first letters, _uuid is "_". */
#pragma once

#include "fuzz.h"

#include "ovsdb/schema.h"

/* A new reference. */
OvsdbSchema *ovsdb_program_schema (void);
/* One transaction's operations as a JSON array. */
void ovsdb_program_append_transaction (GString *to, FuzzInput *input, const OvsdbSchema *schema);
/* {"<column>":<value>, …} */
void ovsdb_program_append_row (GString *to, FuzzInput *input, const OvsdbTableSchema *table);
const OvsdbTableSchema *ovsdb_program_table (FuzzInput *input, const OvsdbSchema *schema);
/* The text of a uuid by its digit; borrowed until the next call. */
const char *ovsdb_program_uuid (FuzzInput *input);
