/* The plan of a layout while it is made.  Private to layout.c and layout-route.c. */
#pragma once

#include "viz/layout.h"

G_BEGIN_DECLS

typedef struct
{
  const VizTopology *topology;
  guint width, height;
  GArray *order;  /* of guint: nodes in the order of their places */
  GArray *levels; /* of guint, by node: distance from its root */
  GArray *rows;   /* of guint, by node: VIZ_NONE while not placed */
  guint n_rows;
  guint box_height;
  VizLayout *layout;
} VizPlan;

static inline guint
viz_plan_number (const GArray *numbers, guint i)
{
  return g_array_index (numbers, guint, i);
}

/* The nodes of a link; FALSE for one that was unplugged or leads back to its node. */
gboolean viz_plan_link_nodes (const VizTopology *topology, guint link, guint nodes[2]);
/* The first row of cells of a row of boxes. */
gint viz_plan_row_y (const VizPlan *plan, guint row);
/* The column of cells in the middle of a node's box. */
gint viz_plan_centre (const VizPlan *plan, guint node);

/* When all boxes are placed: fills layout->routes. */
void viz_plan_routes (VizPlan *plan);

G_END_DECLS
