/* What has to be noted while the run goes on, for each expectation: frames that fit its filter, and why its first echo
 * was lost, while the frames that tell are still remembered.  A subscriber of the trace, behind the ledger. */
#pragma once

#include "lab/why.h"

G_BEGIN_DECLS

typedef struct _LabTally LabTally;

/* Borrows both. */
LabTally *lab_tally_new (const LabScenario *scenario, const LabLedger *ledger);
void lab_tally_free (LabTally *tally);
/* A SimTraceFunc. */
void lab_tally_hear (const SimTraceRecord *record, gpointer tally);

typedef struct
{
  guint64 n;                /* frames that fit */
  guint64 n_passed;         /* all frames at the link end */
  gint64 first_ns, last_ns; /* of those that fit */
  guint64 first_packet_id;
} LabFrameTally;

typedef struct
{
  gint64 at_ns;   /* when its sender gave up; -1: none was lost */
  guint sequence; /* counted from 1, as ping does */
  LabLostEcho echo;
  LabWhy why; /* what could be said then */
} LabLostTally;

/* By the expectation's place in the scenario: of kind frames, of kind replies. */
const LabFrameTally *lab_tally_frames (const LabTally *tally, guint expect);
const LabLostTally *lab_tally_lost (const LabTally *tally, guint expect);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LabTally, lab_tally_free)

G_END_DECLS
