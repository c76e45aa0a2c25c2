/* The PF driver's rules: what an administrator and a VF's driver may set, and the refusals. */
#include "models/nic/device.h"

#include "tap.h"

static const NetMac mac_a = { { 0xfa, 0x16, 0x3e, 0, 0, 0x0a } };
static const NetMac mac_b = { { 0xfa, 0x16, 0x3e, 0, 0, 0x0b } };
static const NetMac group = { { 0x33, 0x33, 0, 0, 0, 1 } };
static const NetMac none;

static NicDevice *
card (void)
{
  NicDevice *device = nic_device_new (&(NicPfConfig){ .n_vfs = 4, .mac = { { 2, 0, 0, 0, 0, 1 } } });
  device->wire_up = TRUE;
  return device;
}

static NetMac
numbered (guint n)
{
  return net_mac_from_u64 (G_GUINT64_CONSTANT (0x020000000000) + n);
}

#define REFUSED(call, code, text)                                                                            \
  do                                                                                                         \
    {                                                                                                        \
      g_autoptr (GError) error = NULL;                                                                       \
      CU_ASSERT_FALSE (call);                                                                                \
      CU_ASSERT_TRUE (g_error_matches (error, NIC_ERROR, (code)));                                           \
      CU_ASSERT_STRING_EQUAL (error ? error->message : "", (text));                                          \
    }                                                                                                        \
  while (0)

static void
a_new_vf_has_the_drivers_defaults (void)
{
  g_autoptr (NicDevice) device = card ();
  const NicVfInfo *info = &device->vfs[3].info;

  CU_ASSERT_TRUE (net_mac_is_zero (&info->mac));
  CU_ASSERT_EQUAL (info->vlan, 0);
  CU_ASSERT_TRUE (info->spoofchk);
  CU_ASSERT_FALSE (info->trust);
  CU_ASSERT_EQUAL (info->link_state, NIC_LINK_AUTO);
  CU_ASSERT_EQUAL (info->rx_mode, NIC_RX_NONE);
  CU_ASSERT_EQUAL (info->max_tx_mbps, 0);
}

static void
settings_out_of_range_are_refused (void)
{
  g_autoptr (NicDevice) device = card ();

  REFUSED (nic_device_set_mac (device, 4, &mac_a, &error), NIC_ERROR_NO_SUCH_VF,
           "there is no VF 4; the PF has 0 to 3");
  REFUSED (nic_device_set_mac (device, 0, &group, &error), NIC_ERROR_INVALID,
           "VF 0 cannot have the group address 33:33:00:00:00:01; take a unicast one");
  REFUSED (nic_device_set_vlan (device, 0, 4096, 0, &error), NIC_ERROR_INVALID,
           "VF 0 cannot have VLAN 4096 with priority 0; VLANs are 0 to 4095, priorities 0 to 7");
  REFUSED (nic_device_set_vlan (device, 0, 2901, 8, &error), NIC_ERROR_INVALID,
           "VF 0 cannot have VLAN 2901 with priority 8; VLANs are 0 to 4095, priorities 0 to 7");
  CU_ASSERT_TRUE (nic_device_set_vlan (device, 0, 4095, 7, NULL));
}

static void
a_guest_may_not_override_what_the_administrator_set (void)
{
  g_autoptr (NicDevice) device = card ();

  CU_ASSERT_TRUE (nic_device_request_mac (device, 0, &mac_b, NULL)); /* none was set */
  CU_ASSERT_TRUE (nic_device_set_mac (device, 0, &mac_a, NULL));
  CU_ASSERT_TRUE (nic_device_request_mac (device, 0, &mac_a, NULL)); /* its own is no change */
  REFUSED (nic_device_request_mac (device, 0, &mac_b, &error), NIC_ERROR_NOT_PERMITTED,
           "VF 0 attempted to override its administratively set MAC; set trust on to allow it");
  CU_ASSERT_TRUE (net_mac_equal (&device->vfs[0].info.mac, &mac_a));
  REFUSED (nic_device_request_extra_mac (device, 0, &mac_b, &error), NIC_ERROR_NOT_PERMITTED,
           "VF 0 asked for a further address, which is administratively denied; set trust on to allow it");
  CU_ASSERT_TRUE (nic_device_set_vlan (device, 0, 2901, 0, NULL));
  REFUSED (nic_device_request_vlan (device, 0, 100, TRUE, &error), NIC_ERROR_NOT_PERMITTED,
           "VF 0 attempted to override its administratively set VLAN; take the port VLAN 2901 away first");
  CU_ASSERT_TRUE (nic_device_set_trust (device, 0, TRUE, NULL));
  CU_ASSERT_TRUE (nic_device_request_mac (device, 0, &mac_b, NULL));
  CU_ASSERT_TRUE (nic_device_set_mac (device, 0, &none, NULL)); /* zero takes it away */
  CU_ASSERT_FALSE (device->vfs[0].info.mac_set_by_admin);
}

static void
a_further_address_turns_the_spoof_check_off_in_hardware (void)
{
  g_autoptr (NicDevice) device = card ();

  CU_ASSERT_TRUE (nic_vf_checks_source (&device->vfs[0]));
  CU_ASSERT_TRUE (nic_device_request_extra_mac (device, 0, &mac_b, NULL));
  CU_ASSERT_TRUE (device->vfs[0].info.spoofchk);
  CU_ASSERT_FALSE (nic_vf_checks_source (&device->vfs[0]));
}

static void
filter_tables_are_finite (void)
{
  g_autoptr (NicDevice) device = card ();

  /* 128 entries, less 15 and 1 of the PF and one for each of 4 VFs. */
  for (guint i = 0; i < 108; i++)
    {
      NetMac mac = numbered (i);
      CU_ASSERT_TRUE (nic_device_request_extra_mac (device, i % 4, &mac, NULL));
    }
  REFUSED (nic_device_request_extra_mac (device, 0, &mac_b, &error), NIC_ERROR_NO_SPACE,
           "no address filter is free for VF 0");
  /* 64 VLANs for all functions; VLAN 0 is one of them. */
  for (guint vlan = 1; vlan <= 63; vlan++)
    CU_ASSERT_TRUE (nic_device_request_vlan (device, vlan % 4, vlan, TRUE, NULL));
  REFUSED (nic_device_request_vlan (device, 0, 64, TRUE, &error), NIC_ERROR_NO_SPACE,
           "the card's 64 VLAN filters are in use");
  CU_ASSERT_TRUE (nic_device_request_vlan (device, 1, 1, FALSE, NULL));
  CU_ASSERT_TRUE (nic_device_request_vlan (device, 0, 64, TRUE, NULL));
  for (guint i = 0; i < 30; i++)
    {
      NetMac mac = numbered (G_GUINT64_CONSTANT (0x10000) + i);
      mac.octet[0] = 0x33;
      CU_ASSERT_TRUE (nic_device_request_group (device, 0, &mac, NULL));
    }
  REFUSED (nic_device_request_group (device, 0, &group, &error), NIC_ERROR_NO_SPACE,
           "VF 0 has 30 groups already, which is all it may have");
}

static void
untrusted_requests_above_multicast_are_lowered (void)
{
  g_autoptr (NicDevice) device = card ();

  CU_ASSERT_TRUE (nic_device_request_rx_mode (device, 0, NIC_RX_PROMISC, NULL));
  CU_ASSERT_EQUAL (device->vfs[0].info.rx_mode, NIC_RX_MULTI);
  CU_ASSERT_TRUE (nic_device_set_trust (device, 0, TRUE, NULL));
  CU_ASSERT_TRUE (nic_device_request_rx_mode (device, 0, NIC_RX_ALLMULTI, NULL));
  CU_ASSERT_EQUAL (device->vfs[0].info.rx_mode, NIC_RX_ALLMULTI);
  REFUSED (nic_device_request_rx_mode (device, 0, NIC_RX_PROMISC, &error), NIC_ERROR_NOT_SUPPORTED,
           "VF 0 cannot be promiscuous: the 82599 has no such mode");
  device->card = NIC_CARD_X540;
  REFUSED (nic_device_request_rx_mode (device, 0, NIC_RX_PROMISC, &error), NIC_ERROR_NOT_PERMITTED,
           "VF 0 cannot be promiscuous while the PF is not; set the PF promiscuous first");
  device->pf_promisc = TRUE;
  CU_ASSERT_TRUE (nic_device_request_rx_mode (device, 0, NIC_RX_PROMISC, NULL));
  CU_ASSERT_TRUE (nic_device_set_trust (device, 0, FALSE, NULL)); /* the VF starts over */
  CU_ASSERT_EQUAL (device->vfs[0].info.rx_mode, NIC_RX_MULTI);
}

static void
rates_have_ixgbes_limits (void)
{
  g_autoptr (NicDevice) device = card ();

  REFUSED (nic_device_set_rate (device, 0, 0, 10, &error), NIC_ERROR_INVALID,
           "VF 0 cannot be limited to 10 Mbit/s; 0 for no limit, or 11 to 10000 Mbit/s");
  REFUSED (nic_device_set_rate (device, 0, 1, 100, &error), NIC_ERROR_INVALID,
           "VF 0 cannot have a minimum rate; this card knows only 0");
  REFUSED (nic_device_set_rate (device, 0, 0, 10001, &error), NIC_ERROR_INVALID,
           "VF 0 cannot be limited to 10001 Mbit/s; 0 for no limit, or 11 to 10000 Mbit/s");
  CU_ASSERT_TRUE (nic_device_set_rate (device, 0, 0, 11, NULL));
  CU_ASSERT_TRUE (nic_device_set_rate (device, 0, 0, 0, NULL));
  device->link_rate_bps = 1000000000;
  REFUSED (nic_device_set_rate (device, 0, 0, 100, &error), NIC_ERROR_INVALID,
           "VF 0 cannot be limited on a link of 1000 Mbit/s; only at 10000 Mbit/s");
  device->wire_up = FALSE;
  REFUSED (nic_device_set_rate (device, 0, 0, 100, &error), NIC_ERROR_INVALID,
           "VF 0 cannot be limited while the link is down");
}

static void
a_reset_keeps_what_the_administrator_set (void)
{
  g_autoptr (NicDevice) device = card ();

  CU_ASSERT_TRUE (nic_device_request_vlan (device, 0, 7, TRUE, NULL));
  CU_ASSERT_TRUE (nic_device_request_group (device, 0, &group, NULL));
  CU_ASSERT_TRUE (nic_device_request_extra_mac (device, 0, &mac_b, NULL));
  CU_ASSERT_TRUE (nic_device_set_mac (device, 0, &mac_a, NULL));
  CU_ASSERT_TRUE (nic_device_reset_vf (device, 0, NULL));
  CU_ASSERT_EQUAL (device->vfs[0].vlans->len, 0);
  CU_ASSERT_EQUAL (device->vfs[0].groups->len, 0);
  CU_ASSERT_EQUAL (device->vfs[0].extra_macs->len, 0);
  CU_ASSERT_TRUE (net_mac_equal (&device->vfs[0].info.mac, &mac_a));
  CU_ASSERT_EQUAL (device->vfs[0].info.rx_mode, NIC_RX_MULTI);
}

int
main (void)
{
  static const TapTest tests[] = {
    { "a new VF has the driver's defaults", a_new_vf_has_the_drivers_defaults },
    { "settings out of range are refused with a sentence", settings_out_of_range_are_refused },
    { "a guest may not override what the administrator set, unless trusted",
      a_guest_may_not_override_what_the_administrator_set },
    { "a further address turns the spoof check off in hardware",
      a_further_address_turns_the_spoof_check_off_in_hardware },
    { "address, VLAN and group filters are finite", filter_tables_are_finite },
    { "untrusted requests above multicast are lowered, promiscuity has its conditions",
      untrusted_requests_above_multicast_are_lowered },
    { "rates have ixgbe's limits", rates_have_ixgbes_limits },
    { "a reset clears what the guest asked for and keeps what the administrator set",
      a_reset_keeps_what_the_administrator_set },
    { NULL, NULL },
  };
  return tap_main ("nic-driver", tests);
}
