/* What is announced and what is in force differ while a poll sequence runs: each end goes by the safer of the two until
 * the other has confirmed (RFC 5880 §6.8.3). */
#include "gateway/bfd.h"

#define MSEC   G_GINT64_CONSTANT (1000000)
#define USEC   G_GINT64_CONSTANT (1000)
#define NEVER  G_MAXINT64
#define UNSEEN G_MAXUINT64

/* RFC 5880 §6.8.3: a session that is not Up sends no faster than this. */
#define SLOW_TX_NS (1000 * MSEC)
/* No tunnel counts as idle before it was watched for so long. */
#define DECAY_WINDOW_MIN_NS (2000 * MSEC)
/* With forwarding_if_rx, BFD itself must still be heard once in so many intervals. */
#define DEMANDED_INTERVALS 100

struct _VtepBfd
{
  VtepBfdConfig config;
  guint32 discriminator, remote_discriminator;
  NetBfdState state, remote_state;
  guint8 diagnostic, remote_diagnostic;

  gint64 tx_ns, rx_ns;                   /* announced */
  gint64 tx_in_force_ns, rx_in_force_ns; /* ours, until the poll sequence ends */
  gboolean polling, poll_again;          /* poll_again: something changed while polling */
  gint64 remote_tx_ns, remote_rx_ns;     /* what the other end announced */
  guint remote_multiplier;
  gboolean remote_demands;

  gint64 sent_ns; /* the last periodic packet */
  guint32 chance; /* the jitter of the next one */
  gboolean send_now, final_due;
  gint64 heard_ns;  /* the last packet; -1: none, or given up */
  gint64 packet_ns; /* the last packet, given up or not; -1: none ever */
  gint64 over_ns;   /* in AdminDown: when it need not be told any more */

  guint64 n_data; /* UNSEEN: nobody has looked yet */
  gint64 data_ns; /* when n_data was seen to grow; -1: never */
  gint64 looked_ns;
  gint64 window_ns; /* when the decay window ends */
  guint64 window_data;
  gboolean decaying;
};

static guint8
own_multiplier (const VtepBfd *bfd)
{
  return bfd->config.multiplier ? bfd->config.multiplier : VTEP_BFD_MULTIPLIER;
}

/* ---- intervals ----------------------------------------------------------------------------------------------- */

static gboolean
decays (const VtepBfd *bfd)
{
  return bfd->state == NET_BFD_UP && bfd->config.decay_min_rx_ms >= bfd->config.min_rx_ms;
}

static gint64
wanted_tx (const VtepBfd *bfd)
{
  gint64 configured = bfd->config.min_tx_ms * MSEC;
  return bfd->state == NET_BFD_UP ? configured : MAX (configured, SLOW_TX_NS);
}

static gint64
wanted_rx (const VtepBfd *bfd)
{
  return (bfd->decaying ? bfd->config.decay_min_rx_ms : bfd->config.min_rx_ms) * MSEC;
}

/* Announces what is wanted now.  Slower sending and quicker detection wait for the other end's confirmation. */
static void
announce (VtepBfd *bfd)
{
  gint64 tx_ns = wanted_tx (bfd), rx_ns = wanted_rx (bfd);

  if (tx_ns == bfd->tx_ns && rx_ns == bfd->rx_ns)
    return;
  bfd->tx_ns = tx_ns;
  bfd->rx_ns = rx_ns;
  if (bfd->state == NET_BFD_UP)
    {
      bfd->tx_in_force_ns = MIN (bfd->tx_in_force_ns, tx_ns);
      bfd->rx_in_force_ns = MAX (bfd->rx_in_force_ns, rx_ns);
    }
  else
    {
      bfd->tx_in_force_ns = tx_ns;
      bfd->rx_in_force_ns = rx_ns;
    }
  bfd->poll_again = bfd->polling;
  bfd->polling = bfd->remote_discriminator != 0;
}

static void
confirmed (VtepBfd *bfd)
{
  if (bfd->poll_again)
    {
      bfd->poll_again = FALSE;
      return;
    }
  bfd->polling = FALSE;
  bfd->tx_in_force_ns = bfd->tx_ns;
  bfd->rx_in_force_ns = bfd->rx_ns;
}

static gint64
detection_time (const VtepBfd *bfd)
{
  return bfd->remote_multiplier * MAX (bfd->rx_in_force_ns, bfd->remote_tx_ns);
}

/* When silence becomes a failure. */
static gint64
detection_deadline (const VtepBfd *bfd)
{
  return bfd->heard_ns < 0 ? NEVER : bfd->heard_ns + detection_time (bfd);
}

static gboolean
sends_periodically (const VtepBfd *bfd)
{
  if (bfd->remote_discriminator == 0 && bfd->config.passive)
    return FALSE;
  if (bfd->remote_rx_ns == 0)
    return FALSE;
  return bfd->polling || !bfd->remote_demands || bfd->state != NET_BFD_UP || bfd->remote_state != NET_BFD_UP;
}

static gint64
next_packet (const VtepBfd *bfd)
{
  gint64 interval_ns = MAX (bfd->tx_in_force_ns, bfd->remote_rx_ns);

  if (bfd->final_due)
    return bfd->sent_ns;
  if (!sends_periodically (bfd))
    return NEVER;
  if (bfd->send_now)
    return bfd->sent_ns;
  return bfd->sent_ns + interval_ns - (interval_ns / 4 * (bfd->chance >> 16) >> 16);
}

/* ---- states -------------------------------------------------------------------------------------------------- */

static void
enter (VtepBfd *bfd, NetBfdState state, guint8 diagnostic)
{
  bfd->state = state;
  bfd->diagnostic = diagnostic;
  bfd->decaying = FALSE;
  bfd->window_ns = NEVER;
  bfd->send_now = TRUE; /* RFC 5880 §6.8.7: news need not wait for their time */
  announce (bfd);
}

/* Nothing is known of the other end (RFC 5880 §6.8.1). */
static void
forget_remote (VtepBfd *bfd)
{
  bfd->remote_discriminator = 0;
  bfd->remote_state = NET_BFD_DOWN;
  bfd->remote_rx_ns = USEC;
  bfd->remote_tx_ns = 0;
  bfd->remote_demands = FALSE;
  bfd->heard_ns = -1;
  bfd->polling = bfd->poll_again = bfd->final_due = FALSE;
  bfd->tx_in_force_ns = bfd->tx_ns;
  bfd->rx_in_force_ns = bfd->rx_ns;
}

VtepBfd *
vtep_bfd_new (const VtepBfdConfig *config, guint32 discriminator, gint64 now_ns)
{
  VtepBfd *bfd = g_new0 (VtepBfd, 1);

  g_assert (discriminator != 0);
  bfd->config = *config;
  bfd->discriminator = discriminator;
  bfd->state = NET_BFD_DOWN;
  bfd->tx_ns = wanted_tx (bfd);
  bfd->rx_ns = wanted_rx (bfd);
  bfd->remote_multiplier = VTEP_BFD_MULTIPLIER;
  bfd->sent_ns = bfd->looked_ns = now_ns;
  bfd->n_data = UNSEEN;
  bfd->data_ns = bfd->packet_ns = -1;
  bfd->window_ns = bfd->over_ns = NEVER;
  bfd->send_now = TRUE;
  forget_remote (bfd);
  return bfd;
}

void
vtep_bfd_free (VtepBfd *bfd)
{
  g_free (bfd);
}

void
vtep_bfd_configure (VtepBfd *bfd, const VtepBfdConfig *config, gint64 now_ns)
{
  gboolean timing_changed
      = config->min_rx_ms != bfd->config.min_rx_ms || config->decay_min_rx_ms != bfd->config.decay_min_rx_ms;

  if (config->cpath_down != bfd->config.cpath_down)
    bfd->send_now = TRUE;
  bfd->config = *config;
  if (bfd->state == NET_BFD_ADMIN_DOWN)
    {
      bfd->over_ns = NEVER;
      enter (bfd, NET_BFD_DOWN, NET_BFD_NO_DIAGNOSTIC);
    }
  if (timing_changed)
    {
      bfd->decaying = FALSE;
      bfd->window_ns = NEVER;
    }
  bfd->looked_ns = now_ns;
  announce (bfd);
}

/* RFC 5880 §6.8.16: told for a detection time of the other end. */
void
vtep_bfd_shut (VtepBfd *bfd, gint64 now_ns)
{
  if (bfd->state == NET_BFD_ADMIN_DOWN)
    return;
  enter (bfd, NET_BFD_ADMIN_DOWN, NET_BFD_ADMINISTRATIVELY_DOWN);
  bfd->over_ns = now_ns;
  if (bfd->remote_discriminator)
    bfd->over_ns += own_multiplier (bfd) * MAX (bfd->tx_ns, bfd->remote_rx_ns);
}

gboolean
vtep_bfd_is_over (const VtepBfd *bfd, gint64 now_ns)
{
  return now_ns >= bfd->over_ns;
}

/* ---- reception (RFC 5880 §6.8.6) ------------------------------------------------------------------------------ */

static void
come_up (VtepBfd *bfd)
{
  enter (bfd, NET_BFD_UP, bfd->config.keeps_diagnostic ? bfd->diagnostic : NET_BFD_NO_DIAGNOSTIC);
}

static void
change_state (VtepBfd *bfd, NetBfdState told)
{
  if (told == NET_BFD_ADMIN_DOWN || (told == NET_BFD_DOWN && bfd->state == NET_BFD_UP))
    {
      if (bfd->state != NET_BFD_DOWN)
        enter (bfd, NET_BFD_DOWN, NET_BFD_NEIGHBOR_DOWN);
    }
  else if (bfd->state == NET_BFD_DOWN && told == NET_BFD_DOWN)
    enter (bfd, NET_BFD_INIT, bfd->diagnostic);
  else if (bfd->state == NET_BFD_DOWN && told == NET_BFD_INIT)
    come_up (bfd);
  else if (bfd->state == NET_BFD_INIT && told != NET_BFD_DOWN)
    come_up (bfd);
}

NetDropReason
vtep_bfd_received (VtepBfd *bfd, const NetBfd *packet, gint64 now_ns)
{
  if (packet->your_discriminator && packet->your_discriminator != bfd->discriminator)
    return NET_DROP_BFD_SESSION;
  bfd->heard_ns = bfd->packet_ns = now_ns;
  bfd->remote_discriminator = packet->my_discriminator;
  bfd->remote_state = packet->state;
  bfd->remote_diagnostic = packet->diagnostic;
  bfd->remote_demands = packet->demand;
  bfd->remote_multiplier = packet->multiplier;
  bfd->remote_tx_ns = packet->desired_min_tx_us * USEC;
  bfd->remote_rx_ns = packet->required_min_rx_us * USEC;
  if (packet->final && bfd->polling)
    confirmed (bfd);
  if (bfd->state != NET_BFD_ADMIN_DOWN)
    change_state (bfd, packet->state);
  if (packet->poll)
    bfd->final_due = TRUE;
  return NET_DROP_NONE;
}

/* ---- what time does ------------------------------------------------------------------------------------------ */

static void
look_at_data (VtepBfd *bfd, guint64 n_data, gint64 now_ns)
{
  bfd->looked_ns = now_ns;
  if (n_data == bfd->n_data)
    return;
  if (bfd->n_data != UNSEEN)
    bfd->data_ns = now_ns;
  bfd->n_data = n_data;
}

static void
detect_silence (VtepBfd *bfd, gint64 now_ns)
{
  if (now_ns < detection_deadline (bfd))
    return;
  forget_remote (bfd);
  if (bfd->state == NET_BFD_INIT || bfd->state == NET_BFD_UP)
    enter (bfd, NET_BFD_DOWN, NET_BFD_DETECTION_TIME_EXPIRED);
}

static void
decay (VtepBfd *bfd, gint64 now_ns)
{
  gint64 length_ns = MAX (bfd->config.decay_min_rx_ms * MSEC, DECAY_WINDOW_MIN_NS);

  if (!decays (bfd))
    return;
  if (bfd->window_ns == NEVER || bfd->n_data != bfd->window_data)
    bfd->decaying = FALSE;
  else if (now_ns < bfd->window_ns)
    return;
  else
    bfd->decaying = TRUE;
  bfd->window_ns = now_ns + length_ns;
  bfd->window_data = bfd->n_data;
  announce (bfd);
}

static guint8
local_diagnostic (const VtepBfd *bfd)
{
  if (bfd->config.cpath_down && bfd->state == NET_BFD_UP)
    return NET_BFD_CONCATENATED_PATH_DOWN;
  return bfd->diagnostic;
}

static void
build (const VtepBfd *bfd, gboolean final, NetBfd *out)
{
  *out = (NetBfd){ .diagnostic = local_diagnostic (bfd),
                   .state = bfd->state,
                   .poll = bfd->polling && !final,
                   .final = final,
                   .multiplier = own_multiplier (bfd),
                   .my_discriminator = bfd->discriminator,
                   .your_discriminator = bfd->remote_discriminator,
                   .desired_min_tx_us = (guint32) (bfd->tx_ns / USEC),
                   .required_min_rx_us = (guint32) (bfd->rx_ns / USEC) };
}

gboolean
vtep_bfd_run (VtepBfd *bfd, guint64 n_data, guint32 chance, gint64 now_ns, NetBfd *out)
{
  look_at_data (bfd, n_data, now_ns);
  detect_silence (bfd, now_ns);
  decay (bfd, now_ns);
  if (bfd->final_due)
    {
      bfd->final_due = FALSE;
      build (bfd, TRUE, out);
      return TRUE;
    }
  if (now_ns < next_packet (bfd) || vtep_bfd_is_over (bfd, now_ns))
    return FALSE;
  build (bfd, FALSE, out);
  bfd->send_now = FALSE;
  bfd->sent_ns = now_ns;
  bfd->chance = chance;
  return TRUE;
}

gint64
vtep_bfd_next (const VtepBfd *bfd)
{
  gint64 next_ns = MIN (next_packet (bfd), detection_deadline (bfd));

  if (vtep_bfd_is_over (bfd, bfd->looked_ns))
    return NEVER;
  if (bfd->over_ns != NEVER)
    return MIN (next_ns, bfd->over_ns);
  if (bfd->config.forwarding_if_rx || decays (bfd))
    next_ns = MIN (next_ns, bfd->looked_ns + bfd->config.min_rx_ms * MSEC);
  return next_ns;
}

/* ---- what it comes to ---------------------------------------------------------------------------------------- */

static gboolean
data_shows_life (const VtepBfd *bfd, gint64 now_ns)
{
  return bfd->config.forwarding_if_rx && bfd->data_ns >= 0 && now_ns < bfd->data_ns + detection_time (bfd)
         && bfd->packet_ns >= 0
         && now_ns < bfd->packet_ns + DEMANDED_INTERVALS * bfd->config.min_rx_ms * MSEC;
}

void
vtep_bfd_status (const VtepBfd *bfd, gint64 now_ns, VtepBfdStatus *status)
{
  gboolean refused = bfd->remote_diagnostic == NET_BFD_CONCATENATED_PATH_DOWN
                     || bfd->remote_diagnostic == NET_BFD_REVERSE_CONCATENATED_PATH_DOWN;

  *status = (VtepBfdStatus){ .state = bfd->state,
                             .remote_state = bfd->remote_state,
                             .diagnostic = local_diagnostic (bfd),
                             .remote_diagnostic = bfd->remote_diagnostic,
                             .forwarding
                             = (bfd->state == NET_BFD_UP || data_shows_life (bfd, now_ns)) && !refused };
}
