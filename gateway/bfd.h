/* One BFD session as a state machine (RFC 5880 §6.8, asynchronous mode), with the settings of a hardware_vtep Tunnel
 * row.  It knows no frame, no row and no clock: time, chance and what came through the tunnel are told to it. */
#pragma once

#include "net/bfd.h"

G_BEGIN_DECLS

#define VTEP_BFD_MULTIPLIER     3u       /* the default */
#define VTEP_BFD_MIN_TX_DEFAULT 100u     /* ms */
#define VTEP_BFD_MIN_RX_DEFAULT 1000u    /* ms */
#define VTEP_BFD_INTERVAL_MAX   4294967u /* ms: 32 bits of microseconds */

typedef struct _VtepBfd VtepBfd;

/* Intervals are 1 … VTEP_BFD_INTERVAL_MAX milliseconds. */
typedef struct
{
  guint32 min_tx_ms, min_rx_ms;
  guint32 decay_min_rx_ms;   /* used in place of min_rx_ms while no data comes in; less than that: off */
  gboolean forwarding_if_rx; /* data that comes in shows that the tunnel forwards, too */
  gboolean cpath_down;       /* tells the other end not to forward to us */
  gboolean passive;          /* sends nothing until the other end was heard (RFC 5880 §6.1) */
  guint8 multiplier; /* announced: after so many intervals of silence we are taken for down; 0: the default */
  gboolean keeps_diagnostic; /* a session that comes up still tells why it was down, as Open vSwitch's do */
} VtepBfdConfig;

typedef struct
{
  NetBfdState state, remote_state;
  guint8 diagnostic, remote_diagnostic;
  gboolean forwarding;
} VtepBfdStatus;

/* Begins in state Down.  The discriminator is not zero and no other session's. */
VtepBfd *vtep_bfd_new (const VtepBfdConfig *config, guint32 discriminator, gint64 now_ns);
void vtep_bfd_free (VtepBfd *bfd);

/* Other settings; they are negotiated by a poll sequence (RFC 5880 §6.8.3).  A session that was shut opens again. */
void vtep_bfd_configure (VtepBfd *bfd, const VtepBfdConfig *config, gint64 now_ns);
/* Ends administratively: the other end is told for as long as it may need to hear it. */
void vtep_bfd_shut (VtepBfd *bfd, gint64 now_ns);
/* Shut, and told for long enough. */
gboolean vtep_bfd_is_over (const VtepBfd *bfd, gint64 now_ns);

/* A packet of the session's peer came in (RFC 5880 §6.8.6).  NET_DROP_BFD_SESSION: it is meant for another session. */
NetDropReason vtep_bfd_received (VtepBfd *bfd, const NetBfd *packet, gint64 now_ns);

/* Does what is due.  TRUE: *out is to be sent; call again.  `n_data` counts the frames other than BFD that the tunnel has
 * brought so far; `chance` spreads the intervals (RFC 5880 §6.8.7: up to a quarter less). */
gboolean vtep_bfd_run (VtepBfd *bfd, guint64 n_data, guint32 chance, gint64 now_ns, NetBfd *out);
/* When vtep_bfd_run() has something to do next, if nothing else happens; G_MAXINT64: never. */
gint64 vtep_bfd_next (const VtepBfd *bfd);

void vtep_bfd_status (const VtepBfd *bfd, gint64 now_ns, VtepBfdStatus *status);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VtepBfd, vtep_bfd_free)

G_END_DECLS
