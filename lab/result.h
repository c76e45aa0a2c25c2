/* What a run found: a verdict for each expectation, with its figure and, where it failed, the reason. */
#pragma once

#include <jansson.h>

#include "lab/why.h"

G_BEGIN_DECLS

typedef struct
{
  gboolean met;
  char *text;        /* the expectation */
  char *figure;      /* what was found: "3 of 3, best 41 us" */
  char *reason;      /* of a failure, lines separated by \n; NULL when met or when nothing is known */
  guint64 packet_id; /* of the frame that the reason speaks of; 0: of none */
  char *file;
  guint line, column;
} LabVerdict;

typedef struct
{
  char *scenario, *variant, *about; /* variant: NULL without one */
  guint64 seed;
  GPtrArray *verdicts; /* of LabVerdict */
  GPtrArray *notes;    /* sentences: a timeline that stood still */
  gboolean stuck;      /* the timeline did not come to its end */
  gint64 simulated_ns;
  guint64 n_events, n_frames, n_drops;
} LabResult;

LabResult *lab_result_new (const LabScenario *scenario);
void lab_result_free (LabResult *result);
/* Takes the figure and the text of `why`, which may be NULL and does not count when the expectation was met. */
void lab_result_add (LabResult *result, const LabExpect *expect, gboolean met, char *figure, LabWhy *why);
/* What went wrong without being asked for: a rule of every run, and the sentence. */
void lab_result_fail (LabResult *result, const LabScenario *scenario, const char *rule, const char *sentence);

guint lab_result_n_failed (const LabResult *result);
/* Every expectation met, and the timeline came to its end. */
gboolean lab_result_is_good (const LabResult *result);

/* The content of <scenario>.result.json; nothing in it depends on the machine or its speed. */
json_t *lab_result_to_json (const LabResult *result);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LabResult, lab_result_free)

G_END_DECLS
