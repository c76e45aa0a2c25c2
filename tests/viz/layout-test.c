/* Places of nodes and ways of links. */
#include "viz/layout.h"
#include "tap.h"

/* Two ends and the link between them. */
static void
connect (VizTopology *topology, guint a, guint b)
{
  g_autofree char *left = g_strdup_printf ("n%u/to%u.%u", a, b, topology->ends->len);
  g_autofree char *right = g_strdup_printf ("n%u/to%u.%u", b, a, topology->ends->len);
  viz_topology_add (topology, &(SimTraceInterface){ .name = left, .kind = "node", .peer = right });
  viz_topology_add (topology, &(SimTraceInterface){ .name = right, .kind = "node", .peer = left });
}

static gboolean
overlap (const VizBox *a, const VizBox *b)
{
  return a->height && b->height && a->x < b->x + (gint) b->width && b->x < a->x + (gint) a->width
         && a->y < b->y + (gint) b->height && b->y < a->y + (gint) a->height;
}

static gboolean
is_inside (const VizBox *box, VizPoint point)
{
  return point.x >= box->x && point.x < box->x + (gint) box->width && point.y >= box->y
         && point.y < box->y + (gint) box->height;
}

/* What is true of every layout. */
static void
check_rules (const VizTopology *topology, guint width, guint height)
{
  g_autoptr (VizLayout) layout = viz_layout_new (topology, width, height);
  guint n_hidden = 0;

  for (guint i = 0; i < topology->nodes->len; i++)
    {
      const VizBox *box = viz_layout_box (layout, i);
      n_hidden += box->height == 0;
      CU_ASSERT_TRUE (box->x >= 0 && box->y >= 0 && (guint) box->y + box->height <= height);
      for (guint j = 0; j < i; j++)
        CU_ASSERT_FALSE (overlap (box, viz_layout_box (layout, j)));
    }
  CU_ASSERT_EQUAL (n_hidden, layout->n_hidden);
  for (guint i = 0; i < topology->links->len; i++)
    {
      const VizRoute *route = viz_layout_route (layout, i);
      const VizLink *link = viz_topology_link (topology, i);
      if (route->n == 0)
        continue;
      CU_ASSERT_TRUE (is_inside (viz_layout_box (layout, viz_topology_end (topology, link->ends[0])->node),
                                 route->points[0]));
      CU_ASSERT_TRUE (is_inside (viz_layout_box (layout, viz_topology_end (topology, link->ends[1])->node),
                                 route->points[route->n - 1]));
      for (guint p = 1; p < route->n; p++)
        CU_ASSERT_TRUE (route->points[p].x == route->points[p - 1].x
                        || route->points[p].y == route->points[p - 1].y);
    }
}

static void
boxes_never_overlap_and_links_end_at_their_boxes (void)
{
  guint32 state = 2901;

  for (guint round = 0; round < 200; round++)
    {
      g_autoptr (VizTopology) topology = viz_topology_new ();
      guint n_nodes = 2 + round % 23;
      for (guint i = 0; i < n_nodes + round % 7; i++)
        {
          state = state * 1664525 + 1013904223;
          connect (topology, (state >> 24) % n_nodes, i % n_nodes);
        }
      check_rules (topology, 80, 10);
      check_rules (topology, 120, 40);
      check_rules (topology, 24, 3);
    }
}

static void
the_node_with_the_most_links_stands_on_top (void)
{
  g_autoptr (VizTopology) topology = viz_topology_new ();
  g_autoptr (VizLayout) layout = NULL;

  connect (topology, 0, 1);
  connect (topology, 1, 2);
  connect (topology, 1, 3);
  layout = viz_layout_new (topology, 80, 10);
  CU_ASSERT_EQUAL (viz_layout_box (layout, 1)->y, 0);
  for (guint i = 0; i < 4; i++)
    CU_ASSERT_EQUAL (viz_layout_box (layout, i)->y > 0, i != 1);
}

static void
nodes_are_framed_where_there_is_room (void)
{
  g_autoptr (VizTopology) topology = viz_topology_new ();
  g_autoptr (VizLayout) roomy = NULL, tight = NULL;

  connect (topology, 0, 1);
  roomy = viz_layout_new (topology, 80, 8);
  tight = viz_layout_new (topology, 80, 7);
  CU_ASSERT_EQUAL (viz_layout_box (roomy, 0)->height, 3);
  CU_ASSERT_EQUAL (viz_layout_box (tight, 0)->height, 1);
}

static void
what_does_not_fit_is_counted (void)
{
  g_autoptr (VizTopology) topology = viz_topology_new ();
  g_autoptr (VizLayout) layout = NULL;

  for (guint i = 1; i < 40; i++)
    connect (topology, 0, i);
  layout = viz_layout_new (topology, 40, 5); /* three rows: the hub, and twice five nodes */
  CU_ASSERT_EQUAL (layout->n_hidden, 40 - 1 - 5 - 5);
}

static void
a_route_is_walked_step_by_step (void)
{
  const VizRoute route = { 4, { { 2, 0 }, { 2, 3 }, { 6, 3 }, { 6, 5 } } };
  VizPoint corner = viz_route_at (&route, 3), between = viz_route_at (&route, 5),
           end = viz_route_at (&route, 9);

  CU_ASSERT_EQUAL (viz_route_length (&route), 9);
  CU_ASSERT_TRUE (corner.x == 2 && corner.y == 3);
  CU_ASSERT_TRUE (between.x == 4 && between.y == 3);
  CU_ASSERT_TRUE (end.x == 6 && end.y == 5);
}

static void
a_cable_that_is_plugged_elsewhere_is_drawn_there (void)
{
  g_autoptr (VizTopology) topology = viz_topology_new ();
  g_autoptr (VizLayout) layout = NULL;

  viz_topology_add (topology, &(SimTraceInterface){ .name = "a/1", .kind = "node", .peer = "b/1" });
  viz_topology_add (topology, &(SimTraceInterface){ .name = "a/1", .kind = "node", .peer = "c/1" });
  layout = viz_layout_new (topology, 80, 10);
  CU_ASSERT_EQUAL (topology->links->len, 2);
  CU_ASSERT_EQUAL (viz_layout_route (layout, 0)->n, 0);
  CU_ASSERT_EQUAL (viz_layout_route (layout, 1)->n, 4);
}

int
main (void)
{
  static const TapTest tests[] = {
    { "boxes never overlap, and links end at their boxes", boxes_never_overlap_and_links_end_at_their_boxes },
    { "the node with the most links stands on top", the_node_with_the_most_links_stands_on_top },
    { "nodes are framed where there is room", nodes_are_framed_where_there_is_room },
    { "what does not fit is counted", what_does_not_fit_is_counted },
    { "a route is walked step by step", a_route_is_walked_step_by_step },
    { "a cable that is plugged elsewhere is drawn there", a_cable_that_is_plugged_elsewhere_is_drawn_there },
    { NULL, NULL },
  };
  return tap_main ("layout", tests);
}
