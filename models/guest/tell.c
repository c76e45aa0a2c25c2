/* State records of a host. */
#include "models/guest/tell.h"

void
guest_tell (NetWorld *world, const char *table, const char *op, const char *key, const char *json_format, ...)
{
  g_autofree char *json = NULL;
  va_list arguments;

  if (!world->detail)
    return;
  va_start (arguments, json_format);
  json = g_strdup_vprintf (json_format, arguments);
  va_end (arguments);
  net_world_state (world, &(NetState){ .table = table, .op = op, .key = key, .json = json });
}
