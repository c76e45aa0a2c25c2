/* A server's remotes as a table of its database says (vtep(5) and ovs-vswitchd.conf.db(5), table Manager): each row is
 * a remote, and its is_connected and status say how it fares. */
#include "ovsdb/build.h"
#include "ovsdb/session.h"

#include <string.h>

typedef struct
{
  OvsdbManagers *managers;
  OvsdbUuid uuid;
  char *target;
  OvsdbRemoteConfig config;
  OvsdbRemote *remote; /* NULL: the target is of no use */
  char *problem;       /* why */
  gboolean seen;       /* its row is there still */
} Manager;

struct _OvsdbManagers
{
  OvsdbServer *server;
  OvsdbDatabase *db;
  const OvsdbTable *table;
  GPtrArray *managers; /* of Manager */
  NetTimer work;       /* the table or a remote has changed */
  gboolean rows_changed;
};

static void
work_soon (OvsdbManagers *managers)
{
  if (!managers->work.pending)
    net_world_timer_set (managers->server->world, &managers->work, net_world_now (managers->server->world));
}

static void
on_remote_changed (OvsdbRemote *remote, gpointer user)
{
  (void) remote;
  work_soon (user);
}

static void
on_commit (OvsdbDatabase *db, const OvsdbChange *changes, guint n_changes, gpointer user)
{
  OvsdbManagers *managers = user;

  (void) db;
  for (guint i = 0; i < n_changes; i++)
    if (changes[i].table == managers->table)
      {
        managers->rows_changed = TRUE;
        work_soon (managers);
        return;
      }
}

/* ---- rows to remotes --------------------------------------------------------------------------------------------- */

static OvsdbRemoteConfig
config_of (const OvsdbRow *row)
{
  gint64 probe_ms = ovsdb_row_integer (row, "inactivity_probe", -1),
         backoff_ms = ovsdb_row_integer (row, "max_backoff", 0);
  const gint64 most_ms = G_GINT64_CONSTANT (1000000000);

  return (OvsdbRemoteConfig){ .probe_ns = probe_ms < 0 ? -1 : MIN (probe_ms, most_ms) * NET_MSEC,
                              .max_backoff_ns = CLAMP (backoff_ms, 0, most_ms) * NET_MSEC };
}

static void
manager_free (gpointer data)
{
  Manager *manager = data;

  if (manager->remote)
    ovsdb_server_remove_remote (manager->managers->server, manager->remote);
  g_free (manager->target);
  g_free (manager->problem);
  g_free (manager);
}

static Manager *
find_manager (OvsdbManagers *managers, const OvsdbRow *row)
{
  OvsdbRemoteConfig config = config_of (row);

  for (guint i = 0; i < managers->managers->len; i++)
    {
      Manager *manager = g_ptr_array_index (managers->managers, i);
      if (ovsdb_uuid_equal (&manager->uuid, ovsdb_row_uuid (row))
          && strcmp (manager->target, ovsdb_row_text (row, "target")) == 0
          && manager->config.probe_ns == config.probe_ns
          && manager->config.max_backoff_ns == config.max_backoff_ns)
        return manager;
    }
  return NULL;
}

/* "tcp:10.0.0.1" and "ptcp:" have the port 6640 (vtep(5)). */
static char *
full_target (const char *target)
{
  g_auto (GStrv) parts = g_strsplit (target, ":", -1);
  guint n = g_strv_length (parts);
  gboolean dials = strcmp (parts[0], "tcp") == 0 || strcmp (parts[0], "ssl") == 0,
           listens = strcmp (parts[0], "ptcp") == 0 || strcmp (parts[0], "pssl") == 0;

  if (dials && n == 2)
    return g_strdup_printf ("%s:6640", target);
  if (listens && (n == 1 || (n == 2 && !*parts[1])))
    return g_strdup_printf ("%s:6640", parts[0]);
  return g_strdup (target);
}

static Manager *
manager_new (OvsdbManagers *managers, const OvsdbRow *row)
{
  Manager *manager = g_new0 (Manager, 1);
  g_autofree char *target = full_target (ovsdb_row_text (row, "target"));
  g_autoptr (GError) error = NULL;

  manager->managers = managers;
  manager->uuid = *ovsdb_row_uuid (row);
  manager->target = g_strdup (ovsdb_row_text (row, "target"));
  manager->config = config_of (row);
  manager->remote = ovsdb_server_add_remote (managers->server, target, &manager->config, &error);
  if (manager->remote)
    ovsdb_remote_watch (manager->remote, on_remote_changed, managers);
  else
    {
      manager->problem = g_strdup (error->message);
      net_world_log (managers->server->world, NET_LOG_WARNING, "ovsdb", "manager \"%s\": %s", manager->target,
                     error->message);
    }
  return manager;
}

/* Those whose rows are gone go first: another row may want their place. */
static void
follow_rows (OvsdbManagers *managers)
{
  for (guint i = 0; i < managers->managers->len; i++)
    ((Manager *) g_ptr_array_index (managers->managers, i))->seen = FALSE;
  for (const OvsdbRow *row = ovsdb_table_first (managers->table); row; row = ovsdb_table_next (row))
    {
      Manager *manager = find_manager (managers, row);
      if (manager)
        manager->seen = TRUE;
    }
  for (guint i = managers->managers->len; i > 0; i--)
    if (!((Manager *) g_ptr_array_index (managers->managers, i - 1))->seen)
      g_ptr_array_remove_index (managers->managers, i - 1);
  for (const OvsdbRow *row = ovsdb_table_first (managers->table); row; row = ovsdb_table_next (row))
    if (!find_manager (managers, row))
      g_ptr_array_add (managers->managers, manager_new (managers, row));
}

/* ---- remotes to rows --------------------------------------------------------------------------------------------- */

static json_t *
status_of (const Manager *manager, gboolean *connected)
{
  json_t *status = json_object ();
  OvsdbRemoteStatus now = { .state = "VOID", .last_error = manager->problem };

  if (manager->remote)
    now = ovsdb_remote_status (manager->remote);
  *connected = now.n_connections > 0;
  if (now.state)
    json_object_set_new (status, "state", json_string (now.state));
  if (now.last_error)
    json_object_set_new (status, "last_error", json_string (now.last_error));
  if (!now.state && now.n_connections)
    {
      g_autofree char *count = g_strdup_printf ("%u", now.n_connections);
      json_object_set_new (status, "n_connections", json_string (count));
    }
  return ovsdb_json_map (status);
}

static void
write_back (OvsdbManagers *managers)
{
  json_t *operations = json_array ();
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < managers->managers->len; i++)
    {
      const Manager *manager = g_ptr_array_index (managers->managers, i);
      gboolean connected;
      json_t *status = status_of (manager, &connected);
      json_array_append_new (
          operations, ovsdb_op_update ("Manager", ovsdb_where_uuid (&manager->uuid),
                                       json_pack ("{sbso}", "is_connected", connected, "status", status)));
    }
  if (!ovsdb_database_execute (managers->db, operations, &error))
    net_world_log (managers->server->world, NET_LOG_WARNING, "ovsdb", "status of managers: %s",
                   error->message);
}

static void
on_work (NetTimer *timer, gint64 now_ns)
{
  OvsdbManagers *managers = timer->owner;

  (void) now_ns;
  if (managers->rows_changed)
    follow_rows (managers);
  write_back (managers);
  /* What was just written is not news. */
  managers->rows_changed = FALSE;
}

/* ---- life -------------------------------------------------------------------------------------------------------- */

OvsdbManagers *
ovsdb_managers_new (OvsdbServer *server, OvsdbDatabase *db)
{
  OvsdbManagers *managers = g_new0 (OvsdbManagers, 1);

  managers->server = server;
  managers->db = db;
  managers->table = ovsdb_database_table (db, "Manager");
  managers->managers = g_ptr_array_new_with_free_func (manager_free);
  net_timer_init (&managers->work, on_work, managers);
  g_assert (managers->table);
  ovsdb_database_listen (db, on_commit, managers);
  managers->rows_changed = TRUE;
  work_soon (managers);
  return managers;
}

void
ovsdb_managers_free (OvsdbManagers *managers)
{
  ovsdb_database_unlisten (managers->db, on_commit, managers);
  net_world_timer_cancel (managers->server->world, &managers->work);
  g_ptr_array_unref (managers->managers);
  g_free (managers);
}
