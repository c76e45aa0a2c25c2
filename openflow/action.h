/* Actions (1.3.5 §7.2.5) with the Nicira ones that Open vSwitch and netvirt use.  An empty list drops. */
#pragma once

#include "openflow/match.h"

G_BEGIN_DECLS

typedef enum
{
  OPENFLOW_ACTION_OUTPUT,
  OPENFLOW_ACTION_GROUP,
  OPENFLOW_ACTION_SET_FIELD,
  OPENFLOW_ACTION_PUSH_VLAN,
  OPENFLOW_ACTION_POP_VLAN,
  OPENFLOW_ACTION_SET_QUEUE,
  OPENFLOW_ACTION_DEC_TTL,
  /* Nicira */
  OPENFLOW_ACTION_LOAD,     /* reg_load: load:0x400->NXM_NX_REG6[] */
  OPENFLOW_ACTION_MOVE,     /* reg_move */
  OPENFLOW_ACTION_RESUBMIT, /* resubmit(port,table) */
  OPENFLOW_ACTION_LEARN,
  OPENFLOW_ACTION_CONTROLLER, /* controller(…) with reason and controller id */
  OPENFLOW_ACTION_OUTPUT_REG, /* output:NXM_NX_REG0[0..15] */
  OPENFLOW_ACTION_NOTE,
  OPENFLOW_ACTION_CT, /* ct(commit,zone=5,table=220) */
  OPENFLOW_ACTION_CT_CLEAR
} OpenflowActionType;

#define OPENFLOW_RESUBMIT_IN_PORT 0xfff8u /* keep the port */
#define OPENFLOW_RESUBMIT_TABLE   0xffu   /* the table we are in */

#define OPENFLOW_CT_COMMIT           1u
#define OPENFLOW_CT_FORCE            2u
#define OPENFLOW_CT_NO_RECIRCULATION 0xffu

typedef struct _OpenflowLearn OpenflowLearn;

typedef struct
{
  OpenflowActionType type;
  union
  {
    struct
    {
      guint32 port;
      guint16 max_len; /* for OPENFLOW_PORT_CONTROLLER: bytes to send; OPENFLOW_MAX_LEN_NO_BUFFER: all */
    } output;
    guint32 group;
    guint32 queue;
    guint16 push_ethertype;
    struct
    {
      OpenflowFieldId field;
      OpenflowValue value, mask; /* mask of all ones: the whole field (OpenFlow 1.3 knows no other) */
    } set_field;
    struct
    {
      OpenflowSubfield to;
      guint64 value;
    } load;
    struct
    {
      OpenflowSubfield from, to;
    } move;
    struct
    {
      guint16 in_port; /* OPENFLOW_RESUBMIT_IN_PORT */
      guint8 table;
    } resubmit;
    OpenflowLearn *learn; /* owned by the list */
    struct
    {
      guint16 max_len;
      guint16 controller_id;
      guint8 reason; /* OpenflowPacketInReason */
    } controller;
    struct
    {
      OpenflowSubfield from;
      guint16 max_len;
    } output_reg;
    struct
    {
      guint8 bytes[38]; /* what an action of 48 bytes holds; longer ones are refused */
      guint8 n;
    } note;
    struct
    {
      guint16 flags; /* OPENFLOW_CT_… */
      guint16 zone;  /* without zone_from */
      gboolean has_zone_from;
      OpenflowSubfield zone_from; /* 16 bits */
      guint8 table;               /* OPENFLOW_CT_NO_RECIRCULATION: tracked, and not looked up again */
    } ct;
  };
} OpenflowAction;

/* A list that owns what is in it.  Zeroed memory is an empty list. */
typedef struct
{
  OpenflowAction *items;
  guint n, room;
} OpenflowActions;

/* One piece of a learn action: where bits come from, and what they become. */
typedef enum
{
  OPENFLOW_LEARN_MATCH, /* the new flow matches them */
  OPENFLOW_LEARN_LOAD,  /* the new flow loads them */
  OPENFLOW_LEARN_OUTPUT /* the new flow outputs to the port they give */
} OpenflowLearnUse;

typedef struct
{
  OpenflowLearnUse use;
  gboolean immediate; /* the bits are `value`, not a field */
  OpenflowValue value;
  OpenflowSubfield from; /* n_bits counts for immediate too */
  OpenflowSubfield to;
} OpenflowLearnSpec;

#define OPENFLOW_LEARN_SEND_FLOW_REMOVED 1u
#define OPENFLOW_LEARN_DELETE_LEARNED    2u

struct _OpenflowLearn
{
  guint16 idle_timeout, hard_timeout; /* seconds */
  guint16 fin_idle_timeout, fin_hard_timeout;
  guint16 priority;
  guint16 flags;
  guint8 table;
  guint64 cookie;
  GArray *specs; /* of OpenflowLearnSpec */
};

OpenflowLearn *openflow_learn_new (guint8 table, guint16 priority);
OpenflowLearn *openflow_learn_copy (const OpenflowLearn *learn);
void openflow_learn_free (OpenflowLearn *learn);
/* to = from, both of the packet's field: "NXM_OF_ETH_SRC[]". */
void openflow_learn_match_same (OpenflowLearn *learn, OpenflowSubfield field);
void openflow_learn_match_field (OpenflowLearn *learn, OpenflowSubfield to, OpenflowSubfield from);
void openflow_learn_match_value (OpenflowLearn *learn, OpenflowSubfield to, guint64 value);
void openflow_learn_load_field (OpenflowLearn *learn, OpenflowSubfield to, OpenflowSubfield from);
void openflow_learn_load_value (OpenflowLearn *learn, OpenflowSubfield to, guint64 value);
void openflow_learn_output (OpenflowLearn *learn, OpenflowSubfield from);

void openflow_actions_clear (OpenflowActions *actions);
void
openflow_actions_copy (OpenflowActions *to, const OpenflowActions *from); /* `to` is overwritten, not freed */
gboolean openflow_actions_equal (const OpenflowActions *a, const OpenflowActions *b);
/* Takes over what the action owns. */
void openflow_actions_add (OpenflowActions *actions, const OpenflowAction *action);

void openflow_actions_output (OpenflowActions *actions, guint32 port);
void openflow_actions_controller (OpenflowActions *actions); /* output:CONTROLLER, the whole packet */
void openflow_actions_group (OpenflowActions *actions, guint32 group);
void openflow_actions_set_field (OpenflowActions *actions, OpenflowFieldId field, guint64 value);
void openflow_actions_load (OpenflowActions *actions, OpenflowSubfield to, guint64 value);
void openflow_actions_resubmit (OpenflowActions *actions, guint8 table);      /* with the packet's in_port */
void openflow_actions_learn (OpenflowActions *actions, OpenflowLearn *learn); /* takes it */

void openflow_actions_encode (const OpenflowActions *actions, GByteArray *out);
/* Decodes exactly `length` bytes of actions.  *out is empty on failure. */
gboolean openflow_actions_decode (NetCursor *cursor, gsize length, OpenflowActions *out, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (OpenflowActions, openflow_actions_clear)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OpenflowLearn, openflow_learn_free)

G_END_DECLS
