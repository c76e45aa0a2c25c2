/* Ethernet II headers and 802.1Q tag stacks: parse, build, push and pop a tag. */
#include "net/ethernet.h"

#define ADDRESSES 12u /* both MACs: what stands before the type or the first tag */

static gboolean
is_tag (guint16 type)
{
  return type == NET_ETHERTYPE_VLAN || type == NET_ETHERTYPE_QINQ;
}

NetDropReason
net_ethernet_parse (const guint8 *bytes, gsize length, NetEthernet *out)
{
  NetCursor cursor = net_cursor (bytes, length);
  const guint8 *at = net_cursor_take (&cursor, NET_ETHERNET_HEADER);

  out->n_tags = 0;
  if (!at)
    return NET_DROP_MALFORMED;
  memcpy (&out->destination, at, 6);
  memcpy (&out->source, at + 6, 6);
  out->type = net_get_be16 (at + 12);
  while (G_UNLIKELY (is_tag (out->type)))
    {
      at = net_cursor_take (&cursor, NET_VLAN_TAG);
      if (!at || out->n_tags == NET_VLAN_TAGS_MAX)
        return NET_DROP_MALFORMED;
      out->tags[out->n_tags++] = (NetVlanTag){ .tpid = out->type, .tci = net_get_be16 (at) };
      out->type = net_get_be16 (at + 2);
    }
  out->payload = (guint) (cursor.at - bytes);
  return NET_DROP_NONE;
}

void
net_ethernet_push (NetFrame *frame, const NetEthernet *header)
{
  guint8 *at;

  g_assert (header->n_tags <= NET_VLAN_TAGS_MAX);
  at = net_frame_push (frame, NET_ETHERNET_HEADER + header->n_tags * NET_VLAN_TAG);
  memcpy (at, &header->destination, 6);
  memcpy (at + 6, &header->source, 6);
  at += ADDRESSES;
  for (guint i = 0; i < header->n_tags; i++, at += NET_VLAN_TAG)
    {
      net_put_be16 (at, header->tags[i].tpid);
      net_put_be16 (at + 2, header->tags[i].tci);
    }
  net_put_be16 (at, header->type);
}

/* They overlap; all is read before anything is written. */
static void
move_addresses (guint8 *to, const guint8 *from)
{
  guint64 first;
  guint32 rest;

  memcpy (&first, from, sizeof first);
  memcpy (&rest, from + sizeof first, sizeof rest);
  memcpy (to, &first, sizeof first);
  memcpy (to + sizeof first, &rest, sizeof rest);
}

NetFrame *
net_vlan_push (NetFrame *frame, NetVlanTag tag)
{
  guint8 *at;

  g_assert (frame->length >= ADDRESSES);
  frame = net_frame_writable (frame, NET_VLAN_TAG);
  at = net_frame_push (frame, NET_VLAN_TAG);
  move_addresses (at, at + NET_VLAN_TAG);
  net_put_be16 (at + ADDRESSES, tag.tpid);
  net_put_be16 (at + ADDRESSES + 2, tag.tci);
  return frame;
}

NetFrame *
net_vlan_pop (NetFrame *frame)
{
  guint8 *at;

  g_assert (frame->length >= ADDRESSES + NET_VLAN_TAG);
  frame = net_frame_writable (frame, 0);
  at = net_frame_data (frame);
  move_addresses (at + NET_VLAN_TAG, at);
  net_frame_pull (frame, NET_VLAN_TAG);
  return frame;
}
