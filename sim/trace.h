/* The trace: everything a run shows.  Records go to subscribers as they happen (the pcapng writer, expectations, the
 * live view), and the pcapng reader gives the same records back from a file.
 *
 * Borrowed pointers in a record are good for the call only. */
#pragma once

#include "sim/node.h"

G_BEGIN_DECLS

typedef enum
{
  SIM_TRACE_SECTION,
  SIM_TRACE_INTERFACE,
  SIM_TRACE_NAME,
  SIM_TRACE_PACKET,
  SIM_TRACE_STATE
} SimTraceKind;

typedef enum
{
  SIM_TRACE_INBOUND = 1, /* epb_flags bits 0-1: the frame arrived at this link end */
  SIM_TRACE_OUTBOUND = 2 /* it was sent by this link end */
} SimTraceDirection;

typedef struct
{
  const char *scenario, *variant; /* variant: NULL without one */
  guint64 seed;
  const char *version; /* of vteplab.  NULL, as scenario, in files of other programs */
} SimTraceSection;

typedef struct
{
  guint id;         /* counted from 0, in the order of the records */
  const char *name; /* "tor1/em3" */
  const char *kind; /* the node's kind: "tor" */
  const char *peer; /* the other end of the link, "server2/em1"; NULL when not connected at the time */
} SimTraceInterface;

typedef struct
{
  const char *address; /* a MAC, IPv4 or IPv6 address in text */
  const char *name;    /* "vm2" */
} SimTraceName;

typedef struct
{
  guint interface_id;
  SimTraceDirection direction;
  guint64 packet_id;
  const guint8 *bytes;
  guint captured; /* bytes present (the snap length may have cut) */
  guint length;   /* bytes of the frame */
  NetDropReason drop; /* NET_DROP_NONE: it was not dropped here */
  const char *table, *rule; /* of the drop; may be NULL */
} SimTracePacket;

typedef struct
{
  const char *node;
  const char *table, *op, *key, *json; /* as NetState; json may be NULL */
} SimTraceState;

typedef struct
{
  SimTraceKind kind;
  gint64 time_ns;
  union
  {
    SimTraceSection section;
    SimTraceInterface interface;
    SimTraceName name;
    SimTracePacket packet;
    SimTraceState state;
  };
} SimTraceRecord;

typedef void (*SimTraceFunc) (const SimTraceRecord *record, gpointer user);

SimTrace *sim_trace_new (void);
void sim_trace_free (SimTrace *trace);
/* Subscribers hear every record from then on, in order of subscription. */
void sim_trace_subscribe (SimTrace *trace, SimTraceFunc hear, gpointer user);
gboolean sim_trace_is_heard (const SimTrace *trace);
void sim_trace_emit (SimTrace *trace, const SimTraceRecord *record);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimTrace, sim_trace_free)

G_END_DECLS
