/* Collecting verdicts, and their JSON. */
#include "lab/result.h"

static void
verdict_free (gpointer data)
{
  LabVerdict *verdict = data;
  g_free (verdict->text);
  g_free (verdict->figure);
  g_free (verdict->reason);
  g_free (verdict->file);
  g_free (verdict);
}

LabResult *
lab_result_new (const LabScenario *scenario)
{
  LabResult *result = g_new0 (LabResult, 1);
  result->scenario = g_strdup (scenario->name);
  result->variant = g_strdup (scenario->variant);
  result->about = g_strdup (scenario->about);
  result->seed = scenario->seed;
  result->verdicts = g_ptr_array_new_with_free_func (verdict_free);
  result->notes = g_ptr_array_new_with_free_func (g_free);
  return result;
}

void
lab_result_free (LabResult *result)
{
  if (!result)
    return;
  g_free (result->scenario);
  g_free (result->variant);
  g_free (result->about);
  g_ptr_array_unref (result->verdicts);
  g_ptr_array_unref (result->notes);
  g_free (result);
}

void
lab_result_add (LabResult *result, const LabExpect *expect, gboolean met, char *figure, LabWhy *why)
{
  LabVerdict *verdict = g_new0 (LabVerdict, 1);
  verdict->met = met;
  verdict->text = g_strdup (expect->text);
  verdict->figure = figure;
  if (why && !met)
    {
      verdict->reason = g_steal_pointer (&why->text);
      verdict->packet_id = why->packet_id;
    }
  else if (why)
    g_clear_pointer (&why->text, g_free);
  verdict->file = g_strdup (expect->at->source->name);
  verdict->line = expect->at->line;
  verdict->column = expect->at->column;
  g_ptr_array_add (result->verdicts, verdict);
}

void
lab_result_fail (LabResult *result, const LabScenario *scenario, const char *rule, const char *sentence)
{
  LabVerdict *verdict = g_new0 (LabVerdict, 1);
  verdict->text = g_strdup (rule);
  verdict->figure = g_strdup (sentence);
  verdict->file = g_strdup (scenario->file);
  verdict->line = verdict->column = 1;
  g_ptr_array_add (result->verdicts, verdict);
}

guint
lab_result_n_failed (const LabResult *result)
{
  guint n = 0;
  for (guint i = 0; i < result->verdicts->len; i++)
    n += !((const LabVerdict *) result->verdicts->pdata[i])->met;
  return n;
}

gboolean
lab_result_is_good (const LabResult *result)
{
  return !result->stuck && lab_result_n_failed (result) == 0;
}

static json_t *
optional (const char *text)
{
  return text ? json_string (text) : json_null ();
}

json_t *
lab_result_to_json (const LabResult *result)
{
  json_t *verdicts = json_array (), *notes = json_array ();

  for (guint i = 0; i < result->verdicts->len; i++)
    {
      const LabVerdict *v = result->verdicts->pdata[i];
      json_array_append_new (
          verdicts, json_pack ("{s:b, s:s, s:s, s:o, s:o, s:i, s:i}", "met", v->met, "expectation", v->text,
                               "found", v->figure, "reason", optional (v->reason), "packet_id",
                               v->packet_id ? json_integer ((json_int_t) v->packet_id) : json_null (), "line",
                               (int) v->line, "column", (int) v->column));
    }
  for (guint i = 0; i < result->notes->len; i++)
    json_array_append_new (notes, json_string (result->notes->pdata[i]));
  return json_pack (
      "{s:s, s:o, s:o, s:I, s:b, s:o, s:o, s:{s:I, s:I, s:I, s:I}}", "scenario", result->scenario, "variant",
      optional (result->variant), "about", optional (result->about), "seed", (json_int_t) result->seed,
      "good", lab_result_is_good (result), "expectations", verdicts, "notes", notes, "figures",
      "simulated_ns", (json_int_t) result->simulated_ns, "events", (json_int_t) result->n_events, "frames",
      (json_int_t) result->n_frames, "drops", (json_int_t) result->n_drops);
}
