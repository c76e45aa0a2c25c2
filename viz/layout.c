/* Rows by breadth-first search; in each, nodes below their neighbours above and pushed apart. */
#include "viz/layout-plan.h"

#define NAME_MAX_WIDTH 20u
/* Between boxes of a row: at least, and where there is room. */
#define GAP_MIN 2
#define GAP_MAX 14

static GArray *
new_numbers (guint n, guint value)
{
  GArray *numbers = g_array_sized_new (FALSE, FALSE, sizeof (guint), n);
  for (guint i = 0; i < n; i++)
    g_array_append_val (numbers, value);
  return numbers;
}

gboolean
viz_plan_link_nodes (const VizTopology *topology, guint link, guint nodes[2])
{
  const VizLink *ends = viz_topology_link (topology, link);

  if (ends->ends[0] == VIZ_NONE)
    return FALSE;
  nodes[0] = viz_topology_end (topology, ends->ends[0])->node;
  nodes[1] = viz_topology_end (topology, ends->ends[1])->node;
  return nodes[0] != nodes[1];
}

/* ---- rows ---------------------------------------------------------------------------------------------- */

static GArray *
count_links (const VizTopology *topology)
{
  GArray *degrees = new_numbers (topology->nodes->len, 0);

  for (guint i = 0; i < topology->links->len; i++)
    {
      guint nodes[2];
      if (!viz_plan_link_nodes (topology, i, nodes))
        continue;
      g_array_index (degrees, guint, nodes[0])++;
      g_array_index (degrees, guint, nodes[1])++;
    }
  return degrees;
}

/* The node with the most links among those not reached yet; VIZ_NONE when all are. */
static guint
find_root (const VizPlan *plan, const GArray *degrees)
{
  guint root = VIZ_NONE;

  for (guint i = 0; i < plan->levels->len; i++)
    if (viz_plan_number (plan->levels, i) == VIZ_NONE
        && (root == VIZ_NONE || viz_plan_number (degrees, i) > viz_plan_number (degrees, root)))
      root = i;
  return root;
}

static void
reach (VizPlan *plan, guint node, guint level)
{
  g_array_index (plan->levels, guint, node) = level;
  g_array_append_val (plan->order, node);
}

static void
reach_neighbours (VizPlan *plan, guint node)
{
  for (guint i = 0; i < plan->topology->links->len; i++)
    {
      guint nodes[2], other;
      if (!viz_plan_link_nodes (plan->topology, i, nodes) || (nodes[0] != node && nodes[1] != node))
        continue;
      other = nodes[nodes[0] == node];
      if (viz_plan_number (plan->levels, other) == VIZ_NONE)
        reach (plan, other, viz_plan_number (plan->levels, node) + 1);
    }
}

static void
find_levels (VizPlan *plan)
{
  g_autoptr (GArray) degrees = count_links (plan->topology);
  guint next = 0, root;

  while ((root = find_root (plan, degrees)) != VIZ_NONE)
    {
      reach (plan, root, 0);
      for (; next < plan->order->len; next++)
        reach_neighbours (plan, viz_plan_number (plan->order, next));
    }
}

static guint
box_width (const VizPlan *plan, guint node)
{
  guint name = (guint) g_utf8_strlen (viz_topology_node (plan->topology, node)->name, -1);
  return MIN (name, NAME_MAX_WIDTH) + 4;
}

/* A level becomes one row, or more where the width does not hold it. */
static void
find_rows (VizPlan *plan)
{
  guint n_levels = 0, row = 0;

  for (guint i = 0; i < plan->levels->len; i++)
    n_levels = MAX (n_levels, viz_plan_number (plan->levels, i) + 1);
  for (guint level = 0; level < n_levels; level++, row++)
    {
      guint used = 0;
      for (guint i = 0; i < plan->order->len; i++)
        {
          guint node = viz_plan_number (plan->order, i), width = box_width (plan, node);
          if (viz_plan_number (plan->levels, node) != level)
            continue;
          if (used && used + GAP_MIN + width > plan->width)
            {
              used = 0;
              row++;
            }
          used += (used ? GAP_MIN : 0) + width;
          g_array_index (plan->rows, guint, node) = row;
        }
    }
  plan->n_rows = row;
}

/* ---- boxes --------------------------------------------------------------------------------------------- */

/* Framed boxes with two cells between the rows where there is room for them. */
static void
choose_height (VizPlan *plan)
{
  plan->box_height = plan->n_rows * 5 <= plan->height + 2 ? 3 : 1;
  if (plan->box_height == 1)
    plan->n_rows = MIN (plan->n_rows, (plan->height + 1) / 2);
}

gint
viz_plan_row_y (const VizPlan *plan, guint row)
{
  guint free_rows = plan->height - plan->n_rows * plan->box_height;

  if (plan->n_rows == 1)
    return (gint) (free_rows / 2);
  return (gint) (row * plan->box_height + row * free_rows / (plan->n_rows - 1));
}

/* A node of the row that is being placed, and where it would best stand. */
typedef struct
{
  guint node, width;
  gint centre, x;
} Place;

gint
viz_plan_centre (const VizPlan *plan, guint node)
{
  const VizBox *box = viz_layout_box (plan->layout, node);
  return box->x + (gint) box->width / 2;
}

/* The middle of the neighbours in the rows above; `otherwise` without any. */
static gint
centre_of_parents (const VizPlan *plan, guint node, gint otherwise)
{
  gint sum = 0, n = 0;

  for (guint i = 0; i < plan->topology->links->len; i++)
    {
      guint nodes[2], other;
      if (!viz_plan_link_nodes (plan->topology, i, nodes) || (nodes[0] != node && nodes[1] != node))
        continue;
      other = nodes[nodes[0] == node];
      if (viz_plan_number (plan->rows, other) >= viz_plan_number (plan->rows, node))
        continue;
      sum += viz_plan_centre (plan, other);
      n++;
    }
  return n ? sum / n : otherwise;
}

/* The nodes of a row in order, each with its share of the width as its place. */
static GArray *
share_out (const VizPlan *plan, guint row)
{
  GArray *places = g_array_new (FALSE, FALSE, sizeof (Place));
  guint used = 0, so_far = 0, free_cells;

  for (guint i = 0; i < plan->order->len; i++)
    {
      Place place = { .node = viz_plan_number (plan->order, i) };
      if (viz_plan_number (plan->rows, place.node) != row)
        continue;
      place.width = box_width (plan, place.node);
      used += place.width;
      g_array_append_val (places, place);
    }
  free_cells = plan->width > used ? plan->width - used : 0;
  for (guint i = 0; i < places->len; i++)
    {
      Place *place = &g_array_index (places, Place, i);
      gint x = (gint) (so_far + free_cells * (i + 1) / (places->len + 1));
      so_far += place->width;
      place->centre = centre_of_parents (plan, place->node, x + (gint) place->width / 2);
    }
  return places;
}

static gint
compare_places (gconstpointer a, gconstpointer b)
{
  gint left = ((const Place *) a)->centre, right = ((const Place *) b)->centre;
  return (left > right) - (left < right);
}

/* The cells between the boxes of a row. */
static gint
choose_gap (const VizPlan *plan, const GArray *places)
{
  guint used = 0;
  gint share;

  for (guint i = 0; i < places->len; i++)
    used += g_array_index (places, Place, i).width;
  share = plan->width > used ? (gint) ((plan->width - used) / (places->len + 1)) : 0;
  return CLAMP (share, GAP_MIN, GAP_MAX);
}

/* Nodes that want the same centre stand around it. */
static void
gather (GArray *places, gint gap)
{
  for (guint first = 0, next; first < places->len; first = next)
    {
      gint centre_x = g_array_index (places, Place, first).centre, width = -gap, x;
      for (next = first; next < places->len && g_array_index (places, Place, next).centre == centre_x; next++)
        width += (gint) g_array_index (places, Place, next).width + gap;
      x = centre_x - width / 2;
      for (guint i = first; i < next; i++)
        {
          Place *place = &g_array_index (places, Place, i);
          place->x = x;
          x += (gint) place->width + gap;
        }
    }
}

/* Pushes boxes right where they overlap, and then left where they stick out. */
static void
push_apart (const VizPlan *plan, GArray *places, gint gap)
{
  gint limit = 0;

  for (guint i = 0; i < places->len; i++)
    {
      Place *place = &g_array_index (places, Place, i);
      place->x = MAX (place->x, limit);
      limit = place->x + (gint) place->width + gap;
    }
  limit = (gint) plan->width;
  for (guint i = places->len; i-- > 0;)
    {
      Place *place = &g_array_index (places, Place, i);
      place->x = MAX (MIN (place->x, limit - (gint) place->width), 0);
      limit = place->x - gap;
    }
}

static void
place_row (VizPlan *plan, guint row)
{
  g_autoptr (GArray) places = share_out (plan, row);
  gint gap = choose_gap (plan, places);

  g_array_sort (places, compare_places);
  gather (places, gap);
  push_apart (plan, places, gap);
  for (guint i = 0; i < places->len; i++)
    {
      const Place *place = &g_array_index (places, Place, i);
      g_array_index (plan->layout->boxes, VizBox, place->node) = (VizBox){
        .x = place->x, .y = viz_plan_row_y (plan, row), .width = place->width, .height = plan->box_height
      };
    }
}

static void
place_boxes (VizPlan *plan)
{
  choose_height (plan);
  for (guint row = 0; row < plan->n_rows; row++)
    place_row (plan, row);
  for (guint i = 0; i < plan->rows->len; i++)
    plan->layout->n_hidden += viz_plan_number (plan->rows, i) >= plan->n_rows;
}

/* ---- the whole ----------------------------------------------------------------------------------------- */

VizLayout *
viz_layout_new (const VizTopology *topology, guint width, guint height)
{
  guint n = topology->nodes->len;
  g_autoptr (GArray) order = new_numbers (0, 0), levels = new_numbers (n, VIZ_NONE),
                     rows = new_numbers (n, VIZ_NONE);
  VizLayout *layout = g_new0 (VizLayout, 1);
  VizPlan plan = { .topology = topology, .width = width, .height = height, .order = order, .levels = levels };

  plan.rows = rows;
  plan.layout = layout;
  layout->boxes = g_array_new (FALSE, TRUE, sizeof (VizBox));
  layout->routes = g_array_new (FALSE, TRUE, sizeof (VizRoute));
  g_array_set_size (layout->boxes, n);
  find_levels (&plan);
  find_rows (&plan);
  place_boxes (&plan);
  viz_plan_routes (&plan);
  return layout;
}

void
viz_layout_free (VizLayout *layout)
{
  if (!layout)
    return;
  g_array_unref (layout->boxes);
  g_array_unref (layout->routes);
  g_free (layout);
}
