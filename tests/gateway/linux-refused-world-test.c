/* A world, its signals and its listeners where the kernel refuses one call after another. */
#include "refusals.h"

#include "linux-bench.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* ---- the world --------------------------------------------------------------------------------------------------- */

static gboolean
make_a_world (GError **error)
{
  g_autoptr (LinuxWorld) world = linux_world_new (NULL, error);

  return world != NULL;
}

static void
a_world_is_made_whole_or_not_at_all (void)
{
  check_each_refusal ("a world", make_a_world, 3);
}

static void
on_signal (LinuxWorld *world, int signal, gpointer user)
{
  (void) signal;
  (void) user;
  linux_world_quit (world);
}

static gboolean
catch_signals (GError **error)
{
  g_autoptr (LinuxWorld) world = linux_world_new (NULL, error);

  return world && linux_world_catch_signals (world, on_signal, NULL, error);
}

static void
signals_are_caught_or_stay_as_they_were (void)
{
  sigset_t before, after;

  sigemptyset (&before);
  sigemptyset (&after);
  sigprocmask (SIG_SETMASK, NULL, &before);
  check_each_refusal ("signals", catch_signals, 5);
  sigprocmask (SIG_SETMASK, NULL, &after);
  for (int signal = 1; signal < 32; signal++)
    CU_ASSERT_EQUAL (sigismember (&after, signal), sigismember (&before, signal));
}

static guint n_told;

static void
tell (NetTimer *timer, gint64 now_ns)
{
  (void) now_ns;
  n_told++;
  linux_world_quit (timer->owner);
}

static void
a_wait_that_is_interrupted_is_begun_anew (void)
{
  g_autoptr (LinuxWorld) world = linux_world_new (NULL, NULL);
  NetTimer timer;

  net_timer_init (&timer, tell, world);
  net_world_timer_set (linux_world_seam (world), &timer,
                       linux_world_seam (world)->klass->now (linux_world_seam (world)) + NET_MSEC);
  refuse ("epoll_wait", 0, 2, EINTR);
  linux_world_run (world);
  CU_ASSERT_STRING_EQUAL (refused_call (), "epoll_wait");
  CU_ASSERT_EQUAL (n_told, 1);
  refusals_end ();
}

static void
chance_is_asked_again_after_a_signal (void)
{
  g_autoptr (LinuxWorld) world = linux_world_new (NULL, NULL);
  guint8 bytes[32] = { 0 }, zeros[sizeof bytes] = { 0 };

  refuse ("getrandom", 0, 2, EINTR);
  net_world_random (linux_world_seam (world), bytes, sizeof bytes);
  CU_ASSERT (memcmp (bytes, zeros, sizeof bytes) != 0);
  refusals_end ();
}

/* More than is kept in stock comes from the kernel at once. */
static void
much_chance_is_no_repetition_of_little (void)
{
  g_autoptr (LinuxWorld) world = linux_world_new (NULL, NULL);
  guint8 many[8192] = { 0 };

  net_world_random (linux_world_seam (world), many, sizeof many);
  CU_ASSERT (memcmp (many, many + sizeof many / 2, sizeof many / 2) != 0);
}

static char *stored_path;

static gboolean
is_stored (void)
{
  g_autofree char *text = NULL;

  return g_file_get_contents (stored_path, &text, NULL, NULL) && strcmp (text, "soon") == 0;
}

static void
what_cannot_be_stored_is_said_once_and_tried_until_it_is (void)
{
  static const char said[] = "(what was to be stored waits: '";
  g_autofree char *path = temporary_path ("db"), *directory = g_path_get_dirname (path),
                  *lock = g_strconcat (directory, "/.db.~lock~", NULL);
  const char *first;

  stored_path = path;
  setup ("ptcp:0:127.0.0.1");
  linux_world_store_in (bench.world, directory);
  CU_ASSERT (net_world_append_soon (bench.seam, "db", (const guint8 *) "soon", 4, NULL));
  refuse ("write", 0, 2, ENOSPC);
  CU_ASSERT (run_until (is_stored));
  refusals_end ();
  first = strstr (bench.log->str, said);
  CU_ASSERT (first && strstr (first, "No space left on device") && !strstr (first + 1, said));
  teardown ();
  g_unlink (lock);
  remove_path (path);
}

static char *said_last;

static void
keep_what_is_said (LinuxWorld *world, NetLogLevel level, const char *module, const char *message,
                   gpointer user)
{
  (void) world;
  (void) level;
  (void) module;
  (void) user;
  g_free (said_last);
  said_last = g_strdup (message);
}

/* Nobody is left to try again. */
static void
what_can_never_be_stored_is_said_to_be_lost (void)
{
  LinuxWorld *world = linux_world_new (&(LinuxWorldConfig){ .log = keep_what_is_said }, NULL);
  g_autofree char *path = temporary_path ("db"), *directory = g_path_get_dirname (path),
                  *lock = g_strconcat (directory, "/.db.~lock~", NULL);

  linux_world_store_in (world, directory);
  CU_ASSERT (net_world_append_soon (linux_world_seam (world), "db", (const guint8 *) "soon", 4, NULL));
  refuse ("write", 0, G_MAXUINT, ENOSPC);
  linux_world_free (world);
  refusals_end ();
  CU_ASSERT (said_last && g_str_has_prefix (said_last, "what was to be stored is lost: '"));
  g_clear_pointer (&said_last, g_free);
  g_unlink (lock);
  remove_path (path);
}

/* ---- listeners --------------------------------------------------------------------------------------------------- */

static const char *place;

static gboolean
listen_there (GError **error)
{
  g_autoptr (LinuxWorld) world = linux_world_new (NULL, error);

  return world && net_world_listen (linux_world_seam (world), place, on_accept, NULL, error);
}

static void
a_tcp_listener_is_up_or_refused (void)
{
  place = "ptcp:0:127.0.0.1";
  check_each_refusal (place, listen_there, 8);
}

static void
a_unix_listener_is_up_or_refused_and_its_file_goes (void)
{
  g_autofree char *path = temporary_path ("sock"), *target = g_strconcat ("punix:", path, NULL);

  place = target;
  check_each_refusal ("punix:", listen_there, 8);
  CU_ASSERT_FALSE (g_file_test (path, G_FILE_TEST_EXISTS));
  remove_path (path);
}

static void
a_stale_file_that_cannot_be_tried_is_said_to_be_in_use (void)
{
  g_autofree char *path = temporary_path ("sock"), *target = g_strconcat ("punix:", path, NULL);
  g_autoptr (LinuxWorld) world = linux_world_new (NULL, NULL);
  g_autoptr (GError) error = NULL;
  struct sockaddr_un un = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM, 0);

  g_strlcpy (un.sun_path, path, sizeof un.sun_path);
  CU_ASSERT_EQUAL (bind (fd, (struct sockaddr *) &un, sizeof un), 0);
  close (fd);
  refuse ("socket", 1, 1, EMFILE);
  CU_ASSERT_PTR_NULL (net_world_listen (linux_world_seam (world), target, on_accept, NULL, &error));
  CU_ASSERT (error && g_str_has_suffix (error->message, ": it is in use already"));
  CU_ASSERT (g_file_test (path, G_FILE_TEST_EXISTS));
  refusals_end ();
  remove_path (path);
}

int
main (void)
{
  return tap_main (
      "linux-refused-world",
      (const TapTest[]){
          { "whatever the kernel refuses, a world is made or refused with the reason",
            a_world_is_made_whole_or_not_at_all },
          { "signals are caught, or stay as they were", signals_are_caught_or_stay_as_they_were },
          { "a wait that is interrupted is begun anew", a_wait_that_is_interrupted_is_begun_anew },
          { "chance is asked again after a signal", chance_is_asked_again_after_a_signal },
          { "much chance is no repetition of little", much_chance_is_no_repetition_of_little },
          { "what can never be stored is said to be lost", what_can_never_be_stored_is_said_to_be_lost },
          { "what cannot be stored is said once, and tried until it is",
            what_cannot_be_stored_is_said_once_and_tried_until_it_is },
          { "a TCP listener is up, or refused with the reason", a_tcp_listener_is_up_or_refused },
          { "a unix listener is up, or refused with the reason; its file goes either way",
            a_unix_listener_is_up_or_refused_and_its_file_goes },
          { "a socket file that cannot be tried is said to be in use",
            a_stale_file_that_cannot_be_tried_is_said_to_be_in_use },
          { NULL } });
}
