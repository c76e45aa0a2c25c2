/* Appending numbers in network byte order to a growing message; for this library's encoders. */
#pragma once

#include "net/cursor.h"

static inline void
openflow_put_bytes (GByteArray *out, gconstpointer bytes, gsize n)
{
  g_byte_array_append (out, bytes, (guint) n);
}

static inline void
openflow_put_zero (GByteArray *out, guint n)
{
  guint at = out->len;
  g_byte_array_set_size (out, at + n);
  memset (out->data + at, 0, n);
}

static inline void
openflow_put_u8 (GByteArray *out, guint8 value)
{
  g_byte_array_append (out, &value, 1);
}

static inline void
openflow_put_u16 (GByteArray *out, guint value)
{
  guint8 bytes[2];
  net_put_be16 (bytes, value);
  g_byte_array_append (out, bytes, sizeof bytes);
}

static inline void
openflow_put_u32 (GByteArray *out, guint32 value)
{
  guint8 bytes[4];
  net_put_be32 (bytes, value);
  g_byte_array_append (out, bytes, sizeof bytes);
}

static inline void
openflow_put_u64 (GByteArray *out, guint64 value)
{
  guint8 bytes[8];
  net_put_be64 (bytes, value);
  g_byte_array_append (out, bytes, sizeof bytes);
}

/* Zeros up to a multiple of 8 bytes from `begin`. */
static inline void
openflow_put_padding (GByteArray *out, guint begin)
{
  openflow_put_zero (out, (8 - (out->len - begin) % 8) % 8);
}

/* Writes the 16-bit length of what began at `begin` into its bytes at `begin + at`. */
static inline void
openflow_put_length (GByteArray *out, guint begin, guint at)
{
  net_put_be16 (out->data + begin + at, out->len - begin);
}

/* A text field of fixed size: cut to leave a NUL, padded with zeros. */
static inline void
openflow_put_text (GByteArray *out, const char *text, guint size)
{
  gsize n = MIN (strlen (text), (gsize) size - 1);
  openflow_put_bytes (out, text, n);
  openflow_put_zero (out, size - (guint) n);
}
