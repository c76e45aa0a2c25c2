/* What became of a frame: where it passed, and who dropped it.  A subscriber of the trace, so that a failed expectation
 * can give the reason that stands there.
 *
 * The last SIM_SIGHTINGS_MAX sightings of all frames are remembered.  A frame and its copies, tagged and encapsulated
 * ones too, have one packet id. */
#pragma once

#include "sim/trace.h"

G_BEGIN_DECLS

#define SIM_SIGHTINGS_MAX (1u << 18)

/* A link end of the trace. */
typedef struct
{
  char *name; /* "tor1/em3" */
  char *peer; /* "server2/em1"; NULL when not connected */
} SimPlace;

/* A moment in the life of a frame.  What it points to belongs to the SimFates. */
typedef struct
{
  gint64 time_ns;
  const SimPlace *place;
  SimTraceDirection direction;
  NetDropReason drop;       /* NET_DROP_NONE where it passed */
  const char *table, *rule; /* of the drop; may be NULL */
} SimSighting;

typedef struct _SimFates SimFates;

SimFates *sim_fates_new (void);
void sim_fates_free (SimFates *fates);
/* A SimTraceFunc. */
void sim_fates_hear (const SimTraceRecord *record, gpointer fates);

/* What is remembered of a frame, an array of SimSighting in the order of the trace, good until the next record is heard;
 * empty when the frame was not seen, or too long ago.  To be freed with g_array_unref(). */
GArray *sim_fates_find (const SimFates *fates, guint64 packet_id);
/* The link ends that the trace has named, by interface id; NULL where there is none. */
guint sim_fates_n_places (const SimFates *fates);
const SimPlace *sim_fates_place (const SimFates *fates, guint id);

/* "vlan-unbound, no logical switch is bound to this port and VLAN (vlan_bindings, rule port em3 vlan 5)".  To be
 * freed. */
char *sim_sighting_describe_drop (const SimSighting *sighting);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimFates, sim_fates_free)

G_END_DECLS
