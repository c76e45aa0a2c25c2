/* Writes the sample run to a file: view-make FILE. */
#include "sample.h"
#include "trace-file.h"

int
main (int argc, char **argv)
{
  return trace_file_main (argc, argv, view_sample_emit);
}
