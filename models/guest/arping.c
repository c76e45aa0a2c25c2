/* ARP requests on demand: broadcast each interval; a request not answered within it has timed out. */
#include "models/guest/arping.h"
#include "models/guest/tell.h"

#define DEFAULT_INTERVAL_NS (1 * NET_SEC)
#define PADDING_MAX         1458u /* an ARP frame of 1500 bytes */

struct _GuestArpinger
{
  SimNode *node;
  GuestStack *stack;
  GuestArping arping;
  guint n_sent;
  gboolean waiting; /* for the answer to the last request */
  gint64 sent_ns;
  NetTimer timer;
};

static void
tell (GuestArpinger *arpinger, const char *op, const char *more)
{
  char to[NET_IPV4_TEXT], key[NET_IPV4_TEXT + 12];

  net_ipv4_format (arpinger->arping.to, to);
  g_snprintf (key, sizeof key, "%s %u", to, arpinger->n_sent);
  guest_tell (&arpinger->node->world, "arping", op, key, "{\"to\":\"%s\",\"seq\":%u%s}", to, arpinger->n_sent,
              more);
}

static void
send_request (GuestArpinger *arpinger, gint64 now_ns)
{
  NetArp arp = { .op = NET_ARP_REQUEST,
                 .sender_mac = guest_stack_mac (arpinger->stack),
                 .sender_ip = guest_stack_ipv4 (arpinger->stack),
                 .target_ip = arpinger->arping.to };
  NetFrame *frame = net_arp_frame (arpinger->node->world.frames, &net_mac_broadcast, &arp);
  guint length = frame->length;

  net_frame_set_length (frame, length + arpinger->arping.padding);
  memset (net_frame_data (frame) + length, 0, arpinger->arping.padding);
  arpinger->n_sent++;
  arpinger->waiting = TRUE;
  arpinger->sent_ns = now_ns;
  tell (arpinger, "sent", "");
  guest_stack_send_frame (arpinger->stack, frame);
}

static void
fire (NetTimer *timer, gint64 now_ns)
{
  GuestArpinger *arpinger = timer->owner;

  if (arpinger->waiting)
    tell (arpinger, "timeout", "");
  arpinger->waiting = FALSE;
  if (arpinger->n_sent == arpinger->arping.count)
    return;
  net_world_timer_set (&arpinger->node->world, timer, now_ns + arpinger->arping.interval_ns);
  send_request (arpinger, now_ns);
}

void
guest_arpinger_start (GuestArpinger *arpinger, const GuestArping *arping)
{
  guest_arpinger_stop (arpinger);
  arpinger->arping = *arping;
  arpinger->arping.count = MAX (arping->count, 1);
  arpinger->arping.padding = MIN (arping->padding, PADDING_MAX);
  if (arping->interval_ns <= 0)
    arpinger->arping.interval_ns = DEFAULT_INTERVAL_NS;
  arpinger->n_sent = 0;
  fire (&arpinger->timer, sim_node_now (arpinger->node));
}

void
guest_arpinger_stop (GuestArpinger *arpinger)
{
  arpinger->waiting = FALSE;
  net_world_timer_cancel (&arpinger->node->world, &arpinger->timer);
}

void
guest_arpinger_reply (GuestArpinger *arpinger, const NetArp *arp)
{
  char mac[NET_MAC_TEXT], more[96];

  if (!arpinger->waiting || arp->sender_ip != arpinger->arping.to)
    return;
  arpinger->waiting = FALSE;
  g_snprintf (more, sizeof more, ",\"mac\":\"%s\",\"rtt_ns\":%" G_GINT64_FORMAT,
              net_mac_format (&arp->sender_mac, mac), sim_node_now (arpinger->node) - arpinger->sent_ns);
  tell (arpinger, "reply", more);
}

GuestArpinger *
guest_arpinger_new (SimNode *node, GuestStack *stack)
{
  GuestArpinger *arpinger = g_new0 (GuestArpinger, 1);

  arpinger->node = node;
  arpinger->stack = stack;
  net_timer_init (&arpinger->timer, fire, arpinger);
  return arpinger;
}

void
guest_arpinger_free (GuestArpinger *arpinger)
{
  if (!arpinger)
    return;
  net_world_timer_cancel (&arpinger->node->world, &arpinger->timer);
  g_free (arpinger);
}
