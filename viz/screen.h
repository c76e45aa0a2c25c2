/* The whole screen of the live view: title, topology with the frames on it, list, details and keys.  A pure
 * function of the history and the view's state. */
#pragma once

#include "viz/map.h"

G_BEGIN_DECLS

#define VIZ_SCREEN_MIN_WIDTH  40u
#define VIZ_SCREEN_MIN_HEIGHT 12u

typedef struct
{
  VizMoment moment;
  guint rate;             /* events a second while it plays */
  gboolean paused, ended; /* ended: no events will come after those known */
  gboolean names;         /* for addresses */
  gboolean help;
} VizView;

/* The rows that the topology has on a screen of `height` rows. */
guint viz_screen_map_height (guint height);
/* The events that the list shows. */
guint viz_screen_list_height (guint height);

/* `layout` was made for the canvas' width and viz_screen_map_height(). */
void
viz_screen_draw (VizCanvas *canvas, const VizHistory *history, const VizLayout *layout, const VizView *view);

G_END_DECLS
