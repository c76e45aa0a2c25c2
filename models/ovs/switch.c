/* The switch: decisions carried out, changes applied, controllers told. */
#include "models/ovs/switch.h"

#include "gateway/ecn.h"
#include "models/ovs/check.h"
#include "models/ovs/learn.h"
#include "models/ovs/rewrite.h"
#include "models/ovs/tell.h"

/* Open vSwitch looks for expired flows about once a second, and so does this one, on whole seconds. */
#define EXPIRY_NS NET_SEC
#define TUNNEL_OVERHEAD 36u /* IPv4, UDP and VXLAN headers, which count against the underlay's MTU as the frame does */

typedef struct
{
  const OvsSwitchEvents *events;
  gpointer user;
} Listening;

struct _OvsSwitch
{
  NetWorld *world;
  OvsSwitchConfig config;
  guint16 miss_send_len;
  OvsTables *tables;
  OvsGroups *groups;
  OvsPorts *ports;
  OvsPipeline pipeline;
  OvsDecision decision;
  GArray *listeners; /* of Listening */
  NetTimer expiry;
};

/* ---- telling ------------------------------------------------------------------------------------------------- */

void
ovs_switch_listen (OvsSwitch *sw, const OvsSwitchEvents *events, gpointer user)
{
  Listening listening = { .events = events, .user = user };
  g_array_append_val (sw->listeners, listening);
}

void
ovs_switch_unlisten (OvsSwitch *sw, gpointer user)
{
  for (guint i = sw->listeners->len; i-- > 0;)
    if (g_array_index (sw->listeners, Listening, i).user == user)
      g_array_remove_index (sw->listeners, i);
}

static void
tell_port_status (OvsSwitch *sw, const OvsPort *port, OpenflowPortReason reason)
{
  static const char *const ops[] = { "add", "remove", "change" };
  OpenflowPortStatus status = { .reason = (guint8) reason };

  ovs_port_describe (port, &status.port);
  ovs_tell_port (sw->world, port, ops[reason]);
  for (guint i = 0; i < sw->listeners->len; i++)
    {
      const Listening *listening = &g_array_index (sw->listeners, Listening, i);
      if (listening->events->port_status)
        listening->events->port_status (&status, listening->user);
    }
}

static void
hear_flow (const OvsFlow *flow, OvsFlowEvent event, guint8 reason, gint64 now_ns, gpointer user)
{
  OvsSwitch *sw = user;
  OpenflowFlowRemoved removed;

  ovs_tell_flow (sw->world, flow, event, reason);
  if ((flow->idle_timeout || flow->hard_timeout) && event != OVS_FLOW_REMOVED && !sw->expiry.pending)
    net_world_timer_set (sw->world, &sw->expiry, (now_ns / EXPIRY_NS + 1) * EXPIRY_NS);
  if (event != OVS_FLOW_REMOVED || !(flow->flags & OPENFLOW_FLOW_SEND_REMOVED))
    return;
  removed = (OpenflowFlowRemoved){ .cookie = flow->cookie,
                                   .priority = flow->priority,
                                   .reason = reason,
                                   .table = flow->table,
                                   .duration_ns = now_ns - flow->created_ns,
                                   .idle_timeout = flow->idle_timeout,
                                   .hard_timeout = flow->hard_timeout,
                                   .n_packets = flow->n_packets,
                                   .n_bytes = flow->n_bytes,
                                   .match = flow->match };
  for (guint i = 0; i < sw->listeners->len; i++)
    {
      const Listening *listening = &g_array_index (sw->listeners, Listening, i);
      if (listening->events->flow_removed)
        listening->events->flow_removed (&removed, listening->user);
    }
}

static void
expire (NetTimer *timer, gint64 now_ns)
{
  OvsSwitch *sw = timer->owner;

  if (ovs_tables_expire (sw->tables, now_ns))
    net_world_timer_set (sw->world, timer, (now_ns / EXPIRY_NS + 1) * EXPIRY_NS);
}

/* ---- life ---------------------------------------------------------------------------------------------------- */

OvsSwitch *
ovs_switch_new (NetWorld *world, const OvsSwitchConfig *config)
{
  OvsSwitch *sw = g_new0 (OvsSwitch, 1);

  sw->world = world;
  sw->config = *config;
  if (sw->config.underlay_mtu == 0)
    sw->config.underlay_mtu = 1500;
  sw->tables = ovs_tables_new (hear_flow, sw);
  sw->groups = ovs_groups_new ();
  sw->ports = ovs_ports_new ();
  sw->pipeline = (OvsPipeline){ .tables = sw->tables, .groups = sw->groups, .ports = sw->ports };
  ovs_decision_init (&sw->decision);
  sw->listeners = g_array_new (FALSE, FALSE, sizeof (Listening));
  net_timer_init (&sw->expiry, expire, sw);
  return sw;
}

void
ovs_switch_free (OvsSwitch *sw)
{
  if (!sw)
    return;
  net_world_timer_cancel (sw->world, &sw->expiry);
  ovs_decision_clear (&sw->decision);
  ovs_tables_free (sw->tables);
  ovs_groups_free (sw->groups);
  ovs_ports_free (sw->ports);
  g_array_unref (sw->listeners);
  g_free (sw);
}

guint64
ovs_switch_datapath_id (const OvsSwitch *sw)
{
  return sw->config.datapath_id;
}

NetWorld *
ovs_switch_world (const OvsSwitch *sw)
{
  return sw->world;
}

OvsTables *
ovs_switch_tables (OvsSwitch *sw)
{
  return sw->tables;
}

OvsGroups *
ovs_switch_groups (OvsSwitch *sw)
{
  return sw->groups;
}

OvsPorts *
ovs_switch_ports (OvsSwitch *sw)
{
  return sw->ports;
}

OpenflowConfig
ovs_switch_config (const OvsSwitch *sw)
{
  return (OpenflowConfig){ .flags = (guint16) sw->pipeline.fragments, .miss_send_len = sw->miss_send_len };
}

void
ovs_switch_set_config (OvsSwitch *sw, const OpenflowConfig *config)
{
  sw->miss_send_len = config->miss_send_len;
  if (config->flags == OVS_FRAGMENTS_NORMAL || config->flags == OVS_FRAGMENTS_DROP
      || config->flags == OVS_FRAGMENTS_MATCH)
    sw->pipeline.fragments = (OvsFragments) config->flags;
}

/* ---- ports --------------------------------------------------------------------------------------------------- */

void
ovs_switch_add_port (OvsSwitch *sw, const OvsPort *port)
{
  OvsPort *added = ovs_ports_add (sw->ports, port);

  added->created_ns = net_world_now (sw->world);
  tell_port_status (sw, added, OPENFLOW_PORT_ADD);
}

void
ovs_switch_remove_port (OvsSwitch *sw, guint32 number)
{
  OvsPort *port = ovs_ports_find (sw->ports, number);

  if (!port)
    return;
  port->link_up = FALSE;
  tell_port_status (sw, port, OPENFLOW_PORT_DELETE);
  ovs_ports_remove (sw->ports, number);
}

void
ovs_switch_set_link (OvsSwitch *sw, guint32 number, gboolean up)
{
  OvsPort *port = ovs_ports_find (sw->ports, number);

  if (!port || port->link_up == up)
    return;
  port->link_up = up;
  tell_port_status (sw, port, OPENFLOW_PORT_MODIFY);
}

gboolean
ovs_switch_port_mod (OvsSwitch *sw, const OpenflowPortMod *mod, GError **error)
{
  OvsPort *port = ovs_ports_find (sw->ports, mod->number);
  guint32 config;

  if (!port)
    return openflow_fail (error, OPENFLOW_ERROR_PORT_BAD_PORT, "there is no port %u", mod->number);
  if (!net_mac_equal (&port->mac, &mod->mac))
    return openflow_fail (error, OPENFLOW_ERROR_PORT_BAD_HW_ADDR, "port %u has another address", mod->number);
  config = (port->config & ~mod->mask) | (mod->config & mod->mask);
  if (config != port->config)
    {
      port->config = config;
      tell_port_status (sw, port, OPENFLOW_PORT_MODIFY);
    }
  return TRUE;
}

/* ---- carrying out -------------------------------------------------------------------------------------------- */

static void
refuse (OvsSwitch *sw, NetFrame *frame, guint world_port, NetDropReason reason, const char *table)
{
  net_world_drop (sw->world, &(NetDrop){ .frame = frame, .port = world_port, .reason = reason, .table = table });
  net_frame_unref (frame);
}

/* Takes the frame. */
static void
send_tunnel (OvsSwitch *sw, const OvsPort *port, const OvsVersion *version, NetFrame *frame)
{
  const guint8 *bytes = net_frame_bytes (frame);
  VtepTunnel tunnel = { .destination = port->tunnel.remote ? port->tunnel.remote : version->fields.tunnel_dst,
                        .vni = port->tunnel.key_flow ? (guint32) version->fields.tunnel_id & NET_VXLAN_VNI_MAX
                                                     : port->tunnel.key,
                        .source_port = net_vxlan_source_port (bytes, frame->length),
                        .tos = net_vxlan_outer_tos (bytes, frame->length) };

  if (!sw->config.underlay || tunnel.destination == 0)
    refuse (sw, frame, sw->config.underlay_port, NET_DROP_NO_ROUTE, port->name);
  else if (frame->length + TUNNEL_OVERHEAD > sw->config.underlay_mtu)
    refuse (sw, frame, sw->config.underlay_port, NET_DROP_FRAME_TOO_LONG, port->name);
  else
    vtep_underlay_send (sw->config.underlay, frame, &tunnel);
}

static void
do_output (OvsSwitch *sw, const OvsStep *step, const OvsVersion *version, const OvsPacket *packet, NetFrame *frame)
{
  OvsPort *port = ovs_ports_find (sw->ports, step->port);
  NetFrame *out = ovs_rewrite (frame, packet, version);

  port->tx_packets++;
  port->tx_bytes += out->length;
  if (port->kind == OVS_PORT_VXLAN)
    send_tunnel (sw, port, version, out);
  else
    net_world_send (sw->world, port->world_port, out);
}

/* What the pipeline carries beside the packet, as Open vSwitch puts it into PACKET_IN: in_port always, the rest where
 * it is not 0. */
static void
fill_metadata (const OpenflowFields *fields, OpenflowMatch *match)
{
  openflow_match_init (match);
  openflow_match_set (match, OPENFLOW_FIELD_IN_PORT, fields->in_port);
  if (fields->tunnel_id)
    openflow_match_set (match, OPENFLOW_FIELD_TUNNEL_ID, fields->tunnel_id);
  if (fields->tunnel_src)
    openflow_match_set (match, OPENFLOW_FIELD_TUNNEL_SRC, fields->tunnel_src);
  if (fields->tunnel_dst)
    openflow_match_set (match, OPENFLOW_FIELD_TUNNEL_DST, fields->tunnel_dst);
  if (fields->metadata)
    openflow_match_set (match, OPENFLOW_FIELD_METADATA, fields->metadata);
  for (guint i = 0; i < OPENFLOW_REGISTERS; i++)
    if (fields->reg[i])
      openflow_match_set (match, OPENFLOW_FIELD_REG (i), fields->reg[i]);
}

static void
do_punt (OvsSwitch *sw, const OvsStep *step, const OvsVersion *version, const OvsPacket *packet, NetFrame *frame)
{
  OpenflowPacketIn packet_in = { .buffer_id = OPENFLOW_NO_BUFFER,
                                 .reason = step->punt.reason,
                                 .table = step->punt.table,
                                 .cookie = step->punt.flow ? step->punt.flow->cookie : G_MAXUINT64 };
  g_autoptr (NetFrame) out = ovs_rewrite (frame, packet, version);

  packet_in.frame = net_frame_bytes (out);
  packet_in.length = out->length;
  packet_in.total_length = (guint16) out->length;
  fill_metadata (&version->fields, &packet_in.match);
  for (guint i = 0; i < sw->listeners->len; i++)
    {
      const Listening *listening = &g_array_index (sw->listeners, Listening, i);
      if (listening->events->packet_in)
        listening->events->packet_in (&packet_in, listening->user);
    }
}

static void
count_path (OvsSwitch *sw, guint length, gint64 now_ns)
{
  const GArray *path = sw->decision.path;

  for (guint i = 0; i < path->len; i++)
    {
      const OvsHop *hop = &g_array_index (path, OvsHop, i);
      OvsCount *count = NULL;
      if (hop->kind == OVS_HOP_MATCH)
        {
          hop->flow->n_packets++;
          hop->flow->n_bytes += length;
          hop->flow->used_ns = now_ns;
        }
      else if (hop->kind == OVS_HOP_GROUP)
        count = &hop->group->count;
      else if (hop->kind == OVS_HOP_BUCKET)
        count = &hop->group->bucket_counts[hop->bucket];
      if (count)
        {
          count->n_packets++;
          count->n_bytes += length;
        }
    }
}

/* Learning comes last, as it may replace flows that the decision still names.  Takes the frame. */
static void
carry_out (OvsSwitch *sw, const OvsPacket *packet, guint world_port, NetFrame *frame)
{
  const OvsDecision *decision = &sw->decision;
  gint64 now_ns = net_world_now (sw->world);

  count_path (sw, frame->length, now_ns);
  if (decision->end.reason != NET_DROP_NONE)
    ovs_tell_drop (sw->world, frame, world_port, &decision->end);
  for (guint i = 0; i < decision->steps->len; i++)
    {
      const OvsStep *step = &g_array_index (decision->steps, OvsStep, i);
      const OvsVersion *version = &g_array_index (decision->versions, OvsVersion, step->version);
      if (step->kind == OVS_STEP_OUTPUT)
        do_output (sw, step, version, packet, frame);
      else if (step->kind == OVS_STEP_PUNT)
        do_punt (sw, step, version, packet, frame);
    }
  for (guint i = 0; i < decision->steps->len; i++)
    {
      const OvsStep *step = &g_array_index (decision->steps, OvsStep, i);
      if (step->kind == OVS_STEP_LEARN)
        ovs_learn (sw->tables, step->learn, &g_array_index (decision->versions, OvsVersion, step->version).fields,
                   now_ns);
    }
  net_frame_unref (frame);
}

/* ---- packets ------------------------------------------------------------------------------------------------- */

static void
receive_by (OvsSwitch *sw, OvsPort *port, guint world_port, const VtepArrival *arrival, NetFrame *frame)
{
  OvsPacket packet;

  port->rx_packets++;
  port->rx_bytes += frame->length;
  if (!ovs_packet_parse (net_frame_bytes (frame), frame->length, &packet))
    {
      refuse (sw, frame, world_port, NET_DROP_MALFORMED, port->name);
      return;
    }
  if (port->config & (OPENFLOW_PORT_CONFIG_DOWN | OPENFLOW_PORT_CONFIG_NO_RECV))
    {
      port->rx_dropped++;
      refuse (sw, frame, world_port, NET_DROP_LINK_DOWN, port->name);
      return;
    }
  packet.fields.in_port = port->number;
  if (arrival)
    {
      packet.fields.tunnel_id = arrival->outer.vni;
      packet.fields.tunnel_src = arrival->outer.source_ip;
      packet.fields.tunnel_dst = arrival->outer.destination_ip;
    }
  ovs_pipeline_decide (&sw->pipeline, &packet, &sw->decision);
  carry_out (sw, &packet, world_port, frame);
}

void
ovs_switch_receive (OvsSwitch *sw, guint world_port, NetFrame *frame)
{
  OvsPort *port = ovs_ports_find_world (sw->ports, world_port);

  if (port)
    receive_by (sw, port, world_port, NULL, frame);
  else
    refuse (sw, frame, world_port, NET_DROP_NO_CABLE, "not in the bridge");
}

void
ovs_switch_receive_tunnel (OvsSwitch *sw, NetFrame *frame, const VtepArrival *arrival)
{
  const guint8 *bytes = net_frame_bytes (frame);
  OvsPort *port = ovs_ports_find_tunnel (sw->ports, arrival->outer.source_ip, arrival->outer.vni);
  NetEthernet ethernet;
  VtepEcn ecn = VTEP_ECN_KEEP;

  if (!port)
    {
      refuse (sw, frame, sw->config.underlay_port, NET_DROP_TUNNEL_SOURCE_UNKNOWN, "tunnels");
      return;
    }
  if (net_ethernet_parse (bytes + arrival->inner, arrival->inner_length, &ethernet) == NET_DROP_NONE)
    ecn = vtep_ecn_at_exit (arrival->outer.tos, &ethernet, bytes + arrival->inner, arrival->inner_length);
  if (ecn == VTEP_ECN_INVALID)
    {
      refuse (sw, frame, sw->config.underlay_port, NET_DROP_ECN_INVALID, port->name);
      return;
    }
  frame = net_vxlan_decapsulate (frame, arrival->inner, arrival->inner_length);
  if (ecn == VTEP_ECN_MARK)
    {
      frame = net_frame_writable (frame, 0);
      vtep_ecn_mark (frame, &ethernet);
    }
  receive_by (sw, port, sw->config.underlay_port, arrival, frame);
}

gboolean
ovs_switch_packet_out (OvsSwitch *sw, const OpenflowPacketOut *packet_out, GError **error)
{
  NetFrame *frame;
  OvsPacket packet;

  if (packet_out->buffer_id != OPENFLOW_NO_BUFFER)
    return openflow_fail (error, OPENFLOW_ERROR_BUFFER_UNKNOWN, "there is no buffer 0x%x", packet_out->buffer_id);
  if (packet_out->length > NET_FRAME_MAX
      || !ovs_packet_parse (packet_out->frame, packet_out->length, &packet))
    return openflow_fail (error, OPENFLOW_ERROR_BAD_PACKET, "a packet of %u bytes", packet_out->length);
  if (!ovs_check_packet_out (&packet_out->actions, sw->groups, error))
    return FALSE;
  packet.fields.in_port = packet_out->in_port;
  frame = net_frame_new_from (sw->world->frames, packet_out->frame, packet_out->length);
  ovs_pipeline_decide_actions (&sw->pipeline, &packet, &packet_out->actions, &sw->decision);
  carry_out (sw, &packet, NET_PORT_NONE, frame);
  return TRUE;
}

/* ---- changes ------------------------------------------------------------------------------------------------- */

gboolean
ovs_switch_flow_mod (OvsSwitch *sw, OpenflowFlowMod *mod, GError **error)
{
  if (mod->buffer_id != OPENFLOW_NO_BUFFER)
    return openflow_fail (error, OPENFLOW_ERROR_BUFFER_UNKNOWN, "there is no buffer 0x%x", mod->buffer_id);
  return ovs_check_flow (mod, sw->groups, error)
         && ovs_tables_change (sw->tables, mod, net_world_now (sw->world), error);
}

static void
delete_group (OvsSwitch *sw, guint32 id)
{
  const OvsGroup *group = ovs_groups_find (sw->groups, id);

  if (!group)
    return;
  ovs_tell_group (sw->world, group, "remove");
  ovs_tables_forget_group (sw->tables, id, net_world_now (sw->world));
  ovs_groups_remove (sw->groups, id);
}

gboolean
ovs_switch_group_mod (OvsSwitch *sw, OpenflowGroupMod *mod, GError **error)
{
  if (mod->command == OPENFLOW_GROUP_DELETE)
    {
      if (mod->id != OPENFLOW_GROUP_ID_ALL)
        delete_group (sw, mod->id);
      else
        while (ovs_groups_n (sw->groups))
          delete_group (sw, ovs_groups_at (sw->groups, 0)->id);
      return TRUE;
    }
  if (!ovs_check_group (mod, error) || !ovs_groups_put (sw->groups, mod, net_world_now (sw->world), error))
    return FALSE;
  ovs_tell_group (sw->world, ovs_groups_find (sw->groups, mod->id),
                  mod->command == OPENFLOW_GROUP_ADD ? "add" : "change");
  return TRUE;
}
