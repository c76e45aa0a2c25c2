/* Bytes as decisions, and the end of a run that broke a rule. */
#include "fuzz.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
fuzz_broken (const char *file, int line, const char *rule, ...)
{
  va_list args;

  fprintf (stderr, "%s:%d: a rule is broken: ", file, line);
  va_start (args, rule);
  vfprintf (stderr, rule, args);
  va_end (args);
  fputc ('\n', stderr);
  abort ();
}

guint8
fuzz_byte (FuzzInput *input)
{
  return fuzz_ended (input) ? 0 : *input->at++;
}

guint
fuzz_choose (FuzzInput *input, const char *letters)
{
  guint8 byte = fuzz_byte (input);
  const char *found = byte ? strchr (letters, byte) : NULL;

  return found ? (guint) (found - letters) : byte % (guint) strlen (letters);
}

gboolean
fuzz_take (FuzzInput *input, char c)
{
  if (fuzz_ended (input) || *input->at != (guint8) c)
    return FALSE;
  input->at++;
  return TRUE;
}

const char *
fuzz_until (FuzzInput *input, char c, gsize *length)
{
  const guint8 *begin = input->at, *found = NULL;

  if (!fuzz_ended (input))
    found = memchr (begin, c, (gsize) (input->end - begin));
  *length = (gsize) ((found ? found : input->end) - begin);
  input->at = found ? found + 1 : input->end;
  return (const char *) begin;
}

gint64
fuzz_integer (FuzzInput *input)
{
  static const gint64 edges[] = { -1,
                                  10,
                                  99,
                                  100,
                                  101,
                                  G_MAXINT32,
                                  G_MININT32,
                                  G_MAXUINT32,
                                  G_MAXINT64,
                                  G_MININT64,
                                  G_MAXINT64 - 1,
                                  -100,
                                  G_GINT64_CONSTANT (1) << 53 };
  guint8 byte = fuzz_byte (input);

  return g_ascii_isdigit (byte) ? byte - '0' : edges[byte % G_N_ELEMENTS (edges)];
}
