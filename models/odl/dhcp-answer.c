/* Leases from Neutron's objects, and the frames that give them (RFC 2131 §4.3). */
#include "models/odl/dhcp-answer.h"
#include "net/ethernet.h"
#include "net/udp.h"

#define OWNER_DHCP "network:dhcp"
#define TTL        128u

/* ---- leases -------------------------------------------------------------------------------------------------- */

static gboolean
is_on (const OdlSubnet *subnet, NetIpv4 ip)
{
  return subnet->prefix_length > 0 && ((ip ^ subnet->prefix) & net_ipv4_mask (subnet->prefix_length)) == 0;
}

static const OdlSubnet *
find_subnet (const OdlNeutron *neutron, const char *network_id, NetIpv4 ip)
{
  for (guint i = 0; i < odl_registry_n (&neutron->subnets); i++)
    {
      const OdlSubnet *subnet = odl_registry_at (&neutron->subnets, i);

      if (g_str_equal (subnet->network_id, network_id) && is_on (subnet, ip))
        return subnet;
    }
  return NULL;
}

/* The network's DHCP port with an address on the subnet. */
static const OdlPort *
find_server (const OdlNeutron *neutron, const OdlSubnet *subnet, NetIpv4 *ip)
{
  for (guint i = 0; i < odl_registry_n (&neutron->ports); i++)
    {
      const OdlPort *port = odl_registry_at (&neutron->ports, i);

      if (!g_str_equal (port->device_owner, OWNER_DHCP)
          || !g_str_equal (port->network_id, subnet->network_id))
        continue;
      for (guint a = 0; a < port->addresses->len; a++)
        if (is_on (subnet, *ip = g_array_index (port->addresses, NetIpv4, a)))
          return port;
    }
  return NULL;
}

/* A gateway without a port has no MAC of its own here. */
static NetMac
mac_for (NetIpv4 ip)
{
  return net_mac_from_u64 (G_GUINT64_CONSTANT (0x020000000000) | ip);
}

gboolean
odl_dhcp_find_lease (const OdlNeutron *neutron, const OdlPort *port, OdlLease *out)
{
  for (guint a = 0; a < port->addresses->len; a++)
    {
      NetIpv4 ip = g_array_index (port->addresses, NetIpv4, a), server_ip = 0;
      const OdlSubnet *subnet = find_subnet (neutron, port->network_id, ip);
      const OdlPort *server
          = subnet && subnet->enable_dhcp ? find_server (neutron, subnet, &server_ip) : NULL;

      if (!subnet || !subnet->enable_dhcp || (!server && !subnet->gateway))
        continue;
      *out = (OdlLease){ .your_ip = ip,
                         .mask = net_ipv4_mask (subnet->prefix_length),
                         .router = subnet->gateway };
      out->server_ip = server ? server_ip : subnet->gateway;
      out->server_mac = server ? server->mac : mac_for (subnet->gateway);
      return TRUE;
    }
  return FALSE;
}

/* ---- answers ------------------------------------------------------------------------------------------------- */

/* A client says which server it means in SELECTING only; to another server's client nothing is said. */
static NetDhcpType
decide (const OdlLease *lease, const NetDhcp *message)
{
  NetIpv4 server_ip = 0, wanted = message->client_ip;

  if (message->op != 1)
    return 0;
  if (message->type == NET_DHCP_DISCOVER)
    return NET_DHCP_OFFER;
  if (message->type == NET_DHCP_INFORM)
    return NET_DHCP_ACK;
  if (message->type != NET_DHCP_REQUEST)
    return 0;
  if (net_dhcp_option_be32 (message, NET_DHCP_OPTION_SERVER_ID, &server_ip) && server_ip != lease->server_ip)
    return 0;
  net_dhcp_option_be32 (message, NET_DHCP_OPTION_REQUESTED_IP, &wanted);
  return wanted == lease->your_ip ? NET_DHCP_ACK : NET_DHCP_NAK;
}

static void
add_options (NetDhcpBuilder *builder, const OdlLease *lease, const NetDhcp *message, NetDhcpType type)
{
  net_dhcp_add_be32 (builder, NET_DHCP_OPTION_SERVER_ID, lease->server_ip);
  if (type == NET_DHCP_NAK)
    return;
  if (message->type != NET_DHCP_INFORM)
    {
      net_dhcp_add_be32 (builder, NET_DHCP_OPTION_LEASE_TIME, ODL_DHCP_LEASE_SECONDS);
      net_dhcp_add_be32 (builder, NET_DHCP_OPTION_T1, ODL_DHCP_LEASE_SECONDS / 2);
      net_dhcp_add_be32 (builder, NET_DHCP_OPTION_T2, ODL_DHCP_LEASE_SECONDS / 8 * 7);
    }
  net_dhcp_add_be32 (builder, NET_DHCP_OPTION_SUBNET_MASK, lease->mask);
  net_dhcp_add_be32 (builder, NET_DHCP_OPTION_BROADCAST, lease->your_ip | ~lease->mask);
  if (lease->router)
    net_dhcp_add_be32 (builder, NET_DHCP_OPTION_ROUTER, lease->router);
}

/* Where the client can hear it (RFC 2131 §4.1). */
static NetIpv4
destination_of (const OdlLease *lease, const NetDhcp *message, NetDhcpType type)
{
  if (type == NET_DHCP_NAK)
    return G_MAXUINT32;
  if (message->client_ip)
    return message->client_ip;
  return message->broadcast ? G_MAXUINT32 : lease->your_ip;
}

NetFrame *
odl_dhcp_answer (const OdlLease *lease, const NetDhcp *message, NetFramePool *pool)
{
  NetDhcpType type = decide (lease, message);
  NetIpv4 to = destination_of (lease, message, type);
  NetDhcp fixed = { .op = 2,
                    .type = type,
                    .xid = message->xid,
                    .broadcast = message->broadcast,
                    .client_ip = message->client_ip,
                    .client_mac = message->client_mac };
  NetIpv4Header ip = { .ttl = TTL, .protocol = NET_IP_UDP, .source = lease->server_ip, .destination = to };
  NetUdp udp
      = { .source_port = NET_DHCP_SERVER_PORT, .destination_port = NET_DHCP_CLIENT_PORT, .checksum = TRUE };
  NetEthernet ethernet = { .source = lease->server_mac, .type = NET_ETHERTYPE_IPV4 };
  NetDhcpBuilder builder;
  NetFrame *frame;

  if (type == 0)
    return NULL;
  fixed.your_ip = type == NET_DHCP_NAK || message->type == NET_DHCP_INFORM ? 0 : lease->your_ip;
  fixed.server_ip = type == NET_DHCP_NAK ? 0 : lease->server_ip;
  ethernet.destination = to == G_MAXUINT32 ? net_mac_broadcast : message->client_mac;
  net_dhcp_begin (&builder, &fixed);
  add_options (&builder, lease, message, type);
  frame = net_dhcp_finish (&builder, pool);
  net_udp_push (frame, &ip, &udp);
  net_ipv4_push (frame, &ip);
  net_ethernet_push (frame, &ethernet);
  return frame;
}
