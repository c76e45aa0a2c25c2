/* A configuration from its sources: the file, and flags above it. */
#pragma once

#include "vtepd/opener.h"
#include "vtepd/settings.h"

G_BEGIN_DECLS

/* The command line, kept for reloads. */
typedef struct
{
  char *file;    /* --config; NULL: there is none */
  GArray *given; /* of VtepdGiven, as written */
} VtepdFlags;

typedef struct
{
  const VtepdSetting *setting;
  char *text;
} VtepdGiven;

/* Parses the daemon's command line; what is wrong is added to `mistakes` (of char *), all of it. */
VtepdFlags *vtepd_flags_new (int argc, char **argv, GPtrArray *mistakes);
void vtepd_flags_free (VtepdFlags *flags);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VtepdFlags, vtepd_flags_free)

/* Reads the file, with the opener's help if it is not NULL.  A flag takes the place of what the file says of the same
 * key.  NULL with the mistakes, one text, to be freed. */
VtepdConfig *vtepd_config_read (const VtepdFlags *flags, VtepdOpener *opener, char **mistakes);

/* Fills `config` from YAML.  FALSE with *mistakes, each with its place, line and caret. */
gboolean
vtepd_config_parse (VtepdConfig *config, const char *name, const char *text, gsize length, char **mistakes);

G_END_DECLS
