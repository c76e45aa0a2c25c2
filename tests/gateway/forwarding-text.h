/* The forwarding state of a gateway as text, so that two of them can be compared: what is decided about frames of each
 * kind from each place of the order tests, and the fault columns. */
#pragma once

#include "fixture.h"

G_BEGIN_DECLS

/* The caller's. */
char *forwarding_text (Fixture *f);

G_END_DECLS
