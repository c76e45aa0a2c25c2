/* The live view in a terminal (curses): draws the screen, reads keys, and lets the wall's time pass. Watching
 * never alters the run: the view hears its records and otherwise only says how far it may go. */
#pragma once

#include "viz/player.h"

G_BEGIN_DECLS

typedef enum
{
  VIZ_LIVE_ERROR_NO_TERMINAL
} VizLiveError;

#define VIZ_LIVE_ERROR (viz_live_error_quark ())
GQuark viz_live_error_quark (void);

/* Runs until the user quits.  `history` hears the run's trace (viz_history_hear); `advance` makes the run go
 * on, or is NULL when the history is whole, as after reading a file.  The caller has called setlocale().
 * Fails when standard output is no terminal that curses knows. */
gboolean viz_live_run (VizHistory *history, VizAdvance advance, gpointer user, GError **error);

G_END_DECLS
