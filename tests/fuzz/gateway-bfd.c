/* BFD: whatever the other end says and however time passes, a session's state changes only as RFC 5880 §6.8.6 and the
 * detection time allow, what it sends is a valid packet about that state, and it never asks to be run at once again.
 *
 * Input: what happens, a letter each:
 *   p S D F   a packet: state "a" AdminDown, "d", "i", "u"; your discriminator "0" none, "1" ours, "2" another's;
 *             then "P" poll, "F" final, "M" demand, "D" path down, those that there are, in this order
 *   r T       announced from now on: packets each T, and as many may come; "M": the edge of 32 bits
 *   t T       so much time passes;  n: until the session wants to be run
 *   c T T F   configured: sending and receiving each T; then "x" forwarding_if_rx, "k" cpath_down, "y" passive, "e T" decay
 *   s         shut;  o: data comes out of the tunnel
 *   w         24 bytes as a packet on the wire
 * Times T are "0" to "9": nothing, 1, 10, 100, 999, 1000, 3000 and 100000 ms, the longest but one, the longest. */
#include "fuzz.h"

#include "gateway/bfd.h"

#define OURS        77u
#define MSEC        G_GINT64_CONSTANT (1000000)
#define MAX_STEPS   200u
#define MAX_ANSWERS 2u /* of one run: an answer to a poll, and what is due */

typedef struct
{
  VtepBfd *bfd;
  VtepBfdConfig config;
  gint64 now_ns;
  NetBfd heard;      /* the last packet */
  gint64 heard_ns;   /* -1: none */
  gint64 slowest_ns; /* the longest interval of reception that was ever configured */
  guint64 n_data;
  guint n_polls, n_finals;
  gboolean shut;
} Run;

static NetBfdState
state_of (const Run *run)
{
  VtepBfdStatus status;

  vtep_bfd_status (run->bfd, run->now_ns, &status);
  FUZZ_CHECK (status.state == NET_BFD_UP || run->config.forwarding_if_rx || !status.forwarding,
              "a session that is not up forwards only where data shows it");
  FUZZ_CHECK (!status.forwarding || status.remote_diagnostic != NET_BFD_CONCATENATED_PATH_DOWN,
              "nothing is forwarded to who says that his path is down");
  FUZZ_CHECK ((status.state == NET_BFD_ADMIN_DOWN) == run->shut, "who is shut is AdminDown, and nobody else");
  return status.state;
}

/* ---- packets in -------------------------------------------------------------------------------------------------- */

/* The table of RFC 5880 §6.2 and §6.8.6. */
static NetBfdState
next_state (NetBfdState state, NetBfdState told)
{
  if (state == NET_BFD_ADMIN_DOWN)
    return state;
  if (told == NET_BFD_ADMIN_DOWN)
    return NET_BFD_DOWN;
  if (state == NET_BFD_DOWN)
    return told == NET_BFD_DOWN ? NET_BFD_INIT : told == NET_BFD_INIT ? NET_BFD_UP : NET_BFD_DOWN;
  if (state == NET_BFD_INIT)
    return told == NET_BFD_DOWN ? NET_BFD_INIT : NET_BFD_UP;
  return told == NET_BFD_DOWN ? NET_BFD_DOWN : NET_BFD_UP;
}

static void
receive (Run *run, const NetBfd *packet)
{
  NetBfdState before = state_of (run), after;
  gboolean ours = packet->your_discriminator == 0 || packet->your_discriminator == OURS;
  NetDropReason reason = vtep_bfd_received (run->bfd, packet, run->now_ns);

  after = state_of (run);
  FUZZ_CHECK ((reason == NET_DROP_NONE) == ours, "a packet is of the session that it names");
  FUZZ_CHECK (after == (ours ? next_state (before, packet->state) : before), "%s hears %s and is %s",
              net_bfd_state_text (before), net_bfd_state_text (packet->state), net_bfd_state_text (after));
  if (!ours)
    return;
  run->heard = *packet;
  run->heard_ns = run->now_ns;
  run->n_polls += packet->poll;
}

static void
take_packet (Run *run, FuzzInput *input, NetBfd *kept)
{
  static const NetBfdState states[] = { NET_BFD_ADMIN_DOWN, NET_BFD_DOWN, NET_BFD_INIT, NET_BFD_UP };
  NetBfd packet = *kept;

  packet.state = states[fuzz_choose (input, "adiu")];
  packet.your_discriminator = (guint32[]){ 0, OURS, 99 }[fuzz_choose (input, "012")];
  packet.poll = fuzz_take (input, 'P');
  packet.final = fuzz_take (input, 'F');
  packet.demand = fuzz_take (input, 'M');
  if (fuzz_take (input, 'D'))
    packet.diagnostic = NET_BFD_CONCATENATED_PATH_DOWN;
  if (packet.your_discriminator == 0 && packet.state >= NET_BFD_INIT)
    packet.your_discriminator = OURS; /* no such packet parses */
  receive (run, &packet);
}

static gboolean
same_packet (const NetBfd *a, const NetBfd *b)
{
  return a->state == b->state && a->diagnostic == b->diagnostic && a->poll == b->poll && a->final == b->final
         && a->demand == b->demand && a->multiplier == b->multiplier
         && a->my_discriminator == b->my_discriminator && a->your_discriminator == b->your_discriminator
         && a->desired_min_tx_us == b->desired_min_tx_us && a->required_min_rx_us == b->required_min_rx_us;
}

/* On the wire and back. */
static void
check_codec (const NetBfd *packet)
{
  g_autoptr (NetFramePool) pool = net_frame_pool_new ();
  g_autoptr (NetFrame) frame = net_frame_new (pool, NET_FRAME_HEADROOM, 0);
  NetBfd again;

  net_bfd_push (frame, packet);
  FUZZ_CHECK (frame->length == NET_BFD_LENGTH
                  && net_bfd_parse (net_frame_bytes (frame), frame->length, &again) == NET_DROP_NONE
                  && same_packet (packet, &again),
              "a packet is the same behind the wire");
}

static void
take_wire (Run *run, FuzzInput *input)
{
  gsize length = MIN ((gsize) (input->end - input->at), NET_BFD_LENGTH);
  g_autofree guint8 *bytes = g_memdup2 (input->at, length);
  NetBfd packet;

  input->at += length;
  if (length == 0 || net_bfd_parse (bytes, length, &packet) != NET_DROP_NONE)
    return;
  FUZZ_CHECK (packet.multiplier > 0 && packet.my_discriminator != 0, "RFC 5880 §6.8.6");
  check_codec (&packet);
  receive (run, &packet);
}

/* ---- packets out ------------------------------------------------------------------------------------------------- */

static void
check_packet (Run *run, const NetBfd *packet)
{
  FUZZ_CHECK (packet->state == state_of (run), "a packet tells the state that the session has");
  FUZZ_CHECK (packet->my_discriminator == OURS, "in its own name");
  FUZZ_CHECK (packet->your_discriminator == 0
                  || (run->heard_ns >= 0 && packet->your_discriminator == run->heard.my_discriminator),
              "to who was heard last");
  FUZZ_CHECK (!(packet->poll && packet->final), "RFC 5880 §6.8.7: a final is no poll");
  FUZZ_CHECK (packet->final || run->heard_ns < 0 || packet->your_discriminator == 0
                  || run->heard.required_min_rx_us > 0,
              "who wants nothing is sent nothing");
  FUZZ_CHECK (packet->state == NET_BFD_UP || packet->desired_min_tx_us >= 1000000,
              "RFC 5880 §6.8.3: a session that is not up is slow");
  run->n_finals += packet->final;
  FUZZ_CHECK (run->n_finals <= run->n_polls, "a final answers a poll");
  check_codec (packet);
}

/* Silence takes a session down neither before nor long after its detection time. */
static void
check_detection (const Run *run, NetBfdState before)
{
  NetBfdState after = state_of (run);
  gint64 silence_ns = run->now_ns - run->heard_ns, tx_ns = (gint64) run->heard.desired_min_tx_us * 1000;

  if (before != after)
    {
      FUZZ_CHECK (before >= NET_BFD_INIT && after == NET_BFD_DOWN, "time leads to Down alone");
      FUZZ_CHECK (silence_ns >= run->heard.multiplier * tx_ns, "and not before the detection time");
    }
  else if (after >= NET_BFD_INIT)
    FUZZ_CHECK (silence_ns < run->heard.multiplier * MAX (tx_ns, run->slowest_ns),
                "silence beyond the detection time is noticed");
}

static void
work (Run *run)
{
  NetBfdState before = state_of (run);
  guint n = 0;
  NetBfd out;

  while (vtep_bfd_run (run->bfd, run->n_data, (guint32) run->n_data * 0x9e3779b9u, run->now_ns, &out))
    {
      check_packet (run, &out);
      FUZZ_CHECK (++n <= MAX_ANSWERS, "one run sends no more than what is due");
    }
  check_detection (run, before);
  FUZZ_CHECK (vtep_bfd_next (run->bfd) > run->now_ns, "who has done what is due waits");
}

/* ---- the rest ---------------------------------------------------------------------------------------------------- */

/* Nothing, a moment, ordinary times, and the edges; in milliseconds. */
static guint32
choose_ms (FuzzInput *input)
{
  static const guint32 times[]
      = { 0, 1, 10, 100, 999, 1000, 3000, 100000, VTEP_BFD_INTERVAL_MAX - 1, VTEP_BFD_INTERVAL_MAX };
  return times[fuzz_choose (input, "0123456789")];
}

static guint32
choose_interval (FuzzInput *input)
{
  guint32 ms = choose_ms (input);
  return MAX (ms, 1);
}

static void
configure (Run *run, FuzzInput *input)
{
  run->config.min_tx_ms = choose_interval (input);
  run->config.min_rx_ms = choose_interval (input);
  run->config.forwarding_if_rx = fuzz_take (input, 'x');
  run->config.cpath_down = fuzz_take (input, 'k');
  run->config.passive = fuzz_take (input, 'y');
  run->config.decay_min_rx_ms = fuzz_take (input, 'e') ? choose_interval (input) : 0;
  run->slowest_ns = MAX (run->slowest_ns, MAX (run->config.min_rx_ms, run->config.decay_min_rx_ms) * MSEC);
  run->shut = FALSE;
  vtep_bfd_configure (run->bfd, &run->config, run->now_ns);
}

static void
pass_until_next (Run *run)
{
  gint64 next_ns = vtep_bfd_next (run->bfd);

  if (next_ns != G_MAXINT64)
    run->now_ns = next_ns;
}

static void
announce (NetBfd *kept, FuzzInput *input)
{
  kept->desired_min_tx_us = kept->required_min_rx_us = choose_ms (input) * 1000;
  if (fuzz_take (input, 'M'))
    kept->desired_min_tx_us = kept->required_min_rx_us = G_MAXUINT32;
}

static void
step (Run *run, FuzzInput *input, NetBfd *kept)
{
  switch (fuzz_choose (input, "prtncsow"))
    {
    case 0:
      take_packet (run, input, kept);
      break;
    case 1:
      announce (kept, input);
      break;
    case 2:
      run->now_ns += choose_ms (input) * MSEC;
      break;
    case 3:
      pass_until_next (run);
      break;
    case 4:
      configure (run, input);
      break;
    case 5:
      vtep_bfd_shut (run->bfd, run->now_ns);
      run->shut = TRUE;
      break;
    case 6:
      run->n_data++;
      break;
    default:
      take_wire (run, input);
      break;
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  FuzzInput input = { data, data + size };
  Run run = { .config = { .min_tx_ms = VTEP_BFD_MIN_TX_DEFAULT, .min_rx_ms = VTEP_BFD_MIN_RX_DEFAULT },
              .heard_ns = -1,
              .slowest_ns = VTEP_BFD_MIN_RX_DEFAULT * MSEC };
  NetBfd kept
      = { .multiplier = 3, .my_discriminator = 5, .desired_min_tx_us = 100000, .required_min_rx_us = 100000 };

  run.bfd = vtep_bfd_new (&run.config, OURS, 0);
  for (guint i = 0; i < MAX_STEPS && !fuzz_ended (&input); i++)
    {
      step (&run, &input, &kept);
      work (&run);
    }
  vtep_bfd_free (run.bfd);
  return 0;
}
