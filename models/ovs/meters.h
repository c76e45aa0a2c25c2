/* The meter table (1.3.5 §5.7): token buckets on the world's time.
 *
 * Judging is apart from charging, so that a decision changes no meter: who carries it out charges what it passed. */
#pragma once

#include "openflow/meter.h"

G_BEGIN_DECLS

/* As many as a controller may make; more are OUT_OF_METERS. */
#define OVS_METERS_MAX 65536u

typedef struct
{
  guint64 tokens; /* millionths of a bit, or milliardths of a packet */
  guint64 n_packets, n_bytes;
} OvsBand;

typedef struct
{
  guint32 id; /* first: see numbered.h */
  OpenflowMeterMod config;
  OvsBand bands[OPENFLOW_METER_BANDS];
  gint64 created_ns, filled_ns;
  guint64 n_packets, n_bytes;
} OvsMeter;

typedef struct _OvsMeters OvsMeters;

OvsMeters *ovs_meters_new (void);
void ovs_meters_free (OvsMeters *meters);
OvsMeters *ovs_meters_copy (const OvsMeters *meters);

/* NULL when there is none. */
OvsMeter *ovs_meters_find (const OvsMeters *meters, guint32 id);
/* By rising id. */
guint ovs_meters_n (const OvsMeters *meters);
OvsMeter *ovs_meters_at (const OvsMeters *meters, guint index);

/* ADD and MODIFY; buckets begin full. */
gboolean ovs_meters_put (OvsMeters *meters, const OpenflowMeterMod *mod, gint64 now_ns, GError **error);
void ovs_meters_remove (OvsMeters *meters, guint32 id);

/* What a meter does with a packet of `length` bytes that passed it `n_before` times in the same decision: the index of
 * the band that acts, the one of the highest rate that is exceeded; -1: none. */
gint ovs_meter_judge (const OvsMeter *meter, guint length, guint n_before, gint64 now_ns);
/* The packet passes, once: buckets that have the tokens give them, and all is counted. */
void ovs_meter_charge (OvsMeter *meter, guint length, gint64 now_ns);

/* The DSCP with a drop precedence raised by `more` (RFC 2597): of the assured classes only. */
guint8 ovs_meter_remark (guint8 tos, guint more);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OvsMeters, ovs_meters_free)

G_END_DECLS
