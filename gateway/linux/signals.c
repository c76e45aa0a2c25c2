/* Signals as events of the loop. */
#include "gateway/linux/inside.h"

#include <errno.h>
#include <pthread.h>
#include <sys/signalfd.h>
#include <unistd.h>

static void
on_ready (LinuxWatch *watch, guint32 events)
{
  LinuxWorld *world = watch->owner;
  struct signalfd_siginfo info;

  (void) events;
  while (read (watch->fd, &info, sizeof info) == sizeof info)
    world->caught (world, (int) info.ssi_signo, world->caught_user);
}

gboolean
linux_world_catch_signals (LinuxWorld *world, LinuxSignalFunc caught, gpointer user, GError **error)
{
  const int signals[] = { SIGTERM, SIGINT, SIGHUP };
  sigset_t mask;

  sigemptyset (&mask);
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    sigaddset (&mask, signals[i]);
  world->caught = caught;
  world->caught_user = user;
  if (world->signals.fd >= 0)
    return TRUE;
  world->signals = (LinuxWatch){ .fd = signalfd (-1, &mask, SFD_NONBLOCK | SFD_CLOEXEC),
                                 .ready = on_ready,
                                 .owner = world };
  if (world->signals.fd >= 0 && linux_loop_watch (world->loop, &world->signals, EPOLLIN))
    {
      pthread_sigmask (SIG_BLOCK, &mask, &world->mask_before);
      return TRUE;
    }
  g_set_error (error, LINUX_WORLD_ERROR, LINUX_WORLD_ERROR_SYSTEM, "the kernel offers no signalfd: %s",
               g_strerror (errno));
  if (world->signals.fd >= 0)
    close (world->signals.fd);
  world->signals.fd = -1;
  return FALSE;
}

void
linux_signals_release (LinuxWorld *world)
{
  if (world->signals.fd < 0)
    return;
  linux_loop_unwatch (world->loop, &world->signals);
  close (world->signals.fd);
  world->signals.fd = -1;
  pthread_sigmask (SIG_SETMASK, &world->mask_before, NULL);
}
