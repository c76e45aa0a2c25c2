/* A client's connections: what it is given and what it keeps to, freed and resumed at any moment. */
#include "bench.h"
#include "tap.h"

#include "ovsdb/client.h"

#include <string.h>

typedef struct
{
  GString *log;
  OvsdbClient *client; /* freed when a word of `free_at` is heard */
  const char *free_at;
} Heard;

static void
hear (Heard *heard, const char *word)
{
  g_string_append_printf (heard->log, "%s;", word);
  if (g_strcmp0 (heard->free_at, word) == 0)
    g_clear_pointer (&heard->client, ovsdb_client_free);
}

static void
on_ready (OvsdbClient *client, gpointer user)
{
  (void) client;
  hear (user, "ready");
}

static void
on_changed (OvsdbClient *client, const OvsdbChange *changes, guint n_changes, gpointer user)
{
  (void) client;
  (void) changes;
  (void) n_changes;
  hear (user, "changed");
}

static void
on_disconnected (OvsdbClient *client, const char *why, gpointer user)
{
  (void) client;
  (void) why;
  hear (user, "gone");
}

static const OvsdbClientEvents events = { on_ready, on_changed, on_disconnected };

static void
on_reply (OvsdbClient *client, const json_t *results, const GError *error, gpointer user)
{
  (void) client;
  (void) results;
  hear (user, error ? "failed" : "answered");
}

#define BEGIN(...)                                                                                           \
  Bench bench;                                                                                               \
  Heard heard = { .log = g_string_new (NULL) };                                                              \
  OvsdbClientConfig config = { .database = "T", __VA_ARGS__ };                                               \
  bench_begin (&bench)
#define DIAL                                                                                                 \
  heard.client                                                                                               \
      = ovsdb_client_dial (fake_world (bench.fake), "tcp:127.0.0.1:6640", &config, &events, &heard, NULL)
#define HEARD(expected)                                                                                      \
  do                                                                                                         \
    {                                                                                                        \
      CU_ASSERT_STRING_EQUAL (heard.log->str, expected);                                                     \
      g_string_truncate (heard.log, 0);                                                                      \
    }                                                                                                        \
  while (0)
#define RUN(operations) json_decref (bench_run (&bench, operations))
#define SETTLE          fake_world_run (bench.fake, 0)
#define DONE                                                                                                 \
  ovsdb_client_free (heard.client);                                                                          \
  g_string_free (heard.log, TRUE);                                                                           \
  bench_end (&bench)

static void
wrong_target (void)
{
  BEGIN ();
  g_autoptr (GError) error = NULL;
  CU_ASSERT_PTR_NULL (
      ovsdb_client_dial (fake_world (bench.fake), "nonsense", &config, &events, &heard, &error));
  CU_ASSERT_STRING_EQUAL (error->message, "nonsense: not a target");
  HEARD ("");
  DONE;
}

static void
freed_while_dialling (void)
{
  BEGIN ();
  bench_serve (&bench);
  DIAL;
  CU_ASSERT_STRING_EQUAL (ovsdb_client_peer (heard.client), "tcp:127.0.0.1:6640");
  g_clear_pointer (&heard.client, ovsdb_client_free);
  ovsdb_client_free (NULL);
  fake_world_run (bench.fake, 60 * NET_SEC);
  HEARD ("");
  CU_ASSERT_EQUAL (ovsdb_server_n_sessions (bench.server), 0);
  DONE;
}

/* Whatever word is the last that the user wants to hear, it is. */
static void
freed_at_any_word (void)
{
  static const struct
  {
    const char *word, *heard;
  } cases[] = { { "changed", "changed;" },
                { "ready", "changed;ready;" },
                { "answered", "changed;ready;answered;" },
                { "failed", "changed;ready;answered;answered;failed;" },
                { "gone", "changed;ready;answered;answered;failed;failed;gone;" } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      BEGIN ();
      bench_serve (&bench);
      RUN ("{'op':'insert','table':'B','row':{'n':1}}");
      DIAL;
      heard.free_at = cases[i].word;
      SETTLE;
      for (guint times = 0; heard.client && times < 2; times++)
        ovsdb_client_transact (heard.client, json_array (), on_reply, &heard);
      SETTLE;
      for (guint times = 0; heard.client && times < 2; times++)
        ovsdb_client_transact (heard.client, json_array (), on_reply, &heard);
      fake_world_cut (bench.fake, TRUE);
      SETTLE;
      HEARD (cases[i].heard);
      CU_ASSERT_PTR_NULL (heard.client);
      DONE;
    }
}

static void
freed_at_a_failure_to_send (void)
{
  BEGIN ();
  DIAL;
  heard.free_at = "failed";
  SETTLE;
  ovsdb_client_transact (heard.client, json_array (), on_reply, &heard);
  ovsdb_client_transact (heard.client, json_array (), on_reply, &heard);
  SETTLE;
  HEARD ("failed;");
  DONE;
}

static void
no_events (void)
{
  static const OvsdbClientEvents none;
  BEGIN ();
  bench_serve (&bench);
  RUN ("{'op':'insert','table':'B','row':{'n':1}}");
  heard.client
      = ovsdb_client_dial (fake_world (bench.fake), "tcp:127.0.0.1:6640", &config, &none, NULL, NULL);
  SETTLE;
  CU_ASSERT_TRUE (ovsdb_client_is_ready (heard.client));
  CU_ASSERT_EQUAL (ovsdb_table_n_rows (ovsdb_database_table (ovsdb_client_replica (heard.client), "B")), 1);
  fake_world_cut (bench.fake, TRUE);
  SETTLE;
  CU_ASSERT_FALSE (ovsdb_client_is_ready (heard.client));
  DONE;
}

/* Messages that the client sends within a minute of silence behind its first request. */
static guint
asks_in_silence (gint64 probe_ns)
{
  guint n = 0;
  json_t *message;
  BEGIN (.probe_ns = probe_ns);
  FakePeer *server = fake_peer_listen (bench.fake, "ptcp:6640");
  DIAL;
  json_decref (fake_peer_take (server));
  for (guint second = 0; second < 60 && fake_peer_is_connected (server); second++)
    {
      fake_world_run (bench.fake, NET_SEC);
      while ((message = fake_peer_take (server)))
        {
          n++;
          json_decref (message);
          fake_peer_send (server, "{'id':'echo','result':[],'error':null}");
        }
    }
  fake_peer_free (server);
  DONE;
  return n;
}

static void
probes (void)
{
  CU_ASSERT_EQUAL (asks_in_silence (-1), 0);
  CU_ASSERT_TRUE (asks_in_silence (20 * NET_SEC) >= 2);
  CU_ASSERT_TRUE (asks_in_silence (2 * NET_SEC) > asks_in_silence (20 * NET_SEC));
}

static void
backoff (void)
{
  BEGIN (.min_backoff_ns = 20 * NET_SEC, .max_backoff_ns = 30 * NET_SEC);
  DIAL;
  SETTLE;
  bench_serve (&bench);
  fake_world_run (bench.fake, 19 * NET_SEC);
  HEARD ("");
  fake_world_run (bench.fake, 2 * NET_SEC);
  HEARD ("ready;");
  DONE;
}

static void
on_accept (NetStream *stream, gpointer user)
{
  Heard *heard = user;

  if (heard->client)
    ovsdb_client_resume (heard->client, stream);
  else
    net_stream_close (stream);
}

/* A peer dials again before its old connection was found dead. */
static void
resumed_while_connected (void)
{
  for (int freed = 0; freed < 2; freed++)
    {
      BEGIN ();
      NetListener *listener
          = net_world_listen (fake_world (bench.fake), "ptcp:6653", on_accept, &heard, NULL);
      FakePeer *second;
      bench_serve (&bench);
      DIAL;
      SETTLE;
      heard.free_at = freed ? "gone" : NULL;
      second = fake_peer_dial (bench.fake, "tcp:127.0.0.1:6653");
      HEARD ("ready;gone;");
      CU_ASSERT_EQUAL (fake_peer_is_closed (second), freed);
      if (!freed)
        EXPECT (second, "{'id':2,'method':'get_schema','params':['T']}");
      fake_peer_free (second);
      net_world_unlisten (fake_world (bench.fake), listener);
      DONE;
    }
}

int
main (void)
{
  const TapTest tests[] = {
    { "a target that is none is an error at once", wrong_target },
    { "a client that is freed while it dials leaves nothing behind", freed_while_dialling },
    { "a client that is freed in any event is silent from then on", freed_at_any_word },
    { "a client that is freed when a request could not be sent is silent from then on",
      freed_at_a_failure_to_send },
    { "a client whose user wants no events keeps its replica", no_events },
    { "silence is probed as often as was asked for, or never", probes },
    { "the pause before dialling again is the one that was asked for", backoff },
    { "a connection takes the place of one that still stands", resumed_while_connected },
    { NULL, NULL },
  };
  return tap_main ("client-life", tests);
}
