/* A server's remotes as a table of its database says (vtep(5) and ovs-vswitchd.conf.db(5), table Manager): each row is
 * a remote, and its is_connected and status say how it fares. */
#include "ovsdb/build.h"
#include "ovsdb/session.h"

#include <string.h>

/* Each may dial for ever. */
#define MAX_MANAGERS 64u
/* When to try again a target that is of no use now: its port may become free. */
#define RETRY_NS (8 * NET_SEC)

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
  const OvsdbTable *table; /* NULL: there is none that can be followed */
  GPtrArray *managers;     /* of Manager */
  NetTimer work;           /* the table or a remote has changed, or it is time */
  gint64 every_ns;         /* 0: never for the time alone */
  gboolean rows_changed;
  gboolean too_many; /* and it was said */
};

static void
work_soon (OvsdbManagers *managers)
{
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

/* The one for the row, as long as its target is the same. */
static Manager *
find_manager (OvsdbManagers *managers, const OvsdbRow *row)
{
  for (guint i = 0; i < managers->managers->len; i++)
    {
      Manager *manager = g_ptr_array_index (managers->managers, i);
      if (ovsdb_uuid_equal (&manager->uuid, ovsdb_row_uuid (row))
          && strcmp (manager->target, ovsdb_row_text (row, "target")) == 0)
        return manager;
    }
  return NULL;
}

/* "tcp:10.0.0.1", "tcp:[fd00::1]", "ptcp:" and "ptcp::10.0.0.1" have the port 6640 (vtep(5)). */
static char *
full_target (const char *target)
{
  const char *colon = strchr (target, ':');
  gboolean dials = g_str_has_prefix (target, "tcp:") || g_str_has_prefix (target, "ssl:"),
           listens = g_str_has_prefix (target, "ptcp") || g_str_has_prefix (target, "pssl");

  if (dials && (g_str_has_suffix (target, "]") || !strchr (colon + 1, ':')))
    return g_strdup_printf ("%s:6640", target);
  if (listens && strlen (target) == strlen ("ptcp"))
    return g_strdup_printf ("%s:6640", target);
  if (listens && colon == target + strlen ("ptcp") && (!colon[1] || colon[1] == ':'))
    return g_strdup_printf ("%.5s6640%s", target, colon + 1);
  return g_strdup (target);
}

/* The row is new, or it has another target. */
static Manager *
manager_new (OvsdbManagers *managers, const OvsdbRow *row)
{
  Manager *manager = g_new0 (Manager, 1);

  manager->managers = managers;
  manager->uuid = *ovsdb_row_uuid (row);
  manager->target = g_strdup (ovsdb_row_text (row, "target"));
  manager->seen = TRUE;
  g_ptr_array_add (managers->managers, manager);
  return manager;
}

static void
configure (Manager *manager, const OvsdbRow *row)
{
  manager->config = config_of (row);
  if (manager->remote)
    ovsdb_remote_configure (manager->remote, &manager->config);
}

static void
drop_unseen (OvsdbManagers *managers)
{
  for (guint i = managers->managers->len; i > 0; i--)
    if (!((Manager *) g_ptr_array_index (managers->managers, i - 1))->seen)
      g_ptr_array_remove_index (managers->managers, i - 1);
}

/* Once, until they are fewer. */
static void
say_too_many (OvsdbManagers *managers, guint n_rows)
{
  gboolean too_many = n_rows > MAX_MANAGERS;

  if (too_many && !managers->too_many)
    net_world_log (managers->server->world, NET_LOG_WARNING, "ovsdb",
                   "of %u managers the first %u are served; delete the rows of others", n_rows, MAX_MANAGERS);
  managers->too_many = too_many;
}

static void
follow_rows (OvsdbManagers *managers)
{
  guint n = 0;

  for (guint i = 0; i < managers->managers->len; i++)
    ((Manager *) g_ptr_array_index (managers->managers, i))->seen = FALSE;
  for (const OvsdbRow *row = managers->table ? ovsdb_table_first (managers->table) : NULL;
       row && n < MAX_MANAGERS; row = ovsdb_table_next (row), n++)
    {
      Manager *manager = find_manager (managers, row);
      if (manager)
        manager->seen = TRUE;
      else
        manager = manager_new (managers, row);
      configure (manager, row);
    }
  say_too_many (managers, managers->table ? ovsdb_table_n_rows (managers->table) : 0);
  drop_unseen (managers);
}

/* FALSE: the target is of no use now. */
static gboolean
open_remote (Manager *manager)
{
  OvsdbManagers *managers = manager->managers;
  g_autofree char *target = full_target (manager->target);
  g_autoptr (GError) error = NULL;

  if (manager->remote)
    return TRUE;
  manager->remote = ovsdb_server_add_remote (managers->server, target, &manager->config, &error);
  if (manager->remote)
    {
      ovsdb_remote_watch (manager->remote, on_remote_changed, managers);
      g_clear_pointer (&manager->problem, g_free);
      return TRUE;
    }
  if (g_strcmp0 (manager->problem, error->message) == 0)
    return FALSE;
  g_free (manager->problem);
  manager->problem = g_strdup (error->message);
  net_world_log (managers->server->world, NET_LOG_WARNING, "ovsdb", "manager \"%s\": %s", manager->target,
                 error->message);
  return FALSE;
}

/* Those whose rows went have been closed: another row may have their place.  FALSE: some could not be opened. */
static gboolean
open_remotes (OvsdbManagers *managers)
{
  gboolean all = TRUE;

  for (guint i = 0; i < managers->managers->len; i++)
    all &= open_remote (g_ptr_array_index (managers->managers, i));
  return all;
}

/* ---- remotes to rows --------------------------------------------------------------------------------------------- */

static json_t *
status_of (const Manager *manager, gboolean *connected)
{
  const OvsdbManagers *managers = manager->managers;
  OvsdbRemoteStatus status
      = { .state = "VOID", .last_error = manager->problem, .connected_ns = -1, .disconnected_ns = -1 };

  if (manager->remote)
    status = ovsdb_remote_status (manager->remote);
  *connected = status.n_connections > 0;
  return ovsdb_json_map (
      ovsdb_manager_status (&status, managers->every_ns > 0 ? net_world_now (managers->server->world) : -1));
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

/* The timer may wait for a later time. */
static void
work_later (OvsdbManagers *managers, gint64 pause_ns)
{
  NetWorld *world = managers->server->world;

  net_world_timer_cancel (world, &managers->work);
  if (pause_ns > 0)
    net_world_timer_set (world, &managers->work, net_world_now (world) + pause_ns);
}

static void
on_work (NetTimer *timer, gint64 now_ns)
{
  OvsdbManagers *managers = timer->owner;
  gboolean all_open;

  (void) now_ns;
  if (managers->rows_changed)
    follow_rows (managers);
  all_open = open_remotes (managers);
  write_back (managers);
  /* What was just written is not news. */
  managers->rows_changed = FALSE;
  work_later (managers, managers->every_ns > 0 ? managers->every_ns : all_open ? 0 : RETRY_NS);
}

void
ovsdb_managers_refresh (OvsdbManagers *managers, gint64 every_ns)
{
  managers->every_ns = every_ns;
  work_soon (managers);
}

/* ---- life -------------------------------------------------------------------------------------------------------- */

static gboolean
has_column (const OvsdbTable *table, const char *name, OvsdbKind kind, guint n_min)
{
  const OvsdbColumn *column = ovsdb_table_schema_column (ovsdb_table_schema (table), name);
  return column && column->type.key.kind == kind && !ovsdb_type_is_map (&column->type)
         && column->type.n_min >= n_min;
}

/* The table, when its rows can be read as managers: the schema is the user's. */
static const OvsdbTable *
find_table (OvsdbManagers *managers)
{
  const OvsdbTable *table = ovsdb_database_table (managers->db, "Manager");

  if (table && has_column (table, "target", OVSDB_STRING, 1)
      && has_column (table, "inactivity_probe", OVSDB_INTEGER, 0)
      && has_column (table, "max_backoff", OVSDB_INTEGER, 0))
    return table;
  net_world_log (managers->server->world, NET_LOG_WARNING, "ovsdb",
                 "the schema's table Manager is missing or of another form; no manager is followed");
  return NULL;
}

void
ovsdb_managers_rebind (OvsdbManagers *managers)
{
  managers->table = find_table (managers);
  managers->rows_changed = TRUE;
  work_soon (managers);
}

OvsdbManagers *
ovsdb_managers_new (OvsdbServer *server, OvsdbDatabase *db)
{
  OvsdbManagers *managers = g_new0 (OvsdbManagers, 1);

  managers->server = server;
  managers->db = db;
  managers->managers = g_ptr_array_new_with_free_func (manager_free);
  net_timer_init (&managers->work, on_work, managers);
  ovsdb_database_listen (db, on_commit, managers);
  ovsdb_managers_rebind (managers);
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
