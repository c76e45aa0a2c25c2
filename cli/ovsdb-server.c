/* vteplab ovsdb-server: serves a database of any schema on real sockets, until it is told to stop. */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/serving.h"
#include "ovsdb/schema.h"
#include "ovsdb/server.h"

/* A schema's or a certificate's file: a hundred times what there is. */
#define MAX_FILE_BYTES ((gsize) 16 * 1024 * 1024)

/* How often the status of Manager rows is written: as often as Open vSwitch's ovsdb-server does. */
#define STATUS_NS (2500 * NET_MSEC)

typedef struct
{
  char **schemas, **databases; /* as often as they were named */
  char **remotes;
  char *private_key, *certificate, *ca_certificate;
} Options;

static gboolean
refuse (const char *sentence)
{
  g_printerr ("vteplab ovsdb-server: %s\n", sentence);
  return FALSE;
}

/* ---- files ------------------------------------------------------------------------------------------------------- */

/* Also of what has no length beforehand, as a pipe.  NULL after a refusal. */
static char *
read_file (const char *path, gsize *length)
{
  FILE *file = fopen (path, "re");
  g_autofree char *bytes = file ? g_malloc (MAX_FILE_BYTES + 2) : NULL;
  gboolean good = file != NULL;
  int why = errno;

  if (file)
    {
      *length = fread (bytes, 1, MAX_FILE_BYTES + 1, file);
      good = !ferror (file);
      why = errno;
      fclose (file);
    }
  if (!good || *length > MAX_FILE_BYTES)
    {
      g_autofree char *sentence
          = good ? g_strdup_printf ("%s: it has more than %zu bytes; no schema and no certificate is so long",
                                    path, MAX_FILE_BYTES)
                 : g_strdup_printf ("%s: cannot be read: %s", path, g_strerror (why));
      refuse (sentence);
      return NULL;
    }
  bytes[*length] = '\0';
  return g_realloc (g_steal_pointer (&bytes), *length + 1);
}

/* ---- the schema -------------------------------------------------------------------------------------------------- */

/* What is wrong with JSON has a line and a column; what is wrong with a schema, a table and a column's name. */
static void
refuse_schema (const char *path, const char *text, gsize length, const GError *error)
{
  json_error_t place;
  json_t *json = json_loadb (text, length, 0, &place);
  g_autofree char *sentence
      = json ? g_strdup_printf ("%s: %s", path, error->message)
             : g_strdup_printf ("%s:%d:%d: %s", path, place.line, place.column, place.text);

  json_decref (json);
  refuse (sentence);
}

static OvsdbSchema *
load_schema (const char *path)
{
  gsize length;
  g_autofree char *text = read_file (path, &length);
  g_autoptr (GError) error = NULL;
  OvsdbSchema *schema;

  if (!text)
    return NULL;
  schema = ovsdb_schema_parse (text, length, &error);
  if (!schema)
    refuse_schema (path, text, length, error);
  else if (*schema->name == '_')
    {
      g_autofree char *sentence = g_strdup_printf (
          "%s: the name \"%s\" is the server's own; take one without '_' in front", path, schema->name);
      refuse (sentence);
      g_clear_pointer (&schema, ovsdb_schema_unref);
    }
  return schema;
}

/* ---- the server -------------------------------------------------------------------------------------------------- */

/* The schemas whose Manager rows say who else is to be served. */
static gboolean
has_managers (const OvsdbSchema *schema)
{
  return strcmp (schema->name, "hardware_vtep") == 0 || strcmp (schema->name, "Open_vSwitch") == 0;
}

static OvsdbDatabase *
open_database (OvsdbSchema *schema, LinuxWorld *world, const char *path)
{
  NetWorld *seam = linux_world_seam (world);
  g_autoptr (GError) error = NULL;
  OvsdbDatabase *db;

  if (!path)
    return ovsdb_database_new (schema, seam);
  linux_world_store_file (world, path, path);
  db = ovsdb_database_open (schema, seam, path, &error);
  if (!db)
    refuse (error->message);
  return db;
}

static gboolean
add_remotes (OvsdbServer *server, char **remotes)
{
  for (char **remote = remotes; *remote; remote++)
    {
      g_autoptr (GError) error = NULL;
      if (!ovsdb_server_add_remote (server, *remote, NULL, &error))
        return refuse (error->message);
    }
  return TRUE;
}

static int
serve (LinuxWorld *world, OvsdbDatabase *db, char **remotes)
{
  g_autoptr (OvsdbServer) server = ovsdb_server_new (linux_world_seam (world));

  ovsdb_server_add_database (server, db);
  ovsdb_server_let_convert (server, db);
  if (has_managers (ovsdb_database_schema (db)))
    {
      ovsdb_server_follow_managers (server, db);
      ovsdb_server_refresh_managers (server, STATUS_NS);
    }
  if (!add_remotes (server, remotes))
    return CLI_MISTAKE;
  linux_world_run (world);
  return CLI_MET;
}

/* All three, or none.  FALSE after a refusal. */
static gboolean
load_tls (LinuxWorld *world, const Options *options)
{
  gsize length;
  g_autofree char *key = NULL, *certificate = NULL;
  g_autoptr (GError) error = NULL;

  if (!options->certificate)
    return TRUE;
  key = read_file (options->private_key, &length);
  certificate = key ? read_file (options->certificate, &length) : NULL;
  if (!certificate)
    return FALSE;
  return linux_world_set_tls (world,
                              &(LinuxTlsFiles){ .certificate_pem = certificate,
                                                .private_key_pem = key,
                                                .certificate_path = options->certificate,
                                                .private_key_path = options->private_key,
                                                .ca_path = options->ca_certificate },
                              &error)
         || refuse (error->message);
}

static int
run (const Options *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (OvsdbSchema) schema = load_schema (*options->schemas);
  g_autoptr (LinuxWorld) world = schema ? cli_serving_world (&error) : NULL;
  g_autoptr (OvsdbDatabase) db = NULL;

  if (!schema)
    return CLI_MISTAKE;
  if (!world)
    {
      refuse (error->message);
      return CLI_INTERNAL;
    }
  if (!load_tls (world, options))
    return CLI_MISTAKE;
  db = open_database (schema, world, options->databases ? *options->databases : NULL);
  return db ? serve (world, db, options->remotes) : CLI_MISTAKE;
}

static gboolean
is_remote (const char *text)
{
  static const char *const kinds[] = { "ptcp:", "pssl:", "punix:", "tcp:", "ssl:", "unix:" };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_has_prefix (text, kinds[i]))
      return TRUE;
  return FALSE;
}

static gboolean
check_remotes (char **remotes)
{
  if (!remotes)
    return refuse ("say where to listen, as --remote=punix:/run/vteplab/db.sock");
  for (char **remote = remotes; *remote; remote++)
    if (!is_remote (*remote))
      {
        g_autofree char *sentence
            = g_strdup_printf ("the remote '%s' is not understood; there is ptcp:PORT[:IP], "
                               "pssl:PORT[:IP], punix:PATH, tcp:IP:PORT, ssl:IP:PORT, "
                               "unix:PATH",
                               *remote);
        return refuse (sentence);
      }
  return TRUE;
}

static gboolean
check_options (const Options *options, int argc, char **argv)
{
  char **schemas = options->schemas, **databases = options->databases;

  if (argc > 1)
    {
      g_autofree char *sentence
          = g_strdup_printf ("'%s' is not understood; remotes follow --remote", argv[1]);
      return refuse (sentence);
    }
  if (!schemas || !**schemas)
    return refuse ("name the schema, as --schema=vtep.ovsschema");
  if (schemas[1] || (databases && databases[1]))
    return refuse ("one server serves one database: give --schema and --db once");
  if (databases && !**databases)
    return refuse ("--db names no file; without --db the database is in memory");
  if (!options->private_key != !options->certificate || !options->certificate != !options->ca_certificate)
    return refuse ("TLS needs all of --private-key, --certificate and --ca-cert");
  return check_remotes (options->remotes);
}

int
cli_ovsdb_server (int argc, char **argv)
{
  static Options options;
  const GOptionEntry entries[] = {
    { "schema", 's', 0, G_OPTION_ARG_FILENAME_ARRAY, &options.schemas, "The database's schema", "FILE" },
    { "db", 'd', 0, G_OPTION_ARG_FILENAME_ARRAY, &options.databases,
      "Keep the database here; made when it is not there. Without it, in memory", "FILE" },
    { "remote", 'r', 0, G_OPTION_ARG_STRING_ARRAY, &options.remotes,
      "Listen on ptcp:PORT[:IP], pssl:PORT[:IP] or punix:PATH, dial tcp:IP:PORT, ssl:IP:PORT or unix:PATH; "
      "repeatable",
      "REMOTE" },
    { "private-key", 'p', 0, G_OPTION_ARG_FILENAME, &options.private_key, "The private key for TLS, PEM",
      "FILE" },
    { "certificate", 'c', 0, G_OPTION_ARG_FILENAME, &options.certificate, "Its certificate, PEM", "FILE" },
    { "ca-cert", 'C', 0, G_OPTION_ARG_FILENAME, &options.ca_certificate,
      "The only authorities whose certificates are taken, PEM", "FILE" },
    { NULL }
  };

  if (!cli_parse_options (entries, NULL,
                          "Serves a database to OVSDB clients (RFC 7047) until SIGTERM.\n"
                          "With the hardware_vtep schema it also serves whom the Manager table names.",
                          &argc, &argv)
      || !check_options (&options, argc, argv))
    return CLI_MISTAKE;
  return run (&options);
}
