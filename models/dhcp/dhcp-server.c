/* The DHCP server node: a host's IP end, the static hosts, and port 67. */
#include "models/dhcp/dhcp-server.h"
#include "models/dhcp/reply.h"
#include "models/guest/stack.h"
#include "models/guest/tell.h"

#define ETH0        0u
#define MTU_DEFAULT 1500u
#define TOS_CS6     0xc0 /* dnsmasq marks its DHCP packets as network control */

typedef struct
{
  NetMac mac;
  NetIpv4 ip;
} Host;

struct _DhcpServer
{
  SimNode node; /* first: a DhcpServer* is its node */
  DhcpServerConfig config;
  GuestStack *stack;
  GArray *hosts; /* of Host, by MAC */
};

/* ---- hosts --------------------------------------------------------------------------------------------------- */

static int
compare_hosts (gconstpointer a, gconstpointer b)
{
  return memcmp (&((const Host *) a)->mac, &((const Host *) b)->mac, sizeof (NetMac));
}

static Host *
find_host (DhcpServer *server, const NetMac *mac)
{
  Host key = { .mac = *mac };
  guint place;

  if (!g_array_binary_search (server->hosts, &key, compare_hosts, &place))
    return NULL;
  return &g_array_index (server->hosts, Host, place);
}

static void
tell_host (DhcpServer *server, const char *op, const Host *host)
{
  char key[NET_MAC_TEXT], ip[NET_IPV4_TEXT];
  guest_tell (&server->node.world, "host", op, net_mac_format (&host->mac, key), "{\"ip\":\"%s\"}",
              net_ipv4_format (host->ip, ip));
}

void
dhcp_server_set_host (DhcpServer *server, const NetMac *mac, NetIpv4 ip)
{
  Host *known = find_host (server, mac);
  Host host = { .mac = *mac, .ip = ip };

  tell_host (server, known ? "change" : "add", &host);
  if (known)
    {
      known->ip = ip;
      return;
    }
  g_array_append_val (server->hosts, host);
  g_array_sort (server->hosts, compare_hosts);
}

void
dhcp_server_remove_host (DhcpServer *server, const NetMac *mac)
{
  Host *host = find_host (server, mac);

  if (!host)
    return;
  tell_host (server, "remove", host);
  g_array_remove_index (server->hosts, (guint) (host - (Host *) (gpointer) server->hosts->data));
}

/* ---- answering ----------------------------------------------------------------------------------------------- */

static void
tell_reply (DhcpServer *server, const NetDhcp *message, const DhcpReply *reply)
{
  char key[NET_MAC_TEXT], ip[NET_IPV4_TEXT];
  guint32 lease_s = server->config.lease_s ? server->config.lease_s : DHCP_LEASE_DEFAULT;

  if (!server->node.world.detail)
    return;
  net_mac_format (&message->client_mac, key);
  if (reply->leased)
    guest_tell (&server->node.world, "dhcp", reply->op, key,
                "{\"xid\":\"0x%08x\",\"ip\":\"%s\",\"lease_s\":%u}", message->xid,
                net_ipv4_format (reply->your_ip, ip), lease_s);
  else if (reply->why)
    guest_tell (&server->node.world, "dhcp", reply->op, key, "{\"xid\":\"0x%08x\",\"why\":\"%s\"}",
                message->xid, reply->why);
  else
    guest_tell (&server->node.world, "dhcp", reply->op, key, "{\"xid\":\"0x%08x\"}", message->xid);
}

static void
send_reply (DhcpServer *server, const NetDhcp *message, const DhcpReply *reply)
{
  GuestUdpSend send = { .to = guest_ip_v4 (reply->to),
                        .source_port = NET_DHCP_SERVER_PORT,
                        .destination_port = NET_DHCP_CLIENT_PORT,
                        .tos = TOS_CS6 };

  if (reply->by_hand)
    guest_stack_put_neighbor (server->stack, reply->to, &message->client_mac);
  guest_stack_send_udp (server->stack, &send,
                        dhcp_reply_build (&server->config, message, reply, server->node.world.frames));
}

static gboolean
take_datagram (gpointer user, const GuestDatagram *datagram)
{
  DhcpServer *server = user;
  NetDhcp message;
  DhcpReply reply;
  Host *host;

  if (datagram->source.is_v6 || datagram->destination_port != NET_DHCP_SERVER_PORT)
    return FALSE;
  if (net_dhcp_parse (datagram->data.at, net_cursor_left (&datagram->data), &message) != NET_DROP_NONE)
    {
      guest_tell (&server->node.world, "dhcp", "ignored", "?", "{\"why\":\"not a DHCP message\"}");
      return TRUE;
    }
  host = find_host (server, &message.client_mac);
  dhcp_reply_decide (&server->config, &message, host ? host->ip : 0, &reply);
  tell_reply (server, &message, &reply);
  if (reply.kind != DHCP_REPLY_NONE)
    send_reply (server, &message, &reply);
  return TRUE;
}

/* ---- the node ------------------------------------------------------------------------------------------------ */

static const GuestStackEvents stack_events = { .datagram = take_datagram };

static void
receive (SimNode *node, guint port, NetFrame *frame)
{
  (void) port;
  guest_stack_receive (((DhcpServer *) node)->stack, frame);
}

static void
server_free (SimNode *node)
{
  DhcpServer *server = (DhcpServer *) node;

  guest_stack_free (server->stack);
  g_array_unref (server->hosts);
  sim_node_clear (node);
  g_free (server);
}

static const SimNodeClass server_class = {
  .kind = "dhcp",
  .receive = receive,
  .free = server_free,
};

DhcpServer *
dhcp_server_new (SimNetwork *network, const char *name, const DhcpServerConfig *config)
{
  DhcpServer *server = g_new0 (DhcpServer, 1);
  GuestStackConfig stack = {
    .node = &server->node, .port = ETH0, .mac = config->mac, .mtu = config->mtu ? config->mtu : MTU_DEFAULT
  };

  server->config = *config;
  server->hosts = g_array_new (FALSE, FALSE, sizeof (Host));
  sim_node_init (&server->node, network, &server_class, name);
  sim_node_add_port (&server->node, "eth0");
  server->stack = guest_stack_new (&stack, &stack_events, server);
  dhcp_server_start (server);
  return server;
}

void
dhcp_server_start (DhcpServer *server)
{
  if (guest_stack_is_up (server->stack))
    return;
  guest_tell (&server->node.world, "guest", "started", server->node.name, "{}");
  guest_stack_up (server->stack);
  guest_stack_set_ipv4 (server->stack, &(GuestIpv4Config){ .address = server->config.ip,
                                                           .prefix_length = server->config.prefix_length,
                                                           .origin = "static" });
}

void
dhcp_server_stop (DhcpServer *server)
{
  if (!guest_stack_is_up (server->stack))
    return;
  guest_stack_down (server->stack);
  guest_tell (&server->node.world, "guest", "stopped", server->node.name, "{}");
}
