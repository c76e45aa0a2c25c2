/* Which frames are for BFD. */
#include "gateway/bfd-frame.h"
#include "tap.h"

#include <string.h>

/* Ethernet, IPv4 and UDP to port 3784, 24 bytes of BFD behind them; and the checksum of IPv4 right. */
static const guint8 whole[66] = {
  0x02, 0x0a, 0x08, 0x7d, 0x00, 0x20, 0x02, 0x0a, 0x08, 0x7d, 0x00, 0x18, 0x08, 0x00, /* Ethernet: IPv4 */
  0x45, 0x00, 0x00, 0x34, 0x00, 0x00, 0x00, 0x00, 0xff, 0x11, 0xad, 0x82, /* 52 bytes, TTL 255, UDP, checksum */
  10,   8,    125,  18,   10,   8,    125,  20,                           /* from, to */
  0xc0, 0x01, 0x0e, 0xc8, 0x00, 0x20, 0x00, 0x00,                         /* ports, 32 bytes, no checksum */
  0x20, 0x40, 0x03, 0x18, 0,    0,    0,    5,    0,    0,    0,    0, /* Down, multiplier 3, discriminators */
  0,    1,    0x86, 0xa0, 0,    1,    0x86, 0xa0, 0,    0,    0,    0  /* intervals */
};

/* `at` of the frame is changed to `value` before it is read; 0: nothing is. */
static NetDropReason
read_frame (guint at, guint8 value, guint length, gboolean *is_bfd)
{
  guint8 bytes[sizeof whole];
  NetEthernet ethernet;
  NetIpv4 destination;
  NetBfd packet;

  memcpy (bytes, whole, sizeof bytes);
  if (at)
    bytes[at] = value;
  CU_ASSERT_EQUAL_FATAL (net_ethernet_parse (bytes, length, &ethernet), NET_DROP_NONE);
  *is_bfd = vtep_bfd_frame_is (&ethernet, bytes, length);
  return vtep_bfd_frame_parse (&ethernet, bytes, length, &destination, &packet);
}

static void
frames_of_bfd (void)
{
  gboolean is_bfd;

  CU_ASSERT_EQUAL (read_frame (0, 0, 66, &is_bfd), NET_DROP_NONE);
  CU_ASSERT_TRUE (is_bfd);
  CU_ASSERT_EQUAL (read_frame (25, 0, 66, &is_bfd), NET_DROP_BAD_CHECKSUM); /* of IPv4 */
  CU_ASSERT_FALSE (is_bfd);
  CU_ASSERT_EQUAL (read_frame (0, 0, 30, &is_bfd), NET_DROP_MALFORMED); /* cut in IPv4 */
  CU_ASSERT_FALSE (is_bfd);
  CU_ASSERT_EQUAL (read_frame (39, 4, 66, &is_bfd), NET_DROP_MALFORMED); /* UDP of four bytes */
  CU_ASSERT_FALSE (is_bfd);
  read_frame (37, 0xc9, 66, &is_bfd); /* another port */
  CU_ASSERT_FALSE (is_bfd);
  read_frame (13, 0x06, 66, &is_bfd); /* ARP's EtherType */
  CU_ASSERT_FALSE (is_bfd);
}

int
main (void)
{
  return tap_main ("bfd-frame",
                   (const TapTest[]){
                       { "a frame is for BFD when its headers are whole and name BFD's port", frames_of_bfd },
                       { NULL, NULL } });
}
