/* What the emulator reads from its hardware_vtep database and writes to it, as by calls of vtep-ctl. */
#pragma once

#include "models/emulator/life.h"

G_BEGIN_DECLS

/* An address and the tunnel end behind which it is. */
typedef struct
{
  guint64 mac;
  NetIpv4 locator;
} EmulatorStation;

/* A logical switch as the remote tables have it.  Arrays are in rising order, without doubles. */
typedef struct
{
  gboolean has_key, source_node;
  guint32 key;
  GArray *stations; /* of EmulatorStation, by address */
  GArray *unknown;  /* of NetIpv4: members of unknown-dst */
  GArray *locators; /* of NetIpv4: all that is named */
} EmulatorRemote;

void emulator_remote_init (EmulatorRemote *remote);
void emulator_remote_clear (EmulatorRemote *remote);
/* Empty when there is no such logical switch. */
void emulator_remote_read (const EmulatorLife *life, const char *logical_switch, EmulatorRemote *out);

/* TRUE when the switch has exactly one tunnel address. */
gboolean emulator_rows_tunnel_ip (OvsdbDatabase *database, const char *switch_name, NetIpv4 *out);

/* Ucast_Macs_Local, and the unknown-dst row of Mcast_Macs_Local, each at the switch's own tunnel address. */
void emulator_rows_add_local (const EmulatorLife *life, const char *logical_switch, guint64 mac);
void emulator_rows_delete_local (const EmulatorLife *life, const char *logical_switch, guint64 mac);
void emulator_rows_add_flood (const EmulatorLife *life, const char *logical_switch);
/* All local rows of a logical switch; NULL: of every one. */
void emulator_rows_clear_local (const EmulatorLife *life, const char *logical_switch);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (EmulatorRemote, emulator_remote_clear)

G_END_DECLS
