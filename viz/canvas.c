/* Cells and what is put into them. */
#include "viz/canvas.h"

#include <string.h>

VizCanvas *
viz_canvas_new (guint width, guint height)
{
  VizCanvas *canvas = g_new0 (VizCanvas, 1);
  canvas->width = width;
  canvas->height = height;
  canvas->cells = g_new0 (VizCell, (gsize) width * height);
  return canvas;
}

void
viz_canvas_free (VizCanvas *canvas)
{
  if (!canvas)
    return;
  g_free (canvas->cells);
  g_free (canvas);
}

void
viz_canvas_clear (VizCanvas *canvas)
{
  memset (canvas->cells, 0, sizeof (VizCell) * canvas->width * canvas->height);
}

/* NULL outside. */
static VizCell *
cell_at (VizCanvas *canvas, gint x, gint y)
{
  if (x < 0 || y < 0 || (guint) x >= canvas->width || (guint) y >= canvas->height)
    return NULL;
  return &canvas->cells[(guint) y * canvas->width + (guint) x];
}

static void
put (VizCanvas *canvas, gint x, gint y, gunichar character, VizStyle style)
{
  VizCell *cell = cell_at (canvas, x, y);
  if (cell)
    *cell = (VizCell){ .character = character, .style = style };
}

/* One cell each: no control, combining or double-width characters. */
static gunichar
printable (gunichar character)
{
  gboolean plain = character != (gunichar) -1 && character != (gunichar) -2 && g_unichar_isprint (character)
                   && !g_unichar_iswide (character) && !g_unichar_iszerowidth (character);
  return plain ? character : '?';
}

guint
viz_canvas_text (VizCanvas *canvas, gint x, gint y, guint width, VizStyle style, const char *text)
{
  guint n = 0;

  for (; *text && n < width; n++)
    {
      gunichar character = g_utf8_get_char_validated (text, -1);
      gboolean valid = character != (gunichar) -1 && character != (gunichar) -2;
      put (canvas, x + (gint) n, y, printable (character), style);
      text = valid ? g_utf8_next_char (text) : text + 1;
    }
  return n;
}

void
viz_canvas_fill (VizCanvas *canvas, gint x, gint y, guint width, VizStyle style)
{
  for (guint i = 0; i < width; i++)
    put (canvas, x + (gint) i, y, ' ', style);
}

static void
add_sides (VizCanvas *canvas, gint x, gint y, guint sides, VizStyle style)
{
  VizCell *cell = cell_at (canvas, x, y);

  if (!cell)
    return;
  cell->line |= (guint8) sides;
  cell->character = 0;
  cell->style = (guint8) style;
}

void
viz_canvas_line (VizCanvas *canvas, gint x0, gint y0, gint x1, gint y1, VizStyle style)
{
  for (gint x = MIN (x0, x1); x <= MAX (x0, x1); x++)
    for (gint y = MIN (y0, y1); y <= MAX (y0, y1); y++)
      {
        guint sides = 0;
        sides |= y > MIN (y0, y1) ? VIZ_NORTH : 0;
        sides |= y < MAX (y0, y1) ? VIZ_SOUTH : 0;
        sides |= x > MIN (x0, x1) ? VIZ_WEST : 0;
        sides |= x < MAX (x0, x1) ? VIZ_EAST : 0;
        add_sides (canvas, x, y, sides, style);
      }
}

char
viz_canvas_line_ascii (guint sides)
{
  if ((sides & ~(guint) (VIZ_EAST | VIZ_WEST)) == 0)
    return '-';
  return (sides & ~(guint) (VIZ_NORTH | VIZ_SOUTH)) == 0 ? '|' : '+';
}

char *
viz_canvas_to_text (const VizCanvas *canvas)
{
  GString *out = g_string_new (NULL);

  for (guint y = 0; y < canvas->height; y++)
    {
      for (guint x = 0; x < canvas->width; x++)
        {
          const VizCell *cell = viz_canvas_cell (canvas, x, y);
          if (cell->line)
            g_string_append_c (out, viz_canvas_line_ascii (cell->line));
          else
            g_string_append_unichar (out, cell->character ? cell->character : ' ');
        }
      while (out->len && out->str[out->len - 1] == ' ')
        g_string_truncate (out, out->len - 1);
      g_string_append_c (out, '\n');
    }
  return g_string_free (out, FALSE);
}
