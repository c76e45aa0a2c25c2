/* Where the daemon's messages go: the journal, with fields that can be asked for, when stderr leads there; else lines
 * on stderr. */
#pragma once

#include "net/world.h"

G_BEGIN_DECLS

typedef struct _VtepdLog VtepdLog;

/* `switch_name` is in every message. */
VtepdLog *vtepd_log_new (const char *switch_name);
void vtepd_log_free (VtepdLog *log);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VtepdLog, vtepd_log_free)

/* One message, a line without its end. */
void vtepd_log_write (VtepdLog *log, NetLogLevel level, const char *module, const char *message);

G_END_DECLS
