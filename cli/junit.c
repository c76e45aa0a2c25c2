/* JUnit XML, as CI systems read it. */
#include "cli/report.h"

struct _CliJunit
{
  GString *suites;
  guint n_tests, n_failures;
};

CliJunit *
cli_junit_new (void)
{
  CliJunit *junit = g_new0 (CliJunit, 1);
  junit->suites = g_string_new (NULL);
  return junit;
}

void
cli_junit_free (CliJunit *junit)
{
  if (!junit)
    return;
  g_string_free (junit->suites, TRUE);
  g_free (junit);
}

static void
add_case (CliJunit *junit, const char *suite, const char *name, const char *failure, const char *details)
{
  g_autofree char *text = NULL;

  text = g_markup_printf_escaped ("    <testcase classname=\"%s\" name=\"%s\"", suite, name);
  g_string_append (junit->suites, text);
  if (!failure)
    {
      g_string_append (junit->suites, "/>\n");
      return;
    }
  g_free (text);
  text = g_markup_printf_escaped (">\n      <failure message=\"%s\">%s</failure>\n    </testcase>\n", failure,
                                  details ? details : failure);
  g_string_append (junit->suites, text);
}

void
cli_junit_add (CliJunit *junit, const CliOutcome *outcome)
{
  const LabResult *result = outcome->result;
  g_autofree char *name = cli_report_name (result), *head = NULL;
  guint n_tests = result->verdicts->len + result->stuck,
        n_failed = lab_result_n_failed (result) + result->stuck;

  head = g_markup_printf_escaped ("  <testsuite name=\"%s\" tests=\"%u\" failures=\"%u\" file=\"%s\">\n",
                                  name, n_tests, n_failed, outcome->scenario_path);
  g_string_append (junit->suites, head);
  for (guint i = 0; i < result->verdicts->len; i++)
    {
      const LabVerdict *v = result->verdicts->pdata[i];
      g_autofree char *reason = cli_report_reason (outcome, v);
      add_case (junit, name, v->text, v->met ? NULL : v->figure, reason);
    }
  if (result->stuck)
    add_case (junit, name, "the timeline comes to its end", result->notes->pdata[result->notes->len - 1],
              NULL);
  g_string_append (junit->suites, "  </testsuite>\n");
  junit->n_tests += n_tests;
  junit->n_failures += n_failed;
}

gboolean
cli_junit_write (CliJunit *junit, const char *path, GError **error)
{
  g_autofree char *text = g_strdup_printf ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                                           "<testsuites tests=\"%u\" failures=\"%u\">\n%s</testsuites>\n",
                                           junit->n_tests, junit->n_failures, junit->suites->str);
  return g_file_set_contents (path, text, -1, error);
}
