/* The embedded switch's truth table: who receives what, on the card's registers alone. */
#include "models/nic/switch.h"

#include "tap.h"

#include <string.h>

static const NetMac mac_a = { { 0xfa, 0x16, 0x3e, 0, 0, 0x0a } };
static const NetMac mac_b = { { 0xfa, 0x16, 0x3e, 0, 0, 0x0b } };
static const NetMac mac_c = { { 0xfa, 0x16, 0x3e, 0, 0, 0x0c } };
static const NetMac mac_pf = { { 0x02, 0, 0, 0, 0, 0x01 } };
static const NetMac mac_far = { { 0xfa, 0x16, 0x3e, 0, 0, 0xff } };
static const NetMac mac_group = { { 0x33, 0x33, 0, 0, 0, 0x77 } };

#define UNTAGGED 0

/* VFs 0 and 1 on VLAN 2901, VF 2 on VLAN 2902; addresses a, b, c. */
static NicDevice *
card (NicMode mode)
{
  NicDevice *device
      = nic_device_new (&(NicPfConfig){ .n_vfs = 3, .mode = mode, .mac = mac_pf, .host_port = TRUE });

  device->wire_up = TRUE;
  g_assert_true (nic_device_set_mac (device, 0, &mac_a, NULL));
  g_assert_true (nic_device_set_mac (device, 1, &mac_b, NULL));
  g_assert_true (nic_device_set_mac (device, 2, &mac_c, NULL));
  g_assert_true (nic_device_set_vlan (device, 0, 2901, 0, NULL));
  g_assert_true (nic_device_set_vlan (device, 1, 2901, 0, NULL));
  g_assert_true (nic_device_set_vlan (device, 2, 2902, 5, NULL));
  return device;
}

/* The decision in words: "v1 wire+" (+: with a tag), or "drop REASON". */
static char *
decide (const NicDevice *device, guint in, const NetMac *to, const NetMac *from, guint vlan)
{
  NetEthernet frame = { .destination = *to, .source = *from, .type = NET_ETHERTYPE_IPV4 };
  GString *words = g_string_new (NULL);
  NicDecision decision;

  if (vlan != UNTAGGED)
    {
      frame.n_tags = 1;
      frame.tags[0] = (NetVlanTag){ NET_ETHERTYPE_VLAN, (guint16) vlan };
    }
  nic_switch_decide (device, in, &frame, &decision);
  for (guint i = 0; i < decision.n_outputs; i++)
    {
      const NicOutput *output = &decision.outputs[i];
      gboolean tagged = output->tagged && (decision.insert || frame.n_tags);
      if (words->len)
        g_string_append_c (words, ' ');
      if (output->function == NIC_WIRE)
        g_string_append (words, "wire");
      else if (output->function == NIC_PF)
        g_string_append (words, "pf");
      else
        g_string_append_printf (words, "v%u", output->function);
      if (tagged)
        g_string_append_c (words, '+');
    }
  if (decision.n_outputs == 0)
    g_string_append_printf (words, "drop %s", net_drop_word (decision.drop));
  return g_string_free (words, FALSE);
}

static void
check_line (int line, const NicDevice *device, guint in, const NetMac *to, const NetMac *from, guint vlan,
            const char *expected)
{
  g_autofree char *got = decide (device, in, to, from, vlan);
  if (strcmp (got, expected) != 0)
    g_printerr ("# line %d: got \"%s\", expected \"%s\"\n", line, got, expected);
  CU_ASSERT_STRING_EQUAL (got, expected);
}

#define CHECK(in, to, from, vlan, expected)                                                                  \
  check_line (__LINE__, device, (in), (to), (from), (vlan), (expected))

static void
veb_from_a_vf (void)
{
  g_autoptr (NicDevice) device = card (NIC_VEB);

  CHECK (0, &mac_b, &mac_a, UNTAGGED, "v1");      /* same VLAN: inside, not on the wire */
  CHECK (0, &mac_c, &mac_a, UNTAGGED, "wire+");   /* another VLAN: never inside */
  CHECK (0, &mac_far, &mac_a, UNTAGGED, "wire+"); /* unknown: the wire alone */
  CHECK (0, &mac_pf, &mac_a, UNTAGGED, "wire+");  /* the PF is not on VLAN 2901 */
  CHECK (0, &net_mac_broadcast, &mac_a, UNTAGGED, "v1 wire+");
  CHECK (2, &net_mac_broadcast, &mac_c, UNTAGGED, "wire+");
  CHECK (0, &mac_group, &mac_a, UNTAGGED, "wire+"); /* nobody joined */
  CHECK (0, &mac_a, &mac_a, UNTAGGED, "wire+");     /* to itself: not back */
  device->pf_promisc = TRUE;
  CHECK (0, &net_mac_broadcast, &mac_a, UNTAGGED, "v1 pf+ wire+");
  CHECK (0, &mac_far, &mac_a, UNTAGGED, "wire+"); /* unknown unicast of a VF is not for the PF */
  CHECK (0, &mac_pf, &mac_a, UNTAGGED, "pf+");
}

static void
the_port_vlan_and_priority_are_inserted (void)
{
  g_autoptr (NicDevice) device = card (NIC_VEB);
  NetEthernet frame = { .destination = mac_far, .source = mac_c };
  NicDecision decision;

  nic_switch_decide (device, 2, &frame, &decision);
  CU_ASSERT_TRUE (decision.insert);
  CU_ASSERT_EQUAL (decision.tag.tpid, 0x8100);
  CU_ASSERT_EQUAL (decision.tag.tci, 5 << 13 | 2902);
  frame.source = mac_a;
  nic_switch_decide (device, 0, &frame, &decision);
  CU_ASSERT_EQUAL (decision.tag.tci, 2901);
}

static void
veb_from_the_wire (void)
{
  g_autoptr (NicDevice) device = card (NIC_VEB);

  CHECK (NIC_WIRE, &mac_a, &mac_far, 2901, "v0"); /* the tag is stripped */
  CHECK (NIC_WIRE, &mac_a, &mac_far, 2902, "drop no-filter-match");
  CHECK (NIC_WIRE, &mac_a, &mac_far, UNTAGGED, "drop no-filter-match");
  CHECK (NIC_WIRE, &mac_far, &mac_a, 2901, "drop no-filter-match");
  CHECK (NIC_WIRE, &net_mac_broadcast, &mac_far, 2901, "v0 v1");
  CHECK (NIC_WIRE, &net_mac_broadcast, &mac_far, 2902, "v2");
  CHECK (NIC_WIRE, &net_mac_broadcast, &mac_far, 2903, "drop no-filter-match");
  CHECK (NIC_WIRE, &net_mac_broadcast, &mac_far, UNTAGGED, "pf");
  CHECK (NIC_WIRE, &mac_pf, &mac_far, UNTAGGED, "pf");
  device->pf_promisc = TRUE;
  CHECK (NIC_WIRE, &mac_far, &mac_b, 2901, "pf+");
  CHECK (NIC_WIRE, &mac_a, &mac_far, 2901, "v0");
  device->pf_listens = FALSE;
  CHECK (NIC_WIRE, &mac_pf, &mac_far, UNTAGGED, "drop not-for-us");
}

static void
the_pf_reaches_vfs_by_their_filters (void)
{
  g_autoptr (NicDevice) device = card (NIC_VEB);

  CHECK (NIC_PF, &mac_a, &mac_pf, 2901, "v0");
  CHECK (NIC_PF, &mac_a, &mac_pf, UNTAGGED, "wire");
  CHECK (NIC_PF, &net_mac_broadcast, &mac_pf, 2901, "v0 v1 wire+");
  CHECK (NIC_PF, &mac_far, &mac_pf, UNTAGGED, "wire");
}

static void
vepa_gives_all_to_the_wire (void)
{
  g_autoptr (NicDevice) device = card (NIC_VEPA);

  CHECK (0, &mac_b, &mac_a, UNTAGGED, "wire+");
  CHECK (0, &net_mac_broadcast, &mac_a, UNTAGGED, "wire+");
  CHECK (NIC_PF, &mac_a, &mac_pf, 2901, "wire+");
  CHECK (NIC_WIRE, &mac_b, &mac_a, 2901, "v1"); /* reflected by the bridge */
}

static void
a_reflected_broadcast_does_not_come_back_to_its_sender (void)
{
  g_autoptr (NicDevice) device = card (NIC_VEPA);

  CHECK (NIC_WIRE, &net_mac_broadcast, &mac_a, 2901, "v1");
  CHECK (NIC_WIRE, &net_mac_broadcast, &mac_far, 2901, "v0 v1");
}

static void
spoof_check_holds_a_vf_to_its_mac_and_vlan (void)
{
  g_autoptr (NicDevice) device = card (NIC_VEB);

  CHECK (0, &mac_b, &mac_far, UNTAGGED, "drop spoof-mac");
  CHECK (0, &mac_b, &mac_a, 2901,
         "drop vf-vlan"); /* a port VLAN forbids the guest's own tags, its own number too */
  CHECK (0, &mac_b, &mac_group, UNTAGGED, "drop bad-source-mac");
  g_assert_true (nic_device_set_spoofchk (device, 0, FALSE, NULL));
  CHECK (0, &mac_b, &mac_far, UNTAGGED, "v1");
  CHECK (0, &mac_b, &mac_a, 100, "drop vf-vlan");
}

static void
a_vf_without_port_vlan_is_a_trunk_of_what_it_asked_for (void)
{
  g_autoptr (NicDevice) device = card (NIC_VEB);

  g_assert_true (nic_device_set_vlan (device, 0, 0, 0, NULL));
  CHECK (0, &mac_far, &mac_a, UNTAGGED, "wire");
  CHECK (0, &mac_far, &mac_a, 2901, "drop vf-vlan");
  g_assert_true (nic_device_request_vlan (device, 0, 2901, TRUE, NULL));
  CHECK (0, &mac_far, &mac_a, 2901, "wire+");
  CHECK (0, &mac_b, &mac_a, 2901, "v1"); /* its neighbour has the port VLAN: stripped there */
  CHECK (1, &mac_a, &mac_b, UNTAGGED, "v0+");
  CHECK (NIC_WIRE, &mac_a, &mac_far, 2901, "v0+");
  CHECK (NIC_WIRE, &mac_a, &mac_far, UNTAGGED, "v0");
  CHECK (NIC_WIRE, &net_mac_broadcast, &mac_far, 2901, "v0+ v1");
}

static void
groups_go_to_those_who_joined (void)
{
  g_autoptr (NicDevice) device = card (NIC_VEB);

  CHECK (NIC_WIRE, &mac_group, &mac_far, 2901, "drop no-filter-match");
  g_assert_true (nic_device_request_group (device, 1, &mac_group, NULL));
  CHECK (NIC_WIRE, &mac_group, &mac_far, 2901, "v1");
  CHECK (0, &mac_group, &mac_a, UNTAGGED, "v1 wire+");
  g_assert_true (nic_device_set_trust (device, 0, TRUE, NULL));
  g_assert_true (nic_device_request_rx_mode (device, 0, NIC_RX_ALLMULTI, NULL));
  CHECK (NIC_WIRE, &mac_group, &mac_far, 2901, "v0 v1");
  CHECK (NIC_WIRE, &mac_group, &mac_far, 2902, "drop no-filter-match");
}

static void
a_disabled_vf_neither_sends_nor_receives (void)
{
  g_autoptr (NicDevice) device = card (NIC_VEB);

  g_assert_true (nic_device_set_link_state (device, 1, NIC_LINK_DISABLE, NULL));
  CHECK (1, &mac_a, &mac_b, UNTAGGED, "drop vf-disabled");
  CHECK (0, &mac_b, &mac_a, UNTAGGED, "drop vf-disabled"); /* its filter still takes the frame */
  CHECK (NIC_WIRE, &net_mac_broadcast, &mac_far, 2901, "v0");
  g_assert_true (nic_device_set_link_state (device, 1, NIC_LINK_ENABLE, NULL));
  CHECK (1, &mac_a, &mac_b, UNTAGGED, "drop vf-disabled"); /* ixgbe does not know enable */
  g_assert_true (nic_device_set_link_state (device, 1, NIC_LINK_AUTO, NULL));
  CHECK (1, &mac_a, &mac_b, UNTAGGED, "v0");
}

static void
auto_follows_the_wire (void)
{
  g_autoptr (NicDevice) device = card (NIC_VEB);

  device->wire_up = FALSE;
  CHECK (0, &mac_b, &mac_a, UNTAGGED, "drop link-down");
}

static void
a_vf_without_mac_is_nobody (void)
{
  g_autoptr (NicDevice) device = card (NIC_VEB);
  const NetMac none = { { 0 } };

  g_assert_true (nic_device_set_mac (device, 1, &none, NULL));
  CHECK (1, &mac_a, &mac_b, UNTAGGED, "drop vf-disabled");
  CHECK (NIC_WIRE, &mac_b, &mac_far, 2901, "drop no-filter-match");
  CHECK (NIC_WIRE, &net_mac_broadcast, &mac_far, 2901, "v0");
}

static void
a_promiscuous_vf_gets_what_no_filter_wants (void)
{
  g_autoptr (NicDevice) device = card (NIC_VEB);

  device->card = NIC_CARD_X540;
  device->pf_promisc = TRUE;
  device->pf_listens = FALSE;
  g_assert_true (nic_device_set_trust (device, 1, TRUE, NULL));
  g_assert_true (nic_device_request_rx_mode (device, 1, NIC_RX_PROMISC, NULL));
  CHECK (NIC_WIRE, &mac_far, &mac_c, 2901, "v1");
  CHECK (NIC_WIRE, &mac_far, &mac_c, 2902, "drop no-filter-match");
  CHECK (NIC_WIRE, &mac_a, &mac_c, 2901, "v0");
  CHECK (0, &mac_far, &mac_a, UNTAGGED, "wire+");
}

int
main (void)
{
  static const TapTest tests[] = {
    { "VEB: a VF reaches VFs of its VLAN inside the card, everything else by the wire", veb_from_a_vf },
    { "the port VLAN and its priority are inserted", the_port_vlan_and_priority_are_inserted },
    { "VEB: the wire reaches functions by their filters only", veb_from_the_wire },
    { "the PF reaches VFs by their filters", the_pf_reaches_vfs_by_their_filters },
    { "VEPA: everything goes to the wire", vepa_gives_all_to_the_wire },
    { "VEPA: a reflected broadcast does not come back to its sender",
      a_reflected_broadcast_does_not_come_back_to_its_sender },
    { "spoof check holds a VF to its MAC and VLAN", spoof_check_holds_a_vf_to_its_mac_and_vlan },
    { "a VF without port VLAN is a trunk of the VLANs it asked for",
      a_vf_without_port_vlan_is_a_trunk_of_what_it_asked_for },
    { "groups go to the VFs that joined, all of them to allmulti", groups_go_to_those_who_joined },
    { "a disabled VF neither sends nor receives, and enable does not help",
      a_disabled_vf_neither_sends_nor_receives },
    { "link state auto follows the wire", auto_follows_the_wire },
    { "a VF without MAC sends and receives nothing", a_vf_without_mac_is_nobody },
    { "a promiscuous VF gets unicast from the wire that no filter wants",
      a_promiscuous_vf_gets_what_no_filter_wants },
    { NULL, NULL },
  };
  return tap_main ("nic-switch", tests);
}
