/* The one part of the seam that needs code: formatting a log line. */
#include "net/world.h"

void
net_world_log (NetWorld *world, NetLogLevel level, const char *module, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  world->klass->log (world, level, module, message);
}
