/* The text form that ovs-ofctl prints and reads: matches, actions, flows, groups.  What is printed here loads
 * unchanged into a real Open vSwitch (`ovs-ofctl -O OpenFlow13 add-flows`, `add-groups`). */
#pragma once

#include "openflow/flow.h"
#include "openflow/group.h"

G_BEGIN_DECLS

typedef enum
{
  OPENFLOW_TEXT_ERROR_SYNTAX,
  OPENFLOW_TEXT_ERROR_NAME,  /* no such field or action */
  OPENFLOW_TEXT_ERROR_VALUE, /* out of range */
  OPENFLOW_TEXT_ERROR_RULE   /* well-formed, but refused: prerequisites, table order */
} OpenflowTextError;

#define OPENFLOW_TEXT_ERROR (openflow_text_error_quark ())
GQuark openflow_text_error_quark (void);

/* Append to `out`. */
void
openflow_match_print (const OpenflowMatch *match, GString *out); /* "arp,metadata=0x…/0x…,arp_op=1"; "" */
void openflow_actions_print (const OpenflowActions *actions, GString *out); /* "drop" when empty */
void
openflow_instructions_print (const OpenflowInstructions *instructions, GString *out); /* after "actions=" */

/* "priority=20,metadata=0x138a000000/0xffff000000,dl_dst=fa:16:3e:00:00:01": what names a flow in its
 * table. */
void openflow_rule_print (guint16 priority, const OpenflowMatch *match, GString *out);
/* "table=51,priority=20,dl_dst=…", for keys and drop records. */
void openflow_key_print (guint8 table, guint16 priority, const OpenflowMatch *match, GString *out);
/* A line for add-flows: cookie, table, timeouts, flags, priority, match, actions. */
void openflow_flow_print (const OpenflowFlowMod *flow, GString *out);
/* "group_id=210003,type=all,bucket=actions=…": a line for add-groups. */
void openflow_group_print (OpenflowGroupType type, guint32 id, const OpenflowBuckets *buckets, GString *out);

/* Read.  The mod is initialised here, in any case to be cleared by the caller when TRUE is returned; the
 * command is ADD.  Numbers in decimal or 0x hex.  Errors name the word and what would do. */
gboolean openflow_match_parse (const char *text, OpenflowMatch *out, GError **error);
gboolean openflow_actions_parse (const char *text, OpenflowActions *out, GError **error);
gboolean openflow_flow_parse (const char *line, OpenflowFlowMod *out, GError **error);
gboolean openflow_group_parse (const char *line, OpenflowGroupMod *out, GError **error);

G_END_DECLS
