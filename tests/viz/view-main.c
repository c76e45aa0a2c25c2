/* Shows a trace file in the live view: view-main FILE. */
#include "sim/pcapng.h"
#include "viz/live.h"

#include <locale.h>
#include <stdio.h>

int
main (int argc, char **argv)
{
  g_autoptr (VizHistory) history = viz_history_new (VIZ_HISTORY_BYTES);
  g_autoptr (GError) error = NULL;
  g_autofree char *bytes = NULL;
  gsize n;

  setlocale (LC_CTYPE, "");
  if (argc != 2 || !g_file_get_contents (argv[1], &bytes, &n, NULL))
    return 2;
  if (!sim_pcapng_read ((const guint8 *) bytes, n, viz_history_hear, history, &error)
      || !viz_live_run (history, NULL, NULL, &error))
    {
      fprintf (stderr, "%s\n", error->message);
      return 1;
    }
  return 0;
}
