/* Switches that speak malformed OpenFlow, or out of turn, to the controller: each gets the standard's error where one is
 * owed, is counted in the trace, and goes on or is hung up on.  Messages are hexadecimal: version 04, type, length,
 * xid, body. */
#include "odl-bench.h"
#include "odl-switch.h"
#include "models/odl/compute.h"
#include "models/odl/of-session.h"
#include "tap.h"

#include <string.h>

static OdlBench *
begin (void)
{
  OdlBench *bench = odl_bench_new (NULL);

  fake_world_set_detail (bench->fake, TRUE);
  g_assert (odl_start (bench->odl, NULL));
  odl_bench_run (bench, NET_MSEC);
  return bench;
}

/* How often the trace tells of this kind on this session; "n" of the last record must say the same. */
static guint
count_told (OdlBench *bench, const char *kind, const char *session)
{
  g_autofree char *head = g_strdup_printf ("misuse %s %s ", kind, session);
  g_auto (GStrv) lines = g_strsplit (fake_world_states (bench->fake), "\n", -1);
  guint n = 0;

  for (guint i = 0; lines[i]; i++)
    if (g_str_has_prefix (lines[i], head))
      {
        g_autofree char *count = g_strdup_printf ("{\"n\":%u,", ++n);
        CU_ASSERT_PTR_NOT_NULL (strstr (lines[i], count));
      }
  return n;
}

/* ---- a session that is up ------------------------------------------------------------------------------------ */

#define PORT_NAMED(name)                                                                                     \
  "00000004 00000000 020000000004 0000 " name                                                                \
  "00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000"

static const struct
{
  const char *what, *hex, *error, *kind;
} on_the_way[] = {
  { "an unknown type", "04 4d 0008 00000007", "error 1 1\n", "unknown" },
  { "a FLOW_MOD, which is a controller's to say", "04 0e 0008 00000007", "error 1 1\n", "unknown" },
  { "a FEATURES_REQUEST", "04 05 0008 00000007", "error 1 1\n", "unknown" },
  { "a message of OpenFlow 1.0", "01 0a 0008 00000007", "error 1 0\n", "unknown" },
  { "an experimenter's message", "04 04 0010 00000007 00002320 00000001", "error 1 3\n", "unknown" },
  { "a PACKET_IN that is cut short", "04 0a 0010 00000007 0000000000000000", "error 1 6\n", "malformed" },
  { "a PACKET_IN whose match is longer than the message",
    "04 0a 0028 00000007 ffffffff 003c 00 32 0000000000000000 0001 00ff 00000000 0000000000000000",
    "error 4 1\n", "malformed" },
  { "a FLOW_REMOVED that is cut short", "04 0b 0010 00000007 0000000000000000", "error 1 6\n", "malformed" },
  { "a PORT_STATUS that is cut short", "04 0c 0010 00000007 0000000000000000", "error 1 6\n", "malformed" },
  { "a PORT_STATUS of a port without a name",
    "04 0c 0050 00000007 00 00000000000000" PORT_NAMED ("00000000000000000000000000000000"), "error 1 11\n",
    "malformed" },
  { "a PORT_STATUS of a port whose name is no text",
    "04 0c 0050 00000007 00 00000000000000" PORT_NAMED ("fffe0000000000000000000000000000"), "error 1 11\n",
    "malformed" },
  { "a MULTIPART_REPLY that is cut short", "04 13 000c 00000007 000d0000", "error 1 6\n", "malformed" },
  { "a MULTIPART_REPLY that nobody asked for", "04 13 0010 00000007 000d 0000 00000000", "", "unasked" },
  { "a MULTIPART_REPLY of an unknown type", "04 13 0010 00000007 0063 0000 00000000", "", "unasked" },
  { "a FEATURES_REPLY that nobody asked for",
    "04 06 0020 00000007 0000000000000009 00000000 fe 00 0000 00000000 00000000", "", "unasked" },
  { "a BARRIER_REPLY to another xid", "04 15 0008 00999999", "", "unasked" },
  { "an ECHO_REPLY without a request", "04 03 0008 00999999", "", "unasked" },
  { "a ROLE_REPLY that nobody asked for", "04 19 0018 00000007 00000001 00000000 0000000000000000", "",
    "unasked" },
  { "HELLO after HELLO", "04 00 0008 00000007", "", "out-of-order" },
  { "HELLO of OpenFlow 1.0 after HELLO", "01 00 0008 00000007", "", "out-of-order" },
  { "an ERROR without a type, which no error answers", "04 01 000a 00000007 0001", "", "malformed" },
};

static void
test_on_the_way (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (on_the_way); i++)
    {
      g_autoptr (OdlBench) bench = begin ();
      g_autoptr (OdlSwitch) sw = odl_switch_dial (bench->fake, 7, "", "");
      const char *told;

      odl_bench_run (bench, NET_SEC);
      odl_switch_told (sw);
      for (guint times = 1; times <= 2; times++)
        {
          odl_switch_send (sw, on_the_way[i].hex);
          odl_bench_run (bench, NET_MSEC);
          told = odl_switch_told (sw);
          if (strcmp (told, on_the_way[i].error) != 0
              || count_told (bench, on_the_way[i].kind, "openflow 7") != times)
            printf ("# %s: '%s', %s\n", on_the_way[i].what, told, fake_world_last_warning (bench->fake));
          CU_ASSERT_STRING_EQUAL (told, on_the_way[i].error);
          CU_ASSERT_EQUAL (count_told (bench, on_the_way[i].kind, "openflow 7"), times);
        }
      CU_ASSERT_FALSE (odl_switch_is_closed (sw));
      CU_ASSERT_PTR_NOT_NULL (odl_compute_find (bench->odl, 7)->openflow);
      odl_switch_send (sw, "04 02 0008 0000002a"); /* ECHO_REQUEST: the session lives */
      odl_bench_run (bench, NET_MSEC);
      CU_ASSERT_FALSE (odl_switch_is_closed (sw));
    }
}

/* ---- handshakes ---------------------------------------------------------------------------------------------- */

#define HELLO    "04 00 0008 00000001"
#define FEATURES "04 06 0020 00000002 0000000000000007 00000000 fe 00 0000 00000000 00000000"
#define NO_PORTS "04 13 0010 00000003 000d 0000 00000000"

/* What is said, one after the other; then what the last of it was answered, its kind, and whether that was the end.  The
 * controller's questions have the xids 2 (features), 3 (ports), 4 (groups). */
static const struct
{
  const char *what, *said[4], *told, *kind, *session;
  gboolean closes;
} handshakes[] = {
  { "a PACKET_IN before HELLO",
    { "04 0a 0008 00000001" },
    "",
    "out-of-order",
    "openflow tcp:127.0.0.1",
    TRUE },
  { "HELLO of OpenFlow 1.0 alone",
    { "01 00 0008 00000001" },
    "error 0 0\n",
    "unknown",
    "openflow tcp:127.0.0.1",
    TRUE },
  { "a HELLO whose bitmap has no 1.3",
    { "06 00 0010 00000001 0001 0008 00000040" },
    "error 0 0\n",
    "unknown",
    "openflow tcp:127.0.0.1",
    TRUE },
  { "a message shorter than its header", { HELLO, "04 06 0007 00000002" }, "", "malformed", NULL, TRUE },
  { "features before they are asked for in full: another xid",
    { HELLO, "04 06 0020 00000063 0000000000000007 00000000 fe 00 0000 00000000 00000000" },
    "",
    "unasked",
    NULL,
    FALSE },
  { "features that are cut short",
    { HELLO, "04 06 0010 00000002 0000000000000007" },
    "error 1 6\n",
    "malformed",
    NULL,
    TRUE },
  { "features twice", { HELLO, FEATURES, FEATURES }, "", "unasked", "openflow 7", FALSE },
  { "groups where ports are waited for",
    { HELLO, FEATURES, "04 13 0010 00000003 0007 0000 00000000" },
    "",
    "unasked",
    "openflow 7",
    FALSE },
  { "ports under another xid",
    { HELLO, FEATURES, "04 13 0010 00000063 000d 0000 00000000" },
    "",
    "unasked",
    "openflow 7",
    FALSE },
  { "a port that is cut short",
    { HELLO, FEATURES, "04 13 0014 00000003 000d 0000 00000000 00000004" },
    "error 1 6\n",
    "malformed",
    "openflow 7",
    TRUE },
  { "a group of length 0",
    { HELLO, FEATURES, NO_PORTS, "04 13 0018 00000004 0007 0000 00000000 0000 00 00 00000001" },
    "error 1 6\n",
    "malformed",
    "openflow 7",
    TRUE },
  { "ports again when groups are waited for",
    { HELLO, FEATURES, NO_PORTS, NO_PORTS },
    "",
    "unasked",
    "openflow 7",
    FALSE },
  { "an unknown type within the handshake",
    { HELLO, FEATURES, "04 4d 0008 00000007" },
    "error 1 1\n",
    "unknown",
    "openflow 7",
    FALSE },
};

static gboolean
was_told (OdlBench *bench, const char *kind, const char *session)
{
  g_autofree char *head = g_strdup_printf ("misuse %s %s", kind, session ? session : "openflow ");

  return strstr (fake_world_states (bench->fake), head) != NULL;
}

static void
test_handshakes (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (handshakes); i++)
    {
      g_autoptr (OdlBench) bench = begin ();
      g_autoptr (OdlSwitch) sw = odl_switch_dial_mute (bench->fake);
      const char *told;

      for (guint j = 0; j < G_N_ELEMENTS (handshakes[i].said) && handshakes[i].said[j]; j++)
        {
          odl_bench_run (bench, NET_MSEC);
          odl_switch_told (sw);
          odl_switch_send (sw, handshakes[i].said[j]);
        }
      odl_bench_run (bench, NET_MSEC);
      told = odl_switch_told (sw);
      told = g_str_has_prefix (told, "HELLO xid 1\n") ? told + strlen ("HELLO xid 1\n") : told;
      if (strcmp (told, handshakes[i].told) != 0 || odl_switch_is_closed (sw) != handshakes[i].closes
          || !was_told (bench, handshakes[i].kind, handshakes[i].session))
        printf ("# %s: '%s', closed %d, %s\n", handshakes[i].what, told, odl_switch_is_closed (sw),
                fake_world_last_warning (bench->fake));
      CU_ASSERT_STRING_EQUAL (told, handshakes[i].told);
      CU_ASSERT_TRUE (was_told (bench, handshakes[i].kind, handshakes[i].session));
      CU_ASSERT_EQUAL (odl_switch_is_closed (sw), handshakes[i].closes);
      CU_ASSERT_EQUAL (bench->odl->of_sessions->len, handshakes[i].closes ? 0 : 1);
    }
}

/* Answers echoes and nothing else. */
static void
test_unfinished (void)
{
  g_autoptr (OdlBench) bench = begin ();
  g_autoptr (OdlSwitch) sw = odl_switch_dial_mute (bench->fake);

  odl_switch_send (sw, HELLO);
  for (guint i = 0; i < 59; i++)
    {
      odl_bench_run (bench, NET_SEC);
      odl_switch_send (sw, "04 02 0008 00000001");
    }
  CU_ASSERT_FALSE (odl_switch_is_closed (sw));
  odl_bench_run (bench, 2 * NET_SEC);
  CU_ASSERT_TRUE (odl_switch_is_closed (sw));
  CU_ASSERT_TRUE (was_told (bench, "unfinished", NULL));
}

/* ---- too much ------------------------------------------------------------------------------------------------ */

/* A part of a port list with MORE behind it: 100 ports "p<number>" from this number on. */
static void
send_ports (OdlSwitch *sw, guint first)
{
  g_autoptr (GString) hex = g_string_new ("04 13 1910 00000003 000d 0001 00000000 ");

  for (guint i = first; i < first + 100; i++)
    {
      g_autofree char *name = g_strdup_printf ("p%u", i);

      g_string_append_printf (hex, "%08x 00000000 020000000004 0000 ", i);
      for (guint at = 0; at < 16; at++)
        g_string_append_printf (hex, "%02x", at < strlen (name) ? name[at] : 0);
      for (guint at = 0; at < 32; at++)
        g_string_append (hex, "00");
      g_string_append_c (hex, ' ');
    }
  odl_switch_send (sw, hex->str);
}

static void
test_endless_list (void)
{
  g_autoptr (OdlBench) bench = begin ();
  g_autoptr (OdlSwitch) sw = odl_switch_dial_mute (bench->fake);
  guint n = 1;

  odl_switch_send (sw, HELLO);
  odl_bench_run (bench, NET_MSEC);
  odl_switch_send (sw, FEATURES);
  odl_bench_run (bench, NET_MSEC);
  for (; n <= 8101; n += 100)
    send_ports (sw, n);
  odl_bench_run (bench, NET_MSEC);
  CU_ASSERT_TRUE (odl_switch_is_closed (sw));
  CU_ASSERT_PTR_NOT_NULL (strstr (odl_switch_told (sw), "error 1 13\n"));
  CU_ASSERT_EQUAL (count_told (bench, "too-large", "openflow 7"), 1);
}

static void
test_no_barriers (void)
{
  g_autoptr (OdlBench) bench = begin ();
  g_autoptr (OdlSwitch) sw = odl_switch_dial (bench->fake, 7, "", "");
  OpenflowGroupMod group = { .command = OPENFLOW_GROUP_DELETE, .type = OPENFLOW_GROUP_TYPE_ALL, .id = 1 };

  odl_bench_run (bench, NET_SEC);
  odl_switch_hold_barriers (sw, TRUE);
  for (guint i = 0; i < 10000; i++) /* each burst ends with a barrier */
    {
      odl_of_session_group (odl_compute_find (bench->odl, 7)->openflow, &group);
      odl_bench_run (bench, 0);
    }
  CU_ASSERT_FALSE (odl_switch_is_closed (sw));
  odl_of_session_group (odl_compute_find (bench->odl, 7)->openflow, &group);
  odl_bench_run (bench, NET_MSEC);
  CU_ASSERT_TRUE (odl_switch_is_closed (sw));
  CU_ASSERT_EQUAL (count_told (bench, "unread", "openflow 7"), 1);
}

static void
test_no_reading (void)
{
  g_autoptr (OdlBench) bench = begin ();
  g_autoptr (OdlSwitch) sw = odl_switch_dial (bench->fake, 7, "", "");
  g_autofree guint8 *frame = g_malloc0 (60000);
  OpenflowPacketOut packet_out = { .in_port = OPENFLOW_PORT_CONTROLLER, .frame = frame, .length = 60000 };

  odl_bench_run (bench, NET_SEC);
  fake_world_hold (bench->fake, TRUE);
  packet_out.buffer_id = OPENFLOW_NO_BUFFER;
  for (guint i = 0; i < 1200 && odl_compute_find (bench->odl, 7)->openflow; i++)
    {
      odl_of_session_packet_out (odl_compute_find (bench->odl, 7)->openflow, &packet_out);
      odl_bench_run (bench, 0);
    }
  CU_ASSERT_PTR_NULL (odl_compute_find (bench->odl, 7)->openflow);
  CU_ASSERT_EQUAL (count_told (bench, "unread", "openflow 7"), 1);
  fake_world_hold (bench->fake, FALSE);
  odl_bench_run (bench, NET_SEC);
  CU_ASSERT_TRUE (odl_switch_is_closed (sw));
}

int
main (void)
{
  static const TapTest tests[] = {
    { "on a session that is up, each misuse gets its error, is counted, and the session lives on",
      test_on_the_way },
    { "in a handshake, what cannot be read ends it with an error, and what was not asked for is passed over",
      test_handshakes },
    { "a handshake that does not end is ended after 60 s", test_unfinished },
    { "a list of ports without an end ends the session with MULTIPART_BUFFER_OVERFLOW", test_endless_list },
    { "a switch that answers none of 10,000 barriers is hung up on", test_no_barriers },
    { "a switch that does not read 64 MiB is hung up on", test_no_reading },
    { NULL, NULL },
  };

  return tap_main ("odl-misuse", tests);
}
