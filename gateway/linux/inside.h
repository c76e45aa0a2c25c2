/* What the files of this folder know of a world. */
#pragma once

#include "gateway/linux/loop.h"
#include "gateway/linux/storage.h"
#include "gateway/linux/target.h"
#include "gateway/linux/tls.h"
#include "gateway/linux/world.h"

#include <signal.h>

G_BEGIN_DECLS

/* One read of one stream; what is left is read in the next turn, after all others had theirs. */
#define LINUX_READ_BYTES 65536u

typedef struct _LinuxPort LinuxPort;
typedef struct _LinuxLinks LinuxLinks;

typedef struct
{
  guint8 bytes[4096];
  gsize left; /* of them, not yet given away */
} LinuxRandom;

struct _LinuxWorld
{
  NetWorld world;
  LinuxWorldConfig config;
  LinuxTimers timers;
  LinuxLoop *loop;
  LinuxRandom random;
  LinuxStorage *storage;
  NetTimer write_out;    /* of what the storage has yet to write, if no stream did it before */
  gboolean cannot_store; /* and that was logged */
  GQueue streams;        /* that somebody holds, or may come to hold */
  GQueue ending;         /* that only send their rest, oldest first */
  GQueue listeners;
  guint8 *read_buffer; /* LINUX_READ_BYTES */
  LinuxTls *tls;       /* NULL: it is not to be had */

  LinuxWatch signals; /* a signalfd; fd -1 when signals are not caught */
  LinuxSignalFunc caught;
  gpointer caught_user;
  sigset_t mask_before;

  GPtrArray *ports;  /* LinuxPort by number; NULL where one was closed */
  LinuxLinks *links; /* NULL until there is a port */

  guint64 n_drops[NET_DROP_N];
};

static inline LinuxWorld *
linux_world_of (NetWorld *world)
{
  return (LinuxWorld *) world;
}

/* ---- world.c ----------------------------------------------------------------------------------------------------- */

/* What was stored so far outlives the program now: before anything is sent.  A failure is logged. */
void linux_world_write_out (LinuxWorld *world);

/* ---- stream.c ---------------------------------------------------------------------------------------------------- */

NetStream *linux_stream_dial (LinuxWorld *world, const LinuxAddress *address, const NetStreamEvents *events,
                              gpointer user);
/* Takes an accepted descriptor, and `peer`. */
NetStream *linux_stream_accepted (LinuxWorld *world, int fd, char *peer);
void linux_streams_clear (LinuxWorld *world);

/* ---- listener.c -------------------------------------------------------------------------------------------------- */

NetListener *linux_listener_new (LinuxWorld *world, const LinuxAddress *address, NetAcceptFunc accept,
                                 gpointer user, GError **error);
/* 0 for one that has a path. */
guint16 linux_listener_port (const NetListener *listener);
void linux_listener_free (NetListener *listener);

/* ---- signals.c --------------------------------------------------------------------------------------------------- */

void linux_signals_release (LinuxWorld *world);

/* ---- ports.c ----------------------------------------------------------------------------------------------------- */

/* The seam's send(). */
void linux_ports_send (LinuxWorld *world, guint port, NetFrame *frame);
void linux_ports_clear (LinuxWorld *world);

/* ---- words.c ----------------------------------------------------------------------------------------------------- */

/* An errno in the words of NetStreamEvents.closed. */
const char *linux_error_words (int error);

G_END_DECLS
