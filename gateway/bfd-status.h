/* What a BFD session has come to, in the words of the databases and of the trace. */
#pragma once

#include "gateway/bfd.h"
#include "net/world.h"
#include "ovsdb/row.h"

#include <jansson.h>

G_BEGIN_DECLS

gboolean vtep_bfd_status_equal (const VtepBfdStatus *a, const VtepBfdStatus *b);

/* The keys that bfd_status of a Tunnel (hardware_vtep) and of an Interface (Open_vSwitch) have in common: state,
 * forwarding, diagnostic, remote_state, remote_diagnostic.  A plain object of strings, the caller's. */
json_t *vtep_bfd_status_map (const VtepBfdStatus *status);
/* Whether the row's column, a map of strings, is this object. */
gboolean vtep_bfd_status_is_said (const OvsdbRow *row, const char *column, json_t *map);

/* A state record "bfd" of that key, where somebody listens. */
void vtep_bfd_status_tell (NetWorld *world, const char *key, const VtepBfdStatus *status);

G_END_DECLS
