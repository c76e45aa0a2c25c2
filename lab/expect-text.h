/* An expectation as a sentence for people. */
#pragma once

#include "lab/scenario.h"

G_BEGIN_DECLS

/* "vm1 pings vm2: exactly 6 replies within 50 ms".  To be freed. */
char *lab_expect_text (const LabScenario *scenario, const LabExpect *expect);

G_END_DECLS
