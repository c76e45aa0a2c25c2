/* The fields of a frame that policy looks at, taken out of its bytes once.  What is not there, or does not parse, is
 * absent: it matches nothing. */
#pragma once

#include "net/ethernet.h"
#include "net/ipv6.h"

G_BEGIN_DECLS

typedef struct
{
  NetMac source, destination;
  guint16 type;         /* EtherType behind the tags */
  guint address_length; /* of source_ip and destination_ip: 4, 16, or 0: no IP */
  guint8 source_ip[16], destination_ip[16];
  guint8 protocol;    /* IP's, or IPv6's first next header */
  gboolean has_ports; /* TCP, UDP or SCTP, and the first fragment */
  guint16 source_port, destination_port;
  gboolean has_tcp_flags;
  guint16 tcp_flags; /* the twelve low bits of the word that holds them (RFC 9293 §3.1) */
  gboolean has_icmp; /* ICMP or ICMPv6 */
  guint8 icmp_type, icmp_code;
} VtepPacket;

/* `ethernet` was parsed from `bytes`. */
void vtep_packet_read (const NetEthernet *ethernet, const guint8 *bytes, guint length, VtepPacket *out);

G_END_DECLS
