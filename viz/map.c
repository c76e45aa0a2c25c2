/* Links first, boxes over them, frames on top. */
#include "viz/map.h"

#include <string.h>

typedef struct
{
  VizCanvas *canvas;
  gint top;
  const VizHistory *history;
  const VizLayout *layout;
  const VizMoment *moment;
  GArray *trail; /* links that the frame in view has passed */
} Map;

static gboolean
has_passed (const Map *map, guint link)
{
  for (guint i = 0; i < map->trail->len; i++)
    if (g_array_index (map->trail, guint, i) == link)
      return TRUE;
  return FALSE;
}

static gboolean
is_up (const Map *map, guint link)
{
  const VizLink *ends = viz_topology_link (map->history->topology, link);
  return map->moment->n_done == 0
         || (viz_history_is_up (map->history, ends->ends[0], map->moment->n_done - 1)
             && viz_history_is_up (map->history, ends->ends[1], map->moment->n_done - 1));
}

/* A link that is down is seen by its mark also where there is no colour. */
static void
draw_link (const Map *map, guint link)
{
  const VizRoute *route = viz_layout_route (map->layout, link);
  VizStyle style = has_passed (map, link) ? VIZ_STYLE_TRAIL : VIZ_STYLE_LINK;
  gboolean up;

  if (route->n == 0)
    return;
  up = is_up (map, link);
  for (guint i = 1; i < route->n; i++)
    viz_canvas_line (map->canvas, route->points[i - 1].x, map->top + route->points[i - 1].y,
                     route->points[i].x, map->top + route->points[i].y, up ? style : VIZ_STYLE_DOWN);
}

static void
mark_link_down (const Map *map, guint link)
{
  const VizRoute *route = viz_layout_route (map->layout, link);
  VizPoint middle;

  if (route->n == 0 || is_up (map, link))
    return;
  middle = viz_route_at (route, viz_route_length (route) / 2);
  viz_canvas_text (map->canvas, middle.x, map->top + middle.y, 1, VIZ_STYLE_DOWN, "x");
}

static void
draw_frame (VizCanvas *canvas, gint x, gint y, gint right, gint bottom)
{
  viz_canvas_line (canvas, x, y, right, y, VIZ_STYLE_NODE);
  viz_canvas_line (canvas, x, bottom, right, bottom, VIZ_STYLE_NODE);
  viz_canvas_line (canvas, x, y, x, bottom, VIZ_STYLE_NODE);
  viz_canvas_line (canvas, right, y, right, bottom, VIZ_STYLE_NODE);
}

static void
draw_box (const Map *map, guint node)
{
  const VizBox *box = viz_layout_box (map->layout, node);
  gint x = box->x, y = map->top + box->y, right = x + (gint) box->width - 1,
       bottom = y + (gint) box->height - 1;

  if (box->height == 0)
    return;
  for (gint row = y; row <= bottom; row++)
    viz_canvas_fill (map->canvas, x, row, box->width, VIZ_STYLE_NODE);
  if (box->height > 1)
    draw_frame (map->canvas, x, y, right, bottom);
  else
    {
      viz_canvas_text (map->canvas, x, y, 1, VIZ_STYLE_NODE, "[");
      viz_canvas_text (map->canvas, right, y, 1, VIZ_STYLE_NODE, "]");
    }
  viz_canvas_text (map->canvas, x + 2, y + (gint) box->height / 2, box->width - 4, VIZ_STYLE_NODE,
                   viz_topology_node (map->history->topology, node)->name);
}

/* Where a link leaves a framed box, the frame shows it. */
static void
join_link (const Map *map, guint link)
{
  const VizRoute *route = viz_layout_route (map->layout, link);
  guint length = viz_route_length (route);

  for (guint end = 0; end < 2 && length > 1; end++)
    {
      VizPoint on = viz_route_at (route, end ? length : 0), off = viz_route_at (route, end ? length - 1 : 1);
      if (viz_canvas_cell_at (map->canvas, on.x, map->top + on.y)->line)
        viz_canvas_line (map->canvas, on.x, map->top + on.y, off.x, map->top + off.y, VIZ_STYLE_LINK);
    }
}

static gboolean
is_free (const Map *map, gint x, gint y, guint width)
{
  gboolean outside = x < 0 || x + (gint) width > (gint) map->canvas->width;

  for (guint i = 0; i < width; i++)
    {
      const VizCell *cell = viz_canvas_cell_at (map->canvas, x + (gint) i, y);
      outside |= cell->line || (cell->character && cell->character != ' ');
    }
  return !outside;
}

/* The part of an end's name that tells it from the node's other ends; NULL where it only repeats what the cable leads
 * to. */
static const char *
port_name (const VizTopology *topology, guint link, guint side)
{
  const VizLink *ends = viz_topology_link (topology, link);
  const VizEnd *peer = viz_topology_end (topology, ends->ends[!side]);
  const char *slash = strrchr (viz_topology_end (topology, ends->ends[side])->name, '/');

  if (!slash || strcmp (slash + 1, viz_topology_node (topology, peer->node)->name) == 0)
    return NULL;
  return slash + 1;
}

/* The port's name beside its end of the link, where that leaves the box upwards or downwards and nothing is in the
 * way.  Both names of a link of one cell stand beside it, the upper one at the left. */
static void
name_end (const Map *map, guint link, guint side)
{
  const VizRoute *route = viz_layout_route (map->layout, link);
  guint length = viz_route_length (route), width;
  VizPoint on, off;
  const char *name;
  gint y, left;

  if (route->n == 0 || length < 2)
    return;
  name = port_name (map->history->topology, link, side);
  on = viz_route_at (route, side ? length : 0);
  off = viz_route_at (route, side ? length - 1 : 1);
  if (!name || on.x != off.x)
    return;
  width = (guint) strlen (name);
  y = map->top + off.y;
  left = off.x - (gint) width;
  if (!(length == 2 && off.y > on.y) && is_free (map, off.x + 1, y, width + 1))
    viz_canvas_text (map->canvas, off.x + 1, y, width, VIZ_STYLE_LINK, name);
  else if (is_free (map, left - 1, y, width + 1))
    viz_canvas_text (map->canvas, left, y, width, VIZ_STYLE_LINK, name);
}

/* ---- frames -------------------------------------------------------------------------------------------- */

/* The arrow stands where the frame is, the word behind it; on a link that runs down, a blank parts it from the port's
 * name. */
static void
mark_frame (const Map *map, VizPoint at, VizPoint next, const char *word)
{
  g_autofree char *text = NULL;
  gint x = at.x, y = map->top + at.y;

  if (next.y != at.y)
    text = g_strdup_printf ("%c%s ", next.y > at.y ? 'v' : '^', word);
  else if (next.x > at.x)
    {
      text = g_strdup_printf ("%s>", word);
      x -= (gint) strlen (word);
    }
  else
    text = g_strdup_printf ("<%s", word);
  viz_canvas_text (map->canvas, x, y, 12, VIZ_STYLE_FRAME, text);
}

static void
draw_flight (const Map *map, const VizFlight *flight)
{
  const VizTopology *topology = map->history->topology;
  const VizEvent *event = viz_history_event (map->history, flight->event);
  guint link = viz_topology_end (topology, flight->from)->link;
  const VizRoute *route = viz_layout_route (map->layout, link);
  gboolean backwards = viz_topology_link (topology, link)->ends[0] != flight->from;
  g_autoptr (GString) line = g_string_new (NULL);
  guint length = viz_route_length (route), step;
  VizPoint at, next;

  if (route->n == 0 || length < 2)
    return;
  step = 1 + flight->permille * (length - 2) / 1000;
  at = viz_route_at (route, backwards ? length - step : step);
  next = viz_route_at (route, backwards ? length - step - 1 : step + 1);
  mark_frame (map, at, next, viz_frame_kind_word (viz_decode (&event->frame, NULL, line)));
}

static void
draw_flights (const Map *map)
{
  g_autoptr (GArray) flights = viz_flights_at (map->history, map->moment);

  for (guint i = flights->len; i-- > 0;)
    draw_flight (map, &g_array_index (flights, VizFlight, i));
}

static void
draw_drop (const Map *map, const VizEvent *event)
{
  const VizBox *box
      = viz_layout_box (map->layout, viz_topology_end (map->history->topology, event->end)->node);
  g_autofree char *text = g_strdup_printf ("X %s", net_drop_word (event->drop));

  if (box->height > 1)
    viz_canvas_text (map->canvas, box->x + 1, map->top + box->y + 2, 30, VIZ_STYLE_DROP, text);
  else if (box->height == 1)
    viz_canvas_text (map->canvas, box->x + (gint) box->width, map->top + box->y, 30, VIZ_STYLE_DROP, text);
}

void
viz_map_draw (VizCanvas *canvas, gint top, const VizHistory *history, const VizLayout *layout,
              const VizMoment *moment)
{
  const VizEvent *event = viz_moment_event (history, moment);
  gboolean is_packet = event && event->is_packet;
  g_autoptr (GArray) trail = viz_trail_of (history, moment, is_packet ? event->packet_id : 0);
  Map map = { canvas, top, history, layout, moment, trail };

  for (guint i = 0; i < layout->routes->len; i++)
    draw_link (&map, i);
  for (guint i = 0; i < layout->boxes->len; i++)
    draw_box (&map, i);
  for (guint i = 0; i < layout->routes->len; i++)
    {
      join_link (&map, i);
      mark_link_down (&map, i);
    }
  for (guint i = 0; i < layout->routes->len; i++)
    {
      name_end (&map, i, 0);
      name_end (&map, i, 1);
    }
  draw_flights (&map);
  if (is_packet && event->drop != NET_DROP_NONE)
    draw_drop (&map, event);
}
