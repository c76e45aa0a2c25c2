/* The bundles that one controller has open: messages kept until they are committed or discarded.  It knows no switch;
 * committing is requests-bundle.c's. */
#pragma once

#include "openflow/bundle.h"

G_BEGIN_DECLS

/* Of one session together; more are OUT_OF_BUNDLES, MSG_TOO_MANY. */
#define OVS_BUNDLES_MAX       16u
#define OVS_BUNDLES_MAX_BYTES ((gsize) 32 * 1024 * 1024)
/* A bundle that nobody has added to for so long is given up, as Open vSwitch's bundle-idle-timeout has it. */
#define OVS_BUNDLES_IDLE_S 10

typedef struct _OvsBundles OvsBundles;

OvsBundles *ovs_bundles_new (void);
void ovs_bundles_free (OvsBundles *bundles);

/* What a request on a bundle came in as, and when. */
typedef struct
{
  const OpenflowMessage *message;
  gint64 now_ns;
} OvsBundleRequest;

/* What a bundle's number or flags do not allow ends the bundle, as in Open vSwitch. */
gboolean ovs_bundles_open (OvsBundles *bundles, const OpenflowBundleControl *control,
                           const OvsBundleRequest *request, GError **error);
/* Opens the bundle when it is not. */
gboolean ovs_bundles_add (OvsBundles *bundles, const OpenflowBundleAdd *add, const OvsBundleRequest *request,
                          GError **error);
gboolean
ovs_bundles_close (OvsBundles *bundles, const OpenflowBundleControl *control, gint64 now_ns, GError **error);
gboolean ovs_bundles_discard (OvsBundles *bundles, const OpenflowBundleControl *control, GError **error);
/* The messages of a bundle to be committed, which no longer exists then: an array of GBytes; NULL on failure. */
GPtrArray *ovs_bundles_take (OvsBundles *bundles, const OpenflowBundleControl *control, GError **error);

/* Ends a bundle that has been idle for too long: the beginning of the message that opened it, as far as an error repeats
 * it; the caller's.  NULL: there is none (any more). */
GBytes *ovs_bundles_take_idle (OvsBundles *bundles, gint64 now_ns);
/* When there will be one, if nothing else happens; G_MAXINT64: never. */
gint64 ovs_bundles_next (const OvsBundles *bundles);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OvsBundles, ovs_bundles_free)

G_END_DECLS
