/* The ledger's book of frames: what each guest sent last. */
#include "lab/ledger-private.h"

#include <string.h>

#include "net/arp.h"
#include "net/dhcp.h"
#include "net/icmp.h"
#include "net/ipv4.h"
#include "net/nd.h"
#include "net/udp.h"

void
lab_ledger_hear_interface (LabLedger *ledger, const SimTraceInterface *interface)
{
  LabGuestFrames *guest = NULL;

  if (interface->id >= ledger->interfaces->len)
    {
      g_ptr_array_set_size (ledger->interfaces, (int) interface->id + 1);
      g_ptr_array_set_size (ledger->guests, (int) interface->id + 1);
    }
  g_free (ledger->interfaces->pdata[interface->id]);
  ledger->interfaces->pdata[interface->id] = g_strdup (interface->name);
  if (interface->kind && !ledger->guests->pdata[interface->id]
      && (strcmp (interface->kind, "guest") == 0 || strcmp (interface->kind, "dhcp") == 0))
    {
      guest = g_new0 (LabGuestFrames, 1);
      guest->node = g_strndup (interface->name, strcspn (interface->name, "/"));
      guest->sent = g_array_new (FALSE, FALSE, sizeof (LabSentFrame));
      ledger->guests->pdata[interface->id] = guest;
    }
}

NetIpv6
lab_address_v4 (NetIpv4 ip)
{
  return (NetIpv6){ { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, (guint8) (ip >> 24), (guint8) (ip >> 16),
                      (guint8) (ip >> 8), (guint8) ip } };
}

/* ---- what a frame is ----------------------------------------------------------------------------------------- */

static void
classify_arp (LabSentFrame *frame, const guint8 *bytes, gsize n)
{
  NetArp arp;

  if (net_arp_parse (bytes, n, &arp) != NET_DROP_NONE)
    return;
  frame->kind = arp.op == NET_ARP_REQUEST ? LAB_FRAME_ASK : LAB_FRAME_TELL;
  frame->to = lab_address_v4 (arp.target_ip);
}

static void
classify_echo (LabSentFrame *frame, const NetIcmp *icmp, guint request, guint reply)
{
  if (icmp->type != request && icmp->type != reply)
    return;
  frame->kind = icmp->type == request ? LAB_FRAME_ECHO_REQUEST : LAB_FRAME_ECHO_REPLY;
  frame->echo_id = icmp->id;
  frame->echo_sequence = icmp->sequence;
}

static void
classify_ipv4 (LabSentFrame *frame, const guint8 *bytes, gsize n)
{
  NetIpv4Header ip;
  NetIcmp icmp;
  NetUdp udp;
  const guint8 *payload;
  gsize length;

  if (net_ipv4_parse (bytes, n, &ip) != NET_DROP_NONE)
    return;
  frame->to = lab_address_v4 (ip.destination);
  payload = bytes + ip.header_length;
  length = ip.total_length - ip.header_length;
  if (ip.protocol == NET_IP_ICMP && net_icmp_parse (payload, length, &icmp) == NET_DROP_NONE)
    classify_echo (frame, &icmp, NET_ICMP_ECHO_REQUEST, NET_ICMP_ECHO_REPLY);
  else if (ip.protocol == NET_IP_UDP && net_udp_parse (payload, length, &ip, &udp) == NET_DROP_NONE
           && (udp.destination_port == NET_DHCP_SERVER_PORT || udp.destination_port == NET_DHCP_CLIENT_PORT))
    frame->kind = LAB_FRAME_DHCP;
}

static void
classify_ipv6 (LabSentFrame *frame, const guint8 *bytes, gsize n)
{
  NetIpv6Header ip;
  NetIcmp icmp;
  NetNd nd;

  frame->ipv6 = TRUE;
  if (net_ipv6_parse (bytes, n, &ip) != NET_DROP_NONE)
    return;
  frame->to = ip.destination;
  if (ip.next_header != NET_IP_ICMPV6)
    return;
  if (net_nd_parse (bytes + NET_IPV6_HEADER, ip.payload_length, &ip, &nd) == NET_DROP_NONE)
    {
      frame->kind = nd.type == NET_ND_SOLICITATION ? LAB_FRAME_ASK : LAB_FRAME_TELL;
      if (frame->kind == LAB_FRAME_ASK)
        frame->to = nd.target;
    }
  else if (net_icmpv6_parse (bytes + NET_IPV6_HEADER, ip.payload_length, &ip, &icmp) == NET_DROP_NONE)
    classify_echo (frame, &icmp, NET_ICMPV6_ECHO_REQUEST, NET_ICMPV6_ECHO_REPLY);
}

static void
classify (const SimTracePacket *packet, LabSentFrame *frame)
{
  const guint8 *payload;
  gsize n;
  NetEthernet ethernet;

  frame->kind = LAB_FRAME_OTHER;
  if (net_ethernet_parse (packet->bytes, packet->captured, &ethernet) != NET_DROP_NONE)
    return;
  payload = packet->bytes + ethernet.payload;
  n = packet->captured - ethernet.payload;
  if (ethernet.type == NET_ETHERTYPE_ARP)
    classify_arp (frame, payload, n);
  else if (ethernet.type == NET_ETHERTYPE_IPV4)
    classify_ipv4 (frame, payload, n);
  else if (ethernet.type == NET_ETHERTYPE_IPV6)
    classify_ipv6 (frame, payload, n);
}

/* ---- what guests sent ---------------------------------------------------------------------------------------- */

static void
keep (LabGuestFrames *guest, const LabSentFrame *frame)
{
  if (guest->sent->len < LAB_SENT_KEPT)
    {
      g_array_append_vals (guest->sent, frame, 1);
      return;
    }
  g_array_index (guest->sent, LabSentFrame, guest->next) = *frame;
  guest->next = (guest->next + 1) % LAB_SENT_KEPT;
}

void
lab_ledger_hear_packet (LabLedger *ledger, gint64 time_ns, const SimTracePacket *packet)
{
  LabSentFrame frame = { .packet_id = packet->packet_id, .time_ns = time_ns };
  LabGuestFrames *guest;

  if (packet->interface_id >= ledger->interfaces->len || !ledger->interfaces->pdata[packet->interface_id])
    return;
  if (packet->drop != NET_DROP_NONE)
    {
      lab_ledger_hear_drop (ledger, time_ns, packet);
      return;
    }
  guest = ledger->guests->pdata[packet->interface_id];
  if (!guest || packet->direction != SIM_TRACE_OUTBOUND)
    return;
  classify (packet, &frame);
  keep (guest, &frame);
}

static const LabGuestFrames *
find_guest (const LabLedger *ledger, const char *node)
{
  for (guint i = 0; i < ledger->guests->len; i++)
    {
      const LabGuestFrames *guest = ledger->guests->pdata[i];
      if (guest && strcmp (guest->node, node) == 0)
        return guest;
    }
  return NULL;
}

/* In the order of sending; NULL behind the last. */
static const LabSentFrame *
nth (const LabGuestFrames *guest, guint index)
{
  if (!guest || index >= guest->sent->len)
    return NULL;
  return &g_array_index (guest->sent, LabSentFrame, (guest->next + index) % guest->sent->len);
}

const LabSentFrame *
lab_ledger_sent_since (const LabLedger *ledger, const char *node, LabFrameKind kind, const NetIpv6 *to,
                       gint64 since_ns)
{
  const LabGuestFrames *guest = find_guest (ledger, node);
  const LabSentFrame *frame;

  for (guint i = 0; (frame = nth (guest, i)); i++)
    if (frame->kind == kind && frame->time_ns >= since_ns && net_ipv6_equal (&frame->to, to))
      return frame;
  return NULL;
}

const LabSentFrame *
lab_ledger_sent_echo (const LabLedger *ledger, const char *node, LabFrameKind kind, guint echo_id,
                      guint echo_sequence)
{
  const LabGuestFrames *guest = find_guest (ledger, node);
  const LabSentFrame *frame;

  for (guint i = 0; (frame = nth (guest, i)); i++)
    if (frame->kind == kind && frame->echo_id == echo_id && frame->echo_sequence == echo_sequence)
      return frame;
  return NULL;
}

const LabSentFrame *
lab_ledger_last_sent (const LabLedger *ledger, const char *node, LabFrameKind kind, const NetIpv6 *to)
{
  const LabGuestFrames *guest = find_guest (ledger, node);
  const LabSentFrame *frame, *last = NULL;

  for (guint i = 0; (frame = nth (guest, i)); i++)
    if (frame->kind == kind && (!to || net_ipv6_equal (&frame->to, to)))
      last = frame;
  return last;
}
