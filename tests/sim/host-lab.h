/* A lab of two hosts on a link, and ends of streams that write down what happens to them. */
#pragma once

#include "sim/host.h"
#include "sim/link.h"
#include "sim/trace.h"

#define MEGABYTE (1024 * 1024)

typedef struct
{
  SimTrace *trace;
  SimNetwork *network;
  SimNode *client, *server; /* 192.0.2.1 and 192.0.2.2 */
  SimLink *link;
  /* Sent by anybody: segments, the same by their TCP flags, ARP packets. */
  guint n_segments, n_flagged[64], n_arp;
} HostLab;

/* One end of a stream. */
typedef struct
{
  NetStream *stream;
  GByteArray *received;
  guint n_connected, n_drained, n_closed;
  gint64 closed_ns;
  char why[64];
  gboolean echoes; /* sends back what it receives */
  SimNode *node;
} HostEnd;

/* 1 Gbit/s, 50 us, no faults. */
extern const SimLinkConfig host_clean_link;
extern const NetStreamEvents host_end_events;

void host_lab_begin (HostLab *lab, const SimLinkConfig *config);
void host_lab_run (HostLab *lab, gint64 time_ns);
void host_lab_end (HostLab *lab);

void host_end_init (HostEnd *e, SimNode *node);
void host_end_clear (HostEnd *e);
/* Accepts a stream as this end. */
void host_end_accept (NetStream *stream, gpointer end);
NetStream *host_end_dial (HostEnd *e, SimNode *node, const char *target);
/* Listens on port 6640. */
NetListener *host_end_listen (HostEnd *e, SimNode *node);
gboolean host_end_holds (const HostEnd *e, const guint8 *bytes, gsize n);

/* A client that dials and a server that accepts; initialises both ends. */
void host_lab_meet (HostLab *lab, HostEnd *client, HostEnd *server);

/* Bytes of a fixed sequence that repeats nowhere near; the caller frees them. */
guint8 *host_pattern (gsize n);
