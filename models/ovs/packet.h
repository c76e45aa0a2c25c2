/* A frame as the flow tables see it: its fields, and where in the frame they stand.  What Open vSwitch
 * extracts is extracted, as leniently: checksums are not looked at, and a header that contradicts itself
 * leaves its fields 0. */
#pragma once

#include "net/drop.h"
#include "openflow/field.h"

G_BEGIN_DECLS

typedef struct
{
  OpenflowFields fields; /* in_port, metadata, registers and tunnel are the caller's */
  guint16 tpid;          /* of the outermost tag; 0: untagged.  Tags below it are payload */
  guint type_at;         /* offset of the EtherType behind that tag */
  guint length;          /* of the frame */
  guint16 icmp_id;       /* of ICMP and ICMPv6: the word where a dialogue has its identifier */
  guint l3_at, l4_at;    /* 0: not there, or not understood */
} OvsPacket;

/* FALSE when there is no whole Ethernet header. */
gboolean ovs_packet_parse (const guint8 *bytes, guint length, OvsPacket *out);

G_END_DECLS
