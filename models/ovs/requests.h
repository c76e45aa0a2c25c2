/* What a switch does with each message of a controller. */
#pragma once

#include "models/ovs/sessions.h"

G_BEGIN_DECLS

/* FALSE: to be answered with this error of OPENFLOW_ERROR's. */
gboolean ovs_request_handle (OvsSession *session, const OpenflowMessage *message, GError **error);
/* MULTIPART_REQUEST (multipart-replies.c). */
gboolean ovs_request_multipart (OvsSession *session, const OpenflowMessage *message, GError **error);

G_END_DECLS
