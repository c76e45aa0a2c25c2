/* A peer by hand, and JSON as tests write it. */
#include "fake-world.h"

#include <string.h>

struct _FakePeer
{
  FakeWorld *fake;
  NetStream *stream;
  NetListener *listener;
  GString *received;
  gboolean connected, closed;
};

static void
peer_connected (NetStream *stream, gpointer user)
{
  (void) stream;
  ((FakePeer *) user)->connected = TRUE;
}

static void
peer_received (NetStream *stream, const guint8 *bytes, gsize n, gpointer user)
{
  (void) stream;
  g_string_append_len (((FakePeer *) user)->received, (const char *) bytes, (gssize) n);
}

static void
peer_closed (NetStream *stream, const char *why, gpointer user)
{
  FakePeer *peer = user;

  (void) stream;
  (void) why;
  peer->stream = NULL;
  peer->connected = FALSE;
  peer->closed = TRUE;
}

static const NetStreamEvents peer_events
    = { .connected = peer_connected, .received = peer_received, .closed = peer_closed };

static FakePeer *
peer_new (FakeWorld *fake)
{
  FakePeer *peer = g_new0 (FakePeer, 1);
  peer->fake = fake;
  peer->received = g_string_new (NULL);
  return peer;
}

FakePeer *
fake_peer_dial (FakeWorld *fake, const char *target)
{
  FakePeer *peer = peer_new (fake);
  peer->stream = net_world_connect (fake_world (fake), target, &peer_events, peer, NULL);
  fake_world_run (fake, 0);
  return peer;
}

static void
peer_accept (NetStream *stream, gpointer user)
{
  FakePeer *peer = user;

  if (peer->stream)
    {
      net_stream_close (stream);
      return;
    }
  net_stream_set_events (stream, &peer_events, peer);
  peer->stream = stream;
  peer->connected = TRUE;
  peer->closed = FALSE;
  g_string_truncate (peer->received, 0);
}

FakePeer *
fake_peer_listen (FakeWorld *fake, const char *target)
{
  FakePeer *peer = peer_new (fake);
  peer->listener = net_world_listen (fake_world (fake), target, peer_accept, peer, NULL);
  return peer;
}

static char *
double_quotes (const char *text)
{
  char *copy = g_strdup (text);
  for (char *at = copy; *at; at++)
    if (*at == '\'')
      *at = '"';
  return copy;
}

void
fake_peer_send (FakePeer *peer, const char *text)
{
  g_autofree char *json = double_quotes (text);

  if (peer->stream)
    net_stream_send (peer->stream, (const guint8 *) json, strlen (json));
  fake_world_run (peer->fake, 0);
}

json_t *
fake_peer_take (FakePeer *peer)
{
  json_error_t error;
  json_t *json;

  fake_world_run (peer->fake, 0);
  json = json_loadb (peer->received->str, peer->received->len, JSON_DISABLE_EOF_CHECK, &error);
  if (json)
    g_string_erase (peer->received, 0, error.position);
  return json;
}

gboolean
fake_peer_is_closed (FakePeer *peer)
{
  return peer->closed;
}

gboolean
fake_peer_is_connected (FakePeer *peer)
{
  return peer->connected;
}

void
fake_peer_close (FakePeer *peer)
{
  if (peer->stream)
    net_stream_close (peer->stream);
  peer->stream = NULL;
  peer->connected = FALSE;
}

void
fake_peer_free (FakePeer *peer)
{
  if (!peer)
    return;
  fake_peer_close (peer);
  net_world_unlisten (fake_world (peer->fake), peer->listener);
  fake_world_run (peer->fake, 0);
  g_string_free (peer->received, TRUE);
  g_free (peer);
}

json_t *
json_of (const char *text)
{
  g_autofree char *quoted = double_quotes (text);
  json_error_t error;
  json_t *json = json_loads (quoted, JSON_DECODE_ANY, &error);

  if (!json)
    g_error ("a test's JSON: %s in %s", error.text, quoted);
  return json;
}

const char *
text_of (const json_t *json)
{
  static char *kept;
  char *dumped = json_dumps (json, JSON_COMPACT | JSON_ENCODE_ANY | JSON_SORT_KEYS);

  g_free (kept);
  kept = g_strdup (dumped ? dumped : "(null)");
  free (dumped);
  for (char *at = kept; *at; at++)
    if (*at == '"')
      *at = '\'';
  return kept;
}
