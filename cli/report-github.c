/* Workflow commands of GitHub Actions: a failed expectation becomes an annotation at its line of the scenario. */
#include "cli/report.h"

/* %, CR and LF are escaped in a message; ',' and ':' as well in a property. */
static char *
escape (const char *text, gboolean property)
{
  GString *out = g_string_new (NULL);
  for (; *text; text++)
    if (*text == '%' || *text == '\r' || *text == '\n' || (property && (*text == ',' || *text == ':')))
      g_string_append_printf (out, "%%%02X", (guint8) *text);
    else
      g_string_append_c (out, *text);
  return g_string_free (out, FALSE);
}

static void
begin (guint n_runs)
{
  (void) n_runs;
}

static void
add (const CliOutcome *outcome)
{
  const LabResult *result = outcome->result;
  g_autofree char *name = cli_report_name (result);

  g_print ("::group::%s\n", name);
  for (guint i = 0; i < result->verdicts->len; i++)
    {
      const LabVerdict *v = result->verdicts->pdata[i];
      g_autofree char *reason = cli_report_reason (outcome, v);
      g_autofree char *body = g_strdup_printf ("%s: %s: %s%s%s", name, v->text, v->figure, reason ? "\n" : "",
                                               reason ? reason : "");
      g_autofree char *message = escape (body, FALSE), *file = escape (v->file, TRUE);
      if (v->met)
        g_print ("ok %s: %s\n", v->text, v->figure);
      else
        g_print ("::error file=%s,line=%u,col=%u::%s\n", file, v->line, v->column, message);
    }
  for (guint i = 0; i < result->notes->len; i++)
    {
      g_autofree char *message = escape (result->notes->pdata[i], FALSE);
      g_print ("::%s::%s\n", result->stuck ? "error" : "warning", message);
    }
  g_print ("::endgroup::\n");
}

static void
end (guint n_runs, guint n_bad)
{
  g_print ("%u of %u runs as expected\n", n_runs - n_bad, n_runs);
}

const CliReport cli_report_github = { "github", begin, add, end };
