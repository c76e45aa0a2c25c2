/* A small trace with a record of every kind: what the writer's, the reader's and the judges' tests share. */
#pragma once

#include "sim/trace.h"

void pcapng_sample_emit (SimTraceFunc hear, gpointer user);
