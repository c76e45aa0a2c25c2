/* Moves a view through a history: what keys do, and how play goes on as the wall's time passes.  Pure of
 * terminals and clocks, so that tests can play.
 *
 * Play goes from shown event to shown event at an even pace, so that a burst within a microsecond can be followed and
 * an idle hour is skipped; between two events the moment moves in proportion, and frames travel on their links.  Many
 * state changes come at one instant, at the start above all: they take less of a person's time than frames. */
#pragma once

#include "viz/screen.h"

G_BEGIN_DECLS

/* Makes the run go on until the given time, its records reaching the history; FALSE when the run has ended.
 */
typedef gboolean (*VizAdvance) (gpointer user, gint64 until_ns);

typedef enum
{
  VIZ_KEY_PAUSE,
  VIZ_KEY_STEP,
  VIZ_KEY_BACK,
  VIZ_KEY_PAGE_ON,
  VIZ_KEY_PAGE_BACK,
  VIZ_KEY_FIRST,
  VIZ_KEY_LAST,
  VIZ_KEY_FASTER,
  VIZ_KEY_SLOWER,
  VIZ_KEY_NEXT_DROP,
  VIZ_KEY_NAMES,
  VIZ_KEY_MANAGEMENT, /* shown or not; a view starts without */
  VIZ_KEY_STATES,     /* shown or not */
  VIZ_KEY_HELP
} VizKey;

typedef struct
{
  VizHistory *history; /* borrowed */
  VizAdvance advance;  /* NULL: the history is all there is */
  gpointer user;
  gint64 until_ns; /* how far the run was advanced */
  gint64 step_ns;  /* how far it goes next time */
  guint64 credit;  /* of the wall's time, in microseconds times the rate, that the next event has had */
  guint page;      /* events of a page */
  VizView view;
} VizPlayer;

void viz_player_init (VizPlayer *player, VizHistory *history, VizAdvance advance, gpointer user);
/* Lets the run get ahead of the view, as far as is needed to know where frames on their way will arrive; TRUE
 * when it has got there, FALSE when it wants to be called again (after a look at the keyboard). */
gboolean viz_player_look_ahead (VizPlayer *player);
/* Play goes on by that much of the wall's time, in microseconds. */
void viz_player_pass (VizPlayer *player, guint64 elapsed_us);
void viz_player_key (VizPlayer *player, VizKey key);

G_END_DECLS
