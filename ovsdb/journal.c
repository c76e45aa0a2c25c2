/* The journal's life: opening, appending, when it is to be made small. */
#include "ovsdb/journal.h"
#include "ovsdb/journal-compact.h"
#include "ovsdb/journal-record.h"

#include <string.h>

#define MAX_DEPTH 64u

/* A journal is compacted when it has grown to twice of what it was, but not often; and soon when it grows fast. */
#define GROWN_TIMES     2u
#define GROWN_LEAST     (1024u * 1024u)
#define COMPACT_NS      (600 * NET_SEC)
#define FAST_TIMES      8u
#define FAST_LEAST      (64u * 1024u * 1024u)
#define AFTER_FAILED_NS (1 * NET_SEC)

struct _OvsdbJournal
{
  OvsdbDatabase *db;
  char *name;
  gsize size;           /* bytes stored */
  gsize base;           /* bytes when it was last opened or compacted */
  gint64 based_ns;      /* and when that was */
  gint64 not_before_ns; /* a compaction failed: when to try again */
  gboolean unsynced;    /* what was appended last may not be on the disk */
  gboolean broken;      /* an append failed and may have left a part: only a new snapshot helps */
  char *other_version;  /* of the schema, in the file that was opened; NULL: the same */
  OvsdbCompaction *compaction;
  NetTimer work;         /* the next slice */
  GString *json, *frame; /* of the transaction being stored */
};

/* Buffers that grew for one large transaction are not kept for ever. */
#define KEPT_BYTES 65536u

static gint64
now_of (const OvsdbJournal *journal)
{
  return net_world_now (journal->db->world);
}

/* ---- compacting -------------------------------------------------------------------------------------------------- */

static void
rebase (OvsdbJournal *journal, gsize size)
{
  journal->size = journal->base = size;
  journal->based_ns = now_of (journal);
  journal->broken = journal->unsynced = FALSE;
}

/* Runs a slice.  A journal that cannot be compacted still serves. */
static OvsdbCompactionState
run_slice (OvsdbJournal *journal, GError **error)
{
  OvsdbCompactionState state = ovsdb_compaction_step (journal->compaction, error);

  if (state == OVSDB_COMPACTION_GOES_ON)
    return state;
  if (state == OVSDB_COMPACTION_DONE)
    rebase (journal, ovsdb_compaction_size (journal->compaction));
  else
    journal->not_before_ns = now_of (journal) + AFTER_FAILED_NS;
  g_clear_pointer (&journal->compaction, ovsdb_compaction_free);
  return state;
}

static void
say_failed (OvsdbJournal *journal, const GError *error)
{
  net_world_log (journal->db->world, NET_LOG_WARNING, "ovsdb", "%s could not be compacted: %s", journal->name,
                 error->message);
}

static void
on_work (NetTimer *timer, gint64 now_ns)
{
  OvsdbJournal *journal = timer->owner;
  g_autoptr (GError) error = NULL;

  if (!journal->compaction)
    journal->compaction = ovsdb_compaction_new (journal->db, journal->name);
  if (run_slice (journal, &error) == OVSDB_COMPACTION_GOES_ON)
    net_world_timer_set (journal->db->world, timer, now_ns);
  else if (error)
    say_failed (journal, error);
}

static gboolean
is_due (const OvsdbJournal *journal)
{
  gint64 now_ns = now_of (journal);
  gboolean grown = journal->size > MAX (GROWN_LEAST, GROWN_TIMES * journal->base)
                   && now_ns - journal->based_ns >= COMPACT_NS,
           fast = journal->size > MAX (FAST_LEAST, FAST_TIMES * journal->base);

  return (grown || fast) && now_ns >= journal->not_before_ns;
}

static void
compact_soon (OvsdbJournal *journal)
{
  if (!journal->compaction && !journal->work.pending && is_due (journal))
    net_world_timer_set (journal->db->world, &journal->work, now_of (journal));
}

/* All slices at once. */
static gboolean
compact_now (OvsdbJournal *journal, GError **error)
{
  OvsdbCompactionState state;

  net_world_timer_cancel (journal->db->world, &journal->work);
  if (!journal->compaction)
    journal->compaction = ovsdb_compaction_new (journal->db, journal->name);
  while ((state = run_slice (journal, error)) == OVSDB_COMPACTION_GOES_ON)
    ;
  return state == OVSDB_COMPACTION_DONE;
}

gboolean
ovsdb_journal_restart (OvsdbJournal *journal, OvsdbDatabase *with, GError **error)
{
  g_clear_pointer (&journal->compaction, ovsdb_compaction_free);
  journal->compaction = ovsdb_compaction_new (with, journal->name);
  return compact_now (journal, error);
}

void
ovsdb_journal_mend (OvsdbJournal *journal)
{
  g_autoptr (GError) error = NULL;

  if (journal && journal->broken && now_of (journal) >= journal->not_before_ns
      && !compact_now (journal, &error))
    say_failed (journal, error);
}

/* ---- appending --------------------------------------------------------------------------------------------------- */

static void
empty_buffer (GString **buffer)
{
  if ((*buffer)->allocated_len > KEPT_BYTES)
    {
      g_string_free (*buffer, TRUE);
      *buffer = g_string_new (NULL);
    }
  g_string_truncate (*buffer, 0);
}

static gboolean
append_bytes (OvsdbJournal *journal, gboolean durable, GError **error)
{
  NetWorld *world = journal->db->world;
  const GString *frame = journal->frame;
  const guint8 *bytes = (const guint8 *) frame->str;

  if (durable ? net_world_append (world, journal->name, bytes, frame->len, error)
              : net_world_append_soon (world, journal->name, bytes, frame->len, error))
    {
      journal->size += frame->len;
      journal->unsynced = !durable;
      return TRUE;
    }
  journal->broken = TRUE;
  g_prefix_error (error, "the transaction could not be stored in %s: ", journal->name);
  return FALSE;
}

gboolean
ovsdb_journal_append (OvsdbJournal *journal, const OvsdbChange *changes, guint n_changes, const char *comment,
                      gboolean durable, GError **error)
{
  empty_buffer (&journal->json);
  empty_buffer (&journal->frame);
  if (ovsdb_record_append_changes (journal->json, journal->db, changes, n_changes, comment))
    ovsdb_frame_append (journal->frame, journal->json);
  else if (!durable || !journal->unsynced)
    return TRUE;
  if (journal->broken)
    {
      g_set_error (error, OVSDB_ERROR, OVSDB_ERROR_IO, "%s could not be written and is not yet repaired",
                   journal->name);
      return FALSE;
    }
  if (!append_bytes (journal, durable, error))
    return FALSE;
  if (journal->compaction)
    {
      ovsdb_compaction_take (journal->compaction, changes, n_changes);
      ovsdb_compaction_follow (journal->compaction, journal->frame);
    }
  compact_soon (journal);
  return TRUE;
}

/* ---- opening ----------------------------------------------------------------------------------------------------- */

static gboolean
check_schema (OvsdbJournal *journal, const OvsdbJson *json, GError **error)
{
  const OvsdbJson *name = ovsdb_json_member (json, "name"), *version = ovsdb_json_member (json, "version");
  const OvsdbSchema *schema = journal->db->schema;

  if (!ovsdb_json_is (name, OVSDB_JSON_STRING))
    return ovsdb_refuse (error, OVSDB_ERROR_IO, "it holds no schema");
  if (strcmp (name->text, schema->name) != 0)
    return ovsdb_refuse (error, OVSDB_ERROR_IO, "it holds \"%s\", another schema than \"%s\"", name->text,
                         schema->name);
  if (!ovsdb_json_is (version, OVSDB_JSON_STRING))
    journal->other_version = g_strdup ("none");
  else if (strcmp (version->text, schema->version) != 0)
    journal->other_version = g_strdup (version->text);
  return TRUE;
}

static gboolean
replay_record (OvsdbJournal *journal, const OvsdbFrameReader *reader, gboolean is_schema, GError **error)
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

/* What may be behind a record that does not fit. */
static void
say_other_version (const OvsdbJournal *journal, GError **error)
{
  if (journal->other_version && error)
    {
      g_autofree char *message = g_strdup ((*error)->message);
      g_free ((*error)->message);
      (*error)->message
          = g_strdup_printf ("%s; it was written with version %s of the schema, and this is version %s",
                             message, journal->other_version, journal->db->schema->version);
    }
}

static gboolean
replay (OvsdbJournal *journal, GBytes *stored, GError **error)
{
  gsize length, n_records = 0;
  const char *begin = g_bytes_get_data (stored, &length), *good = begin;
  OvsdbFrameReader reader = { .at = begin, .end = begin + length };
  OvsdbFound found;

  if (!ovsdb_frame_check_kind (begin, length, error))
    {
      g_prefix_error (error, "%s: ", journal->name);
      return FALSE;
    }
  while ((found = ovsdb_frame_read (&reader)) == OVSDB_RECORD)
    {
      if (!replay_record (journal, &reader, n_records == 0, error))
        {
          g_prefix_error (error, "%s, record at byte %zu: ", journal->name, (gsize) (good - begin));
          say_other_version (journal, error);
          return FALSE;
        }
      n_records++;
      good = reader.at;
    }
  if (found == OVSDB_RECORD_DAMAGED || (found == OVSDB_RECORD_TORN && n_records == 0))
    {
      g_set_error (error, OVSDB_ERROR, OVSDB_ERROR_IO, "%s is damaged at byte %zu; restore it from a copy",
                   journal->name, (gsize) (good - begin));
      return FALSE;
    }
  if (found == OVSDB_RECORD_TORN && !cut (journal, begin, reader.end, good, error))
    return FALSE;
  rebase (journal, (gsize) (good - begin));
  /* From now on it is of this schema, as others read in it. */
  return !journal->other_version || compact_now (journal, error);
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
  journal->json = g_string_new (NULL);
  journal->frame = g_string_new (NULL);
  net_timer_init (&journal->work, on_work, journal);
  if (stored && g_bytes_get_size (stored) ? replay (journal, stored, error) : compact_now (journal, error))
    return journal;
  ovsdb_journal_free (journal);
  return NULL;
}

void
ovsdb_journal_free (OvsdbJournal *journal)
{
  if (!journal)
    return;
  net_world_timer_cancel (journal->db->world, &journal->work);
  ovsdb_compaction_free (journal->compaction);
  g_string_free (journal->json, TRUE);
  g_string_free (journal->frame, TRUE);
  g_free (journal->other_version);
  g_free (journal->name);
  g_free (journal);
}
