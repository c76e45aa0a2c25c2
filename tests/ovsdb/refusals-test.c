/* What operations, monitors and methods refuse, and with which of RFC 7047's errors. */
#include "serving.h"
#include "tap.h"

#define ROW "'row':{}"
#define U   "['uuid','" UUID "']"

typedef struct
{
  const char *ask, *answer;
} Pair;

static void
check_operations (const Pair *pairs, guint n)
{
  Bench bench;

  bench_begin (&bench);
  for (guint i = 0; i < n; i++)
    {
      json_t *results = bench_run (&bench, pairs[i].ask);
      check_json (pairs[i].ask, (int) i, results, pairs[i].answer);
      json_decref (results);
    }
  bench_end (&bench);
}

#define CHECK_OPERATIONS(pairs) check_operations (pairs, G_N_ELEMENTS (pairs))

/* ---- operations -------------------------------------------------------------------------------------------------- */

static void
members_are_checked (void)
{
  static const Pair pairs[] = {
    { "5", "['syntax error']" },
    { "{'table':'A'}", "['syntax error']" },
    { "{'op':'copy','table':'A'}", "['syntax error']" },
    { "{'op':'insert','table':5,'row':{}}", "['syntax error']" },
    { "{'op':'insert','table':'Z','row':{}}", "['syntax error']" },
    { "{'op':'insert','table':'A'}", "['syntax error']" },
    { "{'op':'insert','table':'A','row':[]}", "['syntax error']" },
    { "{'op':'insert','table':'A'," ROW ",'uuid-name':5}", "['syntax error']" },
    { "{'op':'insert','table':'A'," ROW ",'uuid-name':'1a'}", "['syntax error']" },
    { "{'op':'insert','table':'A'," ROW ",'uuid':'" UUID "0'}", "['syntax error']" },
    { "{'op':'insert','table':'A'," ROW ",'uuid':'11111111+1111-1111-1111-111111111111'}",
      "['syntax error']" },
    { "{'op':'insert','table':'A'," ROW ",'more':1}", "['syntax error']" },
    { "{'op':'update','table':'Z','where':[]," ROW "}", "['syntax error']" },
    { "{'op':'update','table':'A','where':[]}", "['syntax error']" },
    { "{'op':'update','table':'A','where':5," ROW "}", "['syntax error']" },
    { "{'op':'mutate','table':'Z','where':[],'mutations':[]}", "['syntax error']" },
    { "{'op':'mutate','table':'A','where':[]}", "['syntax error']" },
    { "{'op':'delete','table':'Z','where':[]}", "['syntax error']" },
    { "{'op':'delete','table':'A'}", "['syntax error']" },
    { "{'op':'select','table':'Z','where':[]}", "['syntax error']" },
    { "{'op':'select','table':'A'}", "['syntax error']" },
    { "{'op':'select','table':'A','where':[],'columns':5}", "['syntax error']" },
    { "{'op':'select','table':'A','where':[],'columns':[5]}", "['syntax error']" },
    { "{'op':'select','table':'A','where':[],'columns':['zz']}", "['syntax error']" },
    { "{'op':'comment'}", "['syntax error']" },
    { "{'op':'commit'}", "['syntax error']" },
    { "{'op':'commit','durable':1}", "['syntax error']" },
    { "{'op':'assert'}", "['syntax error']" },
    { "{'op':'assert','lock':'9'}", "['syntax error']" },
    { "{'op':'assert','lock':'mine'}", "['not owner']" },
  };
  CHECK_OPERATIONS (pairs);
}

static void
waits_are_checked (void)
{
#define WAIT(more) "{'op':'wait','table':'A','where':[],'timeout':0," more "}"
  static const Pair pairs[] = {
    { "{'op':'wait','table':'Z','where':[],'until':'==','rows':[],'columns':[]}", "['syntax error']" },
    { WAIT ("'until':'==','columns':['i']"), "['syntax error']" },
    { WAIT ("'until':'>','rows':[],'columns':['i']"), "['syntax error']" },
    { WAIT ("'until':'==','rows':[5],'columns':['i']"), "['syntax error']" },
    { WAIT ("'until':'==','rows':[{'zz':1}],'columns':['i']"), "['unknown column']" },
    { WAIT ("'until':'==','rows':[],'columns':['zz']"), "['syntax error']" },
    { WAIT ("'until':'==','rows':[{}],'columns':['i']"), "['timed out']" },
    { WAIT ("'until':'==','rows':[],'columns':['i']"), "[{}]" },
    { "{'op':'wait','table':'A','where':[],'until':'!=','rows':[],'columns':['i']}", "['timed out']" },
    { "{'op':'wait','table':'A','where':[],'timeout':5,'until':'!=','rows':[],'columns':['i']}",
      "['timed out']" },
    { "{'op':'insert','table':'A','row':{'i':4}}," WAIT ("'until':'!=','rows':[{'i':5}],'columns':['i']"),
      "['uuid',{}]" },
  };
  CHECK_OPERATIONS (pairs);
}

static void
values_are_checked (void)
{
#define INSERT(column, value) "{'op':'insert','table':'A','row':{'" column "':" value "}}"
  static const Pair pairs[] = {
    { INSERT ("i", "1.5"), "['syntax error']" },
    { INSERT ("b", "1"), "['syntax error']" },
    { INSERT ("r", "'x'"), "['syntax error']" },
    { INSERT ("s", "5"), "['syntax error']" },
    { INSERT ("u", "'x'"), "['syntax error']" },
    { INSERT ("u", "['uuid','x']"), "['syntax error']" },
    { INSERT ("u", "['uuid',5]"), "['syntax error']" },
    { INSERT ("u", "[5,'x']"), "['syntax error']" },
    { INSERT ("u", "['uuid','" UUID "','x']"), "['syntax error']" },
    { INSERT ("u", "['name','x']"), "['syntax error']" },
    { INSERT ("u", "['named-uuid','9']"), "['syntax error']" },
    { INSERT ("m", "5"), "['syntax error']" },
    { INSERT ("m", "['map',5]"), "['syntax error']" },
    { INSERT ("m", "['map',[],[]]"), "['syntax error']" },
    { INSERT ("m", "['map',[5]]"), "['syntax error']" },
    { INSERT ("m", "['map',[['a']]]"), "['syntax error']" },
    { INSERT ("m", "['map',[['a','b']]]"), "['syntax error']" },
    { INSERT ("si", "['set',5]"), "['syntax error']" },
    { INSERT ("si", "['set',[1,2,1]]"), "['ovsdb error']" },
    { INSERT ("oi", "['set',[1,2]]"), "['syntax error']" },
    { INSERT ("i", "['set',[]]"), "['syntax error']" },
    { INSERT ("i", "['set',[7]]"), "['uuid']" },
    { INSERT ("imm", "'once'"), "['uuid']" },
    { "{'op':'update','table':'A','where':[],'row':{'imm':'twice'}}", "['constraint violation']" },
    { "{'op':'update','table':'A','where':[],'row':{'_uuid':" U "}}", "['constraint violation']" },
  };
  CHECK_OPERATIONS (pairs);
}

static void
clauses_are_checked (void)
{
#define SELECT(where) "{'op':'select','table':'A','columns':['i'],'where':[" where "]}"
  static const Pair pairs[] = {
    { SELECT ("5"), "['syntax error']" },
    { SELECT ("['i','==']"), "['syntax error']" },
    { SELECT ("['i','==',1,2]"), "['syntax error']" },
    { SELECT ("[5,'==',1]"), "['syntax error']" },
    { SELECT ("['i',5,1]"), "['syntax error']" },
    { SELECT ("['zz','==',1]"), "['unknown column']" },
    { SELECT ("['i','like',1]"), "['unknown function']" },
    { SELECT ("['i','==','x']"), "['syntax error']" },
    { SELECT ("['s','<','x']"), "['syntax error']" },
    { SELECT ("['si','<',1]"), "['syntax error']" },
    { SELECT ("['oi','<',['set',[]]]"), "['syntax error']" },
    { SELECT ("false"), "[{'rows':[]}]" },
  };
  CHECK_OPERATIONS (pairs);
}

static void
mutations_are_checked (void)
{
#define MUTATE(mutation) "{'op':'mutate','table':'A','where':[],'mutations':[" mutation "]}"
  static const Pair pairs[] = {
    { MUTATE ("5"), "['syntax error']" },
    { MUTATE ("['i','+=']"), "['syntax error']" },
    { MUTATE ("['i','+=',1,2]"), "['syntax error']" },
    { MUTATE ("[5,'+=',1]"), "['syntax error']" },
    { MUTATE ("['i',5,1]"), "['syntax error']" },
    { MUTATE ("['zz','+=',1]"), "['unknown column']" },
    { MUTATE ("['i','^=',1]"), "['unknown mutator']" },
    { MUTATE ("['imm','insert','x']"), "['constraint violation']" },
    { MUTATE ("['s','+=',1]"), "['syntax error']" },
    { MUTATE ("['m','+=',1]"), "['syntax error']" },
    { MUTATE ("['r','%=',1]"), "['syntax error']" },
    { MUTATE ("['i','+=','x']"), "['syntax error']" },
    { MUTATE ("['i','insert',1]"), "['syntax error']" },
    { MUTATE ("['m','delete',5]"), "['syntax error']" },
  };
  CHECK_OPERATIONS (pairs);
}

static void
references_are_checked (void)
{
  static const Pair pairs[] = {
    /* A row of another table with the same uuid is not the row itself. */
    { "{'op':'insert','table':'A','uuid':'" UUID "','row':{'st':" U "}}",
      "['uuid','referential integrity violation']" },
    { "{'op':'insert','table':'A','row':{'st':" U "}}", "['uuid','referential integrity violation']" },
    { "{'op':'insert','table':'A','row':{'mc':['map',[[1," U "]]]}}",
      "['uuid','referential integrity violation']" },
    { "{'op':'insert','table':'A','row':{'st':['named-uuid','never']}}",
      "['uuid','referential integrity violation']" },
    { "{'op':'insert','table':'W','row':{'w':" U "}}", "['uuid','constraint violation']" },
    { "{'op':'insert','table':'A','row':{'w':" U "}}", "['uuid']" },
    { "{'op':'select','table':'A','where':[],'columns':['w']}", "[{'rows':[{'w':['set',[]]}]}]" },
  };
  CHECK_OPERATIONS (pairs);
}

/* ---- methods ------------------------------------------------------------------------------------------------------ */

static void
check_methods (const Pair *pairs, guint n)
{
  SERVE;
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *request = g_strdup_printf ("{'id':1,%s}", pairs[i].ask),
                      *answer = g_strdup_printf ("{'error':%s,'id':1,'result':null}", pairs[i].answer);
      fake_peer_send (peer, request);
      check_message (pairs[i].ask, (int) i, peer, answer);
    }
  ASK ("{'id':2,'method':'echo','params':[]}", "{'error':null,'id':2,'result':[]}");
  DONE;
}

#define CHECK_METHODS(pairs) check_methods (pairs, G_N_ELEMENTS (pairs))

static void
monitors_are_checked (void)
{
#define MONITOR(requests) "'method':'monitor','params':['T','m'," requests "]"
#define COND(requests)    "'method':'monitor_cond','params':['T','m'," requests "]"
  static const Pair pairs[] = {
    { "'method':'monitor','params':[]", "'syntax error'" },
    { "'method':'monitor','params':['T','m']", "'syntax error'" },
    { "'method':'monitor','params':['X','m',{}]", "'unknown database'" },
    { MONITOR ("5"), "'syntax error'" },
    { MONITOR ("{'Z':{}}"), "'syntax error'" },
    { MONITOR ("{'A':5}"), "'syntax error'" },
    { MONITOR ("{'A':[5]}"), "'syntax error'" },
    { MONITOR ("{'A':{'columns':5}}"), "'syntax error'" },
    { MONITOR ("{'A':{'columns':[5]}}"), "'syntax error'" },
    { MONITOR ("{'A':{'columns':['zz']}}"), "'syntax error'" },
    { MONITOR ("{'A':{'columns':['i','i']}}"), "'syntax error'" },
    { MONITOR ("{'A':[{},{}]}"), "'syntax error'" },
    { MONITOR ("{'A':{'select':5}}"), "'syntax error'" },
    { MONITOR ("{'A':{'select':{'initial':5}}}"), "'syntax error'" },
    { MONITOR ("{'A':{'select':{'first':true}}}"), "'syntax error'" },
    { MONITOR ("{'A':{'where':[]}}"), "'syntax error'" },
    { COND ("{'A':{'where':5}}"), "'syntax error'" },
    { COND ("{'A':{'where':[5]}}"), "'syntax error'" },
    { COND ("{'A':{'where':[['zz','==',1]]}}"), "'unknown column'" },
    { "'method':'monitor_cond_since','params':['T','m',{}]", "'syntax error'" },
    { "'method':'monitor_cond_change','params':[]", "'syntax error'" },
    { "'method':'monitor_cond_change','params':['m','m',{}]", "'syntax error'" },
    { "'method':'monitor_cancel','params':[]", "'invalid parameters'" },
    { "'method':'monitor_cancel','params':['m','m']", "'invalid parameters'" },
    { "'method':'monitor_cancel','params':['m']", "'unknown monitor'" },
  };
  CHECK_METHODS (pairs);
}

static void
changes_of_conditions_are_checked (void)
{
#define CHANGE(params) "{'id':1,'method':'monitor_cond_change','params':[" params "]}"
#define WRONG          "{'error':'syntax error','id':1,'result':null}"
  SERVE;
  ASK ("{'id':1,'method':'monitor_cond','params':['T','m',{'B':{'columns':['n'],'where':[['n','==',1]]}}]}",
       "{'error':null,'id':1,'result':{}}");
  ASK ("{'id':1,'method':'monitor','params':['T','old',{'B':{}}]}", "{'error':null,'id':1,'result':{}}");
  ASK ("{'id':1,'method':'monitor_cond','params':['T','other',{'B':{}}]}",
       "{'error':null,'id':1,'result':{}}");
  ASK (CHANGE ("'m','m',5"), WRONG);
  ASK (CHANGE ("'m','m',{'Z':{'where':[]}}"), WRONG);
  ASK (CHANGE ("'m','m',{'A':{'where':[]}}"), WRONG); /* not monitored */
  ASK (CHANGE ("'m','m',{'B':5}"), WRONG);
  ASK (CHANGE ("'m','m',{'B':[{}]}"), WRONG);
  ASK (CHANGE ("'m','m',{'B':{'where':[5]}}"), WRONG);
  ASK (CHANGE ("'m','m'"), WRONG);
  ASK (CHANGE ("'m','other',{}"), WRONG);
  ASK (CHANGE ("'old','old',{}"), WRONG);
  /* None of these changed anything. */
  json_decref (bench_run (&bench, "{'op':'insert','table':'B','uuid':'" UUID "','row':{'n':1}}"));
  fake_world_run (bench.fake, 0);
  EXPECT (peer, "{'id':null,'method':'update2','params':['m',{'B':{'U1':{'insert':{'n':1}}}}]}");
  DONE;
}

static void
parameters_are_checked (void)
{
  static const Pair pairs[] = {
    { "'method':'transact','params':[]", "'syntax error'" },
    { "'method':'transact','params':[5]", "'syntax error'" },
    { "'method':'get_schema','params':[5]", "'syntax error'" },
    { "'method':'set_db_change_aware','params':[]", "'syntax error'" },
    { "'method':'set_db_change_aware','params':[5]", "'syntax error'" },
    { "'method':'set_db_change_aware','params':[true,true]", "'syntax error'" },
    { "'method':'lock','params':[]", "'syntax error'" },
    { "'method':'lock','params':[5]", "'syntax error'" },
    { "'method':'lock','params':['9']", "'syntax error'" },
    { "'method':'lock','params':['a','b']", "'syntax error'" },
    { "'method':'steal','params':['9']", "'syntax error'" },
    { "'method':'unlock','params':['9']", "'syntax error'" },
    { "'method':'unlock','params':['never_taken']", "'syntax error'" },
    { "'method':'cancel','params':[1]", "'unknown method'" },
  };
  CHECK_METHODS (pairs);
}

static void
values_are_utf_8 (void)
{
  SERVE;
  ASK (TRANSACT ("1", "T", "{'op':'insert','table':'A','row':{'s':'\xff'}}"),
       RESULT ("1", "['constraint violation']"));
  ASK (TRANSACT ("2", "T", "{'op':'insert','table':'A','row':{'s':'\xc3\xa4'}}"), RESULT ("2", "['uuid']"));
  DONE;
}

static void
senseless_messages_are_ignored (void)
{
  static const char *const texts[] = {
    "{'id':null,'method':'cancel','params':[]}",
    "{'id':null,'method':'cancel','params':[77]}",
    "{'id':null,'method':'transact','params':['T']}",
    "{'id':77,'result':[],'error':null}",
  };

  SERVE;
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    fake_peer_send (peer, texts[i]);
  EXPECT_NOTHING (peer);
  ASK ("{'id':2,'method':'echo','params':[]}", "{'error':null,'id':2,'result':[]}");
  DONE;
}

int
main (void)
{
  const TapTest tests[] = {
    { "an operation has the members that it needs, of their kinds, and no others", members_are_checked },
    { "a wait is checked before it waits, and fails at once where nobody can wait", waits_are_checked },
    { "a value has its column's shape", values_are_checked },
    { "a clause is column, function and a fitting argument", clauses_are_checked },
    { "a mutation is column, mutator and a fitting argument", mutations_are_checked },
    { "a strong reference leads to a row of its table, a weak one does or goes", references_are_checked },
    { "a monitor names tables and columns that there are, each column once", monitors_are_checked },
    { "a change of conditions is made whole or not at all", changes_of_conditions_are_checked },
    { "a method has the parameters that it takes", parameters_are_checked },
    { "a string that is not UTF-8 is refused where it would become a value", values_are_utf_8 },
    { "a reply that nobody waits for and a cancel of nothing are ignored", senseless_messages_are_ignored },
    { NULL, NULL },
  };
  return tap_main ("refusals", tests);
}
