/* Bundles: changes that are made together or not at all (Open Networking Foundation extension 230 to OpenFlow 1.3, which
 * OpenFlow 1.4 took over as §7.3.9). */
#pragma once

#include "openflow/error.h"

G_BEGIN_DECLS

#define OPENFLOW_ONF_BUNDLE_CONTROL 2300u
#define OPENFLOW_ONF_BUNDLE_ADD     2301u

typedef enum
{
  OPENFLOW_BUNDLE_OPEN = 0, /* requests are even, the reply to each is one more */
  OPENFLOW_BUNDLE_CLOSE = 2,
  OPENFLOW_BUNDLE_COMMIT = 4,
  OPENFLOW_BUNDLE_DISCARD = 6
} OpenflowBundleType;

#define OPENFLOW_BUNDLE_ATOMIC  1u
#define OPENFLOW_BUNDLE_ORDERED 2u

typedef struct
{
  guint32 id;
  guint16 type;  /* OpenflowBundleType, or one more */
  guint16 flags; /* OPENFLOW_BUNDLE_ATOMIC, OPENFLOW_BUNDLE_ORDERED */
} OpenflowBundleControl;

/* `body` begins behind the experimenter's number and type. */
gboolean openflow_bundle_control_decode (NetCursor body, OpenflowBundleControl *out, GError **error);
void openflow_bundle_control_encode (const OpenflowBundleControl *control, guint32 xid, GByteArray *out);

typedef struct
{
  guint32 id;
  guint16 flags;
  OpenflowMessage message; /* borrowed from the one that carries it */
} OpenflowBundleAdd;

/* The message within must have the xid of the one around it. */
gboolean openflow_bundle_add_decode (NetCursor body, guint32 xid, OpenflowBundleAdd *out, GError **error);

G_END_DECLS
