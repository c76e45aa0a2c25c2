/* serve SCHEMA REMOTE… [--db DIRECTORY/NAME]: the engine on real sockets, for outside judges; prints "listening" when
 * it does, and ends on SIGTERM. */
#include "socket-world.h"

#include "ovsdb/server.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

static SocketWorld *running;

static void
on_signal (int number)
{
  (void) number;
  socket_world_stop (running);
}

static OvsdbSchema *
load_schema (const char *path)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;
  OvsdbSchema *schema = NULL;

  if (g_file_get_contents (path, &text, &length, &error))
    schema = ovsdb_schema_parse (text, length, &error);
  if (!schema)
    fprintf (stderr, "%s: %s\n", path, error->message);
  return schema;
}

static gboolean
add_remotes (OvsdbServer *server, char **targets)
{
  for (; *targets && strcmp (*targets, "--db") != 0; targets++)
    {
      g_autoptr (GError) error = NULL;
      if (!ovsdb_server_add_remote (server, *targets, NULL, &error))
        {
          fprintf (stderr, "%s\n", error->message);
          return FALSE;
        }
    }
  return TRUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (OvsdbSchema) schema = argc > 2 ? load_schema (argv[1]) : NULL;
  gboolean stored = argc > 4 && strcmp (argv[argc - 2], "--db") == 0;
  g_autofree char *directory = stored ? g_path_get_dirname (argv[argc - 1]) : g_strdup ("."),
                  *name = stored ? g_path_get_basename (argv[argc - 1]) : NULL;
  g_autoptr (GError) error = NULL;
  OvsdbDatabase *db;
  OvsdbServer *server;

  if (!schema)
    return 2;
  running = socket_world_new (directory);
  db = stored ? ovsdb_database_open (schema, socket_world (running), name, &error)
              : ovsdb_database_new (schema, socket_world (running));
  if (!db)
    {
      fprintf (stderr, "%s\n", error->message);
      return 1;
    }
  server = ovsdb_server_new (socket_world (running));
  ovsdb_server_add_database (server, db);
  if (!add_remotes (server, argv + 2))
    return 1;
  if (ovsdb_database_table (db, "Manager"))
    ovsdb_server_follow_managers (server, db);
  signal (SIGTERM, on_signal);
  printf ("listening\n");
  fflush (stdout);
  socket_world_run (running);
  ovsdb_server_free (server);
  ovsdb_database_free (db);
  socket_world_free (running);
  return 0;
}
