/* A reply's bytes: server identifier and lease first, then what the client asked for, in dnsmasq's order. */
#include "models/dhcp/reply.h"

#define OPTION_MESSAGE 56

static gboolean
is_wanted (const NetDhcp *message, guint8 option)
{
  NetCursor list;
  guint8 wanted;

  if (!net_dhcp_option (message, NET_DHCP_OPTION_PARAMETERS, &list))
    return FALSE;
  while (net_cursor_u8 (&list, &wanted))
    if (wanted == option)
      return TRUE;
  return FALSE;
}

static void
add_lease (NetDhcpBuilder *builder, const DhcpServerConfig *config)
{
  guint32 lease_s = config->lease_s ? config->lease_s : DHCP_LEASE_DEFAULT;

  net_dhcp_add_be32 (builder, NET_DHCP_OPTION_LEASE_TIME, lease_s);
  if (lease_s == G_MAXUINT32)
    return;
  net_dhcp_add_be32 (builder, NET_DHCP_OPTION_T1, lease_s / 2);
  net_dhcp_add_be32 (builder, NET_DHCP_OPTION_T2, (guint32) ((guint64) lease_s * 7 / 8));
}

/* The MTU goes to everybody: Neutron forces it. */
static void
add_network (NetDhcpBuilder *builder, const DhcpServerConfig *config, const NetDhcp *message)
{
  NetIpv4 mask = net_ipv4_mask (config->prefix_length);
  guint8 mtu[2];

  if (is_wanted (message, NET_DHCP_OPTION_SUBNET_MASK))
    net_dhcp_add_be32 (builder, NET_DHCP_OPTION_SUBNET_MASK, mask);
  if (is_wanted (message, NET_DHCP_OPTION_BROADCAST))
    net_dhcp_add_be32 (builder, NET_DHCP_OPTION_BROADCAST, config->ip | ~mask);
  if (is_wanted (message, NET_DHCP_OPTION_ROUTER) && !config->no_router)
    net_dhcp_add_be32 (builder, NET_DHCP_OPTION_ROUTER, config->router ? config->router : config->ip);
  if (is_wanted (message, NET_DHCP_OPTION_DNS))
    net_dhcp_add_be32 (builder, NET_DHCP_OPTION_DNS, config->dns ? config->dns : config->ip);
  if (config->mtu)
    {
      net_put_be16 (mtu, config->mtu);
      net_dhcp_add (builder, NET_DHCP_OPTION_MTU, mtu, sizeof mtu);
    }
}

static guint8
message_type (DhcpReplyKind kind)
{
  switch (kind)
    {
    case DHCP_REPLY_OFFER:
      return NET_DHCP_OFFER;
    case DHCP_REPLY_ACK:
      return NET_DHCP_ACK;
    case DHCP_REPLY_NAK:
      return NET_DHCP_NAK;
    case DHCP_REPLY_NONE:
      break;
    }
  g_assert_not_reached ();
}

NetFrame *
dhcp_reply_build (const DhcpServerConfig *config, const NetDhcp *message, const DhcpReply *reply,
                  NetFramePool *pool)
{
  gboolean refused = reply->kind == DHCP_REPLY_NAK;
  NetDhcp fixed = { .op = 2,
                    .type = message_type (reply->kind),
                    .xid = message->xid,
                    .broadcast = message->broadcast || refused,
                    .client_mac = message->client_mac,
                    .your_ip = reply->your_ip,
                    .client_ip = refused ? 0 : message->client_ip,
                    .server_ip = refused ? 0 : config->ip };
  NetDhcpBuilder builder;

  net_dhcp_begin (&builder, &fixed);
  net_dhcp_add_be32 (&builder, NET_DHCP_OPTION_SERVER_ID, config->ip);
  if (refused)
    net_dhcp_add (&builder, OPTION_MESSAGE, (const guint8 *) reply->why, (guint8) strlen (reply->why));
  else
    {
      if (reply->leased)
        add_lease (&builder, config);
      add_network (&builder, config, message);
    }
  return net_dhcp_finish (&builder, pool);
}
