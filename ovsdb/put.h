/* Text put to the end of a GString: where there is room, as there mostly is, without a call.  A transaction of one row
 * writes some fifty pieces: answer, record of the journal, update of each kind of monitor. */
#pragma once

#include "ovsdb/uuid.h"

#include <string.h>

G_BEGIN_DECLS

static inline void
ovsdb_put (GString *to, const char *text, gsize n)
{
  if (G_UNLIKELY (n >= to->allocated_len - to->len))
    {
      g_string_append_len (to, text, (gssize) n);
      return;
    }
  memcpy (to->str + to->len, text, n);
  to->len += n;
  to->str[to->len] = '\0';
}

#define OVSDB_PUT(to, literal) ovsdb_put ((to), "" literal, sizeof (literal) - 1)

static inline void
ovsdb_put_text (GString *to, const char *text)
{
  ovsdb_put (to, text, strlen (text));
}

static inline void
ovsdb_put_uuid (GString *to, const OvsdbUuid *uuid)
{
  char text[OVSDB_UUID_TEXT];

  ovsdb_put (to, ovsdb_uuid_format (uuid, text), OVSDB_UUID_TEXT - 1);
}

/* "name": of a table or column, whose names need no escapes (RFC 7047 §3.1, <id>). */
static inline void
ovsdb_put_member (GString *to, const char *name)
{
  OVSDB_PUT (to, "\"");
  ovsdb_put_text (to, name);
  OVSDB_PUT (to, "\":");
}

G_END_DECLS
