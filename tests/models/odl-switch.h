/* An OpenFlow switch that a test leads by hand: it shakes hands, notes what it is told, and says what it is asked to. */
#pragma once

#include "fake-world.h"

typedef struct _OdlSwitch OdlSwitch;

/* Dials the controller.  Ports as "tap1=3 tap2=4", kept groups as "5000 210003". */
OdlSwitch *odl_switch_dial (FakeWorld *fake, guint64 dpid, const char *ports, const char *groups);
/* The same for one that says nothing by itself, not even HELLO. */
OdlSwitch *odl_switch_dial_mute (FakeWorld *fake);
void odl_switch_free (OdlSwitch *sw);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OdlSwitch, odl_switch_free)

/* What it was told since the last call, a line each: "add-group group_id=…", "modify-group …", "add table=…", "delete
 * table=…", "barrier", "echo", "error <type> <code>"; a mute one notes the rest as "multipart <type> xid <xid>" and
 * "<message> xid <xid>".  Borrowed until the next call. */
const char *odl_switch_told (OdlSwitch *sw);
gboolean odl_switch_is_closed (OdlSwitch *sw);
/* Barriers are not answered until it is set to FALSE again. */
void odl_switch_hold_barriers (OdlSwitch *sw, gboolean hold);
/* Hexadecimal bytes, as they are. */
void odl_switch_send (OdlSwitch *sw, const char *hex);
void odl_switch_port_status (OdlSwitch *sw, guint8 reason, const char *name, guint32 number);
/* A frame of this source that missed in table 50. */
void odl_switch_packet_in (OdlSwitch *sw, guint64 metadata, guint64 source_mac);
/* Table 50's flow of that source timed out. */
void odl_switch_flow_removed (OdlSwitch *sw, guint64 metadata, guint64 source_mac);
