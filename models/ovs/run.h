/* A packet on its way through the pipeline: the state of a decision in the making, for decide.c and its helpers. */
#pragma once

#include "models/ovs/decide.h"

typedef struct
{
  const OvsPipeline *pipeline;
  OvsDecision *out;
  OvsVersion now;
  GPtrArray *set;      /* the action set: of const OpenflowAction, in the order in which they were written */
  const OvsFlow *flow; /* whose actions run; NULL: a PACKET_OUT's */
  guint8 table;
  guint depth, resubmits;
  guint length;         /* of the packet, for meters */
  guint16 icmp_id;      /* of the packet, for ct() */
  gboolean stopped;     /* by a meter: nothing more is sent, what was sent is */
  gboolean in_set;      /* actions of the action set or of a bucket: punts are never misses */
  gboolean is_last_set; /* the action set at the end: to controllers it comes from where the packet entered */
  const OvsFlow *entry; /* the flow of table 0 that it matched first */
  gboolean is_packet_out;
  gboolean failed; /* too deep: nothing is sent */
} OvsRun;

/* ---- what is noted (run.c) ----------------------------------------------------------------------------------- */

/* The index of the packet as it looks now. */
guint ovs_run_version (OvsRun *run);
/* A branch ended here. */
void ovs_run_end (OvsRun *run, NetDropReason reason, guint32 port);
void ovs_run_hop (OvsRun *run, OvsHop hop);
/* FALSE when the packet has gone round too often. */
gboolean ovs_run_may_go_on (OvsRun *run);

/* ---- sending (run-output.c) ---------------------------------------------------------------------------------- */

void ovs_run_output (OvsRun *run, guint32 port, guint16 max_len);
/* run-normal.c */
void ovs_run_normal (OvsRun *run);
void ovs_run_punt (OvsRun *run, guint16 max_len, guint8 reason);

/* ---- changing the packet (run-edit.c) ------------------------------------------------------------------------ */

void ovs_run_push_vlan (OvsRun *run, guint16 ethertype);
void ovs_run_pop_vlan (OvsRun *run);
/* Nothing happens to a field that the packet does not have. */
void ovs_run_set_bits (OvsRun *run, OpenflowSubfield to, OpenflowValue value);
void ovs_run_set_field (OvsRun *run, const OpenflowAction *action);
/* FALSE when the packet's time is over: it goes to the controller instead. */
gboolean ovs_run_dec_ttl (OvsRun *run);

/* ---- meters (run-meter.c) ------------------------------------------------------------------------------------ */

/* FALSE: the packet is over the rate, and gone. */
gboolean ovs_run_meter (OvsRun *run, guint32 id);

/* ---- connections (run-ct.c) ---------------------------------------------------------------------------------- */

void ovs_run_ct (OvsRun *run, const OpenflowAction *action);
void ovs_run_ct_clear (OvsRun *run);

/* ---- action sets and groups (run-group.c) -------------------------------------------------------------------- */

/* §5.10: an order of kinds, not of writing; of each kind the last one, except that every set is done.  Group takes
 * precedence over output, and that over resubmit. */
void ovs_run_set (OvsRun *run, const OpenflowAction *const *set, guint n);
void ovs_run_group (OvsRun *run, guint32 id);

/* ---- tables (decide.c) --------------------------------------------------------------------------------------- */

void ovs_run_table (OvsRun *run, guint8 table, guint32 in_port);
/* FALSE: the flow ends here, with its other instructions. */
gboolean ovs_run_action (OvsRun *run, const OpenflowAction *action);
