/* What a switch does with each message of a controller. */
#pragma once

#include "models/ovs/sessions.h"

G_BEGIN_DECLS

/* FALSE: to be answered with this error of OPENFLOW_ERROR's. */
gboolean ovs_request_handle (OvsSession *session, const OpenflowMessage *message, GError **error);
/* MULTIPART_REQUEST (multipart-replies.c). */
gboolean ovs_request_multipart (OvsSession *session, const OpenflowMessage *message, GError **error);
/* Bundles; `body` begins behind the experimenter's number and type (requests-bundle.c). */
gboolean ovs_request_bundle_control (OvsSession *session, const OpenflowMessage *message, NetCursor body,
                                     GError **error);
gboolean
ovs_request_bundle_add (OvsSession *session, const OpenflowMessage *message, NetCursor body, GError **error);

/* Ends bundles that have been idle for too long, and says so. */
void ovs_request_expire_bundles (OvsSession *session, gint64 now_ns);

/* The messages that change a switch and may be in a bundle: FLOW_MOD, GROUP_MOD, PORT_MOD, PACKET_OUT. */
gboolean ovs_request_is_change (const OpenflowMessage *message);
gboolean ovs_request_change (OvsSwitch *sw, const OpenflowMessage *message, GError **error);
/* A slave may not. */
gboolean ovs_request_may_change (const OvsSession *session, GError **error);

G_END_DECLS
