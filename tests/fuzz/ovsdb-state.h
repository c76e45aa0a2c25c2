/* What holds for every database between transactions. */
#pragma once

#include "ovsdb/database.h"

typedef enum
{
  DUMP_ALL,   /* every column */
  DUMP_STORED /* those that a journal keeps */
} DumpWhat;

/* All rows as text, in the order of tables, uuids and columns: two databases of one schema are equal when these are.
 * The caller's. */
char *ovsdb_state_dump (OvsdbDatabase *db, DumpWhat what);

/* Ends the program when a row breaks its table's rules: values within their types, references that lead somewhere,
 * rows of no root table that nobody refers to, unique indexes, numbers of rows. */
void ovsdb_state_check (OvsdbDatabase *db);

/* Ends the program unless what the world stores under `name` is read as a database that equals this one. */
void ovsdb_state_check_stored (OvsdbDatabase *db, NetWorld *world, const char *name);
