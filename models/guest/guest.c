/* The guest node: a port, an IP end, and the programs that run on it. */
#include "models/guest/guest.h"
#include "models/guest/arping.h"
#include "models/guest/dhcp.h"
#include "models/guest/ping.h"
#include "models/guest/tell.h"

#define ETH0 0u

struct _Guest
{
  SimNode node; /* first: a Guest* is its node */
  GuestConfig config;
  GuestStack *stack;
  GuestDhcp *dhcp;
  GuestPinger *pinger;
  GuestArpinger *arpinger;
  GArray *open_ports; /* of guint16 */
  NetTimer announce_timer;
};

/* ---- what the stack hands up --------------------------------------------------------------------------------- */

static gboolean
is_open (const Guest *guest, guint16 port)
{
  for (guint i = 0; i < guest->open_ports->len; i++)
    if (g_array_index (guest->open_ports, guint16, i) == port)
      return TRUE;
  return FALSE;
}

static gboolean
take_datagram (gpointer user, const GuestDatagram *datagram)
{
  Guest *guest = user;
  char source[GUEST_IP_TEXT], key[GUEST_IP_TEXT + 24];

  if (!datagram->source.is_v6 && datagram->destination_port == NET_DHCP_CLIENT_PORT)
    {
      guest_dhcp_receive (guest->dhcp, datagram);
      return TRUE;
    }
  if (!is_open (guest, datagram->destination_port))
    return FALSE;
  g_snprintf (key, sizeof key, "%s:%u > %u", guest_ip_format (&datagram->source, source),
              datagram->source_port, datagram->destination_port);
  guest_tell (&guest->node.world, "udp", "received", key, "{\"bytes\":%u}",
              (guint) net_cursor_left (&datagram->data));
  return TRUE;
}

static void
take_echo_reply (gpointer user, const GuestEcho *echo)
{
  guest_pinger_reply (((Guest *) user)->pinger, echo);
}

static void
take_echo_refusal (gpointer user, const GuestEcho *echo, NetDropReason why)
{
  guest_pinger_refused (((Guest *) user)->pinger, echo, why);
}

static void
take_arp_reply (gpointer user, const NetArp *arp)
{
  guest_arpinger_reply (((Guest *) user)->arpinger, arp);
}

static const GuestStackEvents stack_events = {
  .datagram = take_datagram,
  .echo_reply = take_echo_reply,
  .echo_refused = take_echo_refusal,
  .arp_reply = take_arp_reply,
};

/* ---- announcements ------------------------------------------------------------------------------------------- */

static void
announce_and_repeat (gpointer user)
{
  Guest *guest = user;

  if (!guest->config.announce)
    return;
  guest_stack_announce (guest->stack);
  if (guest->config.announce_every_ns > 0)
    net_world_timer_set (&guest->node.world, &guest->announce_timer,
                         sim_node_now (&guest->node) + guest->config.announce_every_ns);
}

static void
fire_announcement (NetTimer *timer, gint64 now_ns)
{
  (void) now_ns;
  announce_and_repeat (timer->owner);
}

/* ---- the node ------------------------------------------------------------------------------------------------ */

static void
receive (SimNode *node, guint port, NetFrame *frame)
{
  (void) port;
  guest_stack_receive (((Guest *) node)->stack, frame);
}

static void
guest_free (SimNode *node)
{
  Guest *guest = (Guest *) node;

  net_world_timer_cancel (&node->world, &guest->announce_timer);
  guest_dhcp_free (guest->dhcp);
  guest_pinger_free (guest->pinger);
  guest_arpinger_free (guest->arpinger);
  guest_stack_free (guest->stack);
  g_array_unref (guest->open_ports);
  sim_node_clear (node);
  g_free (guest);
}

static const SimNodeClass guest_class = {
  .kind = "guest",
  .receive = receive,
  .free = guest_free,
};

Guest *
guest_new (SimNetwork *network, const char *name, const GuestConfig *config)
{
  Guest *guest = g_new0 (Guest, 1);
  GuestStackConfig stack
      = { .node = &guest->node, .port = ETH0, .mac = config->mac, .raw_port = NET_DHCP_CLIENT_PORT };
  GuestDhcpSetup dhcp
      = { .node = &guest->node, .hostname = config->hostname, .bound = announce_and_repeat, .user = guest };

  guest->config = *config;
  guest->config.hostname = NULL;
  if (guest->config.mtu == 0)
    guest->config.mtu = GUEST_MTU_DEFAULT;
  stack.mtu = guest->config.mtu;
  sim_node_init (&guest->node, network, &guest_class, name);
  sim_node_add_port (&guest->node, "eth0");
  guest->stack = guest_stack_new (&stack, &stack_events, guest);
  dhcp.stack = guest->stack;
  guest->dhcp = guest_dhcp_new (&dhcp);
  guest->pinger = guest_pinger_new (&guest->node, guest->stack);
  guest->arpinger = guest_arpinger_new (&guest->node, guest->stack);
  guest->open_ports = g_array_new (FALSE, FALSE, sizeof (guint16));
  net_timer_init (&guest->announce_timer, fire_announcement, guest);
  return guest;
}

/* ---- life ---------------------------------------------------------------------------------------------------- */

void
guest_start (Guest *guest)
{
  const GuestConfig *config = &guest->config;

  if (guest_is_running (guest))
    return;
  guest_tell (&guest->node.world, "guest", "started", guest->node.name, "{}");
  guest_stack_up (guest->stack);
  guest_stack_set_mtu (guest->stack, config->mtu);
  if (config->ipv4)
    guest_set_ipv4 (guest, config->ipv4, config->prefix_length, config->gateway);
  if (config->has_ipv6)
    guest_stack_set_ipv6 (guest->stack, &config->ipv6, config->ipv6_prefix_length);
}

void
guest_stop (Guest *guest)
{
  if (!guest_is_running (guest))
    return;
  net_world_timer_cancel (&guest->node.world, &guest->announce_timer);
  guest_dhcp_forget (guest->dhcp);
  guest_pinger_stop (guest->pinger);
  guest_arpinger_stop (guest->arpinger);
  g_array_set_size (guest->open_ports, 0);
  guest_stack_down (guest->stack);
  guest_tell (&guest->node.world, "guest", "stopped", guest->node.name, "{}");
}

gboolean
guest_is_running (const Guest *guest)
{
  return guest_stack_is_up (guest->stack);
}

NetIpv4
guest_ipv4 (const Guest *guest)
{
  return guest_stack_ipv4 (guest->stack);
}

NetMac
guest_mac (const Guest *guest)
{
  return guest->config.mac;
}

guint
guest_mtu (const Guest *guest)
{
  return guest_stack_mtu (guest->stack);
}

guint
guest_groups (const Guest *guest, NetMac groups[GUEST_GROUPS_MAX])
{
  static const NetIpv6 all_nodes = { .octet = { 0xff, 0x02, [15] = 1 } };
  NetIpv6 link_local = net_ipv6_link_local (&guest->config.mac);
  NetIpv6 local_group = net_ipv6_solicited_node (&link_local);
  NetIpv6 global_group = net_ipv6_solicited_node (&guest->config.ipv6);

  if (!guest->config.has_ipv6)
    return 0;
  groups[0] = net_ipv6_group_mac (&all_nodes);
  groups[1] = net_ipv6_group_mac (&local_group);
  groups[2] = net_ipv6_group_mac (&global_group);
  return GUEST_GROUPS_MAX;
}

/* ---- actions ------------------------------------------------------------------------------------------------- */

static void
tell_refusal (Guest *guest, const char *why)
{
  guest_tell (&guest->node.world, "guest", "refused", guest->node.name, "{\"why\":\"%s\"}", why);
}

static gboolean
must_run (Guest *guest)
{
  if (guest_is_running (guest))
    return TRUE;
  tell_refusal (guest, "the guest is not running");
  return FALSE;
}

void
guest_set_ipv4 (Guest *guest, NetIpv4 address, guint prefix_length, NetIpv4 gateway)
{
  if (!must_run (guest))
    return;
  guest_stack_set_ipv4 (guest->stack, &(GuestIpv4Config){ .address = address,
                                                          .prefix_length = MIN (prefix_length, 32),
                                                          .gateway = gateway,
                                                          .origin = "static" });
  announce_and_repeat (guest);
}

void
guest_flush_neighbors (Guest *guest)
{
  guest_stack_flush_neighbors (guest->stack);
}

guint16
guest_ping (Guest *guest, const GuestPing *ping)
{
  return must_run (guest) ? guest_pinger_start (guest->pinger, ping) : 0;
}

void
guest_ping_stop (Guest *guest)
{
  guest_pinger_stop (guest->pinger);
}

void
guest_dhcp_start (Guest *guest, const GuestDhcpConfig *config)
{
  static const GuestDhcpConfig defaults = { .kind = GUEST_DHCP_DHCLIENT };

  if (must_run (guest))
    guest_dhcp_begin (guest->dhcp, config ? config : &defaults);
}

void
guest_dhcp_stop (Guest *guest)
{
  guest_dhcp_end (guest->dhcp);
}

void
guest_dhcp_release (Guest *guest)
{
  if (must_run (guest))
    guest_dhcp_give_back (guest->dhcp);
}

void
guest_udp_send (Guest *guest, const GuestUdp *udp)
{
  GuestUdpSend send = { .to = udp->to,
                        .source_port = udp->source_port,
                        .destination_port = udp->destination_port,
                        .dont_fragment = TRUE };
  NetFrame *data;

  if (!must_run (guest))
    return;
  if (udp->payload_bytes > NET_FRAME_MAX - 128)
    {
      tell_refusal (guest, "the datagram is longer than any frame");
      return;
    }
  data = guest_stack_payload (guest->stack, udp->payload_bytes);
  if (udp->data)
    memcpy (net_frame_data (data), udp->data, udp->payload_bytes);
  else
    memset (net_frame_data (data), 'x', udp->payload_bytes);
  guest_stack_send_udp (guest->stack, &send, data);
}

void
guest_udp_listen (Guest *guest, guint16 port)
{
  if (must_run (guest) && !is_open (guest, port))
    g_array_append_val (guest->open_ports, port);
}

void
guest_send_frame (Guest *guest, const guint8 *bytes, gsize length)
{
  if (!must_run (guest))
    return;
  if (length > NET_FRAME_MAX || length < NET_ETHERNET_HEADER)
    {
      tell_refusal (guest, "a frame has 14 to 16384 bytes");
      return;
    }
  guest_stack_send_frame (guest->stack, net_frame_new_from (guest->node.world.frames, bytes, (guint) length));
}

void
guest_arping (Guest *guest, const GuestArping *arping)
{
  if (must_run (guest))
    guest_arpinger_start (guest->arpinger, arping);
}

void
guest_announce (Guest *guest)
{
  if (must_run (guest))
    guest_stack_announce (guest->stack);
}
