/* The CUnit handlers that print TAP. */
#include "tap.h"

#include <CUnit/TestRun.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static guint n_done;

static void
test_complete (const CU_pTest test, const CU_pSuite suite, const CU_pFailureRecord failures)
{
  (void) suite;
  printf ("%s %u - %s\n", failures ? "not ok" : "ok", ++n_done, test->pName);
  for (CU_pFailureRecord f = failures; f; f = f->pNext)
    printf ("# %s:%u: %s\n", f->strFileName ? f->strFileName : "?", f->uiLineNumber,
            f->strCondition ? f->strCondition : "");
  fflush (stdout);
}

void
tap_bytes_equal (const char *file, int line, gconstpointer got, gsize got_length, gconstpointer expected,
                 gsize expected_length)
{
  const guint8 *a = got, *b = expected;
  gsize at = 0, common = MIN (got_length, expected_length);

  while (at < common && a[at] == b[at])
    at++;
  if (at == got_length && at == expected_length)
    {
      CU_assertImplementation (CU_TRUE, (unsigned) line, "bytes are equal", file, "", CU_FALSE);
      return;
    }
  printf ("# first difference at byte %zu; got %zu bytes, expected %zu\n# got     ", at, got_length,
          expected_length);
  for (gsize i = 0; i < got_length; i++)
    printf (" %02x", a[i]);
  printf ("\n# expected");
  for (gsize i = 0; i < expected_length; i++)
    printf (" %02x", b[i]);
  printf ("\n");
  CU_assertImplementation (CU_FALSE, (unsigned) line, "bytes are equal", file, "", CU_FALSE);
}

int
tap_main (const char *suite_name, const TapTest *tests)
{
  const char *only = getenv ("TAP_ONLY");
  guint n = 0;
  CU_pSuite suite;

  if (CU_initialize_registry () != CUE_SUCCESS)
    return 2;
  suite = CU_add_suite (suite_name, NULL, NULL);
  for (const TapTest *t = tests; t->name; t++)
    if (!only || strstr (t->name, only))
      {
        CU_add_test (suite, t->name, t->run);
        n++;
      }
  printf ("1..%u\n", n);
  fflush (stdout);
  CU_set_test_complete_handler (test_complete);
  CU_run_all_tests ();
  n = CU_get_number_of_tests_failed ();
  CU_cleanup_registry ();
  return n != 0;
}
