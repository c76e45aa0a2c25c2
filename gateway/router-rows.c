/* One entry a row. */
#include "gateway/router-rows.h"

#include "gateway/older.h"

typedef struct
{
  VtepRouter *router;
  guint bad_bindings, bad_routes;
} Entry;

struct _VtepRouterRows
{
  VtepAgentConfig config;
  const VtepRefs *refs;
  const VtepAclRows *acls;
  const OvsdbTable *table;
  GHashTable *entries;            /* uuid → Entry; only looked up, never walked */
  guint bad_bindings, bad_routes; /* of all */
};

/* What is read of a row before a router is made of it. */
typedef struct
{
  GArray *interfaces, *routes;
  guint bad_bindings, bad_routes, bad_lists;
} Reading;

static void
entry_free (gpointer entry)
{
  vtep_router_free (((Entry *) entry)->router);
  g_free (entry);
}

VtepRouterRows *
vtep_router_rows_new (const VtepAgentConfig *config, const VtepRefs *refs, const VtepAclRows *acls)
{
  VtepRouterRows *rows = g_new0 (VtepRouterRows, 1);

  rows->config = *config;
  rows->refs = refs;
  rows->acls = acls;
  rows->table = ovsdb_database_table (config->database, "Logical_Router");
  rows->entries = g_hash_table_new_full (vtep_uuid_hash, vtep_uuid_equal, g_free, entry_free);
  return rows;
}

void
vtep_router_rows_free (VtepRouterRows *rows)
{
  if (!rows)
    return;
  g_hash_table_unref (rows->entries);
  g_free (rows);
}

NetMac
vtep_router_mac (const char *name)
{
  guint64 hash = G_GUINT64_CONSTANT (0xcbf29ce484222325);

  for (const char *c = name; *c; c++)
    hash = (hash ^ (guint8) *c) * G_GUINT64_CONSTANT (0x100000001b3);
  return net_mac_from_u64 (G_GUINT64_CONSTANT (0x020000000000) | (hash & G_GUINT64_CONSTANT (0xffffffffff)));
}

/* ---- reading a row ------------------------------------------------------------------------------------------- */

static gboolean
has_host_part (const NetIpv6 *address, guint prefix_length)
{
  NetIpv6 masked = vtep_address_mask (address, prefix_length);
  return !vtep_address_is_ipv4 (address) || prefix_length > 126 || !net_ipv6_equal (&masked, address);
}

static void
read_bindings (const VtepRouterRows *rows, const OvsdbRow *row, Reading *reading)
{
  const OvsdbDatum *bindings = ovsdb_row_get (row, "switch_binding");

  for (guint i = 0; i < bindings->n; i++)
    {
      VtepInterface interface = { .logical_switch
                                  = vtep_refs_switch (rows->refs, &ovsdb_datum_values (bindings)[i].uuid) };

      if (interface.logical_switch == VTEP_SWITCH_NONE
          || !vtep_prefix_from_text (ovsdb_datum_keys (bindings)[i].text, &interface.address,
                                     &interface.prefix_length)
          || !vtep_address_is_routable (&interface.address))
        {
          reading->bad_bindings++;
          continue;
        }
      interface.prefix = vtep_address_mask (&interface.address, interface.prefix_length);
      interface.has_address = has_host_part (&interface.address, interface.prefix_length);
      g_array_append_val (reading->interfaces, interface);
    }
}

static void
read_routes (const OvsdbRow *row, Reading *reading)
{
  const OvsdbDatum *routes = ovsdb_row_get (row, "static_routes");

  for (guint i = 0; i < routes->n; i++)
    {
      VtepRoute route = { 0 };
      NetIpv6 address;

      if (!vtep_prefix_from_text (ovsdb_datum_keys (routes)[i].text, &address, &route.prefix_length)
          || !vtep_address_from_text (ovsdb_datum_values (routes)[i].text, &route.next_hop)
          || vtep_address_is_ipv4 (&address) != vtep_address_is_ipv4 (&route.next_hop))
        {
          reading->bad_routes++;
          continue;
        }
      route.prefix = vtep_address_mask (&address, route.prefix_length);
      g_array_append_val (reading->routes, route);
    }
}

/* To the interfaces that have been read. */
static void
read_lists (const VtepRouterRows *rows, const OvsdbRow *row, Reading *reading)
{
  static const OvsdbDatum none = { .is_map = TRUE };
  const OvsdbDatum *lists = vtep_row_has (row, "acl_binding") ? ovsdb_row_get (row, "acl_binding") : &none;

  for (guint i = 0; i < lists->n; i++)
    {
      gboolean valid, found = FALSE;
      const VtepAcl *acl = vtep_acl_rows_find (rows->acls, &ovsdb_datum_values (lists)[i].uuid, &valid);
      NetIpv6 address;

      for (guint k = 0; k < reading->interfaces->len
                        && vtep_address_from_text (ovsdb_datum_keys (lists)[i].text, &address);
           k++)
        {
          VtepInterface *interface = &g_array_index (reading->interfaces, VtepInterface, k);
          if (!interface->has_address || !net_ipv6_equal (&interface->address, &address))
            continue;
          interface->acl = acl;
          found = TRUE;
        }
      reading->bad_lists += !found || !valid;
    }
}

/* FALSE: other_config gives one that is no host's. */
static gboolean
read_mac (const OvsdbRow *row, NetMac *mac)
{
  const char *text
      = vtep_row_has (row, "other_config") ? ovsdb_row_map_text (row, "other_config", "mac") : NULL;

  if (text && net_mac_from_text (text, mac) && !net_mac_is_group (mac) && !net_mac_is_zero (mac))
    return TRUE;
  *mac = vtep_router_mac (ovsdb_row_text (row, "name"));
  return !text;
}

/* ---- rows that come and go ----------------------------------------------------------------------------------- */

static void
remove_entry (VtepRouterRows *rows, const OvsdbUuid *uuid)
{
  Entry *entry = g_hash_table_lookup (rows->entries, uuid);

  if (!entry)
    return;
  vtep_tables_remove_router (rows->config.tables, entry->router);
  rows->bad_bindings -= entry->bad_bindings;
  rows->bad_routes -= entry->bad_routes;
  g_hash_table_remove (rows->entries, uuid);
}

static void
add_entry (VtepRouterRows *rows, const OvsdbRow *row)
{
  Reading reading = { .interfaces = g_array_new (FALSE, FALSE, sizeof (VtepInterface)),
                      .routes = g_array_new (FALSE, FALSE, sizeof (VtepRoute)) };
  VtepRouterConfig config = { .name = ovsdb_row_text (row, "name") };
  gboolean good_mac = read_mac (row, &config.mac);
  Entry *entry = g_new0 (Entry, 1);

  read_bindings (rows, row, &reading);
  read_routes (row, &reading);
  read_lists (rows, row, &reading);
  config.interfaces = (const VtepInterface *) (gconstpointer) reading.interfaces->data;
  config.n_interfaces = reading.interfaces->len;
  config.routes = (const VtepRoute *) (gconstpointer) reading.routes->data;
  config.n_routes = reading.routes->len;
  entry->router = vtep_router_new (&config, &entry->bad_bindings, &entry->bad_routes);
  entry->bad_bindings += reading.bad_bindings;
  entry->bad_routes += reading.bad_routes;
  rows->bad_bindings += entry->bad_bindings;
  rows->bad_routes += entry->bad_routes;
  g_array_unref (reading.interfaces);
  g_array_unref (reading.routes);
  g_hash_table_insert (rows->entries, g_memdup2 (ovsdb_row_uuid (row), sizeof (OvsdbUuid)), entry);
  vtep_tables_add_router (rows->config.tables, entry->router);
  vtep_faults_set (rows->config.faults, row, VTEP_FAULT_FROM_ROUTERS,
                   (entry->bad_bindings || entry->bad_routes || !good_mac ? VTEP_FAULT (UNSPECIFIED) : 0)
                       | (reading.bad_lists ? VTEP_FAULT (INVALID_ACL_BINDING) : 0));
}

static void
settle (VtepRouterRows *rows)
{
  const VtepAgentConfig *config = &rows->config;

  vtep_faults_set_switch (config->faults, VTEP_FAULT_FROM_ROUTERS,
                          (rows->bad_bindings ? VTEP_FAULT (LR_SWITCH_BINDINGS) : 0)
                              | (rows->bad_routes ? VTEP_FAULT (LR_STATIC_ROUTES) : 0));
  vtep_arp_report_set (config->arp_report, g_hash_table_size (rows->entries) > 0);
  vtep_router_port_settle (config->router_port);
}

/* Those that bind lists. */
static gboolean
reread (VtepRouterRows *rows)
{
  gboolean any = FALSE;

  for (const OvsdbRow *row = ovsdb_table_first (rows->table); row; row = ovsdb_table_next (row))
    {
      if (vtep_row_n (row, "acl_binding") == 0)
        continue;
      remove_entry (rows, ovsdb_row_uuid (row));
      add_entry (rows, row);
      any = TRUE;
    }
  return any;
}

void
vtep_router_rows_follow (VtepRouterRows *rows, const OvsdbChange *changes, guint n_changes,
                         gboolean lists_changed)
{
  gboolean any = FALSE;

  for (guint i = 0; i < n_changes; i++)
    {
      if (changes[i].table != rows->table || !vtep_faults_change_matters (&changes[i]))
        continue;
      remove_entry (rows, &changes[i].uuid);
      if (changes[i].after)
        add_entry (rows, changes[i].after);
      any = TRUE;
    }
  if (lists_changed)
    any |= reread (rows);
  if (any)
    settle (rows);
}
