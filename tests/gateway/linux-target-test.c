/* Targets as text. */
#include "gateway/linux/target.h"
#include "gateway/linux/world.h"
#include "tap.h"

#include <string.h>

static void
check_dial (const char *target, const char *expected)
{
  LinuxAddress address;
  g_autoptr (GError) error = NULL;
  g_autofree char *text
      = linux_target_to_dial (target, &address, &error) ? linux_address_as_peer (&address) : NULL;

  if (g_strcmp0 (text, expected) != 0)
    printf ("# dialling '%s' gives '%s', expected '%s'\n", target, text ? text : error->message,
            expected ? expected : "an error");
  CU_ASSERT (g_strcmp0 (text, expected) == 0);
  CU_ASSERT (expected || g_error_matches (error, LINUX_WORLD_ERROR, LINUX_WORLD_ERROR_TARGET));
}

static void
check_listen (const char *target, const char *expected)
{
  LinuxAddress address;
  g_autoptr (GError) error = NULL;
  g_autofree char *text
      = linux_target_to_listen (target, &address, &error) ? linux_address_as_listener (&address) : NULL;

  if (g_strcmp0 (text, expected) != 0)
    printf ("# listening on '%s' gives '%s', expected '%s'\n", target, text ? text : error->message,
            expected ? expected : "an error");
  CU_ASSERT (g_strcmp0 (text, expected) == 0);
  CU_ASSERT (expected || g_error_matches (error, LINUX_WORLD_ERROR, LINUX_WORLD_ERROR_TARGET));
}

static void
dialling_takes_addresses_and_paths (void)
{
  check_dial ("ssl:1.2.3.4:6640", "ssl:1.2.3.4:6640");
  check_dial ("tcp:10.8.125.20:6640", "tcp:10.8.125.20:6640");
  check_dial ("tcp:[::1]:6640", "tcp:[::1]:6640");
  check_dial ("tcp:[2001:db8:0:0::7]:1", "tcp:[2001:db8::7]:1");
  check_dial ("tcp:[fe80::1%lo]:80", "tcp:[fe80::1%lo]:80");
  check_dial ("tcp:127.0.0.1:65535", "tcp:127.0.0.1:65535");
  check_dial ("unix:/run/db.sock", "unix:/run/db.sock");
  check_dial ("unix:a:b", "unix:a:b");
}

static void
dialling_refuses_the_rest (void)
{
  static const char *const wrong[] = { "",
                                       "tcp",
                                       "tcp:",
                                       "tcp:1.2.3.4",
                                       "tcp:1.2.3.4:",
                                       "tcp:1.2.3.4:0",
                                       "tcp:1.2.3.4:65536",
                                       "tcp:1.2.3.4:+5",
                                       "tcp:1.2.3.4: 5",
                                       "tcp:1.2.3.4:99999999999999999999",
                                       "tcp:1.2.3:80",
                                       "tcp:localhost:80",
                                       "tcp::1:80",
                                       "tcp:[::1:80",
                                       "tcp:[]:80",
                                       "tcp:[1.2.3.4]:80",
                                       "tcp:[fe80::1%no-such-interface]:80",
                                       "unix:",
                                       "ptcp:6640",
                                       "ssl:1.2.3.4",
                                       "pssl:6640",
                                       "TCP:1.2.3.4:80",
                                       "udp:1.2.3.4:80" };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    check_dial (wrong[i], NULL);
}

static void
listening_takes_a_port_and_perhaps_an_address_or_a_path (void)
{
  check_listen ("ptcp:6640", "ptcp:6640:0.0.0.0");
  check_listen ("ptcp:0:127.0.0.1", "ptcp:0:127.0.0.1");
  check_listen ("pssl:6640:127.0.0.1", "pssl:6640:127.0.0.1");
  check_listen ("ptcp:6640:[::]", "ptcp:6640:[::]");
  check_listen ("punix:db.sock", "punix:db.sock");
}

static void
listening_refuses_the_rest (void)
{
  static const char *const wrong[] = { "",           "ptcp",     "ptcp:",         "ptcp:x",
                                       "ptcp:65536", "ptcp:80:", "ptcp:80:1.2.3", "ptcp:80:1.2.3.4:5",
                                       "ptcp:80:::", "punix:",   "pssl:",         "tcp:1.2.3.4:80" };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    check_listen (wrong[i], NULL);
}

static void
a_path_that_no_socket_can_have_is_refused_with_its_length (void)
{
  LinuxAddress address;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_strnfill (108, 'x'), *target = g_strconcat ("punix:", path, NULL);

  CU_ASSERT_FALSE (linux_target_to_listen (target, &address, &error));
  CU_ASSERT (error && strstr (error->message, "at most 107 bytes, this one has 108"));
  target[strlen (target) - 1] = '\0';
  CU_ASSERT (linux_target_to_listen (target, &address, NULL));
}

int
main (void)
{
  return tap_main (
      "linux-target",
      (const TapTest[]){ { "dialling takes addresses and paths", dialling_takes_addresses_and_paths },
                         { "dialling refuses everything else", dialling_refuses_the_rest },
                         { "listening takes a port, perhaps with an address, or a path",
                           listening_takes_a_port_and_perhaps_an_address_or_a_path },
                         { "listening refuses everything else", listening_refuses_the_rest },
                         { "a path that no socket can have is refused with its length",
                           a_path_that_no_socket_can_have_is_refused_with_its_length },
                         { NULL } });
}
