/* What became of a frame: where it was last seen, and who dropped it.  A subscriber of the trace, so that a
 * failed expectation can give the reason that stands there.
 *
 * The frames that were sent last are remembered, SIM_FATES_MAX of them; a frame and its copies, tagged and
 * encapsulated ones too, have one packet id. */
#pragma once

#include "sim/trace.h"

G_BEGIN_DECLS

#define SIM_FATES_MAX 65536u
/* Drops of one frame that are told apart: a flooded one may be dropped in many places. */
#define SIM_FATE_DROPS 8u

/* A place and moment in the life of a frame.  Texts belong to the SimFates. */
typedef struct
{
  gint64 time_ns;
  const char *interface; /* "tor1/em3" */
  SimTraceDirection direction;
  NetDropReason drop;       /* NET_DROP_NONE where it passed */
  const char *table, *rule; /* of the drop; may be NULL */
} SimSighting;

typedef struct
{
  guint64 packet_id;
  guint n_seen;            /* times a link end sent or received it, drops not counted */
  SimSighting first, last; /* where it passed; all zero while n_seen is 0 */
  guint n_drops;
  SimSighting *drops; /* the last MIN (n_drops, SIM_FATE_DROPS), in order */
} SimFate;

typedef struct _SimFates SimFates;

SimFates *sim_fates_new (void);
void sim_fates_free (SimFates *fates);
/* A SimTraceFunc. */
void sim_fates_hear (const SimTraceRecord *record, gpointer fates);

/* NULL when no frame of that id was seen, or too long ago.  Good until the next record is heard. */
const SimFate *sim_fates_find (const SimFates *fates, guint64 packet_id);

/* "last seen arriving at tor1/em3 at 1.000001061 s; dropped there at 1.000001061 s: vlan-unbound, no logical
 * switch is bound to this port and VLAN (vlan_bindings, rule port em3 vlan 5)".  To be freed. */
char *sim_fate_describe (const SimFate *fate);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimFates, sim_fates_free)

G_END_DECLS
