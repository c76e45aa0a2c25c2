/* Slices of a snapshot.  Each row carries a mark; it has been taken when its mark is the database's. */
#include "ovsdb/journal-compact.h"
#include "ovsdb/journal-record.h"

#define ROWS_A_SLICE  256u
#define BYTES_A_SLICE (1024u * 1024u)

struct _OvsdbCompaction
{
  OvsdbDatabase *db;
  const char *name;
  GString *record; /* the rows' record so far, without the end of the table that is being walked */
  GString **early; /* for each table: its rows that were taken before the walk came to it; NULL: none */
  guint table;     /* that is being walked */
  OvsdbRow *row;   /* the next row */
  gboolean any;    /* in `record`, of this table */
  GChecksum *sha1; /* of `record`, up to `hashed` */
  gsize hashed;
  GString *following; /* whole records */
  GString *head;      /* all that stands before `record`, once that is whole */
  gsize written;      /* of head, record and following, as one */
};

/* ---- taking rows ------------------------------------------------------------------------------------------------- */

static void
take_row (GString *to, const OvsdbRow *row)
{
  if (to->len && to->str[to->len - 1] == '}')
    g_string_append_c (to, ',');
  ovsdb_record_append_row (to, row);
}

static GString *
early_of (OvsdbCompaction *c, guint table)
{
  if (!c->early[table])
    c->early[table] = g_string_new (NULL);
  return c->early[table];
}

/* Opens the object of the table that is now walked. */
static GString *
place_for (OvsdbCompaction *c, guint table)
{
  if (table != c->table)
    return early_of (c, table);
  if (!c->any)
    g_string_append_printf (c->record, ",\"%s\":{", c->db->schema->tables[table]->name);
  c->any = TRUE;
  return c->record;
}

static void
begin_table (OvsdbCompaction *c)
{
  GString *early;

  if (c->table == c->db->schema->n_tables)
    return;
  early = g_steal_pointer (&c->early[c->table]);
  c->row = c->db->tables[c->table]->first;
  c->any = FALSE;
  if (!early)
    return;
  g_string_append_len (place_for (c, c->table), early->str, (gssize) early->len);
  g_string_free (early, TRUE);
}

static void
end_table (OvsdbCompaction *c)
{
  if (c->any)
    g_string_append_c (c->record, '}');
  c->table++;
  begin_table (c);
}

void
ovsdb_compaction_take (OvsdbCompaction *c, const OvsdbChange *changes, guint n_changes)
{
  for (guint i = 0; i < n_changes; i++)
    {
      const OvsdbChange *change = &changes[i];
      OvsdbRow *row = ovsdb_table_find (change->table, &change->uuid);
      if (!change->before || row->mark == c->db->mark)
        continue;
      take_row (place_for (c, change->table->schema->index), change->before);
      row->mark = c->db->mark;
    }
  /* Dead rows are about to go. */
  while (c->row && c->row->dead)
    c->row = c->row->next;
}

/* ---- slices ------------------------------------------------------------------------------------------------------ */

static void
walk (OvsdbCompaction *c)
{
  for (guint n = 0; n < ROWS_A_SLICE && c->table < c->db->schema->n_tables; n++)
    {
      OvsdbRow *row = c->row;
      if (!row)
        {
          end_table (c);
          continue;
        }
      if (row->mark != c->db->mark)
        take_row (place_for (c, c->table), row);
      row->mark = c->db->mark;
      c->row = row->next;
    }
  if (c->table == c->db->schema->n_tables)
    g_string_append (c->record, "}\n");
  g_checksum_update (c->sha1, (const guchar *) c->record->str + c->hashed,
                     (gssize) (c->record->len - c->hashed));
  c->hashed = c->record->len;
}

static void
write_head (OvsdbCompaction *c)
{
  g_autoptr (GString) schema = g_string_new (c->db->schema->json);

  c->head = g_string_new (NULL);
  ovsdb_frame_append (c->head, schema);
  ovsdb_frame_append_header (c->head, c->record->len, c->sha1);
}

/* Up to a slice's bytes from the place that was reached; NULL at the end. */
static const char *
next_part (const OvsdbCompaction *c, gsize *n)
{
  const GString *parts[] = { c->head, c->record, c->following };
  gsize at = c->written;

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      if (at < parts[i]->len)
        {
          *n = MIN (parts[i]->len - at, BYTES_A_SLICE);
          return parts[i]->str + at;
        }
      at -= parts[i]->len;
    }
  *n = 0;
  return NULL;
}

/* The last part and the end in one slice, or transactions that go on would put it off for ever. */
static OvsdbCompactionState
write_part (OvsdbCompaction *c, GError **error)
{
  NetWorld *world = c->db->world;
  gsize n;
  const char *part;

  if (c->written == 0 && !net_world_replace_step (world, c->name, NET_REPLACE_BEGIN, NULL, 0, error))
    return OVSDB_COMPACTION_FAILED;
  do
    {
      part = next_part (c, &n);
      if (!net_world_replace_step (world, c->name, part ? NET_REPLACE_ADD : NET_REPLACE_END,
                                   (const guint8 *) part, n, error))
        return OVSDB_COMPACTION_FAILED;
      c->written += n;
    }
  while (part && n < BYTES_A_SLICE);
  return part ? OVSDB_COMPACTION_GOES_ON : OVSDB_COMPACTION_DONE;
}

/* For a world that replaces values whole. */
static OvsdbCompactionState
write_whole (OvsdbCompaction *c, GError **error)
{
  GString *all = g_steal_pointer (&c->head);

  g_string_append_len (all, c->record->str, (gssize) c->record->len);
  g_string_append_len (all, c->following->str, (gssize) c->following->len);
  c->head = all;
  c->written = all->len;
  return net_world_replace (c->db->world, c->name, (const guint8 *) all->str, all->len, error)
             ? OVSDB_COMPACTION_DONE
             : OVSDB_COMPACTION_FAILED;
}

OvsdbCompactionState
ovsdb_compaction_step (OvsdbCompaction *c, GError **error)
{
  if (c->table < c->db->schema->n_tables)
    {
      walk (c);
      return OVSDB_COMPACTION_GOES_ON;
    }
  if (!c->head)
    write_head (c);
  return net_world_can_replace_in_parts (c->db->world) ? write_part (c, error) : write_whole (c, error);
}

void
ovsdb_compaction_follow (OvsdbCompaction *c, const GString *frame)
{
  g_string_append_len (c->following, frame->str, (gssize) frame->len);
}

gsize
ovsdb_compaction_size (const OvsdbCompaction *c)
{
  return c->written;
}

/* ---- life -------------------------------------------------------------------------------------------------------- */

OvsdbCompaction *
ovsdb_compaction_new (OvsdbDatabase *db, const char *name)
{
  OvsdbCompaction *c = g_new0 (OvsdbCompaction, 1);

  c->db = db;
  c->name = name;
  c->record = g_string_new (NULL);
  c->early = g_new0 (GString *, db->schema->n_tables + 1);
  c->following = g_string_new (NULL);
  c->sha1 = g_checksum_new (G_CHECKSUM_SHA1);
  ovsdb_record_begin (c->record, db, "compacting database");
  /* No row has been taken. */
  db->mark = !db->mark;
  begin_table (c);
  return c;
}

/* Rows that were not taken get the mark all the same: the next compaction begins with all of them alike. */
static void
mark_rest (OvsdbCompaction *c)
{
  for (; c->table < c->db->schema->n_tables; c->table++)
    for (OvsdbRow *row = c->db->tables[c->table]->first; row; row = row->next)
      row->mark = c->db->mark;
}

void
ovsdb_compaction_free (OvsdbCompaction *c)
{
  if (!c)
    return;
  mark_rest (c);
  if (c->written && net_world_can_replace_in_parts (c->db->world))
    net_world_replace_step (c->db->world, c->name, NET_REPLACE_GIVE_UP, NULL, 0, NULL);
  for (guint i = 0; i < c->db->schema->n_tables; i++)
    if (c->early[i])
      g_string_free (c->early[i], TRUE);
  g_free (c->early);
  g_string_free (c->record, TRUE);
  g_string_free (c->following, TRUE);
  if (c->head)
    g_string_free (c->head, TRUE);
  g_checksum_free (c->sha1);
  g_free (c);
}
