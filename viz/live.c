/* Cells to curses, curses' keys to the player's. */
#define NCURSES_WIDECHAR 1
#include "viz/live.h"

#include <curses.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FRAME_MS 40 /* between two pictures while it plays */

G_DEFINE_QUARK (viz - live - error - quark, viz_live_error)

/* How a style looks with colours, and without. */
static const struct
{
  short colour;
  attr_t coloured, plain;
} looks[VIZ_STYLE_N] = {
  [VIZ_STYLE_NORMAL] = { -1, A_NORMAL, A_NORMAL },
  [VIZ_STYLE_BAR] = { COLOR_BLUE, A_REVERSE, A_REVERSE },
  [VIZ_STYLE_NODE] = { COLOR_CYAN, A_BOLD, A_BOLD },
  [VIZ_STYLE_LINK] = { COLOR_BLUE, A_NORMAL, A_NORMAL },
  [VIZ_STYLE_TRAIL] = { COLOR_GREEN, A_BOLD, A_BOLD },
  [VIZ_STYLE_DOWN] = { COLOR_RED, A_NORMAL, A_NORMAL },
  [VIZ_STYLE_FRAME] = { COLOR_YELLOW, A_BOLD, A_REVERSE },
  [VIZ_STYLE_DROP] = { COLOR_RED, A_BOLD, A_BOLD },
  [VIZ_STYLE_STATE] = { COLOR_MAGENTA, A_NORMAL, A_NORMAL },
  [VIZ_STYLE_CURRENT] = { COLOR_GREEN, A_BOLD, A_BOLD },
};

typedef struct
{
  VizPlayer player;
  VizCanvas *canvas;
  VizLayout *layout;
  guint n_links, n_nodes; /* of the topology that the layout was made for */
  gboolean colours;
  gboolean quit;
} Live;

/* ---- drawing ------------------------------------------------------------------------------------------- */

static void
start_colours (Live *live)
{
  live->colours
      = has_colors () && !g_getenv ("NO_COLOR") && start_color () == OK && use_default_colors () == OK;
  for (guint i = 0; live->colours && i < VIZ_STYLE_N; i++)
    init_pair ((short) (i + 1), looks[i].colour, -1);
}

static void
draw_line_cell (guint sides)
{
  static const guint horizontal = VIZ_EAST | VIZ_WEST, vertical = VIZ_NORTH | VIZ_SOUTH;
  const cchar_t *glyph = WACS_PLUS;

  if ((sides & ~horizontal) == 0)
    glyph = WACS_HLINE;
  else if ((sides & ~vertical) == 0)
    glyph = WACS_VLINE;
  else if (sides == (VIZ_EAST | VIZ_SOUTH))
    glyph = WACS_ULCORNER;
  else if (sides == (VIZ_WEST | VIZ_SOUTH))
    glyph = WACS_URCORNER;
  else if (sides == (VIZ_EAST | VIZ_NORTH))
    glyph = WACS_LLCORNER;
  else if (sides == (VIZ_WEST | VIZ_NORTH))
    glyph = WACS_LRCORNER;
  else if (sides == (horizontal | VIZ_SOUTH))
    glyph = WACS_TTEE;
  else if (sides == (horizontal | VIZ_NORTH))
    glyph = WACS_BTEE;
  else if (sides == (vertical | VIZ_EAST))
    glyph = WACS_LTEE;
  else if (sides == (vertical | VIZ_WEST))
    glyph = WACS_RTEE;
  add_wch (glyph);
}

static void
draw_cell (const Live *live, guint x, guint y)
{
  const VizCell *cell = viz_canvas_cell (live->canvas, x, y);
  wchar_t text[2] = { cell->character ? (wchar_t) cell->character : L' ', L'\0' };
  attr_t attributes = live->colours ? looks[cell->style].coloured : looks[cell->style].plain;

  if (MB_CUR_MAX == 1 && text[0] > 126)
    text[0] = L'?';
  attr_set (attributes, live->colours ? (short) (cell->style + 1) : 0, NULL);
  move ((int) y, (int) x);
  if (cell->line)
    draw_line_cell (cell->line);
  else
    addwstr (text);
}

static void
fit_canvas (Live *live)
{
  guint width = (guint) MAX (COLS, 1), height = (guint) MAX (LINES, 1);
  const VizTopology *topology = live->player.history->topology;

  if (!live->canvas || live->canvas->width != width || live->canvas->height != height)
    {
      viz_canvas_free (live->canvas);
      live->canvas = viz_canvas_new (width, height);
      g_clear_pointer (&live->layout, viz_layout_free);
    }
  if (live->layout && live->n_links == topology->links->len && live->n_nodes == topology->nodes->len)
    return;
  viz_layout_free (live->layout);
  live->layout = viz_layout_new (topology, width, viz_screen_map_height (height));
  live->n_links = topology->links->len;
  live->n_nodes = topology->nodes->len;
}

static void
draw (Live *live)
{
  fit_canvas (live);
  live->player.page = MAX (viz_screen_list_height (live->canvas->height), 1);
  viz_screen_draw (live->canvas, live->player.history, live->layout, &live->player.view);
  erase ();
  for (guint y = 0; y < live->canvas->height; y++)
    for (guint x = 0; x < live->canvas->width; x++)
      draw_cell (live, x, y);
  refresh ();
}

/* ---- keys ---------------------------------------------------------------------------------------------- */

static void
handle_key (Live *live, int key)
{
  static const struct
  {
    int key;
    VizKey does;
  } keys[] = {
    { ' ', VIZ_KEY_PAUSE },         { 's', VIZ_KEY_STEP },
    { KEY_RIGHT, VIZ_KEY_STEP },    { KEY_DOWN, VIZ_KEY_STEP },
    { KEY_LEFT, VIZ_KEY_BACK },     { KEY_UP, VIZ_KEY_BACK },
    { KEY_NPAGE, VIZ_KEY_PAGE_ON }, { KEY_PPAGE, VIZ_KEY_PAGE_BACK },
    { KEY_HOME, VIZ_KEY_FIRST },    { KEY_END, VIZ_KEY_LAST },
    { '+', VIZ_KEY_FASTER },        { '=', VIZ_KEY_FASTER },
    { '-', VIZ_KEY_SLOWER },        { 'd', VIZ_KEY_NEXT_DROP },
    { 'n', VIZ_KEY_NAMES },         { 'm', VIZ_KEY_MANAGEMENT },
    { 't', VIZ_KEY_STATES },        { 'h', VIZ_KEY_HELP },
    { '?', VIZ_KEY_HELP },
  };

  if (key == 'q' || key == 'Q')
    live->quit = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (keys[i].key == key)
      viz_player_key (&live->player, keys[i].does);
}

/* While nothing moves, keys are waited for. */
static int
wait_ms (Live *live, gboolean is_ahead)
{
  const VizView *view = &live->player.view;
  gboolean at_end = view->ended && view->moment.n_done == viz_history_n (live->player.history);

  if (!is_ahead)
    return 0;
  return view->paused || at_end ? -1 : FRAME_MS;
}

static void
loop (Live *live)
{
  gint64 last_us = g_get_monotonic_time ();

  while (!live->quit)
    {
      gboolean is_ahead = viz_player_look_ahead (&live->player);
      gint64 now_us;
      int key;

      draw (live);
      timeout (wait_ms (live, is_ahead));
      key = getch ();
      now_us = g_get_monotonic_time ();
      viz_player_pass (&live->player, (guint64) MAX (now_us - last_us, 0));
      last_us = now_us;
      if (key != ERR)
        handle_key (live, key);
      else if (!isatty (STDIN_FILENO))
        live->quit = TRUE;
    }
}

/* NULL where there is no terminal, or none whose cursor can be moved. */
static SCREEN *
open_screen (void)
{
  SCREEN *screen = isatty (STDOUT_FILENO) && isatty (STDIN_FILENO) ? newterm (NULL, stdout, stdin) : NULL;
  const char *move_cursor = screen ? tigetstr ("cup") : NULL;

  if (move_cursor && move_cursor != (const char *) -1)
    return screen;
  if (screen)
    {
      endwin ();
      delscreen (screen);
    }
  return NULL;
}

gboolean
viz_live_run (VizHistory *history, VizAdvance advance, gpointer user, GError **error)
{
  Live live = { .canvas = NULL };
  SCREEN *screen = open_screen ();

  if (!screen)
    {
      g_set_error (error, VIZ_LIVE_ERROR, VIZ_LIVE_ERROR_NO_TERMINAL,
                   "the live view needs a terminal, and TERM must name one that curses knows (it is '%s')",
                   g_getenv ("TERM") ? g_getenv ("TERM") : "");
      return FALSE;
    }
  cbreak ();
  noecho ();
  keypad (stdscr, TRUE);
  curs_set (0);
  start_colours (&live);
  viz_player_init (&live.player, history, advance, user);
  loop (&live);
  endwin ();
  delscreen (screen);
  viz_canvas_free (live.canvas);
  viz_layout_free (live.layout);
  return TRUE;
}
