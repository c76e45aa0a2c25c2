/* A database as a whole: its tables, its listeners, what it tells the world. */
#include "ovsdb/build.h"
#include "ovsdb/execute.h"
#include "ovsdb/journal.h"
#include "ovsdb/store.h"

OvsdbDatabase *
ovsdb_database_new (OvsdbSchema *schema, NetWorld *world)
{
  OvsdbDatabase *db = g_new0 (OvsdbDatabase, 1);

  db->schema = ovsdb_schema_ref (schema);
  db->world = world;
  db->listeners = g_array_new (FALSE, FALSE, sizeof (OvsdbListening));
  net_world_random (world, &db->hash_key, sizeof db->hash_key);
  db->tables = g_new0 (OvsdbTable *, schema->n_tables + 1);
  for (guint i = 0; i < schema->n_tables; i++)
    db->tables[i] = ovsdb_table_new (db, schema->tables[i]);
  return db;
}

OvsdbDatabase *
ovsdb_database_open (OvsdbSchema *schema, NetWorld *world, const char *name, GError **error)
{
  g_autoptr (OvsdbDatabase) db = ovsdb_database_new (schema, world);

  db->journal = ovsdb_journal_open (db, name, error);
  return db->journal ? g_steal_pointer (&db) : NULL;
}

void
ovsdb_database_free (OvsdbDatabase *db)
{
  if (!db)
    return;
  ovsdb_journal_free (db->journal);
  for (guint i = 0; i < db->schema->n_tables; i++)
    ovsdb_table_free (db->tables[i]);
  g_free (db->tables);
  g_array_unref (db->listeners);
  ovsdb_schema_unref (db->schema);
  g_free (db);
}

const OvsdbSchema *
ovsdb_database_schema (const OvsdbDatabase *db)
{
  return db->schema;
}

OvsdbTable *
ovsdb_database_table (OvsdbDatabase *db, const char *name)
{
  const OvsdbTableSchema *schema = ovsdb_schema_table (db->schema, name);
  return schema ? db->tables[schema->index] : NULL;
}

/* Drawn a handful at a time: in a real world each draw is a system call. */
OvsdbUuid
ovsdb_database_new_uuid (OvsdbDatabase *db)
{
  OvsdbUuid uuid;

  if (db->n_pool == 0)
    {
      net_world_random (db->world, db->pool, sizeof db->pool);
      db->n_pool = OVSDB_UUID_POOL;
    }
  uuid = db->pool[--db->n_pool];
  uuid.octet[6] = (guint8) ((uuid.octet[6] & 0x0f) | 0x40);
  uuid.octet[8] = (guint8) ((uuid.octet[8] & 0x3f) | 0x80);
  return uuid;
}

/* ---- listeners ----------------------------------------------------------------------------------------------- */

void
ovsdb_database_listen (OvsdbDatabase *db, OvsdbListener listener, gpointer user)
{
  OvsdbListening listening = { listener, user };
  g_array_append_val (db->listeners, listening);
}

void
ovsdb_database_unlisten (OvsdbDatabase *db, OvsdbListener listener, gpointer user)
{
  for (guint i = 0; i < db->listeners->len; i++)
    {
      const OvsdbListening *listening = &g_array_index (db->listeners, OvsdbListening, i);
      if (listening->call == listener && listening->user == user)
        {
          g_array_remove_index (db->listeners, i);
          return;
        }
    }
}

static void
record_state (OvsdbDatabase *db, const OvsdbChange *change)
{
  const OvsdbRow *row = change->after ? change->after : change->before;
  char key[OVSDB_UUID_TEXT];
  g_autofree char *table = g_strconcat ("ovsdb/", row->table->schema->name, NULL);
  g_autoptr (GString) json = g_string_new ("{");
  NetState state = { .table = table, .key = ovsdb_uuid_format (&change->uuid, key) };

  state.op = !change->before ? "insert" : !change->after ? "delete" : "modify";
  for (guint i = OVSDB_N_STANDARD; i < row->table->schema->n_columns; i++)
    {
      if (json->len > 1)
        g_string_append_c (json, ',');
      ovsdb_row_append_column (json, row, i);
    }
  g_string_append_c (json, '}');
  state.json = json->str;
  net_world_state (db->world, &state);
}

void
ovsdb_database_announce (OvsdbDatabase *db, const OvsdbChange *changes, guint n_changes)
{
  if (db->world->detail && !db->is_replica)
    for (guint i = 0; i < n_changes; i++)
      record_state (db, &changes[i]);
  for (guint i = 0; i < db->listeners->len; i++)
    {
      const OvsdbListening listening = g_array_index (db->listeners, OvsdbListening, i);
      listening.call (db, changes, n_changes, listening.user);
    }
}

/* ---- transactions for users in this process ---------------------------------------------------------------------- */

json_t *
ovsdb_database_transact (OvsdbDatabase *db, json_t *operations)
{
  g_autoptr (OvsdbArena) arena = ovsdb_arena_new ();
  g_autoptr (GString) reply = g_string_new (NULL);
  OvsdbJson *json = ovsdb_json_from_jansson (arena, operations);
  OvsdbRequest request = { .operations = json->first, .n = json->n };
  OvsdbJson *results;

  g_assert (json->kind == OVSDB_JSON_ARRAY);
  ovsdb_execute (db, &request, reply);
  results = ovsdb_json_parse (arena, reply->str, reply->len, G_MAXUINT, NULL);
  return ovsdb_json_to_jansson (results);
}

gboolean
ovsdb_database_execute (OvsdbDatabase *db, json_t *operations, GError **error)
{
  json_t *results = ovsdb_database_transact (db, operations);
  gboolean done = ovsdb_results_check (results, error);

  json_decref (results);
  json_decref (operations);
  return done;
}
