/* The pieces put together, and a frame's way through them. */
#include "gateway/gateway.h"

#include "gateway/agent.h"
#include "gateway/execute.h"
#include "gateway/inventory.h"
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
  VtepAgent *agent;
  VtepActions actions; /* of the frame in hand */
  VtepExits exits;

  char *switch_name;
  char **port_names;  /* by access port; NULL-terminated */
  guint *world_ports; /* by access port */
  guint n_ports;
  VtepPort *by_world; /* access port by the world's number */
  guint n_by_world;
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
      drop (gateway, gateway->world_ports[port], frame, reason);
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

static VtepPort
access_port (const VtepGateway *gateway, guint world_port)
{
  return world_port < gateway->n_by_world ? gateway->by_world[world_port] : VTEP_PORT_NO;
}

void
vtep_gateway_receive (VtepGateway *gateway, guint world_port, NetFrame *frame)
{
  VtepPort port = access_port (gateway, world_port);

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
  VtepPort port = access_port (gateway, world_port);

  if (port != VTEP_PORT_NO && !up)
    vtep_locals_place_gone (gateway->locals, (VtepPlace){ .port = port, .vlan = VTEP_VLAN_ANY });
}

static void
index_world_ports (VtepGateway *gateway)
{
  guint highest = 0;

  for (guint i = 0; i < gateway->n_ports; i++)
    highest = MAX (highest, gateway->world_ports[i]);
  gateway->n_by_world = gateway->n_ports ? highest + 1 : 0;
  g_free (gateway->by_world);
  gateway->by_world = g_new (VtepPort, gateway->n_by_world);
  for (guint i = 0; i < gateway->n_by_world; i++)
    gateway->by_world[i] = VTEP_PORT_NO;
  for (guint i = 0; i < gateway->n_ports; i++)
    gateway->by_world[gateway->world_ports[i]] = (VtepPort) i;
}

void
vtep_gateway_move_port (VtepGateway *gateway, VtepPort port, guint world_port)
{
  g_assert (port < gateway->n_ports);
  gateway->world_ports[port] = world_port;
  index_world_ports (gateway);
}

const VtepTables *
vtep_gateway_tables (const VtepGateway *gateway)
{
  return gateway->tables;
}

/* ---- life ---------------------------------------------------------------------------------------------------- */

static void
local_changed (VtepKey key, gpointer user)
{
  vtep_report_mac (((VtepGateway *) user)->report, key);
}

static void
copy_ports (VtepGateway *gateway, const VtepGatewayConfig *config)
{
  g_assert (config->n_ports <= VTEP_PORTS_MAX);
  gateway->n_ports = config->n_ports;
  gateway->port_names = g_new0 (char *, config->n_ports + 1);
  gateway->world_ports = g_new (guint, config->n_ports);
  for (guint i = 0; i < config->n_ports; i++)
    {
      gateway->port_names[i] = g_strdup (config->ports[i].name);
      gateway->world_ports[i] = config->ports[i].world_port;
    }
  index_world_ports (gateway);
}

static VtepTables *
make_tables (NetWorld *world, const VtepGatewayConfig *config)
{
  guint64 seed;

  net_world_random (world, &seed, sizeof seed);
  return vtep_tables_new (&(VtepTablesConfig){
      .n_ports = config->n_ports,
      .mtu = config->mtu ? config->mtu : VTEP_MTU_DEFAULT,
      .inner_vlan = config->inner_vlan,
      .arp_source = config->underlay_mac,
      .fdb = { .age_ns = config->mac_age_ns ? config->mac_age_ns : VTEP_MAC_AGE_DEFAULT_NS,
               .max_local = config->max_macs ? config->max_macs : VTEP_MAX_MACS_DEFAULT,
               .seed = seed },
  });
}

VtepGateway *
vtep_gateway_new (NetWorld *world, OvsdbDatabase *database, const VtepGatewayConfig *config)
{
  VtepGateway *gateway = g_new0 (VtepGateway, 1);
  g_autoptr (GError) error = NULL;
  const char *const *port_names;

  gateway->world = world;
  gateway->switch_name = g_strdup (config->switch_name);
  copy_ports (gateway, config);
  port_names = (const char *const *) gateway->port_names;
  gateway->tables = make_tables (world, config);
  gateway->underlay = vtep_underlay_new (world, &(VtepUnderlayConfig){ .port = config->underlay_port,
                                                                       .mac = config->underlay_mac,
                                                                       .ip = config->tunnel_ip,
                                                                       .prefix_length = config->prefix_length,
                                                                       .gateway = config->underlay_gateway });
  vtep_actions_init (&gateway->actions);
  gateway->exits = (VtepExits){ .world = world,
                                .underlay = gateway->underlay,
                                .tables = gateway->tables,
                                .world_ports = gateway->world_ports,
                                .port_names = port_names,
                                .underlay_port = config->underlay_port };
  if (!vtep_inventory_write (database, config, &error))
    net_world_log (world, NET_LOG_ERROR, "gateway", "cannot write the switch's own rows: %s", error->message);
  gateway->router_port = vtep_router_port_new (&gateway->exits);
  gateway->arp_report = vtep_arp_report_new (world, database, &config->underlay_mac, config->tunnel_ip);
  gateway->faults = vtep_faults_new (world, database, gateway->switch_name);
  gateway->report = vtep_report_new (world, database, gateway->tables, config->tunnel_ip);
  gateway->locals
      = vtep_locals_new (world, gateway->tables, gateway->faults, port_names, local_changed, gateway);
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
                                                       .port_names = port_names,
                                                       .n_ports = config->n_ports });
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
                                                       .switch_name = gateway->switch_name,
                                                       .port_names = port_names,
                                                       .n_ports = config->n_ports,
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
  vtep_arp_report_free (gateway->arp_report);
  vtep_router_port_free (gateway->router_port);
  vtep_underlay_free (gateway->underlay);
  vtep_actions_clear (&gateway->actions);
  vtep_tables_free (gateway->tables);
  g_strfreev (gateway->port_names);
  g_free (gateway->world_ports);
  g_free (gateway->by_world);
  g_free (gateway->switch_name);
  g_free (gateway);
}
