/* A commit is applied in an order that lets every reference be read: first what appears (locators, sets, logical
 * switches), then what refers (bindings, remote MACs), last what goes. */
#include "gateway/agent.h"

#include "gateway/acl-rows.h"
#include "gateway/bindings.h"
#include "gateway/refs.h"
#include "gateway/router-rows.h"
#include "gateway/switch-rows.h"

#define UNKNOWN_DST "unknown-dst"

struct _VtepAgent
{
  VtepAgentConfig config;
  VtepRefs refs;
  VtepSwitchRows *switch_rows;
  VtepBindings *bindings;
  VtepAclRows *acl_rows; /* NULL: the schema is older than access lists */
  VtepRouterRows *router_rows;
  const OvsdbTable *logical_switches, *locators, *locator_sets, *ucast_remote, *mcast_remote, *ucast_local,
      *mcast_local, *physical_switches, *physical_ports, *tunnels, *arp_local, *arp_remote;
};

/* ---- what rows say ------------------------------------------------------------------------------------------- */

/* 0: not usable as a tunnel's far end. */
static NetIpv4
locator_address (const VtepAgent *agent, const OvsdbRow *row)
{
  const char *text = ovsdb_row_text (row, "dst_ip");
  NetIpv4 address;

  if (!text || !net_ipv4_from_text (text, &address) || address == agent->config.tunnel_ip)
    return 0;
  return address;
}

static VtepSwitchId
switch_of (const VtepAgent *agent, const OvsdbRow *row)
{
  return vtep_refs_switch (&agent->refs, ovsdb_row_uuid_value (row, "logical_switch"));
}

/* The key of a row of a unicast table; 0 when the row names no station that could be. */
static VtepKey
station_key (const VtepAgent *agent, const OvsdbRow *row)
{
  const char *text = ovsdb_row_text (row, "MAC");
  VtepSwitchId id = switch_of (agent, row);
  NetMac mac;

  if (id == VTEP_SWITCH_NONE || !text || !net_mac_from_text (text, &mac) || net_mac_is_group (&mac)
      || net_mac_is_zero (&mac))
    return 0;
  return vtep_key (id, &mac);
}

/* ---- locator sets -------------------------------------------------------------------------------------------- */

static void
put_set (VtepAgent *agent, const OvsdbUuid *uuid, const OvsdbRow *row)
{
  const OvsdbDatum *locators = ovsdb_row_get (row, "locators");
  const OvsdbAtom *atoms = ovsdb_datum_keys (locators);
  GArray *addresses = g_array_sized_new (FALSE, FALSE, sizeof (NetIpv4), locators->n);

  for (guint i = 0; i < locators->n; i++)
    {
      NetIpv4 address = vtep_refs_locator (&agent->refs, &atoms[i].uuid);
      if (address)
        g_array_append_val (addresses, address);
    }
  vtep_refs_add_set (&agent->refs, uuid, addresses);
}

/* ---- remote MACs --------------------------------------------------------------------------------------------- */

static void
apply_unicast (VtepAgent *agent, const OvsdbRow *row, gboolean add)
{
  VtepKey key = station_key (agent, row);
  NetIpv4 locator = vtep_refs_locator (&agent->refs, ovsdb_row_uuid_value (row, "locator"));

  if (!key || !locator)
    return;
  if (!add)
    {
      vtep_tables_remove_remote (agent->config.tables, key, locator);
      return;
    }
  vtep_tables_add_remote (agent->config.tables, key, locator);
  vtep_locals_yield (agent->config.locals, key);
}

static void
apply_multicast (VtepAgent *agent, const OvsdbRow *row, gboolean add)
{
  const GArray *set = vtep_refs_set (&agent->refs, ovsdb_row_uuid_value (row, "locator_set"));
  const char *text = ovsdb_row_text (row, "MAC");
  VtepSwitchId id = switch_of (agent, row);
  NetMac mac, *group = &mac;

  if (id == VTEP_SWITCH_NONE || !set || !text)
    return;
  if (strcmp (text, UNKNOWN_DST) == 0)
    group = NULL;
  else if (!net_mac_from_text (text, &mac) || !net_mac_is_group (&mac))
    return;
  for (guint i = 0; i < set->len; i++)
    if (add)
      vtep_tables_add_flood (agent->config.tables, id, group, g_array_index (set, NetIpv4, i));
    else
      vtep_tables_remove_flood (agent->config.tables, id, group, g_array_index (set, NetIpv4, i));
}

/* Another switch asks for neighbours of routers in the name of this MAC. */
static void
apply_arp_source (VtepAgent *agent, const OvsdbRow *row, gboolean add)
{
  NetIpv4 locator = vtep_refs_locator (&agent->refs, ovsdb_row_uuid_value (row, "locator"));
  const char *text = ovsdb_row_text (row, "src_mac");
  NetMac mac;

  if (!locator || !text || !net_mac_from_text (text, &mac) || net_mac_is_group (&mac)
      || net_mac_is_zero (&mac))
    return;
  if (add)
    vtep_tables_add_arp_source (agent->config.tables, &mac, locator);
  else
    vtep_tables_remove_arp_source (agent->config.tables, &mac, locator);
}

/* ---- a commit ------------------------------------------------------------------------------------------------ */

static void
apply_appearing (VtepAgent *agent, const OvsdbChange *change)
{
  if (change->table == agent->locators && !change->before)
    vtep_refs_add_locator (&agent->refs, &change->uuid, locator_address (agent, change->after));
  else if (change->table == agent->logical_switches && change->after)
    vtep_switch_rows_put (agent->switch_rows, change);
}

static void
apply_referring (VtepAgent *agent, const OvsdbChange *change)
{
  void (*apply) (VtepAgent *, const OvsdbRow *, gboolean)
      = change->table == agent->ucast_remote   ? apply_unicast
        : change->table == agent->mcast_remote ? apply_multicast
        : change->table == agent->arp_remote   ? apply_arp_source
                                               : NULL;

  if (!apply)
    return;
  if (change->before)
    apply (agent, change->before, FALSE);
  if (change->after)
    apply (agent, change->after, TRUE);
}

static void
apply_going (VtepAgent *agent, const OvsdbChange *change)
{
  VtepKey key;

  if (change->table == agent->arp_local)
    vtep_arp_report_touched (agent->config.arp_report);
  if (change->after)
    return;
  if (change->table == agent->ucast_local && (key = station_key (agent, change->before)))
    vtep_report_mac_row_gone (agent->config.report, key, &change->uuid);
  else if (change->table == agent->mcast_local && switch_of (agent, change->before) != VTEP_SWITCH_NONE)
    vtep_report_switch_row_gone (agent->config.report, switch_of (agent, change->before), &change->uuid);
}

static void
apply_gone (VtepAgent *agent, const OvsdbChange *change)
{
  if (change->after)
    return;
  if (change->table == agent->logical_switches)
    vtep_switch_rows_remove (agent->switch_rows, change);
  else if (change->table == agent->locators || change->table == agent->locator_sets)
    vtep_refs_remove (&agent->refs, &change->uuid);
}

static void
committed (OvsdbDatabase *database, const OvsdbChange *changes, guint n_changes, gpointer user)
{
  VtepAgent *agent = user;
  gboolean rebind = FALSE, lists_changed;

  (void) database;
  for (guint i = 0; i < n_changes; i++)
    apply_appearing (agent, &changes[i]);
  for (guint i = 0; i < n_changes; i++)
    if (changes[i].table == agent->locator_sets && !changes[i].before)
      put_set (agent, &changes[i].uuid, changes[i].after);
  for (guint i = 0; i < n_changes; i++)
    if (changes[i].table == agent->physical_switches)
      {
        rebind |= ovsdb_change_touches (&changes[i], "ports") || ovsdb_change_touches (&changes[i], "name");
        if (ovsdb_change_touches (&changes[i], "tunnel_ips"))
          vtep_tunnel_ips_touched (agent->config.tunnel_ips);
      }
    else if (changes[i].table == agent->physical_ports)
      rebind |= ovsdb_change_touches (&changes[i], "vlan_bindings")
                || ovsdb_change_touches (&changes[i], "name");
  if (rebind)
    vtep_bindings_follow (agent->bindings);
  lists_changed = agent->acl_rows && vtep_acl_rows_follow (agent->acl_rows, changes, n_changes);
  vtep_router_rows_follow (agent->router_rows, changes, n_changes, lists_changed);
  for (guint i = 0; i < n_changes; i++)
    apply_referring (agent, &changes[i]);
  for (guint i = 0; i < n_changes; i++)
    if (changes[i].table == agent->tunnels)
      vtep_tunnels_row_changed (agent->config.tunnels, &changes[i]);
  for (guint i = 0; i < n_changes; i++)
    apply_going (agent, &changes[i]);
  for (guint i = 0; i < n_changes; i++)
    apply_gone (agent, &changes[i]);
  vtep_switch_rows_settle (agent->switch_rows);
}

/* ---- what changes without a commit --------------------------------------------------------------------------- */

void
vtep_agent_follow_ports (VtepAgent *agent)
{
  vtep_bindings_follow (agent->bindings);
  if (agent->acl_rows)
    vtep_acl_rows_follow_ports (agent->acl_rows);
}

void
vtep_agent_drop_port (VtepAgent *agent, VtepPort port)
{
  vtep_bindings_drop_port (agent->bindings, port);
  if (agent->acl_rows)
    vtep_acl_rows_drop_port (agent->acl_rows, port);
}

/* What locators and sets stand for; `only` leaves one address of them (0: all). */
static void
read_locators (VtepAgent *agent, NetIpv4 only)
{
  for (const OvsdbRow *row = ovsdb_table_first (agent->locators); row; row = ovsdb_table_next (row))
    {
      NetIpv4 address = locator_address (agent, row);
      vtep_refs_add_locator (&agent->refs, ovsdb_row_uuid (row), only && address != only ? 0 : address);
    }
  for (const OvsdbRow *row = ovsdb_table_first (agent->locator_sets); row; row = ovsdb_table_next (row))
    put_set (agent, ovsdb_row_uuid (row), row);
}

static void
apply_table (VtepAgent *agent, const OvsdbTable *table,
             void (*apply) (VtepAgent *agent, const OvsdbRow *row, gboolean add), gboolean add)
{
  for (const OvsdbRow *row = ovsdb_table_first (table); row; row = ovsdb_table_next (row))
    apply (agent, row, add);
}

/* Makes rows that name this one address hold, or not. */
static void
apply_address (VtepAgent *agent, NetIpv4 address, gboolean add)
{
  read_locators (agent, address);
  apply_table (agent, agent->ucast_remote, apply_unicast, add);
  apply_table (agent, agent->mcast_remote, apply_multicast, add);
  apply_table (agent, agent->arp_remote, apply_arp_source, add);
}

/* Rows that name the new address were about another's tunnel end; those that name the old one are from now on. */
void
vtep_agent_set_tunnel_ip (VtepAgent *agent, NetIpv4 tunnel_ip)
{
  NetIpv4 was = agent->config.tunnel_ip;

  if (tunnel_ip == was)
    return;
  apply_address (agent, tunnel_ip, FALSE);
  agent->config.tunnel_ip = tunnel_ip;
  apply_address (agent, was, TRUE);
  read_locators (agent, 0);
}

/* ---- the beginning ------------------------------------------------------------------------------------------- */

static void
append_rows (GArray *changes, const OvsdbTable *table)
{
  for (const OvsdbRow *row = table ? ovsdb_table_first (table) : NULL; row; row = ovsdb_table_next (row))
    {
      OvsdbChange change = { .table = table, .uuid = *ovsdb_row_uuid (row), .after = row };
      g_array_append_val (changes, change);
    }
}

/* All rows that there are, as if one commit had inserted them. */
static void
read_all (VtepAgent *agent)
{
  g_autoptr (GArray) changes = g_array_new (FALSE, FALSE, sizeof (OvsdbChange));

  append_rows (changes, agent->locators);
  append_rows (changes, agent->locator_sets);
  append_rows (changes, agent->logical_switches);
  append_rows (changes, agent->physical_switches);
  append_rows (changes, agent->physical_ports);
  append_rows (changes, agent->ucast_remote);
  append_rows (changes, agent->mcast_remote);
  append_rows (changes, agent->tunnels);
  append_rows (changes, ovsdb_database_table (agent->config.database, "ACL_entry"));
  append_rows (changes, ovsdb_database_table (agent->config.database, "ACL"));
  append_rows (changes, ovsdb_database_table (agent->config.database, "Logical_Router"));
  append_rows (changes, agent->arp_remote);
  committed (agent->config.database, (const OvsdbChange *) (gconstpointer) changes->data, changes->len,
             agent);
}

VtepAgent *
vtep_agent_new (const VtepAgentConfig *config)
{
  VtepAgent *agent = g_new0 (VtepAgent, 1);
  OvsdbDatabase *database = config->database;

  agent->config = *config;
  vtep_refs_init (&agent->refs);
  agent->switch_rows = vtep_switch_rows_new (config, &agent->refs);
  agent->bindings = vtep_bindings_new (config, &agent->refs);
  if (ovsdb_database_table (database, "ACL"))
    agent->acl_rows = vtep_acl_rows_new (config);
  agent->router_rows = vtep_router_rows_new (config, &agent->refs, agent->acl_rows);
  agent->logical_switches = ovsdb_database_table (database, "Logical_Switch");
  agent->locators = ovsdb_database_table (database, "Physical_Locator");
  agent->locator_sets = ovsdb_database_table (database, "Physical_Locator_Set");
  agent->ucast_remote = ovsdb_database_table (database, "Ucast_Macs_Remote");
  agent->mcast_remote = ovsdb_database_table (database, "Mcast_Macs_Remote");
  agent->ucast_local = ovsdb_database_table (database, "Ucast_Macs_Local");
  agent->mcast_local = ovsdb_database_table (database, "Mcast_Macs_Local");
  agent->physical_switches = ovsdb_database_table (database, "Physical_Switch");
  agent->physical_ports = ovsdb_database_table (database, "Physical_Port");
  agent->tunnels = ovsdb_database_table (database, "Tunnel");
  agent->arp_local = ovsdb_database_table (database, "Arp_Sources_Local");
  agent->arp_remote = ovsdb_database_table (database, "Arp_Sources_Remote");
  read_all (agent);
  ovsdb_database_listen (database, committed, agent);
  return agent;
}

void
vtep_agent_free (VtepAgent *agent)
{
  if (!agent)
    return;
  ovsdb_database_unlisten (agent->config.database, committed, agent);
  vtep_router_rows_free (agent->router_rows);
  vtep_acl_rows_free (agent->acl_rows);
  vtep_bindings_free (agent->bindings);
  vtep_switch_rows_free (agent->switch_rows);
  vtep_refs_clear (&agent->refs);
  g_free (agent);
}
