/* A small network under observation: what its nodes sent, dropped and told, taken from the trace. */
#pragma once

#include "models/guest/guest.h"
#include "sim/link.h"
#include "sim/trace.h"

#include "tap.h"

typedef struct
{
  char *at; /* "vm1/eth0" */
  gint64 time_ns;
  SimTraceDirection direction;
  NetDropReason drop;
  guint length;
  guint8 *bytes;
} BenchFrame;

typedef struct
{
  SimTrace *trace;
  SimNetwork *network;
  GPtrArray *names;  /* of interfaces, by id */
  GPtrArray *frames; /* of BenchFrame: sent and dropped ones, in order */
  GPtrArray *states; /* of char*: "NODE TABLE OP KEY JSON" */
} Bench;

Bench *bench_new (guint64 seed);
/* Frees the network; fails the test if frames leaked. */
void bench_free (Bench *bench);
/* Joins port `a_port` of a and `b_port` of b by a link of no rate and this delay. */
SimLink *bench_link (SimNode *a, guint a_port, SimNode *b, guint b_port, gint64 delay_ns);
/* Runs until this time. */
void bench_run (Bench *bench, gint64 until_ns);

/* The n-th frame (from 0) sent by a port, NULL if there are fewer; how many it sent; how many it dropped so. */
const BenchFrame *bench_sent (const Bench *bench, const char *at, guint n);
guint bench_n_sent (const Bench *bench, const char *at);
guint bench_n_dropped (const Bench *bench, const char *at, NetDropReason reason);
/* How many state records begin with this text; the first of them, or "". */
guint bench_n_states (const Bench *bench, const char *prefix);
const char *bench_state (const Bench *bench, const char *prefix);
/* Forgets what was observed so far. */
void bench_forget (Bench *bench);

/* Compares a sent frame with literal bytes; the IPv4 Identification and header checksum are taken from the frame
 * where `mask_ident`, since a random number made them. */
void bench_expect (const Bench *bench, const char *at, guint n, gboolean mask_ident, const char *hex);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Bench, bench_free)

/* ---- two guests ---------------------------------------------------------------------------------------------- */

extern const NetMac mac_vm1, mac_vm2; /* fa:16:3e:00:00:11 and :12 */
extern const NetIpv4 ip_vm1, ip_vm2;  /* 10.0.0.11 and .12 */

typedef struct
{
  Bench *bench;
  Guest *vm1, *vm2;
} Pair;

/* Two guests on one cable, with these addresses and prefixes of 24, both running. */
Pair pair_new (void);
/* One echo request of 56 bytes. */
void ping_once (Guest *guest, NetIpv4 to);
