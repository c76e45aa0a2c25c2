/* Neutron's journal at the start of a lab: the calls that the scenario's sections become, in which order and when.  What
 * a call says is in lab/neutron.c. */
#pragma once

#include "lab/build.h"

G_BEGIN_DECLS

typedef struct _LabJournal LabJournal;

/* Borrows the net.  Nothing is called yet. */
LabJournal *lab_journal_new (LabNet *net);
void lab_journal_free (LabJournal *journal);

/* Makes the calls that are due; refusals, a sentence each, are added to the array.  When to be called again; -1: all
 * has been told, and net->telling is FALSE. */
gint64 lab_journal_act (LabJournal *journal, gint64 now_ns, GPtrArray *refusals);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LabJournal, lab_journal_free)

G_END_DECLS
