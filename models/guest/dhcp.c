/* The packets of the DHCP client, as ISC dhclient sends them: what goes to everybody by a packet socket, what goes to
 * the server by an ordinary one. */
#include "models/guest/dhcp.h"
#include "models/guest/tell.h"
#include "net/udp.h"

#define RAW_TTL 128
#define RAW_TOS 0x10 /* low delay */

struct _GuestDhcp
{
  SimNode *node;
  GuestStack *stack;
  char *hostname;
  GuestDhcpClient *client;
  NetTimer timer;
  void (*bound) (gpointer user);
  gpointer user;
};

/* ---- sending ------------------------------------------------------------------------------------------------- */

static NetFrame *
build (GuestDhcp *dhcp, const GuestDhcpMessage *message)
{
  static const guint8 wanted[] = { NET_DHCP_OPTION_SUBNET_MASK, NET_DHCP_OPTION_BROADCAST,
                                   NET_DHCP_OPTION_ROUTER, NET_DHCP_OPTION_MTU };
  NetDhcpBuilder builder;
  NetDhcp fixed = { .op = 1,
                    .type = message->type,
                    .xid = message->xid,
                    .seconds = message->seconds,
                    .client_ip = message->client_ip,
                    .client_mac = guest_stack_mac (dhcp->stack) };

  net_dhcp_begin (&builder, &fixed);
  if (message->server_id)
    net_dhcp_add_be32 (&builder, NET_DHCP_OPTION_SERVER_ID, message->server_id);
  if (message->requested_ip)
    net_dhcp_add_be32 (&builder, NET_DHCP_OPTION_REQUESTED_IP, message->requested_ip);
  if (message->type != NET_DHCP_RELEASE)
    {
      if (dhcp->hostname)
        net_dhcp_add (&builder, NET_DHCP_OPTION_HOST_NAME, (const guint8 *) dhcp->hostname,
                      (guint8) strlen (dhcp->hostname));
      net_dhcp_add (&builder, NET_DHCP_OPTION_PARAMETERS, wanted, sizeof wanted);
    }
  return net_dhcp_finish (&builder, dhcp->node->world.frames);
}

static void
send_raw (GuestDhcp *dhcp, NetFrame *frame, NetIpv4 source)
{
  NetIpv4Header ip = {
    .tos = RAW_TOS, .ttl = RAW_TTL, .protocol = NET_IP_UDP, .source = source, .destination = G_MAXUINT32
  };
  NetUdp udp
      = { .source_port = NET_DHCP_CLIENT_PORT, .destination_port = NET_DHCP_SERVER_PORT, .checksum = TRUE };
  NetEthernet ethernet = { .destination = net_mac_broadcast,
                           .source = guest_stack_mac (dhcp->stack),
                           .type = NET_ETHERTYPE_IPV4 };

  net_udp_push (frame, &ip, &udp);
  net_ipv4_push (frame, &ip);
  net_ethernet_push (frame, &ethernet);
  guest_stack_send_frame (dhcp->stack, frame);
}

static void
send (gpointer user, const GuestDhcpMessage *message)
{
  GuestDhcp *dhcp = user;
  NetFrame *frame = build (dhcp, message);

  if (message->to)
    guest_stack_send_udp (dhcp->stack,
                          &(GuestUdpSend){ .to = guest_ip_v4 (message->to),
                                           .source_port = NET_DHCP_CLIENT_PORT,
                                           .destination_port = NET_DHCP_SERVER_PORT,
                                           .dont_fragment = TRUE },
                          frame);
  else
    send_raw (dhcp, frame, message->client_ip);
}

/* ---- what comes of it ---------------------------------------------------------------------------------------- */

static void
bound (gpointer user, const GuestLease *lease)
{
  GuestDhcp *dhcp = user;
  gboolean is_new = guest_stack_ipv4 (dhcp->stack) != lease->ip;

  guest_stack_set_ipv4 (dhcp->stack, &(GuestIpv4Config){ .address = lease->ip,
                                                         .prefix_length = lease->prefix_length,
                                                         .gateway = lease->router,
                                                         .origin = "dhcp" });
  if (lease->mtu >= 576)
    guest_stack_set_mtu (dhcp->stack, lease->mtu);
  if (is_new && dhcp->bound)
    dhcp->bound (dhcp->user);
}

static void
lost (gpointer user, const GuestLease *lease)
{
  GuestDhcp *dhcp = user;

  if (guest_stack_ipv4 (dhcp->stack) == lease->ip)
    guest_stack_set_ipv4 (dhcp->stack, &(GuestIpv4Config){ .origin = "dhcp" });
}

static void
told (gpointer user, const char *op, guint32 xid, const GuestLease *lease)
{
  GuestDhcp *dhcp = user;
  NetMac mac = guest_stack_mac (dhcp->stack);
  char key[NET_MAC_TEXT], ip[NET_IPV4_TEXT], server[NET_IPV4_TEXT], router[NET_IPV4_TEXT];

  if (!dhcp->node->world.detail)
    return;
  net_mac_format (&mac, key);
  if (!lease)
    {
      guest_tell (&dhcp->node->world, "dhcp", op, key, "{\"xid\":\"0x%08x\"}", xid);
      return;
    }
  guest_tell (
      &dhcp->node->world, "dhcp", op, key,
      "{\"xid\":\"0x%08x\",\"ip\":\"%s\",\"prefix\":%u,\"server\":\"%s\",\"router\":\"%s\",\"mtu\":%u,"
      "\"lease_s\":%u,\"t1_s\":%u,\"t2_s\":%u}",
      xid, net_ipv4_format (lease->ip, ip), lease->prefix_length, net_ipv4_format (lease->server, server),
      net_ipv4_format (lease->router, router), lease->mtu, lease->lease_s, lease->t1_s, lease->t2_s);
}

static guint64
draw (gpointer user)
{
  GuestDhcp *dhcp = user;
  return sim_random_u64 (&dhcp->node->random);
}

static const GuestDhcpEvents events = {
  .send = send,
  .bound = bound,
  .lost = lost,
  .told = told,
  .random = draw,
};

/* ---- the edge ------------------------------------------------------------------------------------------------ */

static void
arm (GuestDhcp *dhcp)
{
  gint64 due_ns = guest_dhcp_client_due (dhcp->client);

  if (due_ns == G_MAXINT64)
    net_world_timer_cancel (&dhcp->node->world, &dhcp->timer);
  else
    net_world_timer_set (&dhcp->node->world, &dhcp->timer, due_ns);
}

static void
fire (NetTimer *timer, gint64 now_ns)
{
  GuestDhcp *dhcp = timer->owner;

  guest_dhcp_client_expire (dhcp->client, now_ns);
  arm (dhcp);
}

void
guest_dhcp_receive (GuestDhcp *dhcp, const GuestDatagram *datagram)
{
  NetMac mac = guest_stack_mac (dhcp->stack);
  NetDhcp message;

  if (net_dhcp_parse (datagram->data.at, net_cursor_left (&datagram->data), &message) != NET_DROP_NONE
      || !net_mac_equal (&message.client_mac, &mac))
    return;
  guest_dhcp_client_hear (dhcp->client, &message, sim_node_now (dhcp->node));
  arm (dhcp);
}

GuestDhcp *
guest_dhcp_new (const GuestDhcpSetup *setup)
{
  GuestDhcp *dhcp = g_new0 (GuestDhcp, 1);

  dhcp->node = setup->node;
  dhcp->stack = setup->stack;
  dhcp->bound = setup->bound;
  dhcp->user = setup->user;
  /* A label of a host name has at most 63 bytes (RFC 1123 §2.1). */
  dhcp->hostname = setup->hostname && *setup->hostname ? g_strndup (setup->hostname, 63) : NULL;
  dhcp->client = guest_dhcp_client_new (&events, dhcp);
  net_timer_init (&dhcp->timer, fire, dhcp);
  return dhcp;
}

void
guest_dhcp_free (GuestDhcp *dhcp)
{
  if (!dhcp)
    return;
  net_world_timer_cancel (&dhcp->node->world, &dhcp->timer);
  guest_dhcp_client_free (dhcp->client);
  g_free (dhcp->hostname);
  g_free (dhcp);
}

void
guest_dhcp_begin (GuestDhcp *dhcp, const GuestDhcpConfig *config)
{
  guest_dhcp_client_begin (dhcp->client, config, sim_node_now (dhcp->node));
  arm (dhcp);
}

void
guest_dhcp_end (GuestDhcp *dhcp)
{
  guest_dhcp_client_end (dhcp->client);
  arm (dhcp);
}

void
guest_dhcp_forget (GuestDhcp *dhcp)
{
  net_world_timer_cancel (&dhcp->node->world, &dhcp->timer);
  guest_dhcp_client_free (dhcp->client);
  dhcp->client = guest_dhcp_client_new (&events, dhcp);
}

void
guest_dhcp_give_back (GuestDhcp *dhcp)
{
  guest_dhcp_client_release (dhcp->client);
  arm (dhcp);
}
