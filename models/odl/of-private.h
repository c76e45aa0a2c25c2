/* Between the files of an OpenFlow session: the stream (of-session.c), the handshake (of-handshake.c), and what a
 * switch says afterwards (of-messages.c). */
#pragma once

#include "models/odl/core.h"
#include "models/odl/of-session.h"
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
  OdlCompute *compute; /* known after FEATURES; borrowed */
  OdlRegistry ports;   /* as PORT_DESC listed them, → number */
  GArray *groups;      /* ids of the groups that the switch kept */
  GByteArray *out;     /* what this instant has to say */
  NetTimer flush;
  gboolean wants_barrier;
  guint n_barriers; /* not answered */
  NetTimer echo;
  gboolean echo_asked;
};

/* What was written to session->out leaves at the end of this instant, in one piece. */
void odl_of_session_sent (OdlOfSession *session);
/* A message that cannot be read is answered with an error and the session lives on; but a handshake ends with it. */
const char *
odl_of_session_refuse (OdlOfSession *session, const OpenflowMessage *message, const GError *error);
/* A record "openflow <datapath>" of table "session", with one detail. */
void odl_of_session_record (const OdlOfSession *session, const char *op, const char *name, const char *value);

/* A message of each type: NULL, or why the session must end. */
typedef const char *OdlOfHandler (OdlOfSession *session, const OpenflowMessage *message);

OdlOfHandler odl_of_on_hello, odl_of_on_features, odl_of_on_multipart;
OdlOfHandler odl_of_on_port_status, odl_of_on_packet_in, odl_of_on_flow_removed, odl_of_on_barrier_reply,
    odl_of_on_echo_request, odl_of_on_error;

G_END_DECLS
