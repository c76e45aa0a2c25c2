/* A Linux world with a listener, for tests of streams: what each end of a connection hears is written down. */
#pragma once

#include "gateway/linux/world.h"
#include "tap.h"

#define PATIENCE_NS (20 * NET_SEC)

/* More than the kernel takes at once. */
#define MANY_BYTES (32u << 20)

/* One end of a stream and what it heard. */
typedef struct
{
  NetStream *stream; /* NULL: not accepted yet, closed, or it said that it is over */
  GString *heard;    /* "connected " "drained " "closed: … " */
  GString *bytes;
  const char *on_bytes; /* "close", "send", "flood", "unlisten": what to do in `received` */
  gsize first_had;      /* bytes of the first that was accepted when this one got its first */
} End;

typedef struct
{
  LinuxWorld *world;
  NetWorld *seam;
  NetListener *listener;
  char *target;               /* to dial the listener */
  GString *log;               /* "(MESSAGE) " of each */
  End client, server, second; /* the first that was accepted, and the latest */
  guint n_accepted;
  gboolean refuse;           /* the acceptor closes at once */
  gboolean unlisten_at_once; /* … or ends its listener */
  NetTimer tick;
  gint64 end_ns;
  gboolean (*done) (void);
  gboolean good;
} Bench;

extern Bench bench;
extern const NetStreamEvents bench_events;

/* Opens the world and its listener, at once or one by one. */
void setup (const char *listen);
void setup_world (void);
void setup_listener (const char *listen);
void teardown (void);
/* Dials the listener. */
void dial (void);
void send_text (NetStream *stream, const char *text);

/* Serves the world until it is so; FALSE when patience ends before. */
gboolean run_until (gboolean (*done) (void));
void run_for (gint64 ns);

gboolean both_up (void);
gboolean client_over (void);
gboolean server_over (void);
gboolean server_heard_hello (void);

/* Takes a connection of the bench's listener: for listeners beside it. */
void on_accept (NetStream *stream, gpointer user);

/* A plain, blocking socket connected to the bench's TCP listener. */
int plain_socket (void);
/* In a new directory; remove_path() removes both. */
char *temporary_path (const char *name);
void remove_path (const char *path);
