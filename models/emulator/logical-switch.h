/* A logical switch at the emulator: a bridge of its own, whose flows follow the bindings and the remote rows, and whose
 * learned addresses become local rows. */
#pragma once

#include "models/emulator/life.h"

G_BEGIN_DECLS

typedef struct _EmulatorSwitch EmulatorSwitch;

/* Makes the bridge, and the row by which others flood to this switch. */
EmulatorSwitch *emulator_switch_new (EmulatorLife *life, const char *name);
/* The program ends; bridge and rows stay. */
void emulator_switch_forget (EmulatorSwitch *ls);
/* The last binding went: bridge, tunnels and local rows go. */
void emulator_switch_remove (EmulatorSwitch *ls);

const char *emulator_switch_name (const EmulatorSwitch *ls);
EmulatorBridge *emulator_switch_bridge (const EmulatorSwitch *ls);

/* A patch port by which frames of a bound (port, VLAN) come. */
void emulator_switch_add_port (EmulatorSwitch *ls, guint32 port, const char *device, guint vlan);
void emulator_switch_remove_port (EmulatorSwitch *ls, guint32 port);
guint emulator_switch_n_ports (const EmulatorSwitch *ls);

/* Once a turn. */
void emulator_switch_run (EmulatorSwitch *ls);

G_END_DECLS
