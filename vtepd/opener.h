/* A small process that keeps the right to open what the daemon, once it has given up its own, may want to open anew:
 * packet sockets, and a few files that were named when it began.  It decides nothing else and talks to nobody else.
 *
 * The protocol: one byte asks, 0 for a packet socket, N for the Nth file; the answer is one byte, an errno, and with 0
 * the descriptor. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _VtepdOpener VtepdOpener;

/* Begins it; call while there is one thread.  `files` (of char *; NULL members are left out) are those it may read. */
VtepdOpener *vtepd_opener_new (const char *const *files, guint n_files, GError **error);
/* It ends. */
void vtepd_opener_free (VtepdOpener *opener);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VtepdOpener, vtepd_opener_free)

/* -1 with errno. */
int vtepd_opener_packet_socket (VtepdOpener *opener);

/* The content of a file: read by this process, or else, when it is one of those named, with the opener's help.  The
 * opener may be NULL. */
gboolean vtepd_opener_read (VtepdOpener *opener, const char *path, gsize most_bytes, char **text,
                            gsize *length, GError **error);

G_END_DECLS
