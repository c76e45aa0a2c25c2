/* The pipeline as a pure function: what becomes of a packet, by which flows.  It changes no table, sends
 * nothing and learns nothing; tests, explain and drop records look at the same answer that the switch
 * carries out.
 *
 * Semantics are Open vSwitch's: an action set outlives resubmits and runs once, at the end; a group's
 * bucket is an action set of its own on a copy of the packet; a miss drops; a packet never leaves by its
 * in_port unless IN_PORT is named; 64 levels and 4096 resubmits end in an error, and nothing is sent. */
#pragma once

#include "models/ovs/connections.h"
#include "models/ovs/groups.h"
#include "models/ovs/macs.h"
#include "models/ovs/meters.h"
#include "models/ovs/packet.h"
#include "models/ovs/ports.h"
#include "models/ovs/tables.h"

G_BEGIN_DECLS

#define OVS_DEPTH_MAX     64u
#define OVS_RESUBMITS_MAX 4096u

/* What the packet looks like at one point of its way. */
typedef struct
{
  OpenflowFields fields;
  guint16 tpid;                  /* of the outermost tag, when fields.vlan_tci says there is one */
  guint16 below_tpid, below_tci; /* a tag pushed before it; tpid 0: none */
  guint16 padding;               /* 0: versions are compared as bytes */
} OvsVersion;

typedef enum
{
  OVS_STEP_OUTPUT,
  OVS_STEP_PUNT, /* PACKET_IN */
  OVS_STEP_LEARN,
  OVS_STEP_LEARN_MAC, /* of NORMAL */
  OVS_STEP_TRACK      /* of ct() */
} OvsStepKind;

typedef struct
{
  OvsStepKind kind;
  guint version; /* index into the decision's versions */
  union
  {
    guint32 port; /* OUTPUT */
    struct
    {
      const OvsFlow *flow; /* NULL: of a PACKET_OUT */
      guint16 max_len;
      guint8 reason, table;
    } punt;
    const OpenflowLearn *learn;
    struct
    {
      guint64 address;
      guint32 port;
      guint16 vlan;
    } mac;              /* LEARN_MAC */
    OvsTracked tracked; /* TRACK */
  };
} OvsStep;

/* The way through tables and groups, for explanations. */
typedef enum
{
  OVS_HOP_MATCH,
  OVS_HOP_MISS,
  OVS_HOP_GROUP,
  OVS_HOP_BUCKET,
  OVS_HOP_METER
} OvsHopKind;

typedef struct
{
  OvsHopKind kind;
  guint8 table;
  guint8 depth;
  guint16 bucket; /* index: BUCKET */
  gint16 band;    /* METER: that acts; -1: none */
  union
  {
    OvsFlow *flow;   /* MATCH */
    OvsGroup *group; /* GROUP, BUCKET */
    OvsMeter *meter; /* METER */
  };
} OvsHop;

/* Why nothing came of it, when nothing did: the last thing that ended a branch. */
typedef struct
{
  NetDropReason reason; /* NET_DROP_NONE: it was sent, or punted */
  guint8 table;
  const OvsFlow *flow;   /* NULL: a miss, or no flow was involved */
  const OvsGroup *group; /* GROUP_EMPTY */
  guint32 port;          /* PORT_GONE, NO_OTHER_PORT, LINK_DOWN */
} OvsEnd;

/* Kept from packet to packet, so that its arrays need not grow each time. */
typedef struct
{
  GArray *versions; /* of OvsVersion */
  GArray *steps;    /* of OvsStep, in order */
  GArray *path;     /* of OvsHop */
  GPtrArray *set;   /* the action set while it is being written */
  OvsEnd end;
} OvsDecision;

void ovs_decision_init (OvsDecision *decision);
void ovs_decision_clear (OvsDecision *decision);

/* What SET_CONFIG asks for IP fragments (1.3.5 §7.3.2, and Open vSwitch's third way). */
typedef enum
{
  OVS_FRAGMENTS_NORMAL = 0,
  OVS_FRAGMENTS_DROP = 1,
  OVS_FRAGMENTS_MATCH = 3
} OvsFragments;

typedef struct
{
  OvsFragments fragments;
  OvsTables *tables; /* only its look-up counters change */
  const OvsGroups *groups;
  const OvsMeters *meters; /* NULL: none */
  const OvsPorts *ports;
  const OvsMacs *macs;               /* NULL: NORMAL floods */
  const OvsConnections *connections; /* NULL: none */
  gint64 now_ns;                     /* for meters and ages */
} OvsPipeline;

/* A packet that came in by packet->fields.in_port, from table 0 on. */
void ovs_pipeline_decide (const OvsPipeline *pipeline, const OvsPacket *packet, OvsDecision *out);
/* The actions of a PACKET_OUT. */
void ovs_pipeline_decide_actions (const OvsPipeline *pipeline, const OvsPacket *packet,
                                  const OpenflowActions *actions, OvsDecision *out);

/* "table 51", "group 210003": where a decision ended; and the rule's text, appended. */
void ovs_end_place (const OvsEnd *end, GString *out);
void ovs_end_rule (const OvsEnd *end, GString *out);

G_END_DECLS
