/* Packets of several segments, as a sender with segmentation offload hands them down, taken apart into what its
 * hardware would have sent: TCP over IPv4 and IPv6, UDP of equal parts, each also inside a VXLAN packet. */
#include "gateway/linux/restore.h"

#include "net/tcp.h"
#include "net/vxlan.h"

/* Linux has it since 6.2. */
#ifndef VIRTIO_NET_HDR_GSO_UDP_L4
#define VIRTIO_NET_HDR_GSO_UDP_L4 5
#endif

/* An IP header in a tunnel's, and an IP header. */
#define MAX_LAYERS 2u

#define TCP_SEQUENCE 4u
#define TCP_FLAGS    13u
#define TCP_CHECKSUM 16u
#define UDP_LENGTH   4u
#define UDP_CHECKSUM 6u
#define TCP_CWR      0x80u

/* An IP header and the transport header behind it, by their offsets. */
typedef struct
{
  gboolean v6;
  guint ip, transport;
} Layer;

typedef struct
{
  Layer layers[MAX_LAYERS]; /* outermost first; of the last, `transport` is what is segmented */
  guint n_layers;
  gboolean tcp;
  guint header; /* bytes that each segment begins with */
  guint size;   /* bytes that follow them, in all but the last */
} Plan;

/* ---- where the headers are --------------------------------------------------------------------------------------- */

/* The IP header at `ip`: what it carries, and where.  A chain of extension headers is passed over to `transport`. */
static gboolean
read_ip (const guint8 *bytes, guint length, gboolean v6, guint transport, Layer *layer, guint8 *protocol)
{
  guint room = length - layer->ip;

  layer->v6 = v6;
  if (v6)
    {
      if (room < NET_IPV6_HEADER || bytes[layer->ip] >> 4 != 6)
        return FALSE;
      *protocol = bytes[layer->ip + 6];
      layer->transport = layer->ip + NET_IPV6_HEADER;
      if (*protocol != NET_IP_TCP && *protocol != NET_IP_UDP)
        layer->transport = MAX (layer->transport, transport);
      return layer->transport <= length;
    }
  if (room < NET_IPV4_HEADER || bytes[layer->ip] >> 4 != 4)
    return FALSE;
  *protocol = bytes[layer->ip + 9];
  layer->transport = layer->ip + (bytes[layer->ip] & 15u) * 4;
  return layer->transport >= layer->ip + NET_IPV4_HEADER && layer->transport <= length;
}

/* Walks from the Ethernet header to the transport header that the kernel pointed at. */
static gboolean
find_layers (const guint8 *bytes, guint length, guint transport, Plan *plan)
{
  guint at = 0;

  while (plan->n_layers < MAX_LAYERS)
    {
      Layer *layer = &plan->layers[plan->n_layers++];
      NetEthernet ethernet;
      guint8 protocol;

      if (net_ethernet_parse (bytes + at, length - at, &ethernet) != NET_DROP_NONE
          || (ethernet.type != NET_ETHERTYPE_IPV4 && ethernet.type != NET_ETHERTYPE_IPV6))
        return FALSE;
      layer->ip = at + ethernet.payload;
      if (!read_ip (bytes, length, ethernet.type == NET_ETHERTYPE_IPV6, transport, layer, &protocol))
        return FALSE;
      if (layer->transport == transport)
        return TRUE;
      at = layer->transport + NET_UDP_HEADER + NET_VXLAN_HEADER;
      if (protocol != NET_IP_UDP || at > length
          || net_get_be16 (bytes + layer->transport + 2) != NET_VXLAN_PORT)
        return FALSE;
    }
  return FALSE;
}

static gboolean
make_plan (const guint8 *bytes, guint length, const struct virtio_net_hdr *offload, Plan *plan)
{
  guint transport = offload->csum_start;
  guint least;

  *plan = (Plan){ .size = offload->gso_size,
                  .tcp = (offload->gso_type & ~VIRTIO_NET_HDR_GSO_ECN) != VIRTIO_NET_HDR_GSO_UDP_L4 };
  if (!(offload->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) || plan->size == 0
      || !find_layers (bytes, length, transport, plan))
    return FALSE;
  least = plan->tcp ? NET_TCP_HEADER : NET_UDP_HEADER;
  if (length - transport < least)
    return FALSE;
  plan->header = transport + (plan->tcp ? (bytes[transport + 12] >> 4) * 4u : NET_UDP_HEADER);
  return plan->header >= transport + least && plan->header <= length;
}

/* ---- one segment ------------------------------------------------------------------------------------------------- */

/* Of the transport header at the layer's, whose checksum is `field` bytes in. */
static void
write_checksum (guint8 *bytes, guint end, const Layer *layer, guint8 protocol, guint field)
{
  guint8 *at = bytes + layer->transport;
  guint length = end - layer->transport;
  guint32 sum;
  guint16 checksum;

  if (layer->v6)
    {
      NetIpv6 source, destination;
      memcpy (&source, bytes + layer->ip + 8, sizeof source);
      memcpy (&destination, bytes + layer->ip + 24, sizeof destination);
      sum = net_checksum_pseudo_ipv6 (&source, &destination, protocol, length);
    }
  else
    sum = net_checksum_pseudo_ipv4 (net_get_be32 (bytes + layer->ip + 12),
                                    net_get_be32 (bytes + layer->ip + 16), protocol, length);
  net_put_be16 (at + field, 0);
  checksum = net_checksum_finish (net_checksum_add (sum, at, length));
  net_put_be16 (at + field, checksum || protocol == NET_IP_TCP ? checksum : 0xffff);
}

static void
write_ip (guint8 *bytes, guint end, const Layer *layer, guint index)
{
  guint8 *at = bytes + layer->ip;

  if (layer->v6)
    {
      net_put_be16 (at + 4, end - layer->ip - NET_IPV6_HEADER);
      return;
    }
  net_put_be16 (at + 2, end - layer->ip);
  net_put_be16 (at + 4, (net_get_be16 (at + 4) + index) & 0xffff);
  net_put_be16 (at + 10, 0);
  net_put_be16 (at + 10, net_checksum_finish (net_checksum_add (0, at, layer->transport - layer->ip)));
}

/* Closing flags belong to the last segment, and the answer to a congestion mark to the first (RFC 3168 §6.1.2). */
static void
write_tcp (guint8 *at, guint32 offset, gboolean last)
{
  net_put_be32 (at + TCP_SEQUENCE, net_get_be32 (at + TCP_SEQUENCE) + offset);
  if (!last)
    at[TCP_FLAGS] &= (guint8) ~(NET_TCP_FIN | NET_TCP_PSH);
  if (offset > 0)
    at[TCP_FLAGS] &= (guint8) ~TCP_CWR;
}

/* From the inside out: a tunnel's checksum covers the packet's. */
static void
write_headers (guint8 *bytes, guint end, const Plan *plan, guint index, gboolean last)
{
  const Layer *inner = &plan->layers[plan->n_layers - 1], *tunnel = &plan->layers[0];

  write_ip (bytes, end, inner, index);
  if (plan->tcp)
    {
      write_tcp (bytes + inner->transport, index * plan->size, last);
      write_checksum (bytes, end, inner, NET_IP_TCP, TCP_CHECKSUM);
    }
  else
    {
      net_put_be16 (bytes + inner->transport + UDP_LENGTH, end - inner->transport);
      write_checksum (bytes, end, inner, NET_IP_UDP, UDP_CHECKSUM);
    }
  if (tunnel == inner)
    return;
  write_ip (bytes, end, tunnel, index);
  net_put_be16 (bytes + tunnel->transport + UDP_LENGTH, end - tunnel->transport);
  if (net_get_be16 (bytes + tunnel->transport + UDP_CHECKSUM) != 0)
    write_checksum (bytes, end, tunnel, NET_IP_UDP, UDP_CHECKSUM);
}

/* The offsets of a plan are those of the bytes without the tag; the tag goes in last. */
static NetFrame *
make_segment (NetFramePool *pool, const guint8 *bytes, guint length, const Plan *plan, guint index)
{
  guint from = plan->header + index * plan->size, n = MIN (plan->size, length - from);
  NetFrame *frame = net_frame_new (pool, NET_FRAME_HEADROOM, plan->header + n);
  guint8 *at = net_frame_data (frame);

  memcpy (at, bytes, plan->header);
  memcpy (at + plan->header, bytes + from, n);
  write_headers (at, plan->header + n, plan, index, from + n == length);
  return frame;
}

NetDropReason
linux_segment (NetFramePool *pool, const guint8 *bytes, guint length, const LinuxNotes *notes,
               LinuxFrameFunc emit, gpointer user)
{
  guint kind = notes->offload.gso_type & ~(guint) VIRTIO_NET_HDR_GSO_ECN;
  Plan plan;

  if (kind != VIRTIO_NET_HDR_GSO_TCPV4 && kind != VIRTIO_NET_HDR_GSO_TCPV6
      && kind != VIRTIO_NET_HDR_GSO_UDP_L4)
    return NET_DROP_FRAME_TOO_LONG;
  if (!make_plan (bytes, length, &notes->offload, &plan))
    return NET_DROP_MALFORMED;
  if (plan.header + MIN (plan.size, length) + NET_VLAN_TAG > NET_FRAME_MAX)
    return NET_DROP_FRAME_TOO_LONG;
  for (guint index = 0; index == 0 || plan.header + index * plan.size < length; index++)
    {
      NetFrame *frame = make_segment (pool, bytes, length, &plan, index);
      emit (notes->has_tag ? net_vlan_push (frame, notes->tag) : frame, user);
    }
  return NET_DROP_NONE;
}
