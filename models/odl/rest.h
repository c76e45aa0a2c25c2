/* The northbound door as HTTP/1.1 on streams: what networking-odl and operators speak.  It frames requests and answers;
 * what a request means is northbound.h's. */
#pragma once

#include "net/world.h"

G_BEGIN_DECLS

#define ODL_REST_MAX_PATH 8192u
#define ODL_REST_MAX_BODY (1024u * 1024u)

/* One accepted stream: requests one after another, pipelined ones included.  A NetAcceptFunc; the user is the Odl.
 * Credentials are not looked at.  What the door never sees: 400 for what is no HTTP or no JSON, 413 for a body beyond
 * ODL_REST_MAX_BODY, 414 for a path beyond ODL_REST_MAX_PATH, 501 for CONNECT and Upgrade; the stream ends with these
 * four, but for the JSON. */
void odl_rest_accept (NetStream *stream, gpointer user);
void odl_rest_free (gpointer session);

G_END_DECLS
