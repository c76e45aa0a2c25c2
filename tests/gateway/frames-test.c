/* What leaves, byte by byte: tags, priorities, congestion marks, sharing. */
#include "fixture.h"
#include "tap.h"

#define A "fa163e00000a"
#define B "fa163e00000b"

/* blue: em3 2901, em3 2902, em4 2901, em4 untagged; VNI 5001; the peer .18 has C. */
static void
start (Fixture *f)
{
  fixture_init (f, NULL);
  put_switch (f, "blue", 5001, "source_node");
  put_binding (f, "em3", 2901, "blue");
  put_binding (f, "em3", 2902, "blue");
  put_binding (f, "em4", 2901, "blue");
  put_binding (f, "em4", 0, "blue");
  put_remote (f, "blue", "fa:16:3e:00:00:0c", "10.8.125.18");
  test_world_advance (f->world, NET_SEC);
  test_world_forget (f->world);
}

/* An IPv4/UDP/VXLAN packet from .18 to us; tos, lengths and checksum as given, VNI 5001. */
#define FROM_PEER_WITH(tos, ip_length, checksum, udp_length)                                                 \
  "020a087d0020 020a087d0018 0800 45" tos ip_length "0000 4000 40 11" checksum "0a087d12 0a087d14"           \
  "8001 12b5" udp_length "0000 08000000 00138900"

static void
priority_kept (void)
{
  Fixture f;

  start (&f);
  /* TCI b b55: PCP 5, DEI 1, VID 2901 (0xb55) */
  receive (&f, EM3, BCAST A "8100 bb55" DATA);
  CU_ASSERT_EQUAL_FATAL (f.world->sent->len, 3);
  CU_ASSERT (test_sent_is (f.world, 0, EM3, BCAST A "8100 bb56" DATA)); /* 2902, same PCP and DEI */
  CU_ASSERT (test_sent_is (f.world, 1, EM4, BCAST A DATA));             /* untagged */
  CU_ASSERT (test_sent_is (f.world, 2, EM4, BCAST A "8100 bb55" DATA)); /* unchanged */
  fixture_clear (&f);
}

static void
untagged_has_priority_zero (void)
{
  Fixture f;

  start (&f);
  receive (&f, EM4, BCAST A DATA);
  CU_ASSERT (test_sent_is (f.world, 0, EM3, BCAST A "8100 0b55" DATA));
  CU_ASSERT (test_sent_is (f.world, 1, EM3, BCAST A "8100 0b56" DATA));
  CU_ASSERT (test_sent_is (f.world, 2, EM4, BCAST A "8100 0b55" DATA));
  test_world_forget (f.world);
  /* a priority tag, PCP 3, VID 0: untagged for bindings, and its priority stays */
  receive (&f, EM4, BCAST A "8100 6000" DATA);
  CU_ASSERT (test_sent_is (f.world, 0, EM3, BCAST A "8100 6b55" DATA));
  fixture_clear (&f);
}

static void
service_tag_accepted (void)
{
  Fixture f;

  start (&f);
  receive (&f, EM3, BCAST A "88a8 0b55" DATA);
  CU_ASSERT (test_sent_is (f.world, 0, EM3, BCAST A "8100 0b56" DATA));
  CU_ASSERT (test_sent_is (f.world, 2, EM4, BCAST A "8100 0b55" DATA));
  fixture_clear (&f);
}

static void
tunnel_takes_no_tag (void)
{
  Fixture f;

  start (&f);
  receive (&f, EM3, "fa163e00000c" A "8100 bb55" DATA);
  answer_arp (&f, "0a087d12", "020a087d0018");
  CU_ASSERT_EQUAL_FATAL (f.world->sent->len, 2);
  /* non-IP: source port 33705 (0x83a9); length 36 + 16 = 52 */
  CU_ASSERT (test_sent_is (f.world, 1, UPLINK,
                           "020a087d0018 020a087d0020 0800 4500 0034 0000 4000 40 11 2c83 0a087d14 0a087d12"
                           "83a9 12b5 0020 0000 08000000 00138900"
                           "fa163e00000c" A DATA));
  fixture_clear (&f);
}

static void
tunnel_gives_priority_zero (void)
{
  Fixture f;

  start (&f);
  receive (&f, UPLINK, FROM_PEER_WITH ("00", "0034", "2c83", "0020") BCAST "fa163e00000c" DATA);
  CU_ASSERT_EQUAL_FATAL (f.world->sent->len, 4);
  CU_ASSERT (test_sent_is (f.world, 0, EM3, BCAST "fa163e00000c 8100 0b55" DATA));
  CU_ASSERT (test_sent_is (f.world, 1, EM3, BCAST "fa163e00000c 8100 0b56" DATA));
  CU_ASSERT (test_sent_is (f.world, 2, EM4, BCAST "fa163e00000c" DATA));
  CU_ASSERT (test_sent_is (f.world, 3, EM4, BCAST "fa163e00000c 8100 0b55" DATA));
  fixture_clear (&f);
}

static void
unchanged_frame_is_shared (void)
{
  Fixture f;
  NetFrame *frame;

  start (&f);
  put_binding (&f, "em3", 2902, NULL);
  put_binding (&f, "em4", 0, NULL);
  frame = test_frame (f.world, BCAST A "8100 0b55" DATA);
  frame->packet_id = 77;
  vtep_gateway_receive (f.gateway, EM3, frame);
  CU_ASSERT_EQUAL_FATAL (f.world->sent->len, 1);
  CU_ASSERT_PTR_EQUAL (test_world_sent (f.world, 0)->frame, frame);
  fixture_clear (&f);
}

static void
packet_id_survives (void)
{
  Fixture f;
  NetFrame *frame;

  start (&f);
  put_flood (&f, "blue", "10.8.125.18 10.8.125.21");
  receive (&f, EM3, BCAST A "8100 0b55" DATA);
  answer_arp (&f, "0a087d12", "020a087d0018");
  answer_arp (&f, "0a087d15", "020a087d0021");
  test_world_forget (f.world);
  frame = test_frame (f.world, BCAST A "8100 0b55" DATA);
  frame->packet_id = 77;
  vtep_gateway_receive (f.gateway, EM3, frame);
  CU_ASSERT_EQUAL_FATAL (f.world->sent->len, 5);
  for (guint i = 0; i < 5; i++)
    CU_ASSERT_EQUAL (test_world_sent (f.world, i)->frame->packet_id, 77);
  fixture_clear (&f);
}

/* Inner IPv4: 45, tos, length 20, ttl 64, protocol 253, 10.0.0.12 > 10.0.0.11.  Outer tos 3: CE. */
static void
congestion_marks (void)
{
  Fixture f;

  start (&f);
  put_binding (&f, "em3", 2902, NULL);
  put_binding (&f, "em4", 2901, NULL);
  put_binding (&f, "em4", 0, NULL);
  /* inner ECT(0) (2) becomes CE (3): checksum 65d5 becomes 65d4 */
  receive (&f, UPLINK,
           FROM_PEER_WITH ("03", "0046", "2c6e", "0032") BCAST
           "fa163e00000c 0800"
           "4502 0014 0000 0000 40 fd 65d5 0a00000c 0a00000b");
  CU_ASSERT (test_sent_is (
      f.world, 0, EM3, BCAST "fa163e00000c 8100 0b55 0800 4503 0014 0000 0000 40 fd 65d4 0a00000c 0a00000b"));
  test_world_forget (f.world);
  /* inner not ECN capable: dropped */
  receive (&f, UPLINK,
           FROM_PEER_WITH ("03", "0046", "2c6e", "0032") BCAST
           "fa163e00000c 0800"
           "4500 0014 0000 0000 40 fd 65d7 0a00000c 0a00000b");
  CU_ASSERT_EQUAL (f.world->sent->len, 0);
  CU_ASSERT_EQUAL_FATAL (f.world->drops->len, 1);
  CU_ASSERT_EQUAL (test_world_drop (f.world, 0)->reason, NET_DROP_ECN_INVALID);
  CU_ASSERT_EQUAL (test_world_drop (f.world, 0)->length, 84);
  test_world_forget (f.world);
  /* inner IPv6, traffic class ECT(1): 60 10 becomes 60 30 */
  receive (&f, UPLINK,
           FROM_PEER_WITH ("03", "003a", "2c7a", "0026") BCAST "fa163e00000c 86dd 6010 0000 0000 3b40");
  CU_ASSERT (test_sent_is (f.world, 0, EM3, BCAST "fa163e00000c 8100 0b55 86dd 6030 0000 0000 3b40"));
  test_world_forget (f.world);
  /* an IPv4 header that ends before its checksum gets its mark, and no checksum */
  receive (&f, UPLINK,
           FROM_PEER_WITH ("03", "003a", "2c7a", "0026") BCAST "fa163e00000c 0800 4502 0014 0000 0000");
  CU_ASSERT (test_sent_is (f.world, 0, EM3, BCAST "fa163e00000c 8100 0b55 0800 4503 0014 0000 0000"));
  test_world_forget (f.world);
  /* what is not IP has no mark to keep */
  receive (&f, UPLINK, FROM_PEER_WITH ("03", "0034", "2c80", "0020") BCAST "fa163e00000c" DATA);
  CU_ASSERT_EQUAL (f.world->sent->len, 1);
  fixture_clear (&f);
}

static void
drops_name_port_table_and_rule (void)
{
  Fixture f;
  const TestDrop *drop;

  start (&f);
  receive (&f, EM3, BCAST A "8100 0b57" DATA);
  CU_ASSERT_EQUAL_FATAL (f.world->drops->len, 1);
  drop = test_world_drop (f.world, 0);
  CU_ASSERT_EQUAL (drop->port, EM3);
  CU_ASSERT_EQUAL (drop->reason, NET_DROP_VLAN_UNBOUND);
  CU_ASSERT_STRING_EQUAL (drop->table, "vlan_bindings");
  CU_ASSERT_STRING_EQUAL (drop->rule, "em3 vlan 2903");
  test_world_forget (f.world);
  /* a stranger: the outer frame is what is dropped, at the underlay port */
  receive (&f, UPLINK,
           "020a087d0020 020a087d0018 0800 4500 0034 0000 4000 40 11 2c32 0a087d63 0a087d14"
           "8001 12b5 0020 0000 08000000 00138900" BCAST "fa163e00000c" DATA);
  CU_ASSERT_EQUAL_FATAL (f.world->drops->len, 1);
  drop = test_world_drop (f.world, 0);
  CU_ASSERT_EQUAL (drop->port, UPLINK);
  CU_ASSERT_EQUAL (drop->reason, NET_DROP_TUNNEL_SOURCE_UNKNOWN);
  CU_ASSERT_EQUAL (drop->length, 66);
  CU_ASSERT_STRING_EQUAL (drop->rule, "10.8.125.99 is no locator of blue");
  fixture_clear (&f);
}

static void
odd_frames (void)
{
  Fixture f;

  start (&f);
  receive (&f, EM3, BCAST A "81");
  receive (&f, EM3, BCAST A "8100 0b55 8100 0001 8100 0001 8100 0001 8100 0001" DATA);
  receive (&f, 5, BCAST A DATA);
  receive (&f, UPLINK,
           FROM_PEER_WITH ("00", "003a", "2c7d", "0026") BCAST "fa163e00000c 8100 0001 8100 0001 8100");
  CU_ASSERT_EQUAL_FATAL (f.world->drops->len, 4);
  CU_ASSERT_EQUAL (test_world_drop (f.world, 0)->reason, NET_DROP_MALFORMED);
  CU_ASSERT_EQUAL (test_world_drop (f.world, 1)->reason, NET_DROP_MALFORMED);
  CU_ASSERT_EQUAL (test_world_drop (f.world, 2)->reason, NET_DROP_NOT_FOR_US);
  CU_ASSERT_EQUAL (test_world_drop (f.world, 3)->reason, NET_DROP_MALFORMED);
  CU_ASSERT_EQUAL (f.world->sent->len, 0);
  fixture_clear (&f);
}

int
main (void)
{
  return tap_main (
      "frames",
      (TapTest[]){
          { "priority and drop eligibility stay when one VLAN is translated to another", priority_kept },
          { "untagged frames enter VLANs with priority 0, priority-tagged ones with theirs",
            untagged_has_priority_zero },
          { "a service tag is taken for a binding, and leaves as a customer tag", service_tag_accepted },
          { "the binding's tag does not enter the tunnel", tunnel_takes_no_tag },
          { "frames from a tunnel get priority 0", tunnel_gives_priority_zero },
          { "a frame that leaves unchanged is not copied", unchanged_frame_is_shared },
          { "every copy keeps the packet id", packet_id_survives },
          { "congestion marks of the outer header reach the inner one, or end the packet", congestion_marks },
          { "a drop names port, table and rule", drops_name_port_table_and_rule },
          { "broken frames and strange ports end in a reason", odd_frames },
          { NULL, NULL },
      });
}
