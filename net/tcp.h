/* TCP segments (RFC 9293 §3.1): the header, and of the options the maximum segment size. */
#pragma once

#include "net/ipv4.h"

G_BEGIN_DECLS

#define NET_TCP_HEADER 20u

typedef enum
{
  NET_TCP_FIN = 0x01,
  NET_TCP_SYN = 0x02,
  NET_TCP_RST = 0x04,
  NET_TCP_PSH = 0x08,
  NET_TCP_ACK = 0x10,
  NET_TCP_URG = 0x20
} NetTcpFlags;

typedef struct
{
  guint16 source_port, destination_port;
  guint32 sequence, acknowledgment;
  guint8 flags;
  guint16 window;
  guint16 maximum_segment; /* 0: option absent */
  guint header_length;     /* bytes, options included; parse only */
} NetTcp;

NetDropReason net_tcp_parse (const guint8 *bytes, gsize length, const NetIpv4Header *ip, NetTcp *out);
/* Puts the header (24 bytes when maximum_segment is set) before the data that the frame holds. */
void net_tcp_push (NetFrame *frame, const NetIpv4Header *ip, const NetTcp *tcp);

G_END_DECLS
