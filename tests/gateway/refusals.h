/* System calls, and libpcap's, that fail when a test says so: the linker puts the functions here before the real ones
 * for all that the test's program itself calls (--wrap; the names are in meson.build). */
#pragma once

#include <glib.h>

/* Nothing under test has words of its own for this one. */
#define REFUSAL_ERROR EXFULL

/* From now on all calls go through. */
void refusals_end (void);
/* The nth call of all from now on, 0 the next, fails with REFUSAL_ERROR. */
void refuse_nth (guint nth);
/* `n` calls of this name fail with this error, after `skipped` that go through. */
void refuse (const char *call, guint skipped, guint n, int error);
/* When those have failed, one more does after `skipped` that go through. */
void refuse_once_more (guint skipped);
/* The next recv() gets these bytes instead of what is there; they are borrowed until then. */
void refusals_feed (gconstpointer bytes, gsize n);
/* What was called last when it was refused; NULL: nothing was refused. */
const char *refused_call (void);

/* Does something, and undoes it.  FALSE with an error: it could not be done. */
typedef gboolean (*RefusedFunc) (GError **error);

/* Whatever call is refused while `what` goes on: it succeeds all the same, or its error says why the kernel refused;
 * and it leaves no descriptor open.  At least `least` calls must have been refused in turn, one a round. */
void check_each_refusal (const char *name, RefusedFunc what, guint least);

/* How many descriptors are open. */
guint n_descriptors (void);
