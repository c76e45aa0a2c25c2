/* Which answer a DHCP message gets (RFC 2131 §4.3) from a server that knows its hosts beforehand. */
#include "models/dhcp/reply.h"

static void
ignore (DhcpReply *out, const char *why)
{
  *out = (DhcpReply){ .kind = DHCP_REPLY_NONE, .op = "ignored", .why = why };
}

/* A refusal goes to everybody: the client's address is in doubt (§4.3.2). */
static void
refuse (DhcpReply *out, const char *why)
{
  *out = (DhcpReply){ .kind = DHCP_REPLY_NAK, .op = "nak", .why = why, .to = G_MAXUINT32 };
}

/* §4.1: to ciaddr where the client has it, to everybody where it asked for that, else to yiaddr at its MAC. */
static void
grant (DhcpReply *out, DhcpReplyKind kind, const NetDhcp *message, NetIpv4 ip)
{
  *out = (DhcpReply){
    .kind = kind, .op = kind == DHCP_REPLY_OFFER ? "offer" : "ack", .your_ip = ip, .to = ip, .leased = TRUE
  };
  if (message->client_ip)
    out->to = message->client_ip;
  else if (message->broadcast)
    out->to = G_MAXUINT32;
  else
    out->by_hand = TRUE;
}

static void
decide_request (const DhcpServerConfig *config, const NetDhcp *message, NetIpv4 host_ip, DhcpReply *out)
{
  guint32 server, requested = 0;
  NetIpv4 wanted;

  if (net_dhcp_option_be32 (message, NET_DHCP_OPTION_SERVER_ID, &server) && server != config->ip)
    {
      ignore (out, "the client chose another server");
      return;
    }
  net_dhcp_option_be32 (message, NET_DHCP_OPTION_REQUESTED_IP, &requested);
  wanted = message->client_ip ? message->client_ip : requested;
  if (wanted == 0)
    ignore (out, "a request for no address");
  else if ((wanted ^ config->ip) & net_ipv4_mask (config->prefix_length))
    refuse (out, "wrong network");
  else if (wanted != host_ip)
    refuse (out, "wrong address");
  else
    grant (out, DHCP_REPLY_ACK, message, host_ip);
}

void
dhcp_reply_decide (const DhcpServerConfig *config, const NetDhcp *message, NetIpv4 host_ip, DhcpReply *out)
{
  if (message->op != 1)
    ignore (out, "not a request");
  else if (message->relay_ip)
    ignore (out, "from a relay");
  else if (host_ip == 0)
    ignore (out, "no static host has this MAC");
  else if (message->type == NET_DHCP_DISCOVER)
    grant (out, DHCP_REPLY_OFFER, message, host_ip);
  else if (message->type == NET_DHCP_REQUEST)
    decide_request (config, message, host_ip, out);
  else if (message->type == NET_DHCP_INFORM && message->client_ip)
    {
      grant (out, DHCP_REPLY_ACK, message, 0);
      out->leased = FALSE;
    }
  else if (message->type == NET_DHCP_RELEASE)
    *out = (DhcpReply){ .kind = DHCP_REPLY_NONE, .op = "released" };
  else if (message->type == NET_DHCP_DECLINE)
    *out = (DhcpReply){ .kind = DHCP_REPLY_NONE,
                        .op = "declined",
                        .why = "the client found the address in use" };
  else
    ignore (out, "no use for this message type");
}
