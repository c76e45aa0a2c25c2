/* Bounded reading and writing of wire formats: every access says whether the bytes were there.
 * A reader that ran out stays at its place and is marked short; nothing is ever read past the end. */
#pragma once

#include <glib.h>
#include <string.h>

G_BEGIN_DECLS

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
  *value = (guint16) (p[0] << 8 | p[1]);
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
  *value = (guint32) p[0] << 24 | (guint32) p[1] << 16 | (guint32) p[2] << 8 | p[3];
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
  to[0] = (guint8) (value >> 8);
  to[1] = (guint8) value;
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
  to[0] = (guint8) (value >> 24);
  to[1] = (guint8) (value >> 16);
  to[2] = (guint8) (value >> 8);
  to[3] = (guint8) value;
}

static inline void
net_put_be64 (guint8 *to, guint64 value)
{
  net_put_be32 (to, (guint32) (value >> 32));
  net_put_be32 (to + 4, (guint32) value);
}

static inline guint16
net_get_be16 (const guint8 *from)
{
  return (guint16) (from[0] << 8 | from[1]);
}

static inline guint32
net_get_be32 (const guint8 *from)
{
  return (guint32) from[0] << 24 | (guint32) from[1] << 16 | (guint32) from[2] << 8 | from[3];
}

G_END_DECLS
