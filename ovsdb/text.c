/* Counted strings.  Their length is not kept: with it, a MAC's text would take malloc's next size, and databases hold
 * a hundred thousand of them. */
#include "ovsdb/text.h"

#include <string.h>

typedef struct
{
  guint32 ref_count;
  char text[];
} Counted;

/* Never counted, so that threads may share it. */
static const struct
{
  guint32 ref_count;
  char text[4];
} empty = { 1, "" };

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
  counted = g_malloc (offsetof (Counted, text) + length + 1);
  counted->ref_count = 1;
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
