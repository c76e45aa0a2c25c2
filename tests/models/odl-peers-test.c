/* Databases that are not what the controller expects: old schemas, schemas without tables, and peers that talk
 * nonsense or out of turn.  The controller serves what it can, ends what it cannot, and lives on. */
#include "odl-rig.h"
#include "tap.h"

#include <string.h>

/* ---- an old schema ------------------------------------------------------------------------------------------- */

static json_t *
columns_of (json_t *schema, const char *table)
{
  return json_object_get (json_object_get (json_object_get (schema, "tables"), table), "columns");
}

/* hardware_vtep as it was before tunnels could be watched (1.3.0: no Tunnel, no replication_mode). */
static OvsdbSchema *
old_schema (void)
{
  gsize length;
  const char *text = ovsdb_schema_hardware_vtep (&length);
  json_t *json = json_loadb (text, length, 0, NULL);
  g_autofree char *old = NULL;

  json_object_set_new (json, "version", json_string ("1.3.0"));
  json_object_del (columns_of (json, "Logical_Switch"), "replication_mode");
  json_object_del (columns_of (json, "Physical_Switch"), "tunnels");
  json_object_del (json_object_get (json, "tables"), "Tunnel");
  old = json_dumps (json, 0);
  json_decref (json);
  return ovsdb_schema_parse (old, strlen (old), NULL);
}

static void
test_old_schema (void)
{
  g_autoptr (OvsdbSchema) schema = old_schema ();
  OdlRig rig = odl_rig_begin_with (NULL, schema);
  const OvsdbRow *row;

  CU_ASSERT_EQUAL (odl_bench_request (rig.bench, "PUT", "/restconf/config/itm-config:tunnel-monitor-params",
                                      "{'tunnel-monitor-params': {'enabled': true}}"),
                   204);
  odl_rig_dial (&rig);
  row = ovsdb_table_find_text (odl_rig_table (&rig, "Logical_Switch"), "name", "n1");
  CU_ASSERT_PTR_NOT_NULL_FATAL (row);
  CU_ASSERT_EQUAL (ovsdb_row_integer (row, "tunnel_key", -1), 100);
  ODL_ASSERT_TEXT (odl_rig_bindings (&rig, "eth2"), "2901=n1");
  ODL_ASSERT_TEXT (odl_rig_floods (&rig), ODL_RIG_FLOODS);
  ODL_ASSERT_TEXT (odl_rig_ucasts (&rig), ODL_RIG_UCASTS);
  odl_rig_end (&rig);
}

/* ---- peers that are led by hand ------------------------------------------------------------------------------ */

#define UUID_1 "11111111-1111-4111-8111-111111111111"

static FakePeer *
dial (OdlBench *bench)
{
  FakePeer *peer;

  g_assert (odl_start (bench->odl, NULL));
  peer = fake_peer_dial (bench->fake, "tcp:127.0.0.1:6640");
  odl_bench_run (bench, NET_MSEC);
  return peer;
}

/* Answers the next request of this method with a result, as JSON with ' for ". */
static void
answer (OdlBench *bench, FakePeer *peer, const char *method, const char *result)
{
  json_t *request = fake_peer_take (peer);
  g_autofree char *text = NULL;
  json_t *reply;

  CU_ASSERT_PTR_NOT_NULL_FATAL (request);
  CU_ASSERT_STRING_EQUAL (json_string_value (json_object_get (request, "method")), method);
  reply = json_pack ("{s:o, s:n, s:O}", "result", json_of (result), "error", "id",
                     json_object_get (request, "id"));
  text = json_dumps (reply, JSON_ENCODE_ANY);
  fake_peer_send (peer, text);
  json_decref (reply);
  json_decref (request);
  odl_bench_run (bench, NET_MSEC);
}

/* Its schema knows one table, with none of the columns that are asked for: all others read as empty. */
static void
test_bare_schema (void)
{
  static const char *const databases[] = { "hardware_vtep", "Open_vSwitch" }, *const roots[]
                                                                              = { "Global", "Bridge" };

  for (guint i = 0; i < G_N_ELEMENTS (databases); i++)
    {
      g_autoptr (OdlBench) bench = odl_bench_new (NULL);
      g_autoptr (FakePeer) peer = dial (bench);
      g_autofree char *list = g_strdup_printf ("['%s']", databases[i]);
      g_autofree char *schema = g_strdup_printf (
          "{'name':'%s','version':'0.0.1','tables':{'%s':{'columns':{'x':{'type':'string'}}}}}", databases[i],
          roots[i]);
      g_autofree char *rows = g_strdup_printf ("{'%s':{'" UUID_1 "':{'new':{}}}}", roots[i]);

      answer (bench, peer, "list_dbs", list);
      answer (bench, peer, "get_schema", schema);
      answer (bench, peer, "monitor", rows);
      odl_bench_run (bench, NET_SEC);
      CU_ASSERT_FALSE (fake_peer_is_closed (peer));
    }
}

/* How often the trace tells of this kind on a session whose name begins so. */
static guint
count_told (OdlBench *bench, const char *kind, const char *session)
{
  g_autofree char *head = g_strdup_printf ("misuse %s %s", kind, session);
  guint n = 0;

  for (const char *at = fake_world_states (bench->fake); (at = strstr (at, head)); at++)
    n++;
  return n;
}

/* ---- first words --------------------------------------------------------------------------------------------- */

#define LIST "{'id':0,'result':['hardware_vtep'],'error':null}"

static void
test_first_words (void)
{
  g_autofree char *endless = g_strnfill (70000, '['), *blank = g_strnfill (70000, ' ');
  g_autofree char *huge = g_strdup_printf ("{'a':'%s", blank);
  const struct
  {
    const char *said, *kind;
    gboolean closes;
    const char *answer; /* NULL: none */
  } cases[] = {
    { "GET / HTTP/1.1\r\n\r\n", "malformed", TRUE, NULL },
    { endless, "malformed", TRUE, NULL },
    { huge, "malformed", TRUE, NULL },
    { "{'id':0,]", "malformed", TRUE, NULL },
    { "{'id':0 'x':1}", "malformed", TRUE, NULL },
    { "[]", "malformed", TRUE, NULL },
    { "{'id':0,'id':0,'result':['hardware_vtep'],'error':null}", "malformed", TRUE, NULL },
    { "{'method':7,'params':[],'id':null}", "malformed", TRUE, NULL },
    { "{'method':'echo','params':{},'id':1}", "malformed", TRUE, NULL },
    { "{'id':0,'result':{'hardware_vtep':1},'error':null}", "malformed", TRUE, NULL },
    { "{'id':0,'result':null,'error':null}", "malformed", TRUE, NULL },
    { "{'id':0,'result':['_Server'],'error':null}", "unknown", TRUE, NULL },
    { "{'id':0,'result':[7,null],'error':null}", "unknown", TRUE, NULL },
    { "{'id':0,'result':null,'error':'unknown method'}", "unfinished", TRUE, NULL },
    { "{'id':5,'result':['hardware_vtep'],'error':null}", "unasked", FALSE, NULL },
    { "{'id':'0','result':['hardware_vtep'],'error':null}", "unasked", FALSE, NULL },
    { "{'method':'update','params':['hardware_vtep',{}],'id':null}", "out-of-order", FALSE, NULL },
    { "{'method':'transact','params':['hardware_vtep'],'id':[1]}", "unknown", FALSE,
      "{'error':{'error':'unknown method'},'id':[1],'result':null}" },
    { "{'method':'echo','params':['x'],'id':'e'}", NULL, FALSE, "{'error':null,'id':'e','result':['x']}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (OdlBench) bench = odl_bench_new (NULL);
      g_autoptr (FakePeer) peer = dial (bench);
      json_t *asked = fake_peer_take (peer), *answer;

      fake_peer_send (peer, cases[i].said);
      odl_bench_run (bench, NET_MSEC);
      answer = fake_peer_take (peer);
      if (fake_peer_is_closed (peer) != cases[i].closes
          || (cases[i].kind && count_told (bench, cases[i].kind, "ovsdb tcp:") != 1))
        printf ("# %.60s: closed %d, %s\n", cases[i].said, fake_peer_is_closed (peer),
                fake_world_states (bench->fake));
      CU_ASSERT_EQUAL (fake_peer_is_closed (peer), cases[i].closes);
      CU_ASSERT_EQUAL (count_told (bench, cases[i].kind ? cases[i].kind : "", "ovsdb tcp:"),
                       cases[i].kind != NULL);
      CU_ASSERT_EQUAL (answer != NULL, cases[i].answer != NULL);
      if (answer && cases[i].answer)
        CU_ASSERT_STRING_EQUAL (text_of (answer), cases[i].answer);
      CU_ASSERT_EQUAL (bench->odl->probes->len, cases[i].closes ? 0 : 1);
      json_decref (asked);
      json_decref (answer);
      if (cases[i].closes)
        continue;
      fake_peer_send (peer, LIST); /* it is not too late for the right answer */
      odl_bench_run (bench, NET_MSEC);
      CU_ASSERT_EQUAL (bench->odl->probes->len, 0);
      CU_ASSERT_EQUAL (bench->odl->strangers->len, 1);
    }
}

/* What comes in the same bytes behind the answer is the session's. */
static void
test_behind_answer (void)
{
  g_autoptr (OdlBench) bench = odl_bench_new (NULL);
  g_autoptr (FakePeer) peer = dial (bench);
  json_t *asked = fake_peer_take (peer), *schema, *echo;

  fake_peer_send (peer, LIST "{'method':'echo','params':[],'id':'e'}");
  odl_bench_run (bench, NET_MSEC);
  schema = fake_peer_take (peer);
  echo = fake_peer_take (peer);
  CU_ASSERT_STRING_EQUAL (json_string_value (json_object_get (schema, "method")), "get_schema");
  CU_ASSERT_PTR_NOT_NULL_FATAL (echo);
  CU_ASSERT_STRING_EQUAL (text_of (echo), "{'error':null,'id':'e','result':[]}");
  json_decref (asked);
  json_decref (schema);
  json_decref (echo);
}

/* ---- sessions ------------------------------------------------------------------------------------------------ */

/* Said by a database whose session is up.  Of each kind of database: the session's name, and whether it ends. */
static const struct
{
  const char *said, *kind;
  gboolean closes;
  const char *answer;
} on_the_way[] = {
  { "{'method':'update','params':['another',{}],'id':null}", "unasked", FALSE, NULL },
  { "{'method':'update','params':[null,{}],'id':null}", "unasked", FALSE, NULL },
  { "{'method':'update','params':[],'id':null}", "unasked", FALSE, NULL },
  { "{'method':'update2','params':['DB',{}],'id':null}", "unasked", FALSE, NULL },
  { "{'method':'stolen','params':['lock'],'id':null}", "unasked", FALSE, NULL },
  { "{'id':4711,'result':{},'error':null}", "unasked", FALSE, NULL },
  { "{'id':'x','result':null,'error':'why'}", "unasked", FALSE, NULL },
  { "{'method':'monitor','params':[],'id':9}", "unknown", FALSE,
    "{'error':{'error':'unknown method'},'id':9,'result':null}" },
  { "{'method':'update','params':['DB',[]],'id':null}", "malformed", TRUE, NULL },
  { "{'method':'update','params':['DB',{'NoTable':{}}],'id':null}", "malformed", TRUE, NULL },
  { "{'method':'update','params':['DB'],'id':null}", "malformed", TRUE, NULL },
  { "{'method':'update','params':['DB',{'ROOT':{'no-uuid':{'new':{}}}}],'id':null}", "malformed", TRUE,
    NULL },
  { "{'method':'update','params':['DB',{'ROOT':{'" UUID_1 "':{'new':{'other_config':7}}}}],'id':null}",
    "malformed", TRUE, NULL },
  { "{'method':'update','params':7,'id':null}", "malformed", TRUE, NULL },
  { "{'id':1}", "malformed", TRUE, NULL },
  { "{'id':1,'result':nothing}", "malformed", TRUE, NULL },
  { "}", "malformed", TRUE, NULL },
};

typedef struct
{
  const char *database, *root, *rows, *session;
} Kind;

static const Kind database_kinds[] = {
  { "hardware_vtep", "Global", "{'Global':{'" UUID_1 "':{'new':{}}}}", "hwvtep hwvtep://uuid/" UUID_1 },
  { "Open_vSwitch", "Bridge",
    "{'Bridge':{'" UUID_1 "':{'new':{'name':'br-int','datapath_id':'0000000000000007'}}}}", "ovsdb 7" },
};

static void
shake_hands (OdlBench *bench, FakePeer *peer, const Kind *kind)
{
  gsize length;
  const char *schema = strcmp (kind->database, "hardware_vtep") == 0 ? ovsdb_schema_hardware_vtep (&length)
                                                                     : ovsdb_schema_open_vswitch (&length);
  g_autofree char *list = g_strdup_printf ("['%s']", kind->database);

  answer (bench, peer, "list_dbs", list);
  answer (bench, peer, "get_schema", schema);
  answer (bench, peer, "monitor", kind->rows);
  odl_bench_run (bench, NET_SEC);
}

static char *
put_names (const char *text, const Kind *kind)
{
  g_auto (GStrv) around_db = g_strsplit (text, "DB", -1);
  g_autofree char *with_db = g_strjoinv (kind->database, around_db);
  g_auto (GStrv) around_root = g_strsplit (with_db, "ROOT", -1);

  return g_strjoinv (kind->root, around_root);
}

static void
check_on_the_way (const Kind *kind, guint i)
{
  g_autoptr (OdlBench) bench = odl_bench_new (NULL);
  g_autoptr (FakePeer) peer = dial (bench);
  g_autofree char *said = put_names (on_the_way[i].said, kind);
  json_t *answered;

  shake_hands (bench, peer, kind);
  CU_ASSERT_PTR_NULL (strstr (fake_world_states (bench->fake), "misuse "));
  while ((answered = fake_peer_take (peer))) /* what it was told to write */
    json_decref (answered);
  fake_peer_send (peer, said);
  odl_bench_run (bench, NET_MSEC);
  answered = fake_peer_take (peer);
  if (fake_peer_is_closed (peer) != on_the_way[i].closes
      || count_told (bench, on_the_way[i].kind, kind->session) != 1)
    printf ("# %s: closed %d, %s\n", said, fake_peer_is_closed (peer), fake_world_states (bench->fake));
  CU_ASSERT_EQUAL (fake_peer_is_closed (peer), on_the_way[i].closes);
  CU_ASSERT_EQUAL (count_told (bench, on_the_way[i].kind, kind->session), 1);
  CU_ASSERT_EQUAL (answered != NULL, on_the_way[i].answer != NULL);
  if (answered && on_the_way[i].answer)
    CU_ASSERT_STRING_EQUAL (text_of (answered), on_the_way[i].answer);
  json_decref (answered);
}

static void
test_on_the_way (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (on_the_way); i++)
    for (guint j = 0; j < G_N_ELEMENTS (database_kinds); j++)
      check_on_the_way (&database_kinds[j], i);
}

/* Answers to get_schema and to monitor that cannot be: each ends the session and is counted. */
static void
test_bad_answers (void)
{
  static const char *const schemas[]
      = { "null", "7", "{}", "{'name':'hardware_vtep','tables':[]}",
          "{'name':'hardware_vtep','version':'1.0.0','tables':{'Global':{}}}" };
  static const char *const rows[] = { "7",
                                      "[]",
                                      "{'Global':7}",
                                      "{'Global':{'x':{}}}",
                                      "{'Global':{'" UUID_1 "':{'new':{'switches':7}}}}",
                                      "{'Global':{'" UUID_1 "':{'new':[]}}}",
                                      "{'NoTable':{}}" };
  gsize length;

  for (guint i = 0; i < G_N_ELEMENTS (schemas) + G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (OdlBench) bench = odl_bench_new (NULL);
      g_autoptr (FakePeer) peer = dial (bench);
      gboolean is_schema = i < G_N_ELEMENTS (schemas);

      answer (bench, peer, "list_dbs", "['hardware_vtep']");
      answer (bench, peer, "get_schema", is_schema ? schemas[i] : ovsdb_schema_hardware_vtep (&length));
      if (!is_schema)
        answer (bench, peer, "monitor", rows[i - G_N_ELEMENTS (schemas)]);
      odl_bench_run (bench, NET_SEC);
      if (!fake_peer_is_closed (peer) || count_told (bench, "malformed", "hwvtep tcp:") != 1)
        printf ("# %s: %s\n", is_schema ? schemas[i] : rows[i - G_N_ELEMENTS (schemas)],
                fake_world_states (bench->fake));
      CU_ASSERT_TRUE (fake_peer_is_closed (peer));
      CU_ASSERT_EQUAL (count_told (bench, "malformed", "hwvtep tcp:"), 1);
      CU_ASSERT_EQUAL (bench->odl->strangers->len, 0);
    }
}

static void
test_silence (void)
{
  g_autoptr (OdlBench) bench = odl_bench_new (NULL);
  g_autoptr (FakePeer) peer = dial (bench);

  odl_bench_run (bench, 9 * NET_SEC);
  CU_ASSERT_FALSE (fake_peer_is_closed (peer));
  odl_bench_run (bench, 2 * NET_SEC);
  CU_ASSERT_TRUE (fake_peer_is_closed (peer));
  CU_ASSERT_PTR_NOT_NULL_FATAL (
      strstr (fake_world_last_warning (bench->fake), "it did not say which databases it has"));
}

/* Updates before the monitor is asked for, and before its reply; then rows of another type than the schema gives. */
static void
test_bad_rows (void)
{
  static const char early[] = "{'method':'update','params':['hardware_vtep',{}],'id':null}";
  g_autoptr (OdlBench) bench = odl_bench_new (NULL);
  g_autoptr (FakePeer) peer = dial (bench);
  gsize length;
  g_autofree char *schema = g_strdup (ovsdb_schema_hardware_vtep (&length));

  answer (bench, peer, "list_dbs", "['hardware_vtep']");
  fake_peer_send (peer, early);
  odl_bench_run (bench, NET_MSEC);
  CU_ASSERT_EQUAL (count_told (bench, "unasked", "hwvtep tcp:"), 1);
  answer (bench, peer, "get_schema", schema);
  fake_peer_send (peer, early);
  odl_bench_run (bench, NET_MSEC);
  CU_ASSERT_EQUAL (count_told (bench, "out-of-order", "hwvtep tcp:"), 1);
  CU_ASSERT_FALSE (fake_peer_is_closed (peer));
  answer (bench, peer, "monitor", "{'Global':{'" UUID_1 "':{'new':{'switches':7}}}}");
  odl_bench_run (bench, NET_SEC);
  CU_ASSERT_TRUE (fake_peer_is_closed (peer));
  CU_ASSERT_EQUAL (odl_registry_n (&bench->odl->hwvteps), 0);
}

int
main (void)
{
  static const TapTest tests[] = {
    { "a TOR of schema 1.3.0 gets all its rows, without replication mode and monitoring", test_old_schema },
    { "a database whose schema lacks what the controller reads is read as an empty one", test_bare_schema },
    { "what a database says before it has named itself is answered, passed over or its end, and counted",
      test_first_words },
    { "what comes in one piece with its name is not lost", test_behind_answer },
    { "on a session that is up, what nobody asked for is passed over, a request refused, bad rows the end; "
      "all is "
      "counted",
      test_on_the_way },
    { "a schema or first rows that cannot be read are counted and the end", test_bad_answers },
    { "a peer that does not say which databases it has is hung up on after 10 s", test_silence },
    { "rows against the schema end the session before anything is known of the TOR", test_bad_rows },
    { NULL, NULL },
  };

  return tap_main ("odl-peers", tests);
}
