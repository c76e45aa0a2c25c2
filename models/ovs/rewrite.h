/* Making the frame that a decision's version describes out of the one that came in. */
#pragma once

#include "models/ovs/decide.h"
#include "net/frame.h"

G_BEGIN_DECLS

/* Borrows `frame`.  Returns a reference to it where nothing in it changes, else a copy with the same packet
 * id.  Checksums of IPv4, TCP, UDP, ICMP and ICMPv6 follow the changes incrementally (RFC 1624), right or
 * wrong as they were; SCTP's CRC is left alone. */
NetFrame *ovs_rewrite (NetFrame *frame, const OvsPacket *packet, const OvsVersion *version);

G_END_DECLS
