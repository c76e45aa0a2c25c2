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
  return tap_main ("linux-listener",
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
                       { "a frame without a cable is counted", a_frame_without_a_cable_is_counted },
                       { "chance is not the same twice", chance_is_not_the_same_twice },
                       { NULL } });
}
