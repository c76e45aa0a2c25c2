/* Port binding, as Neutron's mechanism drivers do it: which segment of its network a VM's port is bound to. */
#pragma once

#include "lab/scenario.h"

G_BEGIN_DECLS

/* NULL: none of them can be. */
const LabSegment *lab_binding_segment (const LabScenario *scenario, const LabVm *vm);

G_END_DECLS
