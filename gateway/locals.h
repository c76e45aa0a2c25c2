/* Locally learned MACs over time: learning, ageing, and their end with a place or a written remote row.  Callers say
 * what happened; the MAC table, the trace and the reporter hear of it from here alone. */
#pragma once

#include "gateway/decide.h"
#include "gateway/faults.h"
#include "net/world.h"

G_BEGIN_DECLS

typedef struct _VtepLocals VtepLocals;

/* A MAC became local, or is local no more. */
typedef void (*VtepLocalsChanged) (VtepKey key, gpointer user);

/* All borrowed; port_names are for the trace. */
VtepLocals *vtep_locals_new (NetWorld *world, VtepTables *tables, VtepFaults *faults,
                             const char *const *port_names, VtepLocalsChanged changed, gpointer user);
void vtep_locals_free (VtepLocals *locals);

/* A frame whose source is to be learned was decided upon. */
void vtep_locals_seen (VtepLocals *locals, const VtepActions *actions);

/* The place is about to be unbound or bound elsewhere, or with VTEP_VLAN_ANY the port lost its carrier. */
void vtep_locals_place_gone (VtepLocals *locals, VtepPlace place);

/* A remote row was written for the MAC: its local place, if it has one, yields. */
void vtep_locals_yield (VtepLocals *locals, VtepKey key);

/* The table may be kept for another age or another number. */
void vtep_locals_configured (VtepLocals *locals);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VtepLocals, vtep_locals_free)

G_END_DECLS
