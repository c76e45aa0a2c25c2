/* VXLAN: what is built parses as what was put in, what parses can be built again, and a packet goes through unchanged.
 *
 * Input: an Ethernet frame, taken once as a packet of the underlay and once as a frame of a guest. */
#include "fuzz.h"

#include "net/vxlan.h"

/* Murmur-like values would do; these only have to differ from input to input. */
static NetVxlan
outer_for (const guint8 *data, gsize size)
{
  guint32 sum = net_checksum_add (0, data, size);

  return (NetVxlan){ .destination_mac = { { 2, 0, 0, 0, 0, 1 } },
                     .source_mac = { { 2, 0, 0, 0, 0, 2 } },
                     .destination_ip = 0x0a000001,
                     .source_ip = 0x0a000000 | (sum & 0xffff),
                     .vni = sum & NET_VXLAN_VNI_MAX,
                     .source_port = net_vxlan_source_port (data, size),
                     .tos = net_vxlan_outer_tos (data, size) };
}

static void
check_same (const NetVxlan *a, const NetVxlan *b)
{
  FUZZ_CHECK (net_mac_equal (&a->destination_mac, &b->destination_mac)
                  && net_mac_equal (&a->source_mac, &b->source_mac),
              "the MACs of an outer header stay");
  FUZZ_CHECK (a->destination_ip == b->destination_ip && a->source_ip == b->source_ip,
              "the addresses of an outer header stay");
  FUZZ_CHECK (a->vni == b->vni, "VNI %u stays, and is not %u", a->vni, b->vni);
  FUZZ_CHECK (a->source_port == b->source_port && a->tos == b->tos, "port and TOS stay");
}

/* Encapsulates the bytes, parses, and takes them out again. */
static void
check_round_trip (NetFramePool *pool, const guint8 *inner, guint length, const NetVxlan *outer)
{
  NetFrame *frame = net_vxlan_encapsulate (net_frame_new_from (pool, inner, length), outer);
  guint at = 0, inner_length = 0;
  NetVxlan parsed;
  NetDropReason reason
      = net_vxlan_parse (net_frame_bytes (frame), frame->length, &parsed, &at, &inner_length);

  FUZZ_CHECK (reason == NET_DROP_NONE, "what was built parses, and is not %s", net_drop_word (reason));
  check_same (outer, &parsed);
  FUZZ_CHECK (at == NET_VXLAN_OVERHEAD && inner_length == length,
              "the inner frame lies behind %u bytes of headers", NET_VXLAN_OVERHEAD);
  frame = net_vxlan_decapsulate (frame, at, inner_length);
  FUZZ_CHECK (frame->length == length && memcmp (net_frame_bytes (frame), inner, length) == 0,
              "a frame comes out of a tunnel as it went in");
  net_frame_unref (frame);
}

/* The other direction: a shared packet stays as it is, and only its inner frame comes out. */
static void
check_arrival (NetFramePool *pool, const guint8 *data, guint size)
{
  NetFrame *frame = net_frame_new_from (pool, data, size), *inner;
  guint at = 0, length = 0;
  NetVxlan parsed;
  NetDropReason reason = net_vxlan_parse (net_frame_bytes (frame), size, &parsed, &at, &length);

  if (reason == NET_DROP_NONE)
    {
      FUZZ_CHECK (at <= size && length <= size - at && length >= NET_ETHERNET_HEADER,
                  "an inner frame of %u bytes at %u lies within %u", length, at, size);
      FUZZ_CHECK (parsed.vni <= NET_VXLAN_VNI_MAX, "a VNI has 24 bits");
      inner = net_vxlan_decapsulate (net_frame_ref (frame), at, length);
      FUZZ_CHECK (memcmp (net_frame_bytes (inner), data + at, length) == 0, "the inner frame comes out");
      FUZZ_CHECK (memcmp (net_frame_bytes (frame), data, size) == 0, "who shares a packet keeps it");
      check_round_trip (pool, net_frame_bytes (inner), inner->length, &parsed);
      net_frame_unref (inner);
    }
  net_frame_unref (frame);
}

/* Both ways to the outer fields agree. */
static void
check_outer_fields (const guint8 *data, guint size, const NetVxlan *outer)
{
  NetVxlan fields = { 0 };
  NetEthernet ethernet;

  FUZZ_CHECK (outer->source_port >= 32768 && outer->source_port <= 60999,
              "port %u is one of the ports for tunnels", outer->source_port);
  FUZZ_CHECK (outer->tos <= 2, "the outer header has no DSCP, and no congestion before there is any");
  if (net_ethernet_parse (data, size, &ethernet) != NET_DROP_NONE)
    return;
  net_vxlan_outer_fields (&ethernet, 0, data, size, &fields);
  FUZZ_CHECK (fields.source_port == outer->source_port && fields.tos == outer->tos,
              "a parsed frame has the port and TOS that its bytes have");
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (NetFramePool) pool = net_frame_pool_new ();
  NetVxlan outer;

  if (size > NET_FRAME_MAX - NET_VXLAN_OVERHEAD)
    return 0;
  outer = outer_for (data, size);
  check_outer_fields (data, (guint) size, &outer);
  check_arrival (pool, data, (guint) size);
  if (size >= NET_ETHERNET_HEADER)
    check_round_trip (pool, data, (guint) size, &outer);
  FUZZ_CHECK (net_frame_pool_outstanding (pool) == 0, "no frame is left over");
  return 0;
}
