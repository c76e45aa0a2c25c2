/* Classic pcap files of link ends: what stands in which file. */
#include "../../cli/pcap-dir.h"
#include "tap.h"

#include <glib/gstdio.h>

static const guint8 frame[] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 11, 0x88, 0xb5 };

#define FILE_HEADER \
  0x4d, 0x3c, 0xb2, 0xa1,                                  /* magic: nanoseconds, this machine's byte order */ \
      2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0,                  /* version 2.4, no time zone, no accuracy */ \
      0, 0, 4, 0, 1, 0, 0, 0                               /* snap length 262144, Ethernet */
#define FRAME_AT(ns) \
  2, 0, 0, 0, ns, 0, 0, 0, 14, 0, 0, 0, 14, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 11, 0x88, 0xb5

static void
announce (CliPcapDir *dir, guint id, const char *name, const char *peer)
{
  SimTraceRecord record = { .kind = SIM_TRACE_INTERFACE };
  record.interface = (SimTraceInterface){ .id = id, .name = name, .kind = "tor", .peer = peer };
  cli_pcap_dir_hear (&record, dir);
}

static void
pass (CliPcapDir *dir, guint id, guint ns, NetDropReason drop)
{
  SimTraceRecord record = { .kind = SIM_TRACE_PACKET, .time_ns = 2 * NET_SEC + ns };
  record.packet = (SimTracePacket){ .interface_id = id,
                                    .direction = SIM_TRACE_INBOUND,
                                    .bytes = frame,
                                    .captured = sizeof frame,
                                    .length = sizeof frame,
                                    .drop = drop };
  cli_pcap_dir_hear (&record, dir);
}

/* The file's bytes, NULL when there is none; the file is removed. */
static GByteArray *
take_file (const char *path, const char *name)
{
  g_autofree char *file = g_build_filename (path, name, NULL);
  char *bytes;
  gsize n;

  if (!g_file_get_contents (file, &bytes, &n, NULL))
    return NULL;
  g_unlink (file);
  return g_byte_array_new_take ((guint8 *) bytes, n);
}

static void
an_end_has_its_frames_with_nanoseconds_and_no_drop_twice (void)
{
  g_autofree char *path = g_dir_make_tmp ("pcap-dir-XXXXXX", NULL);
  g_autoptr (CliPcapDir) dir = cli_pcap_dir_new (path, NULL);
  g_autoptr (GByteArray) busy = NULL, idle = NULL;

  announce (dir, 0, "tor1/em3", "server2/em1");
  announce (dir, 1, "tor1/em4", "server3/em1");
  pass (dir, 0, 7, NET_DROP_NONE);
  pass (dir, 0, 7, NET_DROP_VLAN_UNBOUND);
  pass (dir, 0, 9, NET_DROP_NONE);
  CU_ASSERT_TRUE (cli_pcap_dir_close (dir, NULL));
  busy = take_file (path, "tor1-em3.pcap");
  CU_ASSERT_PTR_NOT_NULL_FATAL (busy);
  TAP_ASSERT_BYTES (busy->data, busy->len, FILE_HEADER, FRAME_AT (7), FRAME_AT (9));
  idle = take_file (path, "tor1-em4.pcap");
  CU_ASSERT_PTR_NOT_NULL_FATAL (idle);
  TAP_ASSERT_BYTES (idle->data, idle->len, FILE_HEADER);
  CU_ASSERT_EQUAL (g_rmdir (path), 0);
}

static void
what_happens_inside_a_node_has_no_file (void)
{
  g_autofree char *path = g_dir_make_tmp ("pcap-dir-XXXXXX", NULL);
  g_autoptr (CliPcapDir) dir = cli_pcap_dir_new (path, NULL);

  announce (dir, 0, "tor1/local", NULL);
  pass (dir, 0, 7, NET_DROP_NO_ROUTE);
  CU_ASSERT_TRUE (cli_pcap_dir_close (dir, NULL));
  CU_ASSERT_EQUAL (g_rmdir (path), 0); /* it is empty */
}

static void
names_that_come_out_the_same_have_files_of_their_own (void)
{
  g_autofree char *path = g_dir_make_tmp ("pcap-dir-XXXXXX", NULL);
  g_autoptr (CliPcapDir) dir = cli_pcap_dir_new (path, NULL);
  g_autoptr (GByteArray) first = NULL, second = NULL, dots = NULL;

  announce (dir, 0, "a-b/c", "x/y");
  announce (dir, 1, "a/b-c", "x/z");
  announce (dir, 2, "../etc", "x/q");
  pass (dir, 1, 5, NET_DROP_NONE);
  announce (dir, 3, "a/b-c", "x/w"); /* plugged again: the same end */
  pass (dir, 3, 6, NET_DROP_NONE);
  CU_ASSERT_TRUE (cli_pcap_dir_close (dir, NULL));
  first = take_file (path, "a-b-c.pcap");
  second = take_file (path, "a-b-c.1.pcap");
  dots = take_file (path, "_..-etc.pcap");
  CU_ASSERT_TRUE_FATAL (first && second && dots);
  TAP_ASSERT_BYTES (second->data, second->len, FILE_HEADER, FRAME_AT (5), FRAME_AT (6));
  CU_ASSERT_EQUAL (g_rmdir (path), 0);
}

static void
more_ends_than_open_files_are_written (void)
{
  g_autofree char *path = g_dir_make_tmp ("pcap-dir-XXXXXX", NULL);
  g_autoptr (CliPcapDir) dir = cli_pcap_dir_new (path, NULL);

  for (guint id = 0; id < 500; id++)
    {
      g_autofree char *name = g_strdup_printf ("n%u/p", id);
      announce (dir, id, name, "x/y");
    }
  for (guint id = 0; id < 500; id++)
    pass (dir, id, 5, NET_DROP_NONE);
  CU_ASSERT_TRUE (cli_pcap_dir_close (dir, NULL));
  for (guint id = 0; id < 500; id++)
    {
      g_autofree char *name = g_strdup_printf ("n%u-p.pcap", id);
      g_autoptr (GByteArray) file = take_file (path, name);
      CU_ASSERT_PTR_NOT_NULL_FATAL (file);
      TAP_ASSERT_BYTES (file->data, file->len, FILE_HEADER, FRAME_AT (5));
    }
  CU_ASSERT_EQUAL (g_rmdir (path), 0);
}

static void
a_directory_that_cannot_be_made_is_an_error (void)
{
  g_autoptr (GError) error = NULL;

  CU_ASSERT_PTR_NULL (cli_pcap_dir_new ("/dev/null/here", &error));
  CU_ASSERT_STRING_EQUAL (error->message, "cannot make the directory /dev/null/here: Not a directory");
}

static void
a_file_that_cannot_be_written_is_told_at_the_end (void)
{
  g_autofree char *path = g_dir_make_tmp ("pcap-dir-XXXXXX", NULL);
  g_autoptr (CliPcapDir) dir = cli_pcap_dir_new (path, NULL);
  g_autoptr (GError) error = NULL;

  g_rmdir (path);
  announce (dir, 0, "tor1/em3", "x/y");
  pass (dir, 0, 5, NET_DROP_NONE);
  CU_ASSERT_FALSE (cli_pcap_dir_close (dir, &error));
  CU_ASSERT_TRUE (g_str_has_prefix (error->message, "cannot write a capture: "));
}

int
main (void)
{
  static const TapTest tests[] = {
    { "an end has its frames with nanoseconds, and no drop twice",
      an_end_has_its_frames_with_nanoseconds_and_no_drop_twice },
    { "what happens inside a node has no file", what_happens_inside_a_node_has_no_file },
    { "names that come out the same have files of their own", names_that_come_out_the_same_have_files_of_their_own },
    { "more ends than open files are written", more_ends_than_open_files_are_written },
    { "a directory that cannot be made is an error", a_directory_that_cannot_be_made_is_an_error },
    { "a file that cannot be written is told at the end", a_file_that_cannot_be_written_is_told_at_the_end },
    { NULL, NULL },
  };
  return tap_main ("pcap-dir", tests);
}
