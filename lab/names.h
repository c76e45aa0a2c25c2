/* The addresses of a lab and whose they are: for the trace's name resolution, so that Wireshark and every view speak of
 * vm2 instead of fa:16:3e:00:00:12. */
#pragma once

#include "lab/scenario.h"
#include "sim/trace.h"

G_BEGIN_DECLS

/* Emits a name record for every MAC, IPv4 and IPv6 address that the scenario gives out. */
void lab_names_tell (const LabScenario *scenario, SimTrace *trace);

G_END_DECLS
