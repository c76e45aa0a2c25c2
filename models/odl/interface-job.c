/* Making and freeing jobs of interfaces. */
#include "models/odl/interface-job.h"

static void
job_free (gpointer data)
{
  OdlInterfaceJob *job = data;

  g_free (job->name);
  g_free (job);
}

void
odl_interface_job_add (Odl *odl, const char *name, OdlPlace place, OdlJobStep step)
{
  OdlInterfaceJob *job = g_new0 (OdlInterfaceJob, 1);

  job->name = g_strdup (name);
  job->place = place;
  odl_jobs_add (odl, name, step, job, job_free);
}
