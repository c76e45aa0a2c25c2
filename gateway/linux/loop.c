/* epoll, with a timerfd for the next timer: its resolution is the clock's, where epoll_wait counts milliseconds. */
#include "gateway/linux/loop.h"
#include "gateway/linux/world.h"

#include <errno.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define MAX_READY 64

struct _LinuxLoop
{
  int epoll;
  LinuxTimers *timers;
  LinuxWatch alarm; /* the timerfd */
  gint64 alarm_ns;  /* when it will ring; G_MAXINT64: it was not wound up */
  GQueue tasks;
  guint64 turn;
  gboolean quit;
  struct epoll_event ready[MAX_READY]; /* what this turn still has to serve */
  int n_ready;
};

/* ---- descriptors ------------------------------------------------------------------------------------------------- */

gboolean
linux_loop_watch (LinuxLoop *loop, LinuxWatch *watch, guint32 events)
{
  struct epoll_event event = { .events = events, .data.ptr = watch };

  if (watch->added && watch->events == events)
    return TRUE;
  if (epoll_ctl (loop->epoll, watch->added ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, watch->fd, &event) < 0)
    return FALSE;
  watch->added = TRUE;
  watch->events = events;
  return TRUE;
}

void
linux_loop_unwatch (LinuxLoop *loop, LinuxWatch *watch)
{
  if (!watch->added)
    return;
  epoll_ctl (loop->epoll, EPOLL_CTL_DEL, watch->fd, NULL);
  watch->added = FALSE;
  for (int i = 0; i < loop->n_ready; i++)
    if (loop->ready[i].data.ptr == watch)
      loop->ready[i].data.ptr = NULL;
}

static void
serve_ready (LinuxLoop *loop)
{
  for (int i = 0; i < loop->n_ready; i++)
    {
      LinuxWatch *watch = loop->ready[i].data.ptr;
      if (watch)
        watch->ready (watch, loop->ready[i].events);
    }
  loop->n_ready = 0;
}

/* ---- tasks ------------------------------------------------------------------------------------------------------- */

void
linux_loop_defer (LinuxLoop *loop, LinuxTask *task)
{
  if (task->turn)
    return;
  task->turn = loop->turn;
  task->link = (GList){ .data = task };
  g_queue_push_tail_link (&loop->tasks, &task->link);
}

void
linux_loop_forget (LinuxLoop *loop, LinuxTask *task)
{
  if (!task->turn)
    return;
  task->turn = 0;
  g_queue_unlink (&loop->tasks, &task->link);
}

static void
run_tasks (LinuxLoop *loop)
{
  guint64 before = ++loop->turn;

  while (loop->tasks.head && ((LinuxTask *) loop->tasks.head->data)->turn < before)
    {
      LinuxTask *task = loop->tasks.head->data;
      linux_loop_forget (loop, task);
      task->run (task);
    }
}

/* ---- turns ------------------------------------------------------------------------------------------------------- */

/* An alarm that rings too early does no harm, so it is wound up again only for an earlier time or after it rang. */
static void
wind_up (LinuxLoop *loop, gint64 at_ns, gint64 now_ns)
{
  struct itimerspec spec = { .it_value = { .tv_sec = at_ns / NET_SEC, .tv_nsec = at_ns % NET_SEC } };

  if (at_ns == G_MAXINT64 || (loop->alarm_ns > now_ns && loop->alarm_ns <= at_ns))
    return;
  timerfd_settime (loop->alarm.fd, TFD_TIMER_ABSTIME, &spec, NULL);
  loop->alarm_ns = at_ns;
}

static void
wait_ready (LinuxLoop *loop)
{
  gint64 next_ns = linux_timers_next (loop->timers), now_ns = linux_now ();
  gboolean busy = loop->tasks.head || next_ns <= now_ns;

  if (!busy)
    wind_up (loop, next_ns, now_ns);
  loop->n_ready = epoll_wait (loop->epoll, loop->ready, MAX_READY, busy ? 0 : -1);
  if (loop->n_ready < 0)
    loop->n_ready = 0; /* EINTR: a debugger, or a stop and continue */
}

void
linux_loop_run (LinuxLoop *loop)
{
  while (!loop->quit)
    {
      wait_ready (loop);
      serve_ready (loop);
      linux_timers_fire (loop->timers, linux_now ());
      run_tasks (loop);
    }
  loop->quit = FALSE;
}

void
linux_loop_quit (LinuxLoop *loop)
{
  loop->quit = TRUE;
}

/* ---- life -------------------------------------------------------------------------------------------------------- */

/* Nothing to do: timers are fired in every turn.  It is edge-triggered and need not be read. */
static void
on_alarm (LinuxWatch *watch, guint32 events)
{
  (void) watch;
  (void) events;
}

LinuxLoop *
linux_loop_new (LinuxTimers *timers, GError **error)
{
  LinuxLoop *loop = g_new0 (LinuxLoop, 1);

  loop->timers = timers;
  loop->turn = 1;
  loop->alarm_ns = G_MAXINT64;
  loop->epoll = epoll_create1 (EPOLL_CLOEXEC);
  loop->alarm.fd = timerfd_create (CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  loop->alarm.ready = on_alarm;
  g_queue_init (&loop->tasks);
  if (loop->epoll >= 0 && loop->alarm.fd >= 0 && linux_loop_watch (loop, &loop->alarm, EPOLLIN | EPOLLET))
    return loop;
  g_set_error (error, LINUX_WORLD_ERROR, LINUX_WORLD_ERROR_SYSTEM,
               "the kernel offers no epoll or timerfd: %s", g_strerror (errno));
  linux_loop_free (loop);
  return NULL;
}

void
linux_loop_free (LinuxLoop *loop)
{
  if (loop->alarm.fd >= 0)
    close (loop->alarm.fd);
  if (loop->epoll >= 0)
    close (loop->epoll);
  g_free (loop);
}
