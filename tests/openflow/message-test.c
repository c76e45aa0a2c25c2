/* Framing, and the messages that keep a session. */
#include "wire.h"

#include "openflow/session.h"

/* Bytes read by their rows. */
/* clang-format off */

static void
expect_message (OpenflowSplitter *splitter, guint8 type, guint16 length)
{
  OpenflowMessage message;

  CU_ASSERT_EQUAL_FATAL (openflow_splitter_next (splitter, &message), OPENFLOW_SPLIT_MESSAGE);
  CU_ASSERT_EQUAL (message.type, type);
  CU_ASSERT_EQUAL (message.length, length);
}

static void
splits_at_any_place (void)
{
  static const guint8 stream[] = { 4, 0, 0, 8,  0, 0, 0, 1,                         /* HELLO */
                                   4, 2, 0, 12, 0, 0, 0, 2, 0xde, 0xad, 0xbe, 0xef, /* ECHO_REQUEST */
                                   4, 5, 0, 8,  0, 0, 0, 3 };                       /* FEATURES_REQUEST */

  for (guint cut = 0; cut <= sizeof stream; cut++)
    {
      OpenflowSplitter splitter;
      OpenflowMessage message;
      guint n = 0;

      openflow_splitter_init (&splitter);
      openflow_splitter_add (&splitter, stream, cut);
      while (openflow_splitter_next (&splitter, &message) == OPENFLOW_SPLIT_MESSAGE)
        n++;
      CU_ASSERT_EQUAL (n, cut < 8 ? 0 : cut < 20 ? 1 : cut < 28 ? 2 : 3);
      openflow_splitter_add (&splitter, stream + cut, sizeof stream - cut);
      for (; n < 3; n++)
        expect_message (&splitter, stream[n == 0 ? 1 : n == 1 ? 9 : 21], n == 1 ? 12 : 8);
      CU_ASSERT_EQUAL (openflow_splitter_next (&splitter, &message), OPENFLOW_SPLIT_MORE);
      openflow_splitter_clear (&splitter);
    }
}

static void
short_length_breaks_the_stream (void)
{
  OpenflowSplitter splitter;
  OpenflowMessage message;

  openflow_splitter_init (&splitter);
  openflow_splitter_add (&splitter, WIRE (4, 2, 0, 7, 0, 0, 0, 1));
  CU_ASSERT_EQUAL (openflow_splitter_next (&splitter, &message), OPENFLOW_SPLIT_BROKEN);
  openflow_splitter_clear (&splitter);
}

static void
hello (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  static const guint8 plain[] = { 4, 0, 0, 8, 0, 0, 0, 1 };
  /* An element of type 7 first, then the bitmap with versions 1 and 4. */
  static const guint8 strange[] = { 6, 0, 0, 24, 0, 0, 0, 1, 0, 7, 0, 5, 0xff, 0, 0, 0, 0, 1, 0, 8, 0, 0, 0, 0x12 };
  OpenflowMessage message = wire_message (plain, sizeof plain);
  guint32 versions;

  openflow_hello_encode (1u << 4, 1, bytes);
  TAP_ASSERT_BYTES (bytes->data, bytes->len, 4, 0, 0, 16, 0, 0, 0, 1, /* header */
                    0, 1, 0, 8, 0, 0, 0, 0x10 /* version bitmap: bit 4 */);
  CU_ASSERT (openflow_hello_decode (&message, &versions, NULL));
  CU_ASSERT_EQUAL (versions, 0x1e); /* no bitmap: 1 to 4 */
  message = wire_message (strange, sizeof strange);
  CU_ASSERT (openflow_hello_decode (&message, &versions, NULL));
  CU_ASSERT_EQUAL (versions, 0x12);
}

static void
echo (void)
{
  static const guint8 request[] = { 4, 2, 0, 11, 0, 0, 0, 7, 1, 2, 3 };
  OpenflowMessage message = wire_message (request, sizeof request);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  openflow_echo_reply_encode (&message, bytes);
  TAP_ASSERT_BYTES (bytes->data, bytes->len, 4, 3, 0, 11, 0, 0, 0, 7, 1, 2, 3);
}

static void
features (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  OpenflowFeatures features = { .datapath_id = 0x2a, .n_tables = 254, .capabilities = 0x4f }, back = { 0 };
  OpenflowMessage message;

  openflow_features_encode (&features, 2, bytes);
  TAP_ASSERT_BYTES (bytes->data, bytes->len, 4, 6, 0, 32, 0, 0, 0, 2, /* header */
                    0, 0, 0, 0, 0, 0, 0, 0x2a,                       /* datapath id */
                    0, 0, 0, 0, 254, 0, 0, 0,                        /* buffers, tables, auxiliary, pad */
                    0, 0, 0, 0x4f, 0, 0, 0, 0);                      /* capabilities, reserved */
  message = wire_message (bytes->data, bytes->len);
  CU_ASSERT (openflow_features_decode (&message, &back, NULL));
  CU_ASSERT_EQUAL (back.datapath_id, 0x2a);
  CU_ASSERT_EQUAL (back.n_tables, 254);
}

static void
config_role_and_async (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  const OpenflowAsync async = { .packet_in = { 3, 0 }, .port_status = { 7, 7 }, .flow_removed = { 15, 0 } };

  openflow_config_encode (OPENFLOW_SET_CONFIG, &(OpenflowConfig){ .flags = 1, .miss_send_len = 0xffff }, 3, bytes);
  TAP_ASSERT_BYTES (bytes->data, bytes->len, 4, 9, 0, 12, 0, 0, 0, 3, 0, 1, 0xff, 0xff);
  g_byte_array_set_size (bytes, 0);
  openflow_role_encode (OPENFLOW_ROLE_REQUEST, &(OpenflowRoleChange){ .role = OPENFLOW_ROLE_MASTER, .generation = 5 },
                        4, bytes);
  TAP_ASSERT_BYTES (bytes->data, bytes->len, 4, 24, 0, 24, 0, 0, 0, 4, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5);
  g_byte_array_set_size (bytes, 0);
  openflow_async_encode (OPENFLOW_SET_ASYNC, &async, 5, bytes);
  TAP_ASSERT_BYTES (bytes->data, bytes->len, 4, 28, 0, 32, 0, 0, 0, 5, 0, 0, 0, 3, 0, 0, 0, 0, /* packet-in */
                    0, 0, 0, 7, 0, 0, 0, 7, 0, 0, 0, 15, 0, 0, 0, 0); /* port status, flow removed */
}

static void
errors_carry_the_request (void)
{
  static guint8 request[100] = { 4, 14, 0, 100, 0, 0, 0, 9 };
  OpenflowMessage message = wire_message (request, sizeof request);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  OpenflowErrorReport report;

  for (guint i = 8; i < sizeof request; i++)
    request[i] = (guint8) i;
  openflow_error_encode (OPENFLOW_ERROR_MATCH_BAD_PREREQUISITE, &message, bytes);
  CU_ASSERT_EQUAL (bytes->len, 12 + 100);
  TAP_ASSERT_BYTES (bytes->data, 20, 4, 1, 0, 112, 0, 0, 0, 9, /* header with the request's xid */
                    0, 4, 0, 9,                              /* OFPET_BAD_MATCH, OFPBMC_BAD_PREREQ */
                    4, 14, 0, 100, 0, 0, 0, 9);              /* the request's first bytes */
  CU_ASSERT_EQUAL (bytes->data[bytes->len - 1], 99);
  message = wire_message (bytes->data, bytes->len);
  CU_ASSERT (openflow_error_decode (&message, &report, NULL));
  CU_ASSERT_STRING_EQUAL (openflow_error_name (report.pair), "OFPBMC_BAD_PREREQ");
  CU_ASSERT_EQUAL (report.data_length, 100);
}

static const TapTest tests[] = {
  { "messages come out of the stream whole wherever it is cut", splits_at_any_place },
  { "a length below the header's breaks the stream", short_length_breaks_the_stream },
  { "HELLO: the bitmap counts, else the header's version; unknown elements are skipped", hello },
  { "an echo carries xid and data back", echo },
  { "FEATURES_REPLY, byte for byte", features },
  { "SET_CONFIG, ROLE_REQUEST and SET_ASYNC, byte for byte", config_role_and_async },
  { "an ERROR has the request's xid and the whole of it, as Open vSwitch's have", errors_carry_the_request },
  { NULL, NULL },
};

int
main (void)
{
  return tap_main ("openflow-message", tests);
}
