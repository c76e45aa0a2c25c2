/* What clients in the field need of transactions.  Each test is one thing that a new server is likely to get wrong; what
 * they need of connections is in clients-test.c. */
#include "serving.h"
#include "tap.h"

static void
garbage (void)
{
  SERVE_VTEP;
#define INSERT_MCAST                                                                                         \
  "{'op':'insert','table':'Logical_Switch','uuid-name':'l','row':{'name':'ls'}},"                            \
  "{'op':'insert','table':'Physical_Locator','uuid-name':'p','row':{'encapsulation_type':'vxlan_over_ipv4'," \
  "'dst_ip':'10.0.0.1'}},{'op':'insert','table':'Physical_Locator_Set','uuid-name':'s','row':{'locators':"   \
  "['named-uuid','p']}},{'op':'insert','table':'Mcast_Macs_Remote','row':{'MAC':'unknown-dst',"              \
  "'logical_switch':['named-uuid','l'],'locator_set':['named-uuid','s']}}"
  ASK (TRANSACT ("1", "hardware_vtep", INSERT_MCAST), RESULT ("1", "['uuid','uuid','uuid','uuid']"));
  ASK ("{'id':2,'method':'monitor_cond','params':['hardware_vtep','m',{'Mcast_Macs_Remote':{'columns':[]},"
       "'Physical_Locator_Set':{'columns':[]},'Physical_Locator':{'columns':['dst_ip']}}]}",
       RESULT ("2",
               "{'Mcast_Macs_Remote':{'U1':{'initial':{}}},'Physical_Locator':{'U2':{'initial':{'dst_ip':"
               "'10.0.0.1'}}},'Physical_Locator_Set':{'U3':{'initial':{}}}}"));
  /* The set goes with the row, the locator with the set: in one update. */
  fake_peer_send (peer,
                  TRANSACT ("3", "hardware_vtep", "{'op':'delete','table':'Mcast_Macs_Remote','where':[]}"));
  EXPECT (peer, "{'id':null,'method':'update2','params':['m',{'Mcast_Macs_Remote':{'U1':{'delete':null}},"
                "'Physical_Locator':{'U2':{'delete':null}},'Physical_Locator_Set':{'U3':{'delete':null}}}]}");
  EXPECT (peer, RESULT ("3", "[{'count':1}]"));
  DONE;
}

/* A row that only a map's value holds, which holds another. */
static void
garbage_in_maps (void)
{
  SERVE;
  ASK (TRANSACT ("1", "T",
                 "{'op':'insert','table':'A','row':{'mc':['map',[[7,['named-uuid','c']]]]}},"
                 "{'op':'insert','table':'C','uuid-name':'c','row':{'n':1,'c':['named-uuid','d']}},"
                 "{'op':'insert','table':'C','uuid-name':'d','row':{'n':2}}"),
       RESULT ("1", "['uuid','uuid','uuid']"));
  ASK ("{'id':2,'method':'monitor','params':['T',0,{'C':{'columns':['n'],'select':{'initial':false}}}]}",
       RESULT ("2", "{}"));
  fake_peer_send (
      peer, TRANSACT ("3", "T", "{'op':'mutate','table':'A','where':[],'mutations':[['mc','delete',7]]}"));
  EXPECT (peer,
          "{'id':null,'method':'update','params':[0,{'C':{'U1':{'old':{'n':1}},'U2':{'old':{'n':2}}}}]}");
  EXPECT (peer, RESULT ("3", "[{'count':1}]"));
  DONE;
}

static void
checks_at_commit (void)
{
  SERVE_VTEP;
#define LOCATOR(ip)                                                                                          \
  "{'op':'insert','table':'Physical_Locator','uuid-name':'p','row':{'encapsulation_type':'vxlan_over_ipv4'," \
  "'dst_ip':'" ip "'}},{'op':'insert','table':'Arp_Sources_Remote','row':{'src_mac':'x','locator':["         \
  "'named-uuid','p']}}"
  ASK (TRANSACT ("1", "hardware_vtep", LOCATOR ("10.0.0.1")), RESULT ("1", "['uuid','uuid']"));
  /* One error more than there are operations. */
  ASK (TRANSACT ("2", "hardware_vtep", LOCATOR ("10.0.0.1")),
       RESULT ("2", "['uuid','uuid','constraint violation']"));
  ASK (TRANSACT ("3", "hardware_vtep",
                 "{'op':'insert','table':'Global','row':{}},{'op':'insert','table':'Global','row':{}}"),
       RESULT ("3", "['uuid','uuid','constraint violation']"));
  ASK (TRANSACT ("4", "hardware_vtep",
                 "{'op':'insert','table':'Arp_Sources_Remote','row':{'src_mac':'x','locator':['uuid','" UUID
                 "']}}"),
       RESULT ("4", "['uuid','referential integrity violation']"));
  ASK (TRANSACT ("5", "hardware_vtep",
                 "{'op':'insert','table':'Logical_Switch','row':{'name':'a'}},"
                 "{'op':'insert','table':'Logical_Switch','row':{'name':'b'}}"),
       RESULT ("5", "['uuid','uuid']"));
  /* Two rows swap what must be unique. */
  ASK (TRANSACT ("6", "hardware_vtep",
                 "{'op':'update','table':'Logical_Switch','where':[['name','==','a']],'row':{'name':'b',"
                 "'description':'was a'}},{'op':'update','table':'Logical_Switch','where':[['name','==','b'],"
                 "['description','==','']],'row':{'name':'a'}}"),
       RESULT ("6", "[{'count':1},{'count':1}]"));
  DONE;
}

static void
failures (void)
{
  SERVE;
#define AND_AFTER(id, operation, error)                                                                      \
  ASK (TRANSACT (id, "T",                                                                                    \
                 "{'op':'insert','table':'A','row':{}}," operation                                           \
                 ",{'op':'comment','comment':'never'},{'op':'insert','table':'A','row':{}}"),                \
       RESULT (id, "['uuid'," error ",null,null]"));                                                         \
  ASK (TRANSACT (id, "T", "{'op':'select','table':'A','where':[],'columns':['i']}"),                         \
       RESULT (id, "[{'rows':[]}]"))
  AND_AFTER ("1", "{'op':'insert','table':'A','row':{'nothing':1}}", "'unknown column'");
  AND_AFTER ("2",
             "{'op':'wait','timeout':0,'table':'A','where':[],'columns':['i'],'until':'==','rows':[{'i':8}]}",
             "'timed out'");
  AND_AFTER ("3", "{'op':'assert','lock':'L'}", "'not owner'");
  AND_AFTER ("4", "{'op':'abort'}", "'aborted'");
  DONE;
}

static void
waits (void)
{
  SERVE;
  FakePeer *other = fake_peer_dial (bench.fake, "tcp:127.0.0.1:6640"),
           *watcher = fake_peer_dial (bench.fake, "tcp:127.0.0.1:6640");
#define WAIT_FOR(n)                                                                                          \
  "{'op':'insert','table':'A','row':{'i':1}},{'op':'wait','table':'B','where':[],'columns':['n'],'until':'=" \
  "=',"                                                                                                      \
  "'rows':[{'n':" n "}]}"
  ASK_AS (watcher, "{'id':1,'method':'monitor','params':['T',0,{'A':{'columns':['i']}}]}",
          RESULT ("1", "{}"));
  fake_peer_send (peer, TRANSACT ("1", "T", WAIT_FOR ("5")));
  fake_peer_send (other, TRANSACT ("1", "T", WAIT_FOR ("5")));
  EXPECT_NOTHING (peer);
  ASK ("{'id':2,'method':'echo','params':[]}", RESULT ("2", "[]"));
  ASK (TRANSACT ("3", "T", "{'op':'select','table':'A','where':[],'columns':['i']}"),
       RESULT ("3", "[{'rows':[]}]"));
  /* The other goes; then what both waited for comes, and one row is made. */
  fake_peer_free (other);
  json_decref (bench_run (&bench, "{'op':'insert','table':'B','row':{'n':5}}"));
  EXPECT (watcher, "{'id':null,'method':'update','params':[0,{'A':{'U1':{'new':{'i':1}}}}]}");
  EXPECT_NOTHING (watcher);
  EXPECT (peer, RESULT ("1", "['uuid',{}]"));
  fake_peer_free (watcher);
  DONE;
}

static void
optimistic_locks (void)
{
  SERVE_VTEP;
#define IF_NAMED(name, then)                                                                                 \
  "{'op':'wait','timeout':0,'table':'Logical_Switch','where':[['_uuid','==',['uuid','" UUID                  \
  "']]],'columns':['name'],'until':'==','rows':[{'name':'" name "'}]}," then
#define DESCRIBE(text)                                                                                       \
  "{'op':'update','table':'Logical_Switch','where':[['_uuid','==',['uuid','" UUID                            \
  "']]],'row':{'description':'" text "'}}"
  ASK (TRANSACT ("1", "hardware_vtep",
                 "{'op':'insert','table':'Logical_Switch','uuid':'" UUID "','row':{'name':'blue'}}"),
       RESULT ("1", "['uuid']"));
  ASK (TRANSACT ("2", "hardware_vtep", IF_NAMED ("blue", DESCRIBE ("seen"))),
       RESULT ("2", "[{},{'count':1}]"));
  /* Somebody else has changed what was read: at once, and nothing is done. */
  ASK (TRANSACT ("3", "hardware_vtep", IF_NAMED ("red", DESCRIBE ("lost"))),
       RESULT ("3", "['timed out',null]"));
  ASK (TRANSACT ("4", "hardware_vtep",
                 "{'op':'select','table':'Logical_Switch','where':[],'columns':['description']}"),
       RESULT ("4", "[{'rows':[{'description':'seen'}]}]"));
  DONE;
}

static void
named_uuids (void)
{
  SERVE_VTEP;
  ASK (TRANSACT ("1", "hardware_vtep",
                 "{'op':'insert','table':'Logical_Switch','uuid':'" UUID "','row':{'name':'real'}}"),
       RESULT ("1", "['uuid']"));
  /* Before their definition, and as a map's value beside a real one. */
  ASK (TRANSACT ("2", "hardware_vtep",
                 "{'op':'insert','table':'Logical_Router','row':{'name':'r','switch_binding':['map',[['a',['"
                 "named-uuid',"
                 "'later']],['b',['uuid','" UUID
                 "']]]]}},{'op':'insert','table':'Logical_Switch','uuid-name':'later',"
                 "'row':{'name':'named'}}"),
       RESULT ("2", "['uuid','uuid']"));
  ASK (TRANSACT ("3", "hardware_vtep",
                 "{'op':'select','table':'Logical_Switch','where':[],'columns':['name']}"),
       RESULT ("3", "[{'rows':[{'name':'real'},{'name':'named'}]}]"));
  /* A set of one is its atom: written, read, and in a condition. */
  ASK (
      TRANSACT (
          "4", "hardware_vtep",
          "{'op':'update','table':'Logical_Switch','where':[['name','==',['set',['real']]]],'row':{"
          "'tunnel_key':['set',[5001]]}},{'op':'select','table':'Logical_Switch','where':[['tunnel_key','==',"
          "5001],['tunnel_key','==',['set',[5001]]]],'columns':['name','tunnel_key']}"),
      RESULT ("4", "[{'count':1},{'rows':[{'name':'real','tunnel_key':5001}]}]"));
  DONE;
}

static void
mutations (void)
{
  SERVE;
#define MUTATE(id, mutations)                                                                                \
  TRANSACT (id, "T", "{'op':'mutate','table':'A','where':[],'mutations':[" mutations "]}")
#define SEE(id, columns, row)                                                                                \
  ASK (TRANSACT (id, "T", "{'op':'select','table':'A','where':[],'columns':[" columns "]}"),                 \
       RESULT (id, "[{'rows':[" row "]}]"))
  ASK (TRANSACT (
           "1", "T",
           "{'op':'insert','table':'A','row':{'i':9223372036854775807,'m':['map',[['a',1],['b',2],['c',3]]],"
           "'si':['set',[1,2]]}}"),
       RESULT ("1", "['uuid']"));
  ASK (MUTATE ("2", "['m','insert',['map',[['a',9],['d',4]]]]"), RESULT ("2", "[{'count':1}]"));
  SEE ("3", "'m'", "{'m':['map',[['a',1],['b',2],['c',3],['d',4]]]}");
  /* By key; and by pair, which must match. */
  ASK (MUTATE ("4", "['m','delete',['set',['a','d']]],['m','delete',['map',[['b',2],['c',7]]]]"),
       RESULT ("4", "[{'count':1}]"));
  SEE ("5", "'m'", "{'m':['map',[['c',3]]]}");
  ASK (MUTATE ("6", "['i','+=',1]"), RESULT ("6", "['range error']"));
  ASK (MUTATE ("7", "['i','*=',2]"), RESULT ("7", "['range error']"));
  ASK (MUTATE ("8", "['i','/=',0]"), RESULT ("8", "['domain error']"));
  ASK (MUTATE ("9", "['i','%=',0]"), RESULT ("9", "['domain error']"));
  /* Two elements would become one. */
  ASK (MUTATE ("10", "['si','*=',0]"), RESULT ("10", "['constraint violation']"));
  SEE ("11", "'i','si'", "{'i':9223372036854775807,'si':['set',[1,2]]}");
  DONE;
}

static void
updates (void)
{
  SERVE;
  ASK (TRANSACT ("1", "T", "{'op':'insert','table':'A','row':{'i':1,'s':'a'}}"), RESULT ("1", "['uuid']"));
  ASK ("{'id':2,'method':'monitor','params':['T',0,{'A':{'columns':['i','s'],'select':{'initial':false}}}]}",
       RESULT ("2", "{}"));
  /* Before its own answer, once for the transaction, and "old" has the changed column only. */
  fake_peer_send (peer, TRANSACT ("3", "T",
                                  "{'op':'update','table':'A','where':[],'row':{'i':7}},"
                                  "{'op':'update','table':'A','where':[],'row':{'i':2}}"));
  EXPECT (peer,
          "{'id':null,'method':'update','params':[0,{'A':{'U1':{'new':{'i':2,'s':'a'},'old':{'i':1}}}}]}");
  EXPECT (peer, RESULT ("3", "[{'count':1},{'count':1}]"));
  ASK (TRANSACT ("4", "T", "{'op':'update','table':'A','where':[],'row':{'i':2}}"),
       RESULT ("4", "[{'count':1}]"));
  ASK (TRANSACT ("5", "T", "{'op':'update','table':'A','where':[],'row':{'b':true}}"),
       RESULT ("5", "[{'count':1}]"));
  ASK (
      TRANSACT (
          "6", "T",
          "{'op':'update','table':'A','where':[],'row':{'i':3}},{'op':'update','table':'A','where':[],'row':{"
          "'i':2}}"),
      RESULT ("6", "[{'count':1},{'count':1}]"));
  ASK (TRANSACT (
           "7", "T",
           "{'op':'insert','table':'A','row':{'i':9}},{'op':'delete','table':'A','where':[['i','==',9]]}"),
       RESULT ("7", "['uuid',{'count':1}]"));
  DONE;
}

static void
columns_with_rules (void)
{
  SERVE;
  g_autoptr (GError) error = NULL;

  ASK (TRANSACT (
           "1", "T",
           "{'op':'insert','table':'B','uuid-name':'b','row':{'n':1}},{'op':'insert','table':'A','row':{'w':["
           "'named-uuid','b'],'imm':'once'}}"),
       RESULT ("1", "['uuid','uuid']"));
  ASK ("{'id':2,'method':'monitor','params':['T',0,{'A':{'columns':['w'],'select':{'initial':false}}}]}",
       RESULT ("2", "{}"));
  fake_peer_send (peer, TRANSACT ("3", "T", "{'op':'delete','table':'B','where':[]}"));
  EXPECT (peer,
          "{'id':null,'method':'update','params':[0,{'A':{'U1':{'new':{'w':['set',[]]},'old':{'w':['uuid',"
          "'U2']}}}}]}");
  EXPECT (peer, RESULT ("3", "[{'count':1}]"));
  ASK (TRANSACT ("4", "T", "{'op':'update','table':'A','where':[],'row':{'imm':'once'}}"),
       RESULT ("4", "['constraint violation']"));
  fake_peer_free (peer);
  ovsdb_server_free (bench.server);
  bench.server = NULL;
  /* Kept over a restart, but for what is ephemeral. */
  for (guint i = 0; i < 2; i++)
    {
      json_t *rows;
      ovsdb_database_free (bench.db);
      bench.db = ovsdb_database_open (bench.schema, fake_world (bench.fake), "db", &error);
      CU_ASSERT_PTR_NOT_NULL_FATAL (bench.db);
      if (i == 0)
        json_decref (bench_run (&bench, "{'op':'insert','table':'A','row':{'s':'kept','eph':'lost'}}"));
      rows = bench_run (&bench, "{'op':'select','table':'A','where':[],'columns':['eph','s']}");
      CHECK_JSON (rows,
                  i == 0 ? "[{'rows':[{'eph':'lost','s':'kept'}]}]" : "[{'rows':[{'eph':'','s':'kept'}]}]");
      json_decref (rows);
    }
  bench_end (&bench);
}

int
main (void)
{
  const TapTest tests[] = {
    { "6: what nothing refers to any more goes with the commit, and is in the same update", garbage },
    { "6: and through a map's values, one after another", garbage_in_maps },
    { "7: indexes, maxRows and references are checked at commit, one error behind the results; keys may be "
      "swapped",
      checks_at_commit },
    { "8: behind a failed operation come nulls, and nothing is done", failures },
    { "9: a wait blocks only its own transaction, leaves no trace, and goes with its client", waits },
    { "9: a wait that is done or fails at once guards what was read", optimistic_locks },
    { "10: named uuids may come before their rows and beside real ones; a set of one is its atom",
      named_uuids },
    { "11: mutations of maps, and the errors of arithmetic", mutations },
    { "12: an update tells what changed, once, before the answer; and nothing when nothing did", updates },
    { "13: weak references vanish and that is told; immutable is immutable; ephemeral ends with the server",
      columns_with_rules },
    { NULL, NULL },
  };
  return tap_main ("clients-commit", tests);
}
