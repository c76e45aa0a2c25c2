/* The pcapng writer, byte by byte, and the reader on whole, foreign, cut and damaged files. */
#include "pcapng-test-sample.h"
#include "sim/pcapng.h"
#include "tap.h"

#include <string.h>

static void
to_bytes (const guint8 *bytes, gsize n, gpointer user)
{
  g_byte_array_append (user, bytes, (guint) n);
}

static GByteArray *
write_sample (void)
{
  GByteArray *out = g_byte_array_new ();
  g_autoptr (SimPcapngWriter) writer = sim_pcapng_writer_new (to_bytes, out);
  pcapng_sample_emit (sim_pcapng_writer_hear, writer);
  return out;
}

static GByteArray *
write_record (const SimTraceRecord *record)
{
  GByteArray *out = g_byte_array_new ();
  g_autoptr (SimPcapngWriter) writer = sim_pcapng_writer_new (to_bytes, out);
  sim_pcapng_writer_hear (record, writer);
  return out;
}

/* The records as text, and a line with the error if there is one. */
static char *
read_text (const guint8 *bytes, gsize n)
{
  GString *out = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  /* A copy of exactly this size: a sanitizer sees a read past its end. */
  g_autofree guint8 *copy = g_memdup2 (bytes, n);

  if (!sim_pcapng_read (copy, n, pcapng_sample_print, out, &error))
    {
      CU_ASSERT_TRUE (g_error_matches (error, SIM_PCAPNG_ERROR, SIM_PCAPNG_ERROR_FORMAT));
      g_string_append_printf (out, "error: %s\n", error->message);
    }
  else
    CU_ASSERT_PTR_NULL (error);
  return g_string_free (out, FALSE);
}

/* ---- writing ------------------------------------------------------------------------------------------- */

static void
a_section_carries_scenario_variant_seed_and_version (void)
{
  SimTraceRecord record = { .kind = SIM_TRACE_SECTION };
  g_autoptr (GByteArray) got = NULL;

  record.section = (SimTraceSection){ .scenario = "s", .variant = "v", .seed = 7, .version = "1" };
  got = write_record (&record);
  TAP_ASSERT_BYTES (got->data, got->len, 0x0a, 0x0d, 0x0d, 0x0a, /* section header block */
                    92, 0, 0, 0,                                 /* length */
                    0x4d, 0x3c, 0x2b, 0x1a,                      /* byte-order magic */
                    1, 0, 0, 0,                                  /* version 1.0 */
                    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, /* section length not given */
                    1, 0, 11, 0, 's', 'c', 'e', 'n', 'a', 'r', 'i', 'o', ':', ' ', 's', 0,       /* opt_comment */
                    1, 0, 10, 0, 'v', 'a', 'r', 'i', 'a', 'n', 't', ':', ' ', 'v', 0, 0,         /* opt_comment */
                    1, 0, 7, 0, 's', 'e', 'e', 'd', ':', ' ', '7', 0,                            /* opt_comment */
                    4, 0, 9, 0, 'v', 't', 'e', 'p', 'l', 'a', 'b', ' ', '1', 0, 0, 0, /* shb_userappl */
                    0, 0, 0, 0,                                                                  /* opt_endofopt */
                    92, 0, 0, 0);
}

/* The block that the last of `n` records makes. */
static GByteArray *
write_last (const SimTraceRecord *records, guint n)
{
  g_autoptr (GByteArray) all = g_byte_array_new ();
  SimPcapngWriter *writer = sim_pcapng_writer_new (to_bytes, all);
  GByteArray *out = g_byte_array_new ();
  gsize length;

  for (guint i = 0; i < n; i++)
    sim_pcapng_writer_hear (&records[i], writer);
  sim_pcapng_writer_free (writer);
  length = all->data[all->len - 4] | (gsize) all->data[all->len - 3] << 8;
  return g_byte_array_append (out, all->data + all->len - length, (guint) length);
}

static void
an_interface_has_a_name_nanoseconds_kind_and_peer (void)
{
  SimTraceRecord record = { .kind = SIM_TRACE_INTERFACE };
  g_autoptr (GByteArray) got = NULL;

  record.interface = (SimTraceInterface){ .id = 0, .name = "a/b", .kind = "tor", .peer = "c/d" };
  got = write_last (&record, 1);
  TAP_ASSERT_BYTES (got->data, got->len, 1, 0, 0, 0,         /* interface description block */
                    100, 0, 0, 0,                            /* length */
                    1, 0, 0, 0,                              /* Ethernet */
                    0, 0, 0, 0,                              /* no snap length */
                    2, 0, 3, 0, 'a', '/', 'b', 0,            /* if_name */
                    3, 0, 17, 0, 't', 'o', 'r', ';', ' ', 'c', 'a', 'b', 'l', 'e', ' ', 't', 'o', ' ', 'c', '/',
                    'd', 0, 0, 0,                            /* if_description */
                    9, 0, 1, 0, 9, 0, 0, 0,                  /* if_tsresol: nanoseconds */
                    0xac, 0x0b, 31, 0, 0xd9, 0x7e, 0, 0,     /* custom option of enterprise 32473: JSON */
                    '{', '"', 'k', 'i', 'n', 'd', '"', ':', '"', 't', 'o', 'r', '"', ',', '"', 'p', 'e', 'e', 'r',
                    '"', ':', '"', 'c', '/', 'd', '"', '}', 0,
                    0, 0, 0, 0,                              /* opt_endofopt */
                    100, 0, 0, 0);
}

static const SimTraceRecord an_interface
    = { .kind = SIM_TRACE_INTERFACE, .interface = { .id = 0, .name = "a/b", .kind = "tor" } };

static void
a_packet_has_nanoseconds_direction_and_packet_id (void)
{
  SimTraceRecord records[] = { an_interface, { .kind = SIM_TRACE_PACKET, .time_ns = 0x123456789a } };
  g_autoptr (GByteArray) got = NULL;

  records[1].packet = (SimTracePacket){ .direction = SIM_TRACE_OUTBOUND,
                                        .packet_id = 0x10000000002,
                                        .bytes = (const guint8 *) "\xaa\xbb\xcc\xdd\xee",
                                        .captured = 5,
                                        .length = 64 };
  got = write_last (records, 2);
  TAP_ASSERT_BYTES (got->data, got->len, 6, 0, 0, 0,                 /* enhanced packet block */
                    64, 0, 0, 0,                                     /* length */
                    0, 0, 0, 0,                                      /* interface */
                    0x12, 0, 0, 0, 0x9a, 0x78, 0x56, 0x34,           /* time, high and low */
                    5, 0, 0, 0, 64, 0, 0, 0,                         /* captured, original length */
                    0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0, 0, 0,           /* bytes, padded */
                    2, 0, 4, 0, 2, 0, 0, 0,                          /* epb_flags: outbound */
                    5, 0, 8, 0, 2, 0, 0, 0, 0, 1, 0, 0,              /* epb_packetid */
                    0, 0, 0, 0, 64, 0, 0, 0);
}

static void
a_drop_has_a_comment_and_a_verdict (void)
{
  SimTraceRecord records[] = { an_interface, { .kind = SIM_TRACE_PACKET } };
  g_autoptr (GByteArray) got = NULL;
  static const char comment[] = "\1\0\077\0drop vni-unknown: no logical switch has this VNI [vxlan, vni 9]\0";
  static const char verdict[] = "\7\0\014\0\0vni-unknown";

  records[1].packet = (SimTracePacket){ .direction = SIM_TRACE_INBOUND,
                                        .drop = NET_DROP_VNI_UNKNOWN,
                                        .table = "vxlan",
                                        .rule = "vni 9" };
  got = write_last (records, 2);
  CU_ASSERT_PTR_NOT_NULL (memmem (got->data, got->len, comment, sizeof comment - 1));
  CU_ASSERT_PTR_NOT_NULL (memmem (got->data, got->len, verdict, sizeof verdict - 1));
}

static void
names_are_resolution_records_of_each_address_family (void)
{
  SimTraceRecord record = { .kind = SIM_TRACE_NAME };
  g_autoptr (GByteArray) ipv4 = NULL, mac = NULL;

  record.name = (SimTraceName){ "10.0.0.11", "vm1" };
  ipv4 = write_last (&record, 1);
  TAP_ASSERT_BYTES (ipv4->data, ipv4->len, 4, 0, 0, 0, 28, 0, 0, 0, /* name resolution block */
                    1, 0, 8, 0, 10, 0, 0, 11, 'v', 'm', '1', 0,     /* IPv4 record */
                    0, 0, 0, 0, 28, 0, 0, 0);                       /* end of records */
  record.name = (SimTraceName){ "02:00:00:00:00:0b", "vm1" };
  mac = write_last (&record, 1);
  TAP_ASSERT_BYTES (mac->data, mac->len, 4, 0, 0, 0, 32, 0, 0, 0,
                    3, 0, 10, 0, 2, 0, 0, 0, 0, 11, 'v', 'm', '1', 0, 0, 0, /* EUI-48 record, padded */
                    0, 0, 0, 0, 32, 0, 0, 0);
}

static void
a_state_change_is_a_custom_block_of_two_json_lines (void)
{
  static const char text[] = "{\"record\":\"state\",\"time\":12,\"node\":\"tor1\",\"table\":\"fdb\",\"op\":\"add\","
                             "\"key\":\"a\\\"\\\\\\u0009\"}\n{\"port\": 1}";
  SimTraceRecord record = { .kind = SIM_TRACE_STATE, .time_ns = 12 };
  g_autoptr (GByteArray) got = NULL;

  record.state = (SimTraceState){ "tor1", "fdb", "add", "a\"\\\t", "{\"port\": 1}" };
  got = write_last (&record, 1);
  CU_ASSERT_EQUAL (got->data[0] | got->data[1] << 8, 0x0bad);
  CU_ASSERT_EQUAL (got->data[8] | got->data[9] << 8, 32473);
  CU_ASSERT_EQUAL_FATAL (got->len, 12 + (sizeof text - 1 + 3) / 4 * 4 + 4);
  CU_ASSERT_NSTRING_EQUAL (got->data + 12, text, sizeof text); /* with a NUL of the padding */
}

/* ---- there and back ------------------------------------------------------------------------------------ */

static void
the_reader_gives_back_what_was_written (void)
{
  g_autoptr (GByteArray) file = write_sample ();
  g_autoptr (GString) expected = g_string_new (NULL);
  g_autofree char *got = read_text (file->data, file->len);

  pcapng_sample_emit (pcapng_sample_print, expected);
  CU_ASSERT_STRING_EQUAL (got, expected->str);
}

static void
a_trace_read_and_written_again_is_the_same_file (void)
{
  g_autoptr (GByteArray) file = write_sample (), again = g_byte_array_new ();
  SimPcapngWriter *writer = sim_pcapng_writer_new (to_bytes, again);

  CU_ASSERT_TRUE (sim_pcapng_read (file->data, file->len, sim_pcapng_writer_hear, writer, NULL));
  sim_pcapng_writer_free (writer);
  CU_ASSERT_EQUAL_FATAL (again->len, file->len);
  CU_ASSERT_EQUAL (memcmp (again->data, file->data, file->len), 0);
}

static void
interfaces_of_a_second_section_go_on_counting (void)
{
  SimTraceRecord section = { .kind = SIM_TRACE_SECTION }, interface = an_interface;
  SimTraceRecord packet = { .kind = SIM_TRACE_PACKET, .time_ns = 3 };
  g_autoptr (GByteArray) file = g_byte_array_new ();
  SimPcapngWriter *writer = sim_pcapng_writer_new (to_bytes, file);
  g_autofree char *got = NULL;

  for (guint i = 0; i < 2; i++)
    {
      sim_pcapng_writer_hear (&section, writer);
      interface.interface.id = packet.packet.interface_id = i;
      sim_pcapng_writer_hear (&interface, writer);
      sim_pcapng_writer_hear (&packet, writer);
    }
  sim_pcapng_writer_free (writer);
  got = read_text (file->data, file->len);
  CU_ASSERT_STRING_EQUAL (got, "0 section seed=0\n"
                               "0 interface id=0 name='a/b' kind='tor'\n"
                               "3 packet interface=0 direction=0 id=0 length=0 drop=none bytes=\n"
                               "0 section seed=0\n"
                               "0 interface id=1 name='a/b' kind='tor'\n"
                               "3 packet interface=1 direction=0 id=0 length=0 drop=none bytes=\n");
}

static void
bytes_that_are_no_utf8_become_replacement_characters (void)
{
  SimTraceRecord record = { .kind = SIM_TRACE_STATE };
  g_autoptr (GByteArray) file = NULL;
  g_autofree char *got = NULL;

  record.state = (SimTraceState){ "n", "t", "o", "a\xff\xc3z\xc3\xa9", NULL };
  file = write_record (&record);
  got = read_text (file->data, file->len);
  CU_ASSERT_PTR_NOT_NULL (strstr (got, "key='a\xef\xbf\xbd\xef\xbf\xbdz\xc3\xa9'\n"));
}

static void
count_pieces (const guint8 *bytes, gsize n, gpointer user)
{
  gsize *pieces = user;
  (void) bytes;
  pieces[0]++;
  pieces[1] += n;
}

static void
bytes_reach_the_sink_in_large_pieces (void)
{
  static const guint8 bytes[1000];
  gsize pieces[2] = { 0, 0 };
  SimPcapngWriter *writer = sim_pcapng_writer_new (count_pieces, pieces);
  SimTraceRecord packet = { .kind = SIM_TRACE_PACKET };

  packet.packet = (SimTracePacket){ .bytes = bytes, .captured = sizeof bytes, .length = sizeof bytes };
  sim_pcapng_writer_hear (&an_interface, writer);
  for (guint i = 0; i < 1000; i++)
    sim_pcapng_writer_hear (&packet, writer);
  sim_pcapng_writer_free (writer);
  CU_ASSERT_TRUE (pieces[1] > 1000 * 1056);
  CU_ASSERT_EQUAL (pieces[0], 16); /* 15 pieces of 64 KiB and a bit, and the rest */
}

/* ---- foreign files ------------------------------------------------------------------------------------- */

#define BIG_SECTION \
  0x0a, 0x0d, 0x0d, 0x0a, 0, 0, 0, 28, 0x1a, 0x2b, 0x3c, 0x4d, 0, 1, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, \
      0xff, 0, 0, 0, 28
#define LITTLE_SECTION \
  0x0a, 0x0d, 0x0d, 0x0a, 28, 0, 0, 0, 0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, \
      0xff, 28, 0, 0, 0

static void
a_big_endian_file_in_microseconds_is_read (void)
{
  static const guint8 file[] = {
    BIG_SECTION,
    0, 0, 0, 1, 0, 0, 0, 20, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 20,     /* interface without options */
    0, 0, 0, 6, 0, 0, 0, 56, 0, 0, 0, 0,                             /* enhanced packet, interface 0 */
    0, 0, 0, 1, 0, 0, 0, 2,                                          /* 2^32 + 2 microseconds */
    0, 0, 0, 2, 0, 0, 0, 3, 0xab, 0xcd, 0, 0,                        /* 2 bytes of 3 */
    0, 2, 0, 4, 0, 0, 0, 1,                                          /* epb_flags: inbound */
    0, 5, 0, 8, 0, 0, 0, 0, 0, 0, 0, 9,                              /* epb_packetid */
    0, 0, 0, 56
  };
  g_autofree char *got = read_text (file, sizeof file);

  CU_ASSERT_STRING_EQUAL (got, "0 section seed=0\n"
                               "0 interface id=0 name='interface0' kind=''\n"
                               "4294967298000 packet interface=0 direction=1 id=9 length=3 drop=none bytes=abcd\n");
}

static void
binary_time_units_and_offsets_become_nanoseconds (void)
{
  static const guint8 file[] = {
    LITTLE_SECTION,
    1, 0, 0, 0, 44, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0,                  /* interface */
    9, 0, 1, 0, 0x8a, 0, 0, 0,                                       /* if_tsresol: 2^-10 s */
    14, 0, 8, 0, 100, 0, 0, 0, 0, 0, 0, 0,                           /* if_tsoffset: 100 s */
    0, 0, 0, 0, 44, 0, 0, 0,
    6, 0, 0, 0, 32, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0,     /* 1536 units: 1.5 s */
    0, 0, 0, 0, 0, 0, 0, 0, 32, 0, 0, 0
  };
  g_autofree char *got = read_text (file, sizeof file);
  CU_ASSERT_PTR_NOT_NULL (strstr (got, "\n101500000000 packet "));
}

static void
simple_and_obsolete_packet_blocks_are_read (void)
{
  static const guint8 file[] = {
    LITTLE_SECTION,
    1, 0, 0, 0, 20, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 20, 0, 0, 0,     /* interface, snap length 2 */
    3, 0, 0, 0, 20, 0, 0, 0, 5, 0, 0, 0, 0xaa, 0xbb, 0, 0, 20, 0, 0, 0, /* simple packet of 5 bytes */
    2, 0, 0, 0, 36, 0, 0, 0, 0, 0, 7, 0,                             /* obsolete packet: interface 0, 7 drops */
    0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0xcc, 0, 0, 0,   /* at 1 microsecond, 1 byte */
    36, 0, 0, 0
  };
  g_autofree char *got = read_text (file, sizeof file);
  CU_ASSERT_PTR_NOT_NULL (strstr (got, "\n0 packet interface=0 direction=0 id=0 length=5 drop=none bytes=aabb\n"
                                       "1000 packet interface=0 direction=0 id=0 length=1 drop=none bytes=cc\n"));
}

static void
blocks_of_others_are_passed_over (void)
{
  static const guint8 file[] = {
    LITTLE_SECTION,
    0x34, 0x12, 0, 0, 16, 0, 0, 0, 1, 2, 3, 4, 16, 0, 0, 0,                      /* a type nobody knows */
    0xad, 0x0b, 0, 0, 20, 0, 0, 0, 1, 0, 0, 0, 'x', 'y', 'z', 0, 20, 0, 0, 0,    /* another enterprise's */
    0xad, 0x0b, 0, 0, 20, 0, 0, 0, 0xd9, 0x7e, 0, 0, 'x', 'y', 'z', 0, 20, 0, 0, 0 /* ours, of a later version */
  };
  g_autofree char *got = read_text (file, sizeof file);
  CU_ASSERT_STRING_EQUAL (got, "0 section seed=0\n");
}

static void
an_address_may_have_several_names (void)
{
  static const guint8 file[] = {
    LITTLE_SECTION,
    4, 0, 0, 0, 28, 0, 0, 0, 1, 0, 8, 0, 10, 0, 0, 1, 'a', 0, 'b', 0, 0, 0, 0, 0, 28, 0, 0, 0
  };
  g_autofree char *got = read_text (file, sizeof file);
  CU_ASSERT_STRING_EQUAL (got, "0 section seed=0\n0 name address='10.0.0.1' name='a'\n"
                               "0 name address='10.0.0.1' name='b'\n");
}

/* ---- damage -------------------------------------------------------------------------------------------- */

static void
expect_error (const guint8 *bytes, gsize n, const char *sentence)
{
  g_autofree char *got = read_text (bytes, n);
  const char *error = strstr (got, "error: ");

  CU_ASSERT_PTR_NOT_NULL_FATAL (error);
  CU_ASSERT_STRING_EQUAL (error, sentence);
}

#define EXPECT_ERROR(sentence, ...) \
  expect_error ((const guint8[]){ __VA_ARGS__ }, sizeof (const guint8[]){ __VA_ARGS__ }, "error: " sentence "\n")

static void
an_error_names_the_block_and_what_is_wrong (void)
{
  EXPECT_ERROR ("at offset 0: not a pcapng file: it does not begin with a section header", 'h', 'e', 'l', 'l', 'o');
  EXPECT_ERROR ("at offset 0: a classic pcap file; 'editcap -F pcapng' makes it a pcapng file", 0xd4, 0xc3, 0xb2, 0xa1,
                2, 0);
  EXPECT_ERROR ("at offset 28: a block cannot be 13 bytes long", LITTLE_SECTION, 1, 0, 0, 0, 13, 0, 0, 0, 0, 0, 0, 0);
  EXPECT_ERROR ("at offset 28: a block of 20 bytes, but only 12 are left: the file is cut off", LITTLE_SECTION, 1, 0, 0,
                0, 20, 0, 0, 0, 0, 0, 0, 0);
  EXPECT_ERROR ("at offset 28: a block is 12 bytes long at its start and 16 at its end", LITTLE_SECTION, 1, 0, 0, 0, 12,
                0, 0, 0, 16, 0, 0, 0);
  EXPECT_ERROR ("at offset 28: a packet of interface 3, of which there was no description", LITTLE_SECTION, 6, 0, 0, 0,
                32, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 32, 0, 0, 0);
  EXPECT_ERROR ("at offset 28: an interface of link type 113; only Ethernet (1) can be shown", LITTLE_SECTION, 1, 0, 0,
                0, 20, 0, 0, 0, 113, 0, 0, 0, 0, 0, 0, 0, 20, 0, 0, 0);
  EXPECT_ERROR ("at offset 28: an option runs past the end of its block", LITTLE_SECTION, 1, 0, 0, 0, 24, 0, 0, 0, 1, 0,
                0, 0, 0, 0, 0, 0, 2, 0, 9, 0, 24, 0, 0, 0);
}

static void
a_file_cut_anywhere_gives_its_whole_blocks_and_then_an_error (void)
{
  g_autoptr (GByteArray) file = write_sample ();
  g_autofree char *whole = read_text (file->data, file->len);

  for (gsize n = 0; n < file->len; n++)
    {
      g_autofree char *got = read_text (file->data, n);
      char *error = strstr (got, "error: ");
      if (error)
        *error = '\0';
      CU_ASSERT_TRUE (error || (n > 0 && n % 4 == 0));
      CU_ASSERT_TRUE (g_str_has_prefix (whole, got));
    }
}

static void
a_damaged_file_never_harms_the_reader (void)
{
  static const guint8 damage[] = { 0x01, 0x80, 0xff };
  g_autoptr (GByteArray) file = write_sample ();

  for (gsize at = 0; at < file->len; at++)
    for (gsize i = 0; i < G_N_ELEMENTS (damage); i++)
      {
        file->data[at] ^= damage[i];
        g_free (read_text (file->data, file->len));
        file->data[at] ^= damage[i];
      }
}

static void
random_bytes_never_harm_the_reader (void)
{
  static const guint8 front[] = { LITTLE_SECTION, 1, 0, 0, 0, 20, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 20, 0, 0, 0 };
  static const guint8 types[] = { 1, 2, 3, 4, 6, 0xad };
  guint32 state = 2901;

  for (guint round = 0; round < 20000; round++)
    {
      guint8 file[sizeof front + 64];
      memcpy (file, front, sizeof front);
      for (gsize i = sizeof front; i < sizeof file; i++)
        {
          state = state * 1664525 + 1013904223;
          file[i] = (guint8) (state >> 24) & (state & 0x10000 ? 0xff : 0x03);
        }
      memset (file + sizeof front, 0, 8);
      file[sizeof front] = types[round % G_N_ELEMENTS (types)];
      file[sizeof front + 1] = file[sizeof front] == 0xad ? 0x0b : 0;
      file[sizeof front + 4] = file[sizeof file - 4] = 64;
      memset (file + sizeof file - 3, 0, 3);
      g_free (read_text (file, sizeof file));
    }
}

int
main (void)
{
  static const TapTest tests[] = {
    { "a section carries scenario, variant, seed and version", a_section_carries_scenario_variant_seed_and_version },
    { "an interface has a name, nanoseconds, kind and peer", an_interface_has_a_name_nanoseconds_kind_and_peer },
    { "a packet has nanoseconds, direction and packet id", a_packet_has_nanoseconds_direction_and_packet_id },
    { "a drop has a comment and a verdict", a_drop_has_a_comment_and_a_verdict },
    { "names are resolution records of each address family", names_are_resolution_records_of_each_address_family },
    { "a state change is a custom block of two JSON lines", a_state_change_is_a_custom_block_of_two_json_lines },
    { "the reader gives back what was written", the_reader_gives_back_what_was_written },
    { "a trace read and written again is the same file", a_trace_read_and_written_again_is_the_same_file },
    { "interfaces of a second section go on counting", interfaces_of_a_second_section_go_on_counting },
    { "bytes that are no UTF-8 become replacement characters", bytes_that_are_no_utf8_become_replacement_characters },
    { "bytes reach the sink in large pieces", bytes_reach_the_sink_in_large_pieces },
    { "a big-endian file in microseconds is read", a_big_endian_file_in_microseconds_is_read },
    { "binary time units and offsets become nanoseconds", binary_time_units_and_offsets_become_nanoseconds },
    { "simple and obsolete packet blocks are read", simple_and_obsolete_packet_blocks_are_read },
    { "blocks of others are passed over", blocks_of_others_are_passed_over },
    { "an address may have several names", an_address_may_have_several_names },
    { "an error names the block and what is wrong", an_error_names_the_block_and_what_is_wrong },
    { "a file cut anywhere gives its whole blocks and then an error",
      a_file_cut_anywhere_gives_its_whole_blocks_and_then_an_error },
    { "a damaged file never harms the reader", a_damaged_file_never_harms_the_reader },
    { "random bytes never harm the reader", random_bytes_never_harm_the_reader },
    { NULL, NULL },
  };
  return tap_main ("pcapng", tests);
}
