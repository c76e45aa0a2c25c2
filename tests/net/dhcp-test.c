/* DHCP messages. */
#include "net/dhcp.h"
#include "samples.h"
#include "tap.h"

#define BEHIND_UDP 42
#define MESSAGE    300

static const NetMac vm2 = { { 0xfa, 0x16, 0x3e, 0x00, 0x00, 0x12 } };

static void
offer_is_read (void)
{
  NetDhcp dhcp;
  NetCursor value;
  guint32 number;
  guint16 mtu;

  CU_ASSERT_EQUAL (net_dhcp_parse (sample_dhcp_offer + BEHIND_UDP, MESSAGE, &dhcp), NET_DROP_NONE);
  CU_ASSERT_EQUAL (dhcp.op, 2);
  CU_ASSERT_EQUAL (dhcp.type, NET_DHCP_OFFER);
  CU_ASSERT_EQUAL (dhcp.xid, 0xe4662068);
  CU_ASSERT_FALSE (dhcp.broadcast);
  CU_ASSERT_EQUAL (dhcp.your_ip, 0x0a00000c);
  CU_ASSERT_EQUAL (dhcp.server_ip, 0x0a000002);
  CU_ASSERT_TRUE (net_mac_equal (&dhcp.client_mac, &vm2));
  CU_ASSERT_TRUE (net_dhcp_option_be32 (&dhcp, NET_DHCP_OPTION_LEASE_TIME, &number));
  CU_ASSERT_EQUAL (number, 86400);
  CU_ASSERT_TRUE (net_dhcp_option (&dhcp, NET_DHCP_OPTION_MTU, &value));
  CU_ASSERT_EQUAL (net_cursor_left (&value), 2);
  CU_ASSERT_TRUE (net_cursor_be16 (&value, &mtu));
  CU_ASSERT_EQUAL (mtu, 1450);
  CU_ASSERT_FALSE (net_dhcp_option_be32 (&dhcp, NET_DHCP_OPTION_MTU, &number));
  CU_ASSERT_FALSE (net_dhcp_option (&dhcp, NET_DHCP_OPTION_HOST_NAME, &value));
}

static void
offer_is_built (void)
{
  g_autoptr (NetFramePool) pool = net_frame_pool_new ();
  NetDhcpBuilder builder;
  NetFrame *frame;

  net_dhcp_begin (&builder, &(NetDhcp){ .op = 2,
                                        .type = NET_DHCP_OFFER,
                                        .xid = 0xe4662068,
                                        .your_ip = 0x0a00000c,
                                        .server_ip = 0x0a000002,
                                        .client_mac = vm2 });
  net_dhcp_add_be32 (&builder, NET_DHCP_OPTION_SERVER_ID, 0x0a000002);
  net_dhcp_add_be32 (&builder, NET_DHCP_OPTION_LEASE_TIME, 86400);
  net_dhcp_add_be32 (&builder, NET_DHCP_OPTION_T1, 43200);
  net_dhcp_add_be32 (&builder, NET_DHCP_OPTION_T2, 75600);
  net_dhcp_add_be32 (&builder, NET_DHCP_OPTION_SUBNET_MASK, 0xffffff00);
  net_dhcp_add_be32 (&builder, NET_DHCP_OPTION_BROADCAST, 0x0a0000ff);
  net_dhcp_add_be32 (&builder, NET_DHCP_OPTION_ROUTER, 0x0a000002);
  net_dhcp_add (&builder, NET_DHCP_OPTION_MTU, (const guint8[]){ 0x05, 0xaa }, 2);
  frame = net_dhcp_finish (&builder, pool);
  tap_bytes_equal (__FILE__, __LINE__, net_frame_bytes (frame), frame->length, sample_dhcp_offer + BEHIND_UDP,
                   MESSAGE);
  CU_ASSERT (frame->start >= NET_FRAME_HEADROOM);
  net_frame_unref (frame);
}

static void
request_fields_are_where_rfc_2131_says (void)
{
  g_autoptr (NetFramePool) pool = net_frame_pool_new ();
  NetDhcpBuilder builder;
  NetFrame *frame;
  const guint8 *at;

  net_dhcp_begin (&builder, &(NetDhcp){ .op = 1,
                                        .type = NET_DHCP_REQUEST,
                                        .xid = 1,
                                        .seconds = 0x0203,
                                        .broadcast = TRUE,
                                        .client_ip = 0x04050607,
                                        .relay_ip = 0x08090a0b,
                                        .client_mac = vm2 });
  frame = net_dhcp_finish (&builder, pool);
  at = net_frame_bytes (frame);
  TAP_ASSERT_BYTES (at, 28, 1, 1, 6, 0, 0, 0, 0, 1, 2, 3, 0x80, 0, 4, 5, 6, 7, 0, 0, 0, 0, 0, 0, 0, 0, 8, 9,
                    10, 11);
  TAP_ASSERT_BYTES (at + 236, 8, 0x63, 0x82, 0x53, 0x63, 53, 1, 3, 255);
  CU_ASSERT_EQUAL (frame->length, 300);
  net_frame_unref (frame);
}

static void
option_that_does_not_fit_is_left_out (void)
{
  g_autoptr (NetFramePool) pool = net_frame_pool_new ();
  guint8 big[255] = { 0 };
  NetDhcpBuilder builder;
  NetFrame *frame;
  NetDhcp dhcp;

  net_dhcp_begin (&builder, &(NetDhcp){ .op = 1, .type = NET_DHCP_DISCOVER });
  CU_ASSERT_TRUE (net_dhcp_add (&builder, NET_DHCP_OPTION_CLIENT_ID, big, 255)); /* 243 + 257 = 500 */
  CU_ASSERT_FALSE (net_dhcp_add (&builder, NET_DHCP_OPTION_HOST_NAME, big, 46));
  CU_ASSERT_TRUE (net_dhcp_add (&builder, NET_DHCP_OPTION_HOST_NAME, big, 45)); /* 547, and End */
  frame = net_dhcp_finish (&builder, pool);
  CU_ASSERT_EQUAL (frame->length, 548);
  CU_ASSERT_EQUAL (net_dhcp_parse (net_frame_bytes (frame), frame->length, &dhcp), NET_DROP_NONE);
  net_frame_unref (frame);
}

static NetDropReason
parse_changed (guint at, guint8 value, NetDhcp *out)
{
  static guint8 bytes[MESSAGE]; /* the view outlives this call */
  memcpy (bytes, sample_dhcp_offer + BEHIND_UDP, MESSAGE);
  bytes[at] = value;
  return net_dhcp_parse (bytes, MESSAGE, out);
}

static void
contradictions_are_refused (void)
{
  NetDhcp dhcp;
  NetCursor value;

  CU_ASSERT_EQUAL (parse_changed (0, 3, &dhcp), NET_DROP_MALFORMED);        /* neither request nor reply */
  CU_ASSERT_EQUAL (parse_changed (1, 6, &dhcp), NET_DROP_UNKNOWN_PROTOCOL); /* not Ethernet */
  CU_ASSERT_EQUAL (parse_changed (2, 16, &dhcp), NET_DROP_UNKNOWN_PROTOCOL);
  CU_ASSERT_EQUAL (parse_changed (241, 2, &dhcp), NET_DROP_MALFORMED);   /* type of two bytes */
  CU_ASSERT_EQUAL (parse_changed (286, 200, &dhcp), NET_DROP_MALFORMED); /* the MTU option runs over */
  CU_ASSERT_EQUAL (parse_changed (236, 0, &dhcp), NET_DROP_NONE);        /* no cookie: BOOTP, no options */
  CU_ASSERT_EQUAL (dhcp.type, 0);
  CU_ASSERT_FALSE (net_dhcp_option (&dhcp, NET_DHCP_OPTION_ROUTER, &value));
}

int
main (void)
{
  static const TapTest tests[] = {
    { "an OFFER is read", offer_is_read },
    { "an OFFER is built", offer_is_built },
    { "the fields of a request are where RFC 2131 says", request_fields_are_where_rfc_2131_says },
    { "an option that does not fit is left out", option_that_does_not_fit_is_left_out },
    { "contradictions are refused", contradictions_are_refused },
    { NULL, NULL },
  };
  return tap_main ("dhcp", tests);
}
