/* What clients in the field say and need: connections, monitors, locks, framing.  Each test is one thing that a new
 * server is likely to get wrong; what they need of transactions is in clients-commit-test.c. */
#include "serving.h"
#include "tap.h"

#include <string.h>

static void
opendaylights_monitor (void)
{
  SERVE_VTEP;
  /* One request object a table instead of an array of them, the column "_uuid", and any JSON as the id. */
  ASK ("{'id':'1','method':'monitor','params':['hardware_vtep',null,{'Logical_Switch':{'columns':['_uuid','"
       "name'],"
       "'select':{'initial':true,'insert':true,'delete':true,'modify':true}}}]}",
       RESULT ("'1'", "{}"));
  ASK ("{'id':'2','method':'monitor','params':['hardware_vtep',['a',2],{'Logical_Switch':{'columns':['name']}"
       "}]}",
       RESULT ("'2'", "{}"));
  fake_peer_send (
      peer, TRANSACT ("'3'", "hardware_vtep", "{'op':'insert','table':'Logical_Switch','row':{'name':'a'}}"));
  EXPECT (peer,
          "{'id':null,'method':'update','params':[null,{'Logical_Switch':{'U1':{'new':{'_uuid':['uuid','U1'],"
          "'name':'a'}}}}]}");
  EXPECT (peer,
          "{'id':null,'method':'update','params':[['a',2],{'Logical_Switch':{'U1':{'new':{'name':'a'}}}}]}");
  EXPECT (peer, RESULT ("'3'", "['uuid']"));
  ASK ("{'id':'4','method':'monitor_cancel','params':[['a',2]]}", RESULT ("'4'", "{}"));
  DONE;
}

/* text_of() sorts members but shows each: a missing one would be seen. */
static void
all_members (void)
{
  SERVE;
  ASK ("{'id':1,'method':'list_dbs','params':[]}", "{'error':null,'id':1,'result':['T','_Server']}");
  ASK ("{'id':2,'method':'get_schema','params':['none']}",
       "{'error':'unknown database','id':2,'result':null}");
  ASK ("{'id':3,'method':'monitor','params':['T','m',{'B':{'columns':['n']}}]}",
       "{'error':null,'id':3,'result':{}}");
  json_decref (bench_run (&bench, "{'op':'insert','table':'B','row':{'n':1}}"));
  EXPECT (peer, "{'id':null,'method':'update','params':['m',{'B':{'U1':{'new':{'n':1}}}}]}");
  DONE;
}

static void
echoes (void)
{
  SERVE;
  FakePeer *other = fake_peer_dial (bench.fake, "tcp:127.0.0.1:6640");

  for (guint i = 0; i < 3; i++)
    {
      fake_world_run (bench.fake, 5 * NET_SEC);
      EXPECT (peer, "{'id':'echo','method':'echo','params':[]}");
      EXPECT (other, "{'id':'echo','method':'echo','params':[]}");
      /* OpenDaylight answers without "error"; Open vSwitch's library with it. */
      fake_peer_send (peer, "{'id':'echo','result':[]}");
      fake_peer_send (other, "{'error':null,'id':'echo','result':[]}");
    }
  CU_ASSERT_FALSE (fake_peer_is_closed (peer));
  CU_ASSERT_FALSE (fake_peer_is_closed (other));
  ASK ("{'id':'9','method':'echo','params':['are you there']}", RESULT ("'9'", "['are you there']"));
  fake_peer_free (other);
  DONE;
}

static void
manager_rows (void)
{
  SERVE_VTEP;
  FakePeer *controller = fake_peer_listen (bench.fake, "ptcp:6653");

  ovsdb_server_follow_managers (bench.server, bench.db);
  ASK ("{'id':1,'method':'monitor','params':['hardware_vtep','m',{'Manager':{'columns':['is_connected','"
       "status']}}]}",
       RESULT ("1", "{}"));
  fake_peer_send (peer, TRANSACT ("2", "hardware_vtep",
                                  "{'op':'insert','table':'Global','row':{'managers':['named-uuid','m']}},"
                                  "{'op':'insert','table':'Manager','uuid-name':'m','row':{'target':"
                                  "'tcp:10.0.0.1:6653','inactivity_probe':2000,'max_backoff':3000}}"));
  EXPECT (peer, "{'id':null,'method':'update','params':['m',{'Manager':{'U1':{'new':{'is_connected':false,"
                "'status':['map',[]]}}}}]}");
  EXPECT (peer, RESULT ("2", "['uuid','uuid']"));
  EXPECT (peer,
          "{'id':null,'method':'update','params':['m',{'Manager':{'U1':{'new':{'is_connected':false,'status':"
          "['map',[['state','CONNECTING']]]},'old':{'status':['map',[]]}}}}]}");
  EXPECT (peer,
          "{'id':null,'method':'update','params':['m',{'Manager':{'U1':{'new':{'is_connected':true,'status':"
          "['map',[['state','ACTIVE']]]},'old':{'is_connected':false,'status':['map',[['state',"
          "'CONNECTING']]]}}}}]}");
  ASK_AS (controller, "{'id':1,'method':'list_dbs','params':[]}",
          RESULT ("1", "['hardware_vtep','_Server']"));
  /* It is silent for 2 s, and for 2 s more: it is left, and dialled again 1 s later. */
  fake_world_run (bench.fake, 2 * NET_SEC);
  EXPECT (controller, "{'id':'echo','method':'echo','params':[]}");
  fake_world_run (bench.fake, 2 * NET_SEC);
  CU_ASSERT_TRUE (fake_peer_is_closed (controller));
  EXPECT (peer,
          "{'id':null,'method':'update','params':['m',{'Manager':{'U1':{'new':{'is_connected':false,'status':"
          "['map',[['last_error','it does not answer'],['state','BACKOFF']]]},'old':{'is_connected':true,"
          "'status':['map',[['state','ACTIVE']]]}}}}]}");
  fake_world_run (bench.fake, 1 * NET_SEC);
  CU_ASSERT_TRUE (fake_peer_is_connected (controller));
  fake_peer_free (controller);
  DONE;
}

/* A database of the schema on the fake world's disk, served. */
static void
begin_stored (Bench *bench)
{
  g_autoptr (GError) error = NULL;

  bench->db = ovsdb_database_open (bench->schema, fake_world (bench->fake), "db", &error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (bench->db);
  bench_serve (bench);
}

static void
end_stored (Bench *bench)
{
  ovsdb_server_free (bench->server);
  ovsdb_database_free (bench->db);
  fake_world_run (bench->fake, 0);
}

static void
the_global_row (void)
{
  Bench bench;
  json_t *first, *second;
  FakePeer *peer;

  bench_begin_vtep (&bench);
  ovsdb_database_free (bench.db);
  begin_stored (&bench);
  json_decref (bench_run (&bench, "{'op':'insert','table':'Global','row':{}}"));
#define MONITOR_GLOBAL                                                                                       \
  "{'id':1,'method':'monitor','params':['hardware_vtep','m',{'Global':{'columns':['_uuid','managers']}}]}"
  peer = fake_peer_dial (bench.fake, "tcp:127.0.0.1:6640");
  fake_peer_send (peer, MONITOR_GLOBAL);
  first = fake_peer_take (peer);
  fake_peer_free (peer);
  end_stored (&bench);
  begin_stored (&bench);
  peer = fake_peer_dial (bench.fake, "tcp:127.0.0.1:6640");
  fake_peer_send (peer, MONITOR_GLOBAL);
  second = fake_peer_take (peer);
  CU_ASSERT_TRUE (json_equal (first, second));
  fake_peer_send (peer, MONITOR_GLOBAL);
  EXPECT (peer, REFUSED ("1", "'syntax error'")); /* the id is taken */
  ASK ("{'id':2,'method':'monitor','params':['hardware_vtep','n',{'Global':{'columns':['_uuid','managers']}}]"
       "}",
       RESULT ("2", "{'Global':{'U1':{'new':{'_uuid':['uuid','U1'],'managers':['set',[]]}}}}"));
  json_decref (first);
  json_decref (second);
  DONE;
}

static void
locks (void)
{
  SERVE;
  FakePeer *second = fake_peer_dial (bench.fake, "tcp:127.0.0.1:6640"),
           *third = fake_peer_dial (bench.fake, "tcp:127.0.0.1:6640");
#define LOCK(id, method) "{'id':" id ",'method':'" method "','params':['L']}"
  ASK ("{'id':1,'method':'lock','params':['no name']}", REFUSED ("1", "'syntax error'"));
  ASK (LOCK ("1", "lock"), RESULT ("1", "{'locked':true}"));
  ASK_AS (second, LOCK ("1", "lock"), RESULT ("1", "{'locked':false}"));
  ASK_AS (third, LOCK ("1", "lock"), RESULT ("1", "{'locked':false}"));
  ASK (LOCK ("2", "unlock"), RESULT ("2", "{}"));
  EXPECT (second, "{'id':null,'method':'locked','params':['L']}");
  EXPECT_NOTHING (third);
  /* Stolen, and back when the thief goes: before the one that waited longer. */
  ASK (LOCK ("3", "steal"), RESULT ("3", "{'locked':true}"));
  EXPECT (second, "{'id':null,'method':'stolen','params':['L']}");
  fake_peer_free (peer);
  EXPECT (second, "{'id':null,'method':'locked','params':['L']}");
  fake_peer_free (second);
  EXPECT (third, "{'id':null,'method':'locked','params':['L']}");
  fake_peer_free (third);
  bench_end (&bench);
}

static void
refusals_are_answers (void)
{
  SERVE;
  ASK ("{'id':1,'method':'get_server_uptime','params':[]}", REFUSED ("1", "'unknown method'"));
  ASK ("{'id':2,'method':'get_schema','params':['_Elsewhere']}", REFUSED ("2", "'unknown database'"));
  ASK ("{'id':3,'method':'monitor_cond_since','params':['_Elsewhere','m',{},'" UUID "']}",
       REFUSED ("3", "'unknown database'"));
  ASK ("{'id':5,'method':'echo','params':[]}", RESULT ("5", "[]"));
  DONE;
}

static void
framing (void)
{
  SERVE;
  FakePeer *deep = fake_peer_dial (bench.fake, "tcp:127.0.0.1:6640"),
           *slow = fake_peer_dial (bench.fake, "tcp:127.0.0.1:6640");
  g_autofree char *brackets = g_strnfill (200, '[');
  static const char *const wrong[] = { "{'id':1,'method':'echo','params':['\\u0000']}",
                                       "{'id':1,'method':'echo','params':['\\ud83d alone']}" };

  /* A byte at a time, two in one piece, brackets and quotes within strings. */
  fake_world_chop (bench.fake, 1);
  fake_peer_send (
      peer,
      "{'id':1,'method':'echo','params':['[{\\\\']}{'id':2,'method':'echo','params':['\\ud83d\\ude00']}");
  EXPECT (peer, RESULT ("1", "['[{\\\\']"));
  EXPECT (peer, RESULT ("2", "['\xf0\x9f\x98\x80']"));
  fake_world_chop (bench.fake, 0);
  /* Integers of 64 bits are exact; a string's length is in characters: eight of two bytes. */
  ASK (TRANSACT (
           "3", "T",
           "{'op':'insert','table':'A','row':{'i':-9223372036854775808,'s':'"
           "\\u00e4\\u00e4\\u00e4\\u00e4\\u00e4"
           "\\u00e4\\u00e4\\u00e4'}},{'op':'select','table':'A','where':[['i','==',-9223372036854775808]],"
           "'columns':['i']}"),
       RESULT ("3", "['uuid',{'rows':[{'i':-9223372036854775808}]}]"));
  ASK (TRANSACT ("4", "T", "{'op':'insert','table':'A','row':{'s':'123456789'}}"),
       RESULT ("4", "['constraint violation']"));
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      FakePeer *one = fake_peer_dial (bench.fake, "tcp:127.0.0.1:6640");
      fake_peer_send (one, wrong[i]);
      CU_ASSERT_TRUE (fake_peer_is_closed (one));
      fake_peer_free (one);
    }
  fake_peer_send (deep, brackets);
  CU_ASSERT_TRUE (fake_peer_is_closed (deep));
  /* Who reads nothing waits alone. */
  fake_peer_send (slow, "{'id':1,'method':'monitor','params':['T','m',{'A':{'columns':['i']}}]}");
  fake_world_hold (bench.fake, TRUE);
  json_decref (bench_run (&bench, "{'op':'update','table':'A','where':[],'row':{'i':5}}"));
  fake_world_hold (bench.fake, FALSE);
  ASK ("{'id':5,'method':'echo','params':[]}", RESULT ("5", "[]"));
  fake_peer_free (slow);
  fake_peer_free (deep);
  DONE;
}

/* The length of the next message. */
static gsize
length_of_next (FakePeer *peer)
{
  json_t *message = fake_peer_take (peer);
  gsize length = message ? strlen (text_of (message)) : G_MAXSIZE;

  json_decref (message);
  return length;
}

static void
opendaylights_limits (void)
{
  SERVE_VTEP;
  g_autoptr (GString) many = g_string_new ("{'op':'insert','table':'Logical_Switch','row':{'name':'first'}}");

  for (guint i = 0; i < 300; i++)
    g_string_append_printf (
        many, ",{'op':'insert','table':'Logical_Switch','row':{'name':'network-%u','tunnel_key':%u}}", i, i);
  json_decref (bench_run (&bench, many->str));
  /* No time passes here: an answer is there as soon as its request is, and after it nothing comes. */
  fake_peer_send (peer,
                  "{'id':'1','method':'monitor','params':['hardware_vtep',null,{'Logical_Switch':{'columns':["
                  "'_uuid','name','tunnel_key']}}]}");
  CU_ASSERT (length_of_next (peer) < 100000);
  fake_peer_send (peer,
                  TRANSACT ("'2'", "hardware_vtep",
                            "{'op':'update','table':'Logical_Switch','where':[['name','==','network-7']],"
                            "'row':{'name':'renamed'}}"));
  CU_ASSERT (length_of_next (peer) < 300);
  CU_ASSERT (length_of_next (peer) < 100);
  EXPECT_NOTHING (peer);
  DONE;
}

/* vtep-ctl's requests in its order, with the answers that it takes; clients-test.py has the tool itself. */
static void
vtep_ctls_first_words (void)
{
  SERVE_VTEP;
  json_t *message;

  ASK ("{'id':0,'method':'set_db_change_aware','params':[true]}", RESULT ("0", "{}"));
  fake_peer_send (peer, "{'id':1,'method':'get_schema','params':['_Server']}");
  message = fake_peer_take (peer);
  CU_ASSERT_STRING_EQUAL (json_string_value (json_object_get (json_object_get (message, "result"), "name")),
                          "_Server");
  json_decref (message);
  ASK ("{'id':2,'method':'monitor_cond','params':['_Server',['monid','_Server'],{'Database':[{'columns':['"
       "cid',"
       "'connected','index','leader','model','name','sid']}]}]}",
       RESULT ("2",
               "{'Database':{'U1':{'initial':{'connected':true,'leader':true,'model':'standalone','name':"
               "'_Server'}},'U2':{'initial':{'connected':true,'leader':true,'model':'standalone','name':"
               "'hardware_vtep'}}}}"));
  ASK (
      "{'id':3,'method':'monitor_cond_since','params':['hardware_vtep',['monid','hardware_vtep'],{'Global':[{"
      "'columns':['managers']}]},'00000000-0000-0000-0000-000000000000']}",
      RESULT ("3", "[false,'U1',{}]"));
  fake_peer_send (
      peer, TRANSACT ("4", "hardware_vtep",
                      "{'op':'insert','table':'Global','row':{}},{'op':'comment','comment':'vtep-ctl'}"));
  EXPECT (
      peer,
      "{'id':null,'method':'update3','params':[['monid','hardware_vtep'],'U1',{'Global':{'U2':{'insert':{}}"
      "}}]}");
  EXPECT (peer, RESULT ("4", "['uuid',{}]"));
  DONE;
}

int
main (void)
{
  const TapTest tests[] = {
    { "1: OpenDaylight's monitor has one request object a table, asks for _uuid, and any id does",
      opendaylights_monitor },
    { "2: an update has id null; an answer has both result and error", all_members },
    { "3: a silent client is asked by echo, and may answer without \"error\"", echoes },
    { "4: Manager rows are dialled with backoff, probed, and told their is_connected and status",
      manager_rows },
    { "5: the Global row is in the first reply, and keeps its uuid over a restart", the_global_row },
    { "14: locks go in the order of asking, are stolen and come back, and end with their holder", locks },
    { "15: an unknown method or database is answered with an error, and the session goes on",
      refusals_are_answers },
    { "16: messages come in any pieces; strings, numbers and nesting are exact and bounded", framing },
    { "17: answers come at once and are small, however many rows there are", opendaylights_limits },
    { "18: what vtep-ctl asks first is answered as it needs", vtep_ctls_first_words },
    { NULL, NULL },
  };
  return tap_main ("clients", tests);
}
