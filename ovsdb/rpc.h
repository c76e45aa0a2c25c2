/* JSON-RPC 1.0 as OVSDB uses it (RFC 7047 §4), on one byte stream: messages in, messages out, and the inactivity probe.
 * Server sessions and clients both stand on this; it knows no method but "echo". */
#pragma once

#include "ovsdb/framing.h"
#include "ovsdb/json.h"

#include "net/world.h"

G_BEGIN_DECLS

typedef struct _OvsdbRpc OvsdbRpc;

typedef struct
{
  const OvsdbJson *id;     /* NULL or JSON null: a notification */
  const char *method;      /* of a request or notification; NULL: a reply */
  const OvsdbJson *params; /* an array */
  const OvsdbJson *result; /* of a reply */
  const OvsdbJson *error;  /* of a reply: NULL when it is absent or null */
} OvsdbMessage;

typedef struct
{
  /* Values live until it returns. */
  void (*message) (OvsdbRpc *rpc, const OvsdbMessage *message, gpointer user);
  /* The other end, the transport, a limit or the probe ended it: `why` in one sentence. */
  void (*ended) (OvsdbRpc *rpc, const char *why, gpointer user);
  /* An unfinished message, or messages that came too fast, take much memory: see ovsdb_rpc_weight().  May be NULL. */
  void (*heavy) (OvsdbRpc *rpc, gpointer user);
} OvsdbRpcEvents;

typedef struct
{
  gsize max_message_bytes;
  guint max_depth;
  guint max_values; /* in one message; 0: any number */
  gsize max_pending_bytes;
  guint max_messages_per_second; /* 0: unbounded; more than that wait for the next second */
  gint64 probe_ns;               /* 0: never */
} OvsdbRpcLimits;

/* Takes the stream, which is connected. */
OvsdbRpc *ovsdb_rpc_new (NetWorld *world, NetStream *stream, const OvsdbRpcLimits *limits,
                         const OvsdbRpcEvents *events, gpointer user);
/* Closes the stream; no event follows.  Allowed in events. */
void ovsdb_rpc_free (OvsdbRpc *rpc);

/* Sends text that is whole messages.  May end the connection when the other end does not read: `ended` comes later,
 * not within the call. */
void ovsdb_rpc_send (OvsdbRpc *rpc, const GString *text);
/* The same for a long text, which becomes the stream's and is not copied where it can keep it. */
void ovsdb_rpc_send_long (OvsdbRpc *rpc, GString *text);
/* The same for a message whose middle others are sent too. */
void ovsdb_rpc_send_around (OvsdbRpc *rpc, const GString *head, GBytes *shared, const char *tail);
const char *ovsdb_rpc_peer (const OvsdbRpc *rpc);
/* From now on, as OvsdbRpcLimits.probe_ns. */
void ovsdb_rpc_set_probe (OvsdbRpc *rpc, gint64 probe_ns);
/* The other end was silent, and has not yet answered the echo. */
gboolean ovsdb_rpc_is_probing (const OvsdbRpc *rpc);
/* At least one message has come. */
gboolean ovsdb_rpc_has_spoken (const OvsdbRpc *rpc);
/* It was ended for what came: no JSON, no message, or beyond a limit. */
gboolean ovsdb_rpc_was_misused (const OvsdbRpc *rpc);
/* `ended` comes later, not within the call. */
void ovsdb_rpc_end_soon (OvsdbRpc *rpc, const char *why);
/* Bytes that came and are not yet answered, and bytes that the other end has not yet taken. */
gsize ovsdb_rpc_weight (const OvsdbRpc *rpc);
/* What is less than this is not worth adding up. */
#define OVSDB_RPC_LIGHT_BYTES 65536u

/* Around a reply's result: {"id":<id>,"result": … ,"error":null}. */
void ovsdb_rpc_begin_reply (GString *to, const OvsdbJson *id);
void ovsdb_rpc_end_reply (GString *to);
/* `error_json` is JSON text. */
void ovsdb_rpc_append_error (GString *to, const OvsdbJson *id, const char *error_json);

G_END_DECLS
