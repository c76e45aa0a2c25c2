/* Names of addresses, as the trace's name records give them.  Knows text, not protocols. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _VizNames VizNames;

VizNames *viz_names_new (void);
void viz_names_free (VizNames *names);
/* `address` in canonical text (net/address.h).  The name given last counts. */
void viz_names_add (VizNames *names, const char *address, const char *name);
/* The name, or the address itself when it has none or `names` is NULL. */
const char *viz_names_of (const VizNames *names, const char *address);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VizNames, viz_names_free)

G_END_DECLS
