/* Direct arrays where a frame looks (port and VLAN, switch id), hashes by number where keys are sparse. */
#include "gateway/tables.h"

#include "gateway/claims.h"
#include "gateway/remotes.h"

#define MAX_SWITCHES 65535u

struct _VtepTables
{
  VtepTablesFront front;
  GArray *free_ids; /* of VtepSwitchId */
  VtepClaims claims;
  VtepRemotes remotes;
  VtepIndex arp_sources; /* MAC → locator */
  VtepRemotes contested_arp_sources;
};

VtepTables *
vtep_tables_new (const VtepTablesConfig *config)
{
  VtepTables *tables = g_new0 (VtepTables, 1);

  tables->front.config = *config;
  tables->front.bindings = g_new0 (VtepBinding *, (gsize) config->n_ports * VTEP_VLANS);
  tables->front.switches = g_ptr_array_new ();
  g_ptr_array_add (tables->front.switches, NULL);
  tables->free_ids = g_array_new (FALSE, FALSE, sizeof (VtepSwitchId));
  vtep_claims_init (&tables->claims);
  vtep_index_init (&tables->front.by_vni, config->fdb.seed);
  tables->front.peers = vtep_peers_new (config->fdb.seed);
  vtep_index_init (&tables->front.down, config->fdb.seed);
  vtep_remotes_init (&tables->remotes);
  vtep_index_init (&tables->arp_sources, config->fdb.seed);
  vtep_remotes_init (&tables->contested_arp_sources);
  tables->front.fdb = vtep_fdb_new (&config->fdb);
  tables->front.acls = vtep_port_acls_new (config->n_ports);
  return tables;
}

static void
make_room (VtepTables *tables, guint n_ports)
{
  VtepTablesFront *front = &tables->front;
  gsize n = (gsize) front->config.n_ports * VTEP_VLANS, n_wanted = (gsize) n_ports * VTEP_VLANS;

  if (n_wanted <= n)
    return;
  front->bindings = g_renew (VtepBinding *, front->bindings, n_wanted);
  memset (front->bindings + n, 0, (n_wanted - n) * sizeof front->bindings[0]);
  front->config.n_ports = n_ports;
  vtep_port_acls_make_room (front->acls, n_ports);
}

void
vtep_tables_configure (VtepTables *tables, const VtepTablesConfig *config)
{
  VtepTablesFront *front = &tables->front;

  make_room (tables, config->n_ports);
  front->config.mtu = config->mtu;
  front->config.inner_vlan = config->inner_vlan;
  front->config.arp_source = config->arp_source;
  front->config.fdb.age_ns = config->fdb.age_ns;
  front->config.fdb.max_local = config->fdb.max_local;
  vtep_fdb_configure (front->fdb, &front->config.fdb);
}

static void
switch_free (VtepSwitch *logical_switch)
{
  for (guint i = 0; i < logical_switch->groups->len; i++)
    vtep_flood_clear (&g_array_index (logical_switch->groups, VtepGroup, i).flood);
  g_array_unref (logical_switch->groups);
  g_array_unref (logical_switch->places);
  g_clear_pointer (&logical_switch->routers, g_ptr_array_unref);
  vtep_flood_clear (&logical_switch->unknown);
  g_free (logical_switch->name);
  g_free (logical_switch);
}

void
vtep_tables_free (VtepTables *tables)
{
  if (!tables)
    return;
  for (guint id = 1; id < tables->front.switches->len; id++)
    if (tables->front.switches->pdata[id])
      switch_free (tables->front.switches->pdata[id]);
  g_ptr_array_unref (tables->front.switches);
  g_array_unref (tables->free_ids);
  vtep_claims_clear (&tables->claims);
  vtep_index_clear (&tables->front.by_vni);
  vtep_peers_free (tables->front.peers);
  vtep_index_clear (&tables->front.down);
  vtep_remotes_clear (&tables->remotes);
  vtep_index_clear (&tables->arp_sources);
  vtep_remotes_clear (&tables->contested_arp_sources);
  vtep_fdb_free (tables->front.fdb);
  vtep_port_acls_free (tables->front.acls);
  for (gsize i = 0; i < (gsize) tables->front.config.n_ports * VTEP_VLANS; i++)
    g_free (tables->front.bindings[i]);
  g_free (tables->front.bindings);
  g_free (tables);
}

/* ---- reading ------------------------------------------------------------------------------------------------- */

VtepSwitchId
vtep_tables_bound (const VtepTables *tables, VtepPlace place)
{
  const VtepBinding *binding = vtep_tables_binding (tables, place);
  return binding ? binding->logical_switch->id : VTEP_SWITCH_NONE;
}

VtepPeers *
vtep_tables_peers_writable (VtepTables *tables)
{
  return tables->front.peers;
}

guint
vtep_tables_n_without_vni (const VtepTables *tables)
{
  return vtep_claims_n_losers (&tables->claims);
}

VtepFdb *
vtep_tables_fdb_writable (VtepTables *tables)
{
  return tables->front.fdb;
}

VtepPortAcls *
vtep_tables_acls_writable (VtepTables *tables)
{
  return tables->front.acls;
}

const VtepIndex *
vtep_tables_down (const VtepTables *tables)
{
  return &tables->front.down;
}

/* The place of the group's entry, or where it belongs. */
static guint
group_lower_bound (const VtepSwitch *logical_switch, guint64 mac)
{
  guint low = 0, high = logical_switch->groups->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      if (g_array_index (logical_switch->groups, VtepGroup, middle).mac < mac)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

const VtepFlood *
vtep_switch_flood (const VtepSwitch *logical_switch, const NetMac *group)
{
  guint64 mac = net_mac_to_u64 (group);
  guint i = group_lower_bound (logical_switch, mac);

  if (i < logical_switch->groups->len && g_array_index (logical_switch->groups, VtepGroup, i).mac == mac)
    return &g_array_index (logical_switch->groups, VtepGroup, i).flood;
  return &logical_switch->unknown;
}

/* ---- logical switches ---------------------------------------------------------------------------------------- */

static VtepSwitch *
switch_at (VtepTables *tables, VtepSwitchId id)
{
  return tables->front.switches->pdata[id];
}

/* Who asks for the VNI has changed. */
static void
settle_vni (VtepTables *tables, guint32 vni)
{
  VtepSwitch *winner = vtep_claims_winner (&tables->claims, vni),
             *holder = switch_at (
                 tables, (VtepSwitchId) vtep_index_get (&tables->front.by_vni, vni, VTEP_SWITCH_NONE));

  if (winner == holder)
    return;
  if (holder)
    holder->vni = VTEP_VNI_NONE;
  if (!winner)
    {
      vtep_index_remove (&tables->front.by_vni, vni);
      return;
    }
  winner->vni = vni;
  vtep_index_put (&tables->front.by_vni, vni, winner->id);
}

static VtepSwitchId
take_id (VtepTables *tables)
{
  VtepSwitchId id;

  if (tables->free_ids->len)
    {
      id = g_array_index (tables->free_ids, VtepSwitchId, tables->free_ids->len - 1);
      g_array_set_size (tables->free_ids, tables->free_ids->len - 1);
      return id;
    }
  if (tables->front.switches->len > MAX_SWITCHES)
    return VTEP_SWITCH_NONE;
  g_ptr_array_add (tables->front.switches, NULL);
  return (VtepSwitchId) (tables->front.switches->len - 1);
}

VtepSwitchId
vtep_tables_add_switch (VtepTables *tables, const VtepSwitchConfig *config)
{
  VtepSwitchId id = take_id (tables);
  VtepSwitch *logical_switch;

  if (id == VTEP_SWITCH_NONE)
    return id;
  logical_switch = g_new0 (VtepSwitch, 1);
  logical_switch->id = id;
  logical_switch->tunnel_key = logical_switch->vni = VTEP_VNI_NONE;
  logical_switch->places = g_array_new (FALSE, FALSE, sizeof (VtepPlace));
  logical_switch->groups = g_array_new (FALSE, FALSE, sizeof (VtepGroup));
  tables->front.switches->pdata[id] = logical_switch;
  vtep_tables_change_switch (tables, id, config);
  return id;
}

void
vtep_tables_change_switch (VtepTables *tables, VtepSwitchId id, const VtepSwitchConfig *config)
{
  VtepSwitch *logical_switch = switch_at (tables, id);
  guint32 old_key = logical_switch->tunnel_key;

  vtep_claims_remove (&tables->claims, logical_switch);
  g_free (logical_switch->name);
  logical_switch->name = g_strdup (config->name);
  logical_switch->replication = config->replication;
  logical_switch->tunnel_key = config->tunnel_key;
  vtep_claims_add (&tables->claims, logical_switch);
  settle_vni (tables, old_key);
  settle_vni (tables, config->tunnel_key);
}

void
vtep_tables_remove_switch (VtepTables *tables, VtepSwitchId id)
{
  VtepSwitch *logical_switch = switch_at (tables, id);

  vtep_claims_remove (&tables->claims, logical_switch);
  settle_vni (tables, logical_switch->tunnel_key);
  tables->front.switches->pdata[id] = NULL;
  switch_free (logical_switch);
  g_array_append_val (tables->free_ids, id);
}

/* ---- bindings ------------------------------------------------------------------------------------------------ */

static guint
place_lower_bound (const VtepSwitch *logical_switch, VtepPlace place)
{
  guint low = 0, high = logical_switch->places->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      if (vtep_place_compare (g_array_index (logical_switch->places, VtepPlace, middle), place) < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

void
vtep_tables_bind (VtepTables *tables, VtepPlace place, VtepSwitchId id)
{
  VtepBinding **binding = &tables->front.bindings[place.port * VTEP_VLANS + place.vlan];
  VtepSwitch *old = *binding ? (*binding)->logical_switch : NULL, *new = switch_at (tables, id);

  if (old)
    g_array_remove_index (old->places, place_lower_bound (old, place));
  g_clear_pointer (binding, g_free);
  if (!new)
    return;
  g_array_insert_val (new->places, place_lower_bound (new, place), place);
  *binding = g_new0 (VtepBinding, 1);
  (*binding)->logical_switch = new;
}

/* ---- the tunnel side ----------------------------------------------------------------------------------------- */

static NetIpv4
remote_of (const VtepTables *tables, VtepKey key)
{
  const VtepMac *mac = vtep_fdb_find (tables->front.fdb, key);
  return mac ? mac->locator : 0;
}

void
vtep_tables_add_remote (VtepTables *tables, VtepKey key, NetIpv4 locator)
{
  NetIpv4 current = remote_of (tables, key);

  vtep_peers_add (tables->front.peers, vtep_key_switch (key), locator);
  vtep_fdb_set_remote (tables->front.fdb, key, vtep_remotes_add (&tables->remotes, key, current, locator));
}

void
vtep_tables_remove_remote (VtepTables *tables, VtepKey key, NetIpv4 locator)
{
  NetIpv4 current = remote_of (tables, key);

  vtep_peers_remove (tables->front.peers, vtep_key_switch (key), locator);
  vtep_fdb_set_remote (tables->front.fdb, key, vtep_remotes_remove (&tables->remotes, key, current, locator));
}

void
vtep_tables_add_flood (VtepTables *tables, VtepSwitchId id, const NetMac *group, NetIpv4 locator)
{
  VtepSwitch *logical_switch = switch_at (tables, id);
  guint64 mac = group ? net_mac_to_u64 (group) : 0;
  guint i;

  vtep_peers_add (tables->front.peers, id, locator);
  if (!group)
    {
      vtep_flood_add (&logical_switch->unknown, locator);
      return;
    }
  i = group_lower_bound (logical_switch, mac);
  if (i == logical_switch->groups->len || g_array_index (logical_switch->groups, VtepGroup, i).mac != mac)
    {
      VtepGroup entry = { .mac = mac };
      g_array_insert_val (logical_switch->groups, i, entry);
    }
  vtep_flood_add (&g_array_index (logical_switch->groups, VtepGroup, i).flood, locator);
}

void
vtep_tables_remove_flood (VtepTables *tables, VtepSwitchId id, const NetMac *group, NetIpv4 locator)
{
  VtepSwitch *logical_switch = switch_at (tables, id);
  guint64 mac = group ? net_mac_to_u64 (group) : 0;
  VtepGroup *entry;
  guint i;

  vtep_peers_remove (tables->front.peers, id, locator);
  if (!group)
    {
      vtep_flood_remove (&logical_switch->unknown, locator);
      return;
    }
  i = group_lower_bound (logical_switch, mac);
  if (i == logical_switch->groups->len || g_array_index (logical_switch->groups, VtepGroup, i).mac != mac)
    return;
  entry = &g_array_index (logical_switch->groups, VtepGroup, i);
  vtep_flood_remove (&entry->flood, locator);
  if (entry->flood.n == 0)
    {
      vtep_flood_clear (&entry->flood);
      g_array_remove_index (logical_switch->groups, i);
    }
}

/* ---- routers ------------------------------------------------------------------------------------------------- */

NetIpv4
vtep_tables_arp_source (const VtepTables *tables, const NetMac *mac)
{
  return vtep_index_get (&tables->arp_sources, net_mac_to_u64 (mac), 0);
}

static void
set_arp_source (VtepTables *tables, guint64 mac, NetIpv4 locator)
{
  if (locator)
    vtep_index_put (&tables->arp_sources, mac, locator);
  else
    vtep_index_remove (&tables->arp_sources, mac);
}

void
vtep_tables_add_arp_source (VtepTables *tables, const NetMac *mac, NetIpv4 locator)
{
  guint64 key = net_mac_to_u64 (mac);

  vtep_peers_hold (tables->front.peers, locator);
  set_arp_source (
      tables, key,
      vtep_remotes_add (&tables->contested_arp_sources, key, vtep_tables_arp_source (tables, mac), locator));
}

void
vtep_tables_remove_arp_source (VtepTables *tables, const NetMac *mac, NetIpv4 locator)
{
  guint64 key = net_mac_to_u64 (mac);

  vtep_peers_release (tables->front.peers, locator);
  set_arp_source (tables, key,
                  vtep_remotes_remove (&tables->contested_arp_sources, key,
                                       vtep_tables_arp_source (tables, mac), locator));
}

static gint
compare_routers (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(const VtepRouter *const *) a)->name, (*(const VtepRouter *const *) b)->name);
}

void
vtep_tables_add_router (VtepTables *tables, const VtepRouter *router)
{
  for (guint i = 0; i < router->n_interfaces; i++)
    {
      VtepSwitch *logical_switch = switch_at (tables, router->interfaces[i].logical_switch);

      if (!logical_switch->routers)
        logical_switch->routers = g_ptr_array_new ();
      if (g_ptr_array_find (logical_switch->routers, router, NULL))
        continue;
      g_ptr_array_add (logical_switch->routers, (gpointer) router);
      g_ptr_array_sort (logical_switch->routers, compare_routers);
    }
}

void
vtep_tables_remove_router (VtepTables *tables, const VtepRouter *router)
{
  for (guint i = 0; i < router->n_interfaces; i++)
    {
      VtepSwitch *logical_switch = switch_at (tables, router->interfaces[i].logical_switch);

      if (!logical_switch->routers || !g_ptr_array_remove (logical_switch->routers, (gpointer) router))
        continue;
      if (logical_switch->routers->len == 0)
        g_ptr_array_unref (g_steal_pointer (&logical_switch->routers));
    }
}

void
vtep_tables_set_down (VtepTables *tables, NetIpv4 locator, gboolean down)
{
  if (down)
    vtep_index_put (&tables->front.down, locator, 1);
  else
    vtep_index_remove (&tables->front.down, locator);
}
