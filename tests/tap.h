/* CUnit suites that report as TAP, which meson turns into a correct JUnit file (CUnit's own aborts on a failure). */
#pragma once

#include <CUnit/CUnit.h>
#include <glib.h>

/* A test's name is a sentence: the rule that it checks. */
typedef struct
{
  const char *name;
  void (*run) (void);
} TapTest;

/* Runs the tests of one suite in order; the array ends with a NULL name.  Returns the exit status: 0 when all
 * passed.  With the environment variable TAP_ONLY set, only tests whose name contains it run. */
int tap_main (const char *suite, const TapTest *tests);

/* Compares bytes; on a difference prints both as a hex dump with the first differing offset. */
void tap_bytes_equal (const char *file, int line, gconstpointer got, gsize got_length, gconstpointer expected,
                      gsize expected_length);

#define TAP_ASSERT_BYTES(got, got_length, ...)                                                               \
  tap_bytes_equal (__FILE__, __LINE__, (got), (got_length), (const guint8[]){ __VA_ARGS__ },                 \
                   sizeof (const guint8[]){ __VA_ARGS__ })
