/* What the DHCP server answers, message by message. */
#include "models/dhcp/reply.h"

#include "tap.h"

static const NetIpv4 ip = 0x0a00000c;
static const DhcpServerConfig config
    = { .mac = { { 0xfa, 0x16, 0x3e, 0, 0, 2 } }, .ip = 0x0a000002, .prefix_length = 24 };

typedef struct
{
  guint8 type;
  gboolean broadcast;
  NetIpv4 client_ip, requested_ip, server_id, relay_ip;
  const char *wanted; /* option numbers as bytes */
} Question;

/* Parsed from bytes, as the server gets it. */
static NetDhcp
ask (const Question *question, NetDhcpBuilder *builder)
{
  NetDhcp message = { .op = 1,
                      .type = question->type,
                      .xid = 0x11223344,
                      .broadcast = question->broadcast,
                      .client_ip = question->client_ip,
                      .relay_ip = question->relay_ip,
                      .client_mac = { { 0xfa, 0x16, 0x3e, 0, 0, 0x12 } } };

  net_dhcp_begin (builder, &message);
  if (question->requested_ip)
    net_dhcp_add_be32 (builder, NET_DHCP_OPTION_REQUESTED_IP, question->requested_ip);
  if (question->server_id)
    net_dhcp_add_be32 (builder, NET_DHCP_OPTION_SERVER_ID, question->server_id);
  if (question->wanted)
    net_dhcp_add (builder, NET_DHCP_OPTION_PARAMETERS, (const guint8 *) question->wanted,
                  (guint8) strlen (question->wanted));
  builder->bytes[builder->length++] = NET_DHCP_OPTION_END;
  CU_ASSERT_EQUAL (net_dhcp_parse (builder->bytes, builder->length, &message), NET_DROP_NONE);
  return message;
}

static DhcpReply
decide (const Question *question, NetIpv4 host_ip)
{
  NetDhcpBuilder builder;
  NetDhcp message = ask (question, &builder);
  DhcpReply reply;

  dhcp_reply_decide (&config, &message, host_ip, &reply);
  return reply;
}

#define CHECK(host_ip, expected_op, expected_to, ...)                                                        \
  do                                                                                                         \
    {                                                                                                        \
      DhcpReply reply = decide (&(Question){ __VA_ARGS__ }, (host_ip));                                      \
      CU_ASSERT_STRING_EQUAL (reply.op, (expected_op));                                                      \
      CU_ASSERT_EQUAL (reply.to, (NetIpv4) (expected_to));                                                   \
    }                                                                                                        \
  while (0)

static void
every_message_gets_its_answer (void)
{
  CHECK (ip, "offer", ip, .type = NET_DHCP_DISCOVER);
  CHECK (ip, "offer", 0xffffffff, .type = NET_DHCP_DISCOVER, .broadcast = TRUE);
  CHECK (0, "ignored", 0, .type = NET_DHCP_DISCOVER);
  CHECK (ip, "ack", ip, .type = NET_DHCP_REQUEST, .requested_ip = ip, .server_id = config.ip);
  CHECK (ip, "ignored", 0, .type = NET_DHCP_REQUEST, .requested_ip = ip, .server_id = 0x0a000003);
  CHECK (ip, "nak", 0xffffffff, .type = NET_DHCP_REQUEST, .requested_ip = 0x0a00000d, .server_id = config.ip);
  CHECK (ip, "nak", 0xffffffff, .type = NET_DHCP_REQUEST, .requested_ip = 0xc0a80001);
  CHECK (ip, "ignored", 0, .type = NET_DHCP_REQUEST);
  CHECK (ip, "ack", ip, .type = NET_DHCP_REQUEST, .client_ip = ip);
  CHECK (ip, "ack", ip, .type = NET_DHCP_REQUEST, .client_ip = ip, .broadcast = TRUE);
  CHECK (0, "ignored", 0, .type = NET_DHCP_REQUEST, .client_ip = ip);
  CHECK (ip, "released", 0, .type = NET_DHCP_RELEASE, .client_ip = ip);
  CHECK (ip, "declined", 0, .type = NET_DHCP_DECLINE, .requested_ip = ip);
  CHECK (ip, "ack", ip, .type = NET_DHCP_INFORM, .client_ip = ip);
  CHECK (ip, "ignored", 0, .type = NET_DHCP_DISCOVER, .relay_ip = 1);
  CHECK (ip, "ignored", 0, .type = 0);
}

static void
a_client_without_its_address_is_reached_by_its_mac (void)
{
  CU_ASSERT_TRUE (decide (&(Question){ .type = NET_DHCP_DISCOVER }, ip).by_hand);
  CU_ASSERT_TRUE (decide (&(Question){ .type = NET_DHCP_REQUEST, .requested_ip = ip }, ip).by_hand);
  CU_ASSERT_FALSE (decide (&(Question){ .type = NET_DHCP_REQUEST, .client_ip = ip }, ip).by_hand);
  CU_ASSERT_FALSE (decide (&(Question){ .type = NET_DHCP_DISCOVER, .broadcast = TRUE }, ip).by_hand);
}

static void
build (const DhcpServerConfig *server, const Question *question, const guint8 *expected, gsize length)
{
  g_autoptr (NetFramePool) pool = net_frame_pool_new ();
  NetDhcpBuilder builder;
  NetDhcp message = ask (question, &builder);
  DhcpReply reply;
  NetFrame *frame;

  dhcp_reply_decide (server, &message, ip, &reply);
  frame = dhcp_reply_build (server, &message, &reply, pool);
  CU_ASSERT_TRUE_FATAL (frame->length >= 240 + length);
  tap_bytes_equal (__FILE__, __LINE__, net_frame_bytes (frame) + 240, length, expected, length);
  net_frame_unref (frame);
}

#define EXPECT_OPTIONS(server, question, ...)                                                                \
  build ((server), (question), (const guint8[]){ __VA_ARGS__ }, sizeof (const guint8[]){ __VA_ARGS__ })

static void
options_come_as_asked_in_dnsmasqs_order (void)
{
  DhcpServerConfig full = config;

  EXPECT_OPTIONS (&config, (&(Question){ .type = NET_DHCP_DISCOVER }), 53, 1, 2, 54, 4, 10, 0, 0, 2, 51, 4, 0,
                  1, 0x51, 0x80, 58, 4, 0, 0, 0xa8, 0xc0, 59, 4, 0, 1, 0x27, 0x50, 255);
  full.router = 0x0a000001;
  full.dns = 0x08080808;
  full.mtu = 1450;
  full.lease_s = 120;
  EXPECT_OPTIONS (&full, (&(Question){ .type = NET_DHCP_DISCOVER, .wanted = "\x06\x03\x1c\x01" }), 53, 1, 2,
                  54, 4, 10, 0, 0, 2, 51, 4, 0, 0, 0, 120, 58, 4, 0, 0, 0, 60, 59, 4, 0, 0, 0, 105, 1, 4, 255,
                  255, 255, 0, 28, 4, 10, 0, 0, 255, 3, 4, 10, 0, 0, 1, 6, 4, 8, 8, 8, 8, 26, 2, 5, 0xaa,
                  255);
  full.no_router = TRUE;
  full.lease_s = G_MAXUINT32; /* without end, hence without renewal times */
  EXPECT_OPTIONS (&full, (&(Question){ .type = NET_DHCP_DISCOVER, .wanted = "\x03" }), 53, 1, 2, 54, 4, 10, 0,
                  0, 2, 51, 4, 255, 255, 255, 255, 26, 2, 5, 0xaa, 255);
  EXPECT_OPTIONS (&config, (&(Question){ .type = NET_DHCP_INFORM, .client_ip = ip, .wanted = "\x01" }), 53, 1,
                  5, 54, 4, 10, 0, 0, 2, 1, 4, 255, 255, 255, 0, 255);
}

static void
a_refusal_says_why (void)
{
  EXPECT_OPTIONS (&config, (&(Question){ .type = NET_DHCP_REQUEST, .requested_ip = 0x0a00000d }), 53, 1, 6,
                  54, 4, 10, 0, 0, 2, 56, 13, 'w', 'r', 'o', 'n', 'g', ' ', 'a', 'd', 'd', 'r', 'e', 's', 's',
                  255);
}

int
main (void)
{
  static const TapTest tests[] = {
    { "every message gets its answer, or none", every_message_gets_its_answer },
    { "a client that has no address yet is reached by its MAC",
      a_client_without_its_address_is_reached_by_its_mac },
    { "options come as asked for, in dnsmasq's order", options_come_as_asked_in_dnsmasqs_order },
    { "a refusal says why", a_refusal_says_why },
    { NULL, NULL },
  };
  return tap_main ("dhcp-reply", tests);
}
