/* The bundles that one controller has open: messages kept until they are committed or discarded.  It knows no switch;
 * committing is requests-bundle.c's. */
#pragma once

#include "openflow/bundle.h"

G_BEGIN_DECLS

/* Of one session together; more are OUT_OF_BUNDLES, MSG_TOO_MANY. */
#define OVS_BUNDLES_MAX       16u
#define OVS_BUNDLES_MAX_BYTES ((gsize) 32 * 1024 * 1024)

typedef struct _OvsBundles OvsBundles;

OvsBundles *ovs_bundles_new (void);
void ovs_bundles_free (OvsBundles *bundles);

/* What a bundle's number or flags do not allow ends the bundle, as in Open vSwitch. */
gboolean ovs_bundles_open (OvsBundles *bundles, const OpenflowBundleControl *control, GError **error);
/* Opens the bundle when it is not. */
gboolean ovs_bundles_add (OvsBundles *bundles, const OpenflowBundleAdd *add, GError **error);
gboolean ovs_bundles_close (OvsBundles *bundles, const OpenflowBundleControl *control, GError **error);
gboolean ovs_bundles_discard (OvsBundles *bundles, const OpenflowBundleControl *control, GError **error);
/* The messages of a bundle to be committed, which no longer exists then: an array of GBytes; NULL on failure. */
GPtrArray *ovs_bundles_take (OvsBundles *bundles, const OpenflowBundleControl *control, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OvsBundles, ovs_bundles_free)

G_END_DECLS
