/* The timeline at work: starts each entry when its time or its condition has come, and ends faults that last for a
 * while.  Conditions are read from the ledger; actions go to the models. */
#pragma once

#include "lab/build.h"
#include "lab/ledger.h"

G_BEGIN_DECLS

typedef struct _LabDirector LabDirector;

/* Borrows all; refusals during the timeline, a sentence each, are added to the array. */
LabDirector *lab_director_new (LabNet *net, const LabLedger *ledger, GPtrArray *refusals);
void lab_director_free (LabDirector *director);

/* Starts what is due at the present time; called after the clock stopped.  Returns the time at which to call again at
 * the latest, or -1 when the timeline is over. */
gint64 lab_director_act (LabDirector *director, gint64 now_ns);

/* Why the timeline stands still, when a condition has not come true for LAB_PATIENCE; NULL otherwise. */
const char *lab_director_stuck (const LabDirector *director);

#define LAB_PATIENCE (120 * SIM_SEC)
/* The controller has to be idle for so long before `converged` holds: news may still be on a wire. */
#define LAB_CALM (200 * SIM_MSEC)

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LabDirector, lab_director_free)

G_END_DECLS
