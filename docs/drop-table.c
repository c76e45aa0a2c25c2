/* Prints vteplab-drops(7): the table of net/drop.h as a manual page. */
#include <stdio.h>

#include "net/drop.h"

/* roff reads '-' as a hyphen; a reason is typed as it stands. */
static void
print_word (const char *word)
{
  for (; *word; word++)
    printf (*word == '-' ? "\\-" : "%c", *word);
}

int
main (void)
{
  printf (".TH VTEPLAB-DROPS 7 \"\" \"vteplab\" \"Miscellaneous\"\n"
          ".SH NAME\nvteplab-drops \\- why a frame was discarded\n"
          ".SH DESCRIPTION\n"
          "Who discards a frame gives one of these reasons. They stand in the comments of the trace, in the screens and\n"
          "reports, and in expectations (\\fBdrops\\fR in\n.BR vteplab-scenario (5)).\n");
  for (guint i = 1; i < NET_DROP_N; i++)
    {
      printf (".TP\n.B ");
      print_word (net_drop_word (i));
      printf ("\n%s\n", net_drop_text (i));
    }
  printf (".SH SEE ALSO\n.BR vteplab-scenario (5)\n");
  return 0;
}
