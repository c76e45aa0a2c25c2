/* Writes the sample trace to a file, for tests that ask tshark and capinfos about it: pcapng-test-make FILE.
 */
#include "pcapng-test-sample.h"
#include "sim/pcapng.h"

#include <stdio.h>

static void
to_file (const guint8 *bytes, gsize n, gpointer user)
{
  fwrite (bytes, 1, n, user);
}

int
main (int argc, char **argv)
{
  FILE *file = argc == 2 ? fopen (argv[1], "wb") : NULL;
  SimPcapngWriter *writer;

  if (!file)
    return 2;
  writer = sim_pcapng_writer_new (to_file, file);
  pcapng_sample_emit (sim_pcapng_writer_hear, writer);
  sim_pcapng_writer_free (writer);
  return fclose (file) == 0 ? 0 : 1;
}
