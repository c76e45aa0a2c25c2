/* The journal's native protocol: a datagram of lines NAME=value (systemd, "Native Journal Protocol"). */
#include "vtepd/log.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define JOURNAL_SOCKET "/run/systemd/journal/socket"

struct _VtepdLog
{
  char *switch_name;
  int journal; /* -1: stderr */
  gboolean prefixed;
};

static const struct
{
  const char *word;
  int priority; /* syslog(3) */
} levels[] = {
  [NET_LOG_DEBUG] = { "debug", 7 },
  [NET_LOG_INFO] = { "info", 6 },
  [NET_LOG_WARNING] = { "warning", 4 },
  [NET_LOG_ERROR] = { "error", 3 },
};

/* systemd says in $JOURNAL_STREAM which file it connected to the journal; a redirection makes it another. */
static gboolean
stderr_is_journal (void)
{
  const char *stream = g_getenv ("JOURNAL_STREAM");
  g_autofree char *mine = NULL;
  struct stat file;

  if (!stream || fstat (STDERR_FILENO, &file) < 0)
    return FALSE;
  mine = g_strdup_printf ("%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT, (guint64) file.st_dev,
                          (guint64) file.st_ino);
  return strcmp (stream, mine) == 0;
}

static int
connect_journal (void)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = JOURNAL_SOCKET };
  int fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

  if (fd >= 0 && connect (fd, (const struct sockaddr *) &address, sizeof address) == 0)
    return fd;
  if (fd >= 0)
    close (fd);
  return -1;
}

/* FALSE: the journal is gone or full, and stderr must do. */
static gboolean
send_to_journal (const VtepdLog *log, NetLogLevel level, const char *module, const char *message)
{
  g_autofree char *datagram = g_strdup_printf (
      "MESSAGE=%s\nPRIORITY=%d\nSYSLOG_IDENTIFIER=vtepd\nVTEPD_SWITCH=%s\nVTEPD_MODULE=%s\n", message,
      levels[level].priority, log->switch_name, module);

  return log->journal >= 0 && send (log->journal, datagram, strlen (datagram), MSG_NOSIGNAL) >= 0;
}

void
vtepd_log_write (VtepdLog *log, NetLogLevel level, const char *module, const char *message)
{
  g_autofree char *line = NULL;

  if (send_to_journal (log, level, module, message))
    return;
  if (log->prefixed)
    line = g_strdup_printf ("<%d>%s: %s: %s\n", levels[level].priority, log->switch_name, module, message);
  else
    line = g_strdup_printf ("vtepd: %s: %s: %s: %s\n", log->switch_name, levels[level].word, module, message);
  fputs (line, stderr);
}

VtepdLog *
vtepd_log_new (const char *switch_name)
{
  VtepdLog *log = g_new0 (VtepdLog, 1);

  log->switch_name = g_strdup (switch_name);
  log->prefixed = stderr_is_journal ();
  log->journal = log->prefixed ? connect_journal () : -1;
  return log;
}

void
vtepd_log_free (VtepdLog *log)
{
  if (!log)
    return;
  if (log->journal >= 0)
    close (log->journal);
  g_free (log->switch_name);
  g_free (log);
}
