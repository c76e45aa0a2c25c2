/* UUIDs: 16 bytes whose byte order is their text's order. */
#pragma once

#include "net/world.h"

#include <string.h>

G_BEGIN_DECLS

typedef struct
{
  guint8 octet[16];
} OvsdbUuid;

#define OVSDB_UUID_TEXT 37 /* NUL included */

static inline gint
ovsdb_uuid_compare (const OvsdbUuid *a, const OvsdbUuid *b)
{
  return memcmp (a, b, sizeof *a);
}

static inline gboolean
ovsdb_uuid_equal (const OvsdbUuid *a, const OvsdbUuid *b)
{
  return ovsdb_uuid_compare (a, b) == 0;
}

/* Version 4 (RFC 4122 §4.4), from the world's chance. */
OvsdbUuid ovsdb_uuid_random (NetWorld *world);
/* Strict: 36 characters, hexadecimal digits in either case.  FALSE leaves *out alone. */
gboolean ovsdb_uuid_from_text (const char *text, OvsdbUuid *out);
/* Lower case, written to `text`, which is returned. */
const char *ovsdb_uuid_format (const OvsdbUuid *uuid, char text[OVSDB_UUID_TEXT]);

G_END_DECLS
