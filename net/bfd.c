/* The mandatory section of a BFD control packet. */
#include "net/bfd.h"

#include "net/cursor.h"

#define VERSION 1u

/* The second byte: two bits of state, then flags. */
#define POLL                      0x20u
#define FINAL                     0x10u
#define CONTROL_PLANE_INDEPENDENT 0x08u
#define AUTHENTICATED             0x04u
#define DEMAND                    0x02u
#define MULTIPOINT                0x01u

/* RFC 5880 §6.8.6: what makes a packet of known shape meaningless. */
static gboolean
contradicts_itself (const NetBfd *bfd, guint8 flags)
{
  if (bfd->multiplier == 0 || (flags & MULTIPOINT) || bfd->my_discriminator == 0)
    return TRUE;
  return bfd->your_discriminator == 0 && bfd->state != NET_BFD_DOWN && bfd->state != NET_BFD_ADMIN_DOWN;
}

NetDropReason
net_bfd_parse (const guint8 *bytes, gsize length, NetBfd *out)
{
  NetCursor cursor = net_cursor (bytes, length);
  guint8 first, flags, own_length;

  if (!net_cursor_u8 (&cursor, &first) || !net_cursor_u8 (&cursor, &flags)
      || !net_cursor_u8 (&cursor, &out->multiplier) || !net_cursor_u8 (&cursor, &own_length)
      || !net_cursor_be32 (&cursor, &out->my_discriminator)
      || !net_cursor_be32 (&cursor, &out->your_discriminator)
      || !net_cursor_be32 (&cursor, &out->desired_min_tx_us)
      || !net_cursor_be32 (&cursor, &out->required_min_rx_us)
      || !net_cursor_be32 (&cursor, &out->required_min_echo_rx_us))
    return NET_DROP_MALFORMED;
  if (first >> 5 != VERSION)
    return NET_DROP_UNKNOWN_PROTOCOL;
  out->diagnostic = first & 0x1f;
  out->state = (NetBfdState) (flags >> 6);
  out->poll = (flags & POLL) != 0;
  out->final = (flags & FINAL) != 0;
  out->control_plane_independent = (flags & CONTROL_PLANE_INDEPENDENT) != 0;
  out->demand = (flags & DEMAND) != 0;
  if (own_length < NET_BFD_LENGTH || own_length > length || contradicts_itself (out, flags))
    return NET_DROP_MALFORMED;
  return flags & AUTHENTICATED ? NET_DROP_UNKNOWN_PROTOCOL : NET_DROP_NONE;
}

void
net_bfd_push (NetFrame *frame, const NetBfd *bfd)
{
  guint8 *at = net_frame_push (frame, NET_BFD_LENGTH);

  at[0] = (guint8) (VERSION << 5 | (bfd->diagnostic & 0x1f));
  at[1] = (guint8) ((guint) bfd->state << 6 | (bfd->poll ? POLL : 0) | (bfd->final ? FINAL : 0)
                    | (bfd->control_plane_independent ? CONTROL_PLANE_INDEPENDENT : 0)
                    | (bfd->demand ? DEMAND : 0));
  at[2] = bfd->multiplier;
  at[3] = NET_BFD_LENGTH;
  net_put_be32 (at + 4, bfd->my_discriminator);
  net_put_be32 (at + 8, bfd->your_discriminator);
  net_put_be32 (at + 12, bfd->desired_min_tx_us);
  net_put_be32 (at + 16, bfd->required_min_rx_us);
  net_put_be32 (at + 20, bfd->required_min_echo_rx_us);
}

const char *
net_bfd_state_text (NetBfdState state)
{
  static const char *const texts[] = { "admin_down", "down", "init", "up" };
  return texts[state];
}

const char *
net_bfd_diagnostic_text (guint8 diagnostic)
{
  static const char *const texts[] = { "No Diagnostic",
                                       "Control Detection Time Expired",
                                       "Echo Function Failed",
                                       "Neighbor Signaled Session Down",
                                       "Forwarding Plane Reset",
                                       "Path Down",
                                       "Concatenated Path Down",
                                       "Administratively Down",
                                       "Reverse Concatenated Path Down" };
  return diagnostic < G_N_ELEMENTS (texts) ? texts[diagnostic] : "Reserved";
}
