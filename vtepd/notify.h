/* Telling the service manager how we are (sd_notify(3)), by its datagrams alone. */
#pragma once

#include "net/world.h"

G_BEGIN_DECLS

typedef struct _VtepdNotify VtepdNotify;

/* Without $NOTIFY_SOCKET nobody is told.  With $WATCHDOG_USEC a sign of life is given twice in its time, from the
 * world's turns: one that hangs gives none. */
VtepdNotify *vtepd_notify_new (NetWorld *world);
void vtepd_notify_free (VtepdNotify *notify);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VtepdNotify, vtepd_notify_free)

/* `status` is a sentence for people. */
void vtepd_notify_ready (VtepdNotify *notify, const char *status);
void vtepd_notify_reloading (VtepdNotify *notify);
void vtepd_notify_stopping (VtepdNotify *notify);

G_END_DECLS
