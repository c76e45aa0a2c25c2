/* Frames as they would be on a wire, made of what the kernel hands to a packet socket: it takes the outermost VLAN tag
 * off, leaves checksums to hardware that is not there, and passes several segments on as one packet.
 * Pure functions of bytes: no socket is known here. */
#pragma once

#include "net/ethernet.h"

#include <linux/virtio_net.h>

G_BEGIN_DECLS

/* Longest packet that the kernel passes on: 64 KiB of IP in a tunnel's headers. */
#define LINUX_PACKET_MAX (65536u + 256u)

/* What the kernel said beside the bytes. */
typedef struct
{
  gboolean has_tag;
  NetVlanTag tag;                /* taken off from behind the source address */
  struct virtio_net_hdr offload; /* host byte order; all zero: nothing is left to do */
} LinuxNotes;

/* Takes the reference. */
typedef void (*LinuxFrameFunc) (NetFrame *frame, gpointer user);

/* Emits the frames that `bytes` stands for: one, or its segments in order.  The bytes may be written to.  Otherwise the
 * reason why there are none: frame-too-long, or malformed when bytes and notes contradict each other. */
NetDropReason linux_restore (NetFramePool *pool, guint8 *bytes, guint length, const LinuxNotes *notes,
                             LinuxFrameFunc emit, gpointer user);

/* The bytes as one frame, with its tag; they must fit (NET_FRAME_MAX). */
NetFrame *
linux_restore_frame (NetFramePool *pool, const guint8 *bytes, guint length, const LinuxNotes *notes);

/* inner-checksum.c: fills in the TCP or UDP checksum of an Ethernet frame whose sender visibly left it to hardware, where
 * nobody told.  Other frames, and other bytes, stay as they are. */
void linux_restore_hidden_checksum (guint8 *bytes, guint length);

/* segments.c: a packet of several segments.  `bytes` is without the tag of `notes`. */
NetDropReason linux_segment (NetFramePool *pool, const guint8 *bytes, guint length, const LinuxNotes *notes,
                             LinuxFrameFunc emit, gpointer user);

G_END_DECLS
