/* Flows written as ovs-ofctl reads them, where that says more than a dozen calls. */
#pragma once

#include "openflow/flow.h"

G_BEGIN_DECLS

/* Formats of the program's own only: what does not parse is its mistake. */
void odl_flow_from_text (OpenflowFlowMod *out, const char *format, ...) G_GNUC_PRINTF (2, 3);

G_END_DECLS
