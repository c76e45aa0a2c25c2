/* Framing, storing and compacting the journal. */
#include "ovsdb/journal.h"

#include <string.h>

#define MAGIC             "OVSDB JSON "
#define MAX_DEPTH         64u
#define MIN_COMPACT_BYTES (256u * 1024u)

struct _OvsdbJournal
{
  OvsdbDatabase *db;
  char *name;
  gsize size;         /* bytes stored */
  gsize compact_size; /* at which to compact next */
  gboolean broken;    /* an append failed and may have left a part: only a new snapshot helps */
};

/* ---- frames -------------------------------------------------------------------------------------------------- */

static void
append_frame (GString *to, const GString *json)
{
  g_autoptr (GChecksum) sha1 = g_checksum_new (G_CHECKSUM_SHA1);

  g_checksum_update (sha1, (const guchar *) json->str, (gssize) json->len);
  g_checksum_update (sha1, (const guchar *) "\n", 1);
  g_string_append_printf (to, MAGIC "%zu %s\n", json->len + 1, g_checksum_get_string (sha1));
  g_string_append_len (to, json->str, (gssize) json->len);
  g_string_append_c (to, '\n');
}

typedef struct
{
  const char *at, *end;
  const char *text; /* the record that was found */
  gsize length;
} Reader;

typedef enum
{
  RECORD,
  NO_MORE,
  TORN,   /* the last record was not written whole */
  DAMAGED /* something else is wrong */
} Found;

/* The record's header; `at` moves behind it. */
static Found
read_header (Reader *reader, guint64 *length, char sha1[41])
{
  const char *line_end = memchr (reader->at, '\n', (gsize) (reader->end - reader->at)), *at = reader->at;
  g_autofree char *line = NULL;
  char *rest;

  if (!line_end)
    return TORN;
  line = g_strndup (at, (gsize) (line_end - at));
  reader->at = line_end + 1;
  if (!g_str_has_prefix (line, MAGIC) || !g_ascii_isdigit (line[strlen (MAGIC)]))
    return DAMAGED;
  *length = g_ascii_strtoull (line + strlen (MAGIC), &rest, 10);
  if (*rest != ' ' || strlen (rest + 1) != 40)
    return DAMAGED;
  memcpy (sha1, rest + 1, 41);
  return RECORD;
}

static Found
read_record (Reader *reader)
{
  guint64 length = 0;
  char sha1[41];
  g_autofree char *actual = NULL;
  Found found;

  if (reader->at == reader->end)
    return NO_MORE;
  found = read_header (reader, &length, sha1);
  if (found != RECORD)
    return found;
  if (length > (guint64) (reader->end - reader->at))
    return TORN;
  actual = g_compute_checksum_for_data (G_CHECKSUM_SHA1, (const guchar *) reader->at, (gsize) length);
  reader->text = reader->at;
  reader->length = (gsize) length;
  reader->at += length;
  if (strcmp (actual, sha1) == 0)
    return RECORD;
  return reader->at == reader->end ? TORN : DAMAGED;
}

/* ---- writing ------------------------------------------------------------------------------------------------- */

/* The whole database in two records: the schema, and all rows. */
static gboolean
store_snapshot (OvsdbJournal *journal, GError **error)
{
  OvsdbDatabase *db = journal->db;
  g_autoptr (GString) schema = g_string_new (db->schema->json), rows = g_string_new (NULL),
                      all = g_string_new (NULL);

  append_frame (all, schema);
  ovsdb_record_append_snapshot (rows, db);
  append_frame (all, rows);
  if (!net_world_replace (db->world, journal->name, (const guint8 *) all->str, all->len, error))
    return FALSE;
  journal->size = all->len;
  journal->compact_size = MAX (MIN_COMPACT_BYTES, 2 * all->len);
  journal->broken = FALSE;
  return TRUE;
}

/* A journal that cannot be compacted still serves. */
void
ovsdb_journal_tidy (OvsdbJournal *journal)
{
  g_autoptr (GError) error = NULL;

  if (!journal || (journal->size < journal->compact_size && !journal->broken)
      || store_snapshot (journal, &error))
    return;
  journal->compact_size = 2 * journal->size;
  net_world_log (journal->db->world, NET_LOG_WARNING, "ovsdb", "%s could not be compacted: %s", journal->name,
                 error->message);
}

gboolean
ovsdb_journal_append (OvsdbJournal *journal, const OvsdbChange *changes, guint n_changes, const char *comment,
                      GError **error)
{
  g_autoptr (GString) json = g_string_new (NULL), frame = g_string_new (NULL);

  if (!ovsdb_record_append_changes (json, journal->db, changes, n_changes, comment))
    return TRUE;
  if (journal->broken)
    {
      g_set_error (error, OVSDB_ERROR, OVSDB_ERROR_IO, "%s could not be written and is not yet repaired",
                   journal->name);
      return FALSE;
    }
  append_frame (frame, json);
  if (!net_world_append (journal->db->world, journal->name, (const guint8 *) frame->str, frame->len, error))
    {
      journal->broken = TRUE;
      g_prefix_error (error, "the transaction could not be stored in %s: ", journal->name);
      return FALSE;
    }
  journal->size += frame->len;
  return TRUE;
}

/* ---- opening ------------------------------------------------------------------------------------------------- */

static gboolean
check_schema (OvsdbJournal *journal, const OvsdbJson *json, GError **error)
{
  const OvsdbJson *name = ovsdb_json_member (json, "name");

  if (ovsdb_json_is (name, OVSDB_JSON_STRING) && strcmp (name->text, journal->db->schema->name) == 0)
    return TRUE;
  g_set_error (error, OVSDB_ERROR, OVSDB_ERROR_IO, "%s holds a database of another schema than \"%s\"",
               journal->name, journal->db->schema->name);
  return FALSE;
}

static gboolean
replay_record (OvsdbJournal *journal, const Reader *reader, gboolean is_schema, GError **error)
{
  g_autoptr (OvsdbArena) arena = ovsdb_arena_new ();
  const OvsdbJson *json = ovsdb_json_parse (arena, reader->text, reader->length, MAX_DEPTH, error);

  if (!json)
    return FALSE;
  return is_schema ? check_schema (journal, json, error) : ovsdb_record_replay (journal->db, json, error);
}

/* Cuts off what was not written whole. */
static gboolean
cut (OvsdbJournal *journal, const char *begin, const char *end, const char *good, GError **error)
{
  net_world_log (journal->db->world, NET_LOG_WARNING, "ovsdb",
                 "%s: the last %zu bytes are a transaction that was not written whole; they are cut off",
                 journal->name, (gsize) (end - good));
  return net_world_replace (journal->db->world, journal->name, (const guint8 *) begin, (gsize) (good - begin),
                            error);
}

static gboolean
replay (OvsdbJournal *journal, GBytes *stored, GError **error)
{
  gsize length, n_records = 0;
  const char *begin = g_bytes_get_data (stored, &length), *good = begin;
  Reader reader = { .at = begin, .end = begin + length };
  Found found;

  while ((found = read_record (&reader)) == RECORD)
    {
      if (!replay_record (journal, &reader, n_records == 0, error))
        {
          g_prefix_error (error, "%s, record at byte %zu: ", journal->name, (gsize) (good - begin));
          return FALSE;
        }
      n_records++;
      good = reader.at;
    }
  if (found == DAMAGED || (found == TORN && n_records == 0))
    {
      g_set_error (error, OVSDB_ERROR, OVSDB_ERROR_IO, "%s is damaged at byte %zu; restore it from a copy",
                   journal->name, (gsize) (good - begin));
      return FALSE;
    }
  if (found == TORN && !cut (journal, begin, reader.end, good, error))
    return FALSE;
  journal->size = (gsize) (good - begin);
  journal->compact_size = MAX (MIN_COMPACT_BYTES, 2 * journal->size);
  return TRUE;
}

OvsdbJournal *
ovsdb_journal_open (OvsdbDatabase *db, const char *name, GError **error)
{
  GError *local = NULL;
  g_autoptr (GBytes) stored = net_world_load (db->world, name, &local);
  OvsdbJournal *journal;

  if (local)
    {
      g_propagate_error (error, local);
      return NULL;
    }
  journal = g_new0 (OvsdbJournal, 1);
  journal->db = db;
  journal->name = g_strdup (name);
  if (stored && g_bytes_get_size (stored) ? replay (journal, stored, error) : store_snapshot (journal, error))
    return journal;
  ovsdb_journal_free (journal);
  return NULL;
}

void
ovsdb_journal_free (OvsdbJournal *journal)
{
  if (!journal)
    return;
  g_free (journal->name);
  g_free (journal);
}
