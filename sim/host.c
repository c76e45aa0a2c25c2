/* A host on the management net: ARP, IPv4, ping, and which TCP segment goes to whom.  Knows no users of streams. */
#include "sim/host-inside.h"

#include "net/icmp.h"
#include "sim/record.h"

#define TTL 64
#define LOOP_DELAY                                                                                           \
  (10 * SIM_USEC) /* to ourselves; not zero, or two ends could talk for ever at one instant */
#define HEADERS (NET_ETHERNET_HEADER + NET_IPV4_HEADER)

G_DEFINE_QUARK (sim - host - error - quark, sim_host_error)

static gint64
now (const SimHost *host)
{
  return sim_clock_now (host->node->network->clock);
}

static void
drop (SimHost *host, NetFrame *frame, NetDropReason reason, const char *table)
{
  sim_node_drop (host->node, frame,
                 &(NetDrop){ .port = host->config.port, .reason = reason, .table = table });
}

/* ---- to ourselves -------------------------------------------------------------------------------------------- */

typedef struct
{
  NetFrame *frame;
  gint64 arrival_ns;
} Looping;

static void
loop_back (SimHost *host, NetFrame *frame)
{
  Looping *looping = g_new (Looping, 1);

  *looping = (Looping){ .frame = frame, .arrival_ns = now (host) + LOOP_DELAY };
  sim_node_stamp (host->node, frame);
  sim_record_packet (host->node, NET_PORT_NONE, SIM_TRACE_OUTBOUND, frame, NULL);
  g_queue_push_tail (&host->loop, looping);
  if (!host->loop_timer.pending)
    net_world_timer_set (&host->node->world, &host->loop_timer, looping->arrival_ns);
}

static void
loop_fired (NetTimer *timer, gint64 now_ns)
{
  SimHost *host = timer->owner;
  Looping *looping;

  while ((looping = g_queue_peek_head (&host->loop)) && looping->arrival_ns <= now_ns)
    {
      NetFrame *frame = looping->frame;

      g_free (g_queue_pop_head (&host->loop));
      sim_record_packet (host->node, NET_PORT_NONE, SIM_TRACE_INBOUND, frame, NULL);
      sim_host_receive (host, frame);
    }
  if (looping)
    net_world_timer_set (&host->node->world, &host->loop_timer, looping->arrival_ns);
}

/* ---- neighbours ---------------------------------------------------------------------------------------------- */

static void
ask_neighbor (gpointer owner, NetIpv4 ip, const NetMac *known)
{
  SimHost *host = owner;
  NetArp arp = {
    .op = NET_ARP_REQUEST, .sender_mac = host->config.mac, .sender_ip = host->config.ip, .target_ip = ip
  };

  sim_node_send (host->node, host->config.port,
                 net_arp_frame (host->node->world.frames, known ? known : &net_mac_broadcast, &arp));
}

/* Waiting packets are whole frames but for their destination. */
static void
send_to_neighbor (gpointer owner, NetFrame *packet, const NetMac *mac)
{
  SimHost *host = owner;

  memcpy (net_frame_data (packet), mac, sizeof *mac);
  sim_node_send (host->node, host->config.port, packet);
}

static void
drop_waiting (gpointer owner, NetFrame *packet, NetDropReason reason)
{
  drop (owner, packet, reason, "neighbor");
}

static void
neighbor_failed (gpointer owner, NetIpv4 ip)
{
  sim_host_streams_unreachable (owner, ip);
}

static const SimNeighborsOwner neighbor_calls
    = { .ask = ask_neighbor, .send = send_to_neighbor, .drop = drop_waiting, .failed = neighbor_failed };

static void
watch_neighbors (SimHost *host)
{
  gint64 deadline = sim_neighbors_deadline (host->neighbors);

  if (deadline == G_MAXINT64)
    net_world_timer_cancel (&host->node->world, &host->neighbors_timer);
  else
    net_world_timer_set (&host->node->world, &host->neighbors_timer, deadline);
}

static void
neighbors_fired (NetTimer *timer, gint64 now_ns)
{
  SimHost *host = timer->owner;

  sim_neighbors_expire (host->neighbors, now_ns);
  watch_neighbors (host);
}

/* RFC 826: an entry is made or changed by whatever is said to us, changed by what we overhear. */
static void
receive_arp (SimHost *host, NetFrame *frame, const NetEthernet *ethernet)
{
  NetArp arp;
  NetDropReason reason
      = net_arp_parse (net_frame_bytes (frame) + ethernet->payload, frame->length - ethernet->payload, &arp);
  gboolean for_us = reason == NET_DROP_NONE && arp.target_ip == host->config.ip;

  if (reason == NET_DROP_NONE && arp.sender_ip != 0 && !net_mac_is_group (&arp.sender_mac))
    {
      sim_neighbors_learn (host->neighbors, arp.sender_ip, &arp.sender_mac, for_us, now (host));
      watch_neighbors (host);
    }
  if (!for_us)
    {
      drop (host, frame, reason == NET_DROP_NONE ? NET_DROP_NOT_FOR_US : reason, "arp");
      return;
    }
  net_frame_unref (frame);
  if (arp.op == NET_ARP_REQUEST)
    sim_node_send (host->node, host->config.port,
                   net_arp_frame (host->node->world.frames, &arp.sender_mac,
                                  &(NetArp){ .op = NET_ARP_REPLY,
                                             .sender_mac = host->config.mac,
                                             .sender_ip = host->config.ip,
                                             .target_mac = arp.sender_mac,
                                             .target_ip = arp.sender_ip }));
}

/* ---- IPv4 out ------------------------------------------------------------------------------------------------ */

gboolean
sim_host_reaches (const SimHost *host, NetIpv4 to)
{
  NetIpv4 mask = net_ipv4_mask (host->config.prefix_length);
  return to == host->config.ip || (to & mask) == (host->config.ip & mask);
}

static NetIpv4Header
header_to (SimHost *host, NetIpv4 to, NetIpProtocol protocol)
{
  return (NetIpv4Header){ .ttl = TTL,
                          .protocol = (guint8) protocol,
                          .dont_fragment = TRUE,
                          .id = host->ip_id++,
                          .source = host->config.ip,
                          .destination = to };
}

/* Takes a frame that holds the IP payload. */
static void
send_ip (SimHost *host, const NetIpv4Header *ip, NetFrame *frame)
{
  NetEthernet ethernet = { .source = host->config.mac, .type = NET_ETHERTYPE_IPV4 };

  net_ipv4_push (frame, ip);
  if (ip->destination == host->config.ip)
    ethernet.destination = host->config.mac;
  net_ethernet_push (frame, &ethernet);
  if (ip->destination == host->config.ip)
    loop_back (host, frame);
  else if (!sim_host_reaches (host, ip->destination))
    drop (host, frame, NET_DROP_NO_ROUTE, "route");
  else
    {
      sim_neighbors_send (host->neighbors, ip->destination, frame, now (host));
      watch_neighbors (host);
    }
}

void
sim_host_send_tcp (SimHost *host, NetIpv4 to, const SimTcpSegment *segment)
{
  NetIpv4Header ip = header_to (host, to, NET_IP_TCP);
  guint headers = HEADERS + NET_TCP_HEADER + 4; /* with the segment size option */
  NetFrame *frame = net_frame_new (host->node->world.frames, NET_FRAME_HEADROOM + headers, segment->n);

  if (segment->n > 0)
    memcpy (net_frame_data (frame), segment->bytes, segment->n);
  net_tcp_push (frame, &ip, &segment->header);
  send_ip (host, &ip, frame);
}

/* ---- IPv4 in ------------------------------------------------------------------------------------------------- */

static void
receive_tcp (SimHost *host, NetFrame *frame, const NetIpv4Header *ip, const guint8 *bytes, guint n)
{
  SimHostSegment segment = { .from = ip->source };
  SimTcpSegment answer = { .n = 0 };
  NetDropReason reason = net_tcp_parse (bytes, n, ip, &segment.tcp);

  if (reason != NET_DROP_NONE)
    {
      drop (host, frame, reason, "tcp");
      return;
    }
  segment.bytes = bytes + segment.tcp.header_length;
  segment.n = n - segment.tcp.header_length;
  reason = sim_host_streams_receive (host, &segment);
  if (reason == NET_DROP_NONE)
    {
      net_frame_unref (frame);
      return;
    }
  if (reason == NET_DROP_UNKNOWN_PROTOCOL && sim_tcp_reset_for (&segment.tcp, segment.n, &answer.header))
    sim_host_send_tcp (host, ip->source, &answer);
  drop (host, frame, reason, "tcp");
}

static void
receive_icmp (SimHost *host, NetFrame *frame, const NetIpv4Header *ip, const guint8 *bytes, guint n)
{
  NetIcmp icmp;
  NetDropReason reason = net_icmp_parse (bytes, n, &icmp);
  NetIpv4Header answer;
  NetFrame *reply;

  if (reason != NET_DROP_NONE || icmp.type != NET_ICMP_ECHO_REQUEST)
    {
      drop (host, frame, reason == NET_DROP_NONE ? NET_DROP_UNKNOWN_PROTOCOL : reason, "icmp");
      return;
    }
  reply = net_frame_new (host->node->world.frames, NET_FRAME_HEADROOM + HEADERS + NET_ICMP_HEADER,
                         n - NET_ICMP_HEADER);
  memcpy (net_frame_data (reply), bytes + NET_ICMP_HEADER, n - NET_ICMP_HEADER);
  icmp.type = NET_ICMP_ECHO_REPLY;
  net_icmp_push (reply, &icmp);
  answer = header_to (host, ip->source, NET_IP_ICMP);
  send_ip (host, &answer, reply);
  net_frame_unref (frame);
}

static void
receive_ip (SimHost *host, NetFrame *frame, const NetEthernet *ethernet)
{
  const guint8 *bytes = net_frame_bytes (frame) + ethernet->payload;
  NetIpv4Header ip;
  NetDropReason reason = net_ipv4_parse (bytes, frame->length - ethernet->payload, &ip);

  if (reason == NET_DROP_NONE && ip.destination != host->config.ip)
    reason = NET_DROP_NOT_FOR_US;
  if (reason == NET_DROP_NONE && net_ipv4_is_fragment (&ip))
    reason = NET_DROP_FRAGMENT;
  if (reason == NET_DROP_NONE && ip.protocol != NET_IP_TCP && ip.protocol != NET_IP_ICMP)
    reason = NET_DROP_UNKNOWN_PROTOCOL;
  if (reason != NET_DROP_NONE)
    drop (host, frame, reason, "ip");
  else if (ip.protocol == NET_IP_TCP)
    receive_tcp (host, frame, &ip, bytes + ip.header_length, ip.total_length - ip.header_length);
  else
    receive_icmp (host, frame, &ip, bytes + ip.header_length, ip.total_length - ip.header_length);
}

void
sim_host_receive (SimHost *host, NetFrame *frame)
{
  NetEthernet ethernet;
  NetDropReason reason = net_ethernet_parse_frame (frame, &ethernet);

  if (reason == NET_DROP_NONE && !net_mac_is_group (&ethernet.destination)
      && !net_mac_equal (&ethernet.destination, &host->config.mac))
    reason = NET_DROP_NOT_FOR_US;
  if (reason == NET_DROP_NONE
      && (ethernet.n_tags > 0 || (ethernet.type != NET_ETHERTYPE_ARP && ethernet.type != NET_ETHERTYPE_IPV4)))
    reason = NET_DROP_UNKNOWN_PROTOCOL;
  if (reason != NET_DROP_NONE)
    drop (host, frame, reason, "ethernet");
  else if (ethernet.type == NET_ETHERTYPE_ARP)
    receive_arp (host, frame, &ethernet);
  else
    receive_ip (host, frame, &ethernet);
}

/* ---- life ---------------------------------------------------------------------------------------------------- */

void
sim_host_new (SimNode *node, const SimHostConfig *config)
{
  SimHost *host = g_new0 (SimHost, 1);
  g_autofree char *name = g_strdup_printf ("%s/host", node->name);

  g_assert (!node->host && config->prefix_length <= 32);
  host->node = node;
  host->config = *config;
  sim_random_init (&host->random, node->network->seed, name);
  host->ip_id = (guint16) sim_random_u64 (&host->random);
  host->neighbors = sim_neighbors_new (&neighbor_calls, host);
  net_timer_init (&host->neighbors_timer, neighbors_fired, host);
  g_queue_init (&host->loop);
  net_timer_init (&host->loop_timer, loop_fired, host);
  sim_host_streams_init (host);
  node->host = host;
  node->host_port = config->port;
}

void
sim_host_free (SimHost *host)
{
  Looping *looping;

  if (!host)
    return;
  sim_host_streams_clear (host);
  net_world_timer_cancel (&host->node->world, &host->neighbors_timer);
  net_world_timer_cancel (&host->node->world, &host->loop_timer);
  sim_neighbors_free (host->neighbors);
  while ((looping = g_queue_pop_head (&host->loop)))
    {
      net_frame_unref (looping->frame);
      g_free (looping);
    }
  g_free (host);
}

guint
sim_host_n_streams (const SimHost *host)
{
  return host->streams.length;
}
