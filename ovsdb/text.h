/* Counted strings: made once, shared by everything that holds them.  The count is not atomic: a database and what was
 * made from it stay in one thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A copy with one reference, without NUL inside; all empty strings are one. */
const char *ovsdb_text_new (const char *text, gsize length);
const char *ovsdb_text_ref (const char *text);
void ovsdb_text_unref (const char *text);

G_END_DECLS
