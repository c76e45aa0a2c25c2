/* BFD control packets (RFC 5880 §4.1), without authentication, and the UDP numbers of single-hop sessions (RFC 5881). */
#pragma once

#include "net/drop.h"
#include "net/frame.h"

G_BEGIN_DECLS

#define NET_BFD_PORT            3784u  /* RFC 5881 §4 */
#define NET_BFD_SOURCE_PORT_MIN 49152u /* … 65535, RFC 5881 §4 */
#define NET_BFD_TTL             255u   /* sent and demanded, RFC 5881 §5 */
#define NET_BFD_LENGTH          24u

typedef enum
{
  NET_BFD_ADMIN_DOWN,
  NET_BFD_DOWN,
  NET_BFD_INIT,
  NET_BFD_UP
} NetBfdState;

typedef enum
{
  NET_BFD_NO_DIAGNOSTIC,
  NET_BFD_DETECTION_TIME_EXPIRED,
  NET_BFD_ECHO_FAILED,
  NET_BFD_NEIGHBOR_DOWN,
  NET_BFD_FORWARDING_RESET,
  NET_BFD_PATH_DOWN,
  NET_BFD_CONCATENATED_PATH_DOWN,
  NET_BFD_ADMINISTRATIVELY_DOWN,
  NET_BFD_REVERSE_CONCATENATED_PATH_DOWN,
  NET_BFD_DIAGNOSTIC_MAX = 31
} NetBfdDiagnostic;

/* Intervals are in microseconds, as on the wire. */
typedef struct
{
  guint8 diagnostic; /* NetBfdDiagnostic; codes above 8 are reserved, and carried */
  NetBfdState state;
  gboolean poll, final, control_plane_independent, demand;
  guint8 multiplier;
  guint32 my_discriminator, your_discriminator;
  guint32 desired_min_tx_us, required_min_rx_us, required_min_echo_rx_us;
} NetBfd;

/* The checks of RFC 5880 §6.8.6 that need no session.  `bytes` is the UDP payload; bytes behind the packet's own length
 * are left out.  NET_DROP_UNKNOWN_PROTOCOL: another version, or authenticated; NET_DROP_MALFORMED: all else. */
NetDropReason net_bfd_parse (const guint8 *bytes, gsize length, NetBfd *out);

/* Puts a packet before the bytes that the frame holds: none, for a packet of its own. */
void net_bfd_push (NetFrame *frame, const NetBfd *bfd);

/* "down", "admin_down" …; "Control Detection Time Expired" … in the words of RFC 5880 §4.1, "Reserved" above them. */
const char *net_bfd_state_text (NetBfdState state);
const char *net_bfd_diagnostic_text (guint8 diagnostic);

G_END_DECLS
