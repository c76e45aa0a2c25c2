/* What the parts of the reader have of each other. */
#pragma once

#include "openflow/text-scan.h"

/* The argument of learn(…); NULL on failure. */
OpenflowLearn *openflow_learn_scan (char *text, GError **error);
