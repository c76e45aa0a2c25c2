/* Tells the trace when the controller has nothing left to do: every queue empty, every request answered, every session
 * that the configuration names up. */
#pragma once

#include "net/world.h"

G_BEGIN_DECLS

typedef struct _Odl Odl;

typedef struct
{
  Odl *odl;
  gboolean converged;
  NetTimer timer;
} OdlConverge;

void odl_converge_init (OdlConverge *converge, Odl *odl);
void odl_converge_clear (OdlConverge *converge);
/* Something began or ended somewhere; what it means is found out here. */
void odl_converge_changed (Odl *odl);

G_END_DECLS
