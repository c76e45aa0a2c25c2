/* DHCP requests that computes punt: found out whose they are, answered by the way they came. */
#include "models/odl/core.h"
#include "models/odl/dhcp-answer.h"
#include "models/odl/dhcp.h"
#include "models/odl/interface.h"
#include "models/odl/l2gw.h"
#include "models/odl/of-session.h"
#include "models/odl/pipeline.h"
#include "net/ethernet.h"
#include "net/udp.h"

static gboolean
parse (const OpenflowPacketIn *packet_in, NetDhcp *out)
{
  NetEthernet ethernet;
  NetIpv4Header ip;
  NetUdp udp;
  const guint8 *bytes;
  gsize length;

  if (net_ethernet_parse (packet_in->frame, packet_in->length, &ethernet) != NET_DROP_NONE
      || ethernet.type != NET_ETHERTYPE_IPV4)
    return FALSE;
  bytes = packet_in->frame + ethernet.payload;
  length = packet_in->length - ethernet.payload;
  if (net_ipv4_parse (bytes, length, &ip) != NET_DROP_NONE || ip.protocol != NET_IP_UDP
      || net_ipv4_is_fragment (&ip))
    return FALSE;
  bytes += ip.header_length;
  length = ip.total_length - ip.header_length;
  if (net_udp_parse (bytes, length, &ip, &udp) != NET_DROP_NONE
      || udp.destination_port != NET_DHCP_SERVER_PORT)
    return FALSE;
  return net_dhcp_parse (bytes + NET_UDP_HEADER, udp.length - NET_UDP_HEADER, out) == NET_DROP_NONE;
}

/* The VNI that frames of the network's clients behind TORs come with. */
static gboolean
vni_of (const Odl *odl, const char *network_id, guint32 *vni)
{
  const OdlNetwork *network = odl_neutron_network (&odl->neutron, network_id);

  /* The elan uses the last vxlan segment, and TORs were told so. */
  if (odl_has_bug (odl, ODL_BUG_MP_TWO_VXLAN))
    return network && odl_network_first_vni (network, vni);
  return network && odl_network_vni (network, vni);
}

/* A client behind a TOR is known by its address and the VNI that its frame came with. */
static const OdlPort *
find_direct_port (const Odl *odl, guint64 vni, const NetMac *mac)
{
  for (guint i = 0; i < odl_registry_n (&odl->neutron.ports); i++)
    {
      const OdlPort *port = odl_registry_at (&odl->neutron.ports, i);
      guint32 its_vni;

      if (port->behind_tor && net_mac_equal (&port->mac, mac) && vni_of (odl, port->network_id, &its_vni)
          && its_vni == vni)
        return port;
    }
  return NULL;
}

static void
send_answer (OdlOfSession *session, const OdlInterface *interface, guint64 vni, const NetFrame *frame)
{
  g_auto (OpenflowPacketOut) packet_out;

  openflow_packet_out_init (&packet_out, net_frame_bytes (frame), frame->length);
  packet_out.in_port = OPENFLOW_PORT_CONTROLLER;
  if (interface->tunnel)
    openflow_actions_set_field (&packet_out.actions, OPENFLOW_FIELD_TUNNEL_ID, vni);
  openflow_actions_output (&packet_out.actions, interface->bound.of_port);
  odl_of_session_packet_out (session, &packet_out);
}

void
odl_dhcp_packet_in (Odl *odl, const OdlCompute *compute, const OpenflowPacketIn *packet_in)
{
  const OpenflowFields *fields = &packet_in->match.value;
  const OdlInterface *interface = odl_interface_by_lport (odl, odl_meta_to_lport (fields->metadata));
  const OdlPort *port;
  OdlLease lease;
  NetDhcp message;
  NetFrame *answer;

  if (!odl->options.dhcp_enabled || !interface || !parse (packet_in, &message))
    return;
  port = interface->tunnel ? find_direct_port (odl, fields->tunnel_id, &message.client_mac)
                           : odl_neutron_port (&odl->neutron, interface->name);
  if (!port || !odl_dhcp_find_lease (&odl->neutron, port, &lease))
    return;
  answer = odl_dhcp_answer (&lease, &message, odl->world->frames);
  if (answer)
    send_answer (compute->openflow, interface, fields->tunnel_id, answer);
  net_frame_unref (answer);
}
