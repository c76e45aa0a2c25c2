/* BFD packets as a hardware VTEP sends them through a tunnel: Ethernet, IPv4 and UDP around the control packet
 * (RFC 5881 §4; DSCP CS6, as for other control traffic). */
#pragma once

#include "net/bfd.h"
#include "net/ethernet.h"

G_BEGIN_DECLS

typedef struct
{
  NetMac destination, source;
  NetIpv4 destination_ip, source_ip;
  guint16 source_port; /* NET_BFD_SOURCE_PORT_MIN … 65535, the same for all packets of a session */
  gboolean unguarded;  /* may be fragmented and has no UDP checksum: Open vSwitch's are like that */
} VtepBfdPath;

/* With room for a tunnel's outer headers. */
NetFrame *vtep_bfd_frame (NetFramePool *pool, const VtepBfdPath *path, const NetBfd *packet);

/* Whether an inner frame of this shape is for BFD's port; the headers behind the Ethernet one are read. */
gboolean vtep_bfd_frame_is (const NetEthernet *ethernet, const guint8 *bytes, guint length);

/* Reads such a frame.  NET_DROP_BFD_SESSION: it came through a router (RFC 5881 §5). */
NetDropReason vtep_bfd_frame_parse (const NetEthernet *ethernet, const guint8 *bytes, guint length,
                                    NetIpv4 *destination, NetBfd *out);

G_END_DECLS
