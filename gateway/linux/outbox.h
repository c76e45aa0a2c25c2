/* Bytes that wait to be written: a list of chunks, filled at the end and emptied at the front without moving bytes.
 * Long ones that others are sent too are not copied: a chunk refers to them. */
#pragma once

#include <glib.h>
#include <sys/uio.h>

G_BEGIN_DECLS

typedef struct _LinuxChunk LinuxChunk;

/* All zero is empty. */
typedef struct
{
  LinuxChunk *head, *tail;
  gsize n; /* bytes */
} LinuxOutbox;

void linux_outbox_add (LinuxOutbox *outbox, const guint8 *bytes, gsize n);
/* Keeps a reference, unless a copy is cheaper. */
void linux_outbox_add_shared (LinuxOutbox *outbox, GBytes *bytes);
/* The first chunks, as writev() takes them; returns how many of `most` were filled. */
guint linux_outbox_front (const LinuxOutbox *outbox, struct iovec *parts, guint most);
/* `n` bytes at the front have been written. */
void linux_outbox_drop (LinuxOutbox *outbox, gsize n);
void linux_outbox_clear (LinuxOutbox *outbox);

G_END_DECLS
