/* A software TOR as Open vSwitch's "VTEP emulator" makes one: bridges with flows, and a program that configures them by
 * polling the same hardware_vtep database that the gateway library serves.  It behaves as the real one does, weak sides
 * included: a loop of one second, one service node out of a set without an order, addresses forgotten 15 s after the
 * last frame to them, floods that may go from tunnel to tunnel.  docs/real-lab.md compares the two. */
#pragma once

#include "gateway/gateway.h"
#include "models/emulator/bugs.h"

G_BEGIN_DECLS

typedef struct _Emulator Emulator;

/* The bridges, without flows; the program is not started.  Writes the rows of the switch and its ports, as an
 * administrator does before the first start.  Takes of the configuration what both have: not mac_age_ns, max_macs and
 * inner_vlan. */
Emulator *
emulator_new (NetWorld *world, OvsdbDatabase *database, const VtepGatewayConfig *config, EmulatorBugs bugs);
void emulator_free (Emulator *emulator);

/* The program: starting one that runs, or stopping one that does not, changes nothing. */
void emulator_start (Emulator *emulator);
void emulator_stop (Emulator *emulator);

/* A frame arrived at a port of the world; takes the reference. */
void emulator_receive (Emulator *emulator, guint world_port, NetFrame *frame);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Emulator, emulator_free)

G_END_DECLS
