/* A frame as one line of text, outermost header first:
 *   VXLAN vni 5001 10.8.125.20>10.8.125.18 | ARP who-has 10.0.0.11 tell 10.0.0.12 (92)
 *   802.1Q 2901 | DHCP DISCOVER 02:00:00:00:00:0c xid 3d1d0b01 (346)
 * The number at the end is the frame's length.  Any bytes give a line. */
#pragma once

#include "viz/names.h"

G_BEGIN_DECLS

/* What a frame is about, behind its tags and tunnel: for a mark on a link where no line fits. */
typedef enum
{
  VIZ_FRAME_OTHER,
  VIZ_FRAME_ARP,
  VIZ_FRAME_ND,
  VIZ_FRAME_ICMP,
  VIZ_FRAME_DHCP,
  VIZ_FRAME_UDP,
  VIZ_FRAME_TCP,
  VIZ_FRAME_OVSDB,
  VIZ_FRAME_OPENFLOW,
  VIZ_FRAME_BFD,
  VIZ_FRAME_LLDP
} VizFrameKind;

typedef struct
{
  const guint8 *bytes;
  guint captured; /* bytes present */
  guint length;   /* bytes of the frame */
} VizFrame;

/* Appends the line to `out`, with names for addresses unless `names` is NULL. */
VizFrameKind viz_decode (const VizFrame *frame, const VizNames *names, GString *out);
/* "ARP", "ICMP", …. */
const char *viz_frame_kind_word (VizFrameKind kind);

G_END_DECLS
