/* What a flow table's look-up is measured against: bare searches over the same keys, that know no flows. */
#pragma once

#include "openflow/match.h"

typedef struct _LimitClassifier LimitClassifier;

LimitClassifier *limit_classifier_new (const OpenflowMatch *matches, const guint16 *priorities, guint n);
void limit_classifier_free (LimitClassifier *classifier);

/* The index of the match of highest priority; -1: none.  By one flat hash table a mask: the least that tuple space search
 * can cost. */
gint limit_classifier_hash (const LimitClassifier *classifier, const OpenflowFields *fields);
/* By comparing with each: what a table without a classifier costs. */
gint limit_classifier_linear (const LimitClassifier *classifier, const OpenflowFields *fields);
