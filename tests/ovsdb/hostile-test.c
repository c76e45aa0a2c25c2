/* Hostile peers: what they do costs them an error or their connection, and the others are served meanwhile. */
#include "bench.h"
#include "tap.h"

#include <string.h>

#define TARGET "tcp:127.0.0.1:6640"

/* A server with tight limits, somebody honest, and somebody else. */
typedef struct
{
  Bench bench;
  FakePeer *honest, *peer;
} Scene;

static void
enter (Scene *scene, const OvsdbServerLimits *limits)
{
  bench_begin (&scene->bench);
  bench_serve (&scene->bench);
  ovsdb_server_set_limits (scene->bench.server, limits);
  scene->honest = fake_peer_dial (scene->bench.fake, TARGET);
  fake_peer_send (scene->honest, "{'id':0,'method':'echo','params':[]}");
  EXPECT (scene->honest, "{'error':null,'id':0,'result':[]}");
  scene->peer = fake_peer_dial (scene->bench.fake, TARGET);
}
#define ENTER(...)                                                                                           \
  Scene scene;                                                                                               \
  OvsdbServerLimits limits = ovsdb_server_default_limits;                                                    \
  __VA_ARGS__;                                                                                               \
  enter (&scene, &limits)

/* The honest one asks for the rows that there are. */
static void
is_served (Scene *scene, int line)
{
  fake_peer_send (scene->honest,
                  "{'id':1,'method':'transact','params':['T',{'op':'select','table':'W','where':[]}]}");
  check_message (__FILE__, line, scene->honest, "{'error':null,'id':1,'result':[{'rows':[]}]}");
  CU_ASSERT_FALSE (fake_peer_is_closed (scene->honest));
}

static void
leave (Scene *scene, int line)
{
  is_served (scene, line);
  fake_peer_free (scene->honest);
  fake_peer_free (scene->peer);
  bench_end (&scene->bench);
}
#define LEAVE leave (&scene, __LINE__)

#define ASK(request, answer)                                                                                 \
  do                                                                                                         \
    {                                                                                                        \
      fake_peer_send (scene.peer, request);                                                                  \
      EXPECT (scene.peer, answer);                                                                           \
    }                                                                                                        \
  while (0)
#define TRANSACT(operations, results)                                                                        \
  ASK ("{'id':2,'method':'transact','params':['T'," operations "]}",                                         \
       "{'error':null,'id':2,'result':" results "}")
#define LOSES_CONNECTION                                                                                     \
  fake_world_run (scene.bench.fake, 0);                                                                      \
  CU_ASSERT_TRUE (fake_peer_is_closed (scene.peer))

static void
run (Scene *scene, const char *operations)
{
  json_decref (bench_run (&scene->bench, operations));
}

/* ---- messages ---------------------------------------------------------------------------------------------------- */

static void
deep_nesting (void)
{
  ENTER ();
  g_autofree char *deep = g_strnfill (200, '[');
  fake_peer_send (scene.peer, deep);
  LOSES_CONNECTION;
  LEAVE;
}

/* Two bytes of text are forty of memory. */
static void
many_values (void)
{
  ENTER (limits.max_values = 10);
  ASK ("{'id':1,'method':'echo','params':[1,2,3,4,5,[]]}", "{'error':null,'id':1,'result':[1,2,3,4,5,[]]}");
  fake_peer_send (scene.peer, "{'id':1,'method':'echo','params':[1,2,3,4,5,[],7]}");
  LOSES_CONNECTION;
  LEAVE;
}

static void
endless_message (void)
{
  ENTER (limits.max_message_bytes = 2000);
  g_autofree char *part = g_strnfill (150, ' ');
  fake_peer_send (scene.peer, "{'id':1,'method':'echo','params':[");
  for (int i = 0; i < 13; i++)
    fake_peer_send (scene.peer, part);
  CU_ASSERT_FALSE (fake_peer_is_closed (scene.peer));
  fake_peer_send (scene.peer, part);
  LOSES_CONNECTION;
  LEAVE;
}

static void
one_byte_at_a_time (void)
{
  static const char request[] = "{'id':'slow','method':'list_dbs','params':[]}";
  ENTER ();
  for (gsize i = 0; i + 1 < sizeof request; i++)
    {
      fake_peer_send (scene.peer, (const char[]){ request[i], '\0' });
      fake_world_run (scene.bench.fake, 1 * NET_SEC);
      is_served (&scene, __LINE__);
    }
  EXPECT (scene.peer, "{'error':null,'id':'slow','result':['T','_Server']}");
  LEAVE;
}

static void
too_fast (void)
{
  ENTER (limits.max_messages_per_second = 5; limits.max_message_bytes = 2000);
  for (int i = 0; i < 7; i++)
    fake_peer_send (scene.peer, "{'id':1,'method':'echo','params':[]}");
  for (int i = 0; i < 5; i++)
    EXPECT (scene.peer, "{'error':null,'id':1,'result':[]}");
  EXPECT_NOTHING (scene.peer);
  is_served (&scene, __LINE__);
  fake_world_run (scene.bench.fake, 1 * NET_SEC);
  EXPECT (scene.peer, "{'error':null,'id':1,'result':[]}");
  EXPECT (scene.peer, "{'error':null,'id':1,'result':[]}");
  EXPECT_NOTHING (scene.peer);
  for (int i = 0; i < 70; i++)
    fake_peer_send (scene.peer, "{'id':1,'method':'echo','params':[]}");
  LOSES_CONNECTION;
  LEAVE;
}

/* ---- transactions ------------------------------------------------------------------------------------------------ */

static void
long_string (void)
{
  ENTER (limits.transaction.max_string_bytes = 7);
  TRANSACT ("{'op':'insert','table':'A','row':{'s':'1234567'}}", "['uuid']");
  TRANSACT ("{'op':'insert','table':'A','row':{'s':'12345678'}}", "['resources exhausted']");
  TRANSACT ("{'op':'update','table':'A','where':[],'row':{'m':['map',[['12345678',1]]]}}",
            "['resources exhausted']");
  TRANSACT ("{'op':'select','table':'A','where':[['s','!=','12345678']],'columns':['i']}",
            "['resources exhausted']");
  LEAVE;
}

static void
many_rows (void)
{
  ENTER (limits.transaction.max_rows = 3);
  TRANSACT ("{'op':'insert','table':'A','row':{}},{'op':'insert','table':'A','row':{'i':7}},"
            "{'op':'insert','table':'B','row':{'n':1}}",
            "['uuid','uuid','uuid']");
  TRANSACT ("{'op':'insert','table':'A','row':{}}", "['uuid','resources exhausted']");
  TRANSACT ("{'op':'insert','table':'A','row':{}},{'op':'delete','table':'A','where':[['i','==',7]]}",
            "['uuid',{'count':1}]");
  TRANSACT ("{'op':'update','table':'B','where':[],'row':{'n':2}}", "[{'count':1}]");
  /* Who lives in the same process is bound by the schema alone; and rows may always be taken away. */
  run (&scene, "{'op':'insert','table':'A','row':{}},{'op':'insert','table':'A','row':{}}");
  TRANSACT ("{'op':'delete','table':'B','where':[]}", "[{'count':1}]");
  TRANSACT ("{'op':'insert','table':'B','row':{'n':1}}", "['uuid','resources exhausted']");
  LEAVE;
}

static void
large_database (void)
{
  ENTER (limits.transaction.max_database_bytes = 2200);
  TRANSACT ("{'op':'insert','table':'A','row':{}}", "['uuid']");
  TRANSACT ("{'op':'update','table':'A','where':[],'row':{'m':['map',[['a',1],['b',2],['c',3],['d',4]]]}}",
            "[{'count':1}]");
  TRANSACT ("{'op':'insert','table':'A','row':{}},{'op':'insert','table':'A','row':{}},{'op':'insert','table'"
            ":'A','row':{}},"
            "{'op':'insert','table':'A','row':{}}",
            "['uuid','uuid','uuid','uuid','resources exhausted']");
  TRANSACT ("{'op':'delete','table':'A','where':[]}", "[{'count':1}]");
  TRANSACT ("{'op':'insert','table':'A','row':{}},{'op':'insert','table':'A','row':{}}", "['uuid','uuid']");
  LEAVE;
}

static void
a_small_message_changes_much (void)
{
  ENTER (limits.transaction.max_changed_bytes = 3000);
  for (int i = 0; i < 20; i++)
    run (&scene, "{'op':'insert','table':'A','row':{}}");
  TRANSACT ("{'op':'update','table':'A','where':[],'row':{'m':['map',[['abcdefghi',1],['bbcdefghi',1],['"
            "cbcdefghi',1],"
            "['dbcdefghi',1]]]}}",
            "[{'count':20},'resources exhausted']");
  TRANSACT ("{'op':'delete','table':'A','where':[]}", "[{'count':20}]");
  LEAVE;
}

static void
much_work (void)
{
  ENTER (limits.transaction.max_work = 1000);
  for (int i = 0; i < 100; i++)
    run (&scene, "{'op':'insert','table':'A','row':{}}");
#define SELECT "{'op':'select','table':'A','where':[['i','!=',0],['b','==',false]],'columns':['i']}"
  TRANSACT (SELECT "," SELECT, "[{'rows':[]},{'rows':[]}]");
  TRANSACT (SELECT "," SELECT "," SELECT "," SELECT, "[{'rows':[]},{'rows':[]},'resources exhausted',null]");
  TRANSACT ("{'op':'mutate','table':'A','where':[],'mutations':[['i','+=',1],['i','-=',1],['i','+=',1]]}",
            "[{'count':100}]");
  TRANSACT ("{'op':'mutate','table':'A','where':[],'mutations':[['i','+=',1],['i','-=',1],['i','+=',1],['i','"
            "+=',1]]}",
            "['resources exhausted']");
  TRANSACT ("{'op':'update','table':'A','where':[],'row':{'si':['set',[1,2,3,4]],'m':['map',[['a',1],['b',1],"
            "['c',1],"
            "['d',1],['e',1]]]}}",
            "['resources exhausted']");
  TRANSACT ("{'op':'wait','table':'B','where':[],'columns':['n'],'until':'!=','rows':[{},{},{},{},{},{},{},{}"
            ",{},{},{}]}",
            "['resources exhausted']");
  /* A row that is named by its uuid costs no walk. */
  run (&scene, "{'op':'insert','table':'A','uuid':'11111111-1111-1111-1111-111111111111','row':{'i':5}}");
  TRANSACT (
      "{'op':'select','table':'A','where':[['_uuid','==',['uuid','11111111-1111-1111-1111-111111111111']]],"
      "'columns':['i']}",
      "[{'rows':[{'i':5}]}]");
  LEAVE;
}

static void
long_results (void)
{
  ENTER (limits.transaction.max_reply_bytes = 500);
  for (int i = 0; i < 10; i++)
    run (&scene, "{'op':'insert','table':'A','row':{}}");
  TRANSACT ("{'op':'select','table':'A','where':[],'columns':['_uuid','i']}", "['resources exhausted']");
  TRANSACT ("{'op':'select','table':'A','where':[],'columns':['i']}", "[{'rows':[{'i':0}]}]");
  LEAVE;
}

/* ---- what a session may have ------------------------------------------------------------------------------------- */

static void
many_monitors (void)
{
  ENTER (limits.max_monitors = 2; limits.max_clauses = 5);
  g_autofree char *name = g_strnfill (2000, 'n'),
                  *request = g_strdup_printf ("{'id':1,'method':'monitor','params':['T','%s',{}]}", name);
  ASK (request, "{'error':'resources exhausted','id':1,'result':null}");
  ASK ("{'id':1,'method':'monitor_cond','params':['T',1,{'B':{'where':[['n','==',1],['n','==',2],['n','==',3]"
       "]}}]}",
       "{'error':'resources exhausted','id':1,'result':null}");
  ASK ("{'id':1,'method':'monitor_cond','params':['T',1,{'B':{'where':[['n','==',1],['n','==',2]]}}]}",
       "{'error':null,'id':1,'result':{}}");
  ASK ("{'id':1,'method':'monitor_cond','params':['T',2,{'B':{'where':[['n','==',1],['n','==',2]]}}]}",
       "{'error':'resources exhausted','id':1,'result':null}");
  ASK ("{'id':1,'method':'monitor_cond_change','params':[1,1,{'B':[{'where':[['n','==',1],['n','==',2],['n','"
       "==',3]]}]}]}",
       "{'error':'resources exhausted','id':1,'result':null}");
  ASK ("{'id':1,'method':'monitor_cond_change','params':[1,1,{'B':[{'where':[false]}]}]}",
       "{'error':null,'id':1,'result':{}}");
  ASK ("{'id':1,'method':'monitor','params':['T',2,{'B':{}}]}", "{'error':null,'id':1,'result':{}}");
  ASK ("{'id':1,'method':'monitor','params':['T',3,{'B':{}}]}",
       "{'error':'resources exhausted','id':1,'result':null}");
  ASK ("{'id':1,'method':'monitor_cancel','params':[1]}", "{'error':null,'id':1,'result':{}}");
  ASK ("{'id':1,'method':'monitor_cond','params':['T',3,{'B':{'where':[['n','==',1],['n','==',2]]}}]}",
       "{'error':null,'id':1,'result':{}}");
  LEAVE;
}

#define WAIT(id)                                                                                             \
  "{'id':" id                                                                                                \
  ",'method':'transact','params':['T',{'op':'wait','table':'B','where':[],'columns':['n'],'until':'==',"     \
  "'rows':[{'n':5}]}]}"

static void
many_waiting (void)
{
  ENTER (limits.max_waiting = 2);
  fake_peer_send (scene.peer, WAIT ("1"));
  fake_peer_send (scene.peer, WAIT ("2"));
  ASK (WAIT ("3"), "{'error':'resources exhausted','id':3,'result':null}");
  ASK ("{'id':null,'method':'cancel','params':[1]}", "{'error':'canceled','id':1,'result':null}");
  fake_peer_send (scene.peer, WAIT ("4"));
  EXPECT_NOTHING (scene.peer);
  run (&scene, "{'op':'insert','table':'B','row':{'n':5}}");
  EXPECT (scene.peer, "{'error':null,'id':2,'result':[{}]}");
  EXPECT (scene.peer, "{'error':null,'id':4,'result':[{}]}");
  LEAVE;
}

/* Each commit makes them try again, and each looks at many rows. */
static void
waiting_is_tried_in_turns (void)
{
  ENTER ();
  guint n_steps = 0;
  g_autoptr (GString) rows = g_string_new (NULL);
  for (int i = 0; i < 2000; i++)
    g_string_append_printf (rows, "%s{'op':'insert','table':'A','row':{}}", i ? "," : "");
  run (&scene, rows->str);
  for (int i = 0; i < 60; i++)
    {
      g_autofree char *wait = g_strdup_printf ("{'id':%d,'method':'transact','params':['T',{'op':'wait','"
                                               "table':'A','where':[['i','!=',0],['b','!=',true]],"
                                               "'columns':['i'],'until':'==','rows':[{'i':5}]}]}",
                                               i);
      fake_peer_send (scene.peer, wait);
    }
  run (&scene, "{'op':'insert','table':'B','row':{'n':5}}");
  while (fake_world_step (scene.bench.fake))
    n_steps++;
  /* 60 times 2000 rows times 5 (two clauses with an element each, and the row) is 600,000; a turn is 100,000. */
  CU_ASSERT_EQUAL (n_steps, 7);
  LEAVE;
}

static void
many_locks (void)
{
  ENTER (limits.max_locks = 2);
  g_autofree char *name = g_strnfill (2000, 'n'),
                  *request = g_strdup_printf ("{'id':1,'method':'lock','params':['%s']}", name);
  ASK (request, "{'error':'syntax error','id':1,'result':null}");
  ASK ("{'id':1,'method':'lock','params':['a']}", "{'error':null,'id':1,'result':{'locked':true}}");
  ASK ("{'id':1,'method':'steal','params':['b']}", "{'error':null,'id':1,'result':{'locked':true}}");
  ASK ("{'id':1,'method':'lock','params':['c']}", "{'error':'resources exhausted','id':1,'result':null}");
  ASK ("{'id':1,'method':'steal','params':['c']}", "{'error':'resources exhausted','id':1,'result':null}");
  ASK ("{'id':1,'method':'unlock','params':['a']}", "{'error':null,'id':1,'result':{}}");
  ASK ("{'id':1,'method':'lock','params':['c']}", "{'error':null,'id':1,'result':{'locked':true}}");
  LEAVE;
}

/* ---- who does not read, or does not end what it began -------------------------------------------------------------- */

static void
slow_reader (void)
{
  ENTER (limits.max_pending_bytes = 500);
  ASK ("{'id':1,'method':'monitor','params':['T',1,{'A':{}}]}", "{'error':null,'id':1,'result':{}}");
  CU_ASSERT_EQUAL (ovsdb_server_n_sessions (scene.bench.server), 2);
  fake_world_hold (scene.bench.fake, TRUE);
  for (int i = 0; i < 10; i++)
    {
      run (&scene, "{'op':'insert','table':'A','row':{}}");
      fake_world_run (scene.bench.fake, 0);
    }
  CU_ASSERT_EQUAL (ovsdb_server_n_sessions (scene.bench.server), 1);
  fake_world_hold (scene.bench.fake, FALSE);
  LEAVE;
}

/* A monitor of all rows, and so many updates before any of it is read. */
static void
send_monitor_and_inserts (Scene *scene, int id, int n)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_printf (text, "{'id':1,'method':'monitor','params':['T',%d,{'A':{}}]}", id);
  for (int i = 0; i < n; i++)
    g_string_append (text,
                     "{'id':2,'method':'transact','params':['T',{'op':'insert','table':'A','row':{}}]}");
  fake_peer_send (scene->peer, text->str);
  fake_world_run (scene->bench.fake, 0);
}

/* What comes while a peer reads a long answer may wait behind it, but not without bounds either. */
static void
long_first_answer (void)
{
  ENTER (limits.max_pending_bytes = 2000);
  for (int i = 0; i < 700; i++)
    run (&scene, "{'op':'insert','table':'A','row':{}}");
  send_monitor_and_inserts (&scene, 1, 3);
  CU_ASSERT_FALSE (fake_peer_is_closed (scene.peer));
  send_monitor_and_inserts (&scene, 2, 60);
  LOSES_CONNECTION;
  LEAVE;
}

/* Each within its own bounds, but all together not. */
static void
many_slow_readers (void)
{
  FakePeer *others[3];
  ENTER (limits.max_held_bytes = 4000);
  for (int i = 0; i < 3; i++)
    {
      others[i] = fake_peer_dial (scene.bench.fake, TARGET);
      fake_peer_send (others[i], "{'id':1,'method':'monitor','params':['T',1,{'A':{}}]}");
      EXPECT (others[i], "{'error':null,'id':1,'result':{}}");
    }
  ASK ("{'id':1,'method':'monitor','params':['T',1,{'B':{}}]}", "{'error':null,'id':1,'result':{}}");
  fake_world_hold (scene.bench.fake, TRUE);
  for (int i = 0; i < 20; i++)
    {
      run (&scene, "{'op':'insert','table':'A','row':{}}");
      fake_world_run (scene.bench.fake, 0);
    }
  CU_ASSERT_EQUAL (ovsdb_server_n_sessions (scene.bench.server), 2);
  fake_world_hold (scene.bench.fake, FALSE);
  fake_world_run (scene.bench.fake, 0);
  CU_ASSERT_FALSE (fake_peer_is_closed (scene.peer));
  for (int i = 0; i < 3; i++)
    fake_peer_free (others[i]);
  LEAVE;
}

static void
many_unfinished_messages (void)
{
  FakePeer *other;
  ENTER (limits.max_held_bytes = 200000);
  g_autofree char *part = g_strnfill (70000, ' ');
  other = fake_peer_dial (scene.bench.fake, TARGET);
  fake_peer_send (other, "[");
  fake_peer_send (other, part);
  fake_peer_send (scene.peer, "[");
  fake_peer_send (scene.peer, part);
  CU_ASSERT_FALSE (fake_peer_is_closed (scene.peer));
  fake_peer_send (scene.peer, part);
  LOSES_CONNECTION;
  CU_ASSERT_FALSE (fake_peer_is_closed (other));
  fake_peer_free (other);
  LEAVE;
}

static void
half_open (void)
{
  ENTER ();
  fake_world_run (scene.bench.fake, 5 * NET_SEC);
  EXPECT (scene.honest, "{'id':'echo','method':'echo','params':[]}");
  fake_peer_send (scene.honest, "{'id':'echo','result':[]}");
  CU_ASSERT_EQUAL (ovsdb_server_n_sessions (scene.bench.server), 2);
  fake_world_run (scene.bench.fake, 5 * NET_SEC);
  EXPECT (scene.honest, "{'id':'echo','method':'echo','params':[]}");
  CU_ASSERT_EQUAL (ovsdb_server_n_sessions (scene.bench.server), 1);
  LOSES_CONNECTION;
  LEAVE;
}

static void
many_connections (void)
{
  FakePeer *late, *later;
  ENTER (limits.max_sessions = 3);
  /* Who has said nothing makes room for who comes. */
  late = fake_peer_dial (scene.bench.fake, TARGET);
  later = fake_peer_dial (scene.bench.fake, TARGET);
  LOSES_CONNECTION;
  CU_ASSERT_FALSE (fake_peer_is_closed (late));
  CU_ASSERT_FALSE (fake_peer_is_closed (later));
  fake_peer_send (late, "{'id':1,'method':'echo','params':[]}");
  fake_peer_send (later, "{'id':1,'method':'echo','params':[]}");
  fake_peer_free (scene.peer);
  scene.peer = fake_peer_dial (scene.bench.fake, TARGET);
  LOSES_CONNECTION;
  CU_ASSERT_FALSE (fake_peer_is_closed (late));
  fake_peer_free (late);
  fake_peer_free (scene.peer);
  scene.peer = fake_peer_dial (scene.bench.fake, TARGET);
  CU_ASSERT_FALSE (fake_peer_is_closed (scene.peer));
  fake_peer_free (later);
  LEAVE;
}

int
main (void)
{
  const TapTest tests[] = {
    { "nesting has a limit", deep_nesting },
    { "the values of a message have a limit", many_values },
    { "a message has a limit, whether it ends or not", endless_message },
    { "who writes one byte at a time is answered, and holds nobody up", one_byte_at_a_time },
    { "who asks too fast waits for the next second, and who does not stop is given up", too_fast },
    { "a string has a limit", long_string },
    { "rows have a limit, and may always be taken away", many_rows },
    { "a database's bytes have a limit", large_database },
    { "a small message may not change very much", a_small_message_changes_much },
    { "a transaction may not look at very much", much_work },
    { "results have a limit", long_results },
    { "monitors, their clauses and their names have limits", many_monitors },
    { "waiting transactions have a limit", many_waiting },
    { "waiting transactions are tried in turns with everything else", waiting_is_tried_in_turns },
    { "locks and their names have limits", many_locks },
    { "a peer that does not read is given up", slow_reader },
    { "a long first answer may take its time, and what comes behind it is bounded", long_first_answer },
    { "of many that do not read the one goes for which most is held", many_slow_readers },
    { "of many that do not end what they say the one goes that said most", many_unfinished_messages },
    { "a half-open connection is asked, and given up", half_open },
    { "connections have a limit, and silent ones make room", many_connections },
    { NULL, NULL },
  };
  return tap_main ("hostile", tests);
}
