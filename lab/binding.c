/* Each driver walks over the segments in their order and takes the first that will do. */
#include "lab/binding.h"

#include <string.h>

static const LabSegment *
find_type (const LabNetwork *network, LabSegmentType type)
{
  for (guint i = 0; i < network->segments->len; i++)
    {
      const LabSegment *segment = &g_array_index (network->segments, LabSegment, i);
      if (segment->type == type)
        return segment;
    }
  return NULL;
}

/* The SR-IOV driver: on a physical network that one of the host's cards is on. */
static const LabSegment *
bind_vf (const LabVm *vm)
{
  for (guint i = 0; i < vm->network->segments->len; i++)
    {
      const LabSegment *segment = &g_array_index (vm->network->segments, LabSegment, i);
      if (segment->type != LAB_SEGMENT_VXLAN && strcmp (segment->physnet, vm->nic->physnet) == 0)
        return segment;
    }
  return NULL;
}

/* networking-odl: of a type that the host allows, and computes allow all. */
static const LabSegment *
bind_tap (const LabScenario *s, const LabVm *vm)
{
  const LabSegment *first = &g_array_index (vm->network->segments, LabSegment, 0);
  const LabSegment *vxlan = find_type (vm->network, LAB_SEGMENT_VXLAN);

  if (!lab_scenario_has_fix (s, "mp-bind-order")) /* whatever the controller will make of the network */
    return first;
  return vxlan ? vxlan : first;
}

const LabSegment *
lab_binding_segment (const LabScenario *s, const LabVm *vm)
{
  return vm->direct ? bind_vf (vm) : bind_tap (s, vm);
}
