/* ARP for IPv4 over Ethernet: parse, and whole frames. */
#include "net/arp.h"

#define HARDWARE_ETHERNET 1

NetDropReason
net_arp_parse (const guint8 *bytes, gsize length, NetArp *out)
{
  NetCursor cursor = net_cursor (bytes, length);
  guint16 hardware, protocol;
  guint8 hardware_length, protocol_length;

  if (!net_cursor_be16 (&cursor, &hardware) || !net_cursor_be16 (&cursor, &protocol)
      || !net_cursor_u8 (&cursor, &hardware_length) || !net_cursor_u8 (&cursor, &protocol_length))
    return NET_DROP_MALFORMED;
  if (hardware != HARDWARE_ETHERNET || protocol != NET_ETHERTYPE_IPV4)
    return NET_DROP_UNKNOWN_PROTOCOL;
  if (hardware_length != 6 || protocol_length != 4)
    return NET_DROP_MALFORMED;
  if (!net_cursor_be16 (&cursor, &out->op) || !net_cursor_copy (&cursor, &out->sender_mac, 6)
      || !net_cursor_be32 (&cursor, &out->sender_ip) || !net_cursor_copy (&cursor, &out->target_mac, 6)
      || !net_cursor_be32 (&cursor, &out->target_ip))
    return NET_DROP_MALFORMED;
  return NET_DROP_NONE;
}

NetFrame *
net_arp_frame (NetFramePool *pool, const NetMac *destination, const NetArp *arp)
{
  NetEthernet ethernet
      = { .destination = *destination, .source = arp->sender_mac, .type = NET_ETHERTYPE_ARP };
  NetFrame *frame = net_frame_new (pool, NET_FRAME_HEADROOM + NET_ETHERNET_HEADER, NET_ARP_LENGTH);
  guint8 *at = net_frame_data (frame);

  net_put_be16 (at, HARDWARE_ETHERNET);
  net_put_be16 (at + 2, NET_ETHERTYPE_IPV4);
  at[4] = 6;
  at[5] = 4;
  net_put_be16 (at + 6, arp->op);
  memcpy (at + 8, &arp->sender_mac, 6);
  net_put_be32 (at + 14, arp->sender_ip);
  memcpy (at + 18, &arp->target_mac, 6);
  net_put_be32 (at + 24, arp->target_ip);
  net_ethernet_push (frame, &ethernet);
  return frame;
}
