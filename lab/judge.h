/* Expectations against what the trace has told. */
#pragma once

#include "lab/result.h"
#include "lab/tally.h"

G_BEGIN_DECLS

/* Adds a verdict for each expectation to the result, in the order of the file, and a failed one for each refusal that no
 * expectation speaks of. */
void lab_judge (const LabScenario *scenario, const LabLedger *ledger, const LabTally *tally,
                const GPtrArray *refusals, LabResult *result);

G_END_DECLS
