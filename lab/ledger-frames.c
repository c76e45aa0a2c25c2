/* The ledger's book of frames: what each guest sent last, what reached it, and who dropped how many. */
#include "lab/ledger-private.h"

#include <string.h>

#include "net/arp.h"
#include "net/dhcp.h"
#include "net/ipv4.h"
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
      ledger->guests->pdata[interface->id] = guest;
    }
}

static void
classify (const SimTracePacket *packet, LabSentFrame *frame)
{
  const guint8 *payload;
  gsize n;
  NetEthernet ethernet;
  NetArp arp;
  NetIpv4Header ip;
  NetUdp udp;

  frame->kind = LAB_FRAME_OTHER;
  if (net_ethernet_parse (packet->bytes, packet->captured, &ethernet) != NET_DROP_NONE)
    return;
  frame->destination = ethernet.destination;
  payload = packet->bytes + ethernet.payload;
  n = packet->captured - ethernet.payload;
  if (ethernet.type == NET_ETHERTYPE_ARP && net_arp_parse (payload, n, &arp) == NET_DROP_NONE)
    {
      frame->kind = arp.op == NET_ARP_REQUEST ? LAB_FRAME_ARP_REQUEST : LAB_FRAME_ARP_REPLY;
      frame->to = arp.target_ip;
    }
  else if (ethernet.type == NET_ETHERTYPE_IPV4 && net_ipv4_parse (payload, n, &ip) == NET_DROP_NONE)
    {
      frame->kind = LAB_FRAME_IPV4;
      frame->to = ip.destination;
      if (ip.protocol == NET_IP_UDP
          && net_udp_parse (payload + ip.header_length, ip.total_length - ip.header_length, &ip, &udp)
                 == NET_DROP_NONE
          && (udp.destination_port == NET_DHCP_SERVER_PORT || udp.destination_port == NET_DHCP_CLIENT_PORT))
        frame->kind = LAB_FRAME_DHCP;
    }
}

static LabDropCount *
count_of (LabLedger *ledger, const char *node, gsize length)
{
  LabDropCount fresh = { 0 };

  for (guint i = 0; i < ledger->drop_counts->len; i++)
    {
      LabDropCount *count = &g_array_index (ledger->drop_counts, LabDropCount, i);
      if (strncmp (count->node, node, length) == 0 && !count->node[length])
        return count;
    }
  fresh.node = g_strndup (node, length);
  g_array_append_val (ledger->drop_counts, fresh);
  return &g_array_index (ledger->drop_counts, LabDropCount, ledger->drop_counts->len - 1);
}

static gboolean
is_on_node (const LabDrop *drop, const char *node)
{
  gsize length = strcspn (drop->interface, "/");
  return !node || (strncmp (drop->interface, node, length) == 0 && !node[length]);
}

static void
hear_drop (LabLedger *ledger, gint64 time_ns, const SimTracePacket *packet)
{
  const char *name = ledger->interfaces->pdata[packet->interface_id];
  gsize length = strcspn (name, "/");
  g_autofree char *node = g_strndup (name, length);
  LabDrop *drop = NULL;

  count_of (ledger, name, length)->by_reason[packet->drop]++;
  for (guint i = 0; i < ledger->drops->len && !drop; i++)
    {
      LabDrop *d = ledger->drops->pdata[i];
      if (d->reason == packet->drop && is_on_node (d, node))
        drop = d;
    }
  if (!drop)
    {
      drop = g_new0 (LabDrop, 1);
      g_ptr_array_add (ledger->drops, drop);
    }
  g_free (drop->interface);
  g_free (drop->table);
  g_free (drop->rule);
  *drop = (LabDrop){ g_strdup (name), g_strdup (packet->table), g_strdup (packet->rule), packet->drop,
                     time_ns,         packet->packet_id };
}

void
lab_ledger_hear_packet (LabLedger *ledger, gint64 time_ns, const SimTracePacket *packet)
{
  LabGuestFrames *guest;

  if (packet->interface_id >= ledger->interfaces->len || !ledger->interfaces->pdata[packet->interface_id])
    return;
  if (packet->drop != NET_DROP_NONE)
    {
      hear_drop (ledger, time_ns, packet);
      return;
    }
  guest = ledger->guests->pdata[packet->interface_id];
  if (!guest)
    return;
  if (packet->direction == SIM_TRACE_INBOUND)
    guest->arrived[guest->n_arrived++ % LAB_ARRIVED_KEPT] = packet->packet_id;
  else
    {
      LabSentFrame *frame = &guest->sent[guest->n_sent++ % LAB_SENT_KEPT];
      *frame = (LabSentFrame){ .packet_id = packet->packet_id, .time_ns = time_ns };
      classify (packet, frame);
    }
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

const LabSentFrame *
lab_ledger_last_sent (const LabLedger *ledger, const char *node, LabFrameKind kind, NetIpv4 to)
{
  const LabGuestFrames *guest = find_guest (ledger, node);

  for (guint i = 0; guest && i < MIN (guest->n_sent, LAB_SENT_KEPT); i++)
    {
      const LabSentFrame *frame = &guest->sent[(guest->n_sent - 1 - i) % LAB_SENT_KEPT];
      if (frame->kind == kind && (to == 0 || frame->to == to))
        return frame;
    }
  return NULL;
}

gboolean
lab_ledger_arrived (const LabLedger *ledger, const char *node, guint64 packet_id)
{
  const LabGuestFrames *guest = find_guest (ledger, node);

  for (guint i = 0; guest && i < MIN (guest->n_arrived, LAB_ARRIVED_KEPT); i++)
    if (guest->arrived[i] == packet_id)
      return TRUE;
  return FALSE;
}

guint64
lab_ledger_drops (const LabLedger *ledger, const char *node, NetDropReason reason)
{
  guint64 n = 0;

  for (guint i = 0; i < ledger->drop_counts->len; i++)
    {
      const LabDropCount *count = &g_array_index (ledger->drop_counts, LabDropCount, i);
      if (node && strcmp (count->node, node) != 0)
        continue;
      for (guint r = 1; r < NET_DROP_N; r++)
        if (reason == NET_DROP_NONE || reason == r)
          n += count->by_reason[r];
    }
  return n;
}

const LabDrop *
lab_ledger_last_drop (const LabLedger *ledger, const char *node, NetDropReason reason)
{
  const LabDrop *last = NULL;

  for (guint i = 0; i < ledger->drops->len; i++)
    {
      const LabDrop *drop = ledger->drops->pdata[i];
      if (is_on_node (drop, node) && (reason == NET_DROP_NONE || drop->reason == reason)
          && (!last || drop->time_ns >= last->time_ns))
        last = drop;
    }
  return last;
}
