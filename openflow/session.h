/* The messages that keep a session: HELLO (1.3.5 §7.5.1), ECHO (§7.5.2), FEATURES (§7.3.1), CONFIG (§7.3.2),
 * ROLE (§7.3.9), ASYNC (§7.3.10).  Requests without a body are openflow_plain_encode()'s. */
#pragma once

#include "openflow/error.h"

G_BEGIN_DECLS

/* Bit n of `versions` offers version n. */
void openflow_hello_encode (guint32 versions, guint32 xid, GByteArray *out);
/* The versions offered: the bitmap's, or without one all up to the header's. */
gboolean openflow_hello_decode (const OpenflowMessage *message, guint32 *versions, GError **error);

void openflow_echo_request_encode (const guint8 *data, gsize n, guint32 xid, GByteArray *out);
/* The reply carries the request's xid and data. */
void openflow_echo_reply_encode (const OpenflowMessage *request, GByteArray *out);

typedef struct
{
  guint64 datapath_id;
  guint32 n_buffers;
  guint8 n_tables;
  guint8 auxiliary_id;
  guint32 capabilities;
} OpenflowFeatures;

void openflow_features_encode (const OpenflowFeatures *features, guint32 xid, GByteArray *out);
gboolean openflow_features_decode (const OpenflowMessage *message, OpenflowFeatures *out, GError **error);

typedef struct
{
  guint16 flags; /* fragment handling: 0 normal, 1 drop, 2 reassemble */
  guint16 miss_send_len;
} OpenflowConfig;

/* `type`: OPENFLOW_GET_CONFIG_REPLY or OPENFLOW_SET_CONFIG. */
void openflow_config_encode (OpenflowType type, const OpenflowConfig *config, guint32 xid, GByteArray *out);
gboolean openflow_config_decode (const OpenflowMessage *message, OpenflowConfig *out, GError **error);

typedef enum
{
  OPENFLOW_ROLE_NOCHANGE = 0,
  OPENFLOW_ROLE_EQUAL = 1,
  OPENFLOW_ROLE_MASTER = 2,
  OPENFLOW_ROLE_SLAVE = 3
} OpenflowRole;

typedef struct
{
  guint32 role; /* OpenflowRole */
  guint64 generation;
} OpenflowRoleChange;

/* `type`: OPENFLOW_ROLE_REQUEST or OPENFLOW_ROLE_REPLY. */
void openflow_role_encode (OpenflowType type, const OpenflowRoleChange *role, guint32 xid, GByteArray *out);
gboolean openflow_role_decode (const OpenflowMessage *message, OpenflowRoleChange *out, GError **error);

#define OPENFLOW_ONF_ROLE_STATUS 1911u

typedef enum
{
  OPENFLOW_ROLE_MASTER_REQUEST = 0 /* another controller has become master */
} OpenflowRoleReason;

/* ROLE_STATUS: what became of a controller's role (Open Networking Foundation extension 191 to OpenFlow 1.3, which
 * OpenFlow 1.4 took over as §7.4.4). */
void openflow_role_status_encode (const OpenflowRoleChange *role, OpenflowRoleReason reason, guint32 xid,
                                  GByteArray *out);

/* Bit r of a mask: send the message for reason r.  [0] as master or equal, [1] as slave. */
typedef struct
{
  guint32 packet_in[2], port_status[2], flow_removed[2];
} OpenflowAsync;

/* `type`: OPENFLOW_GET_ASYNC_REPLY or OPENFLOW_SET_ASYNC. */
void openflow_async_encode (OpenflowType type, const OpenflowAsync *async, guint32 xid, GByteArray *out);
gboolean openflow_async_decode (const OpenflowMessage *message, OpenflowAsync *out, GError **error);

G_END_DECLS
