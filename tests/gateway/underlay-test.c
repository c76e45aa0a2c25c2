/* The tunnel end point: ARP with packets that wait, ICMP echo, VXLAN out and in, literal bytes. */
#include "gateway/neighbors.h"
#include "gateway/underlay.h"
#include "tap.h"
#include "testworld.h"

#define UPLINK 7u
#define SEC    NET_SEC
#define OURS   "020a087d0020" /* MAC of 10.8.125.20 */
#define PEER   "020a087d0018" /* MAC of 10.8.125.18 */
#define ROUTER "020a087d0001" /* MAC of 10.8.125.1 */

/* Ethernet broadcast/ours/0806; ARP 1, 0800, 6, 4, request; sender ours 10.8.125.20; target 10.8.125.18 */
#define REQUEST_PEER                                                                                         \
  "ffffffffffff" OURS "0806"                                                                                 \
  "0001 0800 06 04 0001" OURS "0a087d14 000000000000 0a087d12"
#define REQUEST_ROUTER                                                                                       \
  "ffffffffffff" OURS "0806"                                                                                 \
  "0001 0800 06 04 0001" OURS "0a087d14 000000000000 0a087d01"
/* to ours from the peer; reply; sender peer 10.8.125.18; target ours */
#define REPLY_PEER                                                                                           \
  OURS PEER "0806"                                                                                           \
            "0001 0800 06 04 0002" PEER "0a087d12" OURS "0a087d14"
#define REPLY_ROUTER                                                                                         \
  OURS ROUTER "0806"                                                                                         \
              "0001 0800 06 04 0002" ROUTER "0a087d01" OURS "0a087d14"

/* fa:16:3e:00:00:12 > fa:16:3e:00:00:11, EtherType 88b5, 2 bytes */
#define INNER "fa163e000011 fa163e000012 88b5 cafe"
/* IPv4: 45 00, length 36 + 16 = 52 (0x34), id 0, DF, ttl 64, UDP, checksum, 10.8.125.20 > 10.8.125.18;
 * UDP: 32769 > 4789, length 32, checksum 0; VXLAN: I flag, VNI 5001 (0x1389) */
#define OUTER(mac)                                                                                           \
  mac OURS "0800"                                                                                            \
           "4500 0034 0000 4000 40 11 2c83 0a087d14 0a087d12"                                                \
           "8001 12b5 0020 0000"                                                                             \
           "08000000 00138900" INNER

typedef struct
{
  TestWorld *world;
  VtepUnderlay *underlay;
} Fixture;

static Fixture
fixture (void)
{
  Fixture f = { .world = test_world_new () };

  f.underlay = vtep_underlay_new (&f.world->world, &(VtepUnderlayConfig){
                                                       .port = UPLINK,
                                                       .mac = { { 0x02, 0x0a, 0x08, 0x7d, 0x00, 0x20 } },
                                                       .ip = 0x0a087d14,
                                                       .prefix_length = 24,
                                                       .gateway = 0x0a087d01,
                                                   });
  return f;
}

static void
done (Fixture *f)
{
  vtep_underlay_free (f->underlay);
  test_world_free (f->world);
}

static void
send_to (Fixture *f, NetIpv4 destination)
{
  vtep_underlay_send (f->underlay, test_frame (f->world, INNER),
                      &(VtepTunnel){ .destination = destination, .vni = 5001, .source_port = 32769 });
}

static gboolean
receive (Fixture *f, const char *hex, VtepArrival *arrival)
{
  NetFrame *frame = test_frame (f->world, hex);
  VtepArrival ignored;

  if (!vtep_underlay_receive (f->underlay, frame, arrival ? arrival : &ignored))
    return FALSE;
  net_frame_unref (frame);
  return TRUE;
}

static void
first_packet_waits (void)
{
  Fixture f = fixture ();

  send_to (&f, 0x0a087d12);
  send_to (&f, 0x0a087d12);
  CU_ASSERT_EQUAL (f.world->sent->len, 1);
  CU_ASSERT (test_sent_is (f.world, 0, UPLINK, REQUEST_PEER));
  test_world_forget (f.world);
  receive (&f, REPLY_PEER, NULL);
  CU_ASSERT_EQUAL (f.world->sent->len, 2);
  CU_ASSERT (test_sent_is (f.world, 0, UPLINK, OUTER (PEER)));
  CU_ASSERT (test_sent_is (f.world, 1, UPLINK, OUTER (PEER)));
  test_world_forget (f.world);
  send_to (&f, 0x0a087d12);
  CU_ASSERT (test_sent_is (f.world, 0, UPLINK, OUTER (PEER)));
  CU_ASSERT_EQUAL (f.world->drops->len, 0);
  done (&f);
}

static void
three_requests_then_dropped (void)
{
  Fixture f = fixture ();

  send_to (&f, 0x0a087d12);
  test_world_advance (f.world, SEC - 1);
  CU_ASSERT_EQUAL (f.world->sent->len, 1);
  test_world_advance (f.world, 1);
  CU_ASSERT_EQUAL (f.world->sent->len, 2);
  test_world_advance (f.world, SEC);
  CU_ASSERT_EQUAL (f.world->sent->len, 3);
  CU_ASSERT_EQUAL (f.world->drops->len, 0);
  test_world_advance (f.world, SEC);
  CU_ASSERT_EQUAL (f.world->sent->len, 3);
  CU_ASSERT_EQUAL_FATAL (f.world->drops->len, 1);
  CU_ASSERT_EQUAL (test_world_drop (f.world, 0)->reason, NET_DROP_LOCATOR_UNRESOLVED);
  CU_ASSERT_STRING_EQUAL (test_world_drop (f.world, 0)->rule, "10.8.125.18");
  test_world_advance (f.world, 100 * SEC);
  CU_ASSERT_EQUAL (f.world->sent->len, 3);
  send_to (&f, 0x0a087d12);
  CU_ASSERT (test_sent_is (f.world, 3, UPLINK, REQUEST_PEER));
  done (&f);
}

static void
waiting_is_bounded (void)
{
  Fixture f = fixture ();

  for (guint i = 0; i < VTEP_NEIGHBOR_QUEUE + 2; i++)
    send_to (&f, 0x0a087d12);
  CU_ASSERT_EQUAL (f.world->sent->len, 1);
  CU_ASSERT_EQUAL (f.world->drops->len, 2);
  CU_ASSERT_EQUAL (test_world_drop (f.world, 0)->reason, NET_DROP_NEIGHBOR_QUEUE_FULL);
  receive (&f, REPLY_PEER, NULL);
  CU_ASSERT_EQUAL (f.world->sent->len, 1 + VTEP_NEIGHBOR_QUEUE);
  done (&f);
}

static void
address_is_asked_for_again (void)
{
  Fixture f = fixture ();

  send_to (&f, 0x0a087d12);
  receive (&f, REPLY_PEER, NULL);
  test_world_advance (f.world, VTEP_NEIGHBOR_LIFE_NS);
  test_world_forget (f.world);
  send_to (&f, 0x0a087d12);
  CU_ASSERT_EQUAL (f.world->sent->len, 2);
  CU_ASSERT (test_sent_is (f.world, 0, UPLINK, REQUEST_PEER));
  CU_ASSERT (test_sent_is (f.world, 1, UPLINK, OUTER (PEER)));
  test_world_advance (f.world, 3 * SEC); /* nobody answers: forgotten */
  test_world_forget (f.world);
  send_to (&f, 0x0a087d12);
  CU_ASSERT_EQUAL (f.world->sent->len, 1);
  CU_ASSERT (test_sent_is (f.world, 0, UPLINK, REQUEST_PEER));
  done (&f);
}

static void
announcement_moves_a_neighbour (void)
{
  Fixture f = fixture ();

  send_to (&f, 0x0a087d12);
  receive (&f, REPLY_PEER, NULL);
  test_world_forget (f.world);
  /* broadcast announcement: request, sender and target 10.8.125.18, MAC 02:0a:08:7d:00:99 */
  receive (&f,
           "ffffffffffff 020a087d0099 0806 0001 0800 06 04 0001 020a087d0099 0a087d12 000000000000 0a087d12",
           NULL);
  send_to (&f, 0x0a087d12);
  CU_ASSERT (test_sent_is (f.world, 0, UPLINK, OUTER ("020a087d0099")));
  CU_ASSERT (test_world_told (f.world, "neighbor change 10.8.125.18 {\"mac\":\"02:0a:08:7d:00:99\"}"));
  done (&f);
}

static void
nobody_fills_the_table (void)
{
  Fixture f = fixture ();

  receive (&f, REPLY_PEER, NULL);
  CU_ASSERT_EQUAL (f.world->states->len, 0);
  send_to (&f, 0x0a087d12);
  CU_ASSERT (test_sent_is (f.world, 0, UPLINK, REQUEST_PEER));
  done (&f);
}

static void
outside_the_prefix_by_gateway (void)
{
  Fixture f = fixture ();

  send_to (&f, 0x0a090001); /* 10.9.0.1 */
  CU_ASSERT (test_sent_is (f.world, 0, UPLINK, REQUEST_ROUTER));
  receive (&f, REPLY_ROUTER, NULL);
  /* as OUTER, destination 10.9.0.1 */
  CU_ASSERT (test_sent_is (f.world, 1, UPLINK,
                           ROUTER OURS "0800 4500 0034 0000 4000 40 11 a993 0a087d14 0a090001"
                                       "8001 12b5 0020 0000 08000000 00138900" INNER));
  done (&f);
}

static void
no_route_without_gateway (void)
{
  TestWorld *world = test_world_new ();
  VtepUnderlay *underlay = vtep_underlay_new (
      &world->world,
      &(VtepUnderlayConfig){
          .port = UPLINK, .mac = { { 2, 0, 0, 0, 0, 1 } }, .ip = 0x0a087d14, .prefix_length = 24 });

  vtep_underlay_send (underlay, test_frame (world, INNER),
                      &(VtepTunnel){ .destination = 0x0a090001, .vni = 1 });
  CU_ASSERT_EQUAL_FATAL (world->drops->len, 1);
  CU_ASSERT_EQUAL (test_world_drop (world, 0)->reason, NET_DROP_NO_ROUTE);
  CU_ASSERT_STRING_EQUAL (test_world_drop (world, 0)->rule, "10.9.0.1");
  vtep_underlay_free (underlay);
  test_world_free (world);
}

#define MOVED "020a087d0021"

static void
known_end_after_move (void)
{
  Fixture f = fixture ();
  VtepUnderlayConfig config = {
    .port = UPLINK, .mac = { { 0x02, 0x0a, 0x08, 0x7d, 0x00, 0x21 } }, .ip = 0x0a087d15, .prefix_length = 24
  };

  send_to (&f, 0x0a087d12);
  receive (&f, REPLY_PEER, NULL);
  vtep_underlay_move (f.underlay, &config);
  test_world_forget (f.world);
  send_to (&f, 0x0a087d12);
  CU_ASSERT (test_sent_is (f.world, 0, UPLINK,
                           "ffffffffffff" MOVED "0806 0001 0800 06 04 0001" MOVED
                           "0a087d15 000000000000 0a087d12"));
  receive (&f, MOVED PEER "0806 0001 0800 06 04 0002" PEER "0a087d12" MOVED "0a087d15", NULL);
  /* as OUTER, from 10.8.125.21 */
  CU_ASSERT (test_sent_is (f.world, 1, UPLINK,
                           PEER MOVED "0800 4500 0034 0000 4000 40 11 2c82 0a087d15 0a087d12"
                                      "8001 12b5 0020 0000 08000000 00138900" INNER));
  config.ip = 0x0a090001;
  vtep_underlay_move (f.underlay, &config);
  send_to (&f, 0x0a087d12);
  CU_ASSERT_EQUAL_FATAL (f.world->drops->len, 1);
  CU_ASSERT_EQUAL (test_world_drop (f.world, 0)->reason, NET_DROP_NO_ROUTE);
  done (&f);
}

/* More than anybody has at a time: a controller may go on naming others. */
static void
ends_without_number (void)
{
  Fixture f = fixture ();

  send_to (&f, 0x0a087d12);
  receive (&f, REPLY_PEER, NULL);
  send_to (&f, 0x0a090000);
  receive (&f, REPLY_ROUTER, NULL);
  for (guint i = 0; i < 140000; i++)
    {
      test_world_forget (f.world);
      send_to (&f, 0x0a090000 + i);
    }
  test_world_forget (f.world);
  send_to (&f, 0x0a087d12);
  send_to (&f, 0x0a090000);
  CU_ASSERT_EQUAL (f.world->drops->len, 0);
  CU_ASSERT (test_sent_is (f.world, 0, UPLINK, OUTER (PEER)));
  /* as OUTER, to 10.9.0.0 */
  CU_ASSERT (test_sent_is (f.world, 1, UPLINK,
                           ROUTER OURS "0800 4500 0034 0000 4000 40 11 a994 0a087d14 0a090000"
                                       "8001 12b5 0020 0000 08000000 00138900" INNER));
  done (&f);
}

static void
arp_requests_answered (void)
{
  Fixture f = fixture ();

  receive (&f, "ffffffffffff" PEER "0806 0001 0800 06 04 0001" PEER "0a087d12 000000000000 0a087d14", NULL);
  CU_ASSERT (test_sent_is (f.world, 0, UPLINK,
                           PEER OURS "0806 0001 0800 06 04 0002" OURS "0a087d14" PEER "0a087d12"));
  test_world_forget (f.world);
  receive (&f, "ffffffffffff" PEER "0806 0001 0800 06 04 0001" PEER "0a087d12 000000000000 0a087d63", NULL);
  CU_ASSERT_EQUAL (f.world->sent->len, 0);
  CU_ASSERT_EQUAL (test_world_drop (f.world, 0)->reason, NET_DROP_NOT_FOR_US);
  done (&f);
}

static void
echo_answered (void)
{
  Fixture f = fixture ();

  /* IPv4 tos 0, length 32, id 0x1234, DF, ttl 63, ICMP, 10.8.125.18 > .20; echo request id 0xbeef seq 1, data cafef00d */
  receive (&f,
           OURS PEER "0800 4500 0020 1234 4000 3f 01 1b73 0a087d12 0a087d14"
                     "08 00 7e02 beef 0001 cafef00d",
           NULL);
  /* id 0, ttl 64; ICMP type 0, checksum 8602 */
  CU_ASSERT (test_sent_is (f.world, 0, UPLINK,
                           PEER OURS "0800 4500 0020 0000 0000 40 01 6ca7 0a087d14 0a087d12"
                                     "00 00 8602 beef 0001 cafef00d"));
  done (&f);
}

static void
vxlan_comes_in (void)
{
  Fixture f = fixture ();
  VtepArrival arrival;

  /* from .18 to .20, ttl 1, DF clear, DSCP set, UDP source 1234, and 4 bytes of padding behind */
  CU_ASSERT (receive (&f,
                      OURS PEER "0800 45b8 0034 0001 0000 01 11 aaca 0a087d12 0a087d14"
                                "04d2 12b5 0020 0000 08000000 00138900" INNER "00000000",
                      &arrival));
  CU_ASSERT_EQUAL (arrival.outer.vni, 5001);
  CU_ASSERT_EQUAL (arrival.outer.source_ip, 0x0a087d12);
  CU_ASSERT_EQUAL (arrival.inner, 50);
  CU_ASSERT_EQUAL (arrival.inner_length, 16);
  done (&f);
}

static void
strange_packets_dropped (void)
{
  static const struct
  {
    const char *hex;
    NetDropReason reason;
  } cases[] = {
    /* to another MAC; to broadcast */
    { PEER OURS
      "0800 4500 0034 0000 4000 40 11 2c83 0a087d12 0a087d14 8001 12b5 0020 0000 08000000 00138900" INNER,
      NET_DROP_NOT_FOR_US },
    { "ffffffffffff" PEER "0800 4500 0034 0000 4000 40 11 2c83 0a087d12 0a087d14 8001 12b5 0020 0000 08000000"
      "00138900" INNER,
      NET_DROP_NOT_FOR_US },
    /* to our MAC, to 10.8.125.99 */
    { OURS PEER
      "0800 4500 0034 0000 4000 40 11 2c34 0a087d12 0a087d63 8001 12b5 0020 0000 08000000 00138900" INNER,
      NET_DROP_NOT_FOR_US },
    /* I flag clear; another flag; reserved bits */
    { OURS PEER
      "0800 4500 0034 0000 4000 40 11 2c83 0a087d12 0a087d14 8001 12b5 0020 0000 00000000 00138900" INNER,
      NET_DROP_VXLAN_FLAGS },
    { OURS PEER
      "0800 4500 0034 0000 4000 40 11 2c83 0a087d12 0a087d14 8001 12b5 0020 0000 88000000 00138900" INNER,
      NET_DROP_VXLAN_FLAGS },
    { OURS PEER
      "0800 4500 0034 0000 4000 40 11 2c83 0a087d12 0a087d14 8001 12b5 0020 0000 08000000 00138901" INNER,
      NET_DROP_VXLAN_FLAGS },
    /* IP header checksum; a fragment; port 8472 */
    { OURS PEER
      "0800 4500 0034 0000 4000 40 11 2c84 0a087d12 0a087d14 8001 12b5 0020 0000 08000000 00138900" INNER,
      NET_DROP_BAD_CHECKSUM },
    { OURS PEER
      "0800 4500 0034 0000 2000 40 11 4c83 0a087d12 0a087d14 8001 12b5 0020 0000 08000000 00138900" INNER,
      NET_DROP_FRAGMENT },
    { OURS PEER
      "0800 4500 0034 0000 4000 40 11 2c83 0a087d12 0a087d14 8001 2118 0020 0000 08000000 00138900" INNER,
      NET_DROP_UNKNOWN_PROTOCOL },
    /* UDP checksum wrong */
    { OURS PEER
      "0800 4500 0034 0000 4000 40 11 2c83 0a087d12 0a087d14 8001 12b5 0020 0001 08000000 00138900" INNER,
      NET_DROP_BAD_CHECKSUM },
    /* tagged; IPv6; LLDP; shorter than a header */
    { OURS PEER "8100 0064 0800 4500", NET_DROP_VLAN_UNBOUND },
    { OURS PEER "86dd 6000 0000", NET_DROP_UNKNOWN_PROTOCOL },
    { "0180c200000e" PEER "88cc 0207", NET_DROP_NOT_FOR_US },
    { OURS PEER, NET_DROP_MALFORMED },
    { OURS PEER "0806 0001 0800", NET_DROP_MALFORMED },
  };
  Fixture f = fixture ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      CU_ASSERT_FALSE (receive (&f, cases[i].hex, NULL));
      CU_ASSERT_EQUAL_FATAL (f.world->drops->len, i + 1);
      CU_ASSERT_EQUAL (test_world_drop (f.world, i)->reason, cases[i].reason);
    }
  CU_ASSERT_EQUAL (f.world->sent->len, 0);
  done (&f);
}

int
main (void)
{
  return tap_main (
      "underlay",
      (TapTest[]){
          { "packets to an unresolved next hop wait and leave in order", first_packet_waits },
          { "after three unanswered requests what waits is dropped, and the next packet asks anew",
            three_requests_then_dropped },
          { "64 packets wait; a newer one is refused", waiting_is_bounded },
          { "an address is asked for again after 15 minutes, without losing a packet",
            address_is_asked_for_again },
          { "an announcement moves a known neighbour", announcement_moves_a_neighbour },
          { "an address nobody asked for is not remembered", nobody_fills_the_table },
          { "what is outside the prefix goes to the gateway", outside_the_prefix_by_gateway },
          { "without a gateway there is no route outside the prefix", no_route_without_gateway },
          { "after a move packets to a known tunnel end leave as the new address, by the new routes",
            known_end_after_move },
          { "tunnel ends without number, one after the other, are all sent to", ends_without_number },
          { "ARP requests for the tunnel address are answered, others not", arp_requests_answered },
          { "an echo request is answered with its data", echo_answered },
          { "a VXLAN packet is accepted whatever its TTL, DF, DSCP, source port and padding",
            vxlan_comes_in },
          { "what is no good VXLAN packet for us is dropped with its reason", strange_packets_dropped },
          { NULL, NULL },
      });
}
