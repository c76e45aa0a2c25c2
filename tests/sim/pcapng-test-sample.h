/* A small trace with a record of every kind: what the writer's, the reader's and the judges' tests share. */
#pragma once

#include "sim/trace.h"

/* Emits all its records. */
void pcapng_sample_emit (SimTraceFunc hear, gpointer user);

/* A SimTraceFunc that appends a record to a GString as one line with all its fields. */
void pcapng_sample_print (const SimTraceRecord *record, gpointer gstring);
