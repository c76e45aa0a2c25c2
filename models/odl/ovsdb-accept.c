/* The first exchange on an accepted OVSDB stream: list_dbs (RFC 7047 §4.1.1).  With the answer the stream goes to the
 * session of its kind. */
#include "models/odl/ovsdb-accept.h"
#include "models/odl/core.h"
#include "models/odl/hwvtep.h"
#include "models/odl/ovs-session.h"
#include "net/misuse.h"
#include "ovsdb/framing.h"

#include <jansson.h>
#include <string.h>

#define MAX_BYTES   65536u /* of a message */
#define MAX_DEPTH   100u
#define PATIENCE_NS (10 * NET_SEC)
#define LIST_DBS_ID 0

typedef struct
{
  Odl *odl;
  NetStream *stream;
  OvsdbFramer framer;
  NetTimer timeout;
  char *title; /* "ovsdb tcp:172.31.0.3": for the trace */
  NetMisuses misuses;
} Probe;

void
odl_probe_free (gpointer data)
{
  Probe *probe = data;

  net_world_timer_cancel (probe->odl->world, &probe->timeout);
  if (probe->stream)
    net_stream_close (probe->stream);
  ovsdb_framer_clear (&probe->framer);
  g_free (probe->title);
  g_free (probe);
}

static void
send_json (NetStream *stream, json_t *message)
{
  g_autofree char *text = json_dumps (message, JSON_COMPACT);

  net_stream_send (stream, (const guint8 *) text, strlen (text));
  json_decref (message);
}

static void
count_misuse (Probe *probe, NetMisuse misuse, const char *why)
{
  net_misuse_count (&probe->misuses, probe->odl->world, misuse, probe->title, why);
}

static void
give_up (Probe *probe, NetMisuse misuse, const char *why)
{
  count_misuse (probe, misuse, why);
  g_ptr_array_remove (probe->odl->probes, probe);
}

/* ---- the answer ---------------------------------------------------------------------------------------------- */

typedef void AcceptFunc (Odl *odl, NetStream *stream);

static gboolean
lists (const json_t *names, const char *wanted)
{
  for (gsize i = 0; i < json_array_size (names); i++)
    if (g_strcmp0 (json_string_value (json_array_get (names, i)), wanted) == 0)
      return TRUE;
  return FALSE;
}

/* Whose session takes over; NULL when the probe was given up or waits on. */
static AcceptFunc *
take_answer (Probe *probe, const json_t *message)
{
  const json_t *id = json_object_get (message, "id"), *names = json_object_get (message, "result"),
               *error = json_object_get (message, "error");

  if (!json_is_integer (id) || json_integer_value (id) != LIST_DBS_ID)
    count_misuse (probe, NET_MISUSE_UNASKED, "an answer to no request of ours");
  else if (error && !json_is_null (error))
    give_up (probe, NET_MISUSE_UNFINISHED, "it does not say which databases it has");
  else if (!json_is_array (names))
    give_up (probe, NET_MISUSE_MALFORMED, "the list of its databases is no list");
  else if (lists (names, "hardware_vtep"))
    return odl_hwvtep_accept;
  else if (lists (names, "Open_vSwitch"))
    return odl_ovs_accept;
  else
    give_up (probe, NET_MISUSE_UNKNOWN, "it has neither a hardware_vtep nor an Open_vSwitch database");
  return NULL;
}

/* ---- what it says before ------------------------------------------------------------------------------------- */

/* Anything but echo is a server's to do, and is refused as one would (RFC 7047 §3.1). */
static void
take_request (Probe *probe, const json_t *message, const char *method)
{
  json_t *id = json_object_get (message, "id"), *params = json_object_get (message, "params");
  g_autofree char *why = g_strdup_printf ("it asks for \"%s\"", method);

  if (g_str_equal (method, "echo"))
    {
      send_json (probe->stream, json_pack ("{s:O, s:n, s:O}", "result", params, "error", "id", id));
      return;
    }
  count_misuse (probe, NET_MISUSE_UNKNOWN, why);
  send_json (probe->stream,
             json_pack ("{s:n, s:{s:s}, s:O}", "result", "error", "error", "unknown method", "id", id));
}

static AcceptFunc *
take_message (Probe *probe, const json_t *message)
{
  const json_t *method = json_object_get (message, "method"), *id = json_object_get (message, "id");

  if (method && (!json_is_string (method) || !json_is_array (json_object_get (message, "params"))))
    give_up (probe, NET_MISUSE_MALFORMED, "it sent JSON that is no JSON-RPC message");
  else if (method && id && !json_is_null (id))
    take_request (probe, message, json_string_value (method));
  else if (method)
    count_misuse (probe, NET_MISUSE_OUT_OF_ORDER, "a notification before anything is monitored");
  else
    return take_answer (probe, message);
  return NULL;
}

/* ---- the stream ---------------------------------------------------------------------------------------------- */

/* The new owner is given what came behind the answer, too. */
static void
hand_over (Probe *probe, AcceptFunc *accept, const guint8 *bytes, gsize n)
{
  NetStream *stream = g_steal_pointer (&probe->stream);
  Odl *odl = probe->odl;

  g_ptr_array_remove (odl->probes, probe);
  accept (odl, stream);
  if (n > 0)
    stream->events->received (stream, bytes, n, stream->user);
}

/* Whether the probe is among those that wait: a message may have ended it. */
static gboolean
lives (const Odl *odl, const Probe *probe)
{
  return g_ptr_array_find (odl->probes, probe, NULL);
}

static void
received (NetStream *stream, const guint8 *bytes, gsize n, gpointer user)
{
  Probe *probe = user;
  Odl *odl = probe->odl;
  OvsdbFrame frame = OVSDB_FRAME_MORE;
  AcceptFunc *accept = NULL;
  const char *text, *why;
  gsize length;

  (void) stream;
  while (!accept && lives (odl, probe)
         && (frame = ovsdb_framer_next (&probe->framer, &bytes, &n, &text, &length, &why))
                == OVSDB_FRAME_TEXT)
    {
      json_t *message = json_loadb (text, length, JSON_REJECT_DUPLICATES, NULL);

      if (json_is_object (message))
        accept = take_message (probe, message);
      else
        give_up (probe, NET_MISUSE_MALFORMED, "what it said is no JSON-RPC");
      json_decref (message);
    }
  if (accept)
    hand_over (probe, accept, bytes, n);
  else if (frame == OVSDB_FRAME_WRONG)
    give_up (probe, NET_MISUSE_MALFORMED, why);
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
  give_up (timer->owner, NET_MISUSE_UNFINISHED, "it did not say which databases it has");
}

static const NetStreamEvents events = { .received = received, .closed = closed };

void
odl_ovsdb_accept (NetStream *stream, gpointer user)
{
  Odl *odl = user;
  Probe *probe = g_new0 (Probe, 1);

  probe->odl = odl;
  probe->stream = stream;
  probe->title = g_strconcat ("ovsdb ", stream->peer, NULL);
  ovsdb_framer_init (&probe->framer, MAX_BYTES, MAX_DEPTH);
  net_timer_init (&probe->timeout, timed_out, probe);
  net_world_timer_set (odl->world, &probe->timeout, net_world_now (odl->world) + PATIENCE_NS);
  g_ptr_array_add (odl->probes, probe);
  net_stream_set_events (stream, &events, probe);
  send_json (stream, json_pack ("{s:s, s:[], s:i}", "method", "list_dbs", "params", "id", LIST_DBS_ID));
}
