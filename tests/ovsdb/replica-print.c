/* replica-print TARGET DATABASE: dials a server, prints every change of the rows it hears of as one line, and inserts a
 * row into the first table of that name given on a line of its input: how the client fares with a real server. */
#include "socket-world.h"

#include "ovsdb/build.h"
#include "ovsdb/client.h"

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

static void
on_reply (OvsdbClient *client, const json_t *results, const GError *error, gpointer user)
{
  char *text = results ? json_dumps (results, JSON_COMPACT) : NULL;

  (void) client;
  (void) user;
  printf ("answer %s\n", text ? text : error->message);
  fflush (stdout);
  free (text);
}

static void
on_ready (OvsdbClient *client, gpointer user)
{
  const char *const *insert = user;

  printf ("ready\n");
  if (insert[0])
    {
      json_t *row = json_loads (insert[1], 0, NULL);
      ovsdb_client_transact (client, json_pack ("[o]", ovsdb_op_insert (insert[0], NULL, row)), on_reply,
                             NULL);
    }
  fflush (stdout);
}

static void
on_changed (OvsdbClient *client, const OvsdbChange *changes, guint n_changes, gpointer user)
{
  (void) client;
  (void) user;
  for (guint i = 0; i < n_changes; i++)
    {
      const OvsdbChange *change = &changes[i];
      json_t *row = ovsdb_row_to_json (change->after ? change->after : change->before);
      char *text;
      json_object_del (row, "_uuid");
      json_object_del (row, "_version");
      text = json_dumps (row, JSON_COMPACT | JSON_SORT_KEYS);
      printf ("%s %s %s\n",
              !change->before ? "insert"
              : change->after ? "modify"
                              : "delete",
              ovsdb_table_name (change->table), text);
      free (text);
      json_decref (row);
    }
  fflush (stdout);
}

static void
on_disconnected (OvsdbClient *client, const char *why, gpointer user)
{
  (void) client;
  (void) user;
  (void) why;
  printf ("disconnected\n");
  fflush (stdout);
}

int
main (int argc, char **argv)
{
  static const OvsdbClientEvents events = { on_ready, on_changed, on_disconnected };
  const OvsdbClientConfig config = { .database = argv[2], .min_backoff_ns = 100 * NET_MSEC };
  OvsdbClient *client;

  if (argc < 3)
    return 2;
  running = socket_world_new (".");
  client = ovsdb_client_dial (socket_world (running), argv[1], &config, &events, argv + 3, NULL);
  signal (SIGTERM, on_signal);
  socket_world_run (running);
  ovsdb_client_free (client);
  socket_world_free (running);
  return 0;
}
