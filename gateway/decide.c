/* The rules of forwarding, in the order in which they are asked. */
#include "gateway/decide.h"

#include "gateway/route.h"

/* IEEE 802.1Q-2018 table 8-1: 01:80:c2:00:00:00 … 0f stay on their link. */
#define RESERVED_GROUP G_GUINT64_CONSTANT (0x0180c2000000)
#define RESERVED_MASK  G_GUINT64_CONSTANT (0xfffffffffff0)

void
vtep_actions_init (VtepActions *actions)
{
  *actions = (VtepActions){ .capacity = 16 };
  actions->items = g_new (VtepAction, actions->capacity);
}

void
vtep_actions_clear (VtepActions *actions)
{
  g_clear_pointer (&actions->items, g_free);
}

static VtepAction *
add (VtepActions *actions, VtepActionKind kind)
{
  if (G_UNLIKELY (actions->n == actions->capacity))
    {
      actions->capacity *= 2;
      actions->items = g_renew (VtepAction, actions->items, actions->capacity);
    }
  actions->items[actions->n].kind = kind;
  return &actions->items[actions->n++];
}

static void
drop (VtepActions *actions, NetDropReason reason, const char *table)
{
  VtepAction *action = add (actions, VTEP_ACTION_DROP);
  action->drop.reason = reason;
  action->drop.table = table;
}

/* TRUE: an access control list of the place does not let the frame pass, and a drop says so. */
static gboolean
deny (const VtepTables *tables, const VtepView *view, VtepPlace place, VtepAclDirection direction,
      VtepActions *actions)
{
  const VtepPortAcls *acls = vtep_tables_acls (tables);
  const VtepAclEntry *entry;
  const VtepAcl *acl;
  VtepPacket packet;
  VtepAction *action;

  if (G_LIKELY (!vtep_port_acls_any (acls, place.port)))
    return FALSE;
  vtep_packet_read (&view->ethernet, view->bytes, view->length, &packet);
  entry = vtep_port_acls_deny (acls, place, direction, &packet, &acl);
  if (!entry)
    return FALSE;
  drop (actions, NET_DROP_ACL_DENY, "ACL");
  action = &actions->items[actions->n - 1];
  action->drop.acl = acl;
  action->drop.sequence = entry->sequence;
  action->drop.at = place;
  return TRUE;
}

static void
output (const VtepTables *tables, const VtepView *view, VtepPlace place, VtepActions *actions)
{
  if (deny (tables, view, place, VTEP_ACL_EGRESS, actions))
    return;
  add (actions, VTEP_ACTION_OUTPUT)->place = place;
  actions->n_copies++;
}

/* To every binding of the logical switch but the one that the frame came from; other VLANs of its port count. */
static void
flood_places (const VtepTables *tables, const VtepView *view, VtepActions *actions)
{
  const GArray *places = actions->logical_switch->places;

  for (guint i = 0; i < places->len; i++)
    {
      VtepPlace place = g_array_index (places, VtepPlace, i);
      if (!vtep_place_equal (place, actions->from))
        output (tables, view, place, actions);
    }
}

/* To these tunnel ends, or one drop for all of them. */
static void
tunnel (const VtepTables *tables, const VtepView *view, const NetIpv4 *locators, guint n,
        VtepActions *actions)
{
  guint tag = view->ethernet.n_tags > 0 ? NET_VLAN_TAG : 0;

  if (n == 0)
    return;
  if (actions->from_tunnel)
    {
      drop (actions, NET_DROP_SPLIT_HORIZON, "Logical_Router");
      return;
    }
  if (actions->logical_switch->vni == VTEP_VNI_NONE)
    {
      drop (actions, NET_DROP_NO_TUNNEL_KEY, "Logical_Switch");
      return;
    }
  if (view->length - tag + VTEP_TUNNEL_OVERHEAD > vtep_tables_config (tables)->mtu)
    {
      drop (actions, NET_DROP_FRAME_TOO_LONG, "underlay");
      return;
    }
  for (guint i = 0; i < n; i++)
    add (actions, VTEP_ACTION_TUNNEL)->locator = locators[i];
  actions->n_copies += n;
}

/* TRUE: an address that may not pass here, whatever the tables say. */
static gboolean
refuse (const NetEthernet *ethernet, VtepActions *actions)
{
  if ((net_mac_to_u64 (&ethernet->destination) & RESERVED_MASK) == RESERVED_GROUP)
    drop (actions, NET_DROP_RESERVED_MAC, "ingress");
  else if (net_mac_is_group (&ethernet->source) || net_mac_is_zero (&ethernet->source))
    drop (actions, NET_DROP_BAD_SOURCE_MAC, "ingress");
  else
    return FALSE;
  return TRUE;
}

static const VtepMac *
find_destination (const VtepTables *tables, const VtepView *view, VtepActions *actions)
{
  const VtepMac *mac;

  if (net_mac_is_group (&view->ethernet.destination))
    {
      actions->rule = VTEP_RULE_GROUP;
      return NULL;
    }
  mac = vtep_fdb_find (vtep_tables_fdb (tables),
                       vtep_key (actions->logical_switch->id, &view->ethernet.destination));
  actions->rule = !mac ? VTEP_RULE_UNKNOWN : vtep_mac_is_local (mac) ? VTEP_RULE_LOCAL : VTEP_RULE_REMOTE;
  return mac;
}

static const VtepFlood *
flood_of (const VtepView *view, const VtepActions *actions)
{
  if (actions->rule == VTEP_RULE_GROUP)
    return vtep_switch_flood (actions->logical_switch, &view->ethernet.destination);
  return &actions->logical_switch->unknown;
}

static void
flood_from_access (const VtepTables *tables, const VtepView *view, VtepActions *actions)
{
  const VtepFlood *flood = flood_of (view, actions);
  guint n;
  const NetIpv4 *locators
      = vtep_flood_choose (flood, actions->logical_switch->replication, vtep_tables_down (tables), &n);

  flood_places (tables, view, actions);
  tunnel (tables, view, locators, n, actions);
  if (n == 0 && flood->n > 0)
    drop (actions, NET_DROP_LOCATOR_DOWN, "Tunnel");
  else if (actions->n == 0)
    drop (actions, NET_DROP_NO_FLOOD_TARGET, "Mcast_Macs_Remote");
}

/* ---- routers ------------------------------------------------------------------------------------------------- */

/* Their own addresses, when somebody brings them back, teach nothing. */
static gboolean
is_of_router (const VtepTables *tables, const VtepSwitch *logical_switch, const NetMac *mac)
{
  if (net_mac_equal (mac, &vtep_tables_config (tables)->arp_source))
    return TRUE;
  for (guint i = 0; i < logical_switch->routers->len; i++)
    if (net_mac_equal (mac, &((const VtepRouter *) logical_switch->routers->pdata[i])->mac))
      return TRUE;
  return FALSE;
}

/* TRUE: a router of the logical switch takes the frame.  Frames with a tag beside that of their binding are none of
 * its business. */
static gboolean
decide_router (const VtepTables *tables, const VtepView *view, guint n_tags, VtepActions *actions)
{
  const VtepSwitch *logical_switch = actions->logical_switch;
  const VtepRouter *router;
  NetIpv6 address;
  NetMac mac;

  if (view->ethernet.n_tags > n_tags)
    return FALSE;
  if (is_of_router (tables, logical_switch, &view->ethernet.source))
    actions->learn = FALSE;
  router = vtep_route_addressee (logical_switch, view, &vtep_tables_config (tables)->arp_source,
                                 vtep_tables_arp_source (tables, &view->ethernet.destination) != 0);
  if (!router)
    {
      actions->overheard = vtep_route_tells (view, &address, &mac);
      return FALSE;
    }
  actions->rule = VTEP_RULE_ROUTER;
  add (actions, VTEP_ACTION_ROUTE)->router = router;
  return TRUE;
}

/* A unicast address that is nobody's but perhaps that of a switch which asked for a router's neighbour. */
static NetIpv4
find_twin (const VtepTables *tables, const VtepView *view, VtepActions *actions)
{
  NetIpv4 locator
      = actions->rule == VTEP_RULE_UNKNOWN ? vtep_tables_arp_source (tables, &view->ethernet.destination) : 0;

  if (locator)
    actions->rule = VTEP_RULE_TWIN;
  return locator;
}

/* ---- each side ----------------------------------------------------------------------------------------------- */

/* To one destination, or to all. */
static void
decide_destination (const VtepTables *tables, const VtepView *view, VtepActions *actions)
{
  const VtepMac *mac = find_destination (tables, view, actions);
  NetIpv4 twin;

  if (net_mac_equal (&view->ethernet.destination, &view->ethernet.source)
      || (mac && vtep_mac_is_local (mac) && vtep_place_equal (mac->place, actions->from)))
    drop (actions, NET_DROP_NO_OTHER_PORT, "fdb");
  else if (mac && vtep_mac_is_local (mac))
    output (tables, view, mac->place, actions);
  else if (mac)
    tunnel (tables, view, &mac->locator, 1, actions);
  else if ((twin = find_twin (tables, view, actions)))
    tunnel (tables, view, &twin, 1, actions);
  else
    flood_from_access (tables, view, actions);
}

static void
decide_access (const VtepTables *tables, const VtepView *view, VtepActions *actions)
{
  const NetEthernet *ethernet = &view->ethernet;

  actions->from.vlan
      = (guint16) (ethernet->n_tags > 0 ? NET_VLAN_VID (ethernet->tags[0].tci) : VTEP_VLAN_UNTAGGED);
  if (refuse (ethernet, actions))
    return;
  actions->binding = vtep_tables_binding (tables, actions->from);
  if (!actions->binding)
    {
      drop (actions, NET_DROP_VLAN_UNBOUND, "vlan_bindings");
      return;
    }
  actions->logical_switch = actions->binding->logical_switch;
  if (ethernet->n_tags > 1 && vtep_tables_config (tables)->inner_vlan == VTEP_INNER_VLAN_REFUSE)
    {
      drop (actions, NET_DROP_INNER_VLAN, "ingress");
      return;
    }
  if (deny (tables, view, actions->from, VTEP_ACL_INGRESS, actions))
    return;
  actions->learn = TRUE;
  actions->source = vtep_key (actions->logical_switch->id, &ethernet->source);
  if (G_UNLIKELY (actions->logical_switch->routers) && decide_router (tables, view, 1, actions))
    return;
  decide_destination (tables, view, actions);
}

/* Split horizon: what a tunnel brought never goes into a tunnel, whatever the rows say. */
static void
decide_tunnel (const VtepTables *tables, const VtepView *view, VtepActions *actions)
{
  const VtepMac *mac;

  actions->logical_switch = vtep_tables_switch_of_vni (tables, view->vni);
  if (!actions->logical_switch)
    {
      drop (actions, NET_DROP_VNI_UNKNOWN, "Logical_Switch");
      return;
    }
  actions->peer
      = vtep_peers_of_switch (vtep_tables_peers (tables), actions->logical_switch->id, view->source);
  if (!actions->peer)
    {
      drop (actions, NET_DROP_TUNNEL_SOURCE_UNKNOWN, "Physical_Locator");
      return;
    }
  if (refuse (&view->ethernet, actions))
    return;
  if (view->ethernet.n_tags > 0 && vtep_tables_config (tables)->inner_vlan == VTEP_INNER_VLAN_REFUSE)
    {
      drop (actions, NET_DROP_INNER_VLAN, "ingress");
      return;
    }
  if (G_UNLIKELY (actions->logical_switch->routers) && decide_router (tables, view, 0, actions))
    return;
  mac = find_destination (tables, view, actions);
  if (mac && vtep_mac_is_local (mac))
    output (tables, view, mac->place, actions);
  else if (mac)
    drop (actions, NET_DROP_SPLIT_HORIZON, "Ucast_Macs_Remote");
  else if (find_twin (tables, view, actions))
    drop (actions, NET_DROP_SPLIT_HORIZON, "Arp_Sources_Remote");
  else
    flood_places (tables, view, actions);
  if (actions->n == 0 && flood_of (view, actions)->n > 0)
    drop (actions, NET_DROP_SPLIT_HORIZON, "Mcast_Macs_Remote");
  else if (actions->n == 0)
    drop (actions, NET_DROP_NO_FLOOD_TARGET, "vlan_bindings");
}

static void
clear (VtepActions *actions, VtepPort port)
{
  actions->n = actions->n_copies = 0;
  actions->rule = VTEP_RULE_REFUSED;
  actions->logical_switch = NULL;
  actions->learn = actions->overheard = actions->from_tunnel = FALSE;
  actions->binding = NULL;
  actions->peer = NULL;
  actions->from = (VtepPlace){ .port = port, .vlan = VTEP_VLAN_UNTAGGED };
}

void
vtep_forward_decide (const VtepTables *tables, const VtepView *view, VtepPort in_port, VtepActions *actions)
{
  clear (actions, in_port);
  if (in_port == VTEP_PORT_TUNNEL)
    decide_tunnel (tables, view, actions);
  else
    decide_access (tables, view, actions);
}

void
vtep_forward_decide_routed (const VtepTables *tables, const VtepView *view, const VtepRouted *routed,
                            VtepActions *actions)
{
  clear (actions, VTEP_PORT_ROUTER);
  actions->logical_switch = routed->logical_switch;
  actions->from_tunnel = routed->from_tunnel;
  decide_destination (tables, view, actions);
}
