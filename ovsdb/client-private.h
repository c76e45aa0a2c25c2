/* What a client is made of: shared by its connection (client.c) and its requests (client-request.c). */
#pragma once

#include "ovsdb/backoff.h"
#include "ovsdb/client.h"
#include "ovsdb/replica.h"
#include "ovsdb/rpc.h"

G_BEGIN_DECLS

typedef struct _OvsdbPending OvsdbPending;

/* Hears of the result or of an error, one of which is NULL. */
typedef void (*OvsdbAnswered) (OvsdbClient *client, const OvsdbPending *pending, const OvsdbJson *result,
                               const GError *error);

/* A request without its answer. */
struct _OvsdbPending
{
  gint64 id;
  OvsdbAnswered answered;
  OvsdbReplyFunc reply; /* the user's */
  gpointer user;
  GError *failed; /* it was never sent */
};

struct _OvsdbClient
{
  NetWorld *world;
  char *target; /* NULL: lives on accepted streams */
  char *database, *peer;
  char **tables;
  OvsdbRpcLimits limits;
  const OvsdbClientEvents *events;
  gpointer user;
  OvsdbSchema *schema;
  char *server_version; /* of the server's schema; NULL before it was heard */
  OvsdbDatabase *replica;
  NetStream *dialling;
  OvsdbRpc *rpc;
  NetTimer redial, fail_soon;
  OvsdbBackoff backoff;
  GQueue pending, unsent; /* of OvsdbPending, oldest first */
  gint64 next_id;
  gboolean plain_monitor; /* the user wants no other */
  guint method;           /* of monitoring, on this connection: a place in client-monitor.c's list */
  GString *requests;      /* <monitor-requests>, on this connection */
  OvsdbUuid last;         /* what the replica holds, as the server calls it; zeros: it has no name for it */
  gboolean ready;
  guint busy; /* in callbacks: freeing waits */
  gboolean freed;
};

/* Around everything that may call the user, who may free the client. */
void ovsdb_client_enter (OvsdbClient *client);
void ovsdb_client_leave (OvsdbClient *client);

/* The connection is of no use: it is ended, and a new one begun later. */
void ovsdb_client_lose (OvsdbClient *client, const char *why);

/* The server did something against the protocol; _lose_misused() ends the connection for it. */
void
ovsdb_client_misused (OvsdbClient *client, NetMisuse misuse, const char *format, ...) G_GNUC_PRINTF (3, 4);
void ovsdb_client_lose_misused (OvsdbClient *client, const char *why);

/* ---- monitoring (client-monitor.c) ------------------------------------------------------------------------------- */

/* The server has this schema: asks to monitor what is known to both, and makes the client ready when it may. */
void ovsdb_client_monitor (OvsdbClient *client, const OvsdbSchema *there);
void ovsdb_client_take_notification (OvsdbClient *client, const OvsdbMessage *message);

/* ---- requests (client-request.c) --------------------------------------------------------------------------------- */

void ovsdb_client_requests_init (OvsdbClient *client);
void ovsdb_client_requests_clear (OvsdbClient *client);
/* One of the client's own; the client is connected. */
void ovsdb_client_ask (OvsdbClient *client, const char *method, const char *params, OvsdbAnswered answered);
void ovsdb_client_take_reply (OvsdbClient *client, const OvsdbMessage *message);
/* The connection has ended: users' requests are answered with an error, the client's own forgotten. */
void ovsdb_client_fail_requests (OvsdbClient *client, const char *why);

G_END_DECLS
