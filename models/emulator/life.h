/* One life of the emulator's program, from its start to its end: what all its parts work with. */
#pragma once

#include "models/emulator/bridges.h"
#include "models/emulator/bugs.h"
#include "ovsdb/database.h"

G_BEGIN_DECLS

typedef struct
{
  NetWorld *world;         /* borrowed, as the next three */
  OvsdbDatabase *database; /* hardware_vtep */
  EmulatorBridges *bridges;
  const char *switch_name; /* Physical_Switch.name */
  EmulatorBugs bugs;
  NetIpv4 tunnel_ip;
  guint64 salt;                /* the order of sets, another one in each life */
  guint n_switches, n_tunnels; /* made so far: names count up */
} EmulatorLife;

G_END_DECLS
