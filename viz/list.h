/* The list of events: one line each, the event in view last. */
#pragma once

#include "viz/canvas.h"
#include "viz/flight.h"

G_BEGIN_DECLS

/* "tor1/em3" for a packet, "tor1" for a state change. */
const char *viz_event_place (const VizHistory *history, const VizEvent *event);

/* What happened, without time and place:
 *   in   802.1Q 5 | ARP who-has 10.0.0.12 tell 10.0.0.11 (46)
 *   DROP vlan-unbound [vlan_bindings, port em3 vlan 5] 802.1Q 5 | ARP …
 *   fdb add 02:00:00:00:00:0b: port em3 */
void viz_event_append (const VizHistory *history, const VizEvent *event, gboolean with_names, GString *out);

/* "1.000001061" */
void viz_time_append (gint64 time_ns, GString *out);

/* The cells that a list of that width gives to the place. */
guint viz_list_place_width (guint width);
/* Draws the events of a moment and those before it, the last at the bottom row. */
void viz_list_draw (VizCanvas *canvas, gint top, guint height, const VizHistory *history,
                    const VizMoment *moment, gboolean with_names);

G_END_DECLS
