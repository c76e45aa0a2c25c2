/* Reading pcapng's numbers in the byte order of a section, and its options (§3.5), inside bounds.  Private to
 * sim/. */
#pragma once

#include "net/cursor.h"
#include "sim/pcapng-format.h"

G_BEGIN_DECLS

typedef struct
{
  NetCursor cursor;
  gboolean big_endian;
} PcapngBytes;

static inline guint16
pcapng_get_u16 (const guint8 *at, gboolean big_endian)
{
  return big_endian ? net_get_be16 (at) : (guint16) (at[1] << 8 | at[0]);
}

static inline guint32
pcapng_get_u32 (const guint8 *at, gboolean big_endian)
{
  return big_endian ? net_get_be32 (at) : GUINT32_SWAP_LE_BE (net_get_be32 (at));
}

static inline guint64
pcapng_get_u64 (const guint8 *at, gboolean big_endian)
{
  guint64 first = pcapng_get_u32 (at, big_endian), second = pcapng_get_u32 (at + 4, big_endian);
  return big_endian ? first << 32 | second : second << 32 | first;
}

static inline gboolean
pcapng_u16 (PcapngBytes *bytes, guint16 *value)
{
  const guint8 *at = net_cursor_take (&bytes->cursor, 2);
  if (at)
    *value = pcapng_get_u16 (at, bytes->big_endian);
  return at != NULL;
}

static inline gboolean
pcapng_u32 (PcapngBytes *bytes, guint32 *value)
{
  const guint8 *at = net_cursor_take (&bytes->cursor, 4);
  if (at)
    *value = pcapng_get_u32 (at, bytes->big_endian);
  return at != NULL;
}

/* `n` bytes that are followed by padding to a multiple of four; NULL when they are not all there. */
static inline const guint8 *
pcapng_padded (PcapngBytes *bytes, gsize n)
{
  const guint8 *at = net_cursor_take (&bytes->cursor, n);
  return at && net_cursor_take (&bytes->cursor, -n & 3) ? at : NULL;
}

typedef struct
{
  guint16 code;
  const guint8 *bytes;
  gsize n;
} PcapngOption;

typedef enum
{
  PCAPNG_OPTION_NONE, /* the end: opt_endofopt, or nothing is left */
  PCAPNG_OPTION_READ,
  PCAPNG_OPTION_BROKEN /* it is longer than what is left */
} PcapngOptionResult;

static inline PcapngOptionResult
pcapng_next_option (PcapngBytes *bytes, PcapngOption *option)
{
  guint16 n;

  if (net_cursor_left (&bytes->cursor) == 0)
    return PCAPNG_OPTION_NONE;
  if (!pcapng_u16 (bytes, &option->code) || !pcapng_u16 (bytes, &n))
    return PCAPNG_OPTION_BROKEN;
  if (option->code == PCAPNG_OPT_END)
    return PCAPNG_OPTION_NONE;
  option->n = n;
  option->bytes = pcapng_padded (bytes, n);
  return option->bytes ? PCAPNG_OPTION_READ : PCAPNG_OPTION_BROKEN;
}

G_END_DECLS
