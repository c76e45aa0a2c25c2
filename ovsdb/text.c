/* Counted strings. */
#include "ovsdb/text.h"

#include <string.h>

typedef struct
{
  guint32 ref_count;
  guint32 length;
  char text[];
} Counted;

/* Never counted, so that threads may share it. */
static const struct
{
  guint32 ref_count;
  guint32 length;
  char text[8];
} empty = { 1, 0, "" };

static Counted *
counted_of (const char *text)
{
  return (Counted *) (gpointer) (text - offsetof (Counted, text));
}

const char *
ovsdb_text_new (const char *text, gsize length)
{
  Counted *counted;

  if (length == 0)
    return empty.text;
  g_assert (length < G_MAXUINT32);
  counted = g_malloc (offsetof (Counted, text) + length + 1);
  counted->ref_count = 1;
  counted->length = (guint32) length;
  memcpy (counted->text, text, length);
  counted->text[length] = '\0';
  return counted->text;
}

const char *
ovsdb_text_ref (const char *text)
{
  if (text != empty.text)
    counted_of (text)->ref_count++;
  return text;
}

void
ovsdb_text_unref (const char *text)
{
  if (text != empty.text && --counted_of (text)->ref_count == 0)
    g_free (counted_of (text));
}

gsize
ovsdb_text_length (const char *text)
{
  return counted_of (text)->length;
}
