/* The system calls that a running daemon uses, by what it uses them for.  Any other is the mark of somebody else in
 * this process: the kernel ends it, and the journal has the call's number (SIGSYS).  Refusing with an error instead
 * would let that somebody look for another way. */
#include "vtepd/privileges.h"

#include <errno.h>
#include <gio/gio.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#define CALL(name) SCMP_SYS (name)

static const int allowed[] = {
  /* turns: epoll, timers, signals */
  CALL (epoll_wait),
  CALL (epoll_pwait),
  CALL (epoll_ctl),
  CALL (epoll_create1),
  CALL (timerfd_settime),
  CALL (timerfd_create),
  CALL (signalfd4),
  CALL (poll),
  CALL (ppoll),
  CALL (eventfd2),
  CALL (pipe2),
  CALL (rt_sigaction),
  CALL (rt_sigprocmask),
  CALL (rt_sigreturn),
  CALL (restart_syscall),
  CALL (clock_gettime),
  CALL (clock_getres),
  CALL (clock_nanosleep),
  CALL (gettimeofday),
  CALL (time),
  CALL (getrandom),
  /* sockets and ports; which kinds may be made is below */
  CALL (socketpair),
  CALL (bind),
  CALL (listen),
  CALL (accept),
  CALL (accept4),
  CALL (connect),
  CALL (shutdown),
  CALL (getsockname),
  CALL (getpeername),
  CALL (getsockopt),
  CALL (setsockopt),
  CALL (recvfrom),
  CALL (recvmsg),
  CALL (recvmmsg),
  CALL (sendto),
  CALL (sendmsg),
  CALL (sendmmsg),
  CALL (ioctl),
  /* files: the database, its lock, certificates, the configuration, /proc/net/route */
  CALL (read),
  CALL (readv),
  CALL (pread64),
  CALL (write),
  CALL (writev),
  CALL (pwrite64),
  CALL (lseek),
  CALL (open),
  CALL (openat),
  CALL (close),
  CALL (stat),
  CALL (fstat),
  CALL (lstat),
  CALL (newfstatat),
  CALL (statx),
  CALL (fstatfs),
  CALL (access),
  CALL (faccessat),
  CALL (faccessat2),
  CALL (readlink),
  CALL (readlinkat),
  CALL (getdents64),
  CALL (getcwd),
  CALL (fcntl),
  CALL (ftruncate),
  CALL (fallocate),
  CALL (fadvise64),
  CALL (fsync),
  CALL (fdatasync),
  CALL (rename),
  CALL (renameat),
  CALL (renameat2),
  CALL (unlink),
  CALL (unlinkat),
  CALL (fchmod),
  CALL (chmod),
  CALL (umask),
  CALL (dup),
  CALL (dup2),
  CALL (dup3),
  /* memory, and the thread that TLS has */
  CALL (brk),
  CALL (mmap),
  CALL (munmap),
  CALL (mremap),
  CALL (mprotect),
  CALL (madvise),
  CALL (futex),
  CALL (clone),
  CALL (clone3),
  CALL (set_robust_list),
  CALL (get_robust_list),
  CALL (rseq),
  CALL (set_tid_address),
  CALL (sched_yield),
  CALL (sched_getaffinity),
  CALL (sched_getattr),
  CALL (sched_setattr),
  CALL (membarrier),
  CALL (prlimit64),
  CALL (getrlimit),
  CALL (sysinfo),
  CALL (uname),
  CALL (getrusage),
  /* who it is, and its end */
  CALL (getpid),
  CALL (getppid),
  CALL (gettid),
  CALL (getuid),
  CALL (geteuid),
  CALL (getgid),
  CALL (getegid),
  CALL (tgkill),
  CALL (wait4),
  CALL (exit),
  CALL (exit_group),
};

/* Packet sockets come from the opener. */
static const int families[] = { AF_UNIX, AF_INET, AF_INET6, AF_NETLINK };

static int
add_rules (scmp_filter_ctx filter)
{
  int problem = 0;

  for (guint i = 0; i < G_N_ELEMENTS (allowed) && !problem; i++)
    problem = seccomp_rule_add (filter, SCMP_ACT_ALLOW, allowed[i], 0);
  for (guint i = 0; i < G_N_ELEMENTS (families) && !problem; i++)
    problem = seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (socket), 1,
                                SCMP_A0 (SCMP_CMP_EQ, (scmp_datum_t) families[i]));
  if (!problem)
    problem
        = seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (prctl), 1, SCMP_A0 (SCMP_CMP_EQ, PR_SET_NAME));
  return problem;
}

/* A sanitizer's runtime has calls of its own, so builds with one do without. */
gboolean
vtepd_syscalls_restrict (GError **error)
{
#ifdef VTEPD_SANITIZED
  (void) add_rules;
  (void) error;
  return TRUE;
#else
  scmp_filter_ctx filter = seccomp_init (SCMP_ACT_KILL_PROCESS);
  int problem = filter ? add_rules (filter) : -ENOMEM;

  if (!problem)
    problem = seccomp_load (filter);
  if (filter)
    seccomp_release (filter);
  if (!problem)
    return TRUE;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (-problem), "system calls cannot be restricted: %s",
               g_strerror (-problem));
  return FALSE;
#endif
}
