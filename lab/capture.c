/* Choosing packets by link end and filter. */
#include "lab/capture.h"

#include "lab/filter.h"

struct _LabCaptureGate
{
  const LabCapture *capture;
  LabFilter *filter;
  GByteArray *chosen; /* by interface id */
  SimTraceFunc next;
  gpointer user;
};

LabCaptureGate *
lab_capture_gate_new (const LabScenario *s, SimTraceFunc next, gpointer user)
{
  LabCaptureGate *gate = g_new0 (LabCaptureGate, 1);
  gate->capture = &s->capture;
  gate->chosen = g_byte_array_new ();
  gate->next = next;
  gate->user = user;
  if (s->capture.filter)
    gate->filter = lab_filter_new (s->capture.filter, NULL, -1);
  return gate;
}

void
lab_capture_gate_free (LabCaptureGate *gate)
{
  if (!gate)
    return;
  lab_filter_free (gate->filter);
  g_byte_array_unref (gate->chosen);
  g_free (gate);
}

static void
hear_interface (LabCaptureGate *gate, const SimTraceInterface *interface)
{
  const GPtrArray *ends = gate->capture->ends;

  while (gate->chosen->len <= interface->id)
    g_byte_array_append (gate->chosen, (const guint8[]){ 0 }, 1);
  gate->chosen->data[interface->id]
      = ends->len == 0
        || g_ptr_array_find_with_equal_func ((GPtrArray *) ends, interface->name, g_str_equal, NULL);
}

void
lab_capture_gate_hear (const SimTraceRecord *record, gpointer user)
{
  LabCaptureGate *gate = user;
  SimTraceRecord cut = *record;

  if (record->kind == SIM_TRACE_INTERFACE)
    hear_interface (gate, &record->interface);
  if (record->kind == SIM_TRACE_PACKET)
    {
      const SimTracePacket *packet = &record->packet;
      if (packet->interface_id >= gate->chosen->len || !gate->chosen->data[packet->interface_id]
          || (gate->filter
              && !lab_filter_matches (gate->filter, packet->bytes, packet->captured, packet->length)))
        return;
      if (gate->capture->snap_length)
        cut.packet.captured = MIN (packet->captured, gate->capture->snap_length);
    }
  gate->next (&cut, gate->user);
}
