/* Both ends of a socket pair. */
#include "vtepd/opener.h"

#include "vtepd/privileges.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_FILES 8u

struct _VtepdOpener
{
  int fd;
  pid_t process;
  char *files[MAX_FILES];
  guint n_files;
};

/* ---- descriptors over a socket ----------------------------------------------------------------------------------- */

typedef union
{
  struct cmsghdr head;
  char bytes[CMSG_SPACE (sizeof (int))];
} Rights;

/* `fd` may be -1. */
static gboolean
send_byte (int socket, guint8 byte, int fd)
{
  struct iovec part = { .iov_base = &byte, .iov_len = 1 };
  struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
  Rights rights = { 0 };

  if (fd >= 0)
    {
      message.msg_control = rights.bytes;
      message.msg_controllen = sizeof rights.bytes;
      rights.head = (struct cmsghdr){ .cmsg_len = CMSG_LEN (sizeof fd),
                                      .cmsg_level = SOL_SOCKET,
                                      .cmsg_type = SCM_RIGHTS };
      memcpy (CMSG_DATA (&rights.head), &fd, sizeof fd);
    }
  return sendmsg (socket, &message, MSG_NOSIGNAL) == 1;
}

static gboolean
receive_byte (int socket, guint8 *byte, int *fd)
{
  struct iovec part = { .iov_base = byte, .iov_len = 1 };
  Rights rights = { 0 };
  /* The union has room for two: one more than asked for would stay open. */
  struct msghdr message = {
    .msg_iov = &part, .msg_iovlen = 1, .msg_control = rights.bytes, .msg_controllen = CMSG_LEN (sizeof *fd)
  };
  const struct cmsghdr *head;
  gssize n;

  do
    n = recvmsg (socket, &message, MSG_CMSG_CLOEXEC);
  while (n < 0 && errno == EINTR);
  *fd = -1;
  head = n == 1 ? CMSG_FIRSTHDR (&message) : NULL;
  if (head && head->cmsg_type == SCM_RIGHTS && head->cmsg_len == CMSG_LEN (sizeof *fd))
    memcpy (fd, CMSG_DATA (head), sizeof *fd);
  return n == 1;
}

/* ---- the process ------------------------------------------------------------------------------------------------- */

static int
open_asked (const VtepdOpener *opener, guint8 what)
{
  if (what == 0)
    return socket (AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (what <= opener->n_files)
    return open (opener->files[what - 1], O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  errno = EINVAL;
  return -1;
}

static void
serve (const VtepdOpener *opener, int socket)
{
  guint8 what;
  int none;

  while (receive_byte (socket, &what, &none))
    {
      int fd = open_asked (opener, what);
      gboolean told = send_byte (socket, fd < 0 ? (guint8) errno : 0, fd);
      if (fd >= 0)
        close (fd);
      if (none >= 0)
        close (none);
      if (!told)
        break;
    }
}

/* A signal for the whole group is the daemon's to act on: this one ends with its socket. */
static void
be_opener (const VtepdOpener *opener, int socket)
{
  const int ignored[] = { SIGINT, SIGTERM, SIGHUP };

  for (guint i = 0; i < G_N_ELEMENTS (ignored); i++)
    signal (ignored[i], SIG_IGN);
  prctl (PR_SET_NAME, "vtepd-opener");
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  if (vtepd_privileges_keep_for_opening ())
    serve (opener, socket);
  _exit (0);
}

/* ---- the daemon's end -------------------------------------------------------------------------------------------- */

static int
ask (VtepdOpener *opener, guint8 what)
{
  guint8 problem;
  int fd;

  if (!send_byte (opener->fd, what, -1) || !receive_byte (opener->fd, &problem, &fd))
    {
      errno = EPIPE;
      return -1;
    }
  if (fd < 0)
    errno = problem ? problem : EPROTO;
  return fd;
}

int
vtepd_opener_packet_socket (VtepdOpener *opener)
{
  return ask (opener, 0);
}

/* 0: it is not among them. */
static guint8
number_of (const VtepdOpener *opener, const char *path)
{
  for (guint i = 0; opener && i < opener->n_files; i++)
    if (strcmp (opener->files[i], path) == 0)
      return (guint8) (i + 1);
  return 0;
}

static int
open_file (VtepdOpener *opener, const char *path)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  guint8 number = fd < 0 && errno == EACCES ? number_of (opener, path) : 0;

  return number ? ask (opener, number) : fd;
}

static gboolean
read_all (int fd, gsize most_bytes, GString *content)
{
  char bytes[16384];
  gssize n;

  while ((n = read (fd, bytes, sizeof bytes)) > 0 && content->len <= most_bytes)
    g_string_append_len (content, bytes, n);
  return n >= 0;
}

gboolean
vtepd_opener_read (VtepdOpener *opener, const char *path, gsize most_bytes, char **text, gsize *length,
                   GError **error)
{
  g_autoptr (GString) content = g_string_new (NULL);
  int fd = open_file (opener, path);
  struct stat file;
  gboolean done = fd >= 0 && fstat (fd, &file) == 0;

  if (done && !S_ISREG (file.st_mode))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE, "%s: it is no file", path);
  else if (!done || !read_all (fd, most_bytes, content))
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "%s: %s", path, g_strerror (errno));
  else if (content->len > most_bytes)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "%s: it has more than %" G_GSIZE_FORMAT " bytes",
                 path, most_bytes);
  else
    {
      *length = content->len;
      *text = g_string_free (g_steal_pointer (&content), FALSE);
    }
  if (fd >= 0)
    close (fd);
  return content == NULL;
}

/* ---- life -------------------------------------------------------------------------------------------------------- */

VtepdOpener *
vtepd_opener_new (const char *const *files, guint n_files, GError **error)
{
  g_autoptr (VtepdOpener) opener = g_new0 (VtepdOpener, 1);
  int ends[2];

  g_assert (n_files <= MAX_FILES);
  for (guint i = 0; i < n_files; i++)
    if (files[i])
      opener->files[opener->n_files++] = g_strdup (files[i]);
  opener->fd = -1;
  if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0)
    {
      opener->process = fork ();
      if (opener->process == 0)
        {
          close (ends[0]);
          be_opener (opener, ends[1]);
        }
      close (ends[1]);
      opener->fd = ends[0];
    }
  if (opener->process > 0)
    return g_steal_pointer (&opener);
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "no process can be made: %s",
               g_strerror (errno));
  return NULL;
}

void
vtepd_opener_free (VtepdOpener *opener)
{
  if (!opener)
    return;
  if (opener->fd >= 0)
    close (opener->fd);
  if (opener->process > 0)
    waitpid (opener->process, NULL, 0);
  for (guint i = 0; i < opener->n_files; i++)
    g_free (opener->files[i]);
  g_free (opener);
}
