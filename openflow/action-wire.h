/* Numbers of actions on the wire (1.3.5 §7.2.5; Nicira's by Open vSwitch's nicira-ext), for encoder and
 * decoder. */
#pragma once

#include "openflow/action.h"

typedef enum
{
  ACTION_TYPE_OUTPUT = 0,
  ACTION_TYPE_PUSH_VLAN = 17,
  ACTION_TYPE_POP_VLAN = 18,
  ACTION_TYPE_SET_QUEUE = 21,
  ACTION_TYPE_GROUP = 22,
  ACTION_TYPE_DEC_TTL = 24,
  ACTION_TYPE_SET_FIELD = 25,
  ACTION_TYPE_EXPERIMENTER = 0xffff
} ActionType;

typedef enum
{
  NICIRA_RESUBMIT = 1,
  NICIRA_REG_MOVE = 6,
  NICIRA_REG_LOAD = 7,
  NICIRA_NOTE = 8,
  NICIRA_RESUBMIT_TABLE = 14,
  NICIRA_OUTPUT_REG = 15,
  NICIRA_LEARN = 16,
  NICIRA_CONTROLLER = 20,
  NICIRA_CT = 35,
  NICIRA_CT_CLEAR = 43
} NiciraAction;

/* Its zone is 16 bits of a field. */
#define CT_ZONE_BITS 16u

/* Learn specs: 16 bits of source, use and bit count before each. */
#define LEARN_N_BITS    0x07ffu
#define LEARN_USE_SHIFT 11
#define LEARN_IMMEDIATE 0x2000u

/* What follows the subtype of a learn action. */
void openflow_learn_encode (const OpenflowLearn *learn, GByteArray *out);
/* NULL on failure. */
OpenflowLearn *openflow_learn_decode (NetCursor *body, GError **error);

/* A field's header in Nicira actions: 32 bits. */
void openflow_field_header_encode (OpenflowFieldId field, GByteArray *out);
/* And its place.  Refuses what lies outside the field. */
gboolean
openflow_subfield_decode (guint32 header, guint first, guint n_bits, OpenflowSubfield *out, GError **error);
