/* The first exchange on an accepted OVSDB stream: list_dbs (RFC 7047 §4.1.1).  With the answer the stream goes to the
 * session of its kind. */
#include "models/odl/ovsdb-accept.h"
#include "models/odl/core.h"
#include "models/odl/hwvtep.h"
#include "models/odl/ovs-session.h"

#include <jansson.h>
#include <string.h>

#define MAX_HELD    65536u
#define PATIENCE_NS (10 * NET_SEC)

typedef struct
{
  Odl *odl;
  NetStream *stream;
  GByteArray *held;
  NetTimer timeout;
} Probe;

void
odl_probe_free (gpointer data)
{
  Probe *probe = data;

  net_world_timer_cancel (probe->odl->world, &probe->timeout);
  if (probe->stream)
    net_stream_close (probe->stream);
  g_byte_array_unref (probe->held);
  g_free (probe);
}

static void
send_json (NetStream *stream, json_t *message)
{
  g_autofree char *text = json_dumps (message, JSON_COMPACT);

  net_stream_send (stream, (const guint8 *) text, strlen (text));
  json_decref (message);
}

static gboolean
lists (const json_t *names, const char *wanted)
{
  for (gsize i = 0; i < json_array_size (names); i++)
    if (g_strcmp0 (json_string_value (json_array_get (names, i)), wanted) == 0)
      return TRUE;
  return FALSE;
}

static void
give_up (Probe *probe, const char *why)
{
  net_world_log (probe->odl->world, NET_LOG_WARNING, "ovsdb", "%s: %s", probe->stream->peer, why);
  g_ptr_array_remove (probe->odl->probes, probe);
}

/* Hands the stream on and frees the probe. */
static void
hand_over (Probe *probe, void (*accept) (Odl *odl, NetStream *stream))
{
  NetStream *stream = g_steal_pointer (&probe->stream);
  Odl *odl = probe->odl;

  g_ptr_array_remove (odl->probes, probe);
  accept (odl, stream);
}

/* TRUE when the probe is no more. */
static gboolean
handle (Probe *probe, const json_t *message)
{
  const json_t *names = json_object_get (message, "result");

  if (g_strcmp0 (json_string_value (json_object_get (message, "method")), "echo") == 0)
    {
      send_json (probe->stream, json_pack ("{s:O, s:n, s:O}", "result", json_object_get (message, "params"),
                                           "error", "id", json_object_get (message, "id")));
      return FALSE;
    }
  if (!json_is_array (names))
    return FALSE;
  if (lists (names, "hardware_vtep"))
    hand_over (probe, odl_hwvtep_accept);
  else if (lists (names, "Open_vSwitch"))
    hand_over (probe, odl_ovs_accept);
  else
    give_up (probe, "it has neither a hardware_vtep nor an Open_vSwitch database");
  return TRUE;
}

static void
received (NetStream *stream, const guint8 *bytes, gsize n, gpointer user)
{
  Probe *probe = user;

  (void) stream;
  g_byte_array_append (probe->held, bytes, (guint) n);
  while (probe->held->len > 0)
    {
      json_error_t error;
      json_t *message
          = json_loadb ((const char *) probe->held->data, probe->held->len, JSON_DISABLE_EOF_CHECK, &error);
      gboolean ended;

      if (!message)
        {
          if (json_error_code (&error) != json_error_premature_end_of_input || probe->held->len > MAX_HELD)
            give_up (probe, "what it said is no JSON");
          return;
        }
      g_byte_array_remove_range (probe->held, 0, (guint) error.position);
      ended = handle (probe, message);
      json_decref (message);
      if (ended)
        return;
    }
}

static void
closed (NetStream *stream, const char *why, gpointer user)
{
  Probe *probe = user;

  (void) stream, (void) why;
  probe->stream = NULL;
  g_ptr_array_remove (probe->odl->probes, probe);
}

static void
timed_out (NetTimer *timer, gint64 now_ns)
{
  (void) now_ns;
  give_up (timer->owner, "it did not say which databases it has");
}

static const NetStreamEvents events = { .received = received, .closed = closed };

void
odl_ovsdb_accept (NetStream *stream, gpointer user)
{
  Odl *odl = user;
  Probe *probe = g_new0 (Probe, 1);

  probe->odl = odl;
  probe->stream = stream;
  probe->held = g_byte_array_new ();
  net_timer_init (&probe->timeout, timed_out, probe);
  net_world_timer_set (odl->world, &probe->timeout, net_world_now (odl->world) + PATIENCE_NS);
  g_ptr_array_add (odl->probes, probe);
  net_stream_set_events (stream, &events, probe);
  send_json (stream, json_pack ("{s:s, s:[], s:i}", "method", "list_dbs", "params", "id", 0));
}
