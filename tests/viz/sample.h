/* A short run to look at: vm1 behind an SR-IOV NIC asks for vm2 behind a compute, through a TOR's tunnel;
 * another question ends at the TOR, and then the cable is pulled. */
#pragma once

#include "sim/trace.h"

void view_sample_emit (SimTraceFunc hear, gpointer user);
