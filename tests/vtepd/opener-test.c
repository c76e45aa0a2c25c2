/* The process that opens what its daemon may not: what it hands out, and what it makes of garbage. */
#include "vtepd/opener.h"

#include "tap.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOBODY 65534

static char *directory, *secret, *other;
static VtepdOpener *opener;
static pid_t process; /* the opener's */

static char *
make_file (const char *name, const char *text)
{
  char *path = g_build_filename (directory, name, NULL);

  CU_ASSERT (g_file_set_contents (path, text, -1, NULL) && g_chmod (path, 0600) == 0);
  return path;
}

static pid_t
only_child (void)
{
  g_autofree char *path = g_strdup_printf ("/proc/self/task/%d/children", getpid ()), *text = NULL;

  CU_ASSERT (g_file_get_contents (path, &text, NULL, NULL));
  return (pid_t) g_ascii_strtoll (text ? text : "0", NULL, 10);
}

static void
enter (void)
{
  directory = g_dir_make_tmp ("opener-XXXXXX", NULL);
  CU_ASSERT_EQUAL (g_chmod (directory, 0755), 0);
  secret = make_file ("secret", "the key");
  other = make_file ("other", "not named");
  opener = vtepd_opener_new ((const char *[]){ NULL, secret, directory }, 3, NULL);
  CU_ASSERT_PTR_NOT_NULL_FATAL (opener);
  process = only_child ();
  CU_ASSERT (process > 0);
}

static void
leave (void)
{
  vtepd_opener_free (opener);
  CU_ASSERT (kill (process, 0) < 0 && errno == ESRCH);
  g_unlink (secret);
  g_unlink (other);
  CU_ASSERT_EQUAL (g_rmdir (directory), 0);
  g_free (secret);
  g_free (other);
  g_free (directory);
}

/* ---- what it hands out ------------------------------------------------------------------------------------------- */

static char *
read_or_reason (const char *path, gsize most)
{
  g_autoptr (GError) error = NULL;
  char *text;
  gsize length;

  return vtepd_opener_read (opener, path, most, &text, &length, &error) ? text : g_strdup (error->message);
}

/* Runs as nobody, in a process of its own; returns 0 when all is as it should be. */
static int
read_as_nobody (void)
{
  g_autofree char *missing = g_strconcat (directory, "/none", NULL);
  const struct
  {
    const char *path;
    const char *end;
  } cases[] = { { secret, "the key" },
                { other, "/other: Permission denied" },
                { missing, "/none: No such file or directory" } };

  if (setresgid (NOBODY, NOBODY, NOBODY) < 0 || setresuid (NOBODY, NOBODY, NOBODY) < 0)
    return 1;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *got = read_or_reason (cases[i].path, 100);
      if (!g_str_has_suffix (got, cases[i].end))
        return (int) i + 2;
    }
  return socket (AF_PACKET, SOCK_RAW, 0) < 0 && vtepd_opener_packet_socket (opener) >= 0 ? 0 : 10;
}

static void
who_has_no_right_gets_what_was_named_and_no_more (void)
{
  int status = -1;
  pid_t child;

  enter ();
  child = fork ();
  if (child == 0)
    _exit (read_as_nobody ());
  CU_ASSERT_EQUAL (waitpid (child, &status, 0), child);
  CU_ASSERT_EQUAL (status, 0);
  leave ();
}

static void
what_is_no_file_or_too_long_is_refused (void)
{
  g_autofree char *a_directory = NULL, *long_one = NULL, *expected = NULL;

  enter ();
  a_directory = read_or_reason (directory, 100);
  CU_ASSERT (g_str_has_suffix (a_directory, ": it is no file"));
  long_one = read_or_reason (secret, 6);
  expected = g_strdup_printf ("%s: it has more than 6 bytes", secret);
  CU_ASSERT_STRING_EQUAL (long_one, expected);
  leave ();
}

/* ---- garbage ----------------------------------------------------------------------------------------------------- */

/* The daemon's end, which nothing shows: it is the only such socket here. */
static int
socket_of_opener (void)
{
  for (int fd = 3; fd < 64; fd++)
    {
      int type = 0;
      socklen_t length = sizeof type;
      if (getsockopt (fd, SOL_SOCKET, SO_TYPE, &type, &length) == 0 && type == SOCK_SEQPACKET)
        return fd;
    }
  return -1;
}

static guint
n_descriptors_of_opener (void)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/fd", process);
  g_autoptr (GDir) fds = g_dir_open (path, 0, NULL);
  guint n = 0;

  while (fds && g_dir_read_name (fds))
    n++;
  return n;
}

/* Returns the answer's byte; no descriptor may come with it. */
static guint8
ask_garbage (int fd, const guint8 *bytes, gsize n, guint n_gifts)
{
  union
  {
    struct cmsghdr head;
    char room[CMSG_SPACE (4 * sizeof (int))];
  } gifts = { .head = { .cmsg_len = CMSG_LEN (n_gifts * sizeof (int)),
                        .cmsg_level = SOL_SOCKET,
                        .cmsg_type = SCM_RIGHTS } };
  struct iovec part = { (gpointer) bytes, n };
  struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
  const int zero = 0;
  guint8 answer = 0;

  for (guint i = 0; i < n_gifts; i++)
    memcpy (CMSG_DATA (&gifts.head) + i * sizeof zero, &zero, sizeof zero);
  if (n_gifts)
    {
      message.msg_control = &gifts;
      message.msg_controllen = gifts.head.cmsg_len;
    }
  CU_ASSERT_EQUAL (sendmsg (fd, &message, MSG_NOSIGNAL), (gssize) n);
  CU_ASSERT_EQUAL (recv (fd, &answer, 1, 0), 1);
  return answer;
}

static void
garbage_is_answered_with_an_error_and_leaves_nothing_behind (void)
{
  guint before;
  int fd;

  enter ();
  fd = socket_of_opener ();
  CU_ASSERT_FATAL (fd >= 0);
  CU_ASSERT_EQUAL (ask_garbage (fd, (const guint8 *) "\xff", 1, 0), EINVAL);
  before = n_descriptors_of_opener ();
  CU_ASSERT (before > 0);
  CU_ASSERT_EQUAL (ask_garbage (fd, (const guint8 *) "\x03", 1, 0), EINVAL);
  CU_ASSERT_EQUAL (ask_garbage (fd, (const guint8 *) "\x80 and more than one byte", 24, 0), EINVAL);
  for (guint n = 1; n <= 4; n++)
    CU_ASSERT_EQUAL (ask_garbage (fd, (const guint8 *) "\xff", 1, n), EINVAL);
  /* It tidies up after it answers: when this is answered, all is tidy. */
  CU_ASSERT_EQUAL (ask_garbage (fd, (const guint8 *) "\xff", 1, 0), EINVAL);
  CU_ASSERT_EQUAL (n_descriptors_of_opener (), before);
  fd = vtepd_opener_packet_socket (opener);
  CU_ASSERT (fd >= 0);
  close (fd);
  leave ();
}

static void
an_opener_that_died_is_a_broken_pipe (void)
{
  enter ();
  CU_ASSERT_EQUAL (kill (process, SIGKILL), 0);
  CU_ASSERT_EQUAL (waitpid (process, NULL, 0), process);
  CU_ASSERT (vtepd_opener_packet_socket (opener) < 0 && errno == EPIPE);
  leave ();
}

/* As Ctrl-C reaches all of the foreground's processes. */
static void
signals_for_the_whole_group_do_not_end_it (void)
{
  int fd;

  enter ();
  fd = vtepd_opener_packet_socket (opener); /* by now it ignores them */
  CU_ASSERT (fd >= 0);
  close (fd);
  CU_ASSERT (kill (process, SIGINT) == 0 && kill (process, SIGTERM) == 0 && kill (process, SIGHUP) == 0);
  fd = vtepd_opener_packet_socket (opener);
  CU_ASSERT (fd >= 0);
  close (fd);
  leave ();
}

int
main (void)
{
  if (geteuid () != 0)
    {
      printf ("1..0 # SKIP packet sockets need root\n");
      return 0;
    }
  return tap_main (
      "vtepd-opener",
      (const TapTest[]){
          { "who has no right gets what was named, and no more",
            who_has_no_right_gets_what_was_named_and_no_more },
          { "what is no file, or too long, is refused", what_is_no_file_or_too_long_is_refused },
          { "garbage is answered with an error and leaves nothing behind",
            garbage_is_answered_with_an_error_and_leaves_nothing_behind },
          { "an opener that died is a broken pipe", an_opener_that_died_is_a_broken_pipe },
          { "signals for the whole group do not end it", signals_for_the_whole_group_do_not_end_it },
          { NULL } });
}
