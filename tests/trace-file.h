/* A program that writes a made-up run to a file, for tests that look at traces from outside. */
#pragma once

#include "sim/trace.h"

/* main() of PROGRAM FILE: writes what `emit` tells its hearer as pcapng.  The exit status. */
int trace_file_main (int argc, char **argv, void (*emit) (SimTraceFunc hear, gpointer user));
