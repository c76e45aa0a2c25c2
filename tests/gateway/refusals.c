/* The functions before the real ones. */
#include "refusals.h"

#include "tap.h"

#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <pcap/pcap.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <unistd.h>

#define MOST_CALLS 200u

/* ---- what is refused --------------------------------------------------------------------------------------------- */

static struct
{
  const char *call;   /* NULL: any */
  guint skipped, n;   /* calls still to let through, and then to refuse */
  guint skipped_then; /* then to let through, and one to refuse */
  gboolean once_more;
  int error;
  const char *refused;
  gconstpointer fed; /* for the next recv() */
  gsize n_fed;
} plan;

void
refusals_end (void)
{
  memset (&plan, 0, sizeof plan);
}

void
refuse (const char *call, guint skipped, guint n, int error)
{
  refusals_end ();
  plan.call = call;
  plan.skipped = skipped;
  plan.n = n;
  plan.error = error;
}

void
refuse_nth (guint nth)
{
  refuse (NULL, nth, 1, REFUSAL_ERROR);
}

void
refuse_once_more (guint skipped)
{
  plan.skipped_then = skipped;
  plan.once_more = TRUE;
}

const char *
refused_call (void)
{
  return plan.refused;
}

static gboolean
is_refused (const char *call)
{
  if (!plan.n || (plan.call && strcmp (plan.call, call) != 0))
    return FALSE;
  if (plan.skipped)
    {
      plan.skipped--;
      return FALSE;
    }
  if (--plan.n == 0 && plan.once_more)
    {
      plan.n = 1;
      plan.skipped = plan.skipped_then;
      plan.once_more = FALSE;
    }
  plan.refused = call;
  errno = plan.error;
  return TRUE;
}

/* ---- the calls --------------------------------------------------------------------------------------------------- */

#define REFUSABLE(type, failure, call, parameters, arguments)                                                \
  type __real_##call parameters;                                                                             \
  type __wrap_##call parameters;                                                                             \
  type __wrap_##call parameters { return is_refused (#call) ? (failure) : __real_##call arguments; }

REFUSABLE (int, -1, socket, (int family, int type, int protocol), (family, type, protocol))
REFUSABLE (int, -1, socketpair, (int family, int type, int protocol, int *ends),
           (family, type, protocol, ends))
REFUSABLE (int, -1, bind, (int fd, const struct sockaddr *name, socklen_t length), (fd, name, length))
REFUSABLE (int, -1, listen, (int fd, int n), (fd, n))
REFUSABLE (int, -1, connect, (int fd, const struct sockaddr *name, socklen_t length), (fd, name, length))
REFUSABLE (int, -1, accept4, (int fd, struct sockaddr *name, socklen_t *length, int flags),
           (fd, name, length, flags))
REFUSABLE (int, -1, getsockopt, (int fd, int level, int option, void *value, socklen_t *length),
           (fd, level, option, value, length))
REFUSABLE (int, -1, setsockopt, (int fd, int level, int option, const void *value, socklen_t length),
           (fd, level, option, value, length))
REFUSABLE (ssize_t, -1, send, (int fd, const void *bytes, size_t n, int flags), (fd, bytes, n, flags))
REFUSABLE (ssize_t, -1, sendmsg, (int fd, const struct msghdr *message, int flags), (fd, message, flags))
REFUSABLE (int, -1, sendmmsg, (int fd, struct mmsghdr *messages, unsigned n, int flags),
           (fd, messages, n, flags))
REFUSABLE (ssize_t, -1, recvmsg, (int fd, struct msghdr *message, int flags), (fd, message, flags))
REFUSABLE (int, -1, epoll_create1, (int flags), (flags))
REFUSABLE (int, -1, epoll_ctl, (int fd, int what, int other, struct epoll_event *event),
           (fd, what, other, event))
REFUSABLE (int, -1, epoll_wait, (int fd, struct epoll_event *ready, int n, int ms), (fd, ready, n, ms))
REFUSABLE (int, -1, timerfd_create, (int clock, int flags), (clock, flags))
REFUSABLE (int, -1, eventfd, (unsigned n, int flags), (n, flags))
REFUSABLE (int, -1, signalfd, (int fd, const sigset_t *mask, int flags), (fd, mask, flags))
REFUSABLE (ssize_t, -1, getrandom, (void *bytes, size_t n, unsigned flags), (bytes, n, flags))
REFUSABLE (int, -1, getifaddrs, (struct ifaddrs * *all), (all))
REFUSABLE (void *, MAP_FAILED, mmap64, (void *at, size_t n, int may, int flags, int fd, off_t offset),
           (at, n, may, flags, fd, offset))
REFUSABLE (ssize_t, -1, write, (int fd, const void *bytes, size_t n), (fd, bytes, n))
REFUSABLE (ssize_t, -1, pread64, (int fd, void *bytes, size_t n, off_t offset), (fd, bytes, n, offset))
REFUSABLE (int, -1, fstat64, (int fd, struct stat *file), (fd, file))
REFUSABLE (int, -1, fchmod, (int fd, mode_t mode), (fd, mode))
REFUSABLE (int, -1, ftruncate64, (int fd, off_t n), (fd, n))
REFUSABLE (int, -1, fsync, (int fd), (fd))
REFUSABLE (int, -1, fdatasync, (int fd), (fd))
REFUSABLE (int, -1, rename, (const char *from, const char *to), (from, to))
REFUSABLE (pcap_t *, NULL, pcap_create, (const char *interface, char *why), (interface, why))
REFUSABLE (int, -1, pcap_setnonblock, (pcap_t * pcap, int on, char *why), (pcap, on, why))
REFUSABLE (int, -1, pcap_setdirection, (pcap_t * pcap, pcap_direction_t way), (pcap, way))
REFUSABLE (int, -1, pcap_datalink, (pcap_t * pcap), (pcap))
REFUSABLE (int, -1, pcap_compile,
           (pcap_t * pcap, struct bpf_program *program, const char *text, int optimize, bpf_u_int32 mask),
           (pcap, program, text, optimize, mask))
REFUSABLE (int, -1, pcap_setfilter, (pcap_t * pcap, struct bpf_program *program), (pcap, program))
REFUSABLE (int, -1, pcap_get_selectable_fd, (pcap_t * pcap), (pcap))
REFUSABLE (int, -1, pcap_inject, (pcap_t * pcap, const void *bytes, size_t n), (pcap, bytes, n))
REFUSABLE (int, -1, pcap_stats, (pcap_t * pcap, struct pcap_stat *stat), (pcap, stat))

ssize_t __real_recv (int fd, void *bytes, size_t n, int flags);
ssize_t __wrap_recv (int fd, void *bytes, size_t n, int flags);

void
refusals_feed (gconstpointer bytes, gsize n)
{
  plan.fed = bytes;
  plan.n_fed = n;
}

ssize_t
__wrap_recv (int fd, void *bytes, size_t n, int flags)
{
  gsize n_fed = MIN (n, plan.n_fed);

  if (is_refused ("recv"))
    return -1;
  if (!plan.fed)
    return __real_recv (fd, bytes, n, flags);
  memcpy (bytes, plan.fed, n_fed);
  plan.fed = NULL;
  return (ssize_t) n_fed;
}

/* These two take what they need as they are called. */
int __real_open64 (const char *path, int flags, mode_t mode);
int __wrap_open64 (const char *path, int flags, mode_t mode);
int __real_fcntl64 (int fd, int what, void *more);
int __wrap_fcntl64 (int fd, int what, void *more);

int
__wrap_open64 (const char *path, int flags, mode_t mode)
{
  return is_refused ("open64") ? -1 : __real_open64 (path, flags, mode);
}

int
__wrap_fcntl64 (int fd, int what, void *more)
{
  return is_refused ("fcntl64") ? -1 : __real_fcntl64 (fd, what, more);
}

/* ---- each in turn ------------------------------------------------------------------------------------------------ */

guint
n_descriptors (void)
{
  guint n = 0;

  for (int fd = 0; fd < 1024; fd++)
    n += __real_fcntl64 (fd, F_GETFD, NULL) >= 0;
  return n;
}

/* TRUE when a call was refused: there may be one more. */
static gboolean
check_round (const char *name, RefusedFunc what, guint nth)
{
  guint before = n_descriptors (), after;
  g_autoptr (GError) error = NULL;
  const char *call;
  gboolean good, told;

  refuse_nth (nth);
  good = what (&error);
  call = refused_call ();
  refusals_end ();
  after = n_descriptors ();
  /* libpcap has its own words for what it refuses. */
  told = good ? !error
              : error && call
                    && (g_str_has_prefix (call, "pcap_")
                        || strstr (error->message, strerrordesc_np (REFUSAL_ERROR)) != NULL);
  if (!told || after != before)
    printf ("# %s, %s refused: %s; %u descriptors, before %u\n", name, call ? call : "nothing",
            error ? error->message : "no error", after, before);
  CU_ASSERT (told);
  CU_ASSERT_EQUAL (after, before);
  return call != NULL;
}

void
check_each_refusal (const char *name, RefusedFunc what, guint least)
{
  guint n = 0;

  while (n < MOST_CALLS && check_round (name, what, n))
    n++;
  CU_ASSERT (n < MOST_CALLS);
  if (n < least)
    printf ("# %s: %u calls, not %u\n", name, n, least);
  CU_ASSERT (n >= least);
}
