/* Where nodes and links go on a grid of cells: a pure function of the topology and the size.
 *
 * Nodes stand in rows by their distance from the node with the most links; links run down from row to row,
 * bent at most twice.  What does not fit is left out and counted. */
#pragma once

#include "viz/topology.h"

G_BEGIN_DECLS

typedef struct
{
  gint x, y;
  guint width, height; /* height 1: "[name]"; 3: with a frame; 0: it did not fit */
} VizBox;

typedef struct
{
  gint x, y;
} VizPoint;

/* Horizontal and vertical pieces from the border of one box to the border of another, from the link's end 0
 * to its end 1.  n is 0 where one of the boxes is not shown. */
typedef struct
{
  guint n;
  VizPoint points[4];
} VizRoute;

typedef struct
{
  GArray *boxes;  /* of VizBox, by node */
  GArray *routes; /* of VizRoute, by link */
  guint n_hidden; /* nodes that did not fit */
} VizLayout;

VizLayout *viz_layout_new (const VizTopology *topology, guint width, guint height);
void viz_layout_free (VizLayout *layout);

static inline const VizBox *
viz_layout_box (const VizLayout *layout, guint node)
{
  return &g_array_index (layout->boxes, VizBox, node);
}

static inline const VizRoute *
viz_layout_route (const VizLayout *layout, guint link)
{
  return &g_array_index (layout->routes, VizRoute, link);
}

/* The steps from a route's first point to its last, and the point after `step` of them. */
guint viz_route_length (const VizRoute *route);
VizPoint viz_route_at (const VizRoute *route, guint step);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VizLayout, viz_layout_free)

G_END_DECLS
