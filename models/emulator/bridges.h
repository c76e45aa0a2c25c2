/* Open vSwitch at the emulator: several bridges, ports of the machine, VXLAN ports and pairs of patch ports between
 * bridges, with flows as ovs-ofctl takes them.  It goes on forwarding whether or not somebody configures it.
 *
 * State and drop records of a bridge carry its name: "tor1_vtep_ls1 table=1,priority=1000,dl_dst=…". */
#pragma once

#include "models/ovs/switch.h"

G_BEGIN_DECLS

typedef struct _EmulatorBridges EmulatorBridges;
typedef struct _EmulatorBridge EmulatorBridge;

typedef struct
{
  NetWorld *world;        /* borrowed */
  VtepUnderlay *underlay; /* borrowed */
  guint underlay_port;    /* the world's number */
  guint underlay_mtu;     /* 0: 1500 */
} EmulatorBridgesConfig;

EmulatorBridges *emulator_bridges_new (const EmulatorBridgesConfig *config);
void emulator_bridges_free (EmulatorBridges *bridges);
/* All bridges go. */
void emulator_bridges_clear (EmulatorBridges *bridges);

EmulatorBridge *emulator_bridge_add (EmulatorBridges *bridges, const char *name);
/* Its patch ports' far ends stay, and lead nowhere. */
void emulator_bridge_remove (EmulatorBridge *bridge);
/* Its flow tables, to be read. */
const OvsTables *emulator_bridge_tables (const EmulatorBridge *bridge);

/* Ports; the number is OpenFlow's, counted up and never given twice in a bridge's life. */
guint32 emulator_bridge_add_device (EmulatorBridge *bridge, const char *name, guint world_port);
/* 0: some bridge has a tunnel with this far end and key already. */
guint32 emulator_bridge_add_tunnel (EmulatorBridge *bridge, const char *name, NetIpv4 remote, guint32 key);
void emulator_bridge_remove_port (EmulatorBridge *bridge, guint32 number);

typedef struct
{
  EmulatorBridge *bridge;
  const char *name;
  guint32 number; /* filled in */
} EmulatorPatch;

void emulator_bridges_patch (EmulatorPatch *a, EmulatorPatch *b);

/* ovs-ofctl add-flow.  The text is ours: a mistake in it is a programmer's.  A flow that finds no room is logged. */
void emulator_bridge_add_flow (EmulatorBridge *bridge, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* ovs-ofctl del-flows: every flow of the table that the match covers; and with --strict: the flow of just this match
 * and priority. */
void emulator_bridge_delete_flows (EmulatorBridge *bridge, guint8 table, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
void emulator_bridge_delete_flow_strict (EmulatorBridge *bridge, guint8 table, guint16 priority,
                                         const char *format, ...) G_GNUC_PRINTF (4, 5);

/* Frames of the machine's ports and of tunnels; both take the reference. */
void emulator_bridges_receive (EmulatorBridges *bridges, guint world_port, NetFrame *frame);
void emulator_bridges_receive_tunnel (EmulatorBridges *bridges, NetFrame *frame, const VtepArrival *arrival);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EmulatorBridges, emulator_bridges_free)

G_END_DECLS
