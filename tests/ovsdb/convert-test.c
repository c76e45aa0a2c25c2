/* convert: a database gets another schema while clients look at it. */
#include "serving.h"
#include "tap.h"

#include <string.h>

/* A has a column more and lost most of what it had; B is as it was, without its bound; W and C are gone. */
#define NEW_SCHEMA                                                                                           \
  "{'name':'T','version':'2.0.0','tables':{'A':{'isRoot':true,'columns':{'i':{'type':'integer'},'new':{"     \
  "'type':'string'}}},'B':{'isRoot':true,'columns':{'n':{'type':'integer'}},'indexes':[['n']]}}}"
#define CONVERT(id, schema) "{'id':" id ",'method':'convert','params':['T'," schema "]}"

static void
clients_meanwhile (void)
{
  SERVE;
  FakePeer *aware = fake_peer_dial (bench.fake, "tcp:127.0.0.1:6640"),
           *unaware = fake_peer_dial (bench.fake, "tcp:127.0.0.1:6640");

  ovsdb_server_let_convert (bench.server, bench.db);
  json_decref (bench_run (&bench, "{'op':'insert','table':'A','row':{'i':5,'s':'old'}},"
                                  "{'op':'insert','table':'B','row':{'n':1}}"));
  ASK_AS (aware, "{'id':1,'method':'set_db_change_aware','params':[true]}", RESULT ("1", "{}"));
  ASK_AS (
      aware,
      "{'id':2,'method':'monitor','params':['T',['m',1],{'A':{'columns':['s'],'select':{'initial':false}}}]}",
      RESULT ("2", "{}"));
  ASK_AS (aware,
          "{'id':3,'method':'monitor','params':['_Server','s',{'Database':{'columns':['name'],'select':{"
          "'initial':false}}}]}",
          RESULT ("3", "{}"));
  fake_peer_send (
      aware, TRANSACT ("4", "T",
                       "{'op':'wait','table':'B','where':[],'columns':['n'],'until':'==','rows':[{'n':2}]},"
                       "{'op':'select','table':'C','where':[]}"));
  ASK_AS (unaware,
          "{'id':1,'method':'monitor','params':['T','m',{'B':{'columns':['n'],'select':{'initial':false}}}]}",
          RESULT ("1", "{}"));
  /* Who asks is answered, even if it must connect again. */
  ASK (CONVERT ("1", NEW_SCHEMA), RESULT ("1", "{}"));
  CU_ASSERT_TRUE (fake_peer_is_closed (peer));
  CU_ASSERT_TRUE (fake_peer_is_closed (unaware));
  EXPECT (aware, "{'id':null,'method':'monitor_canceled','params':[['m',1]]}");
  ASK_AS (aware, TRANSACT ("5", "T", "{'op':'select','table':'A','where':[],'columns':['i','new']}"),
          RESULT ("5", "[{'rows':[{'i':5,'new':''}]}]"));
  /* What waited meets the new schema. */
  fake_peer_send (aware, TRANSACT ("6", "T", "{'op':'update','table':'B','where':[],'row':{'n':2}}"));
  EXPECT (aware, RESULT ("6", "[{'count':1}]"));
  EXPECT (aware, RESULT ("4", "[{},'syntax error']"));
  fake_peer_free (aware);
  fake_peer_free (unaware);
  DONE;
}

static void
refused (void)
{
  SERVE;

  ASK (CONVERT ("1", NEW_SCHEMA), REFUSED ("1", "'not allowed'"));
  ovsdb_server_let_convert (bench.server, bench.db);
  ASK ("{'id':2,'method':'convert','params':['T']}", REFUSED ("2", "'syntax error'"));
  ASK ("{'id':3,'method':'convert','params':['X'," NEW_SCHEMA "]}", REFUSED ("3", "'unknown database'"));
  ASK ("{'id':4,'method':'convert','params':['_Server'," NEW_SCHEMA "]}", REFUSED ("4", "'syntax error'"));
  ASK (CONVERT ("5", "{'name':'T'}"), REFUSED ("5", "'syntax error'"));
  json_decref (bench_run (&bench, "{'op':'insert','table':'A','row':{'i':5}}"));
  ASK (CONVERT ("6", "{'name':'T','version':'2.0.0','tables':{'A':{'columns':{'i':{'type':'string'}}}}}"),
       REFUSED ("6", "'syntax error'"));
  ASK (
      CONVERT ("7",
               "{'name':'T','version':'2.0.0','tables':{'A':{'columns':{'i':{'type':{'key':{'type':'integer',"
               "'maxInteger':4}}}}}}}"),
      REFUSED ("7", "'constraint violation'"));
  ASK (TRANSACT ("8", "T", "{'op':'select','table':'A','where':[],'columns':['i','oi']}"),
       RESULT ("8", "[{'rows':[{'i':5,'oi':['set',[]]}]}]"));
  DONE;
}

static void
stored (void)
{
  SERVE;
  OvsdbSchema *old = bench.schema;
  json_t *rows, *schema = json_of (NEW_SCHEMA);
  char *text = json_dumps (schema, 0);

  fake_peer_free (peer);
  ovsdb_server_free (bench.server);
  ovsdb_database_free (bench.db);
  bench.db = ovsdb_database_open (old, fake_world (bench.fake), "db", NULL);
  json_decref (bench_run (&bench, "{'op':'insert','table':'A','row':{'i':5,'s':'old'}}"));
  bench_serve (&bench);
  ovsdb_server_let_convert (bench.server, bench.db);
  peer = fake_peer_dial (bench.fake, "tcp:127.0.0.1:6640");
  ASK ("{'id':1,'method':'set_db_change_aware','params':[true]}", RESULT ("1", "{}"));
  /* It cannot be stored: all is as it was, then it is tried again. */
  fake_world_disk_limit (bench.fake, 0);
  ASK (CONVERT ("2", NEW_SCHEMA), REFUSED ("2", "'I/O error'"));
  fake_world_disk_limit (bench.fake, G_MAXSIZE);
  ASK (TRANSACT ("3", "T", "{'op':'select','table':'A','where':[],'columns':['s']}"),
       RESULT ("3", "[{'rows':[{'s':'old'}]}]"));
  ASK (CONVERT ("4", NEW_SCHEMA), RESULT ("4", "{}"));
  json_decref (bench_run (&bench, "{'op':'update','table':'A','where':[],'row':{'new':'told'}}"));
  ovsdb_server_free (bench.server);
  bench.server = NULL;
  ovsdb_database_free (bench.db);
  bench.schema = ovsdb_schema_parse (text, strlen (text), NULL);
  bench.db = ovsdb_database_open (bench.schema, fake_world (bench.fake), "db", NULL);
  rows = bench_run (&bench, "{'op':'select','table':'A','where':[],'columns':['i','new']}");
  CHECK_JSON (rows, "[{'rows':[{'i':5,'new':'told'}]}]");
  json_decref (rows);
  json_decref (schema);
  free (text);
  ovsdb_schema_unref (old);
  DONE;
}

int
main (void)
{
  const TapTest tests[] = {
    { "monitors end with their tables, those who know of that are told, others connect again",
      clients_meanwhile },
    { "a schema that does not fit is refused, and nothing has happened", refused },
    { "what was converted is stored before the answer, or not at all", stored },
    { NULL, NULL },
  };
  return tap_main ("convert", tests);
}
