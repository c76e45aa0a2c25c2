/* What the kernel took off is put back: tags, checksums, segments.  The expected frames were computed apart from this
 * code, and tshark finds their checksums right. */
#include "gateway/linux/restore.h"
#include "tap.h"

#define MAX_FRAMES 8u

/* addresses and EtherType */
#define MACS          0x02, 0, 0, 0, 0, 0x12, 0x02, 0, 0, 0, 0, 0x11
#define ETHERNET_IPV4 MACS, 0x08, 0x00
#define ETHERNET_IPV6 MACS, 0x86, 0xdd
#define ADDRESSES_4   10, 0, 0, 11, 10, 0, 0, 12
#define ADDRESSES_6                                                                                          \
  0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x0b, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x0c
#define IPV4(length, id, protocol, checksum)                                                                 \
  0x45, 0, 0, (length), 0x12, (id), 0x40, 0, 64, (protocol), (checksum) >> 8, (checksum) &0xff, ADDRESSES_4
#define IPV6(length, protocol) 0x60, 0, 0, 0, 0, (length), (protocol), 64, ADDRESSES_6
#define TCP(sequence, flags, checksum)                                                                       \
  0x13, 0x89, 0, 80, 0, 0, 0, (sequence), 0, 0, 0x03, 0xe8, 0x50, (flags), 0x20, 0, (checksum) >> 8,         \
      (checksum) &0xff, 0, 0
#define UDP(length, checksum) 0x13, 0x89, 0, 53, 0, (length), (checksum) >> 8, (checksum) &0xff
/* outer headers of a packet of VNI 5001 from 10.8.125.19 to .20 */
#define VXLAN(ip_length, id, ip_checksum, udp_length)                                                        \
  0x02, 0, 0, 0, 0, 0x14, 0x02, 0, 0, 0, 0, 0x13, 0x08, 0x00, 0x45, 0, 0, (ip_length), 0, (id), 0x40, 0, 64, \
      17, (ip_checksum) >> 8, (ip_checksum) &0xff, 10, 8, 125, 19, 10, 8, 125, 20, 0x9c, 0x40, 0x12, 0xb5,   \
      0, (udp_length), 0, 0, 0x08, 0, 0, 0, 0, 0x13, 0x89, 0

#define CWR_ACK     0x90
#define ACK         0x10
#define ACK_PSH_FIN 0x19

static NetFramePool *pool;
static NetFrame *frames[MAX_FRAMES];
static guint n_frames;

static void
keep (NetFrame *frame, gpointer user)
{
  (void) user;
  CU_ASSERT_FATAL (n_frames < MAX_FRAMES);
  frames[n_frames++] = frame;
}

static void
forget (void)
{
  while (n_frames)
    net_frame_unref (frames[--n_frames]);
}

static NetDropReason
restore (const guint8 *bytes, guint length, const LinuxNotes *notes)
{
  guint8 copy[256];

  forget ();
  CU_ASSERT_FATAL (length <= sizeof copy);
  memcpy (copy, bytes, length);
  return linux_restore (pool, copy, length, notes, keep, NULL);
}

#define RESTORE(notes, ...)                                                                                  \
  restore ((const guint8[]){ __VA_ARGS__ }, sizeof (const guint8[]){ __VA_ARGS__ }, (notes))
#define EXPECT(i, ...) TAP_ASSERT_BYTES (net_frame_bytes (frames[i]), frames[i]->length, __VA_ARGS__)

static LinuxNotes
super_packet (guint8 kind, guint16 transport, guint16 field)
{
  return (LinuxNotes){ .offload = { .flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
                                    .gso_type = kind,
                                    .gso_size = 4,
                                    .csum_start = transport,
                                    .csum_offset = field } };
}

/* ---- one frame --------------------------------------------------------------------------------------------------- */

static void
nothing_taken_off_leaves_the_frame_as_it_is (void)
{
  CU_ASSERT_EQUAL (RESTORE (&(LinuxNotes){ 0 }, MACS, 0x88, 0xb5, 1, 2, 3), NET_DROP_NONE);
  CU_ASSERT_EQUAL_FATAL (n_frames, 1);
  EXPECT (0, MACS, 0x88, 0xb5, 1, 2, 3);
}

static void
a_tag_returns_behind_the_addresses (void)
{
  const LinuxNotes vlan = { .has_tag = TRUE, .tag = { .tpid = 0x8100, .tci = 0xab55 } },
                   service = { .has_tag = TRUE, .tag = { .tpid = 0x88a8, .tci = 7 } };

  CU_ASSERT_EQUAL (RESTORE (&vlan, MACS, 0x88, 0xb5, 1), NET_DROP_NONE);
  EXPECT (0, MACS, 0x81, 0x00, 0xab, 0x55, 0x88, 0xb5, 1);
  /* the inner tag of two is still in the bytes */
  CU_ASSERT_EQUAL (RESTORE (&service, MACS, 0x81, 0x00, 0, 9, 0x88, 0xb5), NET_DROP_NONE);
  EXPECT (0, MACS, 0x88, 0xa8, 0, 7, 0x81, 0x00, 0, 9, 0x88, 0xb5);
}

static void
a_frame_without_room_for_addresses_has_no_place_for_a_tag (void)
{
  const LinuxNotes vlan = { .has_tag = TRUE, .tag = { .tpid = 0x8100, .tci = 5 } };

  CU_ASSERT_EQUAL (RESTORE (&vlan, 1, 2, 3), NET_DROP_NONE);
  EXPECT (0, 1, 2, 3);
}

static void
a_priority_tag_is_no_missing_tag (void)
{
  const LinuxNotes priority = { .has_tag = TRUE, .tag = { .tpid = 0x8100, .tci = 0 } };

  CU_ASSERT_EQUAL (RESTORE (&priority, MACS, 0x88, 0xb5), NET_DROP_NONE);
  EXPECT (0, MACS, 0x81, 0x00, 0, 0, 0x88, 0xb5);
}

static void
a_checksum_left_to_hardware_is_filled_in (void)
{
  /* the field holds the pseudo header's sum: 10.0.0.11 + 10.0.0.12 + 17 + 12 = 0x1434 */
  const LinuxNotes notes
      = { .has_tag = TRUE,
          .tag = { .tpid = 0x8100, .tci = 5 },
          .offload = { .flags = VIRTIO_NET_HDR_F_NEEDS_CSUM, .csum_start = 34, .csum_offset = 6 } };

  CU_ASSERT_EQUAL (
      RESTORE (&notes, ETHERNET_IPV4, IPV4 (32, 0x34, 17, 0x1483), UDP (12, 0x1434), 'a', 'b', 'c', 'd'),
      NET_DROP_NONE);
  EXPECT (0, MACS, 0x81, 0x00, 0, 5, 0x08, 0x00, IPV4 (32, 0x34, 17, 0x1483), UDP (12, 0x133b), 'a', 'b', 'c',
          'd');
}

static void
a_checksum_of_zero_is_written_in_its_other_form (void)
{
  const LinuxNotes notes
      = { .offload = { .flags = VIRTIO_NET_HDR_F_NEEDS_CSUM, .csum_start = 14, .csum_offset = 2 } };

  CU_ASSERT_EQUAL (RESTORE (&notes, MACS, 0x88, 0xb5, 0xff, 0x0f, 0x00, 0xf0), NET_DROP_NONE);
  EXPECT (0, MACS, 0x88, 0xb5, 0xff, 0x0f, 0xff, 0xff);
}

static void
notes_that_point_past_the_end_are_malformed (void)
{
  LinuxNotes notes
      = { .offload = { .flags = VIRTIO_NET_HDR_F_NEEDS_CSUM, .csum_start = 14, .csum_offset = 1 } };

  CU_ASSERT_EQUAL (RESTORE (&notes, MACS, 0x88, 0xb5, 1, 2), NET_DROP_MALFORMED);
  notes.offload.csum_start = 65535;
  notes.offload.csum_offset = 65535;
  CU_ASSERT_EQUAL (RESTORE (&notes, MACS, 0x88, 0xb5, 1, 2), NET_DROP_MALFORMED);
  CU_ASSERT_EQUAL (n_frames, 0);
}

static void
a_frame_longer_than_any_is_refused (void)
{
  g_autofree guint8 *bytes = g_malloc0 (NET_FRAME_MAX + 1);

  CU_ASSERT_EQUAL (linux_restore (pool, bytes, NET_FRAME_MAX + 1, &(LinuxNotes){ 0 }, keep, NULL),
                   NET_DROP_FRAME_TOO_LONG);
}

/* ---- several segments -------------------------------------------------------------------------------------------- */

static void
tcp_over_ipv4_becomes_segments (void)
{
  const LinuxNotes notes = super_packet (VIRTIO_NET_HDR_GSO_TCPV4 | VIRTIO_NET_HDR_GSO_ECN, 34, 16);

  CU_ASSERT_EQUAL (RESTORE (&notes, ETHERNET_IPV4, IPV4 (49, 0x34, 6, 0),
                            TCP (1, CWR_ACK | ACK_PSH_FIN, 0x1432), 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h',
                            'i'),
                   NET_DROP_NONE);
  CU_ASSERT_EQUAL_FATAL (n_frames, 3);
  EXPECT (0, ETHERNET_IPV4, IPV4 (44, 0x34, 6, 0x1482), TCP (1, CWR_ACK, 0x9eb1), 'a', 'b', 'c', 'd');
  EXPECT (1, ETHERNET_IPV4, IPV4 (44, 0x35, 6, 0x1481), TCP (5, ACK, 0x9725), 'e', 'f', 'g', 'h');
  EXPECT (2, ETHERNET_IPV4, IPV4 (41, 0x36, 6, 0x1483), TCP (9, ACK_PSH_FIN, 0xfae9), 'i');
}

static void
tcp_over_ipv6_becomes_segments (void)
{
  const LinuxNotes notes = super_packet (VIRTIO_NET_HDR_GSO_TCPV6, 54, 16);

  CU_ASSERT_EQUAL (RESTORE (&notes, ETHERNET_IPV6, IPV6 (29, 6), TCP (1, CWR_ACK | ACK_PSH_FIN, 0), 'a', 'b',
                            'c', 'd', 'e', 'f', 'g', 'h', 'i'),
                   NET_DROP_NONE);
  CU_ASSERT_EQUAL_FATAL (n_frames, 3);
  EXPECT (0, ETHERNET_IPV6, IPV6 (24, 6), TCP (1, CWR_ACK, 0xb8af), 'a', 'b', 'c', 'd');
  EXPECT (1, ETHERNET_IPV6, IPV6 (24, 6), TCP (5, ACK, 0xb123), 'e', 'f', 'g', 'h');
  EXPECT (2, ETHERNET_IPV6, IPV6 (21, 6), TCP (9, ACK_PSH_FIN, 0x14e8), 'i');
}

static void
udp_of_equal_parts_becomes_datagrams_each_with_the_tag (void)
{
  LinuxNotes notes = super_packet (5 /* VIRTIO_NET_HDR_GSO_UDP_L4 */, 34, 6);

  notes.has_tag = TRUE;
  notes.tag = (NetVlanTag){ .tpid = 0x8100, .tci = 5 };
  CU_ASSERT_EQUAL (RESTORE (&notes, ETHERNET_IPV4, IPV4 (37, 0x34, 17, 0), UDP (17, 0), 'a', 'b', 'c', 'd',
                            'e', 'f', 'g', 'h', 'i'),
                   NET_DROP_NONE);
  CU_ASSERT_EQUAL_FATAL (n_frames, 3);
  EXPECT (0, MACS, 0x81, 0, 0, 5, 0x08, 0, IPV4 (32, 0x34, 17, 0x1483), UDP (12, 0x133b), 'a', 'b', 'c', 'd');
  EXPECT (1, MACS, 0x81, 0, 0, 5, 0x08, 0, IPV4 (32, 0x35, 17, 0x1482), UDP (12, 0x0b33), 'e', 'f', 'g', 'h');
  EXPECT (2, MACS, 0x81, 0, 0, 5, 0x08, 0, IPV4 (29, 0x36, 17, 0x1484), UDP (9, 0x6f07), 'i');
}

static void
segments_inside_a_vxlan_packet_each_get_its_headers (void)
{
  const LinuxNotes notes = super_packet (VIRTIO_NET_HDR_GSO_TCPV4, 84, 16);

  CU_ASSERT_EQUAL (RESTORE (&notes, VXLAN (99, 0, 0, 79), ETHERNET_IPV4, IPV4 (49, 0x34, 6, 0),
                            TCP (1, CWR_ACK | ACK_PSH_FIN, 0), 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'),
                   NET_DROP_NONE);
  CU_ASSERT_EQUAL_FATAL (n_frames, 3);
  EXPECT (0, VXLAN (0x5e, 0, 0x2c58, 0x4a), ETHERNET_IPV4, IPV4 (44, 0x34, 6, 0x1482),
          TCP (1, CWR_ACK, 0x9eb1), 'a', 'b', 'c', 'd');
  EXPECT (1, VXLAN (0x5e, 1, 0x2c57, 0x4a), ETHERNET_IPV4, IPV4 (44, 0x35, 6, 0x1481), TCP (5, ACK, 0x9725),
          'e', 'f', 'g', 'h');
  EXPECT (2, VXLAN (0x5b, 2, 0x2c59, 0x47), ETHERNET_IPV4, IPV4 (41, 0x36, 6, 0x1483),
          TCP (9, ACK_PSH_FIN, 0xfae9), 'i');
}

static void
headers_that_are_not_there_are_malformed (void)
{
  LinuxNotes notes = super_packet (VIRTIO_NET_HDR_GSO_TCPV4, 34, 16);

  /* no room for a TCP header; a transport header where none is; segments of nothing; another kind of packet */
  CU_ASSERT_EQUAL (RESTORE (&notes, ETHERNET_IPV4, IPV4 (49, 0x34, 6, 0), 0, 1, 2, 3), NET_DROP_MALFORMED);
  notes.offload.csum_start = 38;
  CU_ASSERT_EQUAL (RESTORE (&notes, ETHERNET_IPV4, IPV4 (49, 0x34, 6, 0), TCP (1, ACK, 0), 'a'),
                   NET_DROP_MALFORMED);
  notes.offload.csum_start = 34;
  notes.offload.gso_size = 0;
  CU_ASSERT_EQUAL (RESTORE (&notes, ETHERNET_IPV4, IPV4 (49, 0x34, 6, 0), TCP (1, ACK, 0), 'a'),
                   NET_DROP_MALFORMED);
  notes.offload.gso_size = 4;
  CU_ASSERT_EQUAL (RESTORE (&notes, MACS, 0x88, 0xb5, IPV4 (49, 0x34, 6, 0), TCP (1, ACK, 0), 'a'),
                   NET_DROP_MALFORMED);
  CU_ASSERT_EQUAL (n_frames, 0);
}

static void
every_beginning_of_a_packet_is_malformed_or_segments (void)
{
  static const guint8 packet[]
      = { VXLAN (99, 0, 0, 79), ETHERNET_IPV4, IPV4 (49, 0x34, 6, 0), TCP (1, ACK, 0), 'a' };
  const LinuxNotes notes = super_packet (VIRTIO_NET_HDR_GSO_TCPV4, 84, 16);

  for (guint length = 0; length <= sizeof packet; length++)
    CU_ASSERT_EQUAL (restore (packet, length, &notes), length < 104 ? NET_DROP_MALFORMED : NET_DROP_NONE);
}

#define OPTIONS(next) (next), 0, 1, 4, 0, 0, 0, 0 /* destination options: padding */

static void
a_chain_of_ipv6_headers_is_passed_over (void)
{
  LinuxNotes notes = super_packet (VIRTIO_NET_HDR_GSO_TCPV6, 62, 16);

  CU_ASSERT_EQUAL (RESTORE (&notes, ETHERNET_IPV6, IPV6 (37, 60), OPTIONS (6),
                            TCP (1, CWR_ACK | ACK_PSH_FIN, 0), 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'),
                   NET_DROP_NONE);
  CU_ASSERT_EQUAL_FATAL (n_frames, 3);
  EXPECT (0, ETHERNET_IPV6, IPV6 (32, 60), OPTIONS (6), TCP (1, CWR_ACK, 0xb8af), 'a', 'b', 'c', 'd');
  EXPECT (2, ETHERNET_IPV6, IPV6 (29, 60), OPTIONS (6), TCP (9, ACK_PSH_FIN, 0x14e8), 'i');
  /* a transport header within the IPv6 header */
  notes.offload.csum_start = 50;
  CU_ASSERT_EQUAL (RESTORE (&notes, ETHERNET_IPV6, IPV6 (37, 60), OPTIONS (6), TCP (1, ACK, 0), 'a'),
                   NET_DROP_MALFORMED);
}

static void
every_beginning_of_an_ipv6_packet_is_malformed_or_segments (void)
{
  static const guint8 packet[] = { ETHERNET_IPV6, IPV6 (21, 6), TCP (1, ACK, 0), 'a' };
  const LinuxNotes notes = super_packet (VIRTIO_NET_HDR_GSO_TCPV6, 54, 16);

  for (guint length = 0; length <= sizeof packet; length++)
    CU_ASSERT_EQUAL (restore (packet, length, &notes), length < 74 ? NET_DROP_MALFORMED : NET_DROP_NONE);
}

/* One byte of a good packet is another. */
static void
check_malformed (guint at, guint8 byte, const LinuxNotes *notes)
{
  guint8 packet[] = { VXLAN (99, 0, 0, 79), ETHERNET_IPV4, IPV4 (49, 0x34, 6, 0), TCP (1, ACK, 0), 'a' };

  CU_ASSERT_EQUAL (restore (packet, sizeof packet, notes), NET_DROP_NONE);
  packet[at] = byte;
  CU_ASSERT_EQUAL (restore (packet, sizeof packet, notes), NET_DROP_MALFORMED);
}

static void
headers_that_contradict_the_notes_are_malformed (void)
{
  static const guint8 deep[] = { VXLAN (99, 0, 0, 79),  VXLAN (99, 0, 0, 79), ETHERNET_IPV4,
                                 IPV4 (49, 0x34, 6, 0), TCP (1, ACK, 0),      'a' };
  LinuxNotes notes = super_packet (VIRTIO_NET_HDR_GSO_TCPV4, 84, 16);

  check_malformed (14, 0x44, &notes); /* an IP header of 16 bytes */
  check_malformed (14, 0x65, &notes); /* of version 6 */
  check_malformed (23, 6, &notes);    /* TCP outside */
  check_malformed (37, 0xb6, &notes); /* to UDP port 4790 */
  check_malformed (12, 0x86, &notes); /* another EtherType */
  check_malformed (64, 0x4f,
                   &notes); /* inside, an IP header of 60 bytes: the transport header is elsewhere */
  check_malformed (96, 0x40, &notes); /* a TCP header of 16 bytes */
  check_malformed (96, 0xf0, &notes); /* of 60, which there are not */
  notes.offload.csum_start = 134;
  CU_ASSERT_EQUAL (restore (deep, sizeof deep, &notes), NET_DROP_MALFORMED);
  notes.offload.csum_start = 84;
  notes.offload.flags = 0;
  CU_ASSERT_EQUAL (restore (deep, sizeof deep, &notes), NET_DROP_MALFORMED);
}

static void
a_datagram_whose_checksum_is_zero_says_so_in_its_other_form (void)
{
  const LinuxNotes notes = super_packet (5 /* VIRTIO_NET_HDR_GSO_UDP_L4 */, 34, 6);

  /* 'a' 'b' 'c' 'd' gave 0x133b, and 'c' 'd' and 0x133b are 0x769f */
  CU_ASSERT_EQUAL (
      RESTORE (&notes, ETHERNET_IPV4, IPV4 (33, 0x34, 17, 0), UDP (13, 0), 'a', 'b', 0x76, 0x9f, 'i'),
      NET_DROP_NONE);
  EXPECT (0, ETHERNET_IPV4, IPV4 (32, 0x34, 17, 0x1483), UDP (12, 0xffff), 'a', 'b', 0x76, 0x9f);
}

static void
parts_that_fit_no_frame_are_too_long (void)
{
  LinuxNotes notes = super_packet (VIRTIO_NET_HDR_GSO_TCPV4, 34, 16);
  g_autofree guint8 *bytes = g_malloc0 (65000);
  static const guint8 headers[] = { ETHERNET_IPV4, IPV4 (0, 0x34, 6, 0), TCP (1, ACK, 0) };

  memcpy (bytes, headers, sizeof headers);
  notes.offload.gso_size = NET_FRAME_MAX;
  CU_ASSERT_EQUAL (linux_restore (pool, bytes, 65000, &notes, keep, NULL), NET_DROP_FRAME_TOO_LONG);
  notes.offload.gso_type = VIRTIO_NET_HDR_GSO_UDP; /* a datagram that wants to be fragmented */
  CU_ASSERT_EQUAL (linux_restore (pool, bytes, 65000, &notes, keep, NULL), NET_DROP_FRAME_TOO_LONG);
}

/* ---- where nobody told ------------------------------------------------------------------------------------------- */

static guint8 bytes[128];
static guint n_bytes;

static void
reveal (const guint8 *frame, guint length)
{
  memcpy (bytes, frame, length);
  n_bytes = length;
  linux_restore_hidden_checksum (bytes, length);
}

#define REVEAL(...) reveal ((const guint8[]){ __VA_ARGS__ }, sizeof (const guint8[]){ __VA_ARGS__ })
#define BECAME(...) TAP_ASSERT_BYTES (bytes, n_bytes, __VA_ARGS__)

static void
a_field_with_the_pseudo_header_s_sum_is_filled_in (void)
{
  /* 10.0.0.11 + 10.0.0.12 + 6 + 24 = 0x1435; 17 + 12 = 0x1434; fd00::b + fd00::c + 6 + 24 = 0xfa36 */
  REVEAL (ETHERNET_IPV4, IPV4 (44, 0x34, 6, 0x1482), TCP (1, CWR_ACK, 0x1435), 'a', 'b', 'c', 'd');
  BECAME (ETHERNET_IPV4, IPV4 (44, 0x34, 6, 0x1482), TCP (1, CWR_ACK, 0x9eb1), 'a', 'b', 'c', 'd');
  REVEAL (ETHERNET_IPV4, IPV4 (32, 0x34, 17, 0x1483), UDP (12, 0x1434), 'a', 'b', 'c', 'd');
  BECAME (ETHERNET_IPV4, IPV4 (32, 0x34, 17, 0x1483), UDP (12, 0x133b), 'a', 'b', 'c', 'd');
  REVEAL (ETHERNET_IPV6, IPV6 (24, 6), TCP (1, CWR_ACK, 0xfa36), 'a', 'b', 'c', 'd');
  BECAME (ETHERNET_IPV6, IPV6 (24, 6), TCP (1, CWR_ACK, 0xb8af), 'a', 'b', 'c', 'd');
}

static void
a_hidden_checksum_of_zero_is_written_in_its_other_form (void)
{
  REVEAL (ETHERNET_IPV4, IPV4 (32, 0x34, 17, 0x1483), UDP (12, 0x1434), 'a', 'b', 0x76, 0x9f);
  BECAME (ETHERNET_IPV4, IPV4 (32, 0x34, 17, 0x1483), UDP (12, 0xffff), 'a', 'b', 0x76, 0x9f);
}

#define STAYS(...)                                                                                           \
  do                                                                                                         \
    {                                                                                                        \
      REVEAL (__VA_ARGS__);                                                                                  \
      BECAME (__VA_ARGS__);                                                                                  \
    }                                                                                                        \
  while (FALSE)

static void
what_has_no_such_field_stays (void)
{
  /* no Ethernet; ARP; a first fragment; ICMP, whose checksum has no pseudo header; headers without room for a field */
  STAYS (1, 2, 3);
  STAYS (MACS, 0x08, 0x06, 0, 1);
  STAYS (ETHERNET_IPV4, 0x45, 0, 0, 32, 0x12, 0x34, 0x20, 0, 64, 17, 0x34, 0x83, ADDRESSES_4,
         UDP (12, 0x1434), 'a', 'b', 'c', 'd');
  STAYS (ETHERNET_IPV4, IPV4 (28, 0x34, 1, 0x1497), 8, 0, 0x14, 0x20, 0, 0, 0, 0);
  STAYS (ETHERNET_IPV4, IPV4 (24, 0x34, 17, 0x148b), 0x13, 0x89, 0, 53);
  STAYS (ETHERNET_IPV6, IPV6 (8, 58), 128, 0, 0, 0, 0, 0, 0, 0);
  STAYS (ETHERNET_IPV6, 0x60, 0, 0, 0);
}

static void
any_other_field_stays (void)
{
  /* a complete one, a wrong one, none; a header cut off; a wrong IP checksum */
  REVEAL (ETHERNET_IPV4, IPV4 (44, 0x34, 6, 0x1482), TCP (1, CWR_ACK, 0x9eb1), 'a', 'b', 'c', 'd');
  BECAME (ETHERNET_IPV4, IPV4 (44, 0x34, 6, 0x1482), TCP (1, CWR_ACK, 0x9eb1), 'a', 'b', 'c', 'd');
  REVEAL (ETHERNET_IPV4, IPV4 (44, 0x34, 6, 0x1482), TCP (1, CWR_ACK, 0x1436), 'a', 'b', 'c', 'd');
  BECAME (ETHERNET_IPV4, IPV4 (44, 0x34, 6, 0x1482), TCP (1, CWR_ACK, 0x1436), 'a', 'b', 'c', 'd');
  REVEAL (ETHERNET_IPV4, IPV4 (32, 0x34, 17, 0x1483), UDP (12, 0), 'a', 'b', 'c', 'd');
  BECAME (ETHERNET_IPV4, IPV4 (32, 0x34, 17, 0x1483), UDP (12, 0), 'a', 'b', 'c', 'd');
  REVEAL (ETHERNET_IPV4, IPV4 (44, 0x34, 6, 0x1482), 0x13, 0x89, 0, 80);
  BECAME (ETHERNET_IPV4, IPV4 (44, 0x34, 6, 0x1482), 0x13, 0x89, 0, 80);
  REVEAL (ETHERNET_IPV4, IPV4 (44, 0x34, 6, 0), TCP (1, CWR_ACK, 0x1435), 'a', 'b', 'c', 'd');
  BECAME (ETHERNET_IPV4, IPV4 (44, 0x34, 6, 0), TCP (1, CWR_ACK, 0x1435), 'a', 'b', 'c', 'd');
}

static const TapTest tests[] = {
  { "nothing taken off leaves the frame as it is", nothing_taken_off_leaves_the_frame_as_it_is },
  { "a tag returns behind the addresses", a_tag_returns_behind_the_addresses },
  { "a frame without room for addresses has no place for a tag",
    a_frame_without_room_for_addresses_has_no_place_for_a_tag },
  { "a priority tag is not taken for a missing tag", a_priority_tag_is_no_missing_tag },
  { "a checksum left to hardware is filled in", a_checksum_left_to_hardware_is_filled_in },
  { "a checksum of zero is written in its other form", a_checksum_of_zero_is_written_in_its_other_form },
  { "notes that point past the end are malformed", notes_that_point_past_the_end_are_malformed },
  { "a frame longer than any is refused", a_frame_longer_than_any_is_refused },
  { "TCP over IPv4 becomes segments", tcp_over_ipv4_becomes_segments },
  { "TCP over IPv6 becomes segments", tcp_over_ipv6_becomes_segments },
  { "UDP of equal parts becomes datagrams, each with the tag",
    udp_of_equal_parts_becomes_datagrams_each_with_the_tag },
  { "segments inside a VXLAN packet each get its headers",
    segments_inside_a_vxlan_packet_each_get_its_headers },
  { "headers that are not there are malformed", headers_that_are_not_there_are_malformed },
  { "every beginning of a packet is malformed, or has segments",
    every_beginning_of_a_packet_is_malformed_or_segments },
  { "a chain of IPv6 headers is passed over", a_chain_of_ipv6_headers_is_passed_over },
  { "every beginning of an IPv6 packet is malformed, or has segments",
    every_beginning_of_an_ipv6_packet_is_malformed_or_segments },
  { "headers that contradict the notes are malformed", headers_that_contradict_the_notes_are_malformed },
  { "a datagram whose checksum is zero says so in its other form",
    a_datagram_whose_checksum_is_zero_says_so_in_its_other_form },
  { "parts that fit no frame are too long", parts_that_fit_no_frame_are_too_long },
  { "a field with the pseudo header's sum is filled in where nobody told",
    a_field_with_the_pseudo_header_s_sum_is_filled_in },
  { "a sum of zero is written in its other form there, too",
    a_hidden_checksum_of_zero_is_written_in_its_other_form },
  { "what has no such field stays as it is", what_has_no_such_field_stays },
  { "any other field stays as it is", any_other_field_stays },
  { NULL, NULL },
};

int
main (void)
{
  int status;

  pool = net_frame_pool_new ();
  status = tap_main ("linux-restore", tests);
  forget ();
  net_frame_pool_free (pool);
  return status;
}
