/* Where one JSON text ends and the next begins in a byte stream (RFC 7047 §4: nothing but the texts' own brackets
 * says so).  Bytes may come in any pieces; what exceeds the limits is refused before it is kept. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  gsize max_bytes;
  guint max_depth;
  GString *kept; /* the beginning of a text whose end has not come */
  guint depth;
  guint8 *closers; /* for each open bracket, the one that closes it */
  gboolean in_string, escaped;
} OvsdbFramer;

void ovsdb_framer_init (OvsdbFramer *framer, gsize max_bytes, guint max_depth);
void ovsdb_framer_clear (OvsdbFramer *framer);

typedef enum
{
  OVSDB_FRAME_MORE, /* all bytes were taken; the text goes on */
  OVSDB_FRAME_TEXT, /* *text is an array or object from its opening to its closing bracket, borrowed until the next call */
  OVSDB_FRAME_WRONG, /* not a text of the protocol, or beyond a limit; the stream is of no more use */
} OvsdbFrame;

/* Takes bytes from *bytes, *n up to the end of the next text. */
OvsdbFrame ovsdb_framer_next (OvsdbFramer *framer, const guint8 **bytes, gsize *n, const char **text,
                              gsize *length, const char **why);

G_END_DECLS
