/* Scenario files from disk, and the runs that a command line asks of them. */
#pragma once

#include "lab/scenario.h"

G_BEGIN_DECLS

typedef struct
{
  char *path, *text;
  gsize length;
  char **variants; /* that are to run: one NULL entry stands for the file as it is */
  guint n_variants;
} CliSource;

/* Reads a file and decides its variants: `variant` alone, else every one of the file, else none.  NULL after saying on
 * stderr why not. */
CliSource *cli_source_load (const char *path, const char *variant);
void cli_source_free (CliSource *source);
/* The scenario with the variant of that index; NULL after printing all mistakes on stderr. */
LabScenario *cli_source_parse (const CliSource *source, guint variant, const LabOverrides *overrides);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CliSource, cli_source_free)

G_END_DECLS
