/* Routing here is one prefix and one gateway. */
#include "gateway/underlay.h"

#include "gateway/index.h"
#include "gateway/neighbors.h"
#include "net/icmp.h"

#define WAYS_SEED G_GUINT64_CONSTANT (0x9e3779b97f4a7c15)
#define MOST_WAYS 65536u /* then all are forgotten, and made again when they are needed */

/* To one tunnel end: what does not change from packet to packet. */
typedef struct
{
  NetVxlanOuter outer; /* but for the destination's MAC, which the next hop knows */
  VtepNeighbor *hop;
} Way;

struct _VtepUnderlay
{
  NetWorld *world;
  VtepUnderlayConfig config;
  VtepNeighbors *neighbors;
  VtepIndex by_destination; /* → place in ways */
  GArray *ways;             /* of Way, in order of first use */
};

VtepUnderlay *
vtep_underlay_new (NetWorld *world, const VtepUnderlayConfig *config)
{
  const VtepNeighborsConfig neighbors = { .port = config->port, .mac = config->mac, .ip = config->ip };
  VtepUnderlay *underlay = g_new0 (VtepUnderlay, 1);

  underlay->world = world;
  underlay->config = *config;
  underlay->neighbors = vtep_neighbors_new (world, &neighbors);
  underlay->ways = g_array_new (FALSE, FALSE, sizeof (Way));
  vtep_index_init (&underlay->by_destination, WAYS_SEED);
  return underlay;
}

static void
forget_ways (VtepUnderlay *underlay)
{
  g_array_set_size (underlay->ways, 0);
  vtep_index_clear (&underlay->by_destination);
  vtep_index_init (&underlay->by_destination, WAYS_SEED);
}

void
vtep_underlay_move (VtepUnderlay *underlay, const VtepUnderlayConfig *config)
{
  const VtepNeighborsConfig neighbors = { .port = config->port, .mac = config->mac, .ip = config->ip };

  vtep_neighbors_move (underlay->neighbors, &neighbors);
  underlay->config = *config;
  forget_ways (underlay);
}

void
vtep_underlay_free (VtepUnderlay *underlay)
{
  if (!underlay)
    return;
  vtep_neighbors_free (underlay->neighbors);
  vtep_index_clear (&underlay->by_destination);
  g_array_unref (underlay->ways);
  g_free (underlay);
}

/* Takes the reference. */
static void
drop (VtepUnderlay *underlay, NetFrame *frame, NetDropReason reason, const char *rule)
{
  net_world_drop (underlay->world, &(NetDrop){ .frame = frame,
                                               .port = underlay->config.port,
                                               .reason = reason,
                                               .table = "underlay",
                                               .rule = rule });
  net_frame_unref (frame);
}

/* ---- out ----------------------------------------------------------------------------------------------------- */

/* 0: there is no way there. */
static NetIpv4
next_hop (const VtepUnderlay *underlay, NetIpv4 destination)
{
  NetIpv4 mask = net_ipv4_mask (underlay->config.prefix_length);

  return ((destination ^ underlay->config.ip) & mask) == 0 ? destination : underlay->config.gateway;
}

/* NULL: there is none. */
static const Way *
add_way (VtepUnderlay *underlay, NetIpv4 destination)
{
  NetIpv4 hop = next_hop (underlay, destination);
  Way way;

  if (hop == 0)
    return NULL;
  if (underlay->ways->len == MOST_WAYS)
    forget_ways (underlay);
  way.hop = vtep_neighbors_hop (underlay->neighbors, hop);
  net_vxlan_outer_init (&way.outer, &(NetVxlan){ .source_mac = underlay->config.mac,
                                                 .destination_ip = destination,
                                                 .source_ip = underlay->config.ip });
  vtep_index_put (&underlay->by_destination, destination, underlay->ways->len);
  g_array_append_val (underlay->ways, way);
  return &g_array_index (underlay->ways, Way, underlay->ways->len - 1);
}

/* Until the next one is asked for. */
static const Way *
find_way (VtepUnderlay *underlay, NetIpv4 destination)
{
  const VtepIndexSlot *slot = vtep_index_find (&underlay->by_destination, destination);

  return G_LIKELY (slot) ? &g_array_index (underlay->ways, Way, slot->value)
                         : add_way (underlay, destination);
}

void
vtep_underlay_send (VtepUnderlay *underlay, NetFrame *inner, const VtepTunnel *tunnel)
{
  const Way *way = find_way (underlay, tunnel->destination);
  NetFrame *frame;
  char text[NET_IPV4_TEXT];

  if (!way)
    {
      drop (underlay, inner, NET_DROP_NO_ROUTE, net_ipv4_format (tunnel->destination, text));
      return;
    }
  frame = net_vxlan_outer_push (&way->outer, inner, tunnel->vni, tunnel->source_port, tunnel->tos);
  if (G_UNLIKELY (!vtep_neighbor_is_fresh (way->hop, net_world_now (underlay->world))))
    {
      vtep_neighbor_send (way->hop, (VtepWaiting){ .frame = frame });
      return;
    }
  memcpy (net_frame_data (frame), &way->hop->mac, sizeof way->hop->mac);
  net_world_send (underlay->world, underlay->config.port, frame);
}

/* ---- in ------------------------------------------------------------------------------------------------------ */

/* RFC 826: whoever is known is kept up to date by any ARP; requests for our address are answered. */
static void
receive_arp (VtepUnderlay *underlay, NetFrame *frame, const NetEthernet *ethernet)
{
  NetArp arp, reply;
  NetDropReason reason
      = net_arp_parse (net_frame_bytes (frame) + ethernet->payload, frame->length - ethernet->payload, &arp);

  if (reason != NET_DROP_NONE)
    {
      drop (underlay, frame, reason, "arp");
      return;
    }
  vtep_neighbors_heard (underlay->neighbors, arp.sender_ip, &arp.sender_mac);
  if (arp.target_ip != underlay->config.ip)
    {
      drop (underlay, frame, NET_DROP_NOT_FOR_US, "arp");
      return;
    }
  net_frame_unref (frame);
  if (arp.op != NET_ARP_REQUEST)
    return;
  reply = (NetArp){ .op = NET_ARP_REPLY,
                    .sender_mac = underlay->config.mac,
                    .sender_ip = underlay->config.ip,
                    .target_mac = arp.sender_mac,
                    .target_ip = arp.sender_ip };
  net_world_send (underlay->world, underlay->config.port,
                  net_arp_frame (underlay->world->frames, &arp.sender_mac, &reply));
}

/* Answers an echo request to where it came from (RFC 792: addresses reversed, data returned). */
static void
answer_echo (VtepUnderlay *underlay, NetFrame *frame, const NetEthernet *ethernet, const NetIpv4Header *ip,
             const NetIcmp *request)
{
  const guint8 *data = net_frame_bytes (frame) + ethernet->payload + ip->header_length + NET_ICMP_HEADER;
  NetFrame *reply = net_frame_new_from (underlay->world->frames, data,
                                        ip->total_length - ip->header_length - NET_ICMP_HEADER);

  net_icmp_push (reply,
                 &(NetIcmp){ .type = NET_ICMP_ECHO_REPLY, .id = request->id, .sequence = request->sequence });
  net_ipv4_push (reply, &(NetIpv4Header){ .tos = ip->tos,
                                          .ttl = 64,
                                          .protocol = NET_IP_ICMP,
                                          .source = underlay->config.ip,
                                          .destination = ip->source });
  net_ethernet_push (reply, &(NetEthernet){ .destination = ethernet->source,
                                            .source = underlay->config.mac,
                                            .type = NET_ETHERTYPE_IPV4 });
  net_frame_unref (frame);
  net_world_send (underlay->world, underlay->config.port, reply);
}

static void
receive_ipv4 (VtepUnderlay *underlay, NetFrame *frame, const NetEthernet *ethernet)
{
  const guint8 *bytes = net_frame_bytes (frame) + ethernet->payload;
  NetIpv4Header ip;
  NetIcmp icmp;
  NetDropReason reason = net_ipv4_parse (bytes, frame->length - ethernet->payload, &ip);

  if (reason == NET_DROP_NONE && ip.destination != underlay->config.ip)
    reason = NET_DROP_NOT_FOR_US;
  else if (reason == NET_DROP_NONE && net_ipv4_is_fragment (&ip))
    reason = NET_DROP_FRAGMENT;
  else if (reason == NET_DROP_NONE && ip.protocol != NET_IP_ICMP)
    reason = NET_DROP_UNKNOWN_PROTOCOL;
  else if (reason == NET_DROP_NONE)
    reason = net_icmp_parse (bytes + ip.header_length, ip.total_length - ip.header_length, &icmp);
  if (reason == NET_DROP_NONE && icmp.type != NET_ICMP_ECHO_REQUEST)
    reason = NET_DROP_UNKNOWN_PROTOCOL;
  if (reason == NET_DROP_NONE)
    answer_echo (underlay, frame, ethernet, &ip, &icmp);
  else
    drop (underlay, frame, reason, "ipv4");
}

/* All that is not VXLAN. */
static void
receive_other (VtepUnderlay *underlay, NetFrame *frame, gboolean ours)
{
  NetEthernet ethernet;
  NetDropReason reason = net_ethernet_parse_frame (frame, &ethernet);

  if (reason != NET_DROP_NONE)
    drop (underlay, frame, reason, "ethernet");
  else if (ethernet.n_tags > 0)
    drop (underlay, frame, NET_DROP_VLAN_UNBOUND, "tagged");
  else if (ethernet.type == NET_ETHERTYPE_ARP
           && (ours || net_mac_equal (&ethernet.destination, &net_mac_broadcast)))
    receive_arp (underlay, frame, &ethernet);
  else if (!ours)
    drop (underlay, frame, NET_DROP_NOT_FOR_US, "ethernet");
  else if (ethernet.type == NET_ETHERTYPE_IPV4)
    receive_ipv4 (underlay, frame, &ethernet);
  else
    drop (underlay, frame, NET_DROP_UNKNOWN_PROTOCOL, "ethernet");
}

gboolean
vtep_underlay_receive (VtepUnderlay *underlay, NetFrame *frame, VtepArrival *arrival)
{
  const guint8 *bytes = net_frame_bytes (frame);
  gboolean ours = frame->length >= NET_ETHERNET_HEADER && memcmp (bytes, &underlay->config.mac, 6) == 0;
  NetDropReason reason;

  if (!ours)
    {
      receive_other (underlay, frame, FALSE);
      return FALSE;
    }
  reason = net_vxlan_parse (bytes, frame->length, &arrival->outer, &arrival->inner, &arrival->inner_length);
  if (reason == NET_DROP_NONE && arrival->outer.destination_ip == underlay->config.ip)
    return TRUE;
  if (reason == NET_DROP_UNKNOWN_PROTOCOL)
    receive_other (underlay, frame, TRUE);
  else
    drop (underlay, frame, reason == NET_DROP_NONE ? NET_DROP_NOT_FOR_US : reason, "vxlan");
  return FALSE;
}
