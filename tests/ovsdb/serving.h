/* A served database and one peer that speaks to it by hand, in a test's own words. */
#pragma once

#include "bench.h"

#define SERVE_OF(begin)                                                                                      \
  Bench bench;                                                                                               \
  begin (&bench);                                                                                            \
  bench_serve (&bench);                                                                                      \
  FakePeer *peer = fake_peer_dial (bench.fake, "tcp:127.0.0.1:6640")
/* Of the schema of tests, "T"; or of hardware_vtep. */
#define SERVE      SERVE_OF (bench_begin)
#define SERVE_VTEP SERVE_OF (bench_begin_vtep)
#define DONE                                                                                                 \
  fake_peer_free (peer);                                                                                     \
  bench_end (&bench)
#define ASK_AS(who, request, answer)                                                                         \
  do                                                                                                         \
    {                                                                                                        \
      fake_peer_send (who, request);                                                                         \
      EXPECT (who, answer);                                                                                  \
    }                                                                                                        \
  while (0)
#define ASK(request, answer) ASK_AS (peer, request, answer)

/* A transaction on a database, and its answer. */
#define TRANSACT(id, database, operations)                                                                   \
  "{'id':" id ",'method':'transact','params':['" database "'," operations "]}"
#define RESULT(id, result) "{'error':null,'id':" id ",'result':" result "}"
#define REFUSED(id, error) "{'error':" error ",'id':" id ",'result':null}"

#define UUID "11111111-1111-1111-1111-111111111111"
