/* The files that TLS needs, read into the world. */
#pragma once

#include "gateway/linux/world.h"
#include "vtepd/opener.h"
#include "vtepd/settings.h"

G_BEGIN_DECLS

/* Reads them (again), with the opener's help if it is not NULL.  TRUE also when the configuration names none.  FALSE
 * leaves what was before. */
gboolean
vtepd_credentials_load (LinuxWorld *world, const VtepdConfig *config, VtepdOpener *opener, GError **error);

G_END_DECLS
