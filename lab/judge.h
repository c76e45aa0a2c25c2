/* Expectations against the trace: counts frames as they pass, and at the end gives each expectation its verdict. */
#pragma once

#include "lab/ledger.h"
#include "lab/result.h"
#include "lab/scenario.h"

G_BEGIN_DECLS

typedef struct _LabJudge LabJudge;

/* Borrows both. */
LabJudge *lab_judge_new (const LabScenario *scenario, const LabLedger *ledger);
void lab_judge_free (LabJudge *judge);
/* A SimTraceFunc. */
void lab_judge_hear (const SimTraceRecord *record, gpointer judge);
/* Adds a verdict for each expectation, in the order of the file. */
void lab_judge_conclude (LabJudge *judge, LabResult *result);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LabJudge, lab_judge_free)

G_END_DECLS
