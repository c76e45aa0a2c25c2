/* Transactions against the schema of tests: what each operation does, refuses and answers. */
#include "bench.h"
#include "tap.h"

static void
check (Bench *bench, int line, const char *operations, const char *expected)
{
  json_t *results = bench_run (bench, operations);

  check_json (__FILE__, line, results, expected);
  json_decref (results);
}

#define CHECK(operations, expected) check (&bench, __LINE__, operations, expected)
#define BENCH                                                                                                \
  Bench bench;                                                                                               \
  bench_begin (&bench)

static void
insert_answers_uuid (void)
{
  BENCH;
  CHECK ("{'op':'insert','table':'A','row':{'i':1,'s':'abc','si':['set',[3,1,2]],'m':['map',[['b',2],['a',1]]"
         "]}}",
         "['uuid']");
  CHECK ("{'op':'select','table':'A','where':[],'columns':['i','s','si','m','oi','b','r']}",
         "[{'rows':[{'b':false,'i':1,'m':['map',[['a',1],['b',2]]],'oi':['set',[]],'r':0,'s':'abc','si':['"
         "set',[1,2,3]]}]}]");
  bench_end (&bench);
}

static void
constraints_are_checked (void)
{
  BENCH;
  CHECK ("{'op':'insert','table':'A','row':{'si':101}}", "['constraint violation']");
  CHECK ("{'op':'insert','table':'A','row':{'si':['set',[1,2,3,4,5,6]]}}", "['syntax error']");
  CHECK ("{'op':'insert','table':'A','row':{'e':'z'}}", "['constraint violation']");
  CHECK ("{'op':'insert','table':'A','row':{'s':'123456789'}}", "['constraint violation']");
  CHECK ("{'op':'insert','table':'A','row':{'s':'12345678'}}", "['uuid']");
  CHECK ("{'op':'insert','table':'A','row':{'i':'x'}}", "['syntax error']");
  CHECK ("{'op':'insert','table':'A','row':{'zz':1}}", "['unknown column']");
  CHECK ("{'op':'insert','table':'A','row':{'m':['map',[['a',1],['a',2]]]}}", "['ovsdb error']");
  CHECK ("{'op':'insert','table':'A','row':{'i':9223372036854775807}}", "['uuid']");
  CHECK ("{'op':'insert','table':'A','row':{'m':['set',[]]}}", "['syntax error']");
  bench_end (&bench);
}

static void
failure_undoes_all (void)
{
  BENCH;
  CHECK ("{'op':'insert','table':'B','row':{'n':1}}", "['uuid']");
  CHECK ("{'op':'update','table':'B','where':[],'row':{'n':5}},{'op':'delete','table':'B','where':[]},"
         "{'op':'insert','table':'A','row':{}},{'op':'abort'},{'op':'comment','comment':'x'}",
         "[{'count':1},{'count':1},'uuid','aborted',null]");
  CHECK ("{'op':'select','table':'B','where':[],'columns':['n']},{'op':'select','table':'A','where':[],'"
         "columns':['i']}",
         "[{'rows':[{'n':1}]},{'rows':[]}]");
  bench_end (&bench);
}

static void
indexes_at_commit (void)
{
  BENCH;
  CHECK ("{'op':'insert','table':'B','row':{'n':1}},{'op':'insert','table':'B','row':{'n':2}}",
         "['uuid','uuid']");
  CHECK ("{'op':'insert','table':'B','row':{'n':1}}", "['uuid','constraint violation']");
  CHECK ("{'op':'update','table':'B','where':[['n','==',1]],'row':{'n':9}},"
         "{'op':'update','table':'B','where':[['n','==',2]],'row':{'n':1}},"
         "{'op':'update','table':'B','where':[['n','==',9]],'row':{'n':2}}",
         "[{'count':1},{'count':1},{'count':1}]");
  CHECK ("{'op':'update','table':'B','where':[['n','==',1]],'row':{'n':2}}",
         "[{'count':1},'constraint violation']");
  CHECK ("{'op':'insert','table':'B','row':{'n':2}}", "['uuid','constraint violation']");
  CHECK ("{'op':'insert','table':'B','row':{'n':3}},{'op':'insert','table':'B','row':{'n':4}}",
         "['uuid','uuid','constraint violation']");
  CHECK ("{'op':'delete','table':'B','where':[['n','==',2]]},{'op':'insert','table':'B','row':{'n':2}}",
         "[{'count':1},'uuid']");
  bench_end (&bench);
}

static void
garbage_is_collected (void)
{
  BENCH;
  CHECK ("{'op':'insert','table':'C','row':{'n':1}}", "['uuid']");
  CHECK ("{'op':'select','table':'C','where':[],'columns':['n']}", "[{'rows':[]}]");
  CHECK ("{'op':'insert','table':'A','row':{'mc':['map',[[7,['named-uuid','a']]]]}},"
         "{'op':'insert','table':'C','uuid-name':'a','row':{'n':1,'c':['named-uuid','b']}},"
         "{'op':'insert','table':'C','uuid-name':'b','row':{'n':2,'c':['set',[['named-uuid','b']]]}}",
         "['uuid','uuid','uuid']");
  CHECK ("{'op':'select','table':'C','where':[],'columns':['n']}", "[{'rows':[{'n':1},{'n':2}]}]");
  CHECK ("{'op':'delete','table':'C','where':[['n','==',2]]}",
         "[{'count':1},'referential integrity violation']");
  CHECK ("{'op':'mutate','table':'A','where':[],'mutations':[['mc','delete',7]]},{'op':'select','table':'C','"
         "where':[],'columns':['n']}",
         "[{'count':1},{'rows':[{'n':1},{'n':2}]}]");
  CHECK ("{'op':'select','table':'C','where':[],'columns':['n']}", "[{'rows':[]}]");
  CHECK ("{'op':'insert','table':'A','row':{'st':['named-uuid','none']}}",
         "['uuid','referential integrity violation']");
  bench_end (&bench);
}

static void
weak_references_vanish (void)
{
  BENCH;
  CHECK ("{'op':'insert','table':'B','uuid-name':'b1','row':{'n':1}},{'op':'insert','table':'B','uuid-name':'"
         "b2','row':{'n':2}},"
         "{'op':'insert','table':'A','row':{'i':1,'w':['set',[['named-uuid','b1'],['named-uuid','b2'],['"
         "named-uuid','nobody']]]}},"
         "{'op':'insert','table':'W','row':{'w':['named-uuid','b1']}}",
         "['uuid','uuid','uuid','uuid']");
  CHECK ("{'op':'delete','table':'B','where':[['n','==',1]]}", "[{'count':1},'constraint violation']");
  CHECK ("{'op':'delete','table':'B','where':[['n','==',1]]},{'op':'delete','table':'W','where':[]}",
         "[{'count':1},{'count':1}]");
  CHECK ("{'op':'delete','table':'B','where':[['n','==',2]]}", "[{'count':1}]");
  CHECK ("{'op':'select','table':'A','where':[],'columns':['w']}", "[{'rows':[{'w':['set',[]]}]}]");
  CHECK ("{'op':'insert','table':'W','row':{}}", "['uuid','constraint violation']");
  bench_end (&bench);
}

static void
mutations (void)
{
  BENCH;
  CHECK ("{'op':'insert','table':'A','row':{'i':7,'si':['set',[1,2]],'m':['map',[['a',1]]],'r':1.5}}",
         "['uuid']");
  CHECK ("{'op':'mutate','table':'A','where':[],'mutations':[['i','+=',9223372036854775807]]}",
         "['range error']");
  CHECK ("{'op':'mutate','table':'A','where':[],'mutations':[['i','/=',0]]}", "['domain error']");
  CHECK ("{'op':'mutate','table':'A','where':[],'mutations':[['i','%=',4],['i','*=',-3],['r','-=',0.25]]}",
         "[{'count':1}]");
  CHECK ("{'op':'mutate','table':'A','where':[],'mutations':[['si','*=',0]]}", "['constraint violation']");
  CHECK ("{'op':'mutate','table':'A','where':[],'mutations':[['si','insert',['set',[3,4,5]]],['si','insert',"
         "6]]}",
         "['constraint violation']");
  CHECK ("{'op':'mutate','table':'A','where':[],'mutations':[['m','insert',['map',[['a',9],['b',2]]]]]}",
         "[{'count':1}]");
  CHECK ("{'op':'mutate','table':'A','where':[],'mutations':[['m','delete',['map',[['b',3]]]],['si','delete',"
         "1]]}",
         "[{'count':1}]");
  CHECK ("{'op':'select','table':'A','where':[],'columns':['i','m','r','si']}",
         "[{'rows':[{'i':-9,'m':['map',[['a',1],['b',2]]],'r':1.25,'si':2}]}]");
  CHECK ("{'op':'mutate','table':'A','where':[],'mutations':[['m','delete',['set',['a','b']]]]}",
         "[{'count':1}]");
  CHECK ("{'op':'mutate','table':'A','where':[],'mutations':[['imm','insert','x']]}",
         "['constraint violation']");
  CHECK ("{'op':'mutate','table':'A','where':[],'mutations':[['i','insert',1]]}", "['syntax error']");
  CHECK ("{'op':'mutate','table':'A','where':[],'mutations':[['i','^',1]]}", "['unknown mutator']");
  bench_end (&bench);
}

static void
conditions (void)
{
  BENCH;
  CHECK ("{'op':'insert','table':'A','row':{'i':1}},{'op':'insert','table':'A','row':{'i':2,'oi':5,'si':['"
         "set',[1,2]]}}",
         "['uuid','uuid']");
  CHECK ("{'op':'select','table':'A','where':[['oi','==',['set',[]]]],'columns':['i']}",
         "[{'rows':[{'i':1}]}]");
  CHECK ("{'op':'select','table':'A','where':[['oi','!=',5]],'columns':['i']}", "[{'rows':[{'i':1}]}]");
  CHECK ("{'op':'select','table':'A','where':[['oi','<',6]],'columns':['i']}", "[{'rows':[{'i':2}]}]");
  CHECK ("{'op':'select','table':'A','where':[['si','includes',['set',[2]]]],'columns':['i']}",
         "[{'rows':[{'i':2}]}]");
  CHECK ("{'op':'select','table':'A','where':[['si','excludes',2]],'columns':['i']}", "[{'rows':[{'i':1}]}]");
  CHECK ("{'op':'select','table':'A','where':[['si','<',5]],'columns':['i']}", "['syntax error']");
  CHECK ("{'op':'select','table':'A','where':[['i','~',5]],'columns':['i']}", "['unknown function']");
  CHECK ("{'op':'select','table':'A','where':[false],'columns':['i']}", "[{'rows':[]}]");
  CHECK ("{'op':'select','table':'A','where':[['i','>=',2],true],'columns':['i']}", "[{'rows':[{'i':2}]}]");
  /* Rows that look the same are shown once. */
  CHECK ("{'op':'select','table':'A','where':[],'columns':['b']}", "[{'rows':[{'b':false}]}]");
  bench_end (&bench);
}

static void
waits (void)
{
  BENCH;
  CHECK ("{'op':'insert','table':'A','row':{'i':1}},{'op':'insert','table':'A','row':{'i':1}}",
         "['uuid','uuid']");
  CHECK ("{'op':'wait','table':'A','where':[],'columns':['i'],'until':'==','rows':[{'i':1}],'timeout':0}",
         "[{}]");
  CHECK ("{'op':'wait','table':'A','where':[],'columns':['i'],'until':'!=','rows':[{'i':1}],'timeout':0},{'"
         "op':'abort'}",
         "['timed out',null]");
  CHECK ("{'op':'wait','table':'A','where':[],'columns':['i'],'until':'=','rows':[],'timeout':0}",
         "['syntax error']");
  bench_end (&bench);
}

static void
names_and_uuids (void)
{
  BENCH;
  CHECK ("{'op':'insert','table':'A','uuid-name':'a','row':{}},{'op':'insert','table':'A','uuid-name':'a','"
         "row':{}}",
         "['uuid','duplicate uuid-name']");
  CHECK ("{'op':'insert','table':'A','uuid':'11111111-1111-1111-1111-111111111111','row':{'imm':'q'}}",
         "['uuid']");
  CHECK ("{'op':'insert','table':'A','uuid':'11111111-1111-1111-1111-111111111111','row':{}}",
         "['duplicate uuid']");
  CHECK ("{'op':'delete','table':'A','where':[]},{'op':'insert','table':'A','uuid':'11111111-1111-1111-1111-"
         "111111111111','row':{}}",
         "[{'count':1},'duplicate uuid']");
  CHECK ("{'op':'update','table':'A','where':[],'row':{'imm':'q'}}", "['constraint violation']");
  CHECK ("{'op':'select','table':'A','where':[['_uuid','==',['uuid','11111111-1111-1111-1111-111111111111']]]"
         ",'columns':['imm']}",
         "[{'rows':[{'imm':'q'}]}]");
  bench_end (&bench);
}

static void
state_records (void)
{
  BENCH;
  fake_world_set_detail (bench.fake, TRUE);
  CHECK ("{'op':'insert','table':'B','uuid':'11111111-1111-1111-1111-111111111111','row':{'n':1}}",
         "['uuid']");
  CHECK ("{'op':'update','table':'B','where':[],'row':{'n':1}}", "[{'count':1}]");
  CHECK ("{'op':'update','table':'B','where':[],'row':{'n':2}}", "[{'count':1}]");
  CHECK ("{'op':'delete','table':'B','where':[]}", "[{'count':1}]");
  CU_ASSERT_STRING_EQUAL (fake_world_states (bench.fake),
                          "ovsdb/B insert 11111111-1111-1111-1111-111111111111 {\"n\":1}\n"
                          "ovsdb/B modify 11111111-1111-1111-1111-111111111111 {\"n\":2}\n"
                          "ovsdb/B delete 11111111-1111-1111-1111-111111111111 {\"n\":2}\n");
  bench_end (&bench);
}

int
main (void)
{
  const TapTest tests[] = {
    { "an insert answers the row's uuid, and a select reads it back in canonical order",
      insert_answers_uuid },
    { "a value outside its column's type or constraints is refused by the RFC's error",
      constraints_are_checked },
    { "a failed operation is followed by nulls and leaves nothing behind", failure_undoes_all },
    { "unique indexes and row limits are checked at commit, and two rows may swap keys", indexes_at_commit },
    { "rows of non-root tables go with their last strong reference, through maps and chains",
      garbage_is_collected },
    { "weak references vanish with their target unless the column may not be empty", weak_references_vanish },
    { "mutations compute exactly, refuse what is out of range, and keep the keys of maps", mutations },
    { "conditions compare sets, optional values and constants", conditions },
    { "a wait compares sets of rows", waits },
    { "uuids may be named, chosen, and are never used twice", names_and_uuids },
    { "each committed change of a row is a state record", state_records },
    { NULL, NULL },
  };
  return tap_main ("transact", tests);
}
