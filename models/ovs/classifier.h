/* Finding the flow of highest priority that matches: tuple space search, as Open vSwitch does it.
 *
 * Flows whose matches have the same mask share a hash table; a look-up goes through these by falling
 * highest priority and stops when no later one can win.  Cost grows with the number of mask shapes, not of
 * flows. */
#pragma once

#include "models/ovs/flow.h"

G_BEGIN_DECLS

typedef struct _OvsShape OvsShape;

/* Zeroed memory is an empty classifier. */
typedef struct
{
  OvsShape **shapes; /* by falling highest priority, then by age */
  guint n, room;
  guint64 next_age;
} OvsClassifier;

void ovs_classifier_clear (OvsClassifier *classifier);
/* The flow stays its owner's; no other has the same match and priority. */
void ovs_classifier_insert (OvsClassifier *classifier, OvsFlow *flow);
void ovs_classifier_remove (OvsClassifier *classifier, OvsFlow *flow);
/* NULL when nothing matches.  Among equal priorities (which the standard leaves open) the older mask shape
 * wins. */
OvsFlow *ovs_classifier_lookup (const OvsClassifier *classifier, const OpenflowFields *fields);
/* The flow with exactly this match and priority. */
OvsFlow *ovs_classifier_find (const OvsClassifier *classifier, const OpenflowMatch *match, guint16 priority);

G_END_DECLS
