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

static gboolean
closes_after (const char *text)
{
  g_autoptr (OdlBench) bench = odl_bench_new (NULL);
  g_autoptr (FakePeer) peer = dial (bench);

  fake_peer_send (peer, text);
  odl_bench_run (bench, NET_SEC);
  return fake_peer_is_closed (peer);
}

static void
test_first_words (void)
{
  g_autofree char *endless = g_strnfill (70000, '[');

  CU_ASSERT_TRUE (closes_after ("GET / HTTP/1.1\r\n\r\n"));
  CU_ASSERT_TRUE (closes_after ("{\"id\":0,\"result\":[\"_Server\"],\"error\":null}"));
  CU_ASSERT_TRUE (closes_after (endless));
  CU_ASSERT_FALSE (closes_after ("{\"method\":\"update\",\"params\":[],\"id\":null}")); /* out of turn */
  CU_ASSERT_FALSE (closes_after ("{\"id\":0,\"result\":null,\"error\":\"unknown method\"}"));
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

/* Rows of another type than the schema gives, and an update before the monitor's reply. */
static void
test_bad_rows (void)
{
  g_autoptr (OdlBench) bench = odl_bench_new (NULL);
  g_autoptr (FakePeer) peer = dial (bench);
  gsize length;
  g_autofree char *schema = g_strdup (ovsdb_schema_hardware_vtep (&length));

  answer (bench, peer, "list_dbs", "['hardware_vtep']");
  fake_peer_send (peer, "{\"method\":\"update\",\"params\":[\"hardware_vtep\",{}],\"id\":null}");
  odl_bench_run (bench, NET_MSEC);
  CU_ASSERT_FALSE (fake_peer_is_closed (peer));
  answer (bench, peer, "get_schema", schema);
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
    { "a peer whose first words are no JSON, endless, or name no database we know is hung up on; "
      "what is out of turn is passed over",
      test_first_words },
    { "a peer that does not say which databases it has is hung up on after 10 s", test_silence },
    { "rows against the schema end the session before anything is known of the TOR", test_bad_rows },
    { NULL, NULL },
  };

  return tap_main ("odl-peers", tests);
}
