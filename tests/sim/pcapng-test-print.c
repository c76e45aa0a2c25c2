/* Prints what the reader makes of a file, a line a record: pcapng-test-print FILE. */
#include "pcapng-test-sample.h"
#include "sim/pcapng.h"

#include <stdio.h>

int
main (int argc, char **argv)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *bytes = NULL;
  gboolean ok;
  gsize n;

  if (argc != 2 || !g_file_get_contents (argv[1], &bytes, &n, NULL))
    return 2;
  ok = sim_pcapng_read ((const guint8 *) bytes, n, pcapng_sample_print, out, &error);
  fputs (out->str, stdout);
  if (!ok)
    fprintf (stderr, "%s\n", error->message);
  return ok ? 0 : 1;
}
