/* Byte streams on loopback and unix sockets: both ends in one world, or a plain socket at the other end. */
#include "linux-bench.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- life and death ---------------------------------------------------------------------------------------------- */

static void
check_a_conversation (const char *listen)
{
  setup (listen);
  dial ();
  CU_ASSERT_STRING_EQUAL (bench.client.heard->str, "");
  send_text (bench.client.stream, "hel");
  send_text (bench.client.stream, "lo");
  CU_ASSERT_EQUAL (net_stream_pending (bench.client.stream), 5);
  CU_ASSERT (run_until (server_heard_hello));
  CU_ASSERT_STRING_EQUAL (bench.client.heard->str, "connected drained ");
  bench.server.on_bytes = "close";
  send_text (bench.client.stream, "!");
  CU_ASSERT (run_until (client_over));
  CU_ASSERT_STRING_EQUAL (bench.client.bytes->str, "bye");
  CU_ASSERT_STRING_EQUAL (bench.client.heard->str,
                          "connected drained drained closed: closed by the other end ");
  /* Who closes hears nothing. */
  CU_ASSERT_STRING_EQUAL (bench.server.heard->str, "");
  teardown ();
}

static void
bytes_travel_over_ipv4 (void)
{
  check_a_conversation ("ptcp:0:127.0.0.1");
}

static void
bytes_travel_over_ipv6 (void)
{
  check_a_conversation ("ptcp:0:[::1]");
}

static void
bytes_travel_over_unix_sockets (void)
{
  g_autofree char *path = temporary_path ("sock"), *target = g_strconcat ("punix:", path, NULL);

  check_a_conversation (target);
  CU_ASSERT_FALSE (g_file_test (path, G_FILE_TEST_EXISTS));
  remove_path (path);
}

static void
check_refused (const char *target, const char *expected)
{
  setup ("ptcp:0:127.0.0.1");
  bench.client.stream = net_world_connect (bench.seam, target, &bench_events, &bench.client, NULL);
  CU_ASSERT_PTR_NOT_NULL_FATAL (bench.client.stream);
  CU_ASSERT_STRING_EQUAL (bench.client.heard->str, "");
  send_text (bench.client.stream, "never");
  CU_ASSERT (run_until (client_over));
  CU_ASSERT_STRING_EQUAL (bench.client.heard->str, expected);
  teardown ();
}

static void
dialling_where_nobody_listens_answers_later (void)
{
  check_refused ("tcp:127.0.0.1:1", "closed: connection refused ");
  check_refused ("unix:/no-such-directory/sock", "closed: there is no such socket ");
}

static void
closing_while_dialling_ends_without_a_word (void)
{
  setup ("ptcp:0:127.0.0.1");
  dial ();
  net_stream_close (bench.client.stream);
  run_for (20 * NET_MSEC);
  CU_ASSERT_STRING_EQUAL (bench.client.heard->str, "");
  teardown ();
}

static void
what_was_sent_before_closing_still_arrives (void)
{
  setup ("ptcp:0:127.0.0.1");
  dial ();
  send_text (bench.client.stream, "hello");
  net_stream_close (bench.client.stream);
  bench.client.stream = NULL;
  CU_ASSERT (run_until (server_over));
  CU_ASSERT_STRING_EQUAL (bench.server.bytes->str, "hello");
  CU_ASSERT_STRING_EQUAL (bench.server.heard->str, "closed: closed by the other end ");
  teardown ();
}

static void
an_acceptor_may_close_at_once (void)
{
  setup ("ptcp:0:127.0.0.1");
  bench.refuse = TRUE;
  dial ();
  CU_ASSERT (run_until (client_over));
  CU_ASSERT (g_str_has_suffix (bench.client.heard->str, "closed: closed by the other end "));
  teardown ();
}

static void
a_reset_is_told_as_one (void)
{
  const struct linger hard = { .l_onoff = 1 };
  int fd;

  setup ("ptcp:0:127.0.0.1");
  fd = plain_socket ();
  CU_ASSERT (send (fd, "hello", 5, 0) == 5 && run_until (server_heard_hello));
  setsockopt (fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  close (fd);
  CU_ASSERT (run_until (server_over));
  CU_ASSERT_STRING_EQUAL (bench.server.heard->str, "closed: connection reset ");
  teardown ();
}

/* ---- half-closed, slow, gone ------------------------------------------------------------------------------------- */

static gsize
count_until_end (int fd)
{
  char buffer[65536];
  gssize n;
  gsize total = 0;

  while ((n = recv (fd, buffer, sizeof buffer, 0)) > 0)
    total += (gsize) n;
  CU_ASSERT_EQUAL (n, 0);
  return total;
}

static gint reader_done;

static gpointer
count_in_a_thread (gpointer fd)
{
  gsize total = count_until_end (GPOINTER_TO_INT (fd));

  g_atomic_int_set (&reader_done, TRUE);
  return GSIZE_TO_POINTER (total);
}

static gboolean
reader_is_done (void)
{
  return g_atomic_int_get (&reader_done);
}

static GThread *
count_beside (int fd)
{
  g_atomic_int_set (&reader_done, FALSE);
  return g_thread_new ("reader", count_in_a_thread, GINT_TO_POINTER (fd));
}

static void
the_answer_to_a_peer_that_has_said_all_still_goes_out (void)
{
  GThread *reader;
  int fd;

  setup ("ptcp:0:127.0.0.1");
  bench.server.on_bytes = "flood";
  fd = plain_socket ();
  CU_ASSERT (send (fd, "hello", 5, 0) == 5 && shutdown (fd, SHUT_WR) == 0);
  CU_ASSERT (run_until (server_over));
  reader = count_beside (fd);
  CU_ASSERT (run_until (reader_is_done));
  CU_ASSERT_EQUAL (GPOINTER_TO_SIZE (g_thread_join (reader)), MANY_BYTES);
  close (fd);
  teardown ();
}

static gboolean
server_drained (void)
{
  return strstr (bench.server.heard->str, "drained") != NULL;
}

static void
more_than_the_kernel_takes_waits_and_goes_out_after_close (void)
{
  g_autofree guint8 *bytes = g_malloc0 (MANY_BYTES);
  GThread *reader;
  int fd;

  setup ("ptcp:0:127.0.0.1");
  fd = plain_socket ();
  CU_ASSERT (send (fd, "hello", 5, 0) == 5 && run_until (server_heard_hello));
  net_stream_send (bench.server.stream, bytes, MANY_BYTES);
  CU_ASSERT_EQUAL (net_stream_pending (bench.server.stream), MANY_BYTES);
  run_for (50 * NET_MSEC);
  CU_ASSERT (net_stream_pending (bench.server.stream) > 0);
  CU_ASSERT (net_stream_pending (bench.server.stream) < MANY_BYTES);
  CU_ASSERT_FALSE (server_drained ());
  net_stream_close (bench.server.stream);
  reader = count_beside (fd);
  CU_ASSERT (run_until (reader_is_done));
  CU_ASSERT_EQUAL (GPOINTER_TO_SIZE (g_thread_join (reader)), MANY_BYTES);
  CU_ASSERT_STRING_EQUAL (bench.server.heard->str, "");
  close (fd);
  teardown ();
}

#define SHARED_BYTES (1u << 20)
#define N_SHARED     40u

static void
set_flag (gpointer flag)
{
  *(gboolean *) flag = TRUE;
}

/* Everything that is sent, in order; `is_free` when nobody refers to the shared bytes any more. */
static GString *
send_around_shared (gboolean *is_free)
{
  static guint8 bytes[SHARED_BYTES];
  GString *expected = g_string_new (NULL);
  GBytes *shared;

  for (guint i = 0; i < SHARED_BYTES; i++)
    bytes[i] = (guint8) (i * 7 + i / 256);
  shared = g_bytes_new_with_free_func (bytes, SHARED_BYTES, set_flag, is_free);
  for (guint i = 0; i < N_SHARED; i++)
    {
      send_text (bench.server.stream, "head");
      net_stream_send_shared (bench.server.stream, shared);
      send_text (bench.server.stream, "tail");
      g_string_append (expected, "head");
      g_string_append_len (expected, (const char *) bytes, SHARED_BYTES);
      g_string_append (expected, "tail");
    }
  g_bytes_unref (shared);
  return expected;
}

static void
shared_bytes_arrive_in_their_place_and_are_let_go (void)
{
  gboolean is_free = FALSE;
  g_autoptr (GString) expected = NULL;

  setup ("ptcp:0:127.0.0.1");
  dial ();
  CU_ASSERT (run_until (both_up));
  expected = send_around_shared (&is_free);
  CU_ASSERT_EQUAL (net_stream_pending (bench.server.stream), expected->len);
  CU_ASSERT_FALSE (is_free);
  CU_ASSERT (run_until (server_drained));
  CU_ASSERT_TRUE (is_free);
  run_for (50 * NET_MSEC);
  CU_ASSERT_TRUE (g_string_equal (bench.client.bytes, expected));
  teardown ();
}

static void
shared_bytes_of_a_lost_connection_are_let_go (void)
{
  gboolean is_free = FALSE;
  g_autoptr (GString) expected = NULL;
  int fd;

  setup ("ptcp:0:127.0.0.1");
  fd = plain_socket ();
  CU_ASSERT (send (fd, "hello", 5, 0) == 5 && run_until (server_heard_hello));
  expected = send_around_shared (&is_free);
  run_for (5 * NET_MSEC);
  CU_ASSERT_FALSE (is_free);
  close (fd);
  CU_ASSERT (run_until (server_over));
  CU_ASSERT_TRUE (is_free);
  teardown ();
}

/* A descriptor that is free again is given out again: that shows when the world has let go. */
static guint
n_descriptors (void)
{
  guint n = 0;

  for (int fd = 0; fd < 256; fd++)
    n += fcntl (fd, F_GETFD) >= 0;
  return n;
}

static guint descriptors_before;

static gboolean
descriptors_are_back (void)
{
  return n_descriptors () == descriptors_before;
}

static void
a_closed_stream_whose_peer_never_reads_is_let_go (void)
{
  g_autofree guint8 *bytes = g_malloc0 (MANY_BYTES);
  gint64 begin_ns;
  int fd;

  setup ("ptcp:0:127.0.0.1");
  fd = plain_socket ();
  descriptors_before = n_descriptors ();
  CU_ASSERT (send (fd, "hello", 5, 0) == 5 && run_until (server_heard_hello));
  net_stream_send (bench.server.stream, bytes, MANY_BYTES);
  begin_ns = net_world_now (bench.seam);
  net_stream_close (bench.server.stream);
  CU_ASSERT (run_until (descriptors_are_back));
  CU_ASSERT (net_world_now (bench.seam) - begin_ns < 10 * NET_SEC);
  close (fd);
  teardown ();
}

static void
writing_to_a_peer_that_is_gone_kills_nobody (void)
{
  g_autofree guint8 *bytes = g_malloc0 (MANY_BYTES);
  int fd;

  setup ("ptcp:0:127.0.0.1");
  fd = plain_socket ();
  CU_ASSERT (send (fd, "hello", 5, 0) == 5 && run_until (server_heard_hello));
  net_stream_send (bench.server.stream, bytes, MANY_BYTES);
  run_for (5 * NET_MSEC);
  CU_ASSERT (net_stream_pending (bench.server.stream) > 0);
  close (fd);
  CU_ASSERT (run_until (server_over));
  CU_ASSERT_STRING_EQUAL (bench.server.heard->str, "closed: connection reset ");
  teardown ();
}

/* ---- many -------------------------------------------------------------------------------------------------------- */

static gboolean
second_heard_hello (void)
{
  return strcmp (bench.second.bytes->str, "hello") == 0;
}

/* Both have sent before the world looks: one as much as the kernel takes, one a word. */
static void
a_peer_that_floods_does_not_starve_another (void)
{
  g_autofree guint8 *bytes = g_malloc0 (MANY_BYTES);
  gssize n, total = 0;
  int flooder, polite;

  setup ("ptcp:0:127.0.0.1");
  flooder = plain_socket ();
  polite = plain_socket ();
  while ((n = send (flooder, bytes, MANY_BYTES, MSG_DONTWAIT)) > 0)
    total += n;
  CU_ASSERT (total > (1 << 20));
  CU_ASSERT_EQUAL (send (polite, "hello", 5, 0), 5);
  CU_ASSERT (run_until (second_heard_hello));
  CU_ASSERT (bench.second.first_had <= 4 * 65536);
  close (flooder);
  close (polite);
  teardown ();
}

int
main (void)
{
  return tap_main (
      "linux-stream",
      (const TapTest[]){
          { "bytes travel over IPv4, and each end hears what it should", bytes_travel_over_ipv4 },
          { "bytes travel over IPv6", bytes_travel_over_ipv6 },
          { "bytes travel over unix sockets, whose file goes with the listener",
            bytes_travel_over_unix_sockets },
          { "dialling where nobody listens answers later", dialling_where_nobody_listens_answers_later },
          { "closing while dialling ends without a word", closing_while_dialling_ends_without_a_word },
          { "what was sent before closing still arrives", what_was_sent_before_closing_still_arrives },
          { "an acceptor may close at once", an_acceptor_may_close_at_once },
          { "a reset is told as one", a_reset_is_told_as_one },
          { "the answer to a peer that has said all still goes out",
            the_answer_to_a_peer_that_has_said_all_still_goes_out },
          { "more than the kernel takes waits, and goes out after close",
            more_than_the_kernel_takes_waits_and_goes_out_after_close },
          { "shared bytes arrive in their place, and are let go when they have left",
            shared_bytes_arrive_in_their_place_and_are_let_go },
          { "shared bytes of a lost connection are let go", shared_bytes_of_a_lost_connection_are_let_go },
          { "a closed stream whose peer never reads is let go",
            a_closed_stream_whose_peer_never_reads_is_let_go },
          { "writing to a peer that is gone kills nobody", writing_to_a_peer_that_is_gone_kills_nobody },
          { "a peer that floods does not starve another", a_peer_that_floods_does_not_starve_another },
          { NULL } });
}
