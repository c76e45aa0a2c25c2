/* The client against the server of the same library: replica, changes, transactions, reconnecting. */
#include "bench.h"
#include "tap.h"

#include "ovsdb/build.h"
#include "ovsdb/client.h"

#include <string.h>

typedef struct
{
  GString *log;
  gboolean free_on_change;
} Heard;

static void
on_ready (OvsdbClient *client, gpointer user)
{
  (void) client;
  g_string_append (((Heard *) user)->log, "ready;");
}

static void
on_changed (OvsdbClient *client, const OvsdbChange *changes, guint n_changes, gpointer user)
{
  Heard *heard = user;

  for (guint i = 0; i < n_changes; i++)
    {
      const OvsdbChange *change = &changes[i];
      if (strcmp (ovsdb_table_name (change->table), "B") != 0)
        g_string_append_printf (heard->log, "%s;", ovsdb_table_name (change->table));
      else
        g_string_append_printf (heard->log, "%" G_GINT64_FORMAT ">%" G_GINT64_FORMAT ";",
                                change->before ? ovsdb_row_integer (change->before, "n", 0) : 0,
                                change->after ? ovsdb_row_integer (change->after, "n", 0) : 0);
    }
  if (heard->free_on_change)
    ovsdb_client_free (client);
}

static void
on_disconnected (OvsdbClient *client, const char *why, gpointer user)
{
  (void) client;
  (void) why;
  g_string_append (((Heard *) user)->log, "gone;");
}

static const OvsdbClientEvents events = { on_ready, on_changed, on_disconnected };

static void
expect_log (Heard *heard, int line, const char *expected)
{
  if (strcmp (heard->log->str, expected) != 0)
    printf ("# line %d: heard %s, expected %s\n", line, heard->log->str, expected);
  CU_ASSERT_STRING_EQUAL (heard->log->str, expected);
  g_string_truncate (heard->log, 0);
}
#define HEARD(expected) expect_log (&heard, __LINE__, expected)

static void
on_reply (OvsdbClient *client, const json_t *results, const GError *error, gpointer user)
{
  (void) client;
  g_string_append_printf (((Heard *) user)->log, "%s;",
                          error ? ovsdb_error_name ((OvsdbErrorCode) error->code) : text_of (results));
}

#define CLIENT(...)                                                                                          \
  Bench bench;                                                                                               \
  Heard heard = { g_string_new (NULL), FALSE };                                                              \
  OvsdbClientConfig config = { .database = "T", __VA_ARGS__ };                                               \
  OvsdbClient *client;                                                                                       \
  bench_begin (&bench);                                                                                      \
  bench_serve (&bench);                                                                                      \
  client = ovsdb_client_dial (fake_world (bench.fake), "tcp:127.0.0.1:6640", &config, &events, &heard, NULL)
#define RUN(operations) json_decref (bench_run (&bench, operations))
#define SETTLE          fake_world_run (bench.fake, 0)
#define DONE                                                                                                 \
  ovsdb_client_free (client);                                                                                \
  g_string_free (heard.log, TRUE);                                                                           \
  bench_end (&bench)

static void
replica_follows (void)
{
  CLIENT ();
  const OvsdbRow *row;
  RUN ("{'op':'insert','table':'B','row':{'n':7}}");
  CU_ASSERT_PTR_NULL (ovsdb_client_replica (client));
  SETTLE;
  HEARD ("0>7;ready;");
  RUN ("{'op':'update','table':'B','where':[],'row':{'n':8}}");
  RUN ("{'op':'insert','table':'A','row':{'w':['set',[]],'m':['map',[['a',1]]]}}");
  SETTLE;
  HEARD ("7>8;A;");
  row = ovsdb_table_first (ovsdb_database_table (ovsdb_client_replica (client), "B"));
  CU_ASSERT_EQUAL (ovsdb_row_integer (row, "n", 0), 8);
  RUN ("{'op':'delete','table':'B','where':[]}");
  SETTLE;
  HEARD ("8>0;");
  CU_ASSERT_EQUAL (ovsdb_table_n_rows (ovsdb_database_table (ovsdb_client_replica (client), "B")), 0);
  DONE;
}

static void
only_some_tables (void)
{
  const char *const tables[] = { "B", "Absent", NULL };
  CLIENT (.tables = tables);
  SETTLE;
  RUN ("{'op':'insert','table':'B','row':{'n':7}},{'op':'insert','table':'A','row':{}}");
  SETTLE;
  HEARD ("ready;0>7;");
  DONE;
}

static void
transactions (void)
{
  CLIENT ();
  ovsdb_client_transact (client, json_pack ("[o]", ovsdb_op_delete ("B", json_array ())), on_reply, &heard);
  HEARD ("");
  SETTLE;
  HEARD ("ready;disconnected;");
  ovsdb_client_transact (client, json_pack ("[o]", ovsdb_op_insert ("B", NULL, json_pack ("{si}", "n", 3))),
                         NULL, NULL);
  ovsdb_client_transact (client, json_pack ("[o]", ovsdb_op_delete ("B", json_array ())), on_reply, &heard);
  SETTLE;
  HEARD ("0>3;3>0;[{'count':1}];");
  ovsdb_client_request (client, "list_dbs", json_array (), on_reply, &heard);
  ovsdb_client_request (client, "nonsense", json_array (), on_reply, &heard);
  SETTLE;
  HEARD ("['T','_Server'];ovsdb error;");
  DONE;
}

static void
resynchronises (void)
{
  CLIENT ();
  RUN ("{'op':'insert','table':'B','row':{'n':1}},{'op':'insert','table':'B','row':{'n':2}}");
  SETTLE;
  HEARD ("0>1;0>2;ready;");
  fake_world_cut (bench.fake, TRUE);
  ovsdb_client_transact (client, json_pack ("[o]", ovsdb_op_delete ("B", json_array ())), on_reply, &heard);
  SETTLE;
  HEARD ("disconnected;gone;");
  RUN ("{'op':'delete','table':'B','where':[['n','==',1]]},{'op':'update','table':'B','where':[['n','==',2]],"
       "'row':{'n':3}},"
       "{'op':'insert','table':'B','row':{'n':4}}");
  fake_world_run (bench.fake, 1500 * NET_MSEC);
  CU_ASSERT_FALSE (ovsdb_client_is_ready (client));
  fake_world_cut (bench.fake, FALSE);
  fake_world_run (bench.fake, 2 * NET_SEC);
  HEARD ("2>3;0>4;1>0;ready;");
  RUN ("{'op':'delete','table':'B','where':[]}");
  SETTLE;
  HEARD ("3>0;4>0;");
  DONE;
}

static void
freed_in_an_event (void)
{
  CLIENT ();
  SETTLE;
  heard.free_on_change = TRUE;
  RUN ("{'op':'insert','table':'B','row':{'n':7}}");
  SETTLE;
  HEARD ("ready;0>7;");
  CU_ASSERT_EQUAL (ovsdb_server_n_sessions (bench.server), 0);
  client = NULL;
  DONE;
}

/* The server dials the client: how a TOR with a manager meets its controller. */
typedef struct
{
  FakeWorld *fake;
  OvsdbClient *client;
  Heard *heard;
} Acceptor;

static void
on_accept (NetStream *stream, gpointer user)
{
  Acceptor *acceptor = user;
  const OvsdbClientConfig config = { .database = "T" };

  if (acceptor->client)
    ovsdb_client_resume (acceptor->client, stream);
  else
    acceptor->client
        = ovsdb_client_accept (fake_world (acceptor->fake), stream, &config, &events, acceptor->heard);
}

static void
accepted_and_resumed (void)
{
  Bench bench;
  Heard heard = { g_string_new (NULL), FALSE };
  Acceptor acceptor = { NULL, NULL, &heard };
  NetListener *listener;

  bench_begin (&bench);
  bench_serve (&bench);
  acceptor.fake = bench.fake;
  listener = net_world_listen (fake_world (bench.fake), "ptcp:6653", on_accept, &acceptor, NULL);
  ovsdb_server_add_remote (bench.server, "tcp:10.0.0.1:6653", NULL, NULL);
  RUN ("{'op':'insert','table':'B','row':{'n':7}}");
  SETTLE;
  HEARD ("0>7;ready;");
  fake_world_cut (bench.fake, TRUE);
  SETTLE;
  fake_world_cut (bench.fake, FALSE);
  RUN ("{'op':'update','table':'B','where':[],'row':{'n':8}}");
  fake_world_run (bench.fake, 2 * NET_SEC);
  HEARD ("gone;7>8;ready;");
  ovsdb_client_free (acceptor.client);
  net_world_unlisten (fake_world (bench.fake), listener);
  g_string_free (heard.log, TRUE);
  bench_end (&bench);
}

/* A server that breaks the protocol. */
static void
senseless_server (void)
{
  static const char *const replies[] = {
    "{'id':0,'error':'no','result':null}",
    "{'id':0,'error':null,'result':5}",
    "{'id':0,'error':null,'result':{'name':'T','version':'1.0.0','tables':{}}}{'id':1,'error':null,'result':{"
    "'Z':{}}}",
    "{'id':0,'error':null,'result':{'name':'T','version':'1.0.0','tables':{'B':{'columns':{'n':{'type':'"
    "integer'}}}}}}"
    "{'id':1,'error':null,'result':{'B':{'x':{'new':{}}}}}",
    "{'id':0,'error':null,'result':{'name':'T','version':'1.0.0','tables':{'B':{'columns':{'n':{'type':'"
    "integer'}}}}}}"
    "{'id':1,'error':null,'result':{'B':{'11111111-1111-1111-1111-111111111111':{'new':{'n':'text'}}}}}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (replies); i++)
    {
      FakeWorld *fake = fake_world_new ();
      FakePeer *server = fake_peer_listen (fake, "ptcp:6640");
      Heard heard = { g_string_new (NULL), FALSE };
      OvsdbSchema *schema = test_schema ();
      OvsdbClientConfig config = { .database = "T", .schema = schema };
      OvsdbClient *client
          = ovsdb_client_dial (fake_world (fake), "tcp:127.0.0.1:6640", &config, &events, &heard, NULL);
      fake_world_run (fake, 0);
      fake_peer_send (server, replies[i]);
      fake_world_run (fake, 0);
      HEARD ("gone;");
      ovsdb_client_free (client);
      fake_peer_free (server);
      ovsdb_schema_unref (schema);
      g_string_free (heard.log, TRUE);
      fake_world_free (fake);
    }
}

int
main (void)
{
  const TapTest tests[] = {
    { "a replica follows the server, and each change is heard once", replica_follows },
    { "tables that are not wanted, or not there, are left out", only_some_tables },
    { "a transaction is answered, later and always", transactions },
    { "after a reconnect only what differs is told, before ready", resynchronises },
    { "a client may be freed in its own event", freed_in_an_event },
    { "a client lives on accepted streams, one after another", accepted_and_resumed },
    { "a server that makes no sense is left", senseless_server },
    { NULL, NULL },
  };
  return tap_main ("client", tests);
}
