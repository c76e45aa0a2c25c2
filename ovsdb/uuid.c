/* UUIDs as text, and new ones. */
#include "ovsdb/uuid.h"

OvsdbUuid
ovsdb_uuid_random (NetWorld *world)
{
  OvsdbUuid uuid;
  net_world_random (world, uuid.octet, sizeof uuid.octet);
  uuid.octet[6] = (guint8) ((uuid.octet[6] & 0x0f) | 0x40);
  uuid.octet[8] = (guint8) ((uuid.octet[8] & 0x3f) | 0x80);
  return uuid;
}

/* The hyphens stand before these octets. */
static gboolean
hyphen_before (guint octet)
{
  return octet == 4 || octet == 6 || octet == 8 || octet == 10;
}

/* -1: none.  A message of a batch has thousands of them: no call for each. */
static inline int
hex_digit (char c)
{
  if (c >= '0' && c <= '9')
    return c - '0';
  c = (char) (c | 0x20);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

gboolean
ovsdb_uuid_from_text (const char *text, OvsdbUuid *out)
{
  OvsdbUuid uuid;

  for (guint i = 0; i < 16; i++)
    {
      int high, low;
      if (hyphen_before (i) && *text++ != '-')
        return FALSE;
      high = hex_digit (text[0]);
      low = high < 0 ? -1 : hex_digit (text[1]);
      if (low < 0)
        return FALSE;
      uuid.octet[i] = (guint8) (high << 4 | low);
      text += 2;
    }
  if (*text != '\0')
    return FALSE;
  *out = uuid;
  return TRUE;
}

const char *
ovsdb_uuid_format (const OvsdbUuid *uuid, char text[OVSDB_UUID_TEXT])
{
  static const char digits[] = "0123456789abcdef";
  char *to = text;

  for (guint i = 0; i < 16; i++)
    {
      if (hyphen_before (i))
        *to++ = '-';
      *to++ = digits[uuid->octet[i] >> 4];
      *to++ = digits[uuid->octet[i] & 0x0f];
    }
  *to = '\0';
  return text;
}
