/* The section `capture`: passes on what a scenario wants recorded, between the trace and whoever writes it. */
#pragma once

#include "lab/scenario.h"
#include "sim/trace.h"

G_BEGIN_DECLS

typedef struct _LabCaptureGate LabCaptureGate;

/* Records of chosen link ends, matching frames, cut to the snap length, go to `next`; all that are no packets do. */
LabCaptureGate *lab_capture_gate_new (const LabScenario *scenario, SimTraceFunc next, gpointer user);
void lab_capture_gate_free (LabCaptureGate *gate);
/* A SimTraceFunc. */
void lab_capture_gate_hear (const SimTraceRecord *record, gpointer gate);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LabCaptureGate, lab_capture_gate_free)

G_END_DECLS
