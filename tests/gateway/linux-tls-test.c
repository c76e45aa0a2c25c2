/* TLS between two ends in one world, and with ends that do not keep to it.  What real clients see, and which certificates
 * are taken, vtepd's tests say. */
#include "linux-bench.h"
#include "linux-tls-pair.h"
#include "refusals.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static char *ca_path;

static gboolean
set_tls (LinuxWorld *world, const char *certificate, const char *key, GError **error)
{
  return linux_world_set_tls (world,
                              &(LinuxTlsFiles){ .certificate_pem = certificate,
                                                .private_key_pem = key,
                                                .certificate_path = "a.pem",
                                                .private_key_path = "b.key",
                                                .ca_path = ca_path },
                              error);
}

static void
enter (void)
{
  ca_path = temporary_path ("ca.pem");
  CU_ASSERT (g_file_set_contents (ca_path, TLS_CERTIFICATE, -1, NULL));
  setup_world ();
  CU_ASSERT (set_tls (bench.world, TLS_CERTIFICATE, TLS_KEY, NULL));
  setup_listener ("pssl:0:127.0.0.1");
}

static void
leave (void)
{
  refusals_end ();
  teardown ();
  remove_path (ca_path);
  g_clear_pointer (&ca_path, g_free);
}

/* ---- credentials ------------------------------------------------------------------------------------------------- */

static gboolean
make_tls (GError **error)
{
  g_autoptr (LinuxWorld) world = linux_world_new (NULL, error);

  return world && set_tls (world, TLS_CERTIFICATE, TLS_KEY, error);
}

static void
tls_is_to_be_had_or_refused (void)
{
  enter ();
  check_each_refusal ("TLS", make_tls, 5);
  leave ();
}

static void
check_credentials (const char *certificate, const char *key, const char *expected)
{
  g_autoptr (GError) error = NULL;

  CU_ASSERT_FALSE (set_tls (bench.world, certificate, key, &error));
  if (error && !g_str_has_prefix (error->message, expected))
    printf ("# %s\n", error->message);
  CU_ASSERT (error && g_str_has_prefix (error->message, expected));
}

static void
credentials_that_are_none_change_nothing (void)
{
  enter ();
  check_credentials (TLS_CERTIFICATE, TLS_OTHER_KEY,
                     "certificate 'a.pem' and private key 'b.key' are no pair: ");
  check_credentials ("Dear diary", TLS_KEY,
                     "certificate 'a.pem' and private key 'b.key' are not understood: ");
  CU_ASSERT_EQUAL (g_unlink (ca_path), 0);
  check_credentials (TLS_CERTIFICATE, TLS_KEY, "'");
  CU_ASSERT (g_file_set_contents (ca_path, TLS_CERTIFICATE, -1, NULL));
  dial ();
  send_text (bench.client.stream, "hello");
  CU_ASSERT (run_until (server_heard_hello));
  leave ();
}

/* ---- sessions ---------------------------------------------------------------------------------------------------- */

static void
bytes_travel_over_tls_and_each_end_hears_of_the_other_s_end (void)
{
  enter ();
  dial ();
  send_text (bench.client.stream, "hello");
  CU_ASSERT (run_until (server_heard_hello));
  CU_ASSERT (g_str_has_prefix (bench.server.stream->peer, "ssl:127.0.0.1:"));
  bench.server.on_bytes = "close";
  send_text (bench.client.stream, "!");
  CU_ASSERT (run_until (client_over));
  CU_ASSERT_STRING_EQUAL (bench.client.bytes->str, "bye");
  CU_ASSERT_STRING_EQUAL (bench.client.heard->str,
                          "connected drained drained closed: closed by the other end ");
  leave ();
}

static gboolean
text_is_logged (void)
{
  return strstr (bench.log->str, "no session with ssl:127.0.0.1:") != NULL;
}

static void
a_session_that_has_no_room_is_refused_with_the_reason (void)
{
  enter ();
  refuse ("socketpair", 0, 2, EMFILE);
  dial ();
  CU_ASSERT (run_until (client_over) && run_until (text_is_logged));
  CU_ASSERT_STRING_EQUAL (bench.client.heard->str, "closed: Too many open files ");
  CU_ASSERT (strstr (bench.log->str, ": Too many open files) ") != NULL);
  CU_ASSERT_EQUAL (bench.n_accepted, 0);
  leave ();
}

static void
who_closes_in_the_handshake_hears_nothing_of_it (void)
{
  enter ();
  for (guint i = 0; i < 5; i++)
    {
      dial ();
      run_for ((gint64) i * NET_MSEC / 2);
      if (bench.client.stream)
        net_stream_close (bench.client.stream);
      g_string_truncate (bench.client.heard, 0);
      run_for (20 * NET_MSEC);
      CU_ASSERT_STRING_EQUAL (bench.client.heard->str, "");
    }
  leave ();
}

static void
a_listener_that_ends_takes_no_session_that_was_begun (void)
{
  guint n_before;

  enter ();
  dial ();
  run_for (0);
  n_before = bench.n_accepted;
  net_world_unlisten (bench.seam, bench.listener);
  bench.listener = NULL;
  CU_ASSERT (n_before || run_until (client_over));
  CU_ASSERT_EQUAL (bench.n_accepted, n_before);
  leave ();
}

static void
plain_text_is_no_handshake (void)
{
  int fd;

  enter ();
  fd = plain_socket ();
  CU_ASSERT_EQUAL (send (fd, "{\"method\":\"echo\"}", 17, 0), 17);
  CU_ASSERT (run_until (text_is_logged));
  CU_ASSERT_EQUAL (bench.n_accepted, 0);
  close (fd);
  leave ();
}

/* ---- many -------------------------------------------------------------------------------------------------------- */

#define N_SILENT 70

static guint
n_refused (void)
{
  guint n = 0;

  for (const char *at = bench.log->str; (at = strstr (at, "too many handshakes are under way")); at++)
    n++;
  return n;
}

static gboolean
all_but_64_are_refused (void)
{
  return n_refused () == N_SILENT - 64;
}

/* What GLib opens once and for all is open. */
static void
warm_up (void)
{
  enter ();
  dial ();
  send_text (bench.client.stream, "hello");
  CU_ASSERT (run_until (server_heard_hello));
  leave ();
}

static void
no_more_than_64_handshakes_are_under_way_and_all_end_with_the_world (void)
{
  int fds[N_SILENT];
  guint before;

  warm_up ();
  before = n_descriptors ();
  enter ();
  for (guint i = 0; i < N_SILENT; i++)
    fds[i] = plain_socket ();
  CU_ASSERT (run_until (all_but_64_are_refused));
  leave ();
  for (guint i = 0; i < N_SILENT; i++)
    close (fds[i]);
  CU_ASSERT_EQUAL (n_descriptors (), before);
}

static void
a_session_whose_peer_reads_nothing_ends_with_the_world (void)
{
  g_autofree guint8 *bytes = g_malloc0 (MANY_BYTES);
  guint before;

  warm_up ();
  before = n_descriptors ();
  enter ();
  dial ();
  send_text (bench.client.stream, "hello");
  CU_ASSERT (run_until (server_heard_hello));
  refuse ("recv", 0, G_MAXUINT, EAGAIN);
  net_stream_send (bench.server.stream, bytes, MANY_BYTES);
  run_for (50 * NET_MSEC);
  CU_ASSERT (net_stream_pending (bench.server.stream) > 0);
  net_stream_close (bench.server.stream);
  leave ();
  CU_ASSERT_EQUAL (n_descriptors (), before);
}

int
main (void)
{
  return tap_main ("linux-tls", (const TapTest[]){
                                    { "whatever is refused, TLS is to be had, or refused with the reason",
                                      tls_is_to_be_had_or_refused },
                                    { "credentials that are none, or no pair, change nothing",
                                      credentials_that_are_none_change_nothing },
                                    { "bytes travel over TLS, and each end hears of the other's end",
                                      bytes_travel_over_tls_and_each_end_hears_of_the_other_s_end },
                                    { "a session that has no room is refused with the reason",
                                      a_session_that_has_no_room_is_refused_with_the_reason },
                                    { "who closes in the handshake hears nothing of it",
                                      who_closes_in_the_handshake_hears_nothing_of_it },
                                    { "a listener that ends takes no session that was begun",
                                      a_listener_that_ends_takes_no_session_that_was_begun },
                                    { "plain text is no handshake", plain_text_is_no_handshake },
                                    { "no more than 64 handshakes are under way, and all end with the world",
                                      no_more_than_64_handshakes_are_under_way_and_all_end_with_the_world },
                                    { "a session whose peer reads nothing ends with the world",
                                      a_session_whose_peer_reads_nothing_ends_with_the_world },
                                    { NULL } });
}
