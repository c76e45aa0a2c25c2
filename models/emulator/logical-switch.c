/* Two tables: in table 0 frames are learned from bound ports and let in from tunnels; in table 1 addresses that are
 * known stand at priority 1000, floods from tunnels of the list at 1 and all other floods at 0. */
#include "models/emulator/logical-switch.h"

#include "models/emulator/rows.h"

#define LEARN_COOKIE    0x5000u
#define LEARN_TIMEOUT_S 15u

typedef struct
{
  guint32 port;
  char *device;
  guint vlan;
} Local;

typedef struct
{
  NetIpv4 remote;
  guint32 port; /* 0: could not be made */
} Tunnel;

typedef struct
{
  guint64 mac;
  guint32 port;
} Learned;

struct _EmulatorSwitch
{
  EmulatorLife *life;
  char *name;
  EmulatorBridge *bridge;
  gboolean has_key, source_node;
  guint32 key;
  GArray *locals;   /* of Local, in the order in which they came */
  GArray *tunnels;  /* of Tunnel, by address */
  GArray *unknown;  /* of NetIpv4, rising */
  GArray *stations; /* of EmulatorStation, by address */
  GArray *learned;  /* of Learned, by address: those that have a row */
};

static void
clear_local (gpointer data)
{
  g_free (((Local *) data)->device);
}

EmulatorSwitch *
emulator_switch_new (EmulatorLife *life, const char *name)
{
  EmulatorSwitch *ls = g_new0 (EmulatorSwitch, 1);
  g_autofree char *bridge = g_strdup_printf ("%s_vtep_ls%u", life->switch_name, ++life->n_switches);

  ls->life = life;
  ls->name = g_strdup (name);
  ls->locals = g_array_new (FALSE, FALSE, sizeof (Local));
  g_array_set_clear_func (ls->locals, clear_local);
  ls->tunnels = g_array_new (FALSE, FALSE, sizeof (Tunnel));
  ls->unknown = g_array_new (FALSE, FALSE, sizeof (NetIpv4));
  ls->stations = g_array_new (FALSE, FALSE, sizeof (EmulatorStation));
  ls->learned = g_array_new (FALSE, FALSE, sizeof (Learned));
  ls->bridge = emulator_bridge_add (life->bridges, bridge);
  emulator_bridge_add_flow (ls->bridge, "table=0,priority=0,actions=drop");
  emulator_bridge_add_flow (ls->bridge, "table=1,priority=0,actions=drop");
  emulator_rows_add_flood (life, name);
  return ls;
}

void
emulator_switch_forget (EmulatorSwitch *ls)
{
  if (!ls)
    return;
  g_array_unref (ls->locals);
  g_array_unref (ls->tunnels);
  g_array_unref (ls->unknown);
  g_array_unref (ls->stations);
  g_array_unref (ls->learned);
  g_free (ls->name);
  g_free (ls);
}

const char *
emulator_switch_name (const EmulatorSwitch *ls)
{
  return ls->name;
}

EmulatorBridge *
emulator_switch_bridge (const EmulatorSwitch *ls)
{
  return ls->bridge;
}

guint
emulator_switch_n_ports (const EmulatorSwitch *ls)
{
  return ls->locals->len;
}

/* ---- floods -------------------------------------------------------------------------------------------------- */

static const Tunnel *
find_tunnel (const EmulatorSwitch *ls, NetIpv4 remote)
{
  for (guint i = 0; i < ls->tunnels->len; i++)
    if (g_array_index (ls->tunnels, Tunnel, i).remote == remote)
      return &g_array_index (ls->tunnels, Tunnel, i);
  return NULL;
}

/* Where an address stands in this life's order of sets: any order will do, and the next life has another. */
static guint64
set_place (const EmulatorSwitch *ls, NetIpv4 address)
{
  guint64 mixed = (ls->life->salt ^ address) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  return (mixed ^ mixed >> 32) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
}

/* The ports of the list's members that have one, in the set's order. */
static GArray *
flood_tunnels (const EmulatorSwitch *ls)
{
  GArray *ports = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (guint64));

  for (guint i = 0; i < ls->unknown->len; i++)
    {
      NetIpv4 address = g_array_index (ls->unknown, NetIpv4, i);
      const Tunnel *tunnel = find_tunnel (ls, address);
      guint64 place = set_place (ls, address);
      guint at = 0;

      if (!tunnel || !tunnel->port)
        continue;
      while (at < places->len && g_array_index (places, guint64, at) < place)
        at++;
      g_array_insert_val (places, at, place);
      g_array_insert_val (ports, at, tunnel->port);
    }
  return ports;
}

static void
append_output (GString *actions, guint32 port)
{
  g_string_append_printf (actions, "%soutput:%u", actions->len ? "," : "", port);
}

static const char *
actions_text (const GString *actions)
{
  return actions->len ? actions->str : "drop";
}

/* What came by a tunnel of the list goes to no other tunnel.  What came by one that is not in the list goes by the
 * flow of priority 0, as frames of bound ports do: to a tunnel, too. */
static void
update_flood (EmulatorSwitch *ls)
{
  g_autoptr (GString) actions = g_string_new (NULL);
  g_autoptr (GArray) tunnels = flood_tunnels (ls);
  gboolean to_all = ls->source_node;

  for (guint i = 0; i < ls->locals->len; i++)
    append_output (actions, g_array_index (ls->locals, Local, i).port);
  for (guint i = 0; i < tunnels->len; i++)
    emulator_bridge_add_flow (ls->bridge, "table=1,priority=1,in_port=%u,actions=%s",
                              g_array_index (tunnels, guint32, i), actions_text (actions));
  if (emulator_bug_on (ls->life->bugs, EMULATOR_BUG_MULTI_FLOOD))
    to_all = TRUE;
  for (guint i = 0; i < tunnels->len && (to_all || i < 1); i++)
    append_output (actions, g_array_index (tunnels, guint32, i));
  emulator_bridge_add_flow (ls->bridge, "table=1,priority=0,actions=%s", actions_text (actions));
}

/* ---- bound ports --------------------------------------------------------------------------------------------- */

void
emulator_switch_add_port (EmulatorSwitch *ls, guint32 port, const char *device, guint vlan)
{
  Local local = { .port = port, .device = g_strdup (device), .vlan = vlan };

  g_array_append_val (ls->locals, local);
  emulator_bridge_add_flow (
      ls->bridge,
      "table=0,in_port=%u,actions=learn(table=1,priority=1000,idle_timeout=%u,cookie=0x%x,"
      "NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],output:NXM_OF_IN_PORT[]),resubmit(,1)",
      port, LEARN_TIMEOUT_S, LEARN_COOKIE);
  update_flood (ls);
}

void
emulator_switch_remove_port (EmulatorSwitch *ls, guint32 port)
{
  emulator_bridge_delete_flows (ls->bridge, 0, "in_port=%u", port);
  for (guint i = ls->locals->len; i-- > 0;)
    if (g_array_index (ls->locals, Local, i).port == port)
      g_array_remove_index (ls->locals, i);
  update_flood (ls);
}

/* ---- learned addresses --------------------------------------------------------------------------------------- */

static void
tell_learned (const EmulatorSwitch *ls, const char *op, const Learned *learned)
{
  NetMac mac = net_mac_from_u64 (learned->mac);
  g_autofree char *key = NULL, *json = NULL;
  char text[NET_MAC_TEXT];

  if (!ls->life->world->detail)
    return;
  key = g_strdup_printf ("%s %s", ls->name, net_mac_format (&mac, text));
  for (guint i = 0; i < ls->locals->len; i++)
    {
      const Local *local = &g_array_index (ls->locals, Local, i);
      if (local->port == learned->port)
        json = g_strdup_printf ("{\"port\":\"%s\",\"vlan\":%u}", local->device, local->vlan);
    }
  net_world_state (ls->life->world, &(NetState){ .table = "fdb", .op = op, .key = key, .json = json });
}

static guint32
output_port (const OvsFlow *flow)
{
  const OpenflowActions *actions = &flow->instructions.apply;

  return actions->n && actions->items[0].type == OPENFLOW_ACTION_OUTPUT ? actions->items[0].output.port : 0;
}

/* As dump-flows with the cookie shows them, by address. */
static GArray *
dump_learned (const EmulatorSwitch *ls)
{
  const OvsTable *table = ovs_tables_table (emulator_bridge_tables (ls->bridge), 1);
  GArray *learned = g_array_new (FALSE, FALSE, sizeof (Learned));

  for (const OvsFlow *flow = table->first; flow; flow = flow->next)
    {
      Learned one = { .mac = flow->match.value.eth_dst, .port = output_port (flow) };
      guint at = learned->len;

      if (flow->cookie != LEARN_COOKIE)
        continue;
      while (at > 0 && g_array_index (learned, Learned, at - 1).mac > one.mac)
        at--;
      g_array_insert_val (learned, at, one);
    }
  return learned;
}

static const Learned *
find_learned (const GArray *learned, guint64 mac)
{
  for (guint i = 0; i < learned->len; i++)
    if (g_array_index (learned, Learned, i).mac == mac)
      return &g_array_index (learned, Learned, i);
  return NULL;
}

/* A row for each learned flow.  That an address moved to another port changes no row. */
static void
update_local (EmulatorSwitch *ls)
{
  GArray *now = dump_learned (ls);

  for (guint i = 0; i < now->len; i++)
    {
      const Learned *learned = &g_array_index (now, Learned, i),
                    *before = find_learned (ls->learned, learned->mac);
      if (!before)
        emulator_rows_add_local (ls->life, ls->name, learned->mac);
      if (!before || before->port != learned->port)
        tell_learned (ls, before ? "move" : "add", learned);
    }
  for (guint i = 0; i < ls->learned->len; i++)
    {
      const Learned *learned = &g_array_index (ls->learned, Learned, i);
      if (find_learned (now, learned->mac))
        continue;
      emulator_rows_delete_local (ls->life, ls->name, learned->mac);
      tell_learned (ls, "remove", learned);
    }
  g_array_unref (ls->learned);
  ls->learned = now;
}

/* ---- tunnels and remote addresses ---------------------------------------------------------------------------- */

/* Tunnels that are there keep the key that they were made with. */
static void
look_at_key (EmulatorSwitch *ls, const EmulatorRemote *remote)
{
  if (emulator_bug_on (ls->life->bugs, EMULATOR_BUG_KEY_LATE))
    {
      if (!ls->has_key)
        ls->key = remote->has_key ? remote->key : 0;
      ls->has_key = TRUE;
      return;
    }
  ls->has_key = remote->has_key;
  ls->key = remote->key;
}

static void
add_tunnel (EmulatorSwitch *ls, NetIpv4 remote)
{
  g_autofree char *name = g_strdup_printf ("vx%u", ++ls->life->n_tunnels);
  Tunnel tunnel
      = { .remote = remote, .port = emulator_bridge_add_tunnel (ls->bridge, name, remote, ls->key) };
  char address[NET_IPV4_TEXT];

  if (tunnel.port)
    emulator_bridge_add_flow (ls->bridge, "table=0,priority=1000,in_port=%u,actions=resubmit(,1)",
                              tunnel.port);
  else
    net_world_log (ls->life->world, NET_LOG_WARNING, "emulator",
                   "there is a tunnel to %s with key %u already; %s has none",
                   net_ipv4_format (remote, address), ls->key, ls->name);
  g_array_append_val (ls->tunnels, tunnel);
}

/* The flow of floods that came by it stays. */
static void
remove_tunnel (EmulatorSwitch *ls, guint index)
{
  guint32 port = g_array_index (ls->tunnels, Tunnel, index).port;

  if (port)
    {
      emulator_bridge_delete_flows (ls->bridge, 0, "in_port=%u", port);
      emulator_bridge_remove_port (ls->bridge, port);
    }
  g_array_remove_index (ls->tunnels, index);
}

static gboolean
is_among (const GArray *addresses, NetIpv4 address)
{
  for (guint i = 0; i < addresses->len; i++)
    if (g_array_index (addresses, NetIpv4, i) == address)
      return TRUE;
  return FALSE;
}

static void
update_tunnels (EmulatorSwitch *ls, const EmulatorRemote *remote)
{
  for (guint i = ls->tunnels->len; i-- > 0;)
    if (!is_among (remote->locators, g_array_index (ls->tunnels, Tunnel, i).remote))
      remove_tunnel (ls, i);
  for (guint i = 0; ls->has_key && i < remote->locators->len; i++)
    if (!find_tunnel (ls, g_array_index (remote->locators, NetIpv4, i)))
      add_tunnel (ls, g_array_index (remote->locators, NetIpv4, i));
}

static const EmulatorStation *
find_station (const GArray *stations, guint64 mac)
{
  for (guint i = 0; i < stations->len; i++)
    if (g_array_index (stations, EmulatorStation, i).mac == mac)
      return &g_array_index (stations, EmulatorStation, i);
  return NULL;
}

static const char *
mac_text (guint64 mac, char text[NET_MAC_TEXT])
{
  NetMac address = net_mac_from_u64 (mac);

  return net_mac_format (&address, text);
}

/* TRUE when it is in force: there may be no tunnel yet. */
static gboolean
add_station (EmulatorSwitch *ls, const EmulatorStation *station)
{
  const Tunnel *tunnel = find_tunnel (ls, station->locator);
  char text[NET_MAC_TEXT];

  if (!tunnel || !tunnel->port)
    return FALSE;
  emulator_bridge_add_flow (ls->bridge, "table=1,priority=1000,dl_dst=%s,actions=output:%u",
                            mac_text (station->mac, text), tunnel->port);
  return TRUE;
}

/* A row that changed is written anew, over whatever was learned; with one that goes, what was learned goes too. */
static void
update_stations (EmulatorSwitch *ls, const EmulatorRemote *remote)
{
  GArray *now = g_array_new (FALSE, FALSE, sizeof (EmulatorStation));
  char text[NET_MAC_TEXT];

  for (guint i = 0; i < remote->stations->len; i++)
    {
      const EmulatorStation *station = &g_array_index (remote->stations, EmulatorStation, i);
      const EmulatorStation *before = find_station (ls->stations, station->mac);
      if ((before && before->locator == station->locator) || add_station (ls, station))
        g_array_append_vals (now, station, 1);
    }
  for (guint i = 0; i < ls->stations->len; i++)
    {
      guint64 mac = g_array_index (ls->stations, EmulatorStation, i).mac;
      if (!find_station (remote->stations, mac))
        emulator_bridge_delete_flows (ls->bridge, 1, "dl_dst=%s", mac_text (mac, text));
    }
  g_array_unref (ls->stations);
  ls->stations = now;
}

static gboolean
same_addresses (const GArray *a, const GArray *b)
{
  return a->len == b->len && (a->len == 0 || memcmp (a->data, b->data, a->len * sizeof (NetIpv4)) == 0);
}

static void
update_remote (EmulatorSwitch *ls)
{
  g_auto (EmulatorRemote) remote;
  guint n_tunnels = ls->life->n_tunnels;
  gboolean flood;

  emulator_remote_init (&remote);
  emulator_remote_read (ls->life, ls->name, &remote);
  look_at_key (ls, &remote);
  update_tunnels (ls, &remote);
  update_stations (ls, &remote);
  flood = ls->source_node != remote.source_node || !same_addresses (ls->unknown, remote.unknown)
          || ls->life->n_tunnels != n_tunnels;
  ls->source_node = remote.source_node;
  g_array_set_size (ls->unknown, 0);
  if (remote.unknown->len)
    g_array_append_vals (ls->unknown, remote.unknown->data, remote.unknown->len);
  if (flood)
    update_flood (ls);
}

void
emulator_switch_run (EmulatorSwitch *ls)
{
  update_local (ls);
  update_remote (ls);
}

void
emulator_switch_remove (EmulatorSwitch *ls)
{
  for (guint i = 0; i < ls->learned->len; i++)
    tell_learned (ls, "remove", &g_array_index (ls->learned, Learned, i));
  emulator_bridge_remove (ls->bridge);
  if (!emulator_bug_on (ls->life->bugs, EMULATOR_BUG_STALE_LOCAL))
    emulator_rows_clear_local (ls->life, ls->name);
  emulator_switch_forget (ls);
}
