/* Streams and listeners where the kernel refuses. */
#include "linux-bench.h"
#include "refusals.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- accepting --------------------------------------------------------------------------------------------------- */

static gboolean
one_is_accepted (void)
{
  return bench.n_accepted == 1;
}

static guint
n_times (const char *text, const char *part)
{
  guint n = 0;

  for (const char *at = strstr (text, part); at; at = strstr (at + 1, part))
    n++;
  return n;
}

static void
check_want (int error, const char *words)
{
  int fd;

  setup ("ptcp:0:127.0.0.1");
  fd = plain_socket ();
  refuse ("accept4", 0, 3, error);
  CU_ASSERT (run_until (one_is_accepted));
  CU_ASSERT_EQUAL (n_times (bench.log->str, "no connection can be taken now"), 1);
  CU_ASSERT (strstr (bench.log->str, words) != NULL);
  CU_ASSERT_STRING_EQUAL (refused_call (), "accept4");
  refusals_end ();
  close (fd);
  teardown ();
}

static void
a_listener_in_want_of_descriptors_says_so_once_and_waits (void)
{
  check_want (EMFILE, "too many files are open");
  check_want (ENFILE, "too many files are open");
  check_want (ENOBUFS, "No buffer space available");
  check_want (ENOMEM, "Cannot allocate memory");
}

static void
a_listener_that_cannot_wait_again_tries_again (void)
{
  int fd;

  setup ("ptcp:0:127.0.0.1");
  fd = plain_socket ();
  refuse ("accept4", 0, 1, EMFILE);
  run_for (0);
  refuse ("epoll_ctl", 0, 2, ENOMEM);
  CU_ASSERT (run_until (one_is_accepted));
  refusals_end ();
  close (fd);
  teardown ();
}

static void
a_connection_that_was_broken_off_holds_up_none_behind_it (void)
{
  int fd;

  setup ("ptcp:0:127.0.0.1");
  fd = plain_socket ();
  refuse ("accept4", 0, 2, ECONNABORTED);
  CU_ASSERT (run_until (one_is_accepted));
  CU_ASSERT_STRING_EQUAL (bench.log->str, "");
  refusals_end ();
  close (fd);
  teardown ();
}

static void
a_unix_client_that_cannot_be_known_has_the_path_for_a_name (void)
{
  g_autofree char *path = temporary_path ("sock"), *target = g_strconcat ("punix:", path, NULL),
                  *expected = g_strconcat ("unix:", path, NULL);

  setup (target);
  dial ();
  refuse ("getsockopt", 0, 2, ENOTCONN);
  CU_ASSERT (run_until (one_is_accepted));
  CU_ASSERT_STRING_EQUAL (bench.server.stream->peer, expected);
  refusals_end ();
  teardown ();
  remove_path (path);
}

/* ---- dialling ---------------------------------------------------------------------------------------------------- */

static void
check_dial (const char *call, int error, const char *expected)
{
  g_autofree char *closed = g_strdup_printf ("closed: %s ", expected);

  setup ("ptcp:0:127.0.0.1");
  refuse (call, 0, 1, error);
  dial ();
  CU_ASSERT (run_until (client_over));
  if (strcmp (bench.client.heard->str, closed) != 0)
    printf ("# %s\n", bench.client.heard->str);
  CU_ASSERT_STRING_EQUAL (bench.client.heard->str, closed);
  refusals_end ();
  teardown ();
}

static void
a_dial_that_fails_is_told_later_in_words (void)
{
  check_dial ("socket", EMFILE, "too many files are open");
  check_dial ("connect", ETIMEDOUT, "timed out");
  check_dial ("connect", EHOSTUNREACH, "no route to host");
  check_dial ("connect", ENETUNREACH, "no route to the network");
  check_dial ("connect", EACCES, "permission denied");
  check_dial ("connect", EPERM, "permission denied");
  check_dial ("connect", EAGAIN, "the listener is busy");
  check_dial ("connect", EPROTO, "Protocol error");
  check_dial ("connect", 9999, "unknown error");
  check_dial ("epoll_ctl", ENOSPC, "No space left on device");
}

/* ---- bytes ------------------------------------------------------------------------------------------------------- */

static void
check_end (const char *call, int error, const char *expected)
{
  g_autofree char *closed = g_strdup_printf ("closed: %s ", expected);
  int fd;

  setup ("ptcp:0:127.0.0.1");
  fd = plain_socket ();
  CU_ASSERT (run_until (one_is_accepted));
  refuse (call, 0, 1, error);
  CU_ASSERT_EQUAL (send (fd, "hello", 5, 0), 5);
  CU_ASSERT (run_until (server_over));
  CU_ASSERT_STRING_EQUAL (bench.server.heard->str, closed);
  CU_ASSERT_STRING_EQUAL (bench.server.bytes->str, "");
  refusals_end ();
  close (fd);
  teardown ();
}

static void
a_read_that_fails_ends_the_stream_in_words (void)
{
  check_end ("recv", ETIMEDOUT, "timed out");
  check_end ("recv", ECONNRESET, "connection reset");
  check_end ("recv", EPIPE, "connection reset");
}

static void
check_patience (const char *call, int error)
{
  setup ("ptcp:0:127.0.0.1");
  dial ();
  CU_ASSERT (run_until (both_up));
  refuse (call, 0, 2, error);
  send_text (bench.client.stream, "hello");
  CU_ASSERT (run_until (server_heard_hello));
  CU_ASSERT_STRING_EQUAL (refused_call (), call);
  refusals_end ();
  teardown ();
}

static void
nothing_to_send_is_nothing_sent (void)
{
  g_autoptr (GBytes) nothing = g_bytes_new ("", 0);

  setup ("ptcp:0:127.0.0.1");
  dial ();
  CU_ASSERT (run_until (both_up));
  net_stream_send (bench.client.stream, NULL, 0);
  net_stream_send_shared (bench.client.stream, nothing);
  CU_ASSERT_EQUAL (net_stream_pending (bench.client.stream), 0);
  send_text (bench.client.stream, "hello");
  CU_ASSERT (run_until (server_heard_hello));
  teardown ();
}

static void
what_cannot_be_moved_now_is_moved_later (void)
{
  check_patience ("recv", EAGAIN);
  check_patience ("recv", EINTR);
  check_patience ("sendmsg", EAGAIN);
  check_patience ("sendmsg", EINTR);
}

/* Reading will say why it ended: here the peer closes. */
static void
a_stream_that_cannot_be_written_to_takes_no_more_and_is_read_to_its_end (void)
{
  g_autoptr (GBytes) shared = g_bytes_new ("hello", 5);
  int fd;

  setup ("ptcp:0:127.0.0.1");
  fd = plain_socket ();
  CU_ASSERT (run_until (one_is_accepted));
  refuse ("sendmsg", 0, 1, EPIPE);
  send_text (bench.server.stream, "lost");
  run_for (5 * NET_MSEC);
  refusals_end ();
  send_text (bench.server.stream, "lost");
  net_stream_send_shared (bench.server.stream, shared);
  CU_ASSERT_EQUAL (net_stream_pending (bench.server.stream), 0);
  CU_ASSERT_EQUAL (send (fd, "hello", 5, 0), 5);
  CU_ASSERT (run_until (server_heard_hello));
  close (fd);
  CU_ASSERT (run_until (server_over));
  CU_ASSERT_STRING_EQUAL (bench.server.heard->str, "closed: closed by the other end ");
  teardown ();
}

/* ---- ends -------------------------------------------------------------------------------------------------------- */

#define N_SILENT 300

static guint n_all;

static gboolean
all_are_accepted (void)
{
  return bench.n_accepted == n_all;
}

/* None of them closes its end, so that each would be waited for. */
static void
no_more_than_256_that_are_ending_are_waited_for (void)
{
  int fds[N_SILENT];
  guint n_ended = 0;

  setup ("ptcp:0:127.0.0.1");
  bench.refuse = TRUE;
  for (guint i = 0; i < N_SILENT; i++)
    {
      fds[i] = plain_socket ();
      n_all = i + 1;
      CU_ASSERT (run_until (all_are_accepted));
    }
  run_for (5 * NET_MSEC);
  for (guint i = 0; i < N_SILENT; i++)
    n_ended += send (fds[i], "x", 1, MSG_NOSIGNAL) < 0 || send (fds[i], "x", 1, MSG_NOSIGNAL) < 0;
  CU_ASSERT (n_ended >= N_SILENT - 256); /* more on a machine so slow that their time was over */
  CU_ASSERT (send (fds[0], "x", 1, MSG_NOSIGNAL) < 0 && send (fds[N_SILENT - 1], "x", 1, MSG_NOSIGNAL) == 1);
  for (guint i = 0; i < N_SILENT; i++)
    close (fds[i]);
  teardown ();
}

static guint before;

static gboolean
descriptors_are_back (void)
{
  return n_descriptors () == before;
}

/* It is read for a mebibyte, and the kernel's buffers hold some more. */
static void
who_floods_a_stream_that_is_ending_is_cut_off (void)
{
  static guint8 bytes[65536];
  gint64 end_ns;
  gssize n, total = 0;
  int fd;

  setup ("ptcp:0:127.0.0.1");
  before = n_descriptors () + 1;
  bench.refuse = TRUE;
  fd = plain_socket ();
  CU_ASSERT (run_until (one_is_accepted));
  end_ns = net_world_now (bench.seam) + PATIENCE_NS;
  while (!descriptors_are_back () && net_world_now (bench.seam) < end_ns)
    {
      while ((n = send (fd, bytes, sizeof bytes, MSG_DONTWAIT | MSG_NOSIGNAL)) > 0)
        total += n;
      run_for (NET_MSEC);
    }
  CU_ASSERT (descriptors_are_back ());
  CU_ASSERT (total < (32 << 20));
  close (fd);
  teardown ();
}

static void
a_world_that_ends_sends_what_the_kernel_takes_at_once (void)
{
  char bytes[16] = "";
  int fd;

  setup ("ptcp:0:127.0.0.1");
  fd = plain_socket ();
  CU_ASSERT (run_until (one_is_accepted));
  send_text (bench.server.stream, "rest");
  teardown ();
  CU_ASSERT_EQUAL (recv (fd, bytes, sizeof bytes, MSG_WAITALL), 4);
  CU_ASSERT_STRING_EQUAL (bytes, "rest");
  close (fd);
  setup ("ptcp:0:127.0.0.1");
  fd = plain_socket ();
  CU_ASSERT (run_until (one_is_accepted));
  send_text (bench.server.stream, "rest");
  net_stream_close (bench.server.stream);
  teardown ();
  CU_ASSERT_EQUAL (recv (fd, bytes, sizeof bytes, MSG_WAITALL), 4);
  close (fd);
}

int
main (void)
{
  return tap_main (
      "linux-refused-stream",
      (const TapTest[]){
          { "a listener in want of descriptors says so once, and waits",
            a_listener_in_want_of_descriptors_says_so_once_and_waits },
          { "a listener that cannot wait again tries again", a_listener_that_cannot_wait_again_tries_again },
          { "a connection that was broken off holds up none behind it",
            a_connection_that_was_broken_off_holds_up_none_behind_it },
          { "a unix client that cannot be known has the path for a name",
            a_unix_client_that_cannot_be_known_has_the_path_for_a_name },
          { "a dial that fails is told later, in words", a_dial_that_fails_is_told_later_in_words },
          { "a read that fails ends the stream, in words", a_read_that_fails_ends_the_stream_in_words },
          { "nothing to send is nothing sent", nothing_to_send_is_nothing_sent },
          { "what cannot be moved now is moved later", what_cannot_be_moved_now_is_moved_later },
          { "a stream that cannot be written to takes no more, and is read to its end",
            a_stream_that_cannot_be_written_to_takes_no_more_and_is_read_to_its_end },
          { "no more than 256 that are ending are waited for",
            no_more_than_256_that_are_ending_are_waited_for },
          { "who floods a stream that is ending is cut off", who_floods_a_stream_that_is_ending_is_cut_off },
          { "a world that ends sends what the kernel takes at once",
            a_world_that_ends_sends_what_the_kernel_takes_at_once },
          { NULL } });
}
