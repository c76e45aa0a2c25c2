/* Addresses: their text both ways, and derived addresses. */
#include "net/address.h"
#include "tap.h"

static void
mac_text_is_read_in_either_case_and_written_in_lower (void)
{
  NetMac mac;
  char text[NET_MAC_TEXT];

  CU_ASSERT_TRUE (net_mac_from_text ("FA:16:3e:00:00:1F", &mac));
  TAP_ASSERT_BYTES (mac.octet, 6, 0xfa, 0x16, 0x3e, 0x00, 0x00, 0x1f);
  CU_ASSERT_STRING_EQUAL (net_mac_format (&mac, text), "fa:16:3e:00:00:1f");
  CU_ASSERT_EQUAL (net_mac_to_u64 (&mac), G_GUINT64_CONSTANT (0xfa163e00001f));
  mac = net_mac_from_u64 (G_GUINT64_CONSTANT (0x0180c2000003));
  TAP_ASSERT_BYTES (mac.octet, 6, 0x01, 0x80, 0xc2, 0x00, 0x00, 0x03);
  CU_ASSERT_TRUE (net_mac_is_group (&mac));
}

static void
text_that_is_no_mac_is_refused_and_leaves_the_target_alone (void)
{
  static const char *const wrong[] = { "",
                                       "fa",
                                       "fa:16:3e:00:00",
                                       "fa:16:3e:00:00:1",
                                       "fa:16:3e:00:00:1g",
                                       "fa:16:3e:00:00:111",
                                       "fa:16:3e:00:00:11:",
                                       "fa-16-3e-00-00-11",
                                       " fa:16:3e:00:00:11",
                                       "fa16:3e00:0011",
                                       "nonsense" };
  NetMac mac = { { 1, 2, 3, 4, 5, 6 } };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    CU_ASSERT_FALSE (net_mac_from_text (wrong[i], &mac));
  TAP_ASSERT_BYTES (mac.octet, 6, 1, 2, 3, 4, 5, 6);
}

static void
dotted_quads_are_read_strictly (void)
{
  static const char *const wrong[]
      = { "",          "1",         "1.2.3",     "1.2.3.4.",  "1.2.3.4.5",
          "1.2.3.256", "01.2.3.4",  "1..3.4",    "1.2.3.-4",  " 1.2.3.4",
          "1.2.3.4 ",  "0x1.2.3.4", "300.1.1.1", "1.2.3.4/8", "99999999999.1.1.1" };
  NetIpv4 address = 7;
  char text[NET_IPV4_TEXT];

  CU_ASSERT_TRUE (net_ipv4_from_text ("10.8.125.18", &address));
  CU_ASSERT_EQUAL (address, 0x0a087d12);
  CU_ASSERT_STRING_EQUAL (net_ipv4_format (0xffffffff, text), "255.255.255.255");
  CU_ASSERT_STRING_EQUAL (net_ipv4_format (0x0a000001, text), "10.0.0.1");
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    CU_ASSERT_FALSE (net_ipv4_from_text (wrong[i], &address));
  CU_ASSERT_EQUAL (address, 0x0a087d12);
}

static void
prefix_is_an_address_and_a_length_up_to_32 (void)
{
  static const char *const wrong[]
      = { "10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/024", "10.0.0.0/8 ", "/8" };
  NetIpv4 address;
  guint length;

  CU_ASSERT_TRUE (net_ipv4_prefix_from_text ("10.0.0.5/24", &address, &length));
  CU_ASSERT_EQUAL (address, 0x0a000005);
  CU_ASSERT_EQUAL (length, 24);
  CU_ASSERT_TRUE (net_ipv4_prefix_from_text ("0.0.0.0/0", &address, &length));
  CU_ASSERT_EQUAL (net_ipv4_mask (0), 0);
  CU_ASSERT_EQUAL (net_ipv4_mask (24), 0xffffff00);
  CU_ASSERT_EQUAL (net_ipv4_mask (32), 0xffffffff);
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    CU_ASSERT_FALSE (net_ipv4_prefix_from_text (wrong[i], &address, &length));
}

static void
ipv6_text_is_canonical (void)
{
  static const char *const pairs[][2] = {
    { "::", "::" },
    { "::1", "::1" },
    { "1::", "1::" },
    { "2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1" },    /* the first of equal runs */
    { "2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1" }, /* one group is not shortened */
    { "1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0" },
    { "0:0:1:0:0:0:0:1", "0:0:1::1" }, /* the longest run */
    { "fe80::f816:3eff:fe00:11", "fe80::f816:3eff:fe00:11" },
    { "::ffff:10.0.0.1", "::ffff:10.0.0.1" },
    { "64:ff9b::192.0.2.33", "64:ff9b::c000:221" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      NetIpv6 address;
      char text[NET_IPV6_TEXT];
      CU_ASSERT_TRUE (net_ipv6_from_text (pairs[i][0], &address));
      CU_ASSERT_STRING_EQUAL (net_ipv6_format (&address, text), pairs[i][1]);
    }
}

static void
text_that_is_no_ipv6_address_is_refused (void)
{
  static const char *const wrong[] = { "",
                                       ":",
                                       ":::",
                                       "1",
                                       "1:2:3:4:5:6:7",
                                       "1::2::3",
                                       "1:2:3:4:5:6:7:8:9",
                                       "12345::",
                                       "g::",
                                       ":1::",
                                       "1:",
                                       "1:::2",
                                       "::1.2.3",
                                       "1:2:3:4:5:6:7:1.2.3.4",
                                       "::1 ",
                                       "1:2:3:4:5:6:7:8::",
                                       "fe80::1%eth0" };
  NetIpv6 address = { { 9 } };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    CU_ASSERT_FALSE (net_ipv6_from_text (wrong[i], &address));
  CU_ASSERT_EQUAL (address.octet[0], 9);
}

static void
link_local_and_group_addresses_derive_from_the_mac (void)
{
  NetMac mac = { { 0xfa, 0x16, 0x3e, 0x12, 0x34, 0x56 } };
  NetIpv6 address = net_ipv6_link_local (&mac), group = net_ipv6_solicited_node (&address);
  NetMac group_mac = net_ipv6_group_mac (&group);
  char text[NET_IPV6_TEXT], mac_text[NET_MAC_TEXT];

  CU_ASSERT_STRING_EQUAL (net_ipv6_format (&address, text), "fe80::f816:3eff:fe12:3456");
  CU_ASSERT_STRING_EQUAL (net_ipv6_format (&group, text), "ff02::1:ff12:3456");
  CU_ASSERT_STRING_EQUAL (net_mac_format (&group_mac, mac_text), "33:33:ff:12:34:56");
}

int
main (void)
{
  static const TapTest tests[] = {
    { "MAC text is read in either case and written in lower",
      mac_text_is_read_in_either_case_and_written_in_lower },
    { "text that is no MAC is refused and leaves the target alone",
      text_that_is_no_mac_is_refused_and_leaves_the_target_alone },
    { "dotted quads are read strictly", dotted_quads_are_read_strictly },
    { "a prefix is an address and a length up to 32", prefix_is_an_address_and_a_length_up_to_32 },
    { "IPv6 text is canonical (RFC 5952)", ipv6_text_is_canonical },
    { "text that is no IPv6 address is refused", text_that_is_no_ipv6_address_is_refused },
    { "link-local and group addresses derive from the MAC",
      link_local_and_group_addresses_derive_from_the_mac },
    { NULL, NULL },
  };
  return tap_main ("address", tests);
}
