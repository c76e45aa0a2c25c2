/* Why an expectation failed, as far as the trace tells: which frame was the last that should have got through, where it
 * was last seen, who dropped it. */
#pragma once

#include "lab/ledger.h"
#include "lab/scenario.h"

G_BEGIN_DECLS

/* Lines for a person, separated by \n; to be freed. */
char *lab_why_no_lease (const LabScenario *scenario, const LabLedger *ledger, guint vm);
char *lab_why_no_reply (const LabScenario *scenario, const LabLedger *ledger, guint vm, guint peer);
char *lab_why_dropped (const LabLedger *ledger, const char *node, NetDropReason reason);

G_END_DECLS
