/* ICMP (RFC 792) and ICMPv6 (RFC 4443) echo, and the errors that hosts and routers send. */
#pragma once

#include "net/ipv6.h"

G_BEGIN_DECLS

#define NET_ICMP_HEADER 8u

typedef enum
{
  NET_ICMP_ECHO_REPLY = 0,
  NET_ICMP_UNREACHABLE = 3,
  NET_ICMP_ECHO_REQUEST = 8,
  NET_ICMP_TIME_EXCEEDED = 11,
  NET_ICMPV6_UNREACHABLE = 1,
  NET_ICMPV6_TOO_BIG = 2,
  NET_ICMPV6_TIME_EXCEEDED = 3,
  NET_ICMPV6_PARAMETER_PROBLEM = 4,
  NET_ICMPV6_ECHO_REQUEST = 128,
  NET_ICMPV6_ECHO_REPLY = 129
} NetIcmpType;

typedef struct
{
  guint8 type, code;
  guint16 id, sequence; /* echo; otherwise the four bytes behind the checksum */
} NetIcmp;

/* `bytes` runs from the type to the end of the IP payload.  For ICMPv6 the addresses enter the checksum. */
NetDropReason net_icmp_parse (const guint8 *bytes, gsize length, NetIcmp *out);
NetDropReason net_icmpv6_parse (const guint8 *bytes, gsize length, const NetIpv6Header *ip, NetIcmp *out);

/* Put the header before the data that the frame holds, checksum included. */
void net_icmp_push (NetFrame *frame, const NetIcmp *icmp);
void net_icmpv6_push (NetFrame *frame, const NetIpv6Header *ip, const NetIcmp *icmp);

G_END_DECLS
