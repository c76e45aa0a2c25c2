/* Puts the parts of the screen together. */
#include "viz/screen.h"

#include "viz/list.h"

/* Rows beside map and list: title, the list's head, two of details, keys. */
#define OTHER_ROWS  5u
#define DETAIL_ROWS 2u

guint
viz_screen_map_height (guint height)
{
  return height < VIZ_SCREEN_MIN_HEIGHT ? 0 : (height - OTHER_ROWS) * 11 / 20;
}

guint
viz_screen_list_height (guint height)
{
  return height < VIZ_SCREEN_MIN_HEIGHT ? 0 : height - OTHER_ROWS - viz_screen_map_height (height);
}

/* ---- bars ---------------------------------------------------------------------------------------------- */

static void
append_progress (GString *out, const VizHistory *history, const VizView *view)
{
  viz_time_append (view->moment.now_ns, out);
  g_string_append_printf (out, " s  %" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT "%s  ", view->moment.n_done,
                          viz_history_n (history), view->ended ? "" : "+");
  if (view->ended && view->moment.n_done == viz_history_n (history))
    g_string_append (out, "END");
  else if (view->paused)
    g_string_append (out, "PAUSED");
  else
    g_string_append_printf (out, "%u/s", view->rate);
}

static void
draw_title (VizCanvas *canvas, const VizHistory *history, const VizView *view)
{
  g_autoptr (GString) progress = g_string_new (NULL);
  g_autofree char *title = g_strdup_printf (" vteplab  %s", history->title);
  guint width;

  append_progress (progress, history, view);
  width = (guint) progress->len + 1;
  viz_canvas_fill (canvas, 0, 0, canvas->width, VIZ_STYLE_BAR);
  if (width + 2 < canvas->width)
    viz_canvas_text (canvas, 0, 0, canvas->width - width - 2, VIZ_STYLE_BAR, title);
  viz_canvas_text (canvas, (gint) canvas->width - (gint) width, 0, width, VIZ_STYLE_BAR, progress->str);
}

/* What is not seen on this screen, at the right. */
static void
draw_list_head (VizCanvas *canvas, gint y, const VizLayout *layout, guint hidden)
{
  g_autoptr (GString) note = g_string_new (NULL);
  guint n;
  g_autofree char *columns
      = g_strdup_printf ("      time (s) %-*s what", (int) viz_list_place_width (canvas->width), "where");

  viz_canvas_fill (canvas, 0, y, canvas->width, VIZ_STYLE_BAR);
  viz_canvas_text (canvas, 0, y, canvas->width, VIZ_STYLE_BAR, columns);
  if (layout->n_hidden)
    g_string_append_printf (note, "%u nodes do not fit ", layout->n_hidden);
  if (hidden)
    g_string_append_printf (note, "without %s%s%s ", hidden & VIZ_PART_MANAGEMENT ? "management" : "",
                            hidden == (VIZ_PART_MANAGEMENT | VIZ_PART_STATES) ? ", " : "",
                            hidden & VIZ_PART_STATES ? "tables" : "");
  n = (guint) note->len;
  if (n < canvas->width / 2)
    viz_canvas_text (canvas, (gint) canvas->width - (gint) n, y, n, VIZ_STYLE_BAR, note->str);
}

static void
draw_keys (VizCanvas *canvas)
{
  static const char all[]
      = " space play  s step  +- speed  d drop  m mgmt  t tables  n names  h help  q quit";
  gint y = (gint) canvas->height - 1;

  viz_canvas_fill (canvas, 0, y, canvas->width, VIZ_STYLE_BAR);
  viz_canvas_text (canvas, 0, y, canvas->width, VIZ_STYLE_BAR,
                   canvas->width + 1 < sizeof all ? " space play  s step  h help  q quit" : all);
}

/* ---- details ------------------------------------------------------------------------------------------- */

/* The event in view, as long as two rows hold it. */
static void
draw_details (VizCanvas *canvas, gint y, const VizHistory *history, const VizView *view)
{
  const VizEvent *event = viz_moment_event (history, &view->moment);
  g_autoptr (GString) line = g_string_new (NULL);
  g_autofree char *valid = NULL;
  const char *at;
  guint n;

  if (!event)
    return;
  if (event->is_packet && event->drop != NET_DROP_NONE)
    g_string_append_printf (line, "%s: %s. ", viz_event_place (history, event), net_drop_text (event->drop));
  viz_event_append (history, event, view->names, line);
  if (event->is_packet)
    g_string_append_printf (line, " packet %" G_GUINT64_FORMAT ".%" G_GUINT64_FORMAT, event->packet_id >> 40,
                            event->packet_id & ((G_GUINT64_CONSTANT (1) << 40) - 1));
  at = valid = g_utf8_make_valid (line->str, (gssize) line->len);
  for (guint row = 0; row < DETAIL_ROWS; row++)
    for (n = viz_canvas_text (canvas, 0, y + (gint) row, canvas->width, VIZ_STYLE_NORMAL, at); n && *at; n--)
      at = g_utf8_next_char (at);
}

static void
draw_help (VizCanvas *canvas)
{
  /* clang-format off */
  static const char *const lines[] = {
    "+--------------------------------------------+",
    "|  space      play or pause                  |",
    "|  s, right   one event on                   |",
    "|  left       one event back                 |",
    "|  up, down   scroll the list, an event each |",
    "|  page keys  scroll a screen                |",
    "|  home, end  first event, last known one    |",
    "|  + -        faster, slower                 |",
    "|  d          on to the next drop            |",
    "|  m          management network, or not     |",
    "|  t          state changes, or not          |",
    "|  n          names or addresses             |",
    "|  h ?        this help       q  quit        |",
    "+--------------------------------------------+",
  };
  /* clang-format on */
  gint x = ((gint) canvas->width - 46) / 2,
       y = MAX (((gint) canvas->height - (gint) G_N_ELEMENTS (lines)) / 2, 0);

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    viz_canvas_text (canvas, x, y + (gint) i, 46, VIZ_STYLE_BAR, lines[i]);
}

void
viz_screen_draw (VizCanvas *canvas, const VizHistory *history, const VizLayout *layout, const VizView *view)
{
  guint map = viz_screen_map_height (canvas->height), list = viz_screen_list_height (canvas->height);

  viz_canvas_clear (canvas);
  if (canvas->width < VIZ_SCREEN_MIN_WIDTH || canvas->height < VIZ_SCREEN_MIN_HEIGHT)
    {
      viz_canvas_text (canvas, 0, 0, canvas->width, VIZ_STYLE_NORMAL,
                       "The window is too small: 40 by 12 is needed.");
      return;
    }
  viz_map_draw (canvas, 1, history, layout, &view->moment);
  draw_title (canvas, history, view);
  draw_list_head (canvas, (gint) map + 1, layout, view->moment.hidden);
  for (guint row = map + 2; row < canvas->height; row++)
    viz_canvas_fill (canvas, 0, (gint) row, canvas->width, VIZ_STYLE_NORMAL);
  viz_list_draw (canvas, (gint) map + 2, list, history, &view->moment, view->names);
  draw_details (canvas, (gint) (map + 2 + list), history, view);
  draw_keys (canvas);
  if (view->help)
    draw_help (canvas);
}
