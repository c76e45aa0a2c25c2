/* Forwarding decisions: one logical switch with everything, and the odd ones beside it.
 *
 *   blue   vni 5001  em3 vlan 2901, em3 vlan 2902, em4 vlan 2901, em4 untagged   floods to .18 and .21
 *   lone   vni 5002  em3 vlan 100                                                floods to nobody
 *   mute   no key    em3 vlan 200, em4 vlan 200                                  floods to .18
 *   far    vni 5003  no binding                                                  floods to .18 and .21
 *   twin   wants 5001 too                                                        em3 vlan 300; .18 in its list
 */
#include "gateway/decide.h"
#include "gateway/explain.h"
#include "tap.h"

#include <stdio.h>

#define TEP_CONTROL  0x0a087d12u /* 10.8.125.18 */
#define TEP_OTHER    0x0a087d15u /* 10.8.125.21 */
#define TEP_UNICAST  0x0a087d16u /* 10.8.125.22: named by a unicast row only */
#define TEP_STRANGER 0x0a087d63u

#define LOCAL_1         "fa:16:3e:00:00:12" /* blue, em3 vlan 2901 */
#define LOCAL_2         "fa:16:3e:00:00:13" /* blue, em3 vlan 2902 */
#define LOCAL_3         "fa:16:3e:00:00:14" /* blue, em4 untagged */
#define REMOTE          "fa:16:3e:00:00:11" /* blue, at .18; mute too */
#define REMOTE_2        "fa:16:3e:00:00:15" /* blue, at .22 */
#define UNKNOWN         "fa:16:3e:00:00:99"
#define BROADCAST       "ff:ff:ff:ff:ff:ff"
#define MULTICAST       "01:00:5e:00:00:fb"
#define GROUP           "01:00:5e:00:00:07" /* has an entry of its own: .21 */
#define STP             "01:80:c2:00:00:00"
#define LLDP            "01:80:c2:00:00:0e"
#define NEARLY_RESERVED "01:80:c2:00:00:10"

static const char *const port_names[] = { "em3", "em4", NULL };

static NetMac
mac (const char *text)
{
  NetMac out;
  g_assert_true (net_mac_from_text (text, &out));
  return out;
}

static VtepKey
key (VtepSwitchId id, const char *text)
{
  NetMac address = mac (text);
  return vtep_key (id, &address);
}

static VtepSwitchId
add_switch (VtepTables *tables, const char *name, guint32 tunnel_key, VtepReplication replication)
{
  return vtep_tables_add_switch (
      tables, &(VtepSwitchConfig){ .name = name, .tunnel_key = tunnel_key, .replication = replication });
}

typedef struct
{
  VtepTables *tables;
  VtepSwitchId blue, lone, mute, far, twin;
} Fixture;

static Fixture
fixture (VtepReplication replication, VtepInnerVlan inner_vlan)
{
  Fixture f = { .tables = vtep_tables_new (
                    &(VtepTablesConfig){ .n_ports = 2,
                                         .mtu = 1500,
                                         .inner_vlan = inner_vlan,
                                         .fdb = { .age_ns = 300, .max_local = 100, .seed = 77 } }) };
  VtepFdb *fdb = vtep_tables_fdb_writable (f.tables);
  NetMac group = mac (GROUP);

  f.blue = add_switch (f.tables, "blue", 5001, replication);
  f.lone = add_switch (f.tables, "lone", 5002, replication);
  f.mute = add_switch (f.tables, "mute", VTEP_VNI_NONE, replication);
  f.far = add_switch (f.tables, "far", 5003, replication);
  f.twin = add_switch (f.tables, "twin", 5001, replication);
  vtep_tables_bind (f.tables, (VtepPlace){ 0, 2902 }, f.blue);
  vtep_tables_bind (f.tables, (VtepPlace){ 1, 0 }, f.blue);
  vtep_tables_bind (f.tables, (VtepPlace){ 0, 2901 }, f.blue);
  vtep_tables_bind (f.tables, (VtepPlace){ 1, 2901 }, f.blue);
  vtep_tables_bind (f.tables, (VtepPlace){ 0, 100 }, f.lone);
  vtep_tables_bind (f.tables, (VtepPlace){ 0, 200 }, f.mute);
  vtep_tables_bind (f.tables, (VtepPlace){ 1, 200 }, f.mute);
  vtep_tables_bind (f.tables, (VtepPlace){ 0, 300 }, f.twin);
  vtep_fdb_learn (fdb, key (f.blue, LOCAL_1), (VtepPlace){ 0, 2901 }, 0, NULL);
  vtep_fdb_learn (fdb, key (f.blue, LOCAL_2), (VtepPlace){ 0, 2902 }, 0, NULL);
  vtep_fdb_learn (fdb, key (f.blue, LOCAL_3), (VtepPlace){ 1, 0 }, 0, NULL);
  vtep_tables_add_remote (f.tables, key (f.blue, REMOTE), TEP_CONTROL);
  vtep_tables_add_remote (f.tables, key (f.blue, REMOTE_2), TEP_UNICAST);
  vtep_tables_add_remote (f.tables, key (f.mute, REMOTE), TEP_CONTROL);
  vtep_tables_add_remote (f.tables, key (f.lone, REMOTE), TEP_UNICAST);
  vtep_tables_add_flood (f.tables, f.blue, NULL, TEP_OTHER);
  vtep_tables_add_flood (f.tables, f.blue, NULL, TEP_CONTROL);
  vtep_tables_add_flood (f.tables, f.blue, &group, TEP_OTHER);
  vtep_tables_add_flood (f.tables, f.mute, NULL, TEP_CONTROL);
  vtep_tables_add_flood (f.tables, f.far, NULL, TEP_CONTROL);
  vtep_tables_add_flood (f.tables, f.far, NULL, TEP_OTHER);
  vtep_tables_add_flood (f.tables, f.twin, NULL, TEP_CONTROL);
  return f;
}

/* ---- a decision as text -------------------------------------------------------------------------------------- */

static void
append_action (GString *text, const VtepAction *action)
{
  char address[NET_IPV4_TEXT];

  if (text->len)
    g_string_append (text, " ");
  switch (action->kind)
    {
    case VTEP_ACTION_OUTPUT:
      g_string_append_printf (text, "%s.%u", port_names[action->place.port], action->place.vlan);
      break;
    case VTEP_ACTION_TUNNEL:
      g_string_append_printf (text, "tunnel:%s",
                              net_ipv4_format (action->locator, address) + strlen ("10.8.125"));
      break;
    case VTEP_ACTION_DROP:
      g_string_append_printf (text, "drop:%s", net_drop_word (action->drop.reason));
      break;
    case VTEP_ACTION_ROUTE:
      g_string_append_printf (text, "route:%s", action->router->name);
      break;
    }
}

/* A frame: where it comes from, its tags (VIDs; -1 ends), addresses. */
typedef struct
{
  VtepPort port; /* VTEP_PORT_TUNNEL: from `source` under `vni` */
  guint32 vni;
  NetIpv4 source;
  gint vids[3];
  const char *from, *to;
  guint length;
  const char *expected;
} Case;

static VtepView
view_of (const Case *c)
{
  VtepView view = { .vni = c->vni, .source = c->source, .length = c->length ? c->length : 100 };

  view.ethernet.source = mac (c->from);
  view.ethernet.destination = mac (c->to);
  view.ethernet.type = NET_ETHERTYPE_IPV4;
  for (guint i = 0; i < G_N_ELEMENTS (c->vids) && c->vids[i] >= 0; i++)
    view.ethernet.tags[view.ethernet.n_tags++]
        = (NetVlanTag){ .tpid = NET_ETHERTYPE_VLAN, .tci = (guint16) c->vids[i] };
  view.ethernet.payload = NET_ETHERNET_HEADER + 4 * view.ethernet.n_tags;
  return view;
}

static void
check (const Fixture *f, const Case *c)
{
  g_auto (VtepActions) actions = { 0 };
  g_autoptr (GString) text = g_string_new (NULL);
  VtepView view = view_of (c);

  vtep_actions_init (&actions);
  vtep_forward_decide (f->tables, &view, c->port, &actions);
  for (guint i = 0; i < actions.n; i++)
    append_action (text, &actions.items[i]);
  if (!g_str_equal (text->str, c->expected))
    printf ("# %s > %s on %u: %s, expected %s\n", c->from, c->to, c->port, text->str, c->expected);
  CU_ASSERT_STRING_EQUAL (text->str, c->expected);
}

static void
check_all (VtepReplication replication, VtepInnerVlan inner_vlan, const Case *cases)
{
  Fixture f = fixture (replication, inner_vlan);

  for (const Case *c = cases; c->expected; c++)
    check (&f, c);
  vtep_tables_free (f.tables);
}

#define ACCESS(port_, ...)    .port = (port_), .vids = { __VA_ARGS__, -1 }
#define UNTAGGED(port_)       .port = (port_), .vids = { -1 }
#define TUNNEL(vni_, source_) .port = VTEP_PORT_TUNNEL, .vni = (vni_), .source = (source_), .vids = { -1 }

/* ---- the rules ----------------------------------------------------------------------------------------------- */

static void
unicast_from_access (void)
{
  check_all (
      VTEP_REPLICATION_SOURCE_NODE, VTEP_INNER_VLAN_REFUSE,
      (Case[]){
          { ACCESS (0, 2901), LOCAL_1, REMOTE, .expected = "tunnel:.18" },
          { ACCESS (0, 2901), LOCAL_1, REMOTE_2, .expected = "tunnel:.22" },
          { ACCESS (0, 2901), LOCAL_1, LOCAL_2, .expected = "em3.2902" },
          { ACCESS (0, 2901), LOCAL_1, LOCAL_3, .expected = "em4.0" },
          { ACCESS (0, 2902), LOCAL_2, LOCAL_1, .expected = "em3.2901" },
          { UNTAGGED (1), LOCAL_3, LOCAL_1, .expected = "em3.2901" },
          { ACCESS (1, 0), LOCAL_3, LOCAL_1, .expected = "em3.2901" }, /* a priority tag is untagged */
          { ACCESS (0, 2901), UNKNOWN, LOCAL_1, .expected = "drop:no-other-port" },
          { ACCESS (0, 2901), LOCAL_1, LOCAL_1, .expected = "drop:no-other-port" },
          { ACCESS (1, 2901), UNKNOWN, UNKNOWN, .expected = "drop:no-other-port" },
          { ACCESS (0, 100), LOCAL_1, REMOTE, .expected = "tunnel:.22" }, /* the other switch's own row */
          { ACCESS (0, 200), LOCAL_1, REMOTE, .expected = "drop:no-tunnel-key" },
          { 0 },
      });
}

static void
flooding_from_access (void)
{
  static const char *const destinations[] = { BROADCAST, MULTICAST, UNKNOWN, NEARLY_RESERVED };

  for (guint i = 0; i < G_N_ELEMENTS (destinations); i++)
    check_all (VTEP_REPLICATION_SOURCE_NODE, VTEP_INNER_VLAN_REFUSE,
               (Case[]){
                   { ACCESS (0, 2901), LOCAL_1, destinations[i],
                     .expected = "em3.2902 em4.0 em4.2901 tunnel:.18 tunnel:.21" },
                   { ACCESS (0, 2902), LOCAL_1, destinations[i],
                     .expected = "em3.2901 em4.0 em4.2901 tunnel:.18 tunnel:.21" },
                   { UNTAGGED (1), LOCAL_1, destinations[i],
                     .expected = "em3.2901 em3.2902 em4.2901 tunnel:.18 tunnel:.21" },
                   { ACCESS (0, 100), LOCAL_1, destinations[i], .expected = "drop:no-flood-target" },
                   { ACCESS (0, 200), LOCAL_1, destinations[i], .expected = "em4.200 drop:no-tunnel-key" },
                   { ACCESS (0, 300), LOCAL_1, destinations[i], .expected = "drop:no-tunnel-key" },
                   { 0 },
               });
}

static void
service_node (void)
{
  Fixture f = fixture (VTEP_REPLICATION_SERVICE_NODE, VTEP_INNER_VLAN_REFUSE);
  Case c = { ACCESS (0, 2901), LOCAL_1, BROADCAST, .expected = "em3.2902 em4.0 em4.2901 tunnel:.18" };

  check (&f, &c);
  vtep_tables_set_down (f.tables, TEP_CONTROL, TRUE);
  c.expected = "em3.2902 em4.0 em4.2901 tunnel:.21";
  check (&f, &c);
  vtep_tables_set_down (f.tables, TEP_OTHER, TRUE);
  c.expected = "em3.2902 em4.0 em4.2901 drop:locator-down";
  check (&f, &c);
  vtep_tables_set_down (f.tables, TEP_CONTROL, FALSE);
  c.expected = "em3.2902 em4.0 em4.2901 tunnel:.18";
  check (&f, &c);
  vtep_tables_free (f.tables);
}

static void
group_entry (void)
{
  check_all (
      VTEP_REPLICATION_SOURCE_NODE, VTEP_INNER_VLAN_REFUSE,
      (Case[]){
          { ACCESS (0, 2901), LOCAL_1, GROUP, .expected = "em3.2902 em4.0 em4.2901 tunnel:.21" },
          { TUNNEL (5001, TEP_CONTROL), REMOTE, GROUP, .expected = "em3.2901 em3.2902 em4.0 em4.2901" },
          { 0 },
      });
}

static void
from_tunnel (void)
{
  check_all (
      VTEP_REPLICATION_SOURCE_NODE, VTEP_INNER_VLAN_REFUSE,
      (Case[]){
          { TUNNEL (5001, TEP_CONTROL), REMOTE, LOCAL_1, .expected = "em3.2901" },
          { TUNNEL (5001, TEP_CONTROL), REMOTE, LOCAL_3, .expected = "em4.0" },
          { TUNNEL (5001, TEP_UNICAST), REMOTE_2, LOCAL_1, .expected = "em3.2901" },
          { TUNNEL (5001, TEP_CONTROL), REMOTE, BROADCAST, .expected = "em3.2901 em3.2902 em4.0 em4.2901" },
          { TUNNEL (5001, TEP_CONTROL), REMOTE, UNKNOWN, .expected = "em3.2901 em3.2902 em4.0 em4.2901" },
          { TUNNEL (5002, TEP_UNICAST), REMOTE, UNKNOWN, .expected = "em3.100" },
          { TUNNEL (5009, TEP_CONTROL), REMOTE, LOCAL_1, .expected = "drop:vni-unknown" },
          { TUNNEL (5001, TEP_STRANGER), REMOTE, LOCAL_1, .expected = "drop:tunnel-source-unknown" },
          { TUNNEL (5002, TEP_CONTROL), REMOTE, UNKNOWN, .expected = "drop:tunnel-source-unknown" },
          { 0 },
      });
}

/* A peer by a unicast row, no binding, nobody in the flood list: not split horizon, there is simply nowhere to go. */
static void
nowhere_to_go (void)
{
  Fixture f = fixture (VTEP_REPLICATION_SOURCE_NODE, VTEP_INNER_VLAN_REFUSE);

  vtep_tables_bind (f.tables, (VtepPlace){ 0, 100 }, VTEP_SWITCH_NONE);
  check (&f, &(Case){ TUNNEL (5002, TEP_UNICAST), REMOTE, BROADCAST, .expected = "drop:no-flood-target" });
  vtep_tables_free (f.tables);
}

static void
many_locators (void)
{
  Fixture f = fixture (VTEP_REPLICATION_SOURCE_NODE, VTEP_INNER_VLAN_REFUSE);
  g_auto (VtepActions) actions = { 0 };
  VtepView view = view_of (&(Case){ ACCESS (0, 100), LOCAL_1, BROADCAST });

  for (guint i = 1000; i >= 1; i--)
    vtep_tables_add_flood (f.tables, f.lone, NULL, 0x0a090000 + i);
  vtep_actions_init (&actions);
  vtep_forward_decide (f.tables, &view, 0, &actions);
  CU_ASSERT_EQUAL_FATAL (actions.n, 1000);
  for (guint i = 0; i < 1000; i++)
    CU_ASSERT_EQUAL (actions.items[i].locator, 0x0a090001 + i);
  vtep_tables_free (f.tables);
}

/* Two rows name .21 for one group: it stays until both are gone, and then unknown-dst counts for the group again. */
static void
union_of_rows (void)
{
  Fixture f = fixture (VTEP_REPLICATION_SOURCE_NODE, VTEP_INNER_VLAN_REFUSE);
  Case c = { ACCESS (0, 2901), LOCAL_1, GROUP, .expected = "em3.2902 em4.0 em4.2901 tunnel:.21" };
  NetMac group = mac (GROUP), other = mac (MULTICAST);

  vtep_tables_add_flood (f.tables, f.blue, &group, TEP_OTHER);
  vtep_tables_remove_flood (f.tables, f.blue, &other, TEP_OTHER); /* no such entry */
  vtep_tables_remove_flood (f.tables, f.blue, &group, TEP_OTHER);
  check (&f, &c);
  vtep_tables_remove_flood (f.tables, f.blue, &group, TEP_OTHER);
  c.expected = "em3.2902 em4.0 em4.2901 tunnel:.18 tunnel:.21";
  check (&f, &c);
  vtep_tables_remove_flood (f.tables, f.blue, NULL, TEP_STRANGER); /* no such row */
  check (&f, &c);
  vtep_tables_free (f.tables);
}

static void
split_horizon (void)
{
  check_all (VTEP_REPLICATION_SOURCE_NODE, VTEP_INNER_VLAN_REFUSE,
             (Case[]){
                 { TUNNEL (5001, TEP_CONTROL), REMOTE, REMOTE_2, .expected = "drop:split-horizon" },
                 { TUNNEL (5001, TEP_UNICAST), REMOTE_2, REMOTE, .expected = "drop:split-horizon" },
                 { TUNNEL (5003, TEP_CONTROL), REMOTE, BROADCAST, .expected = "drop:split-horizon" },
                 { TUNNEL (5003, TEP_OTHER), REMOTE, UNKNOWN, .expected = "drop:split-horizon" },
                 { 0 },
             });
}

static void
refused_addresses (void)
{
  check_all (VTEP_REPLICATION_SOURCE_NODE, VTEP_INNER_VLAN_REFUSE,
             (Case[]){
                 { ACCESS (0, 2901), LOCAL_1, STP, .expected = "drop:reserved-mac" },
                 { ACCESS (0, 2901), LOCAL_1, LLDP, .expected = "drop:reserved-mac" },
                 { UNTAGGED (0), LOCAL_1, LLDP, .expected = "drop:reserved-mac" },
                 { ACCESS (0, 2901), BROADCAST, LOCAL_1, .expected = "drop:bad-source-mac" },
                 { ACCESS (0, 2901), MULTICAST, LOCAL_1, .expected = "drop:bad-source-mac" },
                 { ACCESS (0, 2901), "00:00:00:00:00:00", LOCAL_1, .expected = "drop:bad-source-mac" },
                 { TUNNEL (5001, TEP_CONTROL), REMOTE, STP, .expected = "drop:reserved-mac" },
                 { TUNNEL (5001, TEP_CONTROL), GROUP, LOCAL_1, .expected = "drop:bad-source-mac" },
                 { 0 },
             });
}

static void
unbound_places (void)
{
  check_all (VTEP_REPLICATION_SOURCE_NODE, VTEP_INNER_VLAN_REFUSE,
             (Case[]){
                 { ACCESS (0, 2903), LOCAL_1, BROADCAST, .expected = "drop:vlan-unbound" },
                 { UNTAGGED (0), LOCAL_1, BROADCAST, .expected = "drop:vlan-unbound" },
                 { ACCESS (0, 0), LOCAL_1, BROADCAST, .expected = "drop:vlan-unbound" },
                 { ACCESS (1, 2902), LOCAL_1, BROADCAST, .expected = "drop:vlan-unbound" },
                 { ACCESS (0, 4095), LOCAL_1, BROADCAST, .expected = "drop:vlan-unbound" },
                 { 0 },
             });
}

static void
inner_tags (void)
{
  check_all (
      VTEP_REPLICATION_SOURCE_NODE, VTEP_INNER_VLAN_REFUSE,
      (Case[]){
          { ACCESS (0, 2901, 100), LOCAL_1, REMOTE, .expected = "drop:inner-vlan" },
          { ACCESS (1, 0, 100), LOCAL_1, REMOTE, .expected = "drop:inner-vlan" },
          { VTEP_PORT_TUNNEL, 5001, TEP_CONTROL, { 55, -1 }, REMOTE, LOCAL_1, .expected = "drop:inner-vlan" },
          { 0 },
      });
  check_all (VTEP_REPLICATION_SOURCE_NODE, VTEP_INNER_VLAN_CARRY,
             (Case[]){
                 { ACCESS (0, 2901, 100), LOCAL_1, REMOTE, .expected = "tunnel:.18" },
                 { ACCESS (0, 100, 2901), LOCAL_1, REMOTE, .expected = "tunnel:.22" },
                 { VTEP_PORT_TUNNEL, 5001, TEP_CONTROL, { 55, -1 }, REMOTE, LOCAL_1, .expected = "em3.2901" },
                 { 0 },
             });
}

/* Underlay MTU 1500 = 36 + 1464: an untagged inner frame of 1464 bytes is an IP packet of 1450. */
static void
underlay_mtu (void)
{
  check_all (VTEP_REPLICATION_SOURCE_NODE, VTEP_INNER_VLAN_REFUSE,
             (Case[]){
                 { ACCESS (0, 2901), LOCAL_1, REMOTE, .length = 1468, .expected = "tunnel:.18" },
                 { ACCESS (0, 2901), LOCAL_1, REMOTE, .length = 1469, .expected = "drop:frame-too-long" },
                 { UNTAGGED (1), LOCAL_3, REMOTE, .length = 1464, .expected = "tunnel:.18" },
                 { UNTAGGED (1), LOCAL_3, REMOTE, .length = 1465, .expected = "drop:frame-too-long" },
                 { ACCESS (0, 2901), LOCAL_1, LOCAL_2, .length = 9000, .expected = "em3.2902" },
                 { ACCESS (0, 2901), LOCAL_1, BROADCAST, .length = 1469,
                   .expected = "em3.2902 em4.0 em4.2901 drop:frame-too-long" },
                 { 0 },
             });
}

static void
what_is_learned (void)
{
  Fixture f = fixture (VTEP_REPLICATION_SOURCE_NODE, VTEP_INNER_VLAN_REFUSE);
  g_auto (VtepActions) actions = { 0 };
  VtepView view = view_of (&(Case){ ACCESS (0, 2901), UNKNOWN, BROADCAST });

  vtep_actions_init (&actions);
  vtep_forward_decide (f.tables, &view, 0, &actions);
  CU_ASSERT (actions.learn);
  CU_ASSERT_EQUAL (actions.source, key (f.blue, UNKNOWN));
  CU_ASSERT (vtep_place_equal (actions.from, (VtepPlace){ 0, 2901 }));
  view = view_of (&(Case){ TUNNEL (5001, TEP_CONTROL), UNKNOWN, BROADCAST });
  vtep_forward_decide (f.tables, &view, VTEP_PORT_TUNNEL, &actions);
  CU_ASSERT_FALSE (actions.learn);
  view = view_of (&(Case){ ACCESS (0, 2901), LOCAL_1, STP });
  vtep_forward_decide (f.tables, &view, 0, &actions);
  CU_ASSERT_FALSE (actions.learn);
  view = view_of (&(Case){ ACCESS (0, 2903), LOCAL_1, REMOTE });
  vtep_forward_decide (f.tables, &view, 0, &actions);
  CU_ASSERT_FALSE (actions.learn);
  vtep_tables_free (f.tables);
}

/* Who takes back what was never said takes nothing from others. */
static void
groups_that_are_not_there (void)
{
  Fixture f = fixture (VTEP_REPLICATION_SOURCE_NODE, VTEP_INNER_VLAN_REFUSE);
  const NetMac group = mac (GROUP), lower = mac ("01:00:5e:00:00:06"), higher = mac ("01:00:5e:00:00:08");
  const VtepSwitch *blue = vtep_tables_switch (f.tables, f.blue);

  vtep_tables_remove_flood (f.tables, f.blue, &lower, TEP_OTHER);
  vtep_tables_remove_flood (f.tables, f.blue, &higher, TEP_OTHER);
  CU_ASSERT_EQUAL (blue->groups->len, 1);
  CU_ASSERT_PTR_NOT_EQUAL (vtep_switch_flood (blue, &group), &blue->unknown);
  CU_ASSERT_PTR_EQUAL (vtep_switch_flood (blue, &lower), &blue->unknown);
  CU_ASSERT_PTR_EQUAL (vtep_switch_flood (blue, &higher), &blue->unknown);
  vtep_tables_free (f.tables);
}

static void
drops_explained (void)
{
  static const struct
  {
    Case frame;
    const char *table, *rule;
  } cases[] = {
    { { ACCESS (0, 2903), LOCAL_1, BROADCAST }, "vlan_bindings", "em3 vlan 2903" },
    { { UNTAGGED (0), LOCAL_1, BROADCAST }, "vlan_bindings", "em3 untagged" },
    { { ACCESS (0, 2901), LOCAL_1, STP }, "ingress", "destination 01:80:c2:00:00:00" },
    { { ACCESS (0, 2901), BROADCAST, LOCAL_1 }, "ingress", "source ff:ff:ff:ff:ff:ff" },
    { { ACCESS (0, 2901, 100), LOCAL_1, REMOTE }, "ingress", "blue inner tag 100" },
    { { ACCESS (0, 2901), UNKNOWN, LOCAL_1 }, "fdb", "blue fa:16:3e:00:00:12 is at em3 vlan 2901" },
    { { ACCESS (0, 200), LOCAL_1, REMOTE }, "Logical_Switch", "mute has no tunnel_key" },
    { { ACCESS (0, 300), LOCAL_1, REMOTE }, "Logical_Switch", "tunnel_key 5001 of twin belongs to blue" },
    { { ACCESS (0, 2901), LOCAL_1, REMOTE, .length = 1500 },
      "underlay",
      "1532 bytes with outer headers, mtu 1500" },
    { { ACCESS (0, 100), LOCAL_1, BROADCAST },
      "Mcast_Macs_Remote",
      "lone has no other port and no locator to flood to" },
    { { TUNNEL (5009, TEP_CONTROL), REMOTE, LOCAL_1 }, "Logical_Switch", "vni 5009 from 10.8.125.18" },
    { { TUNNEL (5001, TEP_STRANGER), REMOTE, LOCAL_1 },
      "Physical_Locator",
      "10.8.125.99 is no locator of blue" },
    { { TUNNEL (5001, TEP_CONTROL), REMOTE, REMOTE_2 },
      "Ucast_Macs_Remote",
      "blue fa:16:3e:00:00:15 is at 10.8.125.22" },
    { { TUNNEL (5003, TEP_CONTROL), REMOTE, BROADCAST },
      "Mcast_Macs_Remote",
      "far is bound to no port here" },
  };
  Fixture f = fixture (VTEP_REPLICATION_SOURCE_NODE, VTEP_INNER_VLAN_REFUSE);
  g_auto (VtepActions) actions = { 0 };

  vtep_actions_init (&actions);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      VtepView view = view_of (&cases[i].frame);
      const VtepAction *last;
      char text[VTEP_EXPLAIN_TEXT];

      vtep_forward_decide (f.tables, &view, cases[i].frame.port, &actions);
      last = &actions.items[actions.n - 1];
      CU_ASSERT_EQUAL_FATAL (last->kind, VTEP_ACTION_DROP);
      CU_ASSERT_STRING_EQUAL (last->drop.table, cases[i].table);
      vtep_explain_drop (f.tables, port_names, &view, &actions, last, text);
      CU_ASSERT_STRING_EQUAL (text, cases[i].rule);
    }
  vtep_tables_free (f.tables);
}

int
main (void)
{
  return tap_main (
      "decide",
      (TapTest[]){
          { "unicast goes to where the MAC is, never back to its own port and VLAN", unicast_from_access },
          { "broadcast, multicast and unknown unicast go to all other places and all locators",
            flooding_from_access },
          { "a service node is the numerically lowest locator that is not down", service_node },
          { "a group with an entry of its own is flooded to that entry's locators", group_entry },
          { "from a tunnel frames go to local places, by known VNI and known peer only", from_tunnel },
          { "a flooded frame from a tunnel that finds no place is dropped", nowhere_to_go },
          { "a thousand locators get a copy each, in ascending order", many_locators },
          { "rows for one group add up, and the last one that goes takes the entry with it", union_of_rows },
          { "what a tunnel brought never goes into a tunnel", split_horizon },
          { "link-local groups and impossible sources are refused on both sides", refused_addresses },
          { "a port and VLAN without a binding takes no frames", unbound_places },
          { "inner VLAN tags are refused, or carried when so configured", inner_tags },
          { "a frame that exceeds the underlay's MTU enters no tunnel", underlay_mtu },
          { "sources are learned from bound places only", what_is_learned },
          { "a group that has no entry takes none from others when it is taken back",
            groups_that_are_not_there },
          { "a drop names its table and the entry that decided", drops_explained },
          { NULL, NULL },
      });
}
