/* Jobs of one interface: what comes up or goes down at a place, behind what was queued for it before. */
#pragma once

#include "models/odl/interface.h"
#include "models/odl/jobs.h"

G_BEGIN_DECLS

typedef struct
{
  char *name; /* the interface's, and the queue's key */
  OdlPlace place;
  gboolean first; /* on this compute, of its network */
} OdlInterfaceJob;

/* The step gets an OdlInterfaceJob. */
void odl_interface_job_add (Odl *odl, const char *name, OdlPlace place, OdlJobStep step);

G_END_DECLS
