/* The emulator's program: a loop that compares, once a second, what the database says with what it has made of it.
 * Between two turns it sees nothing, and when it is gone the bridges go on with what they have. */
#pragma once

#include "models/emulator/bindings.h"

G_BEGIN_DECLS

#define EMULATOR_TURN_NS (1 * NET_SEC)

typedef struct _EmulatorProcess EmulatorProcess;

typedef struct
{
  NetWorld *world;         /* borrowed, as all of it */
  OvsdbDatabase *database; /* hardware_vtep */
  EmulatorBridges *bridges;
  const char *switch_name;
  const char *const *port_names;
  const guint *world_ports;
  guint n_ports;
  EmulatorBugs bugs;
} EmulatorProcessConfig;

/* Takes away what an earlier life left and builds everything anew, in this call. */
EmulatorProcess *emulator_process_new (const EmulatorProcessConfig *config);
/* It is ended from outside. */
void emulator_process_end (EmulatorProcess *process);
void emulator_process_free (EmulatorProcess *process);
/* It ended on its own, by a mistake. */
gboolean emulator_process_is_dead (const EmulatorProcess *process);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EmulatorProcess, emulator_process_free)

G_END_DECLS
