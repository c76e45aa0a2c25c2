/* OpenFlow sessions: the handshake, what is pushed and when, learning, and bad peers. */
#include "odl-bench.h"
#include "odl-switch.h"
#include "models/odl/compute.h"
#include "models/odl/elan.h"
#include "models/odl/interface.h"
#include "tap.h"

#define VM1     G_GUINT64_CONSTANT (0xfa163e000001)
#define NEW_MAC G_GUINT64_CONSTANT (0x020000000099)
/* lport 1, tag 5000 */
#define FROM_VM1 G_GUINT64_CONSTANT (0x0000011388000000)
#define FROM_VM2 G_GUINT64_CONSTANT (0x0000021388000000)

static OdlBench *
begin (void)
{
  OdlBench *bench = odl_bench_new (NULL);

  g_assert (odl_start (bench->odl, NULL));
  odl_bench_run (bench, NET_MSEC);
  return bench;
}

static gboolean
is_learnt (OdlBench *bench, const char *mac, guint32 lport)
{
  const OdlElan *elan = odl_elan_find (bench->odl, "n1");
  const OdlElanMac *entry = odl_registry_find (&elan->macs, mac);

  return entry && entry->interface->lport == lport;
}

static void
test_handshake (void)
{
  g_autoptr (OdlBench) bench = begin ();
  g_autoptr (OdlSwitch) sw = odl_switch_dial (bench->fake, 7, "", "");
  const char *told;

  odl_bench_run (bench, NET_SEC);
  CU_ASSERT_PTR_NOT_NULL (odl_compute_find (bench->odl, 7)->openflow);
  CU_ASSERT_PTR_NOT_NULL (strstr (fake_world_states (bench->fake), "session up openflow 7"));
  told = odl_switch_told (sw);
  CU_ASSERT_TRUE (
      g_str_has_prefix (told, "add-group group_id=5000,type=all,bucket=actions=resubmit(,81)\nadd "));
  CU_ASSERT_TRUE (g_str_has_suffix (told, "\nbarrier\n"));
}

static void
test_converged (void)
{
  g_autoptr (OdlBench) bench = begin ();
  g_autoptr (OdlSwitch) sw = NULL;

  odl_bench_run (bench, NET_SEC);
  CU_ASSERT_TRUE (bench->odl->converge.converged);
  sw = odl_switch_dial (bench->fake, 7, "", "");
  odl_switch_hold_barriers (sw, TRUE);
  odl_bench_run (bench, NET_SEC);
  CU_ASSERT_FALSE (bench->odl->converge.converged);
  odl_switch_hold_barriers (sw, FALSE);
  odl_bench_run (bench, NET_SEC);
  CU_ASSERT_TRUE (bench->odl->converge.converged);
  odl_bench_zone (bench, "9 192.168.10.9");
  odl_bench_run (bench, NET_SEC);
  CU_ASSERT_FALSE (bench->odl->converge.converged);
}

static void
plug (OdlBench *bench, const char *port_id, const char *mac)
{
  odl_bench_port (bench, port_id, "n1", mac, "normal");
  odl_bench_plug (bench, port_id, 7, (guint32) port_id[2] - '0');
  odl_bench_run (bench, NET_SEC);
}

static void
test_learning (void)
{
  g_autoptr (OdlBench) bench = begin ();
  g_autoptr (OdlSwitch) sw = odl_switch_dial (bench->fake, 7, "tapvm1=1 tapvm2=2", "");

  odl_bench_network (bench, "n1", 100);
  odl_bench_run (bench, NET_SEC);
  plug (bench, "vm1", "fa:16:3e:00:00:01");
  plug (bench, "vm2", "fa:16:3e:00:00:02");
  odl_switch_told (sw);
  odl_switch_packet_in (sw, FROM_VM1, NEW_MAC);
  odl_bench_run (bench, 10 * NET_MSEC);
  CU_ASSERT_TRUE (is_learnt (bench, "02:00:00:00:00:99", 1));
  CU_ASSERT_STRING_EQUAL (
      odl_switch_told (sw),
      "add cookie=0x8051388,table=50,idle_timeout=300,send_flow_rem,priority=20,"
      "metadata=0x11388000000/0xfffffffff000000,dl_src=02:00:00:00:00:99,actions=goto_table:51\n"
      "add cookie=0x8031388,table=51,priority=20,metadata=0x1388000000/0xffff000000,dl_dst=02:00:00:00:00:99,"
      "actions=load:0x100->NXM_NX_REG6[],resubmit(,220)\n"
      "barrier\n");
  odl_switch_packet_in (sw, FROM_VM2, NEW_MAC);
  odl_bench_run (bench, 900 * NET_MSEC);
  CU_ASSERT_TRUE (is_learnt (bench, "02:00:00:00:00:99", 1));
  odl_bench_run (bench, 100 * NET_MSEC);
  odl_switch_packet_in (sw, FROM_VM2, NEW_MAC);
  odl_bench_run (bench, 10 * NET_MSEC);
  CU_ASSERT_TRUE (is_learnt (bench, "02:00:00:00:00:99", 2));
  odl_switch_packet_in (sw, FROM_VM2, VM1);
  odl_bench_run (bench, 10 * NET_MSEC);
  CU_ASSERT_TRUE (is_learnt (bench, "fa:16:3e:00:00:01", 1));
}

static void
test_ageing (void)
{
  g_autoptr (OdlBench) bench = begin ();
  g_autoptr (OdlSwitch) sw = odl_switch_dial (bench->fake, 7, "tapvm1=1", "");

  odl_bench_network (bench, "n1", 100);
  odl_bench_run (bench, NET_SEC);
  plug (bench, "vm1", "fa:16:3e:00:00:01");
  odl_switch_packet_in (sw, FROM_VM1, NEW_MAC);
  odl_bench_run (bench, NET_SEC);
  odl_switch_told (sw);
  odl_switch_flow_removed (sw, FROM_VM1, NEW_MAC);
  odl_bench_run (bench, NET_SEC);
  CU_ASSERT_FALSE (is_learnt (bench, "02:00:00:00:00:99", 1));
  CU_ASSERT_STRING_EQUAL (odl_switch_told (sw),
                          "delete cookie=0x8031388,table=51,priority=20,metadata=0x1388000000/0xffff000000,"
                          "dl_dst=02:00:00:00:00:99,actions=drop\n"
                          "barrier\n");
}

static void
test_reconnect (void)
{
  g_autoptr (OdlBench) bench = begin ();
  OdlSwitch *sw = odl_switch_dial (bench->fake, 7, "tapvm1=1", "");
  const char *told;

  odl_bench_network (bench, "n1", 100);
  odl_bench_run (bench, NET_SEC);
  plug (bench, "vm1", "fa:16:3e:00:00:01");
  odl_switch_free (sw);
  odl_bench_run (bench, NET_SEC);
  CU_ASSERT_PTR_NULL (odl_compute_find (bench->odl, 7)->openflow);
  sw = odl_switch_dial (bench->fake, 7, "tapvm1=1", "5000 209999");
  odl_bench_run (bench, NET_SEC);
  told = odl_switch_told (sw);
  CU_ASSERT_PTR_NOT_NULL (strstr (told, "modify-group group_id=5000,"));
  CU_ASSERT_PTR_NOT_NULL (strstr (told, "modify-group group_id=209999,"));
  CU_ASSERT_PTR_NOT_NULL (strstr (told, "add-group group_id=210000,"));
  CU_ASSERT_PTR_NOT_NULL (strstr (told, "dl_src=fa:16:3e:00:00:01"));
  odl_switch_free (sw);
}

static void
test_ports (void)
{
  g_autoptr (OdlBench) bench = begin ();
  g_autoptr (OdlSwitch) sw = odl_switch_dial (bench->fake, 7, "tapvm1=1", "");

  odl_bench_network (bench, "n1", 100);
  odl_bench_run (bench, NET_SEC);
  plug (bench, "vm1", "fa:16:3e:00:00:01");
  odl_switch_told (sw);
  odl_switch_port_status (sw, 1, "tapvm1", 1);
  odl_bench_run (bench, NET_SEC);
  CU_ASSERT_PTR_NOT_NULL (strstr (odl_switch_told (sw), "delete-group group_id=209999"));
  odl_switch_port_status (sw, 0, "tapvm1", 8);
  odl_bench_run (bench, NET_SEC);
  CU_ASSERT_PTR_NOT_NULL (strstr (odl_switch_told (sw), "reg6=0x100,actions=output:8"));
}

static void
test_bad_peers (void)
{
  g_autoptr (OdlBench) bench = begin ();
  g_autoptr (OdlSwitch) broken = odl_switch_dial (bench->fake, 7, "", "");

  odl_bench_run (bench, NET_SEC);
  odl_switch_told (broken);
  odl_switch_send (broken, "04 0a 0010 00000001 0000000000000000"); /* a PACKET_IN that is cut short */
  odl_bench_run (bench, NET_MSEC);
  CU_ASSERT_STRING_EQUAL (odl_switch_told (broken), "error 1 6\n");
  CU_ASSERT_FALSE (odl_switch_is_closed (broken));
  odl_switch_send (broken, "04 02 0004 00000001"); /* a length below that of a header */
  odl_bench_run (bench, NET_MSEC);
  CU_ASSERT_TRUE (odl_switch_is_closed (broken));
}

static void
test_silence (void)
{
  g_autoptr (OdlBench) bench = begin ();
  g_autoptr (OdlSwitch) sw = odl_switch_dial (bench->fake, 7, "", "");

  odl_bench_run (bench, NET_SEC);
  odl_switch_told (sw);
  odl_bench_run (bench, 15 * NET_SEC);
  CU_ASSERT_STRING_EQUAL (odl_switch_told (sw), "echo\n");
  odl_bench_run (bench, 3 * NET_SEC);
  CU_ASSERT_TRUE (odl_switch_is_closed (sw));
  CU_ASSERT_PTR_NOT_NULL (strstr (fake_world_states (bench->fake), "session down openflow 7"));
}

int
main (void)
{
  static const TapTest tests[] = {
    { "after the handshake a compute gets its fixed groups and flows, and a barrier behind them",
      test_handshake },
    { "the controller is converged when barriers are answered and expected sessions are up", test_converged },
    { "an unknown source is learnt once, and moves only a second later; a port's own never", test_learning },
    { "a learnt address goes from everywhere when its flow in table 50 has timed out", test_ageing },
    { "a compute that comes back gets everything, and kept groups are modified, not added", test_reconnect },
    { "a port that goes takes its flows along, and comes back under another number", test_ports },
    { "a malformed message gets an error and the session lives on; a broken stream ends it", test_bad_peers },
    { "a silent switch is asked after 15 s and left 2 s later", test_silence },
    { NULL, NULL },
  };

  return tap_main ("odl-openflow", tests);
}
