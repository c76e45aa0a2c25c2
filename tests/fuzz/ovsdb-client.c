/* A client and a server that says anything: the replica changes only by whole updates that the user hears of, each
 * request is answered once and never within its call, ready and disconnected take turns.
 *
 * Input: what happens, a letter each:
 *   g i       the oldest request is answered with the schema, with rows
 *   e n v     … with an error, with null, with the JSON up to the next ";"
 *   u U       an "update" for the client's monitor, for another
 *   2 3 o     an "update2", an "update3", an unknown notification
 *   j         the bytes up to the next ";" as they are
 *   t         the user sends a transaction
 *   c x w     the server closes, the cable is cut for a second, a second passes
 *   /         a digit: bytes from now on come in pieces of so many
 * Rows are those of ovsdb-program.h.  Before all, "=": the client asks by "monitor" only; "!": it knows its schema. */
#include "fuzz.h"
#include "ovsdb-program.h"

#include "fake-world.h"

#include "ovsdb/client.h"

#include <string.h>

#define MAX_STEPS 64u
#define MAX_ROWS  4u

typedef struct
{
  FakeWorld *fake;
  FakePeer *server;
  OvsdbSchema *schema;
  OvsdbClient *client;
  GQueue asked;       /* requests that the server has not answered: "METHOD ID" */
  GHashTable *shadow; /* table and uuid to the row as the user has heard of it */
  gboolean ready, asking;
  guint n_asked, n_answered;
} Run;

/* ---- what the user hears ----------------------------------------------------------------------------------------- */

static char *
key_of (const OvsdbChange *change)
{
  char uuid[OVSDB_UUID_TEXT];
  return g_strdup_printf ("%s %s", ovsdb_table_name (change->table), ovsdb_uuid_format (&change->uuid, uuid));
}

static char *
text_of_row (const OvsdbRow *row)
{
  json_t *json = ovsdb_row_to_json (row);
  char *text = json_dumps (json, JSON_SORT_KEYS | JSON_COMPACT), *copy = g_strdup (text);

  free (text);
  json_decref (json);
  return copy;
}

static void
on_changed (OvsdbClient *client, const OvsdbChange *changes, guint n_changes, gpointer user)
{
  Run *run = user;

  (void) client;
  FUZZ_CHECK (n_changes > 0, "a change changes something");
  for (guint i = 0; i < n_changes; i++)
    {
      g_autofree char *key = key_of (&changes[i]), *before = NULL;
      const char *heard = g_hash_table_lookup (run->shadow, key);
      FUZZ_CHECK (!changes[i].before == !heard, "row %s was there before exactly if the user has heard of it",
                  key);
      if (changes[i].before)
        before = text_of_row (changes[i].before);
      FUZZ_CHECK (g_strcmp0 (before, heard) == 0, "row %s was as the user has heard", key);
      if (changes[i].after)
        g_hash_table_insert (run->shadow, g_steal_pointer (&key), text_of_row (changes[i].after));
      else
        g_hash_table_remove (run->shadow, key);
    }
}

static void
on_ready (OvsdbClient *client, gpointer user)
{
  Run *run = user;

  FUZZ_CHECK (!run->ready && ovsdb_client_is_ready (client), "a client becomes ready once a connection");
  run->ready = TRUE;
}

static void
on_disconnected (OvsdbClient *client, const char *why, gpointer user)
{
  Run *run = user;

  FUZZ_CHECK (why && *why && !ovsdb_client_is_ready (client), "a lost connection has a reason");
  run->ready = FALSE;
}

static const OvsdbClientEvents events
    = { .ready = on_ready, .changed = on_changed, .disconnected = on_disconnected };

static void
on_reply (OvsdbClient *client, const json_t *results, const GError *error, gpointer user)
{
  Run *run = user;

  (void) client;
  FUZZ_CHECK (!run->asking, "no answer comes within the call");
  FUZZ_CHECK (!results || !error, "an answer is results or an error");
  run->n_answered++;
}

/* The number of rows, each of which is as the user has heard. */
static guint
check_table (Run *run, const OvsdbTable *table)
{
  guint n = 0;

  for (const OvsdbRow *row = ovsdb_table_first (table); row; row = ovsdb_table_next (row), n++)
    {
      OvsdbChange change = { ovsdb_row_table (row), *ovsdb_row_uuid (row), NULL, row };
      g_autofree char *key = key_of (&change), *text = text_of_row (row);
      FUZZ_CHECK (g_strcmp0 (text, g_hash_table_lookup (run->shadow, key)) == 0,
                  "row %s is as the user has heard", key);
    }
  return n;
}

/* The replica is what the user has heard of. */
static void
check_replica (Run *run)
{
  OvsdbDatabase *replica = ovsdb_client_replica (run->client);
  const OvsdbSchema *schema = replica ? ovsdb_database_schema (replica) : NULL;
  guint n = 0;

  FUZZ_CHECK (ovsdb_client_is_ready (run->client) == run->ready,
              "the user knows whether the client is ready");
  for (guint i = 0; schema && i < schema->n_tables; i++)
    n += check_table (run, ovsdb_database_table (replica, schema->tables[i]->name));
  FUZZ_CHECK (n == g_hash_table_size (run->shadow), "the user has heard of %u rows, the replica has %u",
              g_hash_table_size (run->shadow), n);
}

/* ---- what the server says ---------------------------------------------------------------------------------------- */

/* Takes note of the client's requests. */
static void
listen (Run *run)
{
  json_t *message;

  while ((message = fake_peer_take (run->server)))
    {
      json_t *id = json_object_get (message, "id");
      const char *method = json_string_value (json_object_get (message, "method"));
      if (json_is_integer (id) && method)
        g_queue_push_tail (&run->asked,
                           g_strdup_printf ("%s %" JSON_INTEGER_FORMAT, method, json_integer_value (id)));
      json_decref (message);
    }
}

static void
answer (Run *run, const char *result, const char *error)
{
  g_autofree char *asked = g_queue_pop_head (&run->asked),
                  *text = g_strdup_printf ("{\"id\":%s,\"result\":%s,\"error\":%s}",
                                           asked ? strchr (asked, ' ') + 1 : "77", result, error);
  fake_peer_send (run->server, text);
}

/* The member's name in a row update. */
static const char *
choose_kind (FuzzInput *input, gboolean newer)
{
  if (!newer)
    return fuzz_take (input, '-') ? "old" : "new";
  return fuzz_take (input, '-')   ? "delete"
         : fuzz_take (input, '+') ? "insert"
         : fuzz_take (input, '=') ? "modify"
                                  : "initial";
}

/* {"<table>":{"<uuid>":{"<kind>":{…}}}} */
static void
append_updates (GString *to, FuzzInput *input, const OvsdbSchema *schema, gboolean newer)
{
  g_string_append_c (to, '{');
  for (guint n = 0; n < MAX_ROWS && !fuzz_ended (input) && !fuzz_take (input, ';'); n++)
    {
      const OvsdbTableSchema *table = ovsdb_program_table (input, schema);
      g_string_append_printf (to, "%s\"%s\":{\"%s\":{", n ? "," : "", table->name,
                              ovsdb_program_uuid (input));
      g_string_append_printf (to, "\"%s\":", choose_kind (input, newer));
      ovsdb_program_append_row (to, input, table);
      g_string_append (to, "}}");
    }
  g_string_append_c (to, '}');
}

#define TRANSACTION "99999999-0000-4000-8000-000000000000"

static void
notify (Run *run, FuzzInput *input, const char *method, const char *monitor)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append_printf (text, "{\"id\":null,\"method\":\"%s\",\"params\":[\"%s\",", method, monitor);
  if (strcmp (method, "update3") == 0)
    g_string_append (text, "\"" TRANSACTION "\",");
  append_updates (text, input, run->schema, strcmp (method, "update") != 0);
  g_string_append (text, "]}");
  fake_peer_send (run->server, text->str);
}

/* In the form of the method that was asked; "f" says that the server has found where the client stood. */
static void
answer_rows (Run *run, FuzzInput *input)
{
  const char *asked = run->asked.head ? run->asked.head->data : "";
  gboolean since = g_str_has_prefix (asked, "monitor_cond_since");
  g_autoptr (GString) text = g_string_new (NULL);

  if (since)
    g_string_append_printf (text, "[%s,\"" TRANSACTION "\",", fuzz_take (input, 'f') ? "true" : "false");
  append_updates (text, input, run->schema, g_str_has_prefix (asked, "monitor_cond"));
  g_string_append (text, since ? "]" : "");
  answer (run, text->str, "null");
}

static char *
raw (FuzzInput *input)
{
  gsize length;
  const char *text = fuzz_until (input, ';', &length);
  return g_strndup (text, length);
}

/* ---- steps ------------------------------------------------------------------------------------------------------- */

static void
transact (Run *run)
{
  run->asking = TRUE;
  run->n_asked++;
  ovsdb_client_transact (run->client, json_array (), on_reply, run);
  run->asking = FALSE;
}

static void
cut_cable (Run *run)
{
  fake_world_cut (run->fake, TRUE);
  fake_world_run (run->fake, NET_SEC);
  fake_world_cut (run->fake, FALSE);
}

static void
step (Run *run, FuzzInput *input)
{
  static const char letters[] = "giuUenv23ojtcxw/";
  g_autofree char *text = NULL;

  switch (letters[fuzz_choose (input, letters)])
    {
    case 'g':
      answer (run, run->schema->json, "null");
      break;
    case 'i':
      answer_rows (run, input);
      break;
    case 'e':
      answer (run, "null", "{\"error\":\"not today\"}");
      break;
    case 'n':
      answer (run, "null", "null");
      break;
    case 'v':
      answer (run, text = raw (input), "null");
      break;
    case 'u':
      notify (run, input, "update", "F");
      break;
    case 'U':
      notify (run, input, "update", "another");
      break;
    case '2':
      notify (run, input, "update2", "F");
      break;
    case '3':
      notify (run, input, "update3", "F");
      break;
    case 'o':
      fake_peer_send (run->server, "{\"id\":null,\"method\":\"locked\",\"params\":[\"l\"]}");
      break;
    case 'j':
      fake_peer_send (run->server, text = raw (input));
      break;
    case 't':
      transact (run);
      break;
    case 'c':
      fake_peer_close (run->server);
      break;
    case 'x':
      cut_cable (run);
      break;
    case 'w':
      fake_world_run (run->fake, NET_SEC);
      break;
    default:
      fake_world_chop (run->fake, fuzz_choose (input, "0123456789"));
      break;
    }
  fake_world_run (run->fake, 0);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  FuzzInput input = { data, data + size };
  Run run = { .fake = fake_world_new (), .schema = ovsdb_program_schema () };
  OvsdbClientConfig config = { .database = "F", .plain_monitor = TRUE };

  run.shadow = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  run.server = fake_peer_listen (run.fake, "ptcp:6640");
  config.plain_monitor = fuzz_take (&input, '=');
  if (fuzz_take (&input, '!')) /* the client knows its schema */
    config.schema = run.schema;
  run.client = ovsdb_client_dial (fake_world (run.fake), "tcp:127.0.0.1:6640", &config, &events, &run, NULL);
  fake_world_run (run.fake, 0);
  for (guint n = 0; n < MAX_STEPS && !fuzz_ended (&input); n++)
    {
      listen (&run);
      step (&run, &input);
      check_replica (&run);
      FUZZ_CHECK (run.n_answered <= run.n_asked, "no request is answered twice");
    }
  fake_world_cut (run.fake, TRUE);
  fake_world_run (run.fake, 0);
  FUZZ_CHECK (run.n_answered == run.n_asked, "%u requests were answered %u times", run.n_asked,
              run.n_answered);
  ovsdb_client_free (run.client);
  fake_peer_free (run.server);
  g_queue_clear_full (&run.asked, g_free);
  g_hash_table_unref (run.shadow);
  ovsdb_schema_unref (run.schema);
  fake_world_free (run.fake);
  return 0;
}
