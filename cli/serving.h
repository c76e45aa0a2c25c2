/* What the subcommands that serve real sockets have in common: a world of Linux that says on stdout where it listens,
 * and ends its run on SIGTERM, SIGINT or SIGHUP. */
#pragma once

#include "gateway/linux/world.h"

G_BEGIN_DECLS

/* NULL with an error when the kernel refuses what a world stands on. */
LinuxWorld *cli_serving_world (GError **error);

G_END_DECLS
