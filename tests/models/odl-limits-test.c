/* What a TOR's session does with answers that are late, refused or never come, and with items that wait for rows. */
#include "odl-rig.h"
#include "models/odl/l2gw.h"
#include "tap.h"

#include <string.h>

#define NEUTRON "/controller/nb/v2/neutron/"

static OdlHwvtep *
node (OdlRig *rig)
{
  return odl_hwvtep_find (rig->bench->odl, "hwvtep://tor1");
}

static void
test_late_answer (void)
{
  OdlRig rig = odl_rig_begin (NULL);

  odl_rig_dial (&rig);
  fake_world_hold (rig.bench->fake, TRUE);
  odl_bench_unplug (rig.bench, "vm1", 1);
  odl_bench_run (rig.bench, 990 * NET_MSEC);
  CU_ASSERT_EQUAL (node (&rig)->n_late, 0);
  odl_bench_run (rig.bench, 20 * NET_MSEC);
  CU_ASSERT_EQUAL (node (&rig)->n_late, 1);
  CU_ASSERT_STRING_EQUAL (fake_world_last_warning (rig.bench->fake),
                          "hwvtep://tor1: transaction refused: no answer within 1000 ms");
  fake_world_hold (rig.bench->fake, FALSE);
  odl_bench_run (rig.bench, 10 * NET_SEC);
  CU_ASSERT_EQUAL (node (&rig)->n_late, 0);
  CU_ASSERT_TRUE (odl_hwvtep_idle (node (&rig)));
  ODL_ASSERT_TEXT (odl_rig_ucasts (&rig), "n1 fa:16:3e:00:00:02 192.168.10.2");
  ODL_ASSERT_TEXT (odl_rig_floods (&rig), "n1 unknown-dst 192.168.10.2");
  odl_rig_end (&rig);
}

/* A logical switch that somebody else's binding keeps referenced: its deletion is refused, and right the next time. */
static void
check_refused (const char *bugs, const char *switches)
{
  OdlRig rig = odl_rig_begin (bugs);
  char uuid[OVSDB_UUID_TEXT];
  g_autofree char *op = NULL;

  odl_rig_dial (&rig);
  ovsdb_uuid_format (ovsdb_row_uuid (ovsdb_table_first (odl_rig_table (&rig, "Logical_Switch"))), uuid);
  op = g_strdup_printf ("[{'op':'update','table':'Physical_Port','where':[['name','==','eth3']],'row':"
                        "{'vlan_bindings':['map',[[7,['uuid','%s']]]]}}]",
                        uuid);
  odl_rig_execute (&rig, op);
  CU_ASSERT_EQUAL (odl_bench_request (rig.bench, "DELETE", NEUTRON "l2gateway-connections/c1", NULL), 204);
  odl_bench_run (rig.bench, 60 * NET_SEC);
  ODL_ASSERT_TEXT (odl_rig_switches (&rig), switches);
  odl_rig_end (&rig);
}

static void
test_refused (void)
{
  check_refused (NULL, "");
  check_refused ("tx-lost", "n1 100 source_node");
}

static void
remove_ports (OdlRig *rig)
{
  odl_rig_execute (rig, "[{'op':'update','table':'Physical_Switch','where':[],'row':{'ports':['set',[]]}}]");
}

static void
test_waiting (void)
{
  OdlRig rig = odl_rig_begin (NULL);

  remove_ports (&rig);
  odl_rig_dial (&rig);
  CU_ASSERT_PTR_NOT_NULL_FATAL (node (&rig)->waiting);
  CU_ASSERT_PTR_NOT_NULL (odl_registry_find (&node (&rig)->waiting->ports, "tor1 eth2"));
  odl_bench_run (rig.bench, 85 * NET_SEC);
  CU_ASSERT_PTR_NOT_NULL (node (&rig)->waiting);
  odl_bench_run (rig.bench, 5 * NET_SEC);
  CU_ASSERT_PTR_NULL (node (&rig)->waiting);
  odl_rig_end (&rig);
}

static void
test_woken (void)
{
  OdlRig rig = odl_rig_begin (NULL);

  remove_ports (&rig);
  odl_rig_dial (&rig);
  odl_rig_execute (
      &rig, "[{'op':'insert','table':'Physical_Port','uuid-name':'p','row':{'name':'eth2'}},"
            "{'op':'update','table':'Physical_Switch','where':[],'row':{'ports':['named-uuid','p']}}]");
  odl_bench_run (rig.bench, NET_SEC);
  CU_ASSERT_PTR_NULL (node (&rig)->waiting);
  odl_rig_assert_complete (&rig);
  odl_rig_end (&rig);
}

/* 1200 ports that are not there: the first thousand wait, the others are given up at once. */
static void
test_waiting_limit (void)
{
  OdlRig rig = odl_rig_begin (NULL);

  odl_rig_dial (&rig);
  for (guint i = 0; i < 1200; i++)
    {
      g_autofree char *port = g_strdup_printf ("none%u", i);

      odl_hwvtep_bind (node (&rig), "tor1", port, 7, "n1");
      odl_hwvtep_commit (node (&rig));
    }
  odl_bench_run (rig.bench, NET_SEC);
  CU_ASSERT_EQUAL (odl_registry_n (&node (&rig)->waiting->ports), 1000);
  CU_ASSERT_STRING_EQUAL (fake_world_last_warning (rig.bench->fake),
                          "hwvtep://tor1: more than 1000 items wait for rows");
  odl_rig_end (&rig);
}

int
main (void)
{
  static const TapTest tests[] = {
    { "a transaction without an answer for 1000 ms is tried again after 5 s, and its late answer is nobody's",
      test_late_answer },
    { "a refused transaction is tried again; bug tx-lost: it is forgotten", test_refused },
    { "an item waits 90 s for the row that it needs", test_waiting },
    { "an item that waits goes when its row comes", test_woken },
    { "no more than 1000 items wait", test_waiting_limit },
    { NULL, NULL },
  };

  return tap_main ("odl-limits", tests);
}
