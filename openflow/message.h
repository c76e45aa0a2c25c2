/* OpenFlow framing (OpenFlow Switch Specification 1.3.5 §7.1): the header of every message, the messages
 * in a byte stream, and the frame that encoders write into.  Knows types and lengths, not what is in a
 * body. */
#pragma once

#include "net/cursor.h"

G_BEGIN_DECLS

#define OPENFLOW_VERSION_10          0x01
#define OPENFLOW_VERSION_13          0x04
#define OPENFLOW_HEADER              8u
#define OPENFLOW_PORT                6653u
#define OPENFLOW_EXPERIMENTER_NICIRA 0x00002320u
#define OPENFLOW_EXPERIMENTER_ONF    0x4f4e4600u

/* §7.1 enum ofp_type. */
typedef enum
{
  OPENFLOW_HELLO = 0,
  OPENFLOW_ERROR_MESSAGE = 1,
  OPENFLOW_ECHO_REQUEST = 2,
  OPENFLOW_ECHO_REPLY = 3,
  OPENFLOW_EXPERIMENTER = 4,
  OPENFLOW_FEATURES_REQUEST = 5,
  OPENFLOW_FEATURES_REPLY = 6,
  OPENFLOW_GET_CONFIG_REQUEST = 7,
  OPENFLOW_GET_CONFIG_REPLY = 8,
  OPENFLOW_SET_CONFIG = 9,
  OPENFLOW_PACKET_IN = 10,
  OPENFLOW_FLOW_REMOVED = 11,
  OPENFLOW_PORT_STATUS = 12,
  OPENFLOW_PACKET_OUT = 13,
  OPENFLOW_FLOW_MOD = 14,
  OPENFLOW_GROUP_MOD = 15,
  OPENFLOW_PORT_MOD = 16,
  OPENFLOW_TABLE_MOD = 17,
  OPENFLOW_MULTIPART_REQUEST = 18,
  OPENFLOW_MULTIPART_REPLY = 19,
  OPENFLOW_BARRIER_REQUEST = 20,
  OPENFLOW_BARRIER_REPLY = 21,
  OPENFLOW_QUEUE_GET_CONFIG_REQUEST = 22,
  OPENFLOW_QUEUE_GET_CONFIG_REPLY = 23,
  OPENFLOW_ROLE_REQUEST = 24,
  OPENFLOW_ROLE_REPLY = 25,
  OPENFLOW_GET_ASYNC_REQUEST = 26,
  OPENFLOW_GET_ASYNC_REPLY = 27,
  OPENFLOW_SET_ASYNC = 28,
  OPENFLOW_METER_MOD = 29
} OpenflowType;

/* Reserved port numbers (§7.2.1). */
#define OPENFLOW_PORT_MAX        0xffffff00u
#define OPENFLOW_PORT_IN_PORT    0xfffffff8u
#define OPENFLOW_PORT_TABLE      0xfffffff9u
#define OPENFLOW_PORT_NORMAL     0xfffffffau
#define OPENFLOW_PORT_FLOOD      0xfffffffbu
#define OPENFLOW_PORT_ALL        0xfffffffcu
#define OPENFLOW_PORT_CONTROLLER 0xfffffffdu
#define OPENFLOW_PORT_LOCAL      0xfffffffeu
#define OPENFLOW_PORT_ANY        0xffffffffu

#define OPENFLOW_NO_BUFFER         0xffffffffu
#define OPENFLOW_TABLE_ALL         0xffu
#define OPENFLOW_MAX_LEN_NO_BUFFER 0xffffu

/* One whole message; the pointers are borrowed from the stream it was split from. */
typedef struct
{
  guint8 version;
  guint8 type; /* OpenflowType */
  guint16 length;
  guint32 xid;
  const guint8 *bytes; /* the header's first byte; `length` bytes */
} OpenflowMessage;

/* What follows the header. */
NetCursor openflow_message_body (const OpenflowMessage *message);
/* "FLOW_MOD": for logs. */
const char *openflow_type_name (guint8 type);

/* ---- splitting a stream -------------------------------------------------------------------------------------- */

typedef struct
{
  GByteArray *held;
  guint taken; /* bytes of messages already handed out */
} OpenflowSplitter;

typedef enum
{
  OPENFLOW_SPLIT_MESSAGE, /* *out is a message */
  OPENFLOW_SPLIT_MORE,    /* nothing whole is there */
  OPENFLOW_SPLIT_BROKEN   /* a length below 8: the stream cannot be followed any further */
} OpenflowSplit;

void openflow_splitter_init (OpenflowSplitter *splitter);
void openflow_splitter_clear (OpenflowSplitter *splitter);
/* Adds received bytes.  What is held is less than one message (65,535 bytes) plus what came last. */
void openflow_splitter_add (OpenflowSplitter *splitter, const guint8 *bytes, gsize n);
/* Takes the next message: good until the next openflow_splitter_add() or _clear(). */
OpenflowSplit openflow_splitter_next (OpenflowSplitter *splitter, OpenflowMessage *out);

/* ---- encoding ------------------------------------------------------------------------------------------------ */
/* Encoders append one or more whole messages to a byte array: openflow_…_encode (…, xid, out). */

/* Begins a message; returns its offset in `out`, to be given to openflow_message_end(), which writes the
 * length. */
guint openflow_message_begin (GByteArray *out, OpenflowType type, guint32 xid);
void openflow_message_end (GByteArray *out, guint begin);

/* Messages that are nothing but a header: BARRIER, FEATURES_REQUEST, GET_CONFIG_REQUEST,
 * GET_ASYNC_REQUEST. */
void openflow_plain_encode (OpenflowType type, guint32 xid, GByteArray *out);

G_END_DECLS
