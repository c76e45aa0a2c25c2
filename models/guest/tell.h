/* State records of a host, formatted only where somebody reads them. */
#pragma once

#include "net/world.h"

G_BEGIN_DECLS

/* json_format gives the object with the details; no newlines; texts that enter it must need no escapes. */
void guest_tell (NetWorld *world, const char *table, const char *op, const char *key, const char *json_format,
                 ...) G_GNUC_PRINTF (5, 6);

G_END_DECLS
