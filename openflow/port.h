/* Ports (1.3.5 §7.2.1): their description, PORT_STATUS (§7.4.3), PORT_MOD (§7.3.4.3). */
#pragma once

#include "net/address.h"
#include "openflow/error.h"

G_BEGIN_DECLS

#define OPENFLOW_PORT_NAME   16u /* bytes, NUL included */
#define OPENFLOW_PORT_LENGTH 64u

typedef enum
{
  OPENFLOW_PORT_CONFIG_DOWN = 1 << 0,
  OPENFLOW_PORT_CONFIG_NO_RECV = 1 << 2,
  OPENFLOW_PORT_CONFIG_NO_FWD = 1 << 5,
  OPENFLOW_PORT_CONFIG_NO_PACKET_IN = 1 << 6
} OpenflowPortConfig;

typedef enum
{
  OPENFLOW_PORT_STATE_LINK_DOWN = 1 << 0,
  OPENFLOW_PORT_STATE_BLOCKED = 1 << 1,
  OPENFLOW_PORT_STATE_LIVE = 1 << 2
} OpenflowPortState;

typedef struct
{
  guint32 number;
  NetMac mac;
  char name[OPENFLOW_PORT_NAME];
  guint32 config;                               /* OpenflowPortConfig */
  guint32 state;                                /* OpenflowPortState */
  guint32 current, advertised, supported, peer; /* feature bits */
  guint32 current_kbps, max_kbps;
} OpenflowPort;

void openflow_port_encode (const OpenflowPort *port, GByteArray *out);
gboolean openflow_port_decode (NetCursor *cursor, OpenflowPort *out);

typedef enum
{
  OPENFLOW_PORT_ADD = 0,
  OPENFLOW_PORT_DELETE = 1,
  OPENFLOW_PORT_MODIFY = 2
} OpenflowPortReason;

typedef struct
{
  guint8 reason; /* OpenflowPortReason */
  OpenflowPort port;
} OpenflowPortStatus;

void openflow_port_status_encode (const OpenflowPortStatus *status, guint32 xid, GByteArray *out);
gboolean
openflow_port_status_decode (const OpenflowMessage *message, OpenflowPortStatus *out, GError **error);

typedef struct
{
  guint32 number;
  NetMac mac;
  guint32 config, mask; /* OpenflowPortConfig */
  guint32 advertise;
} OpenflowPortMod;

gboolean openflow_port_mod_decode (const OpenflowMessage *message, OpenflowPortMod *out, GError **error);

G_END_DECLS
