/* Listening sockets: a few connections are accepted a turn, so that a burst of them holds nobody up. */
#include "gateway/linux/inside.h"

#include <errno.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define MAX_ACCEPTS 16u                 /* in one turn */
#define PAUSE_NS    (100 * NET_MSEC)    /* when the kernel has no descriptor left */
#define SOCKET_MODE (S_IRWXU | S_IRWXG) /* less the umask */

struct _NetListener
{
  LinuxWorld *world;
  LinuxWatch watch;
  LinuxAddress address;
  NetTimer pause;
  NetAcceptFunc accept;
  gpointer user;
  GList link;   /* in world->listeners */
  char *text;   /* "ptcp:6640:0.0.0.0" */
  dev_t device; /* of a unix socket's file, to know it again */
  ino_t inode;
  gboolean in_want; /* no descriptor was free the last time; said so */
  gboolean inside;  /* accepting; freeing waits */
  gboolean freed;
};

/* ---- accepting --------------------------------------------------------------------------------------------------- */

static char *
peer_of (const NetListener *listener, int fd, const LinuxAddress *address)
{
  struct ucred who;
  socklen_t length = sizeof who;

  if (!linux_address_is_path (&listener->address))
    return linux_address_as_peer (address);
  if (getsockopt (fd, SOL_SOCKET, SO_PEERCRED, &who, &length) == 0)
    return g_strdup_printf ("unix:%s (process %d)", linux_address_path (&listener->address), who.pid);
  return linux_address_as_peer (&listener->address);
}

static void
pause_accepting (NetListener *listener, int why)
{
  if (!listener->in_want)
    net_world_log (&listener->world->world, NET_LOG_WARNING, "linux",
                   "%s: no connection can be taken now: %s", listener->text, linux_error_words (why));
  listener->in_want = TRUE;
  linux_loop_unwatch (listener->world->loop, &listener->watch);
  net_world_timer_set (&listener->world->world, &listener->pause, linux_now () + PAUSE_NS);
}

static void
on_tls (int fd, const char *peer, const char *why, gpointer user)
{
  NetListener *listener = user;

  if (fd >= 0)
    listener->accept (linux_stream_accepted (listener->world, fd, g_strdup (peer)), listener->user);
  else
    net_world_log (&listener->world->world, NET_LOG_INFO, "linux", "%s: no session with %s: %s",
                   listener->text, peer, why);
}

/* Takes `peer`. */
static void
take (NetListener *listener, int fd, char *peer)
{
  if (listener->address.tls)
    linux_tls_begin (listener->world->tls, fd, TRUE, peer, on_tls, listener);
  else
    listener->accept (linux_stream_accepted (listener->world, fd, peer), listener->user);
}

/* FALSE: there is none, or none can be taken now. */
static gboolean
accept_one (NetListener *listener)
{
  LinuxAddress address = { .length = sizeof address.address, .tls = listener->address.tls };
  int fd = accept4 (listener->watch.fd, (struct sockaddr *) &address.address, &address.length,
                    SOCK_NONBLOCK | SOCK_CLOEXEC);

  if (fd >= 0)
    {
      listener->in_want = FALSE;
      take (listener, fd, peer_of (listener, fd, &address));
      return TRUE;
    }
  if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
    {
      pause_accepting (listener, errno);
      return FALSE;
    }
  return errno == ECONNABORTED || errno == EINTR;
}

static void
destroy (NetListener *listener)
{
  g_free (listener->text);
  g_free (listener);
}

static void
on_ready (LinuxWatch *watch, guint32 events)
{
  NetListener *listener = watch->owner;

  (void) events;
  listener->inside = TRUE;
  for (guint i = 0; i < MAX_ACCEPTS && !listener->freed; i++)
    if (!accept_one (listener))
      break;
  listener->inside = FALSE;
  if (listener->freed)
    destroy (listener);
}

static void
on_pause_over (NetTimer *timer, gint64 now_ns)
{
  NetListener *listener = timer->owner;

  if (!linux_loop_watch (listener->world->loop, &listener->watch, EPOLLIN))
    net_world_timer_set (&listener->world->world, timer, now_ns + PAUSE_NS);
}

/* ---- opening ----------------------------------------------------------------------------------------------------- */

static gboolean
is_socket (const LinuxAddress *address)
{
  struct stat file;

  return lstat (linux_address_path (address), &file) == 0 && S_ISSOCK (file.st_mode);
}

/* A socket's file outlives a process that was killed.  Such a one is taken away; one that somebody answers on, or
 * that is no socket, is left alone. */
static gboolean
remove_stale (const LinuxAddress *address)
{
  const char *path = linux_address_path (address);
  int fd, refused;

  if (!is_socket (address))
    return FALSE;
  fd = socket (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return FALSE;
  refused = connect (fd, (const struct sockaddr *) &address->address, address->length) < 0
            && errno == ECONNREFUSED;
  close (fd);
  return refused && unlink (path) == 0;
}

static gboolean
bind_address (int fd, const LinuxAddress *address)
{
  const int yes = 1;
  const struct sockaddr *name = (const struct sockaddr *) &address->address;

  if (!linux_address_is_path (address))
    {
      setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
      return bind (fd, name, address->length) == 0;
    }
  /* The file will have the mode of the descriptor. */
  if (fchmod (fd, SOCKET_MODE) < 0)
    return FALSE;
  if (bind (fd, name, address->length) == 0)
    return TRUE;
  if (errno != EADDRINUSE)
    return FALSE;
  if (remove_stale (address))
    return bind (fd, name, address->length) == 0;
  errno = is_socket (address) ? EADDRINUSE : ENOTSOCK;
  return FALSE;
}

static gboolean
open_socket (NetListener *listener)
{
  LinuxAddress *address = &listener->address;
  struct stat file;

  listener->watch.fd = socket (address->address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (listener->watch.fd < 0 || !bind_address (listener->watch.fd, address))
    return FALSE;
  if (linux_address_is_path (address) && lstat (linux_address_path (address), &file) == 0)
    {
      listener->device = file.st_dev;
      listener->inode = file.st_ino;
    }
  else
    getsockname (listener->watch.fd, (struct sockaddr *) &address->address, &address->length);
  return listen (listener->watch.fd, SOMAXCONN) == 0
         && linux_loop_watch (listener->world->loop, &listener->watch, EPOLLIN);
}

/* What is wrong, for a person: the directory is named when it is that which is not there. */
static void
say_why (const NetListener *listener, int why, GError **error)
{
  g_autofree char *text = linux_address_as_listener (&listener->address);
  const char *path = linux_address_path (&listener->address);
  g_autofree char *directory = path ? g_path_get_dirname (path) : NULL;

  if (path && why == ENOENT)
    g_set_error (error, LINUX_WORLD_ERROR, LINUX_WORLD_ERROR_LISTEN,
                 "cannot listen on '%s': there is no directory '%s'", text, directory);
  else
    g_set_error (error, LINUX_WORLD_ERROR, LINUX_WORLD_ERROR_LISTEN, "cannot listen on '%s': %s", text,
                 linux_error_words (why));
}

NetListener *
linux_listener_new (LinuxWorld *world, const LinuxAddress *address, NetAcceptFunc accept, gpointer user,
                    GError **error)
{
  NetListener *listener = g_new0 (NetListener, 1);

  listener->world = world;
  listener->address = *address;
  listener->accept = accept;
  listener->user = user;
  listener->watch = (LinuxWatch){ .ready = on_ready, .owner = listener };
  listener->link.data = listener;
  net_timer_init (&listener->pause, on_pause_over, listener);
  g_queue_push_tail_link (&world->listeners, &listener->link);
  if (!open_socket (listener))
    {
      say_why (listener, errno, error);
      linux_listener_free (listener);
      return NULL;
    }
  listener->text = linux_address_as_listener (&listener->address);
  if (world->config.listening)
    world->config.listening (world, listener->text, world->config.user);
  return listener;
}

guint16
linux_listener_port (const NetListener *listener)
{
  return linux_address_port (&listener->address);
}

/* The file is taken away only when it is still ours. */
void
linux_listener_free (NetListener *listener)
{
  const char *path = linux_address_path (&listener->address);
  struct stat file;

  if (path && listener->inode && lstat (path, &file) == 0 && file.st_ino == listener->inode
      && file.st_dev == listener->device)
    unlink (path);
  linux_tls_forget (listener->world->tls, listener);
  net_world_timer_cancel (&listener->world->world, &listener->pause);
  linux_loop_unwatch (listener->world->loop, &listener->watch);
  if (listener->watch.fd >= 0)
    close (listener->watch.fd);
  g_queue_unlink (&listener->world->listeners, &listener->link);
  listener->freed = TRUE;
  if (!listener->inside)
    destroy (listener);
}
