/* A NetWorld over real sockets and files, for outside judges in tests: one thread, poll(2).  It knows unix: and punix:
 * (paths), tcp: and ptcp: (IPv4). */
#pragma once

#include "net/world.h"

typedef struct _SocketWorld SocketWorld;

/* Storage names are file names in `directory`. */
SocketWorld *socket_world_new (const char *directory);
NetWorld *socket_world (SocketWorld *world);
/* Serves until socket_world_stop(). */
void socket_world_run (SocketWorld *world);
/* Allowed in a signal handler. */
void socket_world_stop (SocketWorld *world);
void socket_world_free (SocketWorld *world);
