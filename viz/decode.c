/* Frames to text.  Each level appends its part and hands the rest on; what does not parse is named with the
 * drop table's word and not entered. */
#include "viz/decode.h"

#include "net/arp.h"
#include "net/dhcp.h"
#include "net/ethernet.h"
#include "net/icmp.h"
#include "net/nd.h"
#include "net/tcp.h"
#include "net/udp.h"
#include "net/vxlan.h"

/* Tunnels within tunnels that are entered. */
#define NESTED_MAX 3u

#define BFD_PORT          3784u
#define BFD_MULTIHOP_PORT 4784u
#define OVSDB_PORT        6640u
#define OPENFLOW_PORT     6653u
#define OPENFLOW_OLD_PORT 6633u

typedef struct
{
  GString *out;
  const VizNames *names;
  guint depth; /* of tunnels */
} Decoder;

/* The addresses of a packet as they are shown. */
typedef struct
{
  char source_text[NET_IPV6_TEXT], destination_text[NET_IPV6_TEXT];
  const char *source, *destination;
} Pair;

static VizFrameKind decode_ethernet (Decoder *decoder, const guint8 *bytes, gsize length);

static const char *
show_ipv4 (const Decoder *decoder, NetIpv4 address, char text[NET_IPV4_TEXT])
{
  return viz_names_of (decoder->names, net_ipv4_format (address, text));
}

static const char *
show_ipv6 (const Decoder *decoder, const NetIpv6 *address, char text[NET_IPV6_TEXT])
{
  return viz_names_of (decoder->names, net_ipv6_format (address, text));
}

static const char *
show_mac (const Decoder *decoder, const NetMac *mac, char text[NET_MAC_TEXT])
{
  if (net_mac_equal (mac, &net_mac_broadcast))
    return "broadcast";
  return viz_names_of (decoder->names, net_mac_format (mac, text));
}

/* "[malformed ARP]"; TRUE when there is something wrong. */
static gboolean
append_problem (Decoder *decoder, NetDropReason reason, const char *what)
{
  if (reason != NET_DROP_NONE)
    g_string_append_printf (decoder->out, "[%s %s]", net_drop_word (reason), what);
  return reason != NET_DROP_NONE;
}

/* ---- ARP ----------------------------------------------------------------------------------------------- */

static void
append_arp_request (Decoder *decoder, const NetArp *arp)
{
  char sender[NET_IPV4_TEXT], target[NET_IPV4_TEXT];
  const char *sender_name = show_ipv4 (decoder, arp->sender_ip, sender);
  const char *target_name = show_ipv4 (decoder, arp->target_ip, target);

  if (arp->sender_ip == 0)
    g_string_append_printf (decoder->out, "ARP probe %s", target_name);
  else if (arp->sender_ip == arp->target_ip)
    g_string_append_printf (decoder->out, "ARP announce %s", target_name);
  else
    g_string_append_printf (decoder->out, "ARP who-has %s tell %s", target_name, sender_name);
}

static VizFrameKind
decode_arp (Decoder *decoder, const guint8 *bytes, gsize length)
{
  char ip[NET_IPV4_TEXT], mac[NET_MAC_TEXT];
  NetArp arp;

  if (append_problem (decoder, net_arp_parse (bytes, length, &arp), "ARP"))
    return VIZ_FRAME_ARP;
  if (arp.op == NET_ARP_REQUEST)
    append_arp_request (decoder, &arp);
  else if (arp.op == NET_ARP_REPLY)
    /* The MAC stays a MAC: it is what the reply is about. */
    g_string_append_printf (decoder->out, "ARP %s is-at %s", show_ipv4 (decoder, arp.sender_ip, ip),
                            net_mac_format (&arp.sender_mac, mac));
  else
    g_string_append_printf (decoder->out, "ARP op %u", arp.op);
  return VIZ_FRAME_ARP;
}

/* ---- UDP ----------------------------------------------------------------------------------------------- */

static const char *
dhcp_word (guint type)
{
  static const char *const words[]
      = { "BOOTP", "DISCOVER", "OFFER", "REQUEST", "DECLINE", "ACK", "NAK", "RELEASE", "INFORM" };
  return type < G_N_ELEMENTS (words) ? words[type] : "unknown";
}

static VizFrameKind
decode_dhcp (Decoder *decoder, const guint8 *bytes, gsize length)
{
  char mac[NET_MAC_TEXT], ip[NET_IPV4_TEXT];
  NetDhcp dhcp;

  if (append_problem (decoder, net_dhcp_parse (bytes, length, &dhcp), "DHCP"))
    return VIZ_FRAME_DHCP;
  g_string_append_printf (decoder->out, "DHCP %s %s", dhcp_word (dhcp.type),
                          show_mac (decoder, &dhcp.client_mac, mac));
  if (dhcp.your_ip)
    g_string_append_printf (decoder->out, " is %s", net_ipv4_format (dhcp.your_ip, ip));
  g_string_append_printf (decoder->out, " xid %08x", dhcp.xid);
  return VIZ_FRAME_DHCP;
}

static gboolean
is_port (guint16 a, guint16 b, guint port)
{
  return a == port || b == port;
}

static VizFrameKind
decode_udp (Decoder *decoder, const guint8 *bytes, gsize length, NetDropReason reason, const NetUdp *udp,
            const Pair *pair)
{
  gsize payload = length - MIN (length, NET_UDP_HEADER);

  if (append_problem (decoder, reason, "UDP"))
    return VIZ_FRAME_UDP;
  if (is_port (udp->source_port, udp->destination_port, NET_DHCP_SERVER_PORT))
    return decode_dhcp (decoder, bytes + NET_UDP_HEADER, MIN (payload, udp->length - NET_UDP_HEADER));
  if (udp->destination_port == BFD_PORT || udp->destination_port == BFD_MULTIHOP_PORT)
    {
      g_string_append_printf (decoder->out, "BFD %s>%s", pair->source, pair->destination);
      return VIZ_FRAME_BFD;
    }
  g_string_append_printf (decoder->out, "UDP %s:%u>%s:%u %u bytes", pair->source, udp->source_port,
                          pair->destination, udp->destination_port, udp->length - NET_UDP_HEADER);
  return VIZ_FRAME_UDP;
}

/* ---- TCP ----------------------------------------------------------------------------------------------- */

static VizFrameKind
tcp_kind (const NetTcp *tcp)
{
  if (is_port (tcp->source_port, tcp->destination_port, OVSDB_PORT))
    return VIZ_FRAME_OVSDB;
  if (is_port (tcp->source_port, tcp->destination_port, OPENFLOW_PORT)
      || is_port (tcp->source_port, tcp->destination_port, OPENFLOW_OLD_PORT))
    return VIZ_FRAME_OPENFLOW;
  return VIZ_FRAME_TCP;
}

static VizFrameKind
decode_tcp (Decoder *decoder, const guint8 *bytes, gsize length, const NetIpv4Header *ip, const Pair *pair)
{
  static const char *const flags[] = { "FIN", "SYN", "RST", "PSH", "ACK", "URG" };
  const char *front = "[";
  VizFrameKind kind;
  NetTcp tcp;

  if (append_problem (decoder, net_tcp_parse (bytes, length, ip, &tcp), "TCP"))
    return VIZ_FRAME_TCP;
  kind = tcp_kind (&tcp);
  g_string_append_printf (decoder->out, "%s %s:%u>%s:%u ", viz_frame_kind_word (kind), pair->source,
                          tcp.source_port, pair->destination, tcp.destination_port);
  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    if (tcp.flags & 1u << i)
      {
        g_string_append_printf (decoder->out, "%s%s", front, flags[i]);
        front = " ";
      }
  g_string_append_printf (decoder->out, "%s %u bytes", *front == '[' ? "[]" : "]",
                          (guint) length - tcp.header_length);
  return kind;
}

/* ---- IP ------------------------------------------------------------------------------------------------ */

static void
append_echo (Decoder *decoder, const char *word, const NetIcmp *icmp, const Pair *pair)
{
  g_string_append_printf (decoder->out, "%s %s>%s id %u seq %u", word, pair->source, pair->destination,
                          icmp->id, icmp->sequence);
}

static VizFrameKind
decode_icmp (Decoder *decoder, const guint8 *bytes, gsize length, const Pair *pair)
{
  NetIcmp icmp;

  if (append_problem (decoder, net_icmp_parse (bytes, length, &icmp), "ICMP"))
    return VIZ_FRAME_ICMP;
  if (icmp.type == NET_ICMP_ECHO_REQUEST)
    append_echo (decoder, "ICMP echo request", &icmp, pair);
  else if (icmp.type == NET_ICMP_ECHO_REPLY)
    append_echo (decoder, "ICMP echo reply", &icmp, pair);
  else if (icmp.type == NET_ICMP_UNREACHABLE)
    g_string_append_printf (decoder->out, "ICMP unreachable, code %u, %s>%s", icmp.code, pair->source,
                            pair->destination);
  else
    g_string_append_printf (decoder->out, "ICMP type %u code %u %s>%s", icmp.type, icmp.code, pair->source,
                            pair->destination);
  return VIZ_FRAME_ICMP;
}

static VizFrameKind
decode_ipv4 (Decoder *decoder, const guint8 *bytes, gsize length)
{
  NetIpv4Header ip;
  Pair pair;
  NetUdp udp = { 0 };
  NetDropReason reason;

  if (append_problem (decoder, net_ipv4_parse (bytes, length, &ip), "IPv4"))
    return VIZ_FRAME_OTHER;
  pair.source = show_ipv4 (decoder, ip.source, pair.source_text);
  pair.destination = show_ipv4 (decoder, ip.destination, pair.destination_text);
  bytes += ip.header_length;
  length = ip.total_length - ip.header_length;
  if (net_ipv4_is_fragment (&ip))
    {
      g_string_append_printf (decoder->out, "IPv4 fragment at %u %s>%s protocol %u", ip.fragment_offset,
                              pair.source, pair.destination, ip.protocol);
      return VIZ_FRAME_OTHER;
    }
  switch (ip.protocol)
    {
    case NET_IP_ICMP:
      return decode_icmp (decoder, bytes, length, &pair);
    case NET_IP_TCP:
      return decode_tcp (decoder, bytes, length, &ip, &pair);
    case NET_IP_UDP:
      reason = net_udp_parse (bytes, length, &ip, &udp);
      return decode_udp (decoder, bytes, length, reason, &udp, &pair);
    default:
      g_string_append_printf (decoder->out, "IPv4 %s>%s protocol %u", pair.source, pair.destination,
                              ip.protocol);
      return VIZ_FRAME_OTHER;
    }
}

static VizFrameKind
decode_nd (Decoder *decoder, const guint8 *bytes, gsize length, const NetIpv6Header *ip, const Pair *pair)
{
  char target[NET_IPV6_TEXT], mac[NET_MAC_TEXT];
  NetNd nd;

  if (append_problem (decoder, net_nd_parse (bytes, length, ip, &nd), "ND"))
    return VIZ_FRAME_ND;
  if (nd.type == NET_ND_SOLICITATION)
    g_string_append_printf (decoder->out, "ND who-has %s tell %s", show_ipv6 (decoder, &nd.target, target),
                            pair->source);
  else
    g_string_append_printf (decoder->out, "ND %s is-at %s", show_ipv6 (decoder, &nd.target, target),
                            nd.has_link_address ? net_mac_format (&nd.link_address, mac) : "(not said)");
  return VIZ_FRAME_ND;
}

static VizFrameKind
decode_icmpv6 (Decoder *decoder, const guint8 *bytes, gsize length, const NetIpv6Header *ip, const Pair *pair)
{
  NetIcmp icmp;

  if (length && (bytes[0] == NET_ND_SOLICITATION || bytes[0] == NET_ND_ADVERTISEMENT))
    return decode_nd (decoder, bytes, length, ip, pair);
  if (append_problem (decoder, net_icmpv6_parse (bytes, length, ip, &icmp), "ICMPv6"))
    return VIZ_FRAME_ICMP;
  if (icmp.type == NET_ICMPV6_ECHO_REQUEST)
    append_echo (decoder, "ICMPv6 echo request", &icmp, pair);
  else if (icmp.type == NET_ICMPV6_ECHO_REPLY)
    append_echo (decoder, "ICMPv6 echo reply", &icmp, pair);
  else
    g_string_append_printf (decoder->out, "ICMPv6 type %u %s>%s", icmp.type, pair->source, pair->destination);
  return VIZ_FRAME_ICMP;
}

static VizFrameKind
decode_ipv6 (Decoder *decoder, const guint8 *bytes, gsize length)
{
  NetIpv6Header ip;
  Pair pair;
  NetUdp udp = { 0 };
  NetDropReason reason;

  if (append_problem (decoder, net_ipv6_parse (bytes, length, &ip), "IPv6"))
    return VIZ_FRAME_OTHER;
  pair.source = show_ipv6 (decoder, &ip.source, pair.source_text);
  pair.destination = show_ipv6 (decoder, &ip.destination, pair.destination_text);
  bytes += NET_IPV6_HEADER;
  length = ip.payload_length;
  if (ip.next_header == NET_IP_ICMPV6)
    return decode_icmpv6 (decoder, bytes, length, &ip, &pair);
  if (ip.next_header == NET_IP_UDP)
    {
      reason = net_udp_parse_ipv6 (bytes, length, &ip, &udp);
      return decode_udp (decoder, bytes, length, reason, &udp, &pair);
    }
  g_string_append_printf (decoder->out, "IPv6 %s>%s next header %u", pair.source, pair.destination,
                          ip.next_header);
  return VIZ_FRAME_OTHER;
}

/* ---- tunnels and Ethernet ------------------------------------------------------------------------------ */

/* FALSE when the frame is none that we would take for VXLAN. */
static gboolean
decode_vxlan (Decoder *decoder, const guint8 *bytes, gsize length, VizFrameKind *kind)
{
  char source[NET_IPV4_TEXT], destination[NET_IPV4_TEXT];
  guint inner, inner_length;
  NetVxlan vxlan;
  NetDropReason reason = net_vxlan_parse (bytes, length, &vxlan, &inner, &inner_length);

  if (reason != NET_DROP_NONE && reason != NET_DROP_VXLAN_FLAGS)
    return FALSE;
  g_string_append_printf (decoder->out, "VXLAN vni %u %s>%s | ", vxlan.vni,
                          show_ipv4 (decoder, vxlan.source_ip, source),
                          show_ipv4 (decoder, vxlan.destination_ip, destination));
  *kind = VIZ_FRAME_OTHER;
  if (append_problem (decoder, reason, "header"))
    return TRUE;
  if (++decoder->depth > NESTED_MAX)
    g_string_append (decoder->out, "…");
  else
    *kind = decode_ethernet (decoder, bytes + inner, inner_length);
  return TRUE;
}

static void
append_tags (Decoder *decoder, const NetEthernet *header)
{
  for (guint i = 0; i < header->n_tags; i++)
    g_string_append_printf (decoder->out, "%s %u | ",
                            header->tags[i].tpid == NET_ETHERTYPE_QINQ ? "802.1ad" : "802.1Q",
                            NET_VLAN_VID (header->tags[i].tci));
}

static VizFrameKind
decode_other (Decoder *decoder, const NetEthernet *header)
{
  char source[NET_MAC_TEXT], destination[NET_MAC_TEXT];
  const char *from = show_mac (decoder, &header->source, source);
  const char *to = show_mac (decoder, &header->destination, destination);

  if (header->type == NET_ETHERTYPE_LLDP)
    {
      g_string_append_printf (decoder->out, "LLDP from %s", from);
      return VIZ_FRAME_LLDP;
    }
  if (header->type < 1536)
    g_string_append_printf (decoder->out, "802.3 %s>%s", from, to);
  else
    g_string_append_printf (decoder->out, "type 0x%04x %s>%s", header->type, from, to);
  return VIZ_FRAME_OTHER;
}

static VizFrameKind
decode_ethernet (Decoder *decoder, const guint8 *bytes, gsize length)
{
  NetEthernet header;
  VizFrameKind kind;

  if (append_problem (decoder, net_ethernet_parse (bytes, length, &header), "Ethernet"))
    return VIZ_FRAME_OTHER;
  append_tags (decoder, &header);
  if (header.n_tags == 0 && decode_vxlan (decoder, bytes, length, &kind))
    return kind;
  bytes += header.payload;
  length -= header.payload;
  switch (header.type)
    {
    case NET_ETHERTYPE_ARP:
      return decode_arp (decoder, bytes, length);
    case NET_ETHERTYPE_IPV4:
      return decode_ipv4 (decoder, bytes, length);
    case NET_ETHERTYPE_IPV6:
      return decode_ipv6 (decoder, bytes, length);
    default:
      return decode_other (decoder, &header);
    }
}

VizFrameKind
viz_decode (const VizFrame *frame, const VizNames *names, GString *out)
{
  Decoder decoder = { .out = out, .names = names };
  VizFrameKind kind = decode_ethernet (&decoder, frame->bytes, frame->captured);

  if (frame->captured < frame->length)
    g_string_append_printf (out, " (%u of %u captured)", frame->captured, frame->length);
  else
    g_string_append_printf (out, " (%u)", frame->length);
  return kind;
}

const char *
viz_frame_kind_word (VizFrameKind kind)
{
  switch (kind)
    {
    case VIZ_FRAME_ARP:
      return "ARP";
    case VIZ_FRAME_ND:
      return "ND";
    case VIZ_FRAME_ICMP:
      return "ICMP";
    case VIZ_FRAME_DHCP:
      return "DHCP";
    case VIZ_FRAME_UDP:
      return "UDP";
    case VIZ_FRAME_TCP:
      return "TCP";
    case VIZ_FRAME_OVSDB:
      return "OVSDB";
    case VIZ_FRAME_OPENFLOW:
      return "OpenFlow";
    case VIZ_FRAME_BFD:
      return "BFD";
    case VIZ_FRAME_LLDP:
      return "LLDP";
    default:
      return "frame";
    }
}
