/* What fuzz targets share.
 *
 * A target is one file with LLVMFuzzerTestOneInput(): libFuzzer and AFL++ call it with bytes that they invent, and
 * replay.c, in every build, with the files of its corpus.  A rule that the bytes break ends the program with a
 * sentence: that is what a fuzzer reports. */
#pragma once

#include <glib.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

#define FUZZ_CHECK(holds, ...)                                                                               \
  do                                                                                                         \
    if (G_UNLIKELY (!(holds)))                                                                               \
      fuzz_broken (__FILE__, __LINE__, __VA_ARGS__);                                                         \
  while (0)
void fuzz_broken (const char *file, int line, const char *rule, ...) G_GNUC_PRINTF (3, 4) G_GNUC_NORETURN;

/* ---- bytes as decisions ------------------------------------------------------------------------------------------ */

/* Structure-aware targets read their bytes as a sequence of choices.  Any bytes are a valid sequence, and an end gives
 * the first choice for ever; a letter of the choice's own alphabet means itself, so that a corpus can be written by
 * hand and read. */
typedef struct
{
  const guint8 *at, *end;
} FuzzInput;

static inline gboolean
fuzz_ended (const FuzzInput *input)
{
  return input->at == input->end;
}

/* 0 at the end. */
guint8 fuzz_byte (FuzzInput *input);
/* A place in `letters`, which is not empty. */
guint fuzz_choose (FuzzInput *input, const char *letters);
/* Whether the next byte is `c`, which is then taken. */
gboolean fuzz_take (FuzzInput *input, char c);
/* The bytes up to the next `c` or the end; `c` itself is taken too. */
const char *fuzz_until (FuzzInput *input, char c, gsize *length);
/* "0" to "9" are themselves; other bytes give numbers at the edges of what integers can be. */
gint64 fuzz_integer (FuzzInput *input);
