/* Turns of a world: wait for descriptors and the next timer, serve what is ready, fire timers, then run what was put
 * off.  Knows no sockets.
 *
 * Plain epoll rather than GLib's main loop: a turn costs the same with three descriptors or a thousand, timers are a
 * heap rather than a source each, and nothing is allocated in a turn.  An epoll descriptor can itself be waited for,
 * so what needs a GMainContext (TLS through GIO) can carry a world inside one. */
#pragma once

#include "gateway/linux/timers.h"

#include <sys/epoll.h>
#include <time.h>

G_BEGIN_DECLS

typedef struct _LinuxLoop LinuxLoop;
typedef struct _LinuxWatch LinuxWatch;
typedef struct _LinuxTask LinuxTask;

/* A descriptor that is waited for; lives inside its owner. */
struct _LinuxWatch
{
  int fd;
  guint32 events; /* EPOLLIN, EPOLLOUT: what is asked for */
  gboolean added;
  void (*ready) (LinuxWatch *watch, guint32 events);
  gpointer owner;
};

/* Work for the end of the turn; lives inside its owner. */
struct _LinuxTask
{
  void (*run) (LinuxTask *task);
  gpointer owner;
  GList link;
  guint64 turn; /* in which it was put off; 0: it is not */
};

LinuxLoop *linux_loop_new (LinuxTimers *timers, GError **error);
void linux_loop_free (LinuxLoop *loop);

static inline gint64
linux_now (void)
{
  struct timespec now;
  clock_gettime (CLOCK_MONOTONIC, &now);
  return (gint64) now.tv_sec * NET_SEC + now.tv_nsec;
}

/* Begins to wait, or changes what is waited for.  FALSE with errno when the kernel refuses. */
gboolean linux_loop_watch (LinuxLoop *loop, LinuxWatch *watch, guint32 events);
/* Before the descriptor is closed.  Allowed in any callback: `ready` is not called any more. */
void linux_loop_unwatch (LinuxLoop *loop, LinuxWatch *watch);

/* Runs the task once before the loop waits again; what is put off by a task runs in the next turn. */
void linux_loop_defer (LinuxLoop *loop, LinuxTask *task);
void linux_loop_forget (LinuxLoop *loop, LinuxTask *task);

void linux_loop_run (LinuxLoop *loop);
void linux_loop_quit (LinuxLoop *loop);

G_END_DECLS
