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

  for (guint i = 0; i < 2 * G_N_ELEMENTS (replies); i++)
    {
      FakeWorld *fake = fake_world_new ();
      FakePeer *server = fake_peer_listen (fake, "ptcp:6640");
      Heard heard = { g_string_new (NULL), FALSE };
      OvsdbSchema *schema = test_schema ();
      OvsdbClientConfig config = { .database = "T", .schema = schema, .plain_monitor = i % 2 };
      OvsdbClient *client
          = ovsdb_client_dial (fake_world (fake), "tcp:127.0.0.1:6640", &config, &events, &heard, NULL);
      fake_world_run (fake, 0);
      fake_peer_send (server, replies[i / 2]);
      fake_world_run (fake, 0);
      HEARD ("gone;");
      ovsdb_client_free (client);
      fake_peer_free (server);
      ovsdb_schema_unref (schema);
      g_string_free (heard.log, TRUE);
      fake_world_free (fake);
    }
}

/* ---- a server by hand, word by word ------------------------------------------------------------------------------ */

#define BY_HAND(...)                                                                                         \
  FakeWorld *fake = fake_world_new ();                                                                       \
  FakePeer *server = fake_peer_listen (fake, "ptcp:6640");                                                   \
  Heard heard = { g_string_new (NULL), FALSE };                                                              \
  OvsdbClientConfig config = { .database = "T", .probe_ns = -1, __VA_ARGS__ };                               \
  OvsdbClient *client                                                                                        \
      = ovsdb_client_dial (fake_world (fake), "tcp:127.0.0.1:6640", &config, &events, &heard, NULL);         \
  fake_world_run (fake, 0)
#define BY_HAND_DONE                                                                                         \
  ovsdb_client_free (client);                                                                                \
  fake_peer_free (server);                                                                                   \
  g_string_free (heard.log, TRUE);                                                                           \
  fake_world_free (fake)
#define SAY(text)                                                                                            \
  fake_peer_send (server, text);                                                                             \
  fake_world_run (fake, 0)
/* The server goes away, and is dialled again. */
#define AGAIN                                                                                                \
  fake_peer_close (server);                                                                                  \
  fake_world_run (fake, 4 * NET_SEC)

#define SCHEMA_OF_B(id)                                                                                      \
  "{'id':" id ",'error':null,'result':{'name':'T','version':'1.0.0','tables':{'B':{'columns':{'n':{'type':'" \
  "integer'},'s':{'type':{'key':'integer','min':0,'max':'unlimited'}}}}}}}"
#define REQUESTS "'T','T',{'B':{'columns':['n','s']}}"
#define ROW_1    "11111111-1111-1111-1111-111111111111"
#define ROW_2    "22222222-2222-2222-2222-222222222222"
#define FIRST    "aaaaaaaa-0000-4000-8000-000000000001"
#define SECOND   "aaaaaaaa-0000-4000-8000-000000000002"
#define THIRD    "aaaaaaaa-0000-4000-8000-000000000003"
#define ZEROS    "00000000-0000-0000-0000-000000000000"

/* The next request, word for word. */
static void
expect_request (FakePeer *server, int line, const char *expected)
{
  json_t *message = fake_peer_take (server);
  const char *got = message ? text_of (message) : NULL;

  if (g_strcmp0 (got, expected) != 0)
    printf ("# line %d: asked %s, expected %s\n", line, got ? got : "nothing", expected);
  CU_ASSERT (g_strcmp0 (got, expected) == 0);
  json_decref (message);
}
#define ASKED(expected)  expect_request (server, __LINE__, expected)
#define ASKED_SCHEMA(id) ASKED ("{'id':" id ",'method':'get_schema','params':['T']}")

static const OvsdbDatum *
set_of_first (OvsdbClient *client)
{
  return ovsdb_row_get (ovsdb_table_first (ovsdb_database_table (ovsdb_client_replica (client), "B")), "s");
}

static void
goes_on_where_it_was (void)
{
  BY_HAND (.min_backoff_ns = NET_SEC);
  ASKED_SCHEMA ("0");
  SAY (SCHEMA_OF_B ("0"));
  ASKED ("{'id':1,'method':'monitor_cond_since','params':[" REQUESTS ",'" ZEROS "']}");
  SAY ("{'id':1,'error':null,'result':[false,'" FIRST "',{'B':{'" ROW_1
       "':{'initial':{'n':1,'s':['set',[1,2]]}}}}]}");
  HEARD ("0>1;ready;");
  SAY ("{'id':null,'method':'update3','params':['T','" SECOND "',{'B':{'" ROW_1
       "':{'modify':{'n':2,'s':['set',[2,3]]}},'" ROW_2 "':{'insert':{'n':7}}}}]}");
  HEARD ("1>2;0>7;");
  CU_ASSERT_EQUAL (set_of_first (client)->n, 2); /* 1 and 3 */
  /* The line is cut within a message: what it said was not heard, and is told again. */
  SAY ("{'id':null,'method':'update3','params':['T','" THIRD "',{'B':{'" ROW_2 "':{'delete':nu");
  AGAIN;
  HEARD ("gone;");
  ASKED_SCHEMA ("2");
  SAY (SCHEMA_OF_B ("2"));
  ASKED ("{'id':3,'method':'monitor_cond_since','params':[" REQUESTS ",'" SECOND "']}");
  SAY ("{'id':3,'error':null,'result':[true,'" THIRD "',{'B':{'" ROW_2 "':{'delete':null}}}]}");
  HEARD ("7>0;ready;");
  /* The server does not know that place any more: all is told, and what differs is heard. */
  AGAIN;
  HEARD ("gone;");
  ASKED_SCHEMA ("4");
  SAY (SCHEMA_OF_B ("4"));
  ASKED ("{'id':5,'method':'monitor_cond_since','params':[" REQUESTS ",'" THIRD "']}");
  SAY ("{'id':5,'error':null,'result':[false,'" ZEROS "',{'B':{'" ROW_1 "':{'initial':{'n':5}}}}]}");
  HEARD ("2>5;ready;");
  CU_ASSERT_EQUAL (set_of_first (client)->n, 0);
  BY_HAND_DONE;
}

static void
makes_do_with_less (void)
{
  BY_HAND ();
  ASKED_SCHEMA ("0");
  SAY (SCHEMA_OF_B ("0"));
  ASKED ("{'id':1,'method':'monitor_cond_since','params':[" REQUESTS ",'" ZEROS "']}");
  SAY ("{'id':1,'error':'unknown method','result':null}");
  ASKED ("{'id':2,'method':'monitor_cond','params':[" REQUESTS "]}");
  SAY ("{'id':2,'error':null,'result':{'B':{'" ROW_1 "':{'initial':{'n':1}}}}}");
  SAY ("{'id':null,'method':'update2','params':['T',{'B':{'" ROW_1 "':{'modify':{'n':2}}}}]}");
  SAY ("{'id':null,'method':'update','params':['T',{'B':{'" ROW_1 "':{'new':{'n':9}}}}]}");
  HEARD ("0>1;ready;1>2;");
  AGAIN;
  HEARD ("gone;");
  ASKED_SCHEMA ("3");
  SAY (SCHEMA_OF_B ("3"));
  ASKED ("{'id':4,'method':'monitor_cond_since','params':[" REQUESTS ",'" ZEROS "']}");
  SAY ("{'id':4,'error':'unknown method','result':null}");
  ASKED ("{'id':5,'method':'monitor_cond','params':[" REQUESTS "]}");
  SAY ("{'id':5,'error':{'error':'unknown method'},'result':null}");
  ASKED ("{'id':6,'method':'monitor','params':[" REQUESTS "]}");
  SAY ("{'id':6,'error':null,'result':{'B':{'" ROW_1 "':{'new':{'n':2}}}}}");
  SAY ("{'id':null,'method':'update','params':['T',{'B':{'" ROW_1 "':{'new':{'n':3},'old':{'n':2}}}}]}");
  HEARD ("ready;2>3;");
  BY_HAND_DONE;
}

static void
asks_plainly (void)
{
  BY_HAND (.plain_monitor = TRUE);
  ASKED_SCHEMA ("0");
  SAY (SCHEMA_OF_B ("0"));
  ASKED ("{'id':1,'method':'monitor','params':[" REQUESTS "]}");
  SAY ("{'id':1,'error':'unknown method','result':null}");
  HEARD ("gone;");
  BY_HAND_DONE;
}

/* After each the replica stands nowhere: the next connection asks for all. */
static void
senseless_differences (void)
{
  static const char *const texts[] = {
    "{'id':null,'method':'update3','params':['T','" SECOND "',{'B':{'" ROW_2 "':{'modify':{'n':2}}}}]}",
    "{'id':null,'method':'update3','params':['T','" SECOND "',{'B':{'" ROW_1
    "':{'modify':{'n':['set',[1,2]]}}}}]}",
    "{'id':null,'method':'update3','params':['T','" SECOND "',{'B':{'" ROW_1 "':{'modify':{'x':2}}}}]}",
    "{'id':null,'method':'update3','params':['T','" SECOND "',{'B':{'" ROW_1 "':{'modify':2}}}]}",
    "{'id':null,'method':'update3','params':['T','" SECOND "',{'B':{'" ROW_1 "':{'new':{'n':2}}}}]}",
    "{'id':null,'method':'update3','params':['T','" SECOND "',{'B':{'" ROW_1 "':7}}]}",
    "{'id':null,'method':'update3','params':['T','" SECOND "',{'B':{'row':{'delete':null}}}]}",
    "{'id':null,'method':'update3','params':['T',{'B':{'" ROW_1 "':{'modify':{'n':2}}}}]}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      BY_HAND ();
      ASKED_SCHEMA ("0");
      SAY (SCHEMA_OF_B ("0"));
      ASKED ("{'id':1,'method':'monitor_cond_since','params':[" REQUESTS ",'" ZEROS "']}");
      SAY ("{'id':1,'error':null,'result':[false,'" FIRST "',{'B':{'" ROW_1 "':{'initial':{'n':1}}}}]}");
      SAY (texts[i]);
      HEARD ("0>1;ready;gone;");
      AGAIN;
      ASKED_SCHEMA ("2");
      SAY (SCHEMA_OF_B ("2"));
      ASKED ("{'id':3,'method':'monitor_cond_since','params':[" REQUESTS ",'" ZEROS "']}");
      SAY (i % 2 ? "{'id':3,'error':null,'result':[true]}" : "{'id':3,'error':null,'result':{}}");
      HEARD ("gone;");
      BY_HAND_DONE;
    }
}

/* ---- our server, and what it keeps ------------------------------------------------------------------------------- */

/* Each change is heard once, whether the server kept the past (0), not enough of it (1), or began anew (2). */
static void
over_a_cut (void)
{
  for (guint i = 0; i < 3; i++)
    {
      CLIENT ();
      OvsdbServerLimits limits = ovsdb_server_default_limits;
      limits.max_past_transactions = i == 1 ? 1 : 10;
      ovsdb_server_set_limits (bench.server, &limits);
      RUN ("{'op':'insert','table':'B','uuid':'" ROW_1 "','row':{'n':1}}");
      RUN ("{'op':'insert','table':'B','uuid':'" ROW_2 "','row':{'n':2}}");
      SETTLE;
      HEARD ("0>1;0>2;ready;");
      RUN ("{'op':'update','table':'B','where':[['n','==',1]],'row':{'n':3}}");
      SETTLE;
      HEARD ("1>3;");
      fake_world_cut (bench.fake, TRUE);
      SETTLE;
      RUN ("{'op':'update','table':'B','where':[['n','==',3]],'row':{'n':4}}");
      RUN ("{'op':'delete','table':'B','where':[['n','==',2]]}");
      if (i == 2)
        {
          ovsdb_server_free (bench.server);
          bench_serve (&bench);
        }
      fake_world_cut (bench.fake, FALSE);
      fake_world_run (bench.fake, 2 * NET_SEC);
      HEARD ("gone;3>4;2>0;ready;");
      RUN ("{'op':'update','table':'B','where':[],'row':{'n':5}}");
      SETTLE;
      HEARD ("4>5;");
      DONE;
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
    { "a connection goes on where the one before ended, if need be within a message", goes_on_where_it_was },
    { "the best method of a server is used, and each connection begins with the best", makes_do_with_less },
    { "a client that is to ask plainly asks for nothing else", asks_plainly },
    { "differences that make no sense end the connection, and the next begins anew", senseless_differences },
    { "over a cut each change is heard once, whatever the server has kept", over_a_cut },
    { NULL, NULL },
  };
  return tap_main ("client", tests);
}
