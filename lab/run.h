/* A run: a scenario lives through its timeline, and the trace is judged. */
#pragma once

#include "lab/build.h"
#include "lab/result.h"

G_BEGIN_DECLS

typedef struct _LabRun LabRun;

/* Builds and tells the section to the trace, so subscribe to `trace` before.  Borrows both. */
LabRun *lab_run_new (const LabScenario *scenario, SimTrace *trace);
void lab_run_free (LabRun *run);

/* Lets the lab live until limit_ns of simulated time, or its end.  FALSE once it has ended. */
gboolean lab_run_advance (LabRun *run, gint64 limit_ns);
gint64 lab_run_now (const LabRun *run);
/* The verdicts, to be freed; after the end. */
LabResult *lab_run_conclude (LabRun *run);

/* Simulated time that passes after the timeline, so that what is under way arrives. */
#define LAB_SETTLE (2 * SIM_SEC)

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LabRun, lab_run_free)

G_END_DECLS
