/* sd_notify(3) without libsystemd. */
#include "vtepd/notify.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

struct _VtepdNotify
{
  NetWorld *world;
  int fd; /* -1: nobody listens */
  NetTimer watchdog;
  gint64 watchdog_ns; /* 0: none is wanted */
};

static void
tell (VtepdNotify *notify, const char *text)
{
  if (notify->fd >= 0 && send (notify->fd, text, strlen (text), MSG_NOSIGNAL) < 0)
    net_world_log (notify->world, NET_LOG_WARNING, "vtepd", "the service manager does not hear: %s",
                   g_strerror (errno));
}

/* A name that begins with '@' is in the abstract namespace. */
static int
connect_manager (const char *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  gsize length = strlen (path);
  int fd;

  if (length < 2 || length >= sizeof address.sun_path || (*path != '/' && *path != '@'))
    return -1;
  memcpy (address.sun_path, path, length);
  if (*path == '@')
    address.sun_path[0] = '\0';
  fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd >= 0
      && connect (fd, (const struct sockaddr *) &address,
                  (socklen_t) (offsetof (struct sockaddr_un, sun_path) + length))
             == 0)
    return fd;
  if (fd >= 0)
    close (fd);
  return -1;
}

static void
on_watchdog (NetTimer *timer, gint64 now_ns)
{
  VtepdNotify *notify = timer->owner;

  tell (notify, "WATCHDOG=1");
  net_world_timer_set (notify->world, timer, now_ns + notify->watchdog_ns);
}

/* The watchdog is for the process that $WATCHDOG_PID names. */
static void
begin_watchdog (VtepdNotify *notify)
{
  const char *usec = g_getenv ("WATCHDOG_USEC"), *pid = g_getenv ("WATCHDOG_PID");
  guint64 period_us, wanted = 0;

  if (!usec || !g_ascii_string_to_unsigned (usec, 10, 1, G_MAXINT64 / 1000, &period_us, NULL))
    return;
  if (pid
      && (!g_ascii_string_to_unsigned (pid, 10, 1, G_MAXINT, &wanted, NULL) || (pid_t) wanted != getpid ()))
    return;
  notify->watchdog_ns = MAX ((gint64) period_us * 1000 / 2, NET_MSEC);
  net_world_timer_set (notify->world, &notify->watchdog, net_world_now (notify->world));
}

VtepdNotify *
vtepd_notify_new (NetWorld *world)
{
  VtepdNotify *notify = g_new0 (VtepdNotify, 1);
  const char *path = g_getenv ("NOTIFY_SOCKET");

  notify->world = world;
  notify->fd = path ? connect_manager (path) : -1;
  net_timer_init (&notify->watchdog, on_watchdog, notify);
  if (path && notify->fd < 0)
    net_world_log (world, NET_LOG_WARNING, "vtepd", "the service manager's socket '%s' cannot be reached",
                   path);
  if (notify->fd >= 0)
    begin_watchdog (notify);
  return notify;
}

void
vtepd_notify_ready (VtepdNotify *notify, const char *status)
{
  g_autofree char *text = g_strdup_printf ("READY=1\nSTATUS=%s\nMAINPID=%d", status, (int) getpid ());
  tell (notify, text);
}

void
vtepd_notify_reloading (VtepdNotify *notify)
{
  g_autofree char *text = g_strdup_printf ("RELOADING=1\nMONOTONIC_USEC=%" G_GINT64_FORMAT
                                           "\nSTATUS=Reading the configuration again",
                                           net_world_now (notify->world) / (NET_SEC / G_USEC_PER_SEC));
  tell (notify, text);
}

void
vtepd_notify_stopping (VtepdNotify *notify)
{
  tell (notify, "STOPPING=1\nSTATUS=Closing the database");
}

void
vtepd_notify_free (VtepdNotify *notify)
{
  if (!notify)
    return;
  net_world_timer_cancel (notify->world, &notify->watchdog);
  if (notify->fd >= 0)
    close (notify->fd);
  g_free (notify);
}
