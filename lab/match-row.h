/* Rows of a TOR's database and entries of MAC tables, as the trace leaves them, against what a scenario says in its own
 * words: vm2 for a MAC, blue for a logical switch, server1 for a locator. */
#pragma once

#include "lab/ledger.h"
#include "lab/scenario.h"

G_BEGIN_DECLS

/* Rows that have every cell; *others (to be freed) lists the table's rows for a person, NULL when it has none. */
guint64
lab_match_rows (const LabScenario *scenario, const LabLedger *ledger, const LabExpect *expect, char **others);
/* Entries for the VM's MAC on the node; *found is the figure: "on em3/2901". */
guint64
lab_match_macs (const LabScenario *scenario, const LabLedger *ledger, const LabExpect *expect, char **found);

G_END_DECLS
