/* The daemon's life: open everything, serve, reload, stop. */
#pragma once

#include "vtepd/config.h"

G_BEGIN_DECLS

/* Exit codes. */
enum
{
  VTEPD_STOPPED = 0, /* told to stop, and did in order */
  VTEPD_FAILED = 1,  /* the system refuses something: an interface, a file, a place to listen */
  VTEPD_MISTAKE = 2  /* the command line or the configuration is wrong */
};

/* Returns the exit code.  `config` is what `flags` say now, and is taken. */
int vtepd_run (const VtepdFlags *flags, VtepdConfig *config);

G_END_DECLS
