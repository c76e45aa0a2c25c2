/* monitor_cond_since: who comes back is told what it missed, as long as that is known. */
#include "serving.h"
#include "tap.h"

#include <string.h>

#define RUN(operations) json_decref (bench_run (&bench, operations))
#define ZEROS           "00000000-0000-0000-0000-000000000000"

/* Sends the request that monitors B with the last id and more members; the id of now, to be freed. */
static char *
monitor_since (FakePeer *peer, const char *since, const char *more, json_t **answer)
{
  g_autofree char *request = g_strdup_printf (
      "{'id':1,'method':'monitor_cond_since','params':['T','m',{'B':[{'columns':['n']%s}]},'%s']}", more,
      since);
  json_t *message;
  char *id;

  fake_peer_send (peer, request);
  message = fake_peer_take (peer);
  CU_ASSERT_PTR_NOT_NULL_FATAL (message);
  id = g_strdup (json_string_value (json_array_get (json_object_get (message, "result"), 1)));
  *answer = json_incref (json_object_get (message, "result"));
  json_decref (message);
  return id;
}

/* The same, when it is the answer that matters: found, and rows as "n" or "delete", by uuid. */
static void
expect_since (Bench *bench, int line, const char *since, const char *more, const char *expected)
{
  FakePeer *peer = fake_peer_dial (bench->fake, "tcp:127.0.0.1:6640");
  json_t *answer, *row, *rows;
  const char *uuid;
  g_autoptr (GString) got = g_string_new (NULL);

  g_free (monitor_since (peer, since, more, &answer));
  g_string_append (got, json_is_true (json_array_get (answer, 0)) ? "found" : "all");
  rows = json_object_get (json_array_get (answer, 2), "B");
  json_object_foreach (rows, uuid, row) g_string_append_printf (got, " %.1s:%s", uuid, text_of (row));
  if (strcmp (got->str, expected) != 0)
    printf ("# line %d: got %s, expected %s\n", line, got->str, expected);
  CU_ASSERT_STRING_EQUAL (got->str, expected);
  json_decref (answer);
  fake_peer_free (peer);
}
#define SINCE(id, more, expected) expect_since (&bench, __LINE__, id, more, expected)

#define ROW(digit)       digit "0000000-0000-0000-0000-000000000000"
#define INSERT(digit, n) "{'op':'insert','table':'B','uuid':'" ROW (digit) "','row':{'n':" n "}}"
#define UPDATE(digit, n)                                                                                     \
  "{'op':'update','table':'B','where':[['_uuid','==',['uuid','" ROW (digit) "']]],'row':{'n':" n "}}"
#define DELETE(digit) "{'op':'delete','table':'B','where':[['_uuid','==',['uuid','" ROW (digit) "']]]}"

/* B holds at most three rows. */
#define BEGIN                                                                                                \
  SERVE;                                                                                                     \
  json_t *answer;                                                                                            \
  RUN (INSERT ("1", "1"));                                                                                   \
  RUN (INSERT ("2", "2"));                                                                                   \
  g_autofree char *id = monitor_since (peer, ZEROS, "", &answer);                                            \
  CU_ASSERT_TRUE (json_is_false (json_array_get (answer, 0)));                                               \
  json_decref (answer)

static void
only_what_was_missed (void)
{
  BEGIN;
  g_autofree char *later = NULL;

  SINCE (id, "", "found");
  RUN (UPDATE ("1", "11"));
  RUN (DELETE ("2") "," INSERT ("3", "3"));
  json_decref (fake_peer_take (peer));
  later = g_strdup (
      json_string_value (json_array_get (json_object_get (answer = fake_peer_take (peer), "params"), 1)));
  json_decref (answer);
  RUN (UPDATE ("3", "33"));
  RUN (UPDATE ("1", "12"));
  SINCE (id, "", "found 1:{'modify':{'n':12}} 2:{'delete':null} 3:{'insert':{'n':33}}");
  SINCE (later, "", "found 1:{'modify':{'n':12}} 3:{'modify':{'n':33}}");
  DONE;
}

static void
what_came_to_nothing (void)
{
  BEGIN;
  RUN (UPDATE ("1", "5"));
  RUN (INSERT ("3", "3"));
  RUN (DELETE ("3"));
  RUN (UPDATE ("1", "1"));
  RUN (DELETE ("2"));
  RUN (INSERT ("2", "2"));
  RUN ("{'op':'insert','table':'A','row':{}}");
  SINCE (id, "", "found");
  DONE;
}

static void
conditions_hold (void)
{
  BEGIN;
  RUN (UPDATE ("1", "7") "," UPDATE ("2", "8"));
  /* Row 1 was in view and is not; row 2 was not and is. */
  SINCE (id, ",'where':[['n','<',2],['n','==',8]]", "found 1:{'delete':null} 2:{'insert':{'n':8}}");
  SINCE (id, ",'where':[['n','==',3]]", "found");
  SINCE (id, ",'select':{'modify':false}", "found");
  DONE;
}

static void
too_long_ago (void)
{
  BEGIN;
  OvsdbServerLimits limits = ovsdb_server_default_limits;

  limits.max_past_transactions = 2;
  ovsdb_server_set_limits (bench.server, &limits);
  RUN (UPDATE ("1", "3"));
  RUN (UPDATE ("1", "4"));
  SINCE (id, "", "found 1:{'modify':{'n':4}}");
  RUN (UPDATE ("1", "5"));
  SINCE (id, "", "all 1:{'initial':{'n':5}} 2:{'initial':{'n':2}}");
  /* A transaction that is alone too large ends what was known. */
  limits.max_past_bytes = 10;
  ovsdb_server_set_limits (bench.server, &limits);
  fake_peer_send (peer, "{'id':2,'method':'monitor_cancel','params':['m']}");
  while ((answer = fake_peer_take (peer)))
    json_decref (answer);
  g_free (id);
  id = monitor_since (peer, ZEROS, "", &answer);
  json_decref (answer);
  RUN (DELETE ("1"));
  SINCE (id, "", "all 2:{'initial':{'n':2}}");
  DONE;
}

static void
not_of_this_server (void)
{
  BEGIN;
  char *digit = strrchr (id, id[35]);

  SINCE ("11111111-1111-4111-8111-111111111111", "", "all 1:{'initial':{'n':1}} 2:{'initial':{'n':2}}");
  *digit = *digit == 'f' ? '0' : 'f'; /* a transaction that has not been */
  SINCE (id, "", "all 1:{'initial':{'n':1}} 2:{'initial':{'n':2}}");
  ASK ("{'id':2,'method':'monitor_cond_since','params':['T','x',{'B':[{}]},'yesterday']}",
       REFUSED ("2", "'syntax error'"));
  ASK ("{'id':2,'method':'monitor_cond_since','params':['T','x',{'B':[{}]}]}",
       REFUSED ("2", "'syntax error'"));
  DONE;
}

int
main (void)
{
  const TapTest tests[] = {
    { "who comes back is told what it missed, each row once", only_what_was_missed },
    { "what was undone meanwhile is not told", what_came_to_nothing },
    { "what was missed is seen through the monitor's conditions", conditions_hold },
    { "when more happened than is kept, all is told", too_long_ago },
    { "another server's transactions, and such as never were, are not found", not_of_this_server },
    { NULL, NULL },
  };
  return tap_main ("history", tests);
}
