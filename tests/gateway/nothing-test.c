/* What every part does with nothing. */
#include "gateway/acl-rows.h"
#include "gateway/agent.h"
#include "gateway/arp-report.h"
#include "gateway/bfd.h"
#include "gateway/bindings.h"
#include "gateway/gateway.h"
#include "gateway/hops.h"
#include "gateway/neighbors.h"
#include "gateway/router-port.h"
#include "gateway/router-rows.h"
#include "gateway/shares.h"
#include "gateway/stats.h"
#include "gateway/switch-rows.h"
#include "gateway/tables.h"
#include "gateway/tunnels.h"
#include "gateway/underlay.h"
#include "tap.h"

static void
no_part_is_freed (void)
{
  vtep_acl_free (NULL);
  vtep_acl_rows_free (NULL);
  vtep_agent_free (NULL);
  vtep_arp_report_free (NULL);
  vtep_bfd_free (NULL);
  vtep_bindings_free (NULL);
  vtep_faults_free (NULL);
  vtep_fdb_free (NULL);
  vtep_gateway_free (NULL);
  vtep_hops_free (NULL);
  vtep_locals_free (NULL);
  vtep_neighbors_free (NULL);
  vtep_peers_free (NULL);
  vtep_port_acls_free (NULL);
  vtep_report_free (NULL);
  vtep_router_free (NULL);
  vtep_router_port_free (NULL);
  vtep_router_rows_free (NULL);
  vtep_shares_free (NULL);
  vtep_stats_free (NULL);
  vtep_switch_rows_free (NULL);
  vtep_tables_free (NULL);
  vtep_tunnels_free (NULL);
  vtep_underlay_free (NULL);
}

static void
no_answer_is_cleared (void)
{
  VtepActions actions;

  vtep_actions_init (&actions);
  vtep_actions_clear (&actions);
  CU_ASSERT_PTR_NULL (actions.items);
  vtep_actions_clear (&actions);
  CU_ASSERT_PTR_NULL (actions.items);
}

static void
no_locator_is_removed (void)
{
  VtepFlood flood = { .n = 0 };

  vtep_flood_remove (&flood, 0x0a087d12);
  CU_ASSERT_EQUAL (flood.n, 0);
  vtep_flood_add (&flood, 0x0a087d12);
  vtep_flood_remove (&flood, 0x0a087d11);
  vtep_flood_remove (&flood, 0x0a087d13);
  CU_ASSERT_EQUAL (flood.n, 1);
  vtep_flood_clear (&flood);
}

int
main (void)
{
  return tap_main ("gateway-nothing",
                   (TapTest[]){ { "freeing a part that was never made does nothing", no_part_is_freed },
                                { "an answer can be cleared twice", no_answer_is_cleared },
                                { "a locator that no row names is not removed", no_locator_is_removed },
                                { NULL, NULL } });
}
