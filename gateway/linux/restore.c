/* One frame: its tag and its checksum.  What stands for several is segments.c's. */
#include "gateway/linux/restore.h"

#include "net/ipv4.h"

#define ADDRESSES 12u

NetFrame *
linux_restore_frame (NetFramePool *pool, const guint8 *bytes, guint length, const LinuxNotes *notes)
{
  NetFrame *frame;
  guint8 *at;

  if (!notes->has_tag || length < ADDRESSES)
    return net_frame_new_from (pool, bytes, length);
  frame = net_frame_new (pool, NET_FRAME_HEADROOM, length + NET_VLAN_TAG);
  at = net_frame_data (frame);
  memcpy (at, bytes, ADDRESSES);
  net_put_be16 (at + ADDRESSES, notes->tag.tpid);
  net_put_be16 (at + ADDRESSES + 2, notes->tag.tci);
  memcpy (at + ADDRESSES + NET_VLAN_TAG, bytes + ADDRESSES, length - ADDRESSES);
  return frame;
}

/* The field holds the sum of the pseudo header; what it is to hold is the sum of all from `csum_start`.  A sum of zero
 * is written in its other form, which is right for all and needed for UDP (RFC 768). */
static NetDropReason
complete_checksum (guint8 *bytes, guint length, const struct virtio_net_hdr *offload)
{
  guint start = offload->csum_start, field = start + offload->csum_offset;
  guint16 checksum;

  if (start >= length || field + 2 > length)
    return NET_DROP_MALFORMED;
  checksum = net_checksum_finish (net_checksum_add (0, bytes + start, length - start));
  net_put_be16 (bytes + field, checksum ? checksum : 0xffff);
  return NET_DROP_NONE;
}

NetDropReason
linux_restore (NetFramePool *pool, guint8 *bytes, guint length, const LinuxNotes *notes, LinuxFrameFunc emit,
               gpointer user)
{
  const struct virtio_net_hdr *offload = &notes->offload;
  NetDropReason reason = NET_DROP_NONE;

  if (offload->gso_type != VIRTIO_NET_HDR_GSO_NONE)
    return linux_segment (pool, bytes, length, notes, emit, user);
  if (length + NET_VLAN_TAG > NET_FRAME_MAX)
    return NET_DROP_FRAME_TOO_LONG;
  if (offload->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM)
    reason = complete_checksum (bytes, length, offload);
  if (reason == NET_DROP_NONE)
    emit (linux_restore_frame (pool, bytes, length, notes), user);
  return reason;
}
