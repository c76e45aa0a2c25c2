/* Writes what vtep-ctl would. */
#include "fixture.h"

#include "tap.h"

static const VtepPortConfig ports[]
    = { { .name = "em3", .world_port = EM3 }, { .name = "em4", .world_port = EM4 } };

static VtepGatewayConfig
configuration (void (*change) (VtepGatewayConfig *config))
{
  VtepGatewayConfig config = { .switch_name = "tor1",
                               .management_ip = 0xc0a80014, /* 192.168.0.20 */
                               .ports = ports,
                               .n_ports = G_N_ELEMENTS (ports),
                               .underlay_port = UPLINK,
                               .underlay_mac = { { 0x02, 0x0a, 0x08, 0x7d, 0x00, 0x20 } },
                               .tunnel_ip = 0x0a087d14,
                               .prefix_length = 24 };

  if (change)
    change (&config);
  return config;
}

static void
start (Fixture *f, void (*change) (VtepGatewayConfig *config))
{
  VtepGatewayConfig config = configuration (change);

  f->gateway = vtep_gateway_new (&f->world->world, f->db, &config);
}

void
fixture_change (Fixture *f, void (*change) (VtepGatewayConfig *config))
{
  VtepGatewayConfig config = configuration (change);

  vtep_gateway_change (f->gateway, &config);
}

void
fixture_init (Fixture *f, void (*change) (VtepGatewayConfig *config))
{
  gsize length;
  const char *text = ovsdb_schema_hardware_vtep (&length);
  g_autoptr (OvsdbSchema) schema = ovsdb_schema_parse (text, length, NULL);

  f->world = test_world_new ();
  f->db = ovsdb_database_new (schema, &f->world->world);
  start (f, change);
}

void
fixture_restart (Fixture *f, void (*change) (VtepGatewayConfig *config))
{
  vtep_gateway_free (f->gateway);
  start (f, change);
}

void
fixture_clear (Fixture *f)
{
  vtep_gateway_free (f->gateway);
  ovsdb_database_free (f->db);
  test_world_free (f->world);
}

void
fixture_execute (Fixture *f, json_t *operations)
{
  g_autoptr (GError) error = NULL;

  if (!ovsdb_database_execute (f->db, operations, &error))
    {
      g_print ("# refused: %s\n", error->message);
      CU_FAIL_FATAL ("the database refused a write");
    }
}

static json_t *
reference (Fixture *f, const char *table, const char *column, const char *text)
{
  const OvsdbRow *row = ovsdb_table_find_text (ovsdb_database_table (f->db, table), column, text);

  g_assert_nonnull (row);
  return ovsdb_json_uuid (ovsdb_row_uuid (row));
}

static json_t *
logical_switch (Fixture *f, const char *name)
{
  return reference (f, "Logical_Switch", "name", name);
}

/* The row of an address, inserted when it is not there. */
static json_t *
locator (Fixture *f, const char *address, json_t *operations)
{
  g_autofree char *name = g_strdup_printf ("locator_%s", strrchr (address, '.') + 1);

  if (ovsdb_table_find_text (ovsdb_database_table (f->db, "Physical_Locator"), "dst_ip", address))
    return reference (f, "Physical_Locator", "dst_ip", address);
  json_array_append_new (operations, ovsdb_op_insert ("Physical_Locator", name,
                                                      json_pack ("{s:s, s:s}", "encapsulation_type",
                                                                 "vxlan_over_ipv4", "dst_ip", address)));
  return ovsdb_json_named_uuid (name);
}

/* [[column, "==", a], [column, "==", b]] */
static json_t *
where_both (json_t *one, json_t *other)
{
  json_array_extend (one, other);
  json_decref (other);
  return one;
}

static json_t *
where_mac (Fixture *f, const char *name, const char *mac)
{
  return where_both (ovsdb_where_equal ("logical_switch", logical_switch (f, name)),
                     ovsdb_where_equal ("MAC", json_string (mac)));
}

static json_t *
optional_integer (gint64 value)
{
  return value < 0 ? ovsdb_json_set (json_array ()) : json_integer (value);
}

void
put_switch (Fixture *f, const char *name, gint64 tunnel_key, const char *mode)
{
  json_t *row = json_pack ("{s:s, s:o}", "name", name, "tunnel_key", optional_integer (tunnel_key));

  if (mode)
    json_object_set_new (row, "replication_mode", json_string (mode));
  fixture_execute (f, json_pack ("[o]", ovsdb_op_insert ("Logical_Switch", NULL, row)));
}

void
set_tunnel_key (Fixture *f, const char *name, gint64 tunnel_key)
{
  fixture_execute (
      f,
      json_pack ("[o]", ovsdb_op_update ("Logical_Switch", ovsdb_where_equal ("name", json_string (name)),
                                         json_pack ("{s:o}", "tunnel_key", optional_integer (tunnel_key)))));
}

void
drop_switch (Fixture *f, const char *name)
{
  fixture_execute (f, json_pack ("[o]", ovsdb_op_delete ("Logical_Switch",
                                                         ovsdb_where_equal ("name", json_string (name)))));
}

void
put_binding (Fixture *f, const char *port, guint vlan, const char *name)
{
  json_t *operations = json_array (), *where = ovsdb_where_equal ("name", json_string (port));

  json_array_append_new (operations,
                         ovsdb_op_mutate ("Physical_Port", json_deep_copy (where), "vlan_bindings", "delete",
                                          ovsdb_json_set (json_pack ("[i]", (int) vlan))));
  if (name)
    json_array_append_new (
        operations,
        ovsdb_op_mutate ("Physical_Port", json_deep_copy (where), "vlan_bindings", "insert",
                         json_pack ("[s, [[i, o]]]", "map", (int) vlan, logical_switch (f, name))));
  json_decref (where);
  fixture_execute (f, operations);
}

void
put_remote (Fixture *f, const char *name, const char *mac, const char *address)
{
  json_t *operations = json_array (), *at = locator (f, address, operations);

  json_array_append_new (operations,
                         ovsdb_op_insert ("Ucast_Macs_Remote", NULL,
                                          json_pack ("{s:s, s:o, s:o}", "MAC", mac, "logical_switch",
                                                     logical_switch (f, name), "locator", at)));
  fixture_execute (f, operations);
}

void
drop_remote (Fixture *f, const char *name, const char *mac)
{
  fixture_execute (f, json_pack ("[o]", ovsdb_op_delete ("Ucast_Macs_Remote", where_mac (f, name, mac))));
}

void
put_flood (Fixture *f, const char *name, const char *locators)
{
  json_t *operations = json_array (), *set = json_array ();
  g_auto (GStrv) addresses = g_strsplit (locators, " ", -1);

  for (guint i = 0; addresses[i] && addresses[i][0]; i++)
    json_array_append_new (set, locator (f, addresses[i], operations));
  json_array_append_new (operations,
                         ovsdb_op_delete ("Mcast_Macs_Remote", where_mac (f, name, "unknown-dst")));
  if (json_array_size (set) > 0)
    {
      json_array_append_new (
          operations, ovsdb_op_insert ("Physical_Locator_Set", "set",
                                       json_pack ("{s:o}", "locators", ovsdb_json_set (json_incref (set)))));
      json_array_append_new (operations,
                             ovsdb_op_insert ("Mcast_Macs_Remote", NULL,
                                              json_pack ("{s:s, s:o, s:o}", "MAC", "unknown-dst",
                                                         "logical_switch", logical_switch (f, name),
                                                         "locator_set", ovsdb_json_named_uuid ("set"))));
    }
  json_decref (set);
  fixture_execute (f, operations);
}

void
receive (Fixture *f, guint port, const char *hex)
{
  vtep_gateway_receive (f->gateway, port, test_frame (f->world, hex));
}

void
answer_arp (Fixture *f, const char *ip_hex, const char *mac_hex)
{
  g_autofree char *reply = g_strdup_printf (
      "020a087d0020 %s 0806 0001 0800 06 04 0002 %s %s 020a087d0020 0a087d14", mac_hex, mac_hex, ip_hex);
  receive (f, UPLINK, reply);
}

static gint
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

char *
local_macs (Fixture *f, const char *table, const char *name)
{
  g_autoptr (GPtrArray) macs = g_ptr_array_new ();

  for (const OvsdbRow *row = ovsdb_table_first (ovsdb_database_table (f->db, table)); row;
       row = ovsdb_table_next (row))
    if (g_strcmp0 (ovsdb_row_text (ovsdb_row_ref (row, "logical_switch"), "name"), name) == 0)
      g_ptr_array_add (macs, (gpointer) ovsdb_row_text (row, "MAC"));
  g_ptr_array_sort (macs, compare_texts);
  g_ptr_array_add (macs, NULL);
  return g_strjoinv (" ", (char **) macs->pdata);
}

void
start_blue (Fixture *f)
{
  fixture_init (f, NULL);
  put_switch (f, "blue", 5001, NULL);
  put_binding (f, "em3", 2901, "blue");
  put_binding (f, "em4", 2901, "blue");
  put_flood (f, "blue", "10.8.125.18");
  test_world_advance (f->world, NET_SEC);
  receive (f, EM3, BCAST VM1 TAG DATA);
  answer_arp (f, "0a087d12", "020a087d0018");
  vtep_gateway_port_changed (f->gateway, EM3, FALSE);
  test_world_advance (f->world, NET_SEC);
  test_world_forget (f->world);
}

gboolean
blue_macs_are (Fixture *f, const char *table, const char *expected)
{
  g_autofree char *macs = local_macs (f, table, "blue");

  if (!g_str_equal (macs, expected))
    g_print ("# %s: %s\n", table, macs);
  return g_str_equal (macs, expected);
}
