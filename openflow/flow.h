/* FLOW_MOD (1.3.5 §7.3.4.1) and FLOW_REMOVED (§7.4.2). */
#pragma once

#include "openflow/instruction.h"

G_BEGIN_DECLS

typedef enum
{
  OPENFLOW_FLOW_ADD = 0,
  OPENFLOW_FLOW_MODIFY = 1,
  OPENFLOW_FLOW_MODIFY_STRICT = 2,
  OPENFLOW_FLOW_DELETE = 3,
  OPENFLOW_FLOW_DELETE_STRICT = 4
} OpenflowFlowCommand;

typedef enum
{
  OPENFLOW_FLOW_SEND_REMOVED = 1 << 0,
  OPENFLOW_FLOW_CHECK_OVERLAP = 1 << 1,
  OPENFLOW_FLOW_RESET_COUNTS = 1 << 2,
  OPENFLOW_FLOW_NO_PACKET_COUNTS = 1 << 3,
  OPENFLOW_FLOW_NO_BYTE_COUNTS = 1 << 4
} OpenflowFlowFlags;

#define OPENFLOW_GROUP_ANY        0xffffffffu
#define OPENFLOW_PRIORITY_DEFAULT 0x8000u

typedef struct
{
  OpenflowFlowCommand command;
  guint64 cookie, cookie_mask;        /* the mask selects in MODIFY and DELETE; 0 selects all */
  guint8 table;                       /* OPENFLOW_TABLE_ALL in DELETE: every table */
  guint16 idle_timeout, hard_timeout; /* seconds; 0: none */
  guint16 priority;
  guint32 buffer_id;
  guint32 out_port,
      out_group; /* DELETE: only flows that output there; OPENFLOW_PORT_ANY, OPENFLOW_GROUP_ANY */
  guint16 flags;
  OpenflowMatch match;
  OpenflowInstructions instructions;
} OpenflowFlowMod;

/* A flow-mod with the usual defaults: no timeouts, no buffer, any out port, match all, no instructions. */
void
openflow_flow_mod_init (OpenflowFlowMod *mod, OpenflowFlowCommand command, guint8 table, guint16 priority);
void openflow_flow_mod_clear (OpenflowFlowMod *mod);
void openflow_flow_mod_encode (const OpenflowFlowMod *mod, guint32 xid, GByteArray *out);
gboolean openflow_flow_mod_decode (const OpenflowMessage *message, OpenflowFlowMod *out, GError **error);

typedef enum
{
  OPENFLOW_REMOVED_IDLE_TIMEOUT = 0,
  OPENFLOW_REMOVED_HARD_TIMEOUT = 1,
  OPENFLOW_REMOVED_DELETE = 2,
  OPENFLOW_REMOVED_GROUP_DELETE = 3
} OpenflowRemovedReason;

typedef struct
{
  guint64 cookie;
  guint16 priority;
  guint8 reason; /* OpenflowRemovedReason */
  guint8 table;
  gint64 duration_ns;
  guint16 idle_timeout, hard_timeout;
  guint64 n_packets, n_bytes;
  OpenflowMatch match;
} OpenflowFlowRemoved;

void openflow_flow_removed_encode (const OpenflowFlowRemoved *removed, guint32 xid, GByteArray *out);
gboolean
openflow_flow_removed_decode (const OpenflowMessage *message, OpenflowFlowRemoved *out, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (OpenflowFlowMod, openflow_flow_mod_clear)

G_END_DECLS
