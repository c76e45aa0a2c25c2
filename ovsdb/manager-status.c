/* What a Manager row says about how its remote fares (vtep(5), "status"). */
#include "ovsdb/session.h"

static void
put (json_t *status, const char *key, const char *value)
{
  if (value && *value)
    json_object_set_new (status, key, json_string (value));
}

static void
put_number (json_t *status, const char *key, gint64 value)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, value);
  put (status, key, text);
}

static void
put_locks (json_t *status, const OvsdbSession *session)
{
  g_autofree char *held = ovsdb_locks_names (session->server->locks, session, TRUE),
                  *awaited = ovsdb_locks_names (session->server->locks, session, FALSE);

  put (status, "locks_held", held);
  put (status, "locks_waiting", awaited);
}

static void
put_times (json_t *status, const OvsdbRemoteStatus *remote, gint64 now_ns)
{
  if (remote->connected_ns >= 0)
    put_number (status, "sec_since_connect", (now_ns - remote->connected_ns) / NET_SEC);
  if (remote->disconnected_ns >= 0)
    put_number (status, "sec_since_disconnect", (now_ns - remote->disconnected_ns) / NET_SEC);
}

json_t *
ovsdb_manager_status (const OvsdbRemoteStatus *remote, gint64 now_ns)
{
  json_t *status = json_object ();

  put (status, "state", remote->probing && now_ns >= 0 ? "IDLE" : remote->state);
  put (status, "last_error", remote->last_error);
  if (remote->session)
    put_locks (status, remote->session);
  if (remote->n_connections > 1)
    put_number (status, "n_connections", remote->n_connections);
  if (now_ns >= 0)
    put_times (status, remote, now_ns);
  if (remote->port)
    put_number (status, "bound_port", remote->port);
  return status;
}
