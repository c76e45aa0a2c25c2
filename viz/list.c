/* Events as lines. */
#include "viz/list.h"

#include "viz/state-text.h"

void
viz_time_append (gint64 time_ns, GString *out)
{
  g_string_append_printf (out, "%" G_GINT64_FORMAT ".%09" G_GINT64_FORMAT, time_ns / NET_SEC,
                          time_ns % NET_SEC);
}

const char *
viz_event_place (const VizHistory *history, const VizEvent *event)
{
  return event->is_packet ? viz_topology_end (history->topology, event->end)->name : event->node;
}

static void
append_drop (const VizEvent *event, GString *out)
{
  g_string_append_printf (out, "DROP %s", net_drop_word (event->drop));
  if (event->table || event->rule)
    g_string_append_printf (out, " [%s%s%s]", event->table ? event->table : "",
                            event->table && event->rule ? ", " : "", event->rule ? event->rule : "");
  g_string_append_c (out, ' ');
}

void
viz_event_append (const VizHistory *history, const VizEvent *event, gboolean with_names, GString *out)
{
  const VizNames *names = with_names ? history->names : NULL;

  if (!event->is_packet)
    {
      viz_state_append (&(VizStateText){ event->table, event->op, event->key, event->json }, names,
                        history->rows, out);
      return;
    }
  if (event->drop != NET_DROP_NONE)
    append_drop (event, out);
  else
    g_string_append (out, event->direction == SIM_TRACE_INBOUND ? "in   " : "out  ");
  viz_decode (&event->frame, names, out);
}

static VizStyle
style_of (const VizEvent *event, gboolean is_current)
{
  if (event->is_packet && event->drop != NET_DROP_NONE)
    return VIZ_STYLE_DROP;
  if (is_current)
    return VIZ_STYLE_CURRENT;
  return event->is_packet ? VIZ_STYLE_NORMAL : VIZ_STYLE_STATE;
}

guint
viz_list_place_width (guint width)
{
  return width < 100 ? 14 : 21;
}

static void
draw_event (VizCanvas *canvas, gint y, const VizHistory *history, const VizEvent *event, gboolean is_current,
            gboolean with_names)
{
  VizStyle style = style_of (event, is_current);
  g_autoptr (GString) line = g_string_new (NULL);
  gboolean is_drop = event->is_packet && event->drop != NET_DROP_NONE;

  viz_time_append (event->time_ns, line);
  while (line->len < 12)
    g_string_prepend_c (line, ' ');
  g_string_prepend (line, is_drop ? "X" : " ");
  g_string_prepend (line, is_current ? ">" : " ");
  g_string_append_printf (line, " %-*s ", (int) viz_list_place_width (canvas->width),
                          viz_event_place (history, event));
  viz_event_append (history, event, with_names, line);
  viz_canvas_fill (canvas, 0, y, canvas->width, is_current ? style : VIZ_STYLE_NORMAL);
  viz_canvas_text (canvas, 0, y, canvas->width, style, line->str);
}

void
viz_list_draw (VizCanvas *canvas, gint top, guint height, const VizHistory *history, const VizMoment *moment,
               gboolean with_names)
{
  guint64 number = moment->n_done;

  for (guint i = 0; i < height; i++)
    {
      number = viz_history_last (history, number, moment->hidden);
      if (number == VIZ_NO_EVENT)
        return;
      draw_event (canvas, top + (gint) (height - 1 - i), history, viz_history_event (history, number), i == 0,
                  with_names);
    }
}
