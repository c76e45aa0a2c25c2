/* Chunks of bytes. */
#include "gateway/linux/outbox.h"

#include <string.h>

/* With malloc's own header below 4 KiB. */
#define CHUNK_BYTES  (4096u - 64u)
#define SHARED_LEAST 2048u

struct _LinuxChunk
{
  LinuxChunk *next;
  const guint8 *bytes;
  gsize start, end, size; /* of `bytes`: what waits, and how far there is room */
  GBytes *shared;         /* whose the bytes are; NULL: they are in `room` */
  guint8 room[];
};

static LinuxChunk *
add_chunk (LinuxOutbox *outbox, gsize size)
{
  LinuxChunk *chunk = g_malloc (sizeof *chunk + size);

  *chunk = (LinuxChunk){ .bytes = chunk->room, .size = size };
  if (outbox->tail)
    outbox->tail->next = chunk;
  else
    outbox->head = chunk;
  outbox->tail = chunk;
  return chunk;
}

static void
free_chunk (LinuxChunk *chunk)
{
  if (chunk->shared)
    g_bytes_unref (chunk->shared);
  g_free (chunk);
}

void
linux_outbox_add (LinuxOutbox *outbox, const guint8 *bytes, gsize n)
{
  LinuxChunk *chunk = outbox->tail;

  if (n == 0)
    return;
  if (!chunk || n > chunk->size - chunk->end)
    chunk = add_chunk (outbox, MAX (n, CHUNK_BYTES));
  memcpy (chunk->room + chunk->end, bytes, n);
  chunk->end += n;
  outbox->n += n;
}

void
linux_outbox_add_shared (LinuxOutbox *outbox, GBytes *bytes)
{
  gsize n;
  const guint8 *at = g_bytes_get_data (bytes, &n);
  LinuxChunk *chunk;

  if (n < SHARED_LEAST)
    {
      linux_outbox_add (outbox, at, n);
      return;
    }
  chunk = add_chunk (outbox, 0);
  chunk->bytes = at;
  chunk->end = chunk->size = n;
  chunk->shared = g_bytes_ref (bytes);
  outbox->n += n;
}

guint
linux_outbox_front (const LinuxOutbox *outbox, struct iovec *parts, guint most)
{
  guint n = 0;

  for (LinuxChunk *chunk = outbox->head; chunk && n < most; chunk = chunk->next)
    parts[n++] = (struct iovec){ .iov_base = (gpointer) (chunk->bytes + chunk->start),
                                 .iov_len = chunk->end - chunk->start };
  return n;
}

void
linux_outbox_drop (LinuxOutbox *outbox, gsize n)
{
  outbox->n -= n;
  while (outbox->head && n >= outbox->head->end - outbox->head->start)
    {
      LinuxChunk *chunk = outbox->head;
      n -= chunk->end - chunk->start;
      outbox->head = chunk->next;
      if (!outbox->head)
        outbox->tail = NULL;
      free_chunk (chunk);
    }
  if (n)
    outbox->head->start += n;
}

void
linux_outbox_clear (LinuxOutbox *outbox)
{
  linux_outbox_drop (outbox, outbox->n);
}
