/* Between the files of an OpenFlow session: the stream (of-session.c), the handshake (of-handshake.c), and what a
 * switch says afterwards (of-messages.c). */
#pragma once

#include "models/odl/core.h"
#include "models/odl/of-session.h"
#include "net/misuse.h"
#include "openflow/port.h"
#include "openflow/session.h"

G_BEGIN_DECLS

typedef enum
{
  ODL_OF_AWAIT_HELLO,
  ODL_OF_AWAIT_FEATURES,
  ODL_OF_AWAIT_PORTS,
  ODL_OF_AWAIT_GROUPS,
  ODL_OF_UP
} OdlOfPhase;

struct _OdlOfSession
{
  Odl *odl;
  NetStream *stream; /* NULL when it has ended */
  OpenflowSplitter splitter;
  OdlOfPhase phase;
  guint32 next_xid;
  guint32 asked_xid;   /* of the handshake's last question */
  char *title;         /* "openflow 7", before FEATURES with the peer's address: for the trace */
  OdlCompute *compute; /* known after FEATURES; borrowed */
  OdlRegistry ports;   /* as PORT_DESC listed them, → number */
  GArray *groups;      /* ids of the groups that the switch kept */
  GByteArray *out;     /* what this instant has to say */
  NetTimer flush;
  gboolean wants_barrier;
  GArray *barriers; /* of guint32: xids without an answer */
  NetTimer echo;
  gboolean echo_asked;
  guint32 echo_xid;   /* 0: every echo is answered */
  NetTimer handshake; /* until the session is up */
  NetMisuses misuses;
};

/* What was written to session->out leaves at the end of this instant, in one piece. */
void odl_of_session_sent (OdlOfSession *session);
/* Now: for a last word. */
void odl_of_session_flush (OdlOfSession *session);
/* Counts, and answers with the error; the session lives on. */
void odl_of_session_refuse (OdlOfSession *session, const OpenflowMessage *message, const GError *error);
/* Counts; no error is owed. */
void odl_of_session_misused (OdlOfSession *session, NetMisuse misuse, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
/* A record "openflow <datapath>" of table "session", with one detail. */
void odl_of_session_record (const OdlOfSession *session, const char *op, const char *name, const char *value);

/* A message of each type: NULL, or why the session must end. */
typedef const char *OdlOfHandler (OdlOfSession *session, const OpenflowMessage *message);

OdlOfHandler odl_of_on_hello, odl_of_on_features, odl_of_on_multipart;
OdlOfHandler odl_of_on_port_status, odl_of_on_packet_in, odl_of_on_flow_removed, odl_of_on_barrier_reply,
    odl_of_on_echo_request, odl_of_on_echo_reply, odl_of_on_error, odl_of_on_other;

/* FALSE with an error when the port has no name that could be an interface's. */
gboolean odl_of_port_is_named (const OpenflowPort *port, GError **error);

/* A switch with more ports than this is not believed. */
#define ODL_OF_MAX_PORTS  8192u
#define ODL_OF_MAX_GROUPS 65536u

G_END_DECLS
