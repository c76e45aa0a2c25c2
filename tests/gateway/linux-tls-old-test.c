/* GIO reads what TLS may be when its first connection is made; a program that had one before could have let anything
 * through.  So each session's version is looked at once more: here GIO was told that TLS 1.1 is all there is. */
#include "linux-bench.h"
#include "linux-tls-pair.h"

#include <gio/gio.h>
#include <string.h>

static void
a_session_of_an_old_version_is_refused (void)
{
  g_autofree char *ca_path = temporary_path ("ca.pem");

  g_setenv ("G_TLS_GNUTLS_PRIORITY", "NORMAL:%COMPAT:-VERS-ALL:+VERS-TLS1.1", TRUE);
  g_type_class_ref (g_tls_backend_get_client_connection_type (g_tls_backend_get_default ()));
  CU_ASSERT (g_file_set_contents (ca_path, TLS_CERTIFICATE, -1, NULL));
  setup_world ();
  CU_ASSERT (linux_world_set_tls (bench.world,
                                  &(LinuxTlsFiles){ .certificate_pem = TLS_CERTIFICATE,
                                                    .private_key_pem = TLS_KEY,
                                                    .certificate_path = "a.pem",
                                                    .private_key_path = "b.key",
                                                    .ca_path = ca_path },
                                  NULL));
  setup_listener ("pssl:0:127.0.0.1");
  dial ();
  CU_ASSERT (run_until (client_over));
  CU_ASSERT_STRING_EQUAL (bench.client.heard->str, "closed: the other end speaks no TLS 1.2 or later ");
  CU_ASSERT_EQUAL (bench.n_accepted, 0);
  teardown ();
  remove_path (ca_path);
}

int
main (void)
{
  return tap_main ("linux-tls-old", (const TapTest[]){ { "a session of an old version is refused",
                                                         a_session_of_an_old_version_is_refused },
                                                       { NULL } });
}
