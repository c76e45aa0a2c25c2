/* Records to a file. */
#include "trace-file.h"
#include "sim/pcapng.h"

#include <stdio.h>

static void
to_file (const guint8 *bytes, gsize n, gpointer user)
{
  fwrite (bytes, 1, n, user);
}

int
trace_file_main (int argc, char **argv, void (*emit) (SimTraceFunc hear, gpointer user))
{
  FILE *file = argc == 2 ? fopen (argv[1], "wb") : NULL;
  SimPcapngWriter *writer;

  if (!file)
    return 2;
  writer = sim_pcapng_writer_new (to_file, file);
  emit (sim_pcapng_writer_hear, writer);
  sim_pcapng_writer_free (writer);
  return fclose (file) == 0 ? 0 : 1;
}
