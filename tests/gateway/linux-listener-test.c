/* Listeners, and the small parts of the seam. */
#include "linux-bench.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* ---- listeners --------------------------------------------------------------------------------------------------- */

#define N_PLAIN 100

static gboolean
all_accepted (void)
{
  return bench.n_accepted == N_PLAIN + 1;
}

static void
a_burst_of_connections_is_taken_whole (void)
{
  int fds[N_PLAIN];

  setup ("ptcp:0:127.0.0.1");
  for (guint i = 0; i < N_PLAIN; i++)
    fds[i] = plain_socket ();
  dial ();
  CU_ASSERT (run_until (all_accepted));
  for (guint i = 0; i < N_PLAIN; i++)
    close (fds[i]);
  teardown ();
}

static gboolean
listener_gone (void)
{
  return !bench.listener;
}

static void
a_listener_may_end_while_it_accepts (void)
{
  int fds[3];

  setup ("ptcp:0:127.0.0.1");
  bench.unlisten_at_once = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    fds[i] = plain_socket ();
  CU_ASSERT (run_until (listener_gone));
  run_for (5 * NET_MSEC);
  CU_ASSERT_EQUAL (bench.n_accepted, 1);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);
  teardown ();
}

static gboolean
server_up (void)
{
  return bench.server.stream != NULL;
}

/* In one turn: bytes on a stream whose receiver ends the listener, and a connection for the listener. */
static void
a_listener_may_be_ended_in_the_turn_in_which_it_has_a_connection (void)
{
  int talker, late;

  setup ("ptcp:0:127.0.0.1");
  talker = plain_socket ();
  CU_ASSERT (run_until (server_up));
  run_for (5 * NET_MSEC);
  bench.server.on_bytes = "unlisten";
  CU_ASSERT_EQUAL (send (talker, "hello", 5, 0), 5);
  late = plain_socket ();
  CU_ASSERT (run_until (listener_gone));
  run_for (5 * NET_MSEC);
  CU_ASSERT_EQUAL (bench.n_accepted, 1);
  close (talker);
  close (late);
  teardown ();
}

static void
a_taken_port_is_refused_with_a_sentence (void)
{
  g_autofree char *same = NULL;
  g_autoptr (GError) error = NULL;

  setup ("ptcp:0:127.0.0.1");
  same = g_strdup_printf ("ptcp:%s:127.0.0.1", strrchr (bench.target, ':') + 1);
  CU_ASSERT_PTR_NULL (net_world_listen (bench.seam, same, on_accept, NULL, &error));
  CU_ASSERT (g_error_matches (error, LINUX_WORLD_ERROR, LINUX_WORLD_ERROR_LISTEN));
  CU_ASSERT (error && g_str_has_suffix (error->message, ": it is in use already"));
  teardown ();
}

static void
an_address_of_another_host_is_refused_with_a_sentence (void)
{
  g_autoptr (GError) error = NULL;

  setup ("ptcp:0:127.0.0.1");
  CU_ASSERT_PTR_NULL (net_world_listen (bench.seam, "ptcp:0:192.0.2.1", on_accept, NULL, &error));
  CU_ASSERT (error && g_str_has_suffix (error->message, ": the address is not one of this host's"));
  teardown ();
}

static void
bind_and_leave (const char *path)
{
  struct sockaddr_un un = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_strlcpy (un.sun_path, path, sizeof un.sun_path);
  CU_ASSERT_EQUAL (bind (fd, (struct sockaddr *) &un, sizeof un), 0);
  close (fd);
}

static void
a_socket_file_that_a_killed_process_left_is_taken_over (void)
{
  g_autofree char *path = temporary_path ("sock"), *target = g_strconcat ("punix:", path, NULL);

  bind_and_leave (path);
  CU_ASSERT (g_file_test (path, G_FILE_TEST_EXISTS));
  setup (target);
  dial ();
  CU_ASSERT (run_until (both_up));
  teardown ();
  remove_path (path);
}

static void
a_socket_file_in_use_and_a_file_that_is_none_are_left_alone (void)
{
  g_autofree char *path = temporary_path ("sock"), *target = g_strconcat ("punix:", path, NULL), *text = NULL;
  g_autoptr (GError) error = NULL;

  setup (target);
  CU_ASSERT_PTR_NULL (net_world_listen (bench.seam, target, on_accept, NULL, &error));
  CU_ASSERT (error && strstr (error->message, "in use"));
  CU_ASSERT (g_file_test (path, G_FILE_TEST_EXISTS));
  teardown ();
  CU_ASSERT (g_file_set_contents (path, "precious", -1, NULL));
  bench = (Bench){ .world = linux_world_new (NULL, NULL) };
  CU_ASSERT_PTR_NULL (net_world_listen (linux_world_seam (bench.world), target, on_accept, NULL, NULL));
  CU_ASSERT (g_file_get_contents (path, &text, NULL, NULL));
  CU_ASSERT_STRING_EQUAL (text, "precious");
  linux_world_free (bench.world);
  remove_path (path);
}

static void
unlistening_leaves_the_file_of_a_successor_alone (void)
{
  g_autofree char *path = temporary_path ("sock"), *target = g_strconcat ("punix:", path, NULL);

  setup (target);
  CU_ASSERT_EQUAL (g_unlink (path), 0);
  bind_and_leave (path);
  teardown ();
  CU_ASSERT (g_file_test (path, G_FILE_TEST_EXISTS));
  remove_path (path);
}

/* ---- the rest of the seam ---------------------------------------------------------------------------------------- */

static int caught;

static void
on_signal (LinuxWorld *world, int signal, gpointer user)
{
  (void) user;
  caught = signal;
  linux_world_quit (world);
}

static void
signals_come_as_events (void)
{
  g_autoptr (LinuxWorld) world = linux_world_new (NULL, NULL);

  CU_ASSERT (linux_world_catch_signals (world, on_signal, NULL, NULL));
  kill (getpid (), SIGHUP);
  CU_ASSERT_EQUAL (caught, 0);
  linux_world_run (world);
  CU_ASSERT_EQUAL (caught, SIGHUP);
  kill (getpid (), SIGTERM);
  linux_world_run (world);
  CU_ASSERT_EQUAL (caught, SIGTERM);
}

static void
who_catches_signals_may_change (void)
{
  g_autoptr (LinuxWorld) world = linux_world_new (NULL, NULL);

  CU_ASSERT (linux_world_catch_signals (world, NULL, NULL, NULL)
             && linux_world_catch_signals (world, on_signal, NULL, NULL));
  kill (getpid (), SIGINT);
  linux_world_run (world);
  CU_ASSERT_EQUAL (caught, SIGINT);
}

static GString *told;

static void
on_state (LinuxWorld *world, const NetState *state, gpointer user)
{
  (void) world;
  (void) user;
  g_string_append_printf (told, "%s %s %s\n", state->table, state->op, state->key);
}

static void
on_log (LinuxWorld *world, NetLogLevel level, const char *module, const char *message, gpointer user)
{
  (void) world;
  (void) user;
  g_string_append_printf (told, "%d %s: %s\n", (int) level, module, message);
}

/* A part of a message may come from a peer, who would like to write lines of his own. */
static void
a_message_is_one_line_and_state_is_told (void)
{
  const LinuxWorldConfig config = { .log_level = NET_LOG_INFO, .log = on_log, .state = on_state };
  g_autoptr (LinuxWorld) world = linux_world_new (&config, NULL);
  g_autoptr (LinuxWorld) other = linux_world_new (NULL, NULL);
  const NetState state = { .table = "fdb", .op = "add", .key = "k" };

  told = g_string_new (NULL);
  net_world_log (linux_world_seam (world), NET_LOG_INFO, "test", "peer '%s'", "a\r\nb\x1b[1m");
  net_world_log (linux_world_seam (world), NET_LOG_DEBUG, "test", "not said");
  linux_world_set_log_level (world, NET_LOG_DEBUG);
  net_world_log (linux_world_seam (world), NET_LOG_DEBUG, "test", "said");
  net_world_state (linux_world_seam (world), &state);
  net_world_state (linux_world_seam (other), &state);
  CU_ASSERT_STRING_EQUAL (told->str, "1 test: peer 'a??b?[1m'\n0 test: said\nfdb add k\n");
  g_string_free (told, TRUE);
}

static void
what_is_stored_is_a_file_in_the_directory (void)
{
  g_autofree char *path = temporary_path ("db"), *directory = g_path_get_dirname (path), *text = NULL,
                  *lock = g_strconcat (directory, "/.db.~lock~", NULL);
  LinuxWorld *world = linux_world_new (NULL, NULL);
  g_autoptr (GBytes) bytes = NULL;

  linux_world_store_in (world, directory);
  CU_ASSERT (net_world_replace (linux_world_seam (world), "db", (const guint8 *) "text", 4, NULL));
  CU_ASSERT (g_file_get_contents (path, &text, NULL, NULL));
  CU_ASSERT_STRING_EQUAL (text, "text");
  bytes = net_world_load (linux_world_seam (world), "db", NULL);
  CU_ASSERT (bytes && g_bytes_get_size (bytes) == 4);
  linux_world_free (world);
  g_unlink (lock);
  remove_path (path);
}

static void
targets_that_cannot_be_are_refused_with_a_sentence (void)
{
  static const char *const sentences[][2] = {
    { "ptcp:x", "'ptcp:x' is not understood; there is ptcp:PORT[:IP], ptcp:PORT:[IPV6], pssl: like ptcp:, "
                "and punix:PATH" },
    { "pssl:0", "'pssl:0': TLS needs a private key, a certificate and the authorities' certificates" },
    { "punix:/no-such-directory/sock",
      "cannot listen on 'punix:/no-such-directory/sock': there is no directory '/no-such-directory'" },
    { "tcp:x",
      "'tcp:x' is not understood; there is tcp:IP:PORT, tcp:[IPV6]:PORT, ssl: like tcp:, and unix:PATH" },
    { "ssl:127.0.0.1:1",
      "'ssl:127.0.0.1:1': TLS needs a private key, a certificate and the authorities' certificates" },
  };
  g_autoptr (LinuxWorld) world = linux_world_new (NULL, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (sentences); i++)
    {
      g_autoptr (GError) error = NULL;
      const char *target = sentences[i][0];
      gboolean good
          = *target == 'p'
                ? net_world_listen (linux_world_seam (world), target, on_accept, NULL, &error) != NULL
                : net_world_connect (linux_world_seam (world), target, NULL, NULL, &error) != NULL;
      CU_ASSERT_FALSE (good);
      CU_ASSERT (error && strcmp (error->message, sentences[i][1]) == 0);
    }
}

static void
a_listener_tells_the_port_that_it_got (void)
{
  g_autofree char *path = temporary_path ("sock"), *target = g_strconcat ("punix:", path, NULL), *text = NULL;

  setup ("ptcp:0:127.0.0.1");
  text = g_strdup_printf ("tcp:127.0.0.1:%u", net_world_listener_port (bench.seam, bench.listener));
  CU_ASSERT_STRING_EQUAL (text, bench.target);
  teardown ();
  setup (target);
  CU_ASSERT_EQUAL (net_world_listener_port (bench.seam, bench.listener), 0);
  teardown ();
  remove_path (path);
}

/* Nobody hears of it: who dials may not care. */
static void
a_stream_without_events_lives_and_ends (void)
{
  setup ("ptcp:0:127.0.0.1");
  bench.client.stream = net_world_connect (bench.seam, bench.target, NULL, NULL, NULL);
  CU_ASSERT (run_until (server_up));
  send_text (bench.client.stream, "hello");
  CU_ASSERT (run_until (server_heard_hello));
  bench.server.on_bytes = "close";
  send_text (bench.client.stream, "!");
  CU_ASSERT (run_until (server_over));
  run_for (5 * NET_MSEC);
  teardown ();
}

static void
a_frame_without_a_cable_is_counted (void)
{
  g_autoptr (LinuxWorld) world = linux_world_new (NULL, NULL);
  NetWorld *seam = linux_world_seam (world);

  net_world_send (seam, 0, net_frame_new (seam->frames, NET_FRAME_HEADROOM, 60));
  CU_ASSERT_EQUAL (linux_world_n_drops (world, NET_DROP_NO_CABLE), 1);
  CU_ASSERT_EQUAL (net_frame_pool_outstanding (seam->frames), 0);
}

static void
chance_is_not_the_same_twice (void)
{
  g_autoptr (LinuxWorld) world = linux_world_new (NULL, NULL);
  guint8 a[32] = { 0 }, b[32] = { 0 };

  net_world_random (linux_world_seam (world), a, sizeof a);
  net_world_random (linux_world_seam (world), b, sizeof b);
  CU_ASSERT (memcmp (a, b, sizeof a) != 0);
}

int
main (void)
{
  return tap_main (
      "linux-listener",
      (const TapTest[]){
          { "a burst of connections is taken whole", a_burst_of_connections_is_taken_whole },
          { "a listener may end while it accepts", a_listener_may_end_while_it_accepts },
          { "a listener may be ended in the turn in which it has a connection",
            a_listener_may_be_ended_in_the_turn_in_which_it_has_a_connection },
          { "a taken port is refused with a sentence", a_taken_port_is_refused_with_a_sentence },
          { "an address of another host is refused with a sentence",
            an_address_of_another_host_is_refused_with_a_sentence },
          { "a socket file that a killed process left is taken over",
            a_socket_file_that_a_killed_process_left_is_taken_over },
          { "a socket file in use, and a file that is none, are left alone",
            a_socket_file_in_use_and_a_file_that_is_none_are_left_alone },
          { "unlistening leaves the file of a successor alone",
            unlistening_leaves_the_file_of_a_successor_alone },
          { "signals come as events", signals_come_as_events },
          { "who catches signals may change", who_catches_signals_may_change },
          { "a message is one line, and state is told", a_message_is_one_line_and_state_is_told },
          { "what is stored is a file in the directory", what_is_stored_is_a_file_in_the_directory },
          { "targets that cannot be are refused with a sentence",
            targets_that_cannot_be_are_refused_with_a_sentence },
          { "a listener tells the port that it got", a_listener_tells_the_port_that_it_got },
          { "a stream without events lives and ends", a_stream_without_events_lives_and_ends },
          { "a frame without a cable is counted", a_frame_without_a_cable_is_counted },
          { "chance is not the same twice", chance_is_not_the_same_twice },
          { NULL } });
}
