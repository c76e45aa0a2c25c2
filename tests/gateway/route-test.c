/* What a router decides about a frame, rule by rule, without a database.
 *
 *   blue   10.0.1.1/24, 2001:db8:1::1/64     r1, MAC 02:72:00:00:00:01; a list denies UDP from 10.0.1.66
 *   green  10.0.2.1/24, 10.0.0.1/16, 10.0.7.0/31 without an address of the router's, 2001:db8:2::1/64
 *   red    10.0.200.1/12, 10.0.4.0/24 without an address of the router's; no IPv6
 *   static 10.9.0.0/16 by 10.0.2.254, which is in three subnets: the longest prefix is the way
 */
#include "gateway/packet.h"
#include "gateway/route.h"
#include "gateway/tables.h"
#include "net/arp.h"
#include "net/icmp.h"
#include "net/nd.h"
#include "net/udp.h"
#include "tap.h"
#include "testworld.h"

#define ROUTER_TEXT "02:72:00:00:00:01"
#define HOST_TEXT   "fa:16:3e:00:00:12"
#define ASKER_TEXT  "02:0a:08:7d:00:20" /* in the name of which this switch asks */
#define ALL_TEXT    "ff:ff:ff:ff:ff:ff"
#define GROUP_TEXT  "33:33:00:00:00:01"

typedef struct
{
  TestWorld *world;
  VtepTables *tables;
  VtepAcl *list;
  VtepRouter *router, *other;
  VtepSwitchId blue, green, red;
} Lab;

static NetMac
mac (const char *text)
{
  NetMac out;
  g_assert_true (net_mac_from_text (text, &out));
  return out;
}

static NetIpv6
address (const char *text)
{
  NetIpv6 out;
  g_assert_true (vtep_address_from_text (text, &out) || net_ipv6_from_text (text, &out));
  return out;
}

static VtepInterface
interface (const char *text, VtepSwitchId id, gboolean has_address, const VtepAcl *acl)
{
  VtepInterface out = { .logical_switch = id, .has_address = has_address, .acl = acl };

  g_assert_true (vtep_prefix_from_text (text, &out.address, &out.prefix_length));
  out.prefix = vtep_address_mask (&out.address, out.prefix_length);
  return out;
}

static VtepSwitchId
add_switch (VtepTables *tables, const char *name, guint32 key)
{
  return vtep_tables_add_switch (tables, &(VtepSwitchConfig){ .name = name, .tunnel_key = key });
}

static VtepRouter *
make_router (const Lab *lab)
{
  const VtepInterface interfaces[] = {
    interface ("10.0.1.1/24", lab->blue, TRUE, lab->list),
    interface ("2001:db8:1::1/64", lab->blue, TRUE, NULL),
    interface ("10.0.2.1/24", lab->green, TRUE, NULL),
    interface ("10.0.0.1/16", lab->green, TRUE, NULL),
    interface ("10.0.7.0/31", lab->green, FALSE, NULL),
    interface ("2001:db8:2::1/64", lab->green, TRUE, NULL),
    interface ("10.0.200.1/12", lab->red, TRUE, NULL),
    interface ("10.0.4.0/24", lab->red, FALSE, NULL),
  };
  VtepRoute route = { .prefix_length = VTEP_IPV4_BITS + 16,
                      .prefix = address ("10.9.0.0"),
                      .next_hop = address ("10.0.2.254") };
  guint bad_interfaces, bad_routes;
  VtepRouter *router = vtep_router_new (&(VtepRouterConfig){ .name = "r1",
                                                             .mac = mac (ROUTER_TEXT),
                                                             .interfaces = interfaces,
                                                             .n_interfaces = G_N_ELEMENTS (interfaces),
                                                             .routes = &route,
                                                             .n_routes = 1 },
                                        &bad_interfaces, &bad_routes);

  CU_ASSERT_EQUAL (bad_interfaces, 0);
  CU_ASSERT_EQUAL (bad_routes, 0);
  return router;
}

static void
start (Lab *lab)
{
  const VtepAclEntry entry = { .sequence = 5,
                               .deny = TRUE,
                               .fields = VTEP_ACL_SOURCE_IP,
                               .source_ip = { 4, { 10, 0, 1, 66 }, { 255, 255, 255, 255 } } };

  lab->world = test_world_new ();
  lab->tables = vtep_tables_new (&(VtepTablesConfig){ .n_ports = 1, .mtu = 1500, .fdb = { .age_ns = 300 } });
  lab->blue = add_switch (lab->tables, "blue", 5001);
  lab->green = add_switch (lab->tables, "green", 5002);
  lab->red = add_switch (lab->tables, "red", 5003);
  lab->list = vtep_acl_new ("web");
  vtep_acl_set (lab->list, &entry, 1);
  lab->router = make_router (lab);
  vtep_tables_add_router (lab->tables, lab->router);
}

static void
stop (Lab *lab)
{
  vtep_tables_remove_router (lab->tables, lab->router);
  vtep_router_free (lab->router);
  vtep_acl_free (lab->list);
  vtep_tables_free (lab->tables);
  test_world_free (lab->world);
}

/* ---- frames ------------------------------------------------------------------------------------------------------ */

static NetFrame *
arp (Lab *lab, const char *to, guint16 op, const char *sender_mac, const char *sender, const char *target)
{
  const NetMac destination = mac (to), source = mac (HOST_TEXT);
  NetArp packet = { .op = op, .sender_mac = mac (sender_mac) };
  NetFrame *frame;

  g_assert_true (net_ipv4_from_text (sender, &packet.sender_ip));
  g_assert_true (net_ipv4_from_text (target, &packet.target_ip));
  frame = net_arp_frame (lab->world->world.frames, &destination, &packet);
  memcpy (net_frame_data (frame) + 6, &source, 6); /* whoever it says it is */
  return frame;
}

static NetFrame *
nd (Lab *lab, const char *to, guint8 type, const char *from, const char *target, gboolean tells)
{
  const NetEthernet ethernet = { .destination = mac (to), .source = mac (HOST_TEXT) };
  const NetIpv6Header ip = { .source = address (from), .destination = address ("2001:db8:1::1") };
  const NetNd packet = {
    .type = type, .target = address (target), .has_link_address = tells, .link_address = mac (HOST_TEXT)
  };

  return net_nd_frame (lab->world->world.frames, &ethernet, &ip, &packet);
}

/* UDP with no payload to speak of. */
static NetFrame *
ip (Lab *lab, const char *to, const char *from_text, const char *destination_text, guint8 ttl)
{
  NetFrame *frame
      = net_frame_new_from (lab->world->world.frames, (const guint8 *) "\x12\x34\x00\x35\x00\x08\0\0", 8);
  const NetIpv6 from = address (from_text), destination = address (destination_text);
  NetEthernet ethernet = { .destination = mac (to), .source = mac (HOST_TEXT) };

  if (vtep_address_is_ipv4 (&from) && vtep_address_is_ipv4 (&destination))
    {
      net_ipv4_push (frame, &(NetIpv4Header){ .ttl = ttl,
                                              .protocol = NET_IP_UDP,
                                              .source = vtep_address_to_ipv4 (&from),
                                              .destination = vtep_address_to_ipv4 (&destination) });
      ethernet.type = NET_ETHERTYPE_IPV4;
    }
  else
    {
      net_ipv6_push (frame, &(NetIpv6Header){ .hop_limit = ttl,
                                              .next_header = NET_IP_UDP,
                                              .source = from,
                                              .destination = destination });
      ethernet.type = NET_ETHERTYPE_IPV6;
    }
  net_ethernet_push (frame, &ethernet);
  return frame;
}

/* ---- what is decided --------------------------------------------------------------------------------------------- */

static VtepView
view_of (const NetFrame *frame)
{
  VtepView view = { .length = frame->length, .bytes = net_frame_bytes (frame) };

  g_assert_cmpint (net_ethernet_parse_frame (frame, &view.ethernet), ==, NET_DROP_NONE);
  return view;
}

static char *
outcome (const VtepRouting *routing)
{
  static const char *const errors[]
      = { "", " ttl", " no-route", " no-host", " no-protocol", " prohibited", " too-big" };
  char text[NET_IPV6_TEXT];

  switch (routing->kind)
    {
    case VTEP_ROUTE_DROP:
      return g_strdup_printf ("%s%s", net_drop_word (routing->reason), errors[routing->error]);
    case VTEP_ROUTE_HEARD:
      return g_strdup_printf ("heard of %s", vtep_address_format (&routing->told, text));
    case VTEP_ROUTE_ARP:
    case VTEP_ROUTE_SOLICITATION:
      return g_strdup_printf ("answers for %s", vtep_address_format (&routing->destination, text));
    case VTEP_ROUTE_ECHO:
      return g_strdup ("echo");
    case VTEP_ROUTE_FORWARD:
      return g_strdup_printf ("by %s", vtep_address_format (&routing->next_hop, text));
    }
  return NULL;
}

/* Takes the frame, which came in at this logical switch. */
static void
decides (Lab *lab, VtepSwitchId id, NetFrame *frame, const char *expected)
{
  VtepView view = view_of (frame);
  g_autofree char *got = NULL;
  VtepRouting routing;

  vtep_route_decide (lab->router, vtep_tables_switch (lab->tables, id), &view, &routing);
  got = outcome (&routing);
  if (g_strcmp0 (got, expected) != 0)
    g_print ("# %s, expected %s\n", got, expected);
  CU_ASSERT_STRING_EQUAL (got, expected);
  net_frame_unref (frame);
}

/* Takes the frame.  Whether the router takes it, or it is switched like any other. */
static gboolean
takes (Lab *lab, VtepSwitchId id, NetFrame *frame, gboolean is_twin)
{
  const NetMac asker = mac (ASKER_TEXT);
  VtepView view = view_of (frame);
  const VtepRouter *router
      = vtep_route_addressee (vtep_tables_switch (lab->tables, id), &view, &asker, is_twin);

  CU_ASSERT (router == NULL || router == lab->router);
  net_frame_unref (frame);
  return router != NULL;
}

static void
who_takes_it (void)
{
  Lab lab;

  start (&lab);
  CU_ASSERT (takes (&lab, lab.blue, ip (&lab, ROUTER_TEXT, "10.0.1.2", "10.0.2.2", 64), FALSE));
  CU_ASSERT (takes (&lab, lab.blue, ip (&lab, ASKER_TEXT, "10.0.1.2", "10.0.2.2", 64), FALSE));
  CU_ASSERT_FALSE (takes (&lab, lab.blue, ip (&lab, HOST_TEXT, "10.0.1.2", "10.0.2.2", 64), FALSE));
  CU_ASSERT_FALSE (takes (&lab, lab.blue, ip (&lab, ALL_TEXT, "10.0.1.2", "10.0.1.255", 64), FALSE));
  /* a twin's packets are routed here, its replies and questions are its own */
  CU_ASSERT (takes (&lab, lab.blue, ip (&lab, HOST_TEXT, "10.0.1.2", "10.0.2.2", 64), TRUE));
  CU_ASSERT (takes (&lab, lab.blue, ip (&lab, HOST_TEXT, "2001:db8:1::2", "2001:db8:2::2", 64), TRUE));
  CU_ASSERT_FALSE (
      takes (&lab, lab.blue, arp (&lab, HOST_TEXT, NET_ARP_REPLY, HOST_TEXT, "10.0.1.2", "10.0.1.1"), TRUE));
  CU_ASSERT_FALSE (takes (&lab, lab.blue,
                          nd (&lab, HOST_TEXT, NET_ND_ADVERTISEMENT, "2001:db8:1::2", "2001:db8:1::2", TRUE),
                          TRUE));
  /* questions to all */
  CU_ASSERT (takes (&lab, lab.blue, arp (&lab, ALL_TEXT, NET_ARP_REQUEST, HOST_TEXT, "10.0.1.2", "10.0.1.1"),
                    FALSE));
  CU_ASSERT_FALSE (takes (&lab, lab.blue,
                          arp (&lab, ALL_TEXT, NET_ARP_REQUEST, HOST_TEXT, "10.0.1.2", "10.0.2.1"), FALSE));
  CU_ASSERT_FALSE (
      takes (&lab, lab.blue, arp (&lab, ALL_TEXT, NET_ARP_REPLY, HOST_TEXT, "10.0.1.2", "10.0.1.1"), FALSE));
  CU_ASSERT (takes (&lab, lab.blue,
                    nd (&lab, GROUP_TEXT, NET_ND_SOLICITATION, "2001:db8:1::2", "2001:db8:1::1", TRUE),
                    FALSE));
  CU_ASSERT_FALSE (takes (&lab, lab.blue,
                          nd (&lab, GROUP_TEXT, NET_ND_ADVERTISEMENT, "2001:db8:1::2", "2001:db8:1::1", TRUE),
                          FALSE));
  /* IPv4 addresses are ARP's affair */
  CU_ASSERT_FALSE (
      takes (&lab, lab.blue,
             nd (&lab, GROUP_TEXT, NET_ND_SOLICITATION, "2001:db8:1::2", "::ffff:10.0.1.1", TRUE), FALSE));
  CU_ASSERT_FALSE (
      takes (&lab, lab.blue,
             nd (&lab, GROUP_TEXT, NET_ND_SOLICITATION, "::ffff:10.0.1.2", "2001:db8:1::1", TRUE), FALSE));
  stop (&lab);
}

static void
neighbours (void)
{
  Lab lab;

  start (&lab);
  decides (&lab, lab.blue, arp (&lab, ROUTER_TEXT, NET_ARP_REQUEST, HOST_TEXT, "10.0.1.2", "10.0.1.1"),
           "answers for 10.0.1.1");
  decides (&lab, lab.blue, arp (&lab, ROUTER_TEXT, NET_ARP_REPLY, HOST_TEXT, "10.0.1.2", "10.0.1.1"),
           "heard of 10.0.1.2");
  decides (&lab, lab.blue, arp (&lab, ROUTER_TEXT, NET_ARP_REQUEST, HOST_TEXT, "10.0.1.2", "10.0.2.1"),
           "heard of 10.0.1.2"); /* an address of another switch's interface */
  decides (&lab, lab.blue, arp (&lab, ROUTER_TEXT, NET_ARP_REQUEST, HOST_TEXT, "10.0.1.2", "10.0.1.9"),
           "heard of 10.0.1.2");
  decides (&lab, lab.blue, arp (&lab, ROUTER_TEXT, NET_ARP_REQUEST, HOST_TEXT, "0.0.0.0", "10.0.1.9"),
           "not-for-us"); /* a probe (RFC 5227) tells nothing */
  decides (&lab, lab.blue, arp (&lab, ROUTER_TEXT, NET_ARP_REPLY, ALL_TEXT, "10.0.1.2", "10.0.1.1"),
           "not-for-us");
  decides (&lab, lab.blue,
           arp (&lab, ROUTER_TEXT, NET_ARP_REPLY, "00:00:00:00:00:00", "10.0.1.2", "10.0.1.1"), "not-for-us");
  decides (&lab, lab.red, arp (&lab, ROUTER_TEXT, NET_ARP_REQUEST, HOST_TEXT, "10.0.4.2", "10.0.4.0"),
           "heard of 10.0.4.2"); /* a subnet without an address of the router's */
  decides (&lab, lab.blue,
           nd (&lab, ROUTER_TEXT, NET_ND_SOLICITATION, "2001:db8:1::2", "2001:db8:1::1", TRUE),
           "answers for 2001:db8:1::1");
  decides (&lab, lab.blue,
           nd (&lab, ROUTER_TEXT, NET_ND_SOLICITATION, "2001:db8:1::2", "2001:db8:1::1", FALSE),
           "answers for 2001:db8:1::1");
  decides (&lab, lab.blue,
           nd (&lab, ROUTER_TEXT, NET_ND_ADVERTISEMENT, "2001:db8:1::2", "2001:db8:1::2", FALSE),
           "not-for-us");
  decides (&lab, lab.blue,
           nd (&lab, ROUTER_TEXT, NET_ND_ADVERTISEMENT, "2001:db8:1::3", "2001:db8:1::2", TRUE),
           "heard of 2001:db8:1::2");
  stop (&lab);
}

/* A byte of a frame that was whole. */
static NetFrame *
spoilt (NetFrame *frame, guint offset, guint8 byte)
{
  net_frame_data (frame)[offset] = byte;
  return frame;
}

static NetFrame *
cut (NetFrame *frame, guint length)
{
  frame->length = (guint16) length;
  return frame;
}

static void
what_is_no_packet (void)
{
  Lab lab;

  start (&lab);
  decides (&lab, lab.blue,
           cut (arp (&lab, ROUTER_TEXT, NET_ARP_REQUEST, HOST_TEXT, "10.0.1.2", "10.0.1.1"), 30),
           "malformed");
  decides (&lab, lab.blue, spoilt (ip (&lab, ROUTER_TEXT, "10.0.1.2", "10.0.2.2", 64), 14, 0x35),
           "malformed");
  decides (&lab, lab.blue, cut (ip (&lab, ROUTER_TEXT, "2001:db8:1::2", "2001:db8:2::2", 64), 40),
           "malformed");
  decides (&lab, lab.blue, ip (&lab, ROUTER_TEXT, "::ffff:10.0.1.2", "2001:db8:2::2", 64), "malformed");
  decides (&lab, lab.blue, ip (&lab, ROUTER_TEXT, "2001:db8:1::2", "::ffff:10.0.2.2", 64), "malformed");
  decides (&lab, lab.blue, spoilt (ip (&lab, ROUTER_TEXT, "10.0.1.2", "10.0.2.2", 64), 12, 0x88),
           "unknown-protocol"); /* EtherType 0x8800 */
  /* a solicitation that came through a router (hop limit 254) is no question: RFC 4861 §7.1.1 */
  decides (
      &lab, lab.blue,
      spoilt (nd (&lab, ROUTER_TEXT, NET_ND_SOLICITATION, "2001:db8:1::2", "2001:db8:1::1", TRUE), 21, 254),
      "unknown-protocol");
  stop (&lab);
}

static void
ways (void)
{
  const NetIpv6 far = address ("10.9.1.1");
  Lab lab;

  start (&lab);
  decides (&lab, lab.blue, ip (&lab, ROUTER_TEXT, "10.0.1.2", "10.0.2.2", 64), "by 10.0.2.2");
  decides (&lab, lab.blue, ip (&lab, ROUTER_TEXT, "10.0.1.2", "10.9.1.1", 64), "by 10.0.2.254");
  CU_ASSERT_EQUAL (vtep_router_find (lab.router, &far)->out->logical_switch, lab.green);
  decides (&lab, lab.blue, ip (&lab, ROUTER_TEXT, "2001:db8:1::2", "2001:db8:2::2", 64), "by 2001:db8:2::2");
  decides (&lab, lab.red, ip (&lab, ROUTER_TEXT, "2001:db8:9::2", "2001:db8:2::2", 64),
           "by 2001:db8:2::2"); /* no interface faces it: none has a list either */
  decides (&lab, lab.blue, ip (&lab, ROUTER_TEXT, "10.0.1.2", "10.0.2.2", 1), "ttl-expired ttl");
  decides (&lab, lab.blue, ip (&lab, ROUTER_TEXT, "10.0.1.2", "172.16.0.1", 64), "no-route no-route");
  decides (&lab, lab.blue, ip (&lab, ROUTER_TEXT, "10.0.1.2", "10.0.2.1", 64),
           "unknown-protocol no-protocol");
  decides (&lab, lab.blue, ip (&lab, ROUTER_TEXT, "2001:db8:1::2", "2001:db8:1::1", 64),
           "unknown-protocol no-protocol");
  /* all hosts of a prefix (RFC 2644); a prefix of two addresses has no such (RFC 3021) */
  decides (&lab, lab.blue, ip (&lab, ROUTER_TEXT, "10.0.1.2", "10.0.2.255", 64), "no-route");
  decides (&lab, lab.blue, ip (&lab, ROUTER_TEXT, "10.0.1.2", "10.0.2.0", 64), "no-route");
  decides (&lab, lab.blue, ip (&lab, ROUTER_TEXT, "10.0.1.2", "10.0.7.1", 64), "by 10.0.7.1");
  decides (&lab, lab.blue, ip (&lab, ROUTER_TEXT, "10.0.1.2", "10.9.255.255", 64), "by 10.0.2.254");
  stop (&lab);
}

static void
no_host (void)
{
  static const char *const not_routed[]
      = { "0.1.2.3", "127.0.0.1", "169.254.1.1", "224.0.0.5", "255.255.255.255" };
  static const char *const not_routed_6[] = { "::", "::1", "fe80::1", "ff02::1" };
  Lab lab;

  start (&lab);
  for (guint i = 0; i < G_N_ELEMENTS (not_routed); i++)
    {
      decides (&lab, lab.blue, ip (&lab, ROUTER_TEXT, "10.0.1.2", not_routed[i], 64), "no-route");
      decides (&lab, lab.blue, ip (&lab, ROUTER_TEXT, not_routed[i], "10.0.2.2", 64), "no-route");
    }
  for (guint i = 0; i < G_N_ELEMENTS (not_routed_6); i++)
    decides (&lab, lab.blue, ip (&lab, ROUTER_TEXT, "2001:db8:1::2", not_routed_6[i], 64), "no-route");
  /* site-local addresses, once bound to a site, are ordinary ones (RFC 3879 §4) */
  decides (&lab, lab.blue, ip (&lab, ROUTER_TEXT, "fec0::1", "2001:db8:2::2", 64), "by 2001:db8:2::2");
  stop (&lab);
}

static void
lists (void)
{
  Lab lab;

  start (&lab);
  decides (&lab, lab.blue, ip (&lab, ROUTER_TEXT, "10.0.1.66", "10.0.2.2", 64), "acl-deny prohibited");
  decides (&lab, lab.blue, ip (&lab, ROUTER_TEXT, "10.0.1.66", "10.0.1.1", 64), "acl-deny prohibited");
  decides (&lab, lab.blue, ip (&lab, ROUTER_TEXT, "10.0.1.67", "10.0.2.2", 64), "by 10.0.2.2");
  decides (&lab, lab.green, ip (&lab, ROUTER_TEXT, "10.0.1.66", "10.0.1.2", 64),
           "by 10.0.1.2"); /* it came in elsewhere, and the list is for what comes in */
  stop (&lab);
}

/* ---- what a router is made of ------------------------------------------------------------------------------------ */

/* Interfaces in the order given; how many were left out. */
static guint
n_left_out (const VtepInterface *interfaces, guint n, VtepSwitchId *first)
{
  guint bad_interfaces, bad_routes;
  g_autoptr (VtepRouter) router
      = vtep_router_new (&(VtepRouterConfig){ .name = "r", .interfaces = interfaces, .n_interfaces = n },
                         &bad_interfaces, &bad_routes);

  *first = router->interfaces[0].logical_switch;
  return bad_interfaces;
}

/* The switches' numbers are chance: they must not decide. */
static void
contradictions (void)
{
  const struct
  {
    const char *one, *other;
    gboolean have_addresses;
    guint n_bad;
  } cases[] = {
    { "10.0.1.1/24", "10.0.1.1/16", TRUE, 1 },        /* one address */
    { "2001:db8::1/64", "2001:0db8::1/64", TRUE, 1 }, /* written twice */
    { "10.0.1.1/24", "10.0.1.2/24", TRUE, 1 },        /* one subnet in two switches */
    { "10.0.1.1/24", "10.0.2.1/24", TRUE, 0 },        /* neither */
    { "10.0.0.1/16", "10.0.1.1/24", TRUE, 0 },        /* one within the other */
    { "10.0.1.0/24", "10.0.2.0/24", FALSE, 0 },       /* subnets alone */
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (VtepSwitchId lower = 1; lower <= 2; lower++)
      {
        const VtepInterface interfaces[]
            = { interface (cases[i].one, lower, cases[i].have_addresses, NULL),
                interface (cases[i].other, 3 - lower, cases[i].have_addresses, NULL) };
        VtepSwitchId first;

        CU_ASSERT_EQUAL (n_left_out (interfaces, 2, &first), cases[i].n_bad);
        if (i != 0) /* there the shorter prefix comes first */
          CU_ASSERT_EQUAL (first, lower);
      }
}

static void
texts (void)
{
  NetIpv6 out;
  guint length;

  CU_ASSERT (vtep_prefix_from_text ("10.0.1.1", &out, &length));
  CU_ASSERT_EQUAL (length, 128);
  CU_ASSERT (vtep_prefix_from_text ("2001:db8::1", &out, &length));
  CU_ASSERT_EQUAL (length, 128);
  CU_ASSERT (vtep_prefix_from_text ("10.0.1.1/8", &out, &length));
  CU_ASSERT_EQUAL (length, VTEP_IPV4_BITS + 8);
  CU_ASSERT_FALSE (vtep_prefix_from_text ("10.0.1.1/", &out, &length));
  CU_ASSERT_FALSE (
      vtep_prefix_from_text ("::ffff:10.0.1.1/120", &out, &length)); /* IPv4 is written as such */
  CU_ASSERT_FALSE (vtep_prefix_from_text ("somewhere", &out, &length));
}

/* Two interfaces of one router in one switch, beside another router. */
static void
two_routers_in_a_switch (void)
{
  const NetMac asker = mac (ASKER_TEXT);
  guint bad_interfaces, bad_routes;
  VtepInterface interfaces[2];
  NetFrame *frame;
  VtepView view;
  Lab lab;

  start (&lab);
  interfaces[0] = interface ("10.1.1.1/24", lab.blue, TRUE, NULL);
  interfaces[1] = interface ("10.1.2.1/24", lab.blue, TRUE, NULL);
  lab.other = vtep_router_new (
      &(VtepRouterConfig){
          .name = "r0", .mac = mac ("02:72:00:00:00:02"), .interfaces = interfaces, .n_interfaces = 2 },
      &bad_interfaces, &bad_routes);
  vtep_tables_add_router (lab.tables, lab.other);
  frame = ip (&lab, "02:72:00:00:00:02", "10.1.1.2", "10.1.2.2", 64);
  view = view_of (frame);
  CU_ASSERT_PTR_EQUAL (vtep_route_addressee (vtep_tables_switch (lab.tables, lab.blue), &view, &asker, FALSE),
                       lab.other);
  vtep_tables_remove_router (lab.tables, lab.other);
  vtep_router_free (lab.other);
  CU_ASSERT_PTR_NULL (vtep_route_addressee (vtep_tables_switch (lab.tables, lab.blue), &view, &asker, FALSE));
  net_frame_unref (frame);
  stop (&lab);
}

int
main (void)
{
  return tap_main (
      "route",
      (TapTest[]){
          { "a router takes what is addressed to it, and questions for its addresses", who_takes_it },
          { "questions for an interface are answered in its own switch, and others only heard", neighbours },
          { "what is no packet is dropped for its reason", what_is_no_packet },
          { "a packet goes the way of its longest prefix, and to no host of all of them", ways },
          { "addresses that are no host's are not routed", no_host },
          { "the list of the interface that faces the sender is asked first", lists },
          { "of interfaces that contradict each other the first written stays, whatever its switch's number",
            contradictions },
          { "addresses are read as they are written, and IPv4 ones as IPv4", texts },
          { "two routers in a switch come and go apart", two_routers_in_a_switch },
          { NULL, NULL },
      });
}
