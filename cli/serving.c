/* A world for servers in the foreground. */
#include "cli/serving.h"

#include <stdio.h>

static void
on_listening (LinuxWorld *world, const char *target, gpointer user)
{
  (void) world;
  (void) user;
  g_print ("listening on %s\n", target);
  fflush (stdout);
}

static void
on_signal (LinuxWorld *world, int signal, gpointer user)
{
  (void) signal;
  (void) user;
  linux_world_quit (world);
}

LinuxWorld *
cli_serving_world (GError **error)
{
  const LinuxWorldConfig config = { .log_level = NET_LOG_INFO, .listening = on_listening };
  g_autoptr (LinuxWorld) world = linux_world_new (&config, error);

  if (!world || !linux_world_catch_signals (world, on_signal, NULL, error))
    return NULL;
  return g_steal_pointer (&world);
}
