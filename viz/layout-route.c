/* The ways of links between boxes that are placed: which sides they leave by, and where they bend. */
#include "viz/layout-plan.h"

#include <stdlib.h>

typedef enum
{
  SIDE_TOP,
  SIDE_BOTTOM,
  SIDE_LEFT,
  SIDE_RIGHT
} Side;

/* Where a link leaves its two boxes. */
typedef struct
{
  guint nodes[2];
  Side sides[2];
  gboolean shown;
} Wire;

/* Nobody stands between two boxes of a row. */
static gboolean
are_neighbours (const VizPlan *plan, guint a, guint b)
{
  const VizBox *left = viz_layout_box (plan->layout, a), *right = viz_layout_box (plan->layout, b);
  gint low = MIN (left->x, right->x), high = MAX (left->x, right->x);

  for (guint i = 0; i < plan->rows->len; i++)
    {
      gint x = viz_layout_box (plan->layout, i)->x;
      if (viz_plan_number (plan->rows, i) == viz_plan_number (plan->rows, a) && x > low && x < high)
        return FALSE;
    }
  return TRUE;
}

static Wire
choose_sides (const VizPlan *plan, guint link)
{
  Wire wire = { .shown = FALSE };
  guint rows[2];
  gboolean forward;

  if (!viz_plan_link_nodes (plan->topology, link, wire.nodes))
    return wire;
  rows[0] = viz_plan_number (plan->rows, wire.nodes[0]);
  rows[1] = viz_plan_number (plan->rows, wire.nodes[1]);
  wire.shown = MAX (rows[0], rows[1]) < plan->n_rows;
  forward = rows[0] == rows[1] ? viz_layout_box (plan->layout, wire.nodes[0])->x
                                     < viz_layout_box (plan->layout, wire.nodes[1])->x
                               : rows[0] < rows[1];
  if (rows[0] != rows[1])
    {
      wire.sides[!forward] = SIDE_BOTTOM;
      wire.sides[forward] = SIDE_TOP;
    }
  else if (wire.shown && are_neighbours (plan, wire.nodes[0], wire.nodes[1]))
    {
      wire.sides[!forward] = SIDE_RIGHT;
      wire.sides[forward] = SIDE_LEFT;
    }
  else
    wire.sides[0] = wire.sides[1] = rows[0] + 1 == plan->n_rows && rows[0] > 0 ? SIDE_TOP : SIDE_BOTTOM;
  return wire;
}

/* Links on one side of a box stand in the order of where they go, so that they do not cross there. */
static void
count_on_side (const VizPlan *plan, const GArray *wires, guint link, guint end, guint *n, guint *before)
{
  const Wire *wire = &g_array_index (wires, Wire, link);
  gint target = viz_plan_centre (plan, wire->nodes[!end]);

  *n = *before = 0;
  for (guint i = 0; i < wires->len; i++)
    for (guint e = 0; e < 2; e++)
      {
        const Wire *other = &g_array_index (wires, Wire, i);
        gint other_target;
        if (!other->shown || other->nodes[e] != wire->nodes[end] || other->sides[e] != wire->sides[end])
          continue;
        other_target = viz_plan_centre (plan, other->nodes[!e]);
        (*n)++;
        *before += other_target < target || (other_target == target && i < link);
      }
}

static VizPoint
attach (const VizPlan *plan, const GArray *wires, guint link, guint end)
{
  const Wire *wire = &g_array_index (wires, Wire, link);
  const VizBox *box = viz_layout_box (plan->layout, wire->nodes[end]);
  guint n, before;

  if (wire->sides[end] == SIDE_LEFT)
    return (VizPoint){ box->x, box->y + (gint) box->height / 2 };
  if (wire->sides[end] == SIDE_RIGHT)
    return (VizPoint){ box->x + (gint) box->width - 1, box->y + (gint) box->height / 2 };
  count_on_side (plan, wires, link, end, &n, &before);
  return (VizPoint){ box->x + (gint) ((before + 1) * box->width / (n + 1)),
                     wire->sides[end] == SIDE_TOP ? box->y : box->y + (gint) box->height - 1 };
}

/* The row of cells on which a link goes sideways: in the space over the lower box, where links from one upper
 * box share a row and those from another take the next. */
static gint
channel (const VizPlan *plan, const Wire *wire)
{
  guint rows[2]
      = { viz_plan_number (plan->rows, wire->nodes[0]), viz_plan_number (plan->rows, wire->nodes[1]) };
  guint upper = wire->nodes[rows[0] > rows[1]], lower_row = MAX (rows[0], rows[1]), place = 0;
  gint low, high;

  if (rows[0] == rows[1] && wire->sides[0] == SIDE_BOTTOM)
    lower_row++;
  low = viz_plan_row_y (plan, lower_row - 1) + (gint) plan->box_height;
  high = lower_row < plan->n_rows ? viz_plan_row_y (plan, lower_row) - 1 : low;
  for (guint i = 0; i < plan->order->len && viz_plan_number (plan->order, i) != upper; i++)
    place += viz_plan_number (plan->rows, viz_plan_number (plan->order, i))
             == viz_plan_number (plan->rows, upper);
  return low + (gint) place % MAX (high - low + 1, 1);
}

static VizRoute
draw_route (const VizPlan *plan, const GArray *wires, guint link)
{
  const Wire *wire = &g_array_index (wires, Wire, link);
  VizPoint from, to;
  gint y;

  if (!wire->shown)
    return (VizRoute){ .n = 0 };
  from = attach (plan, wires, link, 0);
  to = attach (plan, wires, link, 1);
  if (wire->sides[0] == SIDE_LEFT || wire->sides[0] == SIDE_RIGHT)
    return (VizRoute){ .n = 2, .points = { from, to } };
  y = channel (plan, wire);
  return (VizRoute){ .n = 4, .points = { from, { from.x, y }, { to.x, y }, to } };
}

void
viz_plan_routes (VizPlan *plan)
{
  g_autoptr (GArray) wires = g_array_new (FALSE, FALSE, sizeof (Wire));

  for (guint i = 0; i < plan->topology->links->len; i++)
    {
      Wire wire = choose_sides (plan, i);
      g_array_append_val (wires, wire);
    }
  for (guint i = 0; i < wires->len; i++)
    {
      VizRoute route = draw_route (plan, wires, i);
      g_array_append_val (plan->layout->routes, route);
    }
}

guint
viz_route_length (const VizRoute *route)
{
  guint length = 0;

  for (guint i = 1; i < route->n; i++)
    length += (guint) (abs (route->points[i].x - route->points[i - 1].x)
                       + abs (route->points[i].y - route->points[i - 1].y));
  return length;
}

static gint
towards (gint from, gint to, guint step)
{
  return from < to ? from + (gint) step : from > to ? from - (gint) step : from;
}

VizPoint
viz_route_at (const VizRoute *route, guint step)
{
  for (guint i = 1; i < route->n; i++)
    {
      VizPoint a = route->points[i - 1], b = route->points[i];
      guint length = (guint) (abs (b.x - a.x) + abs (b.y - a.y));
      if (step <= length)
        return (VizPoint){ towards (a.x, b.x, step), towards (a.y, b.y, step) };
      step -= length;
    }
  return route->points[route->n - 1];
}
