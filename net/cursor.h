/* Bounded reading and writing of wire formats: every access says whether the bytes were there.
 * A reader that ran out stays at its place and is marked short; nothing is ever read past the end. */
#pragma once

#include <glib.h>
#include <string.h>

G_BEGIN_DECLS

/* Whole loads and stores: a compiler that sees bytes may make vectors of them. */
static inline guint16
net_get_be16 (const guint8 *from)
{
  guint16 value;
  memcpy (&value, from, sizeof value);
  return GUINT16_FROM_BE (value);
}

static inline guint32
net_get_be32 (const guint8 *from)
{
  guint32 value;
  memcpy (&value, from, sizeof value);
  return GUINT32_FROM_BE (value);
}

typedef struct
{
  const guint8 *at, *end;
} NetCursor;

static inline NetCursor
net_cursor (const guint8 *bytes, gsize length)
{
  return (NetCursor){ .at = bytes, .end = bytes + length };
}

static inline gsize
net_cursor_left (const NetCursor *cursor)
{
  return (gsize) (cursor->end - cursor->at);
}

/* The next `n` bytes, or NULL when fewer are left. */
static inline const guint8 *
net_cursor_take (NetCursor *cursor, gsize n)
{
  const guint8 *at = cursor->at;
  if (net_cursor_left (cursor) < n)
    return NULL;
  cursor->at += n;
  return at;
}

static inline gboolean
net_cursor_u8 (NetCursor *cursor, guint8 *value)
{
  const guint8 *p = net_cursor_take (cursor, 1);
  if (!p)
    return FALSE;
  *value = p[0];
  return TRUE;
}

static inline gboolean
net_cursor_be16 (NetCursor *cursor, guint16 *value)
{
  const guint8 *p = net_cursor_take (cursor, 2);
  if (!p)
    return FALSE;
  *value = net_get_be16 (p);
  return TRUE;
}

static inline gboolean
net_cursor_be24 (NetCursor *cursor, guint32 *value)
{
  const guint8 *p = net_cursor_take (cursor, 3);
  if (!p)
    return FALSE;
  *value = (guint32) p[0] << 16 | (guint32) p[1] << 8 | p[2];
  return TRUE;
}

static inline gboolean
net_cursor_be32 (NetCursor *cursor, guint32 *value)
{
  const guint8 *p = net_cursor_take (cursor, 4);
  if (!p)
    return FALSE;
  *value = net_get_be32 (p);
  return TRUE;
}

static inline gboolean
net_cursor_be64 (NetCursor *cursor, guint64 *value)
{
  guint32 high, low;
  NetCursor probe = *cursor;
  if (!net_cursor_be32 (&probe, &high) || !net_cursor_be32 (&probe, &low))
    return FALSE;
  *cursor = probe;
  *value = (guint64) high << 32 | low;
  return TRUE;
}

static inline gboolean
net_cursor_copy (NetCursor *cursor, gpointer to, gsize n)
{
  const guint8 *p = net_cursor_take (cursor, n);
  if (!p)
    return FALSE;
  memcpy (to, p, n);
  return TRUE;
}

/* Writing: the caller sized the buffer, so these only store. */
static inline void
net_put_be16 (guint8 *to, guint value)
{
  guint16 bytes = GUINT16_TO_BE ((guint16) value);
  memcpy (to, &bytes, sizeof bytes);
}

static inline void
net_put_be24 (guint8 *to, guint32 value)
{
  to[0] = (guint8) (value >> 16);
  to[1] = (guint8) (value >> 8);
  to[2] = (guint8) value;
}

static inline void
net_put_be32 (guint8 *to, guint32 value)
{
  value = GUINT32_TO_BE (value);
  memcpy (to, &value, sizeof value);
}

static inline void
net_put_be64 (guint8 *to, guint64 value)
{
  value = GUINT64_TO_BE (value);
  memcpy (to, &value, sizeof value);
}

G_END_DECLS
