/* The pieces put together, and a frame's way through them. */
#include "gateway/gateway.h"

#include "gateway/agent.h"
#include "gateway/execute.h"
#include "gateway/inventory.h"
#include "gateway/own-address.h"
#include "gateway/router-port.h"
#include "gateway/stats.h"

struct _VtepGateway
{
  NetWorld *world;
  VtepTables *tables;
  VtepUnderlay *underlay;
  VtepReport *report;
  VtepLocals *locals;
  VtepTunnels *tunnels;
  VtepStats *stats;
  VtepFaults *faults;
  VtepRouterPort *router_port;
  VtepArpReport *arp_report;
  VtepTunnelIps *tunnel_ips;
  VtepAgent *agent;
  VtepActions actions; /* of the frame in hand */
  VtepExits exits;

  OvsdbDatabase *database;
  char *switch_name;
  VtepAccessPorts *ports;
  NetIpv4 tunnel_ip;
};

/* ---- frames -------------------------------------------------------------------------------------------------- */

static void
drop (VtepGateway *gateway, guint world_port, NetFrame *frame, NetDropReason reason)
{
  net_world_drop (gateway->world,
                  &(NetDrop){ .frame = frame, .port = world_port, .reason = reason, .table = "ingress" });
  net_frame_unref (frame);
}

static void
receive_access (VtepGateway *gateway, VtepPort port, NetFrame *frame)
{
  VtepActions *actions = &gateway->actions;
  VtepView view;
  NetDropReason reason = net_ethernet_parse_frame (frame, &view.ethernet);

  if (reason != NET_DROP_NONE)
    {
      drop (gateway, gateway->ports->world_ports[port], frame, reason);
      return;
    }
  view.length = frame->length;
  view.bytes = net_frame_bytes (frame);
  vtep_forward_decide (gateway->tables, &view, port, actions);
  if (actions->learn)
    vtep_locals_seen (gateway->locals, actions);
  if (actions->binding)
    vtep_stats_changed (gateway->stats);
  if (G_UNLIKELY (actions->overheard))
    vtep_router_port_overhear (gateway->router_port, &view, actions);
  if (G_UNLIKELY (actions->rule == VTEP_RULE_ROUTER))
    {
      vtep_execute_count (&view, actions);
      vtep_router_port_receive (gateway->router_port, frame, &view, actions);
    }
  else
    vtep_execute_access (&gateway->exits, frame, &view, actions);
}

/* The inner frame of a packet for a router. */
static void
route_from_tunnel (VtepGateway *gateway, NetFrame *frame, VtepView *view, const VtepArrival *arrival,
                   VtepEcn ecn)
{
  vtep_execute_count (view, &gateway->actions);
  frame = net_vxlan_decapsulate (frame, arrival->inner, arrival->inner_length);
  if (ecn == VTEP_ECN_MARK)
    {
      frame = net_frame_writable (frame, NET_VLAN_TAG);
      vtep_ecn_mark (frame, &view->ethernet);
    }
  view->bytes = net_frame_bytes (frame);
  vtep_router_port_receive (gateway->router_port, frame, view, &gateway->actions);
}

static void
receive_underlay (VtepGateway *gateway, NetFrame *frame)
{
  VtepArrival arrival;
  VtepView view;
  VtepEcn ecn;
  const guint8 *inner;
  NetDropReason reason;

  if (!vtep_underlay_receive (gateway->underlay, frame, &arrival))
    return;
  inner = net_frame_bytes (frame) + arrival.inner;
  reason = net_ethernet_parse (inner, arrival.inner_length, &view.ethernet);
  if (reason != NET_DROP_NONE)
    {
      drop (gateway, gateway->exits.underlay_port, frame, reason);
      return;
    }
  view.length = arrival.inner_length;
  view.bytes = inner;
  view.vni = arrival.outer.vni;
  view.source = arrival.outer.source_ip;
  if (vtep_tunnels_receive (gateway->tunnels, frame, &view, inner))
    return;
  vtep_forward_decide (gateway->tables, &view, VTEP_PORT_TUNNEL, &gateway->actions);
  if (G_UNLIKELY (gateway->actions.overheard))
    vtep_router_port_overhear (gateway->router_port, &view, &gateway->actions);
  ecn = vtep_ecn_at_exit (arrival.outer.tos, &view.ethernet, inner, arrival.inner_length);
  if (ecn == VTEP_ECN_INVALID && (gateway->actions.n_copies > 0 || gateway->actions.rule == VTEP_RULE_ROUTER))
    drop (gateway, gateway->exits.underlay_port, frame, NET_DROP_ECN_INVALID);
  else if (G_UNLIKELY (gateway->actions.rule == VTEP_RULE_ROUTER))
    route_from_tunnel (gateway, frame, &view, &arrival, ecn);
  else
    {
      if (gateway->actions.n_copies > 0)
        vtep_stats_changed (gateway->stats);
      vtep_execute_tunnel (&gateway->exits, frame, &view, &arrival, ecn, &gateway->actions);
    }
}

void
vtep_gateway_receive (VtepGateway *gateway, guint world_port, NetFrame *frame)
{
  VtepPort port = vtep_access_ports_of_world (gateway->ports, world_port);

  net_frame_prefetch (frame);
  if (port != VTEP_PORT_NO)
    receive_access (gateway, port, frame);
  else if (world_port == gateway->exits.underlay_port)
    receive_underlay (gateway, frame);
  else
    drop (gateway, world_port, frame, NET_DROP_NOT_FOR_US);
}

void
vtep_gateway_port_changed (VtepGateway *gateway, guint world_port, gboolean up)
{
  VtepPort port = vtep_access_ports_of_world (gateway->ports, world_port);

  if (port != VTEP_PORT_NO && !up)
    vtep_locals_place_gone (gateway->locals, (VtepPlace){ .port = port, .vlan = VTEP_VLAN_ANY });
}

const VtepTables *
vtep_gateway_tables (const VtepGateway *gateway)
{
  return gateway->tables;
}

const VtepAccessPorts *
vtep_gateway_ports (const VtepGateway *gateway)
{
  return gateway->ports;
}

/* ---- changes ------------------------------------------------------------------------------------------------- */

/* All but the seed. */
static VtepTablesConfig
tables_of (const VtepGateway *gateway, const VtepGatewayConfig *config)
{
  return (VtepTablesConfig){
    .n_ports = gateway->ports->n,
    .mtu = config->mtu ? config->mtu : VTEP_MTU_DEFAULT,
    .inner_vlan = config->inner_vlan,
    .arp_source = config->underlay_mac,
    .fdb = { .age_ns = config->mac_age_ns ? config->mac_age_ns : VTEP_MAC_AGE_DEFAULT_NS,
             .max_local = config->max_macs ? config->max_macs : VTEP_MAX_MACS_DEFAULT },
  };
}

static VtepUnderlayConfig
underlay_of (const VtepGatewayConfig *config)
{
  return (VtepUnderlayConfig){ .port = config->underlay_port,
                               .mac = config->underlay_mac,
                               .ip = config->tunnel_ip,
                               .prefix_length = config->prefix_length,
                               .gateway = config->underlay_gateway };
}

static void
take_ports (VtepGateway *gateway, const VtepGatewayConfig *config)
{
  for (guint i = 0; i < config->n_ports; i++)
    {
      VtepPort port = vtep_access_ports_find (gateway->ports, config->ports[i].name);
      if (port == VTEP_PORT_NO)
        vtep_access_ports_add (gateway->ports, &config->ports[i]);
      else
        vtep_access_ports_move (gateway->ports, port, config->ports[i].world_port);
    }
}

/* Those that the configuration does not name. */
static void
drop_ports (VtepGateway *gateway, const VtepGatewayConfig *config)
{
  guint n = gateway->ports->n;
  g_autofree gboolean *kept = g_new0 (gboolean, n);

  for (guint i = 0; i < config->n_ports; i++)
    {
      VtepPort port = vtep_access_ports_find (gateway->ports, config->ports[i].name);
      if (port != VTEP_PORT_NO)
        kept[port] = TRUE;
    }
  for (guint i = 0; i < n; i++)
    if (gateway->ports->names[i] && !kept[i])
      {
        vtep_agent_drop_port (gateway->agent, (VtepPort) i);
        vtep_access_ports_remove (gateway->ports, (VtepPort) i);
      }
}

/* First what this end believes, so that rows which move along are no news to it. */
static void
move_address (VtepGateway *gateway, NetIpv4 tunnel_ip)
{
  NetIpv4 was = gateway->tunnel_ip;
  g_autoptr (GError) error = NULL;

  if (tunnel_ip == was)
    return;
  gateway->tunnel_ip = tunnel_ip;
  vtep_tunnel_ips_move (gateway->tunnel_ips, tunnel_ip);
  vtep_report_move (gateway->report, tunnel_ip);
  vtep_agent_set_tunnel_ip (gateway->agent, tunnel_ip);
  if (!vtep_own_address_move (gateway->database, gateway->switch_name, was, tunnel_ip, &error))
    net_world_log (gateway->world, NET_LOG_ERROR, "gateway",
                   "the database refused another tunnel address: %s", error->message);
  vtep_tunnels_moved (gateway->tunnels);
}

static void
move_underlay (VtepGateway *gateway, const VtepGatewayConfig *config)
{
  const VtepUnderlayConfig underlay = underlay_of (config);

  gateway->exits.underlay_port = config->underlay_port;
  vtep_underlay_move (gateway->underlay, &underlay);
  vtep_tunnels_move (gateway->tunnels, config->underlay_port, &config->underlay_mac, config->tunnel_ip);
  move_address (gateway, config->tunnel_ip);
  vtep_arp_report_move (gateway->arp_report, &config->underlay_mac, config->tunnel_ip);
}

static void
write_inventory (VtepGateway *gateway, const VtepGatewayConfig *config)
{
  g_autoptr (GError) error = NULL;

  if (!vtep_inventory_write (gateway->database, config, &error))
    net_world_log (gateway->world, NET_LOG_ERROR, "gateway", "cannot write the switch's own rows: %s",
                   error->message);
}

void
vtep_gateway_change (VtepGateway *gateway, const VtepGatewayConfig *config)
{
  VtepTablesConfig tables;

  g_assert (config->n_ports <= VTEP_PORTS_MAX);
  drop_ports (gateway, config); /* first: their places and numbers may be taken */
  take_ports (gateway, config);
  tables = tables_of (gateway, config);
  vtep_tables_configure (gateway->tables, &tables);
  vtep_locals_configured (gateway->locals);
  move_underlay (gateway, config);
  write_inventory (gateway, config);
  vtep_agent_follow_ports (gateway->agent);
}

/* ---- life ---------------------------------------------------------------------------------------------------- */

static void
local_changed (VtepKey key, gpointer user)
{
  vtep_report_mac (((VtepGateway *) user)->report, key);
}

static VtepTables *
make_tables (const VtepGateway *gateway, const VtepGatewayConfig *config)
{
  VtepTablesConfig tables = tables_of (gateway, config);

  net_world_random (gateway->world, &tables.fdb.seed, sizeof tables.fdb.seed);
  return vtep_tables_new (&tables);
}

VtepGateway *
vtep_gateway_new (NetWorld *world, OvsdbDatabase *database, const VtepGatewayConfig *config)
{
  const VtepUnderlayConfig underlay = underlay_of (config);
  VtepGateway *gateway = g_new0 (VtepGateway, 1);

  g_assert (config->n_ports <= VTEP_PORTS_MAX);
  gateway->world = world;
  gateway->database = database;
  gateway->switch_name = g_strdup (config->switch_name);
  gateway->tunnel_ip = config->tunnel_ip;
  gateway->ports = vtep_access_ports_new ();
  take_ports (gateway, config);
  gateway->tables = make_tables (gateway, config);
  gateway->underlay = vtep_underlay_new (world, &underlay);
  vtep_actions_init (&gateway->actions);
  gateway->exits = (VtepExits){ .world = world,
                                .underlay = gateway->underlay,
                                .tables = gateway->tables,
                                .world_ports = gateway->ports->world_ports,
                                .port_names = gateway->ports->names,
                                .underlay_port = config->underlay_port };
  write_inventory (gateway, config);
  gateway->router_port = vtep_router_port_new (&gateway->exits);
  gateway->arp_report = vtep_arp_report_new (world, database, &config->underlay_mac, config->tunnel_ip);
  gateway->tunnel_ips = vtep_tunnel_ips_new (world, database, gateway->switch_name, config->tunnel_ip);
  gateway->faults = vtep_faults_new (world, database, gateway->switch_name);
  gateway->report = vtep_report_new (world, database, gateway->tables, config->tunnel_ip);
  gateway->locals = vtep_locals_new (world, gateway->tables, gateway->faults, gateway->ports->names,
                                     local_changed, gateway);
  gateway->tunnels = vtep_tunnels_new (&(VtepTunnelsConfig){ .world = world,
                                                             .database = database,
                                                             .tables = gateway->tables,
                                                             .underlay = gateway->underlay,
                                                             .underlay_port = config->underlay_port,
                                                             .switch_name = gateway->switch_name,
                                                             .mac = config->underlay_mac,
                                                             .tunnel_ip = config->tunnel_ip });
  gateway->stats = vtep_stats_new (&(VtepStatsConfig){ .world = world,
                                                       .database = database,
                                                       .tables = gateway->tables,
                                                       .switch_name = gateway->switch_name,
                                                       .ports = gateway->ports });
  gateway->agent = vtep_agent_new (&(VtepAgentConfig){ .world = world,
                                                       .database = database,
                                                       .tables = gateway->tables,
                                                       .locals = gateway->locals,
                                                       .report = gateway->report,
                                                       .tunnels = gateway->tunnels,
                                                       .stats = gateway->stats,
                                                       .faults = gateway->faults,
                                                       .router_port = gateway->router_port,
                                                       .arp_report = gateway->arp_report,
                                                       .tunnel_ips = gateway->tunnel_ips,
                                                       .switch_name = gateway->switch_name,
                                                       .ports = gateway->ports,
                                                       .tunnel_ip = config->tunnel_ip });
  return gateway;
}

void
vtep_gateway_free (VtepGateway *gateway)
{
  if (!gateway)
    return;
  vtep_agent_free (gateway->agent);
  vtep_stats_free (gateway->stats);
  vtep_tunnels_free (gateway->tunnels);
  vtep_locals_free (gateway->locals);
  vtep_report_free (gateway->report);
  vtep_faults_free (gateway->faults);
  vtep_tunnel_ips_free (gateway->tunnel_ips);
  vtep_arp_report_free (gateway->arp_report);
  vtep_router_port_free (gateway->router_port);
  vtep_underlay_free (gateway->underlay);
  vtep_actions_clear (&gateway->actions);
  vtep_tables_free (gateway->tables);
  vtep_access_ports_free (gateway->ports);
  g_free (gateway->switch_name);
  g_free (gateway);
}
