/* Databases, tables and rows from the inside: what readers see through row.h and transactions change (txn.h).
 *
 * A row keeps its place in memory from insert to delete; a transaction changes it there and keeps what it was, so that
 * reading within a transaction needs no overlay and an abort puts things back.  Rows are found by uuid in a hash set
 * and walked in the order of their insertion; nothing else grows with the number of rows. */
#pragma once

#include "ovsdb/database.h"
#include "ovsdb/hash.h"
#include "ovsdb/value.h"

G_BEGIN_DECLS

typedef struct _OvsdbTxn OvsdbTxn;
typedef struct _OvsdbJournal OvsdbJournal;
typedef struct _OvsdbWeakLinks OvsdbWeakLinks;

struct _OvsdbRow
{
  OvsdbTable *table;
  OvsdbRow *previous, *next; /* in the table's order */
  OvsdbWeakLinks *weak;      /* weak references from and to the row; NULL when it never had any (weak.c) */
  guint n_refs;              /* strong references from other rows */
  guint change : 30;         /* 1 + place in the running transaction; 0: untouched */
  guint mark : 1;            /* the journal's: see journal-compact.c */
  guint dead : 1;            /* deleted by the running transaction, or no longer in the table */
  OvsdbDatum column[];
};

struct _OvsdbTable
{
  const OvsdbTableSchema *schema;
  OvsdbDatabase *db;
  OvsdbRow *first, *last;
  guint n_rows;
  OvsdbHash by_uuid;
  OvsdbHash *indexes;   /* as many as the schema has */
  guint *strong, *weak; /* columns with such references */
  guint n_strong, n_weak;
};

typedef struct
{
  OvsdbListener call;
  gpointer user;
} OvsdbListening;

#define OVSDB_UUID_POOL 16u

struct _OvsdbDatabase
{
  OvsdbSchema *schema;
  NetWorld *world;
  OvsdbTable **tables; /* as the schema's */
  guint64 hash_key;
  OvsdbTxn *running;
  gsize n_bytes;         /* of all values: quota.c */
  GArray *listeners;     /* of OvsdbListening */
  OvsdbJournal *journal; /* NULL: in memory only */
  gboolean mark;         /* what new rows are marked with */
  gboolean is_replica;   /* holds what somebody else's constraints admitted */
  OvsdbUuid pool[OVSDB_UUID_POOL];
  guint n_pool;
};

static inline const OvsdbUuid *
ovsdb_row_id (const OvsdbRow *row)
{
  return &row->column[OVSDB_COLUMN_UUID].one.uuid;
}

OvsdbTable *ovsdb_table_new (OvsdbDatabase *db, const OvsdbTableSchema *schema);
void ovsdb_table_free (OvsdbTable *table);
/* Also rows that the running transaction deleted. */
OvsdbRow *ovsdb_table_find (const OvsdbTable *table, const OvsdbUuid *uuid);
void ovsdb_table_link (OvsdbTable *table, OvsdbRow *row);
void ovsdb_table_unlink (OvsdbTable *table, OvsdbRow *row);
/* The table behind a reference, which is of the same database. */
static inline OvsdbTable *
ovsdb_table_of (const OvsdbDatabase *db, const OvsdbTableSchema *schema)
{
  return db->tables[schema->index];
}

/* With default values; in no table's list. */
OvsdbRow *ovsdb_row_new (OvsdbTable *table, const OvsdbUuid *uuid);
/* The same values, in no list: a row of before. */
OvsdbRow *ovsdb_row_snapshot (const OvsdbRow *row);
void ovsdb_row_free (OvsdbRow *row);
void ovsdb_row_clear_columns (OvsdbRow *row);
gboolean ovsdb_row_differs (const OvsdbRow *a, const OvsdbRow *b, guint column);
void ovsdb_row_append_column (GString *to, const OvsdbRow *row, guint column);

OvsdbUuid ovsdb_database_new_uuid (OvsdbDatabase *db);
/* Tells the listeners and, when somebody reads it, the world's log of states. */
void ovsdb_database_announce (OvsdbDatabase *db, const OvsdbChange *changes, guint n_changes);

G_END_DECLS
