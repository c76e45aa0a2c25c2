/* OpenFlow errors (1.3.5 §7.4.4): what a decoder or a switch refuses, with the standard's type and code.
 *
 * Decoders fail with a GError of domain OPENFLOW_ERROR whose code is the pair; its message is a sentence
 * for people, and openflow_error_encode() makes the wire's ERROR message of it. */
#pragma once

#include "net/misuse.h"
#include "openflow/message.h"

G_BEGIN_DECLS

#define OPENFLOW_ERROR (openflow_error_quark ())
GQuark openflow_error_quark (void);

/* A type of 0xffff means that the code is the Open Networking Foundation's, whose number follows it (§7.4.4.13). */
#define OPENFLOW_ERROR_PAIR(type, code) ((gint) ((guint) (type) << 16 | (code)))
#define OPENFLOW_ERROR_EXPERIMENTER     0xffffu
#define OPENFLOW_ERROR_TYPE(pair)       ((guint16) ((guint) (pair) >> 16))
#define OPENFLOW_ERROR_CODE(pair)       ((guint16) (pair))

/* name, type, code, the name in the standard */
#define OPENFLOW_ERRORS(X)                                                                                   \
  X (HELLO_INCOMPATIBLE, 0, 0, "OFPHFC_INCOMPATIBLE")                                                        \
  X (HELLO_EPERM, 0, 1, "OFPHFC_EPERM")                                                                      \
  X (BAD_VERSION, 1, 0, "OFPBRC_BAD_VERSION")                                                                \
  X (BAD_TYPE, 1, 1, "OFPBRC_BAD_TYPE")                                                                      \
  X (BAD_MULTIPART, 1, 2, "OFPBRC_BAD_MULTIPART")                                                            \
  X (BAD_EXPERIMENTER, 1, 3, "OFPBRC_BAD_EXPERIMENTER")                                                      \
  X (BAD_EXPERIMENTER_TYPE, 1, 4, "OFPBRC_BAD_EXP_TYPE")                                                     \
  X (REQUEST_EPERM, 1, 5, "OFPBRC_EPERM")                                                                    \
  X (BAD_LENGTH, 1, 6, "OFPBRC_BAD_LEN")                                                                     \
  X (BUFFER_UNKNOWN, 1, 8, "OFPBRC_BUFFER_UNKNOWN")                                                          \
  X (REQUEST_BAD_TABLE, 1, 9, "OFPBRC_BAD_TABLE_ID")                                                         \
  X (IS_SLAVE, 1, 10, "OFPBRC_IS_SLAVE")                                                                     \
  X (REQUEST_BAD_PORT, 1, 11, "OFPBRC_BAD_PORT")                                                             \
  X (BAD_PACKET, 1, 12, "OFPBRC_BAD_PACKET")                                                                 \
  X (MULTIPART_OVERFLOW, 1, 13, "OFPBRC_MULTIPART_BUFFER_OVERFLOW")                                          \
  X (ACTION_BAD_TYPE, 2, 0, "OFPBAC_BAD_TYPE")                                                               \
  X (ACTION_BAD_LENGTH, 2, 1, "OFPBAC_BAD_LEN")                                                              \
  X (ACTION_BAD_EXPERIMENTER, 2, 2, "OFPBAC_BAD_EXPERIMENTER")                                               \
  X (ACTION_BAD_EXPERIMENTER_TYPE, 2, 3, "OFPBAC_BAD_EXP_TYPE")                                              \
  X (ACTION_BAD_OUT_PORT, 2, 4, "OFPBAC_BAD_OUT_PORT")                                                       \
  X (ACTION_BAD_ARGUMENT, 2, 5, "OFPBAC_BAD_ARGUMENT")                                                       \
  X (ACTION_TOO_MANY, 2, 7, "OFPBAC_TOO_MANY")                                                               \
  X (ACTION_BAD_GROUP, 2, 9, "OFPBAC_BAD_OUT_GROUP")                                                         \
  X (ACTION_MATCH_INCONSISTENT, 2, 10, "OFPBAC_MATCH_INCONSISTENT")                                          \
  X (ACTION_UNSUPPORTED_ORDER, 2, 11, "OFPBAC_UNSUPPORTED_ORDER")                                            \
  X (ACTION_BAD_TAG, 2, 12, "OFPBAC_BAD_TAG")                                                                \
  X (ACTION_BAD_SET_TYPE, 2, 13, "OFPBAC_BAD_SET_TYPE")                                                      \
  X (ACTION_BAD_SET_LENGTH, 2, 14, "OFPBAC_BAD_SET_LEN")                                                     \
  X (ACTION_BAD_SET_ARGUMENT, 2, 15, "OFPBAC_BAD_SET_ARGUMENT")                                              \
  X (INSTRUCTION_UNKNOWN, 3, 0, "OFPBIC_UNKNOWN_INST")                                                       \
  X (INSTRUCTION_UNSUPPORTED, 3, 1, "OFPBIC_UNSUP_INST")                                                     \
  X (INSTRUCTION_BAD_TABLE, 3, 2, "OFPBIC_BAD_TABLE_ID")                                                     \
  X (INSTRUCTION_BAD_EXPERIMENTER, 3, 5, "OFPBIC_BAD_EXPERIMENTER")                                          \
  X (INSTRUCTION_BAD_LENGTH, 3, 7, "OFPBIC_BAD_LEN")                                                         \
  X (INSTRUCTION_DUPLICATE, 3, 9, "OFPBIC_DUP_INST")                                                         \
  X (MATCH_BAD_TYPE, 4, 0, "OFPBMC_BAD_TYPE")                                                                \
  X (MATCH_BAD_LENGTH, 4, 1, "OFPBMC_BAD_LEN")                                                               \
  X (MATCH_BAD_WILDCARDS, 4, 5, "OFPBMC_BAD_WILDCARDS")                                                      \
  X (MATCH_BAD_FIELD, 4, 6, "OFPBMC_BAD_FIELD")                                                              \
  X (MATCH_BAD_VALUE, 4, 7, "OFPBMC_BAD_VALUE")                                                              \
  X (MATCH_BAD_MASK, 4, 8, "OFPBMC_BAD_MASK")                                                                \
  X (MATCH_BAD_PREREQUISITE, 4, 9, "OFPBMC_BAD_PREREQ")                                                      \
  X (MATCH_DUPLICATE, 4, 10, "OFPBMC_DUP_FIELD")                                                             \
  X (FLOW_UNKNOWN, 5, 0, "OFPFMFC_UNKNOWN")                                                                  \
  X (FLOW_TABLE_FULL, 5, 1, "OFPFMFC_TABLE_FULL")                                                            \
  X (FLOW_BAD_TABLE, 5, 2, "OFPFMFC_BAD_TABLE_ID")                                                           \
  X (FLOW_OVERLAP, 5, 3, "OFPFMFC_OVERLAP")                                                                  \
  X (FLOW_BAD_COMMAND, 5, 6, "OFPFMFC_BAD_COMMAND")                                                          \
  X (FLOW_BAD_FLAGS, 5, 7, "OFPFMFC_BAD_FLAGS")                                                              \
  X (GROUP_EXISTS, 6, 0, "OFPGMFC_GROUP_EXISTS")                                                             \
  X (GROUP_INVALID, 6, 1, "OFPGMFC_INVALID_GROUP")                                                           \
  X (GROUP_OUT_OF_GROUPS, 6, 3, "OFPGMFC_OUT_OF_GROUPS")                                                     \
  X (GROUP_OUT_OF_BUCKETS, 6, 4, "OFPGMFC_OUT_OF_BUCKETS")                                                   \
  X (GROUP_WATCH_UNSUPPORTED, 6, 5, "OFPGMFC_WATCH_UNSUPPORTED")                                             \
  X (GROUP_LOOP, 6, 7, "OFPGMFC_LOOP")                                                                       \
  X (GROUP_UNKNOWN, 6, 8, "OFPGMFC_UNKNOWN_GROUP")                                                           \
  X (GROUP_BAD_TYPE, 6, 10, "OFPGMFC_BAD_TYPE")                                                              \
  X (GROUP_BAD_COMMAND, 6, 11, "OFPGMFC_BAD_COMMAND")                                                        \
  X (GROUP_BAD_BUCKET, 6, 12, "OFPGMFC_BAD_BUCKET")                                                          \
  X (GROUP_BAD_WATCH, 6, 13, "OFPGMFC_BAD_WATCH")                                                            \
  X (PORT_BAD_PORT, 7, 0, "OFPPMFC_BAD_PORT")                                                                \
  X (PORT_BAD_HW_ADDR, 7, 1, "OFPPMFC_BAD_HW_ADDR")                                                          \
  X (TABLE_BAD_TABLE, 8, 0, "OFPTMFC_BAD_TABLE")                                                             \
  X (QUEUE_BAD_PORT, 9, 0, "OFPQOFC_BAD_PORT")                                                               \
  X (QUEUE_BAD_QUEUE, 9, 1, "OFPQOFC_BAD_QUEUE")                                                             \
  X (CONFIG_BAD_FLAGS, 10, 0, "OFPSCFC_BAD_FLAGS")                                                           \
  X (CONFIG_BAD_LENGTH, 10, 1, "OFPSCFC_BAD_LEN")                                                            \
  X (ROLE_STALE, 11, 0, "OFPRRFC_STALE")                                                                     \
  X (ROLE_BAD, 11, 2, "OFPRRFC_BAD_ROLE")                                                                    \
  X (METER_EXISTS, 12, 1, "OFPMMFC_METER_EXISTS")                                                            \
  X (METER_INVALID, 12, 2, "OFPMMFC_INVALID_METER")                                                          \
  X (METER_UNKNOWN, 12, 3, "OFPMMFC_UNKNOWN_METER")                                                          \
  X (METER_BAD_COMMAND, 12, 4, "OFPMMFC_BAD_COMMAND")                                                        \
  X (METER_BAD_FLAGS, 12, 5, "OFPMMFC_BAD_FLAGS")                                                            \
  X (METER_BAD_RATE, 12, 6, "OFPMMFC_BAD_RATE")                                                              \
  X (METER_BAD_BAND, 12, 8, "OFPMMFC_BAD_BAND")                                                              \
  X (METER_BAD_BAND_VALUE, 12, 9, "OFPMMFC_BAD_BAND_VALUE")                                                  \
  X (METER_OUT_OF_METERS, 12, 10, "OFPMMFC_OUT_OF_METERS")                                                   \
  X (METER_OUT_OF_BANDS, 12, 11, "OFPMMFC_OUT_OF_BANDS")                                                     \
  X (FEATURES_EPERM, 13, 5, "OFPTFFC_EPERM")                                                                 \
  X (BUNDLE_BAD_ID, 0xffff, 2302, "OFPBFC_BAD_ID")                                                           \
  X (BUNDLE_EXISTS, 0xffff, 2303, "OFPBFC_BUNDLE_EXIST")                                                     \
  X (BUNDLE_CLOSED, 0xffff, 2304, "OFPBFC_BUNDLE_CLOSED")                                                    \
  X (BUNDLE_OUT_OF_BUNDLES, 0xffff, 2305, "OFPBFC_OUT_OF_BUNDLES")                                           \
  X (BUNDLE_BAD_TYPE, 0xffff, 2306, "OFPBFC_BAD_TYPE")                                                       \
  X (BUNDLE_BAD_FLAGS, 0xffff, 2307, "OFPBFC_BAD_FLAGS")                                                     \
  X (BUNDLE_BAD_LENGTH, 0xffff, 2308, "OFPBFC_MSG_BAD_LEN")                                                  \
  X (BUNDLE_BAD_XID, 0xffff, 2309, "OFPBFC_MSG_BAD_XID")                                                     \
  X (BUNDLE_UNSUPPORTED, 0xffff, 2310, "OFPBFC_MSG_UNSUP")                                                   \
  X (BUNDLE_TOO_MANY, 0xffff, 2312, "OFPBFC_MSG_TOO_MANY")                                                   \
  X (BUNDLE_FAILED, 0xffff, 2313, "OFPBFC_MSG_FAILED")                                                       \
  X (BUNDLE_TIMEOUT, 0xffff, 2314, "OFPBFC_TIMEOUT")

typedef enum
{
#define OPENFLOW_ERROR_ENUM(id, type, code, name) OPENFLOW_ERROR_##id = OPENFLOW_ERROR_PAIR (type, code),
  OPENFLOW_ERRORS (OPENFLOW_ERROR_ENUM)
#undef OPENFLOW_ERROR_ENUM
} OpenflowErrorPair;

/* Sets the error and returns FALSE, for decoders to return. */
gboolean openflow_fail (GError **error, gint pair, const char *format, ...) G_GNUC_PRINTF (3, 4);

/* "OFPBRC_BAD_LEN"; a phrase for pairs that are not in the table. */
const char *openflow_error_name (gint pair);

/* An ERROR message that answers `request`: the pair of a GError of our domain, the request's xid and up to
 * its first `OPENFLOW_ERROR_DATA` bytes: as many as a message takes (the standard asks for 64 at least). */
#define OPENFLOW_ERROR_DATA (0xffffu - 16u)
void openflow_error_encode (gint pair, const OpenflowMessage *request, GByteArray *out);
/* HELLO_FAILED carries a sentence instead (§7.5.1). */
void openflow_hello_failed_encode (gint pair, guint32 xid, const char *sentence, GByteArray *out);

typedef struct
{
  gint pair;
  const guint8 *data; /* borrowed from the message */
  gsize data_length;
} OpenflowErrorReport;

gboolean openflow_error_decode (const OpenflowMessage *message, OpenflowErrorReport *out, GError **error);

/* What the peer did that is answered with this error; FALSE when it kept to the protocol, and asked for what cannot be (a
 * full table, a group that exists already, a slave that writes). */
gboolean openflow_error_is_misuse (gint pair, NetMisuse *misuse);

G_END_DECLS
