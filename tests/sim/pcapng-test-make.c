/* Writes the sample trace to a file, for tests that ask tshark and capinfos about it: pcapng-test-make FILE. */
#include "pcapng-test-sample.h"
#include "trace-file.h"

int
main (int argc, char **argv)
{
  return trace_file_main (argc, argv, pcapng_sample_emit);
}
