/* A grid of character cells to draw on: what a screen shows, without a terminal.
 *
 * Lines are kept as the sides that they leave a cell by, so that crossing ones join and each terminal draws
 * them as it can.  Everything outside the grid is cut off. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  VIZ_STYLE_NORMAL,
  VIZ_STYLE_BAR, /* title and key hints */
  VIZ_STYLE_NODE,
  VIZ_STYLE_LINK,
  VIZ_STYLE_TRAIL, /* a link that the frame in view has passed */
  VIZ_STYLE_DOWN,  /* a link that is down */
  VIZ_STYLE_FRAME, /* a frame on its way */
  VIZ_STYLE_DROP,
  VIZ_STYLE_STATE,   /* a state change in the list */
  VIZ_STYLE_CURRENT, /* the list's line in view */
  VIZ_STYLE_N
} VizStyle;

enum
{
  VIZ_NORTH = 1,
  VIZ_EAST = 2,
  VIZ_SOUTH = 4,
  VIZ_WEST = 8
};

typedef struct
{
  gunichar character; /* 0: nothing, or a line */
  guint8 line;        /* sides, 0 where there is no line */
  guint8 style;
} VizCell;

typedef struct
{
  guint width, height;
  VizCell *cells;
} VizCanvas;

VizCanvas *viz_canvas_new (guint width, guint height);
void viz_canvas_free (VizCanvas *canvas);
void viz_canvas_clear (VizCanvas *canvas);

static inline const VizCell *
viz_canvas_cell (const VizCanvas *canvas, guint x, guint y)
{
  return &canvas->cells[y * canvas->width + x];
}

/* The same for any place: outside the grid all cells are empty. */
static inline const VizCell *
viz_canvas_cell_at (const VizCanvas *canvas, gint x, gint y)
{
  static const VizCell empty;
  gboolean inside = x >= 0 && y >= 0 && (guint) x < canvas->width && (guint) y < canvas->height;
  return inside ? viz_canvas_cell (canvas, (guint) x, (guint) y) : &empty;
}

/* Puts a text, one cell a character, at most `width` cells; what is no printable character becomes '?'.
 * Returns the cells used. */
guint viz_canvas_text (VizCanvas *canvas, gint x, gint y, guint width, VizStyle style, const char *text);
/* Fills cells of a row with blanks of a style. */
void viz_canvas_fill (VizCanvas *canvas, gint x, gint y, guint width, VizStyle style);
/* A horizontal or vertical line between two cells, ends included. */
void viz_canvas_line (VizCanvas *canvas, gint x0, gint y0, gint x1, gint y1, VizStyle style);

/* The grid as text for tests and logs: rows end in a newline, blanks at their end are cut, lines are - | +.
 */
char *viz_canvas_to_text (const VizCanvas *canvas);
/* The character that stands for a line's sides in plain ASCII. */
char viz_canvas_line_ascii (guint sides);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VizCanvas, viz_canvas_free)

G_END_DECLS
