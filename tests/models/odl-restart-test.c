/* The controller restarts: what it still knows, in which order it finds the rest, and what TORs see of it. */
#include "odl-rig.h"
#include "models/odl/compute.h"
#include "models/odl/elan.h"
#include "models/odl/interface.h"
#include "models/odl/restart.h"
#include "tap.h"

#include <string.h>

#define NEUTRON "/controller/nb/v2/neutron/"

static void
restart (OdlRig *rig)
{
  rig->bench->odl = odl_restart (rig->bench->odl);
}

/* The computes' databases and switches tell again what is plugged in, the last first. */
static void
plug_again (OdlRig *rig)
{
  odl_bench_plug (rig->bench, "vm2", 2, 3);
  odl_bench_plug (rig->bench, "vm1", 1, 3);
}

static void
test_kept (void)
{
  OdlRig rig = odl_rig_begin (NULL);

  restart (&rig);
  CU_ASSERT_EQUAL (odl_bench_request (rig.bench, "GET", NEUTRON "networks/n1", NULL), 200);
  CU_ASSERT_EQUAL (odl_bench_request (rig.bench, "GET", NEUTRON "ports/vm1", NULL), 200);
  CU_ASSERT_EQUAL (odl_bench_request (rig.bench, "GET", NEUTRON "l2-gateways/g1", NULL), 200);
  CU_ASSERT_EQUAL (odl_bench_request (rig.bench, "GET", NEUTRON "l2gateway-connections/c1", NULL), 200);
  CU_ASSERT_TRUE (odl_compute_find (rig.bench->odl, 1)->in_zone);
  CU_ASSERT_PTR_NULL (odl_compute_find (rig.bench->odl, 1)->openflow);
  CU_ASSERT_EQUAL (odl_registry_n (&odl_elan_find (rig.bench->odl, "n1")->macs), 0);
  odl_rig_end (&rig);
}

static void
test_numbers (void)
{
  OdlRig rig = odl_rig_begin (NULL);
  guint32 lport1, lport2;
  guint16 tag;

  odl_bench_network (rig.bench, "n0", 7); /* before n1 in the store, after it in time */
  odl_bench_run (rig.bench, NET_SEC);
  tag = odl_elan_find (rig.bench->odl, "n1")->tag;
  lport1 = odl_interface_find (rig.bench->odl, "vm1")->lport;
  lport2 = odl_interface_find (rig.bench->odl, "vm2")->lport;
  CU_ASSERT_NOT_EQUAL (lport1, lport2);
  restart (&rig);
  plug_again (&rig);
  odl_bench_run (rig.bench, NET_SEC);
  CU_ASSERT_EQUAL (odl_elan_find (rig.bench->odl, "n1")->tag, tag);
  CU_ASSERT_EQUAL (odl_interface_find (rig.bench->odl, "vm1")->lport, lport1);
  CU_ASSERT_EQUAL (odl_interface_find (rig.bench->odl, "vm2")->lport, lport2);
  odl_bench_network (rig.bench, "n2", 8);
  CU_ASSERT_EQUAL (odl_elan_find (rig.bench->odl, "n2")->tag, 5002);
  odl_rig_end (&rig);
}

/* How often a row of a remote table went. */
static guint
n_removals (OdlRig *rig)
{
  const char *at = fake_world_states (rig->bench->fake);
  guint n = 0;

  for (; (at = strstr (at, "Macs_Remote delete")); at++)
    n++;
  return n;
}

static void
test_rows_stay (void)
{
  OdlRig rig = odl_rig_begin (NULL);
  guint n_before;

  odl_rig_dial (&rig);
  odl_rig_assert_complete (&rig);
  n_before = n_removals (&rig);
  restart (&rig);
  odl_bench_run (rig.bench, 900 * NET_MSEC);
  CU_ASSERT_PTR_NULL (odl_hwvtep_find (rig.bench->odl, "hwvtep://tor1")); /* its listener starts late */
  plug_again (&rig);
  odl_bench_run (rig.bench, 60 * NET_SEC);
  CU_ASSERT_PTR_NOT_NULL (odl_hwvtep_replica (odl_hwvtep_find (rig.bench->odl, "hwvtep://tor1")));
  odl_rig_assert_complete (&rig);
  CU_ASSERT_EQUAL (n_removals (&rig), n_before);
  odl_rig_end (&rig);
}

static void
test_gone_meanwhile (void)
{
  OdlRig rig = odl_rig_begin (NULL);

  odl_rig_dial (&rig);
  restart (&rig);
  odl_bench_plug (rig.bench, "vm2", 2, 3);
  odl_bench_run (rig.bench, 9 * NET_SEC);
  ODL_ASSERT_TEXT (odl_rig_ucasts (&rig), ODL_RIG_UCASTS);
  odl_bench_run (rig.bench, 5 * NET_SEC);
  ODL_ASSERT_TEXT (odl_rig_ucasts (&rig), "n1 fa:16:3e:00:00:02 192.168.10.2");
  odl_rig_end (&rig);
}

static void
test_tor_dials_again (void)
{
  OdlRig rig = odl_rig_begin (NULL);
  guint n_before;

  g_assert (ovsdb_server_add_remote (rig.server, "tcp:127.0.0.1:6640", NULL, NULL));
  odl_bench_run (rig.bench, 3 * NET_SEC);
  odl_rig_assert_complete (&rig);
  n_before = n_removals (&rig);
  restart (&rig);
  plug_again (&rig);
  odl_bench_run (rig.bench, 60 * NET_SEC);
  CU_ASSERT_EQUAL (odl_registry_n (&rig.bench->odl->hwvteps), 1);
  odl_rig_assert_complete (&rig);
  CU_ASSERT_EQUAL (n_removals (&rig), n_before);
  odl_rig_end (&rig);
}

static void
test_twice (void)
{
  OdlRig rig = odl_rig_begin (NULL);

  odl_rig_dial (&rig);
  restart (&rig);
  odl_bench_run (rig.bench, NET_SEC / 2); /* the TOR is not dialled yet */
  restart (&rig);
  plug_again (&rig);
  odl_bench_run (rig.bench, 60 * NET_SEC);
  odl_rig_assert_complete (&rig);
  odl_rig_end (&rig);
}

static void
test_order_bug (void)
{
  OdlRig rig = odl_rig_begin ("restart-order");

  odl_rig_dial (&rig);
  odl_rig_assert_complete (&rig);
  restart (&rig);
  plug_again (&rig);
  odl_bench_run (rig.bench, 60 * NET_SEC);
  ODL_ASSERT_TEXT (odl_rig_ucasts (&rig), "");
  ODL_ASSERT_TEXT (odl_rig_floods (&rig), "");
  odl_rig_end (&rig);
}

int
main (void)
{
  static const TapTest tests[] = {
    { "objects and zones outlive a restart; sessions and addresses do not", test_kept },
    { "tags and lports outlive a restart, whatever order things come back in", test_numbers },
    { "a TOR's rows stay as they are through a restart; its node is dialled a second later", test_rows_stay },
    { "what nobody wants any more goes 10 s after the restart", test_gone_meanwhile },
    { "a TOR that dials is the same node after a restart, and keeps its rows", test_tor_dials_again },
    { "a second restart, before the first one is through, does no harm", test_twice },
    { "bug restart-order: gateways come last, and nothing is programmed", test_order_bug },
    { NULL, NULL },
  };

  return tap_main ("odl-restart", tests);
}
