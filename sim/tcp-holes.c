/* Reassembly of TCP segments that arrive out of order. */
#include "sim/tcp-holes.h"

#include <string.h>

/* A window of 65535 bytes holds 45 full segments. */
#define MAXIMUM_PIECES 64u

typedef struct
{
  guint32 sequence;
  guint n;
  guint8 bytes[];
} Piece;

void
sim_tcp_holes_init (SimTcpHoles *holes)
{
  g_queue_init (&holes->pieces);
}

void
sim_tcp_holes_clear (SimTcpHoles *holes)
{
  g_queue_clear_full (&holes->pieces, g_free);
}

/* Sequence numbers wrap: places are compared by their distance from the next byte expected. */
void
sim_tcp_holes_put (SimTcpHoles *holes, guint32 next, guint32 sequence, const guint8 *bytes, guint n)
{
  GList *before = holes->pieces.head;
  Piece *piece;

  if (holes->pieces.length >= MAXIMUM_PIECES)
    return;
  for (; before; before = before->next)
    {
      const Piece *other = before->data;
      if (other->sequence == sequence && other->n >= n)
        return;
      if (other->sequence - next > sequence - next)
        break;
    }
  piece = g_malloc (sizeof *piece + n);
  piece->sequence = sequence;
  piece->n = n;
  memcpy (piece->bytes, bytes, n);
  g_queue_insert_before (&holes->pieces, before, piece);
}

guint32
sim_tcp_holes_take (SimTcpHoles *holes, guint32 next, GByteArray *out)
{
  Piece *piece;

  while ((piece = g_queue_peek_head (&holes->pieces)) && (gint32) (piece->sequence - next) <= 0)
    {
      guint known = next - piece->sequence;

      if (known < piece->n)
        {
          g_byte_array_append (out, piece->bytes + known, piece->n - known);
          next += piece->n - known;
        }
      g_free (g_queue_pop_head (&holes->pieces));
    }
  return next;
}
