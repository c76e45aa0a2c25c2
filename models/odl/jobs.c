/* The job coordinator.  Knows time and keys; what a job does is its owner's. */
#include "models/odl/jobs.h"
#include "models/odl/converge.h"
#include "models/odl/core.h"

typedef struct
{
  OdlJobStep step;
  guint n_steps;
  gpointer data;
  GDestroyNotify free_data;
} OdlJob;

typedef struct
{
  Odl *odl;
  char *key;
  GQueue jobs; /* of OdlJob; the head is the one that runs */
  NetTimer timer;
} OdlJobQueue;

typedef struct
{
  Odl *odl;
  char *key;
  OdlDelayFunc fire;
  gpointer data;
  GDestroyNotify free_data;
  NetTimer timer;
} OdlDelay;

static void
job_free (gpointer data)
{
  OdlJob *job = data;

  if (job->free_data)
    job->free_data (job->data);
  g_free (job);
}

static void
queue_free (gpointer data)
{
  OdlJobQueue *queue = data;

  net_world_timer_cancel (queue->odl->world, &queue->timer);
  g_queue_clear_full (&queue->jobs, job_free);
  g_free (queue->key);
  g_free (queue);
}

static void
delay_free (gpointer data)
{
  OdlDelay *delay = data;

  net_world_timer_cancel (delay->odl->world, &delay->timer);
  if (delay->free_data)
    delay->free_data (delay->data);
  g_free (delay->key);
  g_free (delay);
}

void
odl_jobs_init (OdlJobs *jobs, Odl *odl)
{
  jobs->odl = odl;
  odl_registry_init (&jobs->queues, queue_free);
  odl_registry_init (&jobs->delays, delay_free);
}

void
odl_jobs_clear (OdlJobs *jobs)
{
  odl_registry_clear (&jobs->queues);
  odl_registry_clear (&jobs->delays);
}

static void
queue_run (NetTimer *timer, gint64 now_ns)
{
  OdlJobQueue *queue = timer->owner;
  Odl *odl = queue->odl;
  OdlJob *job = g_queue_peek_head (&queue->jobs);
  gint64 pause = job->step (odl, job->data, job->n_steps++);

  if (pause == ODL_JOB_DONE)
    {
      job_free (g_queue_pop_head (&queue->jobs));
      pause = 0;
    }
  if (!g_queue_is_empty (&queue->jobs))
    net_world_timer_set (odl->world, timer, now_ns + pause);
  else
    {
      g_autofree char *key = g_strdup (queue->key);

      odl_registry_remove (&odl->jobs.queues, key);
      odl_converge_changed (odl);
    }
}

void
odl_jobs_add (Odl *odl, const char *key, OdlJobStep step, gpointer data, GDestroyNotify free_data)
{
  OdlJobQueue *queue = odl_registry_find (&odl->jobs.queues, key);
  OdlJob *job = g_new0 (OdlJob, 1);

  *job = (OdlJob){ .step = step, .data = data, .free_data = free_data };
  if (!queue)
    {
      queue = g_new0 (OdlJobQueue, 1);
      queue->odl = odl;
      queue->key = g_strdup (key);
      g_queue_init (&queue->jobs);
      net_timer_init (&queue->timer, queue_run, queue);
      odl_registry_put (&odl->jobs.queues, key, queue);
      net_world_timer_set (odl->world, &queue->timer, net_world_now (odl->world));
      odl_converge_changed (odl);
    }
  g_queue_push_tail (&queue->jobs, job);
}

gboolean
odl_jobs_idle (const OdlJobs *jobs)
{
  return odl_registry_n (&jobs->queues) == 0;
}

static void
delay_fire (NetTimer *timer, gint64 now_ns)
{
  OdlDelay *delay = timer->owner;
  Odl *odl = delay->odl;

  (void) now_ns;
  odl_registry_steal (&odl->jobs.delays, delay->key);
  delay->fire (odl, delay->data);
  delay_free (delay);
}

void
odl_delay_set (Odl *odl, const char *key, gint64 delay_ns, OdlDelayFunc fire, gpointer data,
               GDestroyNotify free_data)
{
  OdlDelay *delay = g_new0 (OdlDelay, 1);

  *delay
      = (OdlDelay){ .odl = odl, .key = g_strdup (key), .fire = fire, .data = data, .free_data = free_data };
  net_timer_init (&delay->timer, delay_fire, delay);
  odl_registry_put (&odl->jobs.delays, key, delay);
  net_world_timer_set (odl->world, &delay->timer, net_world_now (odl->world) + delay_ns);
}

gboolean
odl_delay_cancel (Odl *odl, const char *key)
{
  return odl_registry_remove (&odl->jobs.delays, key);
}

gboolean
odl_delay_is_set (const Odl *odl, const char *key)
{
  return odl_registry_find (&odl->jobs.delays, key) != NULL;
}
