/* Neighbour solicitation and advertisement: the checks of RFC 4861 §7.1 and whole frames. */
#include "net/nd.h"

#include "net/cursor.h"

#define ND_HEADER           24u
#define LINK_OPTION         8u
#define SOURCE_LINK_ADDRESS 1
#define TARGET_LINK_ADDRESS 2
#define FLAG_ROUTER         0x80000000u
#define FLAG_SOLICITED      0x40000000u
#define FLAG_OVERRIDE       0x20000000u

static guint8
link_option (guint8 nd_type)
{
  return nd_type == NET_ND_SOLICITATION ? SOURCE_LINK_ADDRESS : TARGET_LINK_ADDRESS;
}

/* Each option counts its length in units of eight bytes; zero would not end (§4.6). */
static NetDropReason
parse_options (NetCursor cursor, NetNd *out)
{
  out->has_link_address = FALSE;
  while (net_cursor_left (&cursor) > 0)
    {
      guint8 type, units;
      const guint8 *value;

      if (!net_cursor_u8 (&cursor, &type) || !net_cursor_u8 (&cursor, &units) || units == 0
          || !(value = net_cursor_take (&cursor, units * 8u - 2)))
        return NET_DROP_MALFORMED;
      if (type == link_option (out->type) && units == 1 && !out->has_link_address)
        {
          out->has_link_address = TRUE;
          memcpy (&out->link_address, value, 6);
        }
    }
  return NET_DROP_NONE;
}

/* RFC 4861 §7.1.1 and §7.1.2, after the checksum. */
static gboolean
contradicts (const NetIpv6Header *ip, const NetNd *nd)
{
  static const NetIpv6 unspecified;

  if (nd->target.octet[0] == 0xff)
    return TRUE;
  if (nd->type == NET_ND_ADVERTISEMENT)
    return nd->solicited && ip->destination.octet[0] == 0xff;
  if (net_ipv6_equal (&ip->source, &unspecified))
    {
      NetIpv6 group = net_ipv6_solicited_node (&nd->target);
      return nd->has_link_address || !net_ipv6_equal (&ip->destination, &group);
    }
  return FALSE;
}

NetDropReason
net_nd_parse (const guint8 *bytes, gsize length, const NetIpv6Header *ip, NetNd *out)
{
  NetCursor cursor = net_cursor (bytes, length);
  guint32 sum = net_checksum_pseudo_ipv6 (&ip->source, &ip->destination, NET_IP_ICMPV6, (guint) length);
  NetDropReason reason;
  guint8 code;
  guint16 checksum;
  guint32 flags;

  if (!net_cursor_u8 (&cursor, &out->type) || !net_cursor_u8 (&cursor, &code))
    return NET_DROP_MALFORMED;
  if (out->type != NET_ND_SOLICITATION && out->type != NET_ND_ADVERTISEMENT)
    return NET_DROP_UNKNOWN_PROTOCOL;
  if (!net_cursor_be16 (&cursor, &checksum) || !net_cursor_be32 (&cursor, &flags)
      || !net_cursor_copy (&cursor, &out->target, 16) || code != 0 || ip->hop_limit != 255)
    return NET_DROP_MALFORMED;
  if (net_checksum_finish (net_checksum_add (sum, bytes, length)) != 0)
    return NET_DROP_BAD_CHECKSUM;
  if (out->type == NET_ND_SOLICITATION)
    flags = 0; /* reserved there */
  out->router = (flags & FLAG_ROUTER) != 0;
  out->solicited = (flags & FLAG_SOLICITED) != 0;
  out->override = (flags & FLAG_OVERRIDE) != 0;
  reason = parse_options (cursor, out);
  if (reason == NET_DROP_NONE && contradicts (ip, out))
    reason = NET_DROP_MALFORMED;
  return reason;
}

NetFrame *
net_nd_frame (NetFramePool *pool, const NetEthernet *ethernet, const NetIpv6Header *ip, const NetNd *nd)
{
  guint length = ND_HEADER + (nd->has_link_address ? LINK_OPTION : 0);
  NetFrame *frame = net_frame_new (pool, NET_FRAME_HEADROOM + NET_ETHERNET_HEADER + NET_IPV6_HEADER, length);
  guint8 *at = net_frame_data (frame);
  NetIpv6Header header = *ip;
  NetEthernet outer = *ethernet;
  guint32 sum = net_checksum_pseudo_ipv6 (&ip->source, &ip->destination, NET_IP_ICMPV6, length);

  memset (at, 0, length);
  at[0] = nd->type;
  if (nd->type == NET_ND_ADVERTISEMENT)
    net_put_be32 (at + 4, (nd->router ? FLAG_ROUTER : 0) | (nd->solicited ? FLAG_SOLICITED : 0)
                              | (nd->override ? FLAG_OVERRIDE : 0));
  memcpy (at + 8, &nd->target, 16);
  if (nd->has_link_address)
    {
      at[24] = link_option (nd->type);
      at[25] = LINK_OPTION / 8;
      memcpy (at + 26, &nd->link_address, 6);
    }
  net_put_be16 (at + 2, net_checksum_finish (net_checksum_add (sum, at, length)));
  header.hop_limit = 255;
  header.next_header = NET_IP_ICMPV6;
  net_ipv6_push (frame, &header);
  outer.type = NET_ETHERTYPE_IPV6;
  net_ethernet_push (frame, &outer);
  return frame;
}
