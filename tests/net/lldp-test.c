/* LLDP: one literal frame, built and read, and what IEEE 802.1AB refuses. */
#include "net/ethernet.h"
#include "net/lldp.h"
#include "tap.h"

#include <string.h>

/* To the group 01:80:c2:00:00:0e, type 88cc; 02 07: chassis, 7 bytes, subtype 4 (MAC); 04 04: port, subtype 5 (interface
 * name) "em3"; 06 02: TTL 121; 0a 04: system name "tor1"; 00 00: end; padded to 60 bytes. */
static const guint8 frame_bytes[60]
    = { 0x01, 0x80, 0xc2, 0x00, 0x00, 0x0e, 0x02, 0x0a, 0x08, 0x7d, 0x00, 0x14, 0x88, 0xcc,
        0x02, 0x07, 0x04, 0x02, 0x0a, 0x08, 0x7d, 0x00, 0x14, 0x04, 0x04, 0x05, 'e',  'm',
        '3',  0x06, 0x02, 0x00, 0x79, 0x0a, 0x04, 't',  'o',  'r',  '1',  0x00, 0x00 };
#define UNIT        (frame_bytes + 14)
#define UNIT_LENGTH 27u /* to the end's TLV */

static const NetMac source = { { 0x02, 0x0a, 0x08, 0x7d, 0x00, 0x14 } };

static void
frame_is_built (void)
{
  g_autoptr (NetFramePool) pool = net_frame_pool_new ();
  NetLldp lldp = { .chassis = source, .port = "em3", .ttl_s = NET_LLDP_TTL, .system = "tor1" };
  NetFrame *frame = net_lldp_frame (pool, &source, &lldp);

  tap_bytes_equal (__FILE__, __LINE__, net_frame_bytes (frame), frame->length, frame_bytes,
                   sizeof frame_bytes);
  net_frame_unref (frame);
}

static void
frame_is_read (void)
{
  NetLldp lldp;

  CU_ASSERT_EQUAL (net_lldp_parse (UNIT, sizeof frame_bytes - 14, &lldp), NET_DROP_NONE);
  CU_ASSERT (net_mac_equal (&lldp.chassis, &source));
  CU_ASSERT_STRING_EQUAL (lldp.port, "em3");
  CU_ASSERT_EQUAL (lldp.ttl_s, 121);
  CU_ASSERT_STRING_EQUAL (lldp.system, "tor1");
}

static void
short_units_are_refused (void)
{
  NetLldp lldp;

  for (guint n = 0; n < UNIT_LENGTH; n++)
    {
      /* Whole TLVs with the three mandatory ones are a unit without an end: behind the TTL, behind the name. */
      gboolean whole = n == 19 || n == 25;
      CU_ASSERT_EQUAL (net_lldp_parse (UNIT, n, &lldp), whole ? NET_DROP_NONE : NET_DROP_MALFORMED);
    }
}

static NetDropReason
parse_changed (guint at, guint8 value)
{
  guint8 bytes[sizeof frame_bytes];
  NetLldp lldp;

  memcpy (bytes, frame_bytes, sizeof bytes);
  bytes[at] = value;
  return net_lldp_parse (bytes + 14, sizeof bytes - 14, &lldp);
}

static void
wrong_units_are_refused (void)
{
  CU_ASSERT_EQUAL (parse_changed (14, 0x04), NET_DROP_MALFORMED);        /* the port first */
  CU_ASSERT_EQUAL (parse_changed (16, 0x07), NET_DROP_UNKNOWN_PROTOCOL); /* a chassis ID of another subtype */
  CU_ASSERT_EQUAL (parse_changed (15, 0x06), NET_DROP_MALFORMED);        /* a MAC of five bytes */
  CU_ASSERT_EQUAL (parse_changed (25, 0x03), NET_DROP_UNKNOWN_PROTOCOL); /* a port ID of another subtype */
  CU_ASSERT_EQUAL (parse_changed (24, 0x01), NET_DROP_MALFORMED); /* no port ID: what follows is none */
  CU_ASSERT_EQUAL (parse_changed (33, 0x06), NET_DROP_MALFORMED); /* the TTL a second time */
  CU_ASSERT_EQUAL (parse_changed (26, 0xff), NET_DROP_MALFORMED); /* no UTF-8 */
  CU_ASSERT_EQUAL (parse_changed (33, 0x0b), NET_DROP_MALFORMED); /* 260 bytes that are not there */
  CU_ASSERT_EQUAL (parse_changed (33, 0x08), NET_DROP_NONE);      /* a TLV that is passed over */
}

int
main (void)
{
  static const TapTest tests[] = {
    { "a frame is built byte for byte", frame_is_built },
    { "it is read back, padding and all", frame_is_read },
    { "a unit that is cut short is refused", short_units_are_refused },
    { "mandatory TLVs come first, once and whole; others are passed over", wrong_units_are_refused },
    { NULL, NULL },
  };

  return tap_main ("lldp", tests);
}
