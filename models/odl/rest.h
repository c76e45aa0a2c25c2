/* The northbound door as HTTP/1.1 on streams: what networking-odl and operators speak.  It frames requests and answers;
 * what a request means is northbound.h's. */
#pragma once

#include "net/world.h"

G_BEGIN_DECLS

#define ODL_REST_MAX_PATH 8192u

/* One accepted stream: requests one after another, pipelined ones included.  A NetAcceptFunc; the user is the Odl.
 * Credentials are not looked at.  What the door never sees: 400 for a body that is no JSON, after which the stream goes
 * on; and with the stream's end 400 for what is no HTTP, 408 for a request that does not end, 411 for a body without a
 * length, 413 for a body beyond ODL_REST_MAX_BODY (rest-head.h), 414 for a path beyond ODL_REST_MAX_PATH, 417 for an
 * expectation other than 100-continue, 431 for a head beyond 80 KiB, 501 for methods that are not known, CONNECT and
 * Upgrade, 503 where answers are not read and when there are 256 sessions, 505 for another HTTP.  These and the door's 400
 * and 405 are counted as misuses of "rest <peer>". */
void odl_rest_accept (NetStream *stream, gpointer user);
void odl_rest_free (gpointer session);

G_END_DECLS
