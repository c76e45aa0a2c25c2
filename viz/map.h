/* The network as a picture: nodes, links, the frames on them, and where one was dropped. */
#pragma once

#include "viz/canvas.h"
#include "viz/flight.h"
#include "viz/layout.h"

G_BEGIN_DECLS

/* Draws into the canvas from row `top` on; `layout` was made for the rows and columns there are. */
void viz_map_draw (VizCanvas *canvas, gint top, const VizHistory *history, const VizLayout *layout,
                   const VizMoment *moment);

G_END_DECLS
