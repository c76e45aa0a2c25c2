/* Chunks of bytes. */
#include "gateway/linux/outbox.h"

#include <string.h>

/* With malloc's own header below 16 KiB. */
#define CHUNK_BYTES (16384u - 64u)

struct _LinuxChunk
{
  LinuxChunk *next;
  gsize start, end, size;
  guint8 bytes[];
};

static LinuxChunk *
add_chunk (LinuxOutbox *outbox, gsize at_least)
{
  gsize size = MAX (at_least, CHUNK_BYTES);
  LinuxChunk *chunk = g_malloc (sizeof *chunk + size);

  *chunk = (LinuxChunk){ .size = size };
  if (outbox->tail)
    outbox->tail->next = chunk;
  else
    outbox->head = chunk;
  outbox->tail = chunk;
  return chunk;
}

void
linux_outbox_add (LinuxOutbox *outbox, const guint8 *bytes, gsize n)
{
  LinuxChunk *chunk = outbox->tail;

  if (n == 0)
    return;
  if (!chunk || n > chunk->size - chunk->end)
    chunk = add_chunk (outbox, n);
  memcpy (chunk->bytes + chunk->end, bytes, n);
  chunk->end += n;
  outbox->n += n;
}

guint
linux_outbox_front (const LinuxOutbox *outbox, struct iovec *parts, guint most)
{
  guint n = 0;

  for (LinuxChunk *chunk = outbox->head; chunk && n < most; chunk = chunk->next)
    parts[n++]
        = (struct iovec){ .iov_base = chunk->bytes + chunk->start, .iov_len = chunk->end - chunk->start };
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
      g_free (chunk);
    }
  if (n)
    outbox->head->start += n;
}

void
linux_outbox_clear (LinuxOutbox *outbox)
{
  linux_outbox_drop (outbox, outbox->n);
}
