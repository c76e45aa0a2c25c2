/* A journal on disk: any bytes are read, or refused with a sentence; one that was written and then cut or damaged comes
 * back as some prefix of its transactions, or is refused.
 *
 * Input: a letter, then
 *   b BYTES           the file
 *   r LINE…           records, framed here with their right checksums, behind the schema's
 *   c BYTE BYTE       a file of ours, cut at this byte
 *   d BYTE BYTE BYTE  a file of ours, that byte changed */
#include "fuzz.h"
#include "ovsdb-program.h"
#include "ovsdb-state.h"

#include "fake-world.h"

#include "ovsdb/journal-record.h"

#include <string.h>

#define NAME "j.db"

/* A run of transactions that uses all that journals hold. */
static const char ours[] = "iCn1#1,n1iAn2#2,i7,sb,c(1),m(a1b2),wn3iBn3#3,n1\n"
                           "uA,i8,m(a3)\nkmA.mi(b4)\niC#4,n4uA,c(4)\niW,w(3),v(a3)\ndB\nuA,c(),pa\ndA\n";

typedef struct
{
  FakeWorld *fake;
  OvsdbSchema *schema;
} Disk;

static OvsdbDatabase *
open_disk (Disk *disk, GError **error)
{
  return ovsdb_database_open (disk->schema, fake_world (disk->fake), NAME, error);
}

static void
write_disk (Disk *disk, const void *bytes, gsize n)
{
  net_world_replace (fake_world (disk->fake), NAME, bytes, n, NULL);
}

/* Runs the program; a dump of every state goes to `states`. */
static void
run_ours (Disk *disk, GPtrArray *states)
{
  FuzzInput input = { (const guint8 *) ours, (const guint8 *) ours + strlen (ours) };
  g_autoptr (OvsdbDatabase) db = open_disk (disk, NULL);

  g_ptr_array_add (states, ovsdb_state_dump (db, DUMP_STORED));
  while (!fuzz_ended (&input))
    {
      g_autoptr (GString) text = g_string_new (NULL);
      ovsdb_program_append_transaction (text, &input, disk->schema);
      ovsdb_database_execute (db, json_loads (text->str, 0, NULL), NULL);
      g_ptr_array_add (states, ovsdb_state_dump (db, DUMP_STORED));
    }
}

/* What was opened keeps the rules, and opens again as the same. */
static void
check_opened (Disk *disk, const GPtrArray *states)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (OvsdbDatabase) db = open_disk (disk, &error);
  g_autofree char *dump = NULL;

  if (!db)
    {
      FUZZ_CHECK (error && error->message[0], "a journal is refused with a sentence");
      return;
    }
  ovsdb_state_check (db);
  ovsdb_state_check_stored (db, fake_world (disk->fake), NAME);
  dump = ovsdb_state_dump (db, DUMP_STORED);
  FUZZ_CHECK (!states || g_ptr_array_find_with_equal_func ((GPtrArray *) states, dump, g_str_equal, NULL),
              "what comes back is what some of its transactions made:\n%s", dump);
  ovsdb_database_execute (db, json_pack ("[{ss ss s{si}}]", "op", "insert", "table", "B", "row", "n", 77),
                          NULL);
  ovsdb_state_check_stored (db, fake_world (disk->fake), NAME);
}

static void
try_ours (Disk *disk, FuzzInput *input, gboolean cut)
{
  g_autoptr (GPtrArray) states = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GBytes) whole = NULL;
  g_autofree guint8 *bytes = NULL;
  gsize length, at;

  run_ours (disk, states);
  whole = net_world_load (fake_world (disk->fake), NAME, NULL);
  length = g_bytes_get_size (whole);
  bytes = g_memdup2 (g_bytes_get_data (whole, NULL), length);
  at = (gsize) fuzz_byte (input) << 8;
  at = (at | fuzz_byte (input)) % length;
  if (!cut)
    bytes[at] = fuzz_byte (input);
  write_disk (disk, bytes, cut ? at : length);
  check_opened (disk, at || !cut ? states : NULL);
}

static void
append_record (GString *file, const char *text, gsize length)
{
  g_autoptr (GString) json = g_string_new_len (text, (gssize) length);

  ovsdb_frame_append (file, json);
}

static void
try_records (Disk *disk, FuzzInput *input)
{
  g_autoptr (GString) file = g_string_new (NULL);

  append_record (file, disk->schema->json, strlen (disk->schema->json));
  while (!fuzz_ended (input))
    {
      gsize length;
      const char *line = fuzz_until (input, '\n', &length);
      append_record (file, line, length);
    }
  write_disk (disk, file->str, file->len);
  check_opened (disk, NULL);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  FuzzInput input = { data, data + size };
  Disk disk = { fake_world_new (), ovsdb_program_schema () };

  switch (fuzz_choose (&input, "brcd"))
    {
    case 0:
      write_disk (&disk, input.at, (gsize) (input.end - input.at));
      check_opened (&disk, NULL);
      break;
    case 1:
      try_records (&disk, &input);
      break;
    case 2:
      try_ours (&disk, &input, TRUE);
      break;
    default:
      try_ours (&disk, &input, FALSE);
      break;
    }
  ovsdb_schema_unref (disk.schema);
  fake_world_free (disk.fake);
  return 0;
}
