/* What dnsmasq answers to a DHCP message in a network with static hosts only: a decision, no packets. */
#pragma once

#include "models/dhcp/dhcp-server.h"
#include "net/dhcp.h"

G_BEGIN_DECLS

typedef enum
{
  DHCP_REPLY_NONE,
  DHCP_REPLY_OFFER,
  DHCP_REPLY_ACK,
  DHCP_REPLY_NAK
} DhcpReplyKind;

typedef struct
{
  DhcpReplyKind kind;
  const char *op;  /* for the state record: "offer", "ack", "nak", "ignored", "released", "declined" */
  const char *why; /* static; NULL for a plain offer or acknowledgment */
  NetIpv4 your_ip; /* yiaddr; 0 in a refusal and for a client that only informs */
  NetIpv4 to;      /* where the answer goes: the address, or all ones */
  gboolean
      by_hand;     /* the client does not answer ARP for the address yet: its MAC is taken from the message */
  gboolean leased; /* lease times go in */
} DhcpReply;

/* `host_ip`: the static entry for the message's MAC; 0: there is none. */
void
dhcp_reply_decide (const DhcpServerConfig *config, const NetDhcp *message, NetIpv4 host_ip, DhcpReply *out);

/* The reply as UDP payload, its options in dnsmasq's order. */
NetFrame *dhcp_reply_build (const DhcpServerConfig *config, const NetDhcp *message, const DhcpReply *reply,
                            NetFramePool *pool);

G_END_DECLS
