/* A network whose segments change while it is in use. */
#include "models/odl/core.h"
#include "models/odl/elan.h"
#include "models/odl/interface.h"
#include "models/odl/l2gw.h"

#define LEAVING_NS (1 * NET_MSEC) /* between two looks at whether the interfaces' jobs are through */

/* Flows and rows are taken away by the numbers by which they were written: so everything leaves first, what is plugged
 * in meanwhile, too. */
static gint64
change_step (Odl *odl, gpointer data, guint step)
{
  const char *network_id = data;
  OdlElan *elan = odl_elan_find (odl, network_id);
  OdlNetwork *network = odl_neutron_network (&odl->neutron, network_id);

  odl_interface_network_left (odl, network_id);
  if (elan && step == 0)
    odl_l2gw_leave_network (odl, elan);
  if (step == 0 || (elan && elan->computes->len > 0))
    return LEAVING_NS;
  if (!network || (elan && elan->removed)) /* it was deleted meanwhile */
    return ODL_JOB_DONE;
  odl_elan_read_network (odl, &network->object);
  odl_interface_network_joined (odl, network_id);
  return ODL_JOB_DONE;
}

void
odl_elan_change (Odl *odl, const char *network_id)
{
  g_autofree char *key = g_strconcat (network_id, ":l2gw", NULL);

  odl_jobs_add (odl, key, change_step, g_strdup (network_id), g_free);
}
