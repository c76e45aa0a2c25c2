/* Rows of the Manager table as remotes, and what the rows say about them. */
#include "bench.h"
#include "tap.h"

#define BEGIN                                                                                                \
  Bench bench;                                                                                               \
  bench_begin_vtep (&bench);                                                                                 \
  bench.server = ovsdb_server_new (fake_world (bench.fake));                                                 \
  ovsdb_server_add_database (bench.server, bench.db);                                                        \
  ovsdb_server_follow_managers (bench.server, bench.db)
#define RUN(operations) json_decref (bench_run (&bench, operations))
/* One manager; more members of its row begin with a comma. */
#define MANAGE(target, more)                                                                                 \
  RUN ("{'op':'insert','table':'Manager','uuid-name':'m','row':{'target':'" target "'" more "}},"            \
       "{'op':'insert','table':'Global','row':{'managers':['named-uuid','m']}}");                            \
  fake_world_run (bench.fake, 0)

static void
managers (void)
{
  Bench bench;
  FakePeer *manager;
  json_t *json;

  bench_begin_vtep (&bench);
  bench_serve (&bench);
  ovsdb_server_follow_managers (bench.server, bench.db);
  manager = fake_peer_listen (bench.fake, "ptcp:7000");
  json = bench_run (
      &bench,
      "{'op':'insert','table':'Global','row':{'managers':['set',[['named-uuid','m'],['named-uuid','n']]]}},"
      "{'op':'insert','table':'Manager','uuid-name':'m','row':{'target':'tcp:10.0.0.1:7000','inactivity_"
      "probe':2000}},"
      "{'op':'insert','table':'Manager','uuid-name':'n','row':{'target':'ptcp:7001'}}");
  CHECK_JSON (json, "['uuid','uuid','uuid']");
  json_decref (json);
  fake_world_run (bench.fake, 0);
  CU_ASSERT_TRUE (fake_peer_is_connected (manager));
  fake_peer_send (manager, "{'id':1,'method':'list_dbs','params':[]}");
  EXPECT (manager, "{'error':null,'id':1,'result':['hardware_vtep','_Server']}");
  json = bench_run (
      &bench, "{'op':'select','table':'Manager','where':[],'columns':['target','is_connected','status']}");
  CHECK_JSON (
      json,
      "[{'rows':[{'is_connected':true,'status':['map',[['state','ACTIVE']]],'target':'tcp:10.0.0.1:7000'},"
      "{'is_connected':false,'status':['map',[['bound_port','7001']]],'target':'ptcp:7001'}]}]");
  json_decref (json);
  fake_world_run (bench.fake, 2 * NET_SEC);
  EXPECT (manager, "{'id':'echo','method':'echo','params':[]}");
  /* It goes away, and comes back within the backoff. */
  fake_peer_close (manager);
  fake_world_run (bench.fake, 0);
  CU_ASSERT_FALSE (fake_peer_is_connected (manager));
  fake_world_run (bench.fake, 1 * NET_SEC);
  CU_ASSERT_TRUE (fake_peer_is_connected (manager));
  json_decref (
      bench_run (&bench, "{'op':'update','table':'Global','where':[],'row':{'managers':['set',[]]}}"));
  fake_world_run (bench.fake, 0);
  CU_ASSERT_TRUE (fake_peer_is_closed (manager));
  fake_peer_free (manager);
  bench_end (&bench);
}

/* The one column of the manager with that target. */
#define STATUS(target, expected)                                                                             \
  do                                                                                                         \
    {                                                                                                        \
      json_t *rows = bench_run (&bench, "{'op':'select','table':'Manager','where':[['target','==','" target  \
                                        "']],'columns':['status']}");                                        \
      CHECK_JSON (rows, "[{'rows':[{'status':['map',[" expected "]]}]}]");                                   \
      json_decref (rows);                                                                                    \
    }                                                                                                        \
  while (0)

static void
manager_status (void)
{
  Bench bench;
  FakePeer *manager;

  bench_begin_vtep (&bench);
  bench_serve (&bench);
  ovsdb_server_follow_managers (bench.server, bench.db);
  ovsdb_server_refresh_managers (bench.server, 5 * NET_SEC);
  json_decref (bench_run (
      &bench,
      "{'op':'insert','table':'Global','row':{'managers':['set',[['named-uuid','m'],['named-uuid','n'],["
      "'named-uuid','o']]]}},"
      "{'op':'insert','table':'Manager','uuid-name':'m','row':{'target':'tcp:10.0.0.1:7000',"
      "'inactivity_probe':0}},"
      "{'op':'insert','table':'Manager','uuid-name':'n','row':{'target':'ptcp:','inactivity_probe':0}},"
      "{'op':'insert','table':'Manager','uuid-name':'o','row':{'target':'nonsense'}}"));
  fake_world_run (bench.fake, 0);
  STATUS ("tcp:10.0.0.1:7000", "['last_error','connection refused'],['state','BACKOFF']");
  STATUS ("nonsense", "['last_error','nonsense: not a target'],['state','VOID']");
  manager = fake_peer_listen (bench.fake, "ptcp:7000");
  fake_world_run (bench.fake, 12 * NET_SEC);
  STATUS ("tcp:10.0.0.1:7000",
          "['last_error','connection refused'],['sec_since_connect','10'],['state','ACTIVE']");
  fake_peer_free (manager);
  fake_world_run (bench.fake, 3 * NET_SEC);
  STATUS ("tcp:10.0.0.1:7000",
          "['last_error','connection refused'],['sec_since_connect','14'],['sec_since_disconnect','3'],"
          "['state','BACKOFF']");
  bench_end (&bench);
}

/* The port of "ptcp:" is 6640, where nobody else may listen. */
static void
listening_manager_status (void)
{
  Bench bench;
  FakePeer *first, *second;

  bench_begin_vtep (&bench);
  bench.server = ovsdb_server_new (fake_world (bench.fake));
  ovsdb_server_add_database (bench.server, bench.db);
  ovsdb_server_follow_managers (bench.server, bench.db);
  ovsdb_server_refresh_managers (bench.server, 5 * NET_SEC);
  json_decref (bench_run (&bench,
                          "{'op':'insert','table':'Global','row':{'managers':['named-uuid','m']}},"
                          "{'op':'insert','table':'Manager','uuid-name':'m','row':{'target':'ptcp:6640',"
                          "'inactivity_probe':0}}"));
  fake_world_run (bench.fake, 0);
  STATUS ("ptcp:6640", "['bound_port','6640']");
  first = fake_peer_dial (bench.fake, "tcp:127.0.0.1:6640");
  second = fake_peer_dial (bench.fake, "tcp:127.0.0.1:6640");
  fake_peer_send (second, "{'id':1,'method':'lock','params':['M']}");
  fake_peer_send (first, "{'id':1,'method':'lock','params':['L']}{'id':1,'method':'lock','params':['M']}"
                         "{'id':1,'method':'lock','params':['N']}");
  fake_world_run (bench.fake, 7 * NET_SEC);
  STATUS ("ptcp:6640",
          "['bound_port','6640'],['locks_held','L,N'],['locks_waiting','M'],['n_connections','2'],"
          "['sec_since_connect','5'],['state','ACTIVE']");
  fake_peer_free (first);
  fake_world_run (bench.fake, 5 * NET_SEC);
  STATUS ("ptcp:6640",
          "['bound_port','6640'],['locks_held','M'],['sec_since_connect','12'],['sec_since_disconnect',"
          "'5'],['state','ACTIVE']");
  fake_peer_free (second);
  bench_end (&bench);
}

static void
changed_in_place (void)
{
  BEGIN;
  FakePeer *manager = fake_peer_listen (bench.fake, "ptcp:7000"),
           *other = fake_peer_listen (bench.fake, "ptcp:7002");

  MANAGE ("tcp:10.0.0.1:7000", ",'inactivity_probe':60000");
  fake_world_run (bench.fake, 10 * NET_SEC);
  EXPECT_NOTHING (manager);
  RUN ("{'op':'update','table':'Manager','where':[],'row':{'inactivity_probe':3000,'max_backoff':2000}}");
  fake_world_run (bench.fake, 1 * NET_SEC);
  EXPECT (manager, "{'id':'echo','method':'echo','params':[]}");
  CU_ASSERT_FALSE (fake_peer_is_closed (manager));
  /* It does not answer; then the pauses between attempts are 1 s, 2 s, 2 s. */
  fake_world_run (bench.fake, 2 * NET_SEC);
  CU_ASSERT_TRUE (fake_peer_is_closed (manager));
  fake_world_cut (bench.fake, TRUE);
  fake_world_run (bench.fake, 4 * NET_SEC);
  fake_world_cut (bench.fake, FALSE);
  CU_ASSERT_FALSE (fake_peer_is_connected (manager));
  fake_world_run (bench.fake, 1 * NET_SEC);
  CU_ASSERT_TRUE (fake_peer_is_connected (manager));
  RUN ("{'op':'update','table':'Manager','where':[],'row':{'target':'tcp:10.0.0.1:7002'}}");
  fake_world_run (bench.fake, 0);
  CU_ASSERT_TRUE (fake_peer_is_closed (manager));
  CU_ASSERT_TRUE (fake_peer_is_connected (other));
  fake_peer_free (manager);
  fake_peer_free (other);
  bench_end (&bench);
}

static void
silent_manager (void)
{
  BEGIN;
  FakePeer *manager = fake_peer_listen (bench.fake, "ptcp:7000");

  ovsdb_server_refresh_managers (bench.server, 1 * NET_SEC);
  MANAGE ("tcp:10.0.0.1:7000", ",'inactivity_probe':4000");
  fake_world_run (bench.fake, 5 * NET_SEC);
  STATUS ("tcp:10.0.0.1:7000", "['sec_since_connect','5'],['state','IDLE']");
  fake_peer_send (manager, "{'id':'echo','result':[],'error':null}");
  fake_world_run (bench.fake, 1 * NET_SEC);
  STATUS ("tcp:10.0.0.1:7000", "['sec_since_connect','6'],['state','ACTIVE']");
  fake_peer_free (manager);
  bench_end (&bench);
}

static void
ports_left_out (void)
{
  static const char *const targets[] = { "ptcp:", "pssl", "ptcp::127.0.0.1" };
  BEGIN;

  for (guint i = 0; i < G_N_ELEMENTS (targets); i++)
    {
      g_autofree char *operations = g_strdup_printf (
          "{'op':'insert','table':'Manager','uuid-name':'m','row':{'target':'%s'}},"
          "{'op':'update','table':'Global','where':[],'row':{'managers':['named-uuid','m']}}",
          targets[i]);
      if (i == 0)
        RUN ("{'op':'insert','table':'Global','row':{}}");
      RUN (operations);
      fake_world_run (bench.fake, 0);
      FakePeer *peer = fake_peer_dial (bench.fake, "tcp:127.0.0.1:6640");
      CU_ASSERT_TRUE (fake_peer_is_connected (peer));
      fake_peer_free (peer);
    }
  RUN ("{'op':'update','table':'Manager','where':[],'row':{'target':'ptcp:0'}}");
  fake_world_run (bench.fake, 0);
  STATUS ("ptcp:0", "['bound_port','32768']");
  bench_end (&bench);
}

/* The second row has the place of the first until that one is gone. */
static void
place_becomes_free (void)
{
  BEGIN;
  FakePeer *squatter = fake_peer_listen (bench.fake, "ptcp:7001"), *peer;

  MANAGE ("ptcp:7001", "");
  STATUS ("ptcp:7001", "['last_error','ptcp:7001: cannot listen there'],['state','VOID']");
  fake_peer_free (squatter);
  fake_world_run (bench.fake, 8 * NET_SEC);
  STATUS ("ptcp:7001", "['bound_port','7001']");
  peer = fake_peer_dial (bench.fake, "tcp:127.0.0.1:7001");
  CU_ASSERT_TRUE (fake_peer_is_connected (peer));
  fake_peer_free (peer);
  bench_end (&bench);
}

static void
at_most_64 (void)
{
  BEGIN;
  g_autoptr (GString) operations
      = g_string_new ("{'op':'insert','table':'Global','row':{'managers':['set',[");

  for (guint i = 0; i < 70; i++)
    g_string_append_printf (operations, "%s['named-uuid','m%u']", i ? "," : "", i);
  g_string_append (operations, "]]}}");
  for (guint i = 0; i < 70; i++)
    g_string_append_printf (operations,
                            ",{'op':'insert','table':'Manager','uuid-name':'m%u','row':{'target':'ptcp:%u'}}",
                            i, 8000 + i);
  RUN (operations->str);
  fake_world_run (bench.fake, 0);
  CU_ASSERT_STRING_EQUAL (fake_world_last_warning (bench.fake),
                          "of 70 managers the first 64 are served; delete the rows of others");
  STATUS ("ptcp:8063", "['bound_port','8063']");
  STATUS ("ptcp:8064", "");
  /* One place becomes free. */
  RUN ("{'op':'update','table':'Global','where':[],'row':{'managers':['set',[]]}},"
       "{'op':'insert','table':'Manager','uuid-name':'m','row':{'target':'ptcp:8064'}},"
       "{'op':'mutate','table':'Global','where':[],'mutations':[['managers','insert',['named-uuid','m']]]}");
  fake_world_run (bench.fake, 0);
  STATUS ("ptcp:8064", "['bound_port','8064']");
  bench_end (&bench);
}

int
main (void)
{
  const TapTest tests[] = {
    { "the server dials and listens as the Manager table says, and writes back how it fares", managers },
    { "a manager's target is followed when it changes; probe and backoff take effect on the connection it "
      "has",
      changed_in_place },
    { "the status of managers says what ails them, and since when", manager_status },
    { "a listening manager's status tells its port, its connections and their locks",
      listening_manager_status },
    { "a manager that was asked whether it lives, and has not yet answered, is idle", silent_manager },
    { "a target without a port means 6640, and the status tells the port that the world chose",
      ports_left_out },
    { "a place that was taken is tried again", place_becomes_free },
    { "no more than 64 managers are served, and that is said", at_most_64 },
    { NULL, NULL },
  };
  return tap_main ("manager", tests);
}
