/* TORs as RESTCONF shows them: what their databases hold, in the shapes of hwvtep.yang.  Read only. */
#include "models/odl/core.h"
#include "models/odl/hwvtep.h"
#include "models/odl/northbound.h"

#include <string.h>

#define TOPOLOGY "hwvtep:1"

/* ---- references ---------------------------------------------------------------------------------------------- */

static char *
node_path (const char *node_id)
{
  return g_strdup_printf ("/network-topology:network-topology/network-topology:topology[network-topology:"
                          "topology-id='" TOPOLOGY "']/network-topology:node[network-topology:node-id='%s']",
                          node_id);
}

static json_t *
switch_ref (const OdlHwvtep *hwvtep, const OvsdbRow *logical_switch)
{
  g_autofree char *path = node_path (hwvtep->node_id);
  const char *name = logical_switch ? ovsdb_row_text (logical_switch, "name") : NULL;

  return json_sprintf ("%s/hwvtep:logical-switches[hwvtep:hwvtep-node-name='%s']", path, name ? name : "");
}

static json_t *
locator_ref (const OdlHwvtep *hwvtep, const OvsdbRow *locator)
{
  g_autofree char *path = node_path (hwvtep->node_id);
  const char *ip = locator ? ovsdb_row_text (locator, "dst_ip") : NULL;

  return json_sprintf ("%s/network-topology:termination-point[network-topology:tp-id='vxlan_over_ipv4:%s']",
                       path, ip ? ip : "");
}

/* ---- the global node ----------------------------------------------------------------------------------------- */

/* One list of the node: a row of the table makes an item. */
typedef struct
{
  const char *member, *table;
  json_t *(*item) (const OdlHwvtep *hwvtep, const OvsdbRow *row);
} List;

static json_t *
logical_switch_item (const OdlHwvtep *hwvtep, const OvsdbRow *row)
{
  const char *mode = ovsdb_row_text (row, "replication_mode");
  json_t *item = json_pack ("{s:s, s:s}", "hwvtep-node-name", ovsdb_row_text (row, "name"),
                            "hwvtep-node-description", ovsdb_row_text (row, "description"));
  gint64 key = ovsdb_row_integer (row, "tunnel_key", -1);

  (void) hwvtep;
  if (key >= 0)
    json_object_set_new (item, "tunnel-key", json_sprintf ("%" G_GINT64_FORMAT, key));
  if (mode)
    json_object_set_new (item, "replication-mode", json_string (mode));
  return item;
}

static json_t *
ucast_item (const OdlHwvtep *hwvtep, const OvsdbRow *row)
{
  return json_pack ("{s:s, s:o, s:o, s:s}", "mac-entry-key", ovsdb_row_text (row, "MAC"),
                    "logical-switch-ref", switch_ref (hwvtep, ovsdb_row_ref (row, "logical_switch")),
                    "locator-ref", locator_ref (hwvtep, ovsdb_row_ref (row, "locator")), "ipaddr",
                    ovsdb_row_text (row, "ipaddr"));
}

/* The model has no word for unknown-dst, and shows it as the zero address. */
static json_t *
mcast_item (const OdlHwvtep *hwvtep, const OvsdbRow *row)
{
  const OvsdbRow *set = ovsdb_row_ref (row, "locator_set");
  const char *mac = ovsdb_row_text (row, "MAC");
  json_t *locators = json_array ();

  for (guint i = 0; set && i < ovsdb_row_get (set, "locators")->n; i++)
    json_array_append_new (locators, json_pack ("{s:o}", "locator-ref",
                                                locator_ref (hwvtep, ovsdb_row_ref_at (set, "locators", i))));
  return json_pack ("{s:s, s:o, s:o}", "mac-entry-key",
                    g_strcmp0 (mac, ODL_UNKNOWN_DST) == 0 ? "00:00:00:00:00:00" : mac, "logical-switch-ref",
                    switch_ref (hwvtep, ovsdb_row_ref (row, "logical_switch")), "locator-set", locators);
}

static json_t *
locator_item (const OdlHwvtep *hwvtep, const OvsdbRow *row)
{
  const char *ip = ovsdb_row_text (row, "dst_ip");

  (void) hwvtep;
  return json_pack ("{s:o, s:s, s:s}", "tp-id", json_sprintf ("vxlan_over_ipv4:%s", ip),
                    "hwvtep:encapsulation-type", "encapsulation-type-vxlan-over-ipv4", "hwvtep:dst-ip", ip);
}

static json_t *
switch_item (const OdlHwvtep *hwvtep, const OvsdbRow *row)
{
  g_autofree char *id
      = g_strdup_printf ("%s/physicalswitch/%s", hwvtep->node_id, ovsdb_row_text (row, "name"));
  g_autofree char *path = node_path (id);

  return json_pack ("{s:s}", "switch-ref", path);
}

static json_t *
other_config_item (const char *key, const char *value)
{
  return json_pack ("{s:s, s:s}", "other-config-key", key, "other-config-value", value);
}

static json_t *
manager_item (const OdlHwvtep *hwvtep, const OvsdbRow *row)
{
  const OvsdbDatum *config = ovsdb_row_get (row, "other_config");
  json_t *list = json_array ();

  (void) hwvtep;
  for (guint i = 0; i < config->n; i++)
    json_array_append_new (
        list, other_config_item (ovsdb_datum_keys (config)[i].text, ovsdb_datum_values (config)[i].text));
  return json_pack ("{s:s, s:b, s:o}", "target", ovsdb_row_text (row, "target"), "is-connected",
                    ovsdb_row_boolean (row, "is_connected", FALSE), "manager-other-configs", list);
}

/* A parent has one of its own, which names its children. */
static json_t *
parent_manager (OdlHwvtep *parent)
{
  GString *children = g_string_new (NULL);
  json_t *item;

  for (guint i = 0; i < odl_hwvtep_n_members (parent); i++)
    g_string_append_printf (children, "%s%s", i ? "," : "", odl_hwvtep_member (parent, i)->node_id);
  item = json_pack ("{s:s, s:[o]}", "target", "managerKey", "manager-other-configs",
                    other_config_item ("ha_children", children->str));
  g_string_free (children, TRUE);
  return item;
}

static const List lists[] = {
  { "hwvtep:switches", "Physical_Switch", switch_item },
  { "hwvtep:logical-switches", "Logical_Switch", logical_switch_item },
  { "hwvtep:remote-ucast-macs", "Ucast_Macs_Remote", ucast_item },
  { "hwvtep:local-ucast-macs", "Ucast_Macs_Local", ucast_item },
  { "hwvtep:remote-mcast-macs", "Mcast_Macs_Remote", mcast_item },
  { "hwvtep:local-mcast-macs", "Mcast_Macs_Local", mcast_item },
  { "hwvtep:managers", "Manager", manager_item },
  { "termination-point", "Physical_Locator", locator_item },
};

/* What the members of a node hold, each item once. */
static json_t *
collect_items (OdlHwvtep *hwvtep, const List *list)
{
  json_t *items = json_array ();
  OdlRegistry known;

  odl_registry_init (&known, NULL);
  for (guint i = 0; i < odl_hwvtep_n_members (hwvtep); i++)
    {
      OvsdbDatabase *replica = odl_hwvtep_replica (odl_hwvtep_member (hwvtep, i));
      const OvsdbTable *table = replica ? ovsdb_database_table (replica, list->table) : NULL;

      for (const OvsdbRow *row = table ? ovsdb_table_first (table) : NULL; row; row = ovsdb_table_next (row))
        {
          json_t *item = list->item (hwvtep, row);
          g_autofree char *text = json_dumps (item, JSON_COMPACT | JSON_SORT_KEYS);

          if (!odl_registry_find (&known, text))
            json_array_append (items, item);
          odl_registry_put (&known, text, ODL_PRESENT);
          json_decref (item);
        }
    }
  odl_registry_clear (&known);
  return items;
}

/* The first of its members that is here; NULL when none is. */
static OdlHwvtep *
first_member (OdlHwvtep *hwvtep)
{
  for (guint i = 0; i < odl_hwvtep_n_members (hwvtep); i++)
    if (odl_hwvtep_replica (odl_hwvtep_member (hwvtep, i)))
      return odl_hwvtep_member (hwvtep, i);
  return NULL;
}

static json_t *
global_node (OdlHwvtep *hwvtep)
{
  json_t *node = json_pack ("{s:s, s:s}", "node-id", hwvtep->node_id, "hwvtep:db-version",
                            ovsdb_client_server_version (odl_hwvtep_client (first_member (hwvtep))));

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      json_t *items = collect_items (hwvtep, &lists[i]);

      if (json_array_size (items) > 0)
        json_object_set (node, lists[i].member, items);
      json_decref (items);
    }
  if (hwvtep->children)
    json_object_set_new (node, "hwvtep:managers", json_pack ("[o]", parent_manager (hwvtep)));
  return node;
}

/* ---- a switch's node ----------------------------------------------------------------------------------------- */

/* A set of text as a list of maps with this key. */
static json_t *
keyed (const OvsdbRow *row, const char *column, const char *key)
{
  const OvsdbDatum *datum = ovsdb_row_get (row, column);
  json_t *list = json_array ();

  for (guint i = 0; i < datum->n; i++)
    json_array_append_new (list, json_pack ("{s:s}", key, ovsdb_datum_keys (datum)[i].text));
  return list;
}

static json_t *
port_item (const OdlHwvtep *hwvtep, const OvsdbRow *port)
{
  const OvsdbDatum *bindings = ovsdb_row_get (port, "vlan_bindings");
  const char *name = ovsdb_row_text (port, "name");
  json_t *list = json_array ();

  for (guint i = 0; i < bindings->n; i++)
    json_array_append_new (
        list,
        json_pack ("{s:I, s:o}", "vlan-id-key", (json_int_t) ovsdb_datum_keys (bindings)[i].integer,
                   "logical-switch-ref", switch_ref (hwvtep, ovsdb_row_ref_at (port, "vlan_bindings", i))));
  return json_pack ("{s:s, s:s, s:o}", "tp-id", name, "hwvtep:hwvtep-node-name", name, "hwvtep:vlan-bindings",
                    list);
}

static json_t *
switch_node (const OdlHwvtep *hwvtep, const OvsdbRow *row)
{
  const char *name = ovsdb_row_text (row, "name");
  g_autofree char *manager = node_path (hwvtep->node_id);
  json_t *ports = json_array ();

  for (guint i = 0; i < ovsdb_row_get (row, "ports")->n; i++)
    {
      const OvsdbRow *port = ovsdb_row_ref_at (row, "ports", i);

      if (port)
        json_array_append_new (ports, port_item (hwvtep, port));
    }
  return json_pack ("{s:o, s:s, s:s, s:o, s:o, s:o}", "node-id",
                    json_sprintf ("%s/physicalswitch/%s", hwvtep->node_id, name), "hwvtep:hwvtep-node-name",
                    name, "hwvtep:managed-by", manager, "hwvtep:tunnel-ips",
                    keyed (row, "tunnel_ips", "tunnel-ips-key"), "hwvtep:management-ips",
                    keyed (row, "management_ips", "management-ips-key"), "termination-point", ports);
}

/* ---- the handler --------------------------------------------------------------------------------------------- */

/* The switches of its members, one of each name. */
static void
append_switches (json_t *nodes, OdlHwvtep *hwvtep)
{
  OdlRegistry known;

  odl_registry_init (&known, NULL);
  for (guint i = 0; i < odl_hwvtep_n_members (hwvtep); i++)
    {
      OvsdbDatabase *replica = odl_hwvtep_replica (odl_hwvtep_member (hwvtep, i));
      const OvsdbTable *table = replica ? ovsdb_database_table (replica, "Physical_Switch") : NULL;

      for (const OvsdbRow *row = table ? ovsdb_table_first (table) : NULL; row; row = ovsdb_table_next (row))
        {
          if (!odl_registry_find (&known, ovsdb_row_text (row, "name")))
            json_array_append_new (nodes, switch_node (hwvtep, row));
          odl_registry_put (&known, ovsdb_row_text (row, "name"), ODL_PRESENT);
        }
    }
  odl_registry_clear (&known);
}

/* Both kinds of nodes of the TORs that are here. */
static json_t *
all_nodes (const Odl *odl)
{
  json_t *nodes = json_array ();

  for (guint i = 0; i < odl_registry_n (&odl->hwvteps); i++)
    {
      OdlHwvtep *hwvtep = odl_registry_at (&odl->hwvteps, i);

      if (!first_member (hwvtep))
        continue;
      json_array_append_new (nodes, global_node (hwvtep));
      append_switches (nodes, hwvtep);
    }
  return nodes;
}

/* Takes the list. */
static json_t *
pick (json_t *nodes, const char *node_id)
{
  json_t *node, *found = NULL;
  gsize i;

  json_array_foreach (
      nodes, i, node) if (g_str_equal (json_string_value (json_object_get (node, "node-id")), node_id)) found
      = json_incref (node);
  json_decref (nodes);
  return found;
}

guint
odl_northbound_operational_topology (Odl *odl, const char *method, const char *rest, const json_t *body,
                                     json_t **reply, GError **error)
{
  json_t *found;

  (void) body;
  if (!g_str_equal (method, "GET"))
    return odl_northbound_bad_method (method, error);
  if (g_str_equal (rest, TOPOLOGY))
    found = json_pack ("{s:[{s:s, s:o}]}", "topology", "topology-id", TOPOLOGY, "node", all_nodes (odl));
  else if (g_str_has_prefix (rest, TOPOLOGY "/node/")
           && (found = pick (all_nodes (odl), rest + strlen (TOPOLOGY "/node/"))))
    found = json_pack ("{s:[o]}", "node", found);
  else
    {
      g_set_error (error, ODL_ERROR, ODL_ERROR_NOT_FOUND, "there is nothing at topology/%s", rest);
      return 0;
    }
  if (reply)
    *reply = found;
  else
    json_decref (found);
  return 200;
}
