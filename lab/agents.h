/* The agents on SR-IOV computes, and the way of their reports to the controller. */
#pragma once

#include "lab/build.h"

G_BEGIN_DECLS

/* Every host runs LLDP on its cards and reports what it hears. */
void lab_agents_run (LabNet *net);

G_END_DECLS
