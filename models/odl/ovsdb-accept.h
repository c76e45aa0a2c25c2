/* Databases that dial us: which of the two kinds each is, found out by asking for its list of databases. */
#pragma once

#include "net/world.h"

G_BEGIN_DECLS

/* For a listener. */
void odl_ovsdb_accept (NetStream *stream, gpointer odl);
void odl_probe_free (gpointer probe);

G_END_DECLS
