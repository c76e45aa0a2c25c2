/* The server's remotes that the configuration names, beside those of the Manager table. */
#pragma once

#include "ovsdb/server.h"

G_BEGIN_DECLS

typedef struct _VtepdRemotes VtepdRemotes;

VtepdRemotes *vtepd_remotes_new (OvsdbServer *server);
/* Ends them. */
void vtepd_remotes_free (VtepdRemotes *remotes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VtepdRemotes, vtepd_remotes_free)

/* Ends what is not among `targets` (of char *), then opens what is new.  Those that cannot be opened are not there
 * afterwards; a sentence for each is added to `mistakes`. */
void vtepd_remotes_set (VtepdRemotes *remotes, const GPtrArray *targets, GPtrArray *mistakes);

G_END_DECLS
