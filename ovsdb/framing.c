/* Matching brackets outside strings. */
#include "ovsdb/framing.h"

#include <string.h>

void
ovsdb_framer_init (OvsdbFramer *framer, gsize max_bytes, guint max_depth)
{
  *framer = (OvsdbFramer){ .max_bytes = max_bytes,
                           .max_depth = max_depth,
                           .kept = g_string_new (NULL),
                           .closers = g_malloc (max_depth) };
}

void
ovsdb_framer_clear (OvsdbFramer *framer)
{
  if (framer->kept)
    g_string_free (framer->kept, TRUE);
  framer->kept = NULL;
  g_clear_pointer (&framer->closers, g_free);
}

/* A string's end, or the end of the bytes. */
static const guint8 *
skip_string (OvsdbFramer *framer, const guint8 *at, const guint8 *end)
{
  for (; at < end; at++)
    if (framer->escaped)
      framer->escaped = FALSE;
    else if (*at == '\\')
      framer->escaped = TRUE;
    else if (*at == '"')
      {
        framer->in_string = FALSE;
        return at + 1;
      }
  return at;
}

/* The place behind the closing bracket, NULL when it has not come; *why is set when it cannot. */
static const guint8 *
find_end (OvsdbFramer *framer, const guint8 *at, const guint8 *end, const char **why)
{
  while (at < end)
    {
      if (framer->in_string)
        {
          at = skip_string (framer, at, end);
          continue;
        }
      switch (*at++)
        {
        case '"':
          framer->in_string = TRUE;
          break;
        case '[':
        case '{':
          if (framer->depth == framer->max_depth)
            return *why = "the message is nested too deeply", NULL;
          framer->closers[framer->depth++] = at[-1] == '[' ? ']' : '}';
          break;
        case ']':
        case '}':
          if (framer->closers[--framer->depth] != at[-1])
            return *why = "it sent malformed JSON", NULL;
          if (framer->depth == 0)
            return at;
          break;
        default:
          break;
        }
    }
  return NULL;
}

static gboolean
is_space (guint8 c)
{
  return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* A buffer that grew for one large message is not kept for ever. */
static void
forget_kept (OvsdbFramer *framer)
{
  if (framer->kept->allocated_len > 65536)
    {
      g_string_free (framer->kept, TRUE);
      framer->kept = g_string_new (NULL);
    }
  g_string_truncate (framer->kept, 0);
}

OvsdbFrame
ovsdb_framer_next (OvsdbFramer *framer, const guint8 **bytes, gsize *n, const char **text, gsize *length,
                   const char **why)
{
  const guint8 *begin = *bytes, *end = begin + *n, *close;

  *why = NULL;
  if (framer->depth == 0)
    {
      forget_kept (framer);
      while (begin < end && is_space (*begin))
        begin++;
      if (begin < end && *begin != '{' && *begin != '[')
        {
          *why = "a message must be a JSON object or array";
          return OVSDB_FRAME_WRONG;
        }
    }
  close = find_end (framer, begin, end, why);
  if (framer->kept->len + (gsize) ((close ? close : end) - begin) > framer->max_bytes)
    *why = "the message is too long";
  if (*why)
    return OVSDB_FRAME_WRONG;
  *bytes = close ? close : end;
  *n = (gsize) (end - *bytes);
  if (!close || framer->kept->len)
    g_string_append_len (framer->kept, (const char *) begin, (gssize) ((close ? close : end) - begin));
  if (!close)
    return OVSDB_FRAME_MORE;
  *text = framer->kept->len ? framer->kept->str : (const char *) begin;
  *length = framer->kept->len ? framer->kept->len : (gsize) (close - begin);
  return OVSDB_FRAME_TEXT;
}
