/* Flows of the own bridge.  Nothing else is in it: what no binding takes is dropped. */
#include "models/emulator/bindings.h"

#define PRIORITY_DEFAULT  0x8000u
#define PRIORITY_TAGGED   200u
#define PRIORITY_UNTAGGED 100u

char *
emulator_binding_name (guint vlan, const char *device)
{
  return g_strdup_printf ("%04u-%s", vlan, device);
}

gboolean
emulator_binding_split (const EmulatorLife *life, const char *name, char **vlan, char **device)
{
  g_auto (GStrv) words = NULL;

  if (emulator_bug_on (life->bugs, EMULATOR_BUG_DASH))
    words = g_strsplit (name, "-", -1);
  else
    words = g_strsplit (name, "-", 2);
  if (g_strv_length (words) != 2) /* two names are assigned to, and Python raises an exception */
    return FALSE;
  *vlan = g_strdup (words[0]);
  *device = g_strdup (words[1]);
  return TRUE;
}

/* The untagged binding's flow matches every frame of the port, whatever its tag, so the tagged ones must outrank it. */
static guint
priority_of (const EmulatorLife *life, guint vlan)
{
  if (emulator_bug_on (life->bugs, EMULATOR_BUG_UNTAGGED_WINS))
    return PRIORITY_DEFAULT;
  return vlan ? PRIORITY_TAGGED : PRIORITY_UNTAGGED;
}

/* Outwards a tag that the frame has gets the binding's VLAN; one that has none gets a tag. */
static void
add_flows (const EmulatorLife *life, const EmulatorBinding *binding)
{
  guint32 device = binding->device->number, patch = binding->near.number;
  guint priority = priority_of (life, binding->vlan);

  if (binding->vlan)
    {
      emulator_bridge_add_flow (binding->near.bridge,
                                "priority=%u,in_port=%u,dl_vlan=%u,actions=strip_vlan,output:%u", priority,
                                device, binding->vlan, patch);
      emulator_bridge_add_flow (binding->near.bridge,
                                "in_port=%u,vlan_tci=0x1000/0x1000,actions=set_field:%u->vlan_vid,output:%u",
                                patch, binding->vlan | 0x1000, device);
      emulator_bridge_add_flow (
          binding->near.bridge,
          "in_port=%u,vlan_tci=0,actions=push_vlan:0x8100,set_field:%u->vlan_vid,output:%u", patch,
          binding->vlan | 0x1000, device);
    }
  else
    {
      emulator_bridge_add_flow (binding->near.bridge, "priority=%u,in_port=%u,actions=output:%u", priority,
                                device, patch);
      emulator_bridge_add_flow (binding->near.bridge, "in_port=%u,actions=output:%u", patch, device);
    }
}

static void
delete_flows (const EmulatorLife *life, const EmulatorBinding *binding)
{
  guint32 device = binding->device->number;

  emulator_bridge_delete_flows (binding->near.bridge, 0, "in_port=%u", binding->near.number);
  if (binding->vlan)
    emulator_bridge_delete_flows (binding->near.bridge, 0, "in_port=%u,dl_vlan=%u", device, binding->vlan);
  else if (emulator_bug_on (life->bugs,
                            EMULATOR_BUG_UNBIND_UNTAGGED)) /* "in_port" covers the tagged ones' matches */
    emulator_bridge_delete_flows (binding->near.bridge, 0, "in_port=%u", device);
  else
    emulator_bridge_delete_flow_strict (binding->near.bridge, 0, (guint16) priority_of (life, 0),
                                        "in_port=%u", device);
}

EmulatorBinding *
emulator_binding_new (EmulatorLife *life, EmulatorBridge *bridge, const EmulatorDevice *device, guint vlan,
                      EmulatorSwitch *ls)
{
  EmulatorBinding *binding = g_new0 (EmulatorBinding, 1);
  g_autofree char *near = NULL, *far = NULL;

  binding->name = emulator_binding_name (vlan, device->name);
  binding->device = device;
  binding->vlan = vlan;
  binding->ls = ls;
  near = g_strconcat (binding->name, "-p", NULL);
  far = g_strconcat (binding->name, "-l", NULL);
  binding->near = (EmulatorPatch){ .bridge = bridge, .name = near };
  binding->far = (EmulatorPatch){ .bridge = emulator_switch_bridge (ls), .name = far };
  emulator_bridges_patch (&binding->near, &binding->far);
  binding->near.name = binding->far.name = NULL;
  add_flows (life, binding);
  emulator_switch_add_port (ls, binding->far.number, device->name, vlan);
  return binding;
}

void
emulator_binding_remove (EmulatorLife *life, EmulatorBinding *binding)
{
  delete_flows (life, binding);
  emulator_switch_remove_port (binding->ls, binding->far.number);
  emulator_bridge_remove_port (binding->near.bridge, binding->near.number);
  emulator_bridge_remove_port (binding->far.bridge, binding->far.number);
  emulator_binding_forget (binding);
}

void
emulator_binding_forget (EmulatorBinding *binding)
{
  g_free (binding->name);
  g_free (binding);
}
