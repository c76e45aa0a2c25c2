/* Serial job queues by key, and cancellable delays.
 *
 * Jobs of one key run one after another, each in steps with pauses between them; different keys run side by side.
 * That is where the real controller's races come from, so nothing here orders more than a key does. */
#pragma once

#include "models/odl/registry.h"
#include "net/world.h"

G_BEGIN_DECLS

typedef struct _Odl Odl;

#define ODL_JOB_DONE G_GINT64_CONSTANT (-1)

/* One step of a job, counted from 0; returns the pause before the next one, or ODL_JOB_DONE. */
typedef gint64 (*OdlJobStep) (Odl *odl, gpointer data, guint step);
typedef void (*OdlDelayFunc) (Odl *odl, gpointer data);

typedef struct
{
  Odl *odl;
  OdlRegistry queues; /* of OdlJobQueue, by key */
  OdlRegistry delays; /* of OdlDelay, by key */
} OdlJobs;

void odl_jobs_init (OdlJobs *jobs, Odl *odl);
void odl_jobs_clear (OdlJobs *jobs);
/* Puts a job behind those of its key.  The data is freed with free_data (may be NULL) after the last step. */
void odl_jobs_add (Odl *odl, const char *key, OdlJobStep step, gpointer data, GDestroyNotify free_data);
gboolean odl_jobs_idle (const OdlJobs *jobs);

/* Runs `fire` once, `delay_ns` from now, unless it is cancelled; a delay of the same key is replaced.  Delays are
 * clean-up that may come much later, and do not count as work under way. */
void odl_delay_set (Odl *odl, const char *key, gint64 delay_ns, OdlDelayFunc fire, gpointer data,
                    GDestroyNotify free_data);
/* FALSE when none was set. */
gboolean odl_delay_cancel (Odl *odl, const char *key);
gboolean odl_delay_is_set (const Odl *odl, const char *key);

G_END_DECLS
