/* Whether there is anything left to do. */
#include "models/odl/converge.h"
#include "models/odl/compute.h"
#include "models/odl/core.h"
#include "models/odl/hwvtep.h"
#include "models/odl/interface.h"
#include "models/odl/itm.h"
#include "models/odl/l2gw.h"
#include "models/odl/of-session.h"
#include "models/odl/ovs-session.h"

/* Idle for this long: between a row and the switch's word of the port that it makes, nothing is under way here. */
#define SETTLE_NS (10 * NET_MSEC)

static gboolean
computes_are_up (const Odl *odl)
{
  for (guint i = 0; i < odl->computes->len; i++)
    {
      const OdlCompute *compute = g_ptr_array_index (odl->computes, i);

      if (compute->in_zone && (!compute->openflow || !compute->ovs))
        return FALSE;
      if (compute->openflow && !odl_of_session_idle (compute->openflow))
        return FALSE;
      if (compute->ovs && !odl_ovs_session_idle (compute->ovs))
        return FALSE;
    }
  return TRUE;
}

static gboolean
tors_are_up (const Odl *odl)
{
  for (guint i = 0; i < odl_registry_n (&odl->hwvteps); i++)
    {
      const OdlHwvtep *hwvtep = odl_registry_at (&odl->hwvteps, i);

      if ((hwvtep->dialled && !odl_hwvtep_replica (hwvtep)) || !odl_hwvtep_idle (hwvtep))
        return FALSE;
    }
  return odl_l2gw_all_up (odl);
}

static gboolean
tunnels_are_up (const Odl *odl)
{
  for (guint i = 0; i < odl_registry_n (&odl->tunnels); i++)
    if (!odl_itm_lport (odl, odl_registry_at (&odl->tunnels, i)))
      return FALSE;
  return TRUE;
}

static gboolean
is_idle (const Odl *odl)
{
  return odl_jobs_idle (&odl->jobs) && odl->probes->len == 0 && odl->strangers->len == 0
         && computes_are_up (odl) && tors_are_up (odl) && tunnels_are_up (odl);
}

static void
settle (NetTimer *timer, gint64 now_ns)
{
  OdlConverge *converge = timer->owner;
  Odl *odl = converge->odl;
  gboolean idle = is_idle (odl);

  (void) now_ns;
  if (idle == converge->converged)
    return;
  converge->converged = idle;
  odl_record (odl, "controller", idle ? "converged" : "busy", odl->name, NULL);
}

void
odl_converge_init (OdlConverge *converge, Odl *odl)
{
  converge->odl = odl;
  net_timer_init (&converge->timer, settle, converge);
}

void
odl_converge_clear (OdlConverge *converge)
{
  net_world_timer_cancel (converge->odl->world, &converge->timer);
}

/* What ends idleness is told at once, idleness only when it lasts. */
void
odl_converge_changed (Odl *odl)
{
  OdlConverge *converge = &odl->converge;
  gint64 now_ns = net_world_now (odl->world);

  net_world_timer_set (odl->world, &converge->timer, converge->converged ? now_ns : now_ns + SETTLE_NS);
}
