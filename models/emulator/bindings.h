/* The emulator's own bridge: a pair of patch ports and two flows for each bound (port, VLAN). */
#pragma once

#include "models/emulator/logical-switch.h"

G_BEGIN_DECLS

/* A machine's port in the bridge. */
typedef struct
{
  char *name;
  guint32 number; /* OpenFlow's */
} EmulatorDevice;

typedef struct
{
  char *name; /* "2901-em3" */
  const EmulatorDevice *device;
  guint vlan; /* 0: untagged */
  EmulatorSwitch *ls;
  EmulatorPatch near, far; /* in the own bridge, and in the logical switch's */
} EmulatorBinding;

/* "2901-em3". */
char *emulator_binding_name (guint vlan, const char *device);
/* The other way round; the strings are the caller's.  FALSE: the program ends on it. */
gboolean emulator_binding_split (const EmulatorLife *life, const char *name, char **vlan, char **device);

EmulatorBinding *emulator_binding_new (EmulatorLife *life, EmulatorBridge *bridge,
                                       const EmulatorDevice *device, guint vlan, EmulatorSwitch *ls);
/* Takes its flows and ports away. */
void emulator_binding_remove (EmulatorLife *life, EmulatorBinding *binding);
/* The program ends; flows and ports stay. */
void emulator_binding_forget (EmulatorBinding *binding);

G_END_DECLS
