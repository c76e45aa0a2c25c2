/* A server's sessions: methods, monitors, locks, waiting transactions, limits. */
#include "serving.h"
#include "tap.h"

static void
methods (void)
{
  SERVE;
  ASK ("{'id':1,'method':'echo','params':[1,'x']}", "{'error':null,'id':1,'result':[1,'x']}");
  ASK ("{'id':[2],'method':'list_dbs','params':[]}", "{'error':null,'id':[2],'result':['T','_Server']}");
  ASK ("{'id':3,'method':'get_schema','params':['x']}", "{'error':'unknown database','id':3,'result':null}");
  ASK ("{'id':3,'method':'get_schema','params':['x','more']}",
       "{'error':'unknown database','id':3,'result':null}");
  ASK ("{'id':3,'method':'get_schema','params':[]}", "{'error':'syntax error','id':3,'result':null}");
  ASK ("{'id':4,'method':'frobnicate','params':[]}", "{'error':'unknown method','id':4,'result':null}");
  ASK ("{'id':5,'method':'set_db_change_aware','params':[true]}", "{'error':null,'id':5,'result':{}}");
  ASK ("{'id':6,'method':'get_server_id','params':[]}", "{'error':null,'id':6,'result':'U1'}");
  ASK ("{'id':7,'method':'transact','params':['T']}", "{'error':null,'id':7,'result':[]}");
  ASK ("{'id':7,'method':'transact','params':['X']}", "{'error':'unknown database','id':7,'result':null}");
  ASK ("{'id':8,'method':'transact','params':['_Server',{'op':'delete','table':'Database','where':[]}]}",
       "{'error':null,'id':8,'result':['not allowed']}");
  ASK ("{'id':8,'method':'transact','params':['_Server',{'op':'select','table':'Database','where':[['name','="
       "=','T']],'columns':['connected','model']}]}",
       "{'error':null,'id':8,'result':[{'rows':[{'connected':true,'model':'standalone'}]}]}");
  fake_peer_send (peer, "{'id':null,'method':'whatever','params':[]}");
  EXPECT_NOTHING (peer);
  DONE;
}

static void
split_and_joined (void)
{
  SERVE;
  fake_world_chop (bench.fake, 1);
  fake_peer_send (peer, " {'id':1,'method':'echo','params':['}\\\\']}\n{'id':2,'method':'echo','params':[]}");
  EXPECT (peer, "{'error':null,'id':1,'result':['}\\\\']}");
  EXPECT (peer, "{'error':null,'id':2,'result':[]}");
  DONE;
}

static void
malformed_ends_the_session (void)
{
  static const char *const texts[] = { "5",
                                       "]",
                                       "{'id':1,'method':'echo'}",
                                       "{'id':1,'method':5,'params':[]}",
                                       "{'id':1,'method':'echo','params':['\\u0000']}",
                                       "{'id':1,'method':'echo','params':['\\ud800']}",
                                       "{'id':1,'method':'echo','params':[01]}",
                                       "{'id':1,'method':'echo','params':[}]",
                                       "{'id':1,'method':'echo','params':[}",
                                       "[}",
                                       "{]",
                                       "[[],{}}",
                                       "[]" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      SERVE;
      FakePeer *other = fake_peer_dial (bench.fake, "tcp:127.0.0.1:6640");
      fake_peer_send (peer, texts[i]);
      fake_world_run (bench.fake, 0);
      CU_ASSERT_TRUE (fake_peer_is_closed (peer));
      fake_peer_send (other, "{'id':1,'method':'echo','params':[]}");
      EXPECT (other, "{'error':null,'id':1,'result':[]}");
      fake_peer_free (other);
      DONE;
    }
}

static void
monitor_old_and_new (void)
{
  SERVE;
  ASK ("{'id':1,'method':'monitor','params':['T',null,{'B':{'columns':['n','_uuid']},'A':[{'columns':['i'],'"
       "select':{'insert':false}},{'columns':['s'],'select':{'modify':false}}]}]}",
       "{'error':null,'id':1,'result':{}}");
  ASK ("{'id':2,'method':'monitor','params':['T',null,{'B':{}}]}",
       "{'error':'syntax error','id':2,'result':null}");
  fake_peer_send (peer, "{'id':3,'method':'transact','params':['T',{'op':'insert','table':'B','uuid':'" UUID
                        "','row':{'n':1}},"
                        "{'op':'insert','table':'A','row':{'s':'a'}}]}");
  EXPECT (peer, "{'id':null,'method':'update','params':[null,{'A':{'U1':{'new':{'s':'a'}}},'B':{'U2':{'new':{"
                "'_uuid':['uuid','U2'],'n':1}}}}]}");
  EXPECT (peer, "{'error':null,'id':3,'result':['uuid','uuid']}");
  fake_peer_send (
      peer, "{'id':4,'method':'transact','params':['T',{'op':'update','table':'B','where':[],'row':{'n':2}},"
            "{'op':'update','table':'A','where':[],'row':{'i':5,'s':'b'}}]}");
  EXPECT (peer, "{'id':null,'method':'update','params':[null,{'A':{'U1':{'new':{'i':5},'old':{'i':0}}},'B':{'"
                "U2':{'new':{'_uuid':['uuid','U2'],'n':2},'old':{'n':1}}}}]}");
  EXPECT (peer, "{'error':null,'id':4,'result':[{'count':1},{'count':1}]}");
  /* Nothing changed, and what changed is not shown. */
  ASK ("{'id':5,'method':'transact','params':['T',{'op':'update','table':'A','where':[],'row':{'i':5,'s':'c'}"
       "}]}",
       "{'error':null,'id':5,'result':[{'count':1}]}");
  ASK ("{'id':5,'method':'transact','params':['T',{'op':'insert','table':'C','row':{}}]}",
       "{'error':null,'id':5,'result':['uuid']}");
  fake_peer_send (peer, "{'id':6,'method':'transact','params':['T',{'op':'delete','table':'B','where':[]}]}");
  EXPECT (peer,
          "{'id':null,'method':'update','params':[null,{'B':{'U1':{'old':{'_uuid':['uuid','U1'],'n':2}}}}]}");
  EXPECT (peer, "{'error':null,'id':6,'result':[{'count':1}]}");
  ASK ("{'id':7,'method':'monitor_cancel','params':['x']}",
       "{'error':'unknown monitor','id':7,'result':null}");
  ASK ("{'id':7,'method':'monitor_cancel','params':[null]}", "{'error':null,'id':7,'result':{}}");
  ASK ("{'id':8,'method':'transact','params':['T',{'op':'insert','table':'B','row':{'n':1}}]}",
       "{'error':null,'id':8,'result':['uuid']}");
  DONE;
}

static void
monitor_conditional (void)
{
  SERVE;
  ASK ("{'id':1,'method':'monitor_cond','params':['T','c',{'B':{'columns':['n'],'where':[['n','>',3]]}}]}",
       "{'error':null,'id':1,'result':{}}");
  fake_peer_send (peer, "{'id':2,'method':'transact','params':['T',{'op':'insert','table':'B','row':{'n':2}},"
                        "{'op':'insert','table':'B','row':{'n':4}}]}");
  EXPECT (peer, "{'id':null,'method':'update2','params':['c',{'B':{'U1':{'insert':{'n':4}}}}]}");
  EXPECT (peer, "{'error':null,'id':2,'result':['uuid','uuid']}");
  fake_peer_send (peer, "{'id':3,'method':'transact','params':['T',{'op':'update','table':'B','where':[['n','"
                        "==',2]],'row':{'n':6}}]}");
  EXPECT (peer, "{'id':null,'method':'update2','params':['c',{'B':{'U1':{'insert':{'n':6}}}}]}");
  EXPECT (peer, "{'error':null,'id':3,'result':[{'count':1}]}");
  fake_peer_send (
      peer, "{'id':4,'method':'monitor_cond_change','params':['c','d',{'B':[{'where':[['n','<',5]]}]}]}");
  EXPECT (peer, "{'id':null,'method':'update2','params':['d',{'B':{'U1':{'delete':null}}}]}");
  EXPECT (peer, "{'error':null,'id':4,'result':{}}");
  ASK ("{'id':5,'method':'monitor_cond_change','params':['c','d',{'B':[{'where':[]}]}]}",
       "{'error':'syntax error','id':5,'result':null}");
  ASK ("{'id':6,'method':'monitor_cond_since','params':['T','s',{'B':[{'columns':['n']}]},'" UUID "']}",
       "{'error':null,'id':6,'result':[false,'U1',{'B':{'U2':{'initial':{'n':4}},'U3':{'initial':{'n':6}}}}]"
       "}");
  DONE;
}

static void
differences (void)
{
  SERVE;
  ASK (
      "{'id':1,'method':'monitor_cond_since','params':['T','s',{'A':[{'columns':['i','m','oi','si']}]},'" UUID
      "']}",
      "{'error':null,'id':1,'result':[false,'U1',{}]}");
  fake_peer_send (peer, "{'id':2,'method':'transact','params':['T',{'op':'insert','table':'A','row':{'i':1,'"
                        "m':['map',[['a',1],['b',2]]],'si':['set',[1,2]]}}]}");
  EXPECT (peer, "{'id':null,'method':'update3','params':['s','U1',{'A':{'U2':{'insert':{'i':1,'m':['map',[['"
                "a',1],['b',2]]],'si':['set',[1,2]]}}}}]}");
  EXPECT (peer, "{'error':null,'id':2,'result':['uuid']}");
  fake_peer_send (peer, "{'id':3,'method':'transact','params':['T',{'op':'update','table':'A','where':[],'"
                        "row':{'oi':4,'m':['map',[['a',2],['c',3]]],'si':['set',[2,3]]}}]}");
  EXPECT (peer, "{'id':null,'method':'update3','params':['s','U1',{'A':{'U2':{'modify':{'m':['map',[['a',2],["
                "'b',2],['c',3]]],'oi':4,'si':['set',[1,3]]}}}}]}");
  EXPECT (peer, "{'error':null,'id':3,'result':[{'count':1}]}");
  fake_peer_send (peer, "{'id':4,'method':'transact','params':['T',{'op':'update','table':'A','where':[],'"
                        "row':{'oi':['set',[]]}}]}");
  EXPECT (peer,
          "{'id':null,'method':'update3','params':['s','U1',{'A':{'U2':{'modify':{'oi':['set',[]]}}}}]}");
  EXPECT (peer, "{'error':null,'id':4,'result':[{'count':1}]}");
  fake_peer_send (peer, "{'id':5,'method':'transact','params':['T',{'op':'delete','table':'A','where':[]}]}");
  EXPECT (peer, "{'id':null,'method':'update3','params':['s','U1',{'A':{'U2':{'delete':null}}}]}");
  EXPECT (peer, "{'error':null,'id':5,'result':[{'count':1}]}");
  DONE;
}

static void
waiting_transactions (void)
{
  SERVE;
  json_t *results;
#define WAIT(id, more)                                                                                       \
  "{'id':" id ",'method':'transact','params':['T',{'op':'wait','table':'B','where':[],'columns':['n'],'"     \
  "until':'==','rows':[{'n':5}]" more "},{'op':'insert','table':'A','row':{}}]}"
  fake_peer_send (peer, WAIT ("6", ""));
  fake_peer_send (peer, "{'id':7,'method':'echo','params':[]}");
  EXPECT (peer, "{'error':null,'id':7,'result':[]}");
  fake_peer_send (peer, "{'id':null,'method':'cancel','params':[6]}");
  EXPECT (peer, "{'error':'canceled','id':6,'result':null}");
  fake_peer_send (peer, WAIT ("8", ",'timeout':100"));
  fake_world_run (bench.fake, 99 * NET_MSEC);
  EXPECT_NOTHING (peer);
  fake_world_run (bench.fake, 1 * NET_MSEC);
  EXPECT (peer, "{'error':null,'id':8,'result':['timed out',null]}");
  fake_peer_send (peer, WAIT ("9", ",'timeout':1000"));
  results = bench_run (&bench, "{'op':'insert','table':'B','row':{'n':5}}");
  json_decref (results);
  EXPECT (peer, "{'error':null,'id':9,'result':[{},'uuid']}");
  DONE;
}

static void
locks (void)
{
  SERVE;
  FakePeer *second = fake_peer_dial (bench.fake, "tcp:127.0.0.1:6640");
  ASK ("{'id':1,'method':'lock','params':['9 9']}", "{'error':'syntax error','id':1,'result':null}");
  ASK ("{'id':1,'method':'lock','params':['L']}", "{'error':null,'id':1,'result':{'locked':true}}");
  ASK ("{'id':1,'method':'lock','params':['L']}", "{'error':'syntax error','id':1,'result':null}");
  fake_peer_send (second, "{'id':1,'method':'lock','params':['L']}");
  EXPECT (second, "{'error':null,'id':1,'result':{'locked':false}}");
  fake_peer_send (second, "{'id':2,'method':'transact','params':['T',{'op':'assert','lock':'L'}]}");
  EXPECT (second, "{'error':null,'id':2,'result':['not owner']}");
  ASK ("{'id':2,'method':'transact','params':['T',{'op':'assert','lock':'L'}]}",
       "{'error':null,'id':2,'result':[{}]}");
  ASK ("{'id':3,'method':'unlock','params':['L']}", "{'error':null,'id':3,'result':{}}");
  EXPECT (second, "{'id':null,'method':'locked','params':['L']}");
  ASK ("{'id':3,'method':'unlock','params':['L']}", "{'error':'syntax error','id':3,'result':null}");
  ASK ("{'id':4,'method':'steal','params':['L']}", "{'error':null,'id':4,'result':{'locked':true}}");
  EXPECT (second, "{'id':null,'method':'stolen','params':['L']}");
  fake_peer_close (peer);
  EXPECT (second, "{'id':null,'method':'locked','params':['L']}");
  fake_peer_free (second);
  DONE;
}

static void
probe (void)
{
  SERVE;
  fake_world_run (bench.fake, 5 * NET_SEC);
  EXPECT (peer, "{'id':'echo','method':'echo','params':[]}");
  fake_peer_send (peer, "{'id':'echo','result':[]}");
  fake_world_run (bench.fake, 5 * NET_SEC);
  EXPECT (peer, "{'id':'echo','method':'echo','params':[]}");
  CU_ASSERT_FALSE (fake_peer_is_closed (peer));
  fake_world_run (bench.fake, 5 * NET_SEC);
  CU_ASSERT_TRUE (fake_peer_is_closed (peer));
  CU_ASSERT_EQUAL (ovsdb_server_n_sessions (bench.server), 0);
  DONE;
}

/* The peer takes one more piece of what it was sent. */
static void
read_piece (Bench *bench)
{
  fake_world_hold (bench->fake, FALSE);
  fake_world_step (bench->fake);
  fake_world_hold (bench->fake, TRUE);
}

static void
probe_of_a_reader (void)
{
  SERVE;
  fake_world_chop (bench.fake, 100);
  fake_world_hold (bench.fake, TRUE);
  fake_peer_send (peer, "{'id':1,'method':'get_schema','params':['T']}");
  read_piece (&bench);          /* the server takes the question; its answer of some kilobytes waits */
  for (guint i = 0; i < 5; i++) /* not a word for 25 s, five times as long as the server waits */
    {
      fake_world_run (bench.fake, 5 * NET_SEC);
      CU_ASSERT_EQUAL (ovsdb_server_n_sessions (bench.server), 1);
      read_piece (&bench);
    }
  fake_world_run (bench.fake, 5 * NET_SEC);
  CU_ASSERT_EQUAL (ovsdb_server_n_sessions (bench.server), 1);
  fake_world_run (bench.fake, 5 * NET_SEC); /* nor a byte read since the last time that it looked */
  CU_ASSERT_EQUAL (ovsdb_server_n_sessions (bench.server), 0);
  fake_world_hold (bench.fake, FALSE);
  fake_world_run (bench.fake, 0);
  CU_ASSERT_TRUE (fake_peer_is_closed (peer));
  DONE;
}

int
main (void)
{
  const TapTest tests[] = {
    { "each method answers, and an unknown one is answered with an error", methods },
    { "messages may be split and joined anywhere", split_and_joined },
    { "a malformed message costs its sender the connection, and nobody else anything",
      malformed_ends_the_session },
    { "a monitor tells old and new values of what it shows, before the writer's own reply",
      monitor_old_and_new },
    { "a conditional monitor shows rows as they come to match, and its condition may change",
      monitor_conditional },
    { "update3 tells differences: of sets, of maps, and new values of the rest", differences },
    { "a transaction whose wait does not hold blocks only itself, until it holds, times out, or is cancelled",
      waiting_transactions },
    { "locks go to who asked first, may be stolen, and come back", locks },
    { "a silent peer is asked, and given up when it does not answer", probe },
    { "reading counts as life: a peer that takes a long answer slowly is given up when it stops",
      probe_of_a_reader },
    { NULL, NULL },
  };
  return tap_main ("server", tests);
}
