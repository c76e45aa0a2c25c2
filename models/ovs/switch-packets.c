/* Packets through the switch: decided, then carried out. */
#include "models/ovs/switch-private.h"

#include "gateway/ecn.h"
#include "models/ovs/check.h"
#include "models/ovs/learn.h"
#include "models/ovs/rewrite.h"
#include "models/ovs/tell.h"

/* IPv4, UDP and VXLAN headers, which count against the underlay's MTU as the frame does. */
#define TUNNEL_OVERHEAD 36u

/* ---- carrying out -------------------------------------------------------------------------------------------- */

static void
refuse (OvsSwitch *sw, NetFrame *frame, guint world_port, NetDropReason reason, const char *table)
{
  net_world_drop (sw->world,
                  &(NetDrop){ .frame = frame, .port = world_port, .reason = reason, .table = table });
  net_frame_unref (frame);
}

/* `fields` are what the pipeline carries beside the frame, which is taken. */
static void
send_tunnel (OvsSwitch *sw, const OvsPort *port, const OpenflowFields *fields, NetFrame *frame)
{
  const guint8 *bytes = net_frame_bytes (frame);
  VtepTunnel tunnel
      = { .destination = port->tunnel.remote ? port->tunnel.remote : fields->tunnel_dst,
          .vni = port->tunnel.key_flow ? (guint32) fields->tunnel_id & NET_VXLAN_VNI_MAX : port->tunnel.key,
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
send_by (OvsSwitch *sw, OvsPort *port, const OpenflowFields *fields, NetFrame *frame)
{
  port->tx_packets++;
  port->tx_bytes += frame->length;
  if (port->kind == OVS_PORT_VXLAN)
    send_tunnel (sw, port, fields, frame);
  else
    net_world_send (sw->world, port->world_port, frame);
}

void
ovs_switch_send_own (OvsSwitch *sw, OvsPort *port, NetFrame *frame)
{
  static const OpenflowFields nothing;

  if (ovs_port_forwards (port))
    send_by (sw, port, &nothing, frame);
  else
    refuse (sw, frame, NET_PORT_NONE, NET_DROP_LINK_DOWN, port->name);
}

static void
do_output (OvsSwitch *sw, const OvsStep *step, const OvsVersion *version, const OvsPacket *packet,
           NetFrame *frame)
{
  send_by (sw, ovs_ports_find (sw->ports, step->port), &version->fields,
           ovs_rewrite (frame, packet, version));
}

/* What the pipeline carries beside the packet, as Open vSwitch puts it into PACKET_IN: in_port always, the
 * rest where it is not 0. */
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
  if (fields->ct_state)
    openflow_match_set (match, OPENFLOW_FIELD_CT_STATE, fields->ct_state);
  if (fields->ct_zone)
    openflow_match_set (match, OPENFLOW_FIELD_CT_ZONE, fields->ct_zone);
  for (guint i = 0; i < OPENFLOW_REGISTERS; i++)
    if (fields->reg[i])
      openflow_match_set (match, OPENFLOW_FIELD_REG (i), fields->reg[i]);
}

static void
do_punt (OvsSwitch *sw, const OvsStep *step, const OvsVersion *version, const OvsPacket *packet,
         NetFrame *frame)
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
  ovs_tell_punt (sw->world, frame, step->punt.table, step->punt.flow);
  for (guint i = 0; i < sw->listeners->len; i++)
    {
      const OvsListening *listening = &g_array_index (sw->listeners, OvsListening, i);
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
      else if (hop->kind == OVS_HOP_METER)
        ovs_meter_charge (hop->meter, length, now_ns);
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
        ovs_learn (sw->tables, step->learn,
                   &g_array_index (decision->versions, OvsVersion, step->version).fields, now_ns);
      else if (step->kind == OVS_STEP_LEARN_MAC)
        ovs_macs_learn (sw->macs, step->mac.vlan, step->mac.address, step->mac.port, now_ns);
      else if (step->kind == OVS_STEP_TRACK)
        ovs_connections_track (sw->connections, &step->tracked, now_ns);
    }
  net_frame_unref (frame);
}

/* ---- packets ------------------------------------------------------------------------------------------------- */

/* TRUE: it is for the port's BFD session, and the frame is taken. */
static gboolean
take_bfd (OvsSwitch *sw, const OvsPort *port, guint world_port, const OvsPacket *packet, NetFrame *frame)
{
  OvsBfd *bfd = ovs_switch_bfd (sw, port->number);
  NetDropReason reason;

  if (!bfd || !ovs_bfd_expects (bfd, &packet->fields))
    return FALSE;
  reason = ovs_bfd_receive (bfd, net_frame_bytes (frame), frame->length);
  if (reason == NET_DROP_NONE)
    net_frame_unref (frame);
  else
    refuse (sw, frame, world_port, reason, port->name);
  return TRUE;
}

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
  packet.fields.in_port = port->number;
  if (arrival)
    {
      packet.fields.tunnel_id = arrival->outer.vni;
      packet.fields.tunnel_src = arrival->outer.source_ip;
      packet.fields.tunnel_dst = arrival->outer.destination_ip;
    }
  if (!(port->config & OPENFLOW_PORT_CONFIG_DOWN) && take_bfd (sw, port, world_port, &packet, frame))
    return;
  if (port->config & (OPENFLOW_PORT_CONFIG_DOWN | OPENFLOW_PORT_CONFIG_NO_RECV))
    {
      port->rx_dropped++;
      refuse (sw, frame, world_port, NET_DROP_LINK_DOWN, port->name);
      return;
    }
  sw->pipeline.now_ns = net_world_now (sw->world);
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
    return openflow_fail (error, OPENFLOW_ERROR_BUFFER_UNKNOWN, "there is no buffer 0x%x",
                          packet_out->buffer_id);
  if (packet_out->length > NET_FRAME_MAX
      || !ovs_packet_parse (packet_out->frame, packet_out->length, &packet))
    return openflow_fail (error, OPENFLOW_ERROR_BAD_PACKET, "a packet of %u bytes", packet_out->length);
  if (!ovs_check_packet_out (&packet_out->actions, sw->groups, error))
    return FALSE;
  if (sw->is_trial)
    return TRUE;
  packet.fields.in_port = packet_out->in_port;
  frame = net_frame_new_from (sw->world->frames, packet_out->frame, packet_out->length);
  sw->pipeline.now_ns = net_world_now (sw->world);
  ovs_pipeline_decide_actions (&sw->pipeline, &packet, &packet_out->actions, &sw->decision);
  carry_out (sw, &packet, NET_PORT_NONE, frame);
  return TRUE;
}
