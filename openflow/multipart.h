/* Multipart messages (1.3.5 §7.3.5): requests, and replies that are cut into parts of less than 64 kB. */
#pragma once

#include "openflow/flow.h"
#include "openflow/group.h"
#include "openflow/port.h"

G_BEGIN_DECLS

typedef enum
{
  OPENFLOW_MULTIPART_DESC = 0,
  OPENFLOW_MULTIPART_FLOW = 1,
  OPENFLOW_MULTIPART_AGGREGATE = 2,
  OPENFLOW_MULTIPART_TABLE = 3,
  OPENFLOW_MULTIPART_PORT_STATS = 4,
  OPENFLOW_MULTIPART_QUEUE = 5,
  OPENFLOW_MULTIPART_GROUP = 6,
  OPENFLOW_MULTIPART_GROUP_DESC = 7,
  OPENFLOW_MULTIPART_GROUP_FEATURES = 8,
  OPENFLOW_MULTIPART_METER = 9,
  OPENFLOW_MULTIPART_METER_CONFIG = 10,
  OPENFLOW_MULTIPART_METER_FEATURES = 11,
  OPENFLOW_MULTIPART_TABLE_FEATURES = 12,
  OPENFLOW_MULTIPART_PORT_DESC = 13,
  OPENFLOW_MULTIPART_EXPERIMENTER = 0xffff
} OpenflowMultipartType;

#define OPENFLOW_MULTIPART_MORE 1u

/* The head of a request or reply; `body` is what follows it, borrowed from the message. */
typedef struct
{
  guint16 type; /* OpenflowMultipartType */
  guint16 flags;
  NetCursor body;
} OpenflowMultipart;

gboolean openflow_multipart_decode (const OpenflowMessage *message, OpenflowMultipart *out, GError **error);

/* A request with the body that its type wants (may be NULL, 0). */
void openflow_multipart_request_encode (OpenflowMultipartType type, const guint8 *body, gsize n, guint32 xid,
                                        GByteArray *out);

/* A reply of any number of entries: append each to `out` and call …_entry() behind it; a part that grows
 * beyond what one message holds is closed with the MORE flag and the next begun. */
typedef struct
{
  GByteArray *out;
  OpenflowMultipartType type;
  guint32 xid;
  guint begin; /* of the part being written */
  guint whole; /* end of the last whole entry in it */
} OpenflowMultipartReply;

void openflow_multipart_reply_begin (OpenflowMultipartReply *reply, OpenflowMultipartType type, guint32 xid,
                                     GByteArray *out);
void openflow_multipart_reply_entry (OpenflowMultipartReply *reply);
void openflow_multipart_reply_end (OpenflowMultipartReply *reply);

/* ---- bodies -------------------------------------------------------------------------------------------------- */

/* FLOW and AGGREGATE requests. */
typedef struct
{
  guint8 table; /* OPENFLOW_TABLE_ALL */
  guint32 out_port, out_group;
  guint64 cookie, cookie_mask;
  OpenflowMatch match;
} OpenflowFlowRequest;

void openflow_flow_request_init (OpenflowFlowRequest *request);
void openflow_flow_request_encode (const OpenflowFlowRequest *request, OpenflowMultipartType type,
                                   guint32 xid, GByteArray *out);
gboolean openflow_flow_request_decode (NetCursor body, OpenflowFlowRequest *out, GError **error);

typedef struct
{
  guint8 table;
  gint64 duration_ns;
  guint16 priority, idle_timeout, hard_timeout, flags;
  guint64 cookie, n_packets, n_bytes;
  OpenflowMatch match;
  OpenflowInstructions instructions;
} OpenflowFlowStats;

void openflow_flow_stats_clear (OpenflowFlowStats *stats);
void openflow_flow_stats_encode (const OpenflowFlowStats *stats, GByteArray *out);
/* Takes one entry from a reply's body. */
gboolean openflow_flow_stats_decode (NetCursor *body, OpenflowFlowStats *out, GError **error);

typedef struct
{
  guint64 n_packets, n_bytes;
  guint32 n_flows;
} OpenflowAggregate;

void openflow_aggregate_encode (const OpenflowAggregate *aggregate, GByteArray *out);

/* DESC: strings as in §7.3.5.1, cut to their fields. */
typedef struct
{
  const char *manufacturer, *hardware, *software, *serial, *datapath;
} OpenflowDescription;

void openflow_description_encode (const OpenflowDescription *description, GByteArray *out);

typedef struct
{
  guint8 table;
  guint32 active;
  guint64 lookups, matched;
} OpenflowTableStats;

void openflow_table_stats_encode (const OpenflowTableStats *stats, GByteArray *out);

/* One TABLE_FEATURES entry: every table can do all that is encoded here. */
typedef struct
{
  guint8 table;
  guint n_tables; /* goto leads to those behind it */
  guint32 max_flows;
} OpenflowTableFeatures;

void openflow_table_features_encode (const OpenflowTableFeatures *features, GByteArray *out);

typedef struct
{
  guint32 port;
  guint64 rx_packets, tx_packets, rx_bytes, tx_bytes, rx_dropped, tx_dropped, rx_errors, tx_errors;
  gint64 duration_ns;
} OpenflowPortStats;

void openflow_port_stats_encode (const OpenflowPortStats *stats, GByteArray *out);
/* PORT_STATS, QUEUE (port, then queue), GROUP and GROUP_DESC, METER requests: a 32-bit number first. */
gboolean openflow_number_request_decode (NetCursor body, guint32 *number, GError **error);

typedef struct
{
  guint64 n_packets, n_bytes;
} OpenflowBucketStats;

typedef struct
{
  guint32 id;
  guint32 n_references;
  guint64 n_packets, n_bytes;
  gint64 duration_ns;
  const OpenflowBucketStats *buckets; /* borrowed */
  guint n_buckets;
} OpenflowGroupStats;

void openflow_group_stats_encode (const OpenflowGroupStats *stats, GByteArray *out);

/* GROUP_DESC entry. */
void openflow_group_description_encode (OpenflowGroupType type, guint32 id, const OpenflowBuckets *buckets,
                                        GByteArray *out);
gboolean openflow_group_description_decode (NetCursor *body, OpenflowGroupMod *out, GError **error);

G_END_DECLS
