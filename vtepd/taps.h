/* Live captures: each hears the frames of one port, or of all, and makes pcapng of them for a stream.
 *
 * A stream that is not read in time does not hold up the switch: what finds no room in its queue is lost to the
 * capture, and counted. */
#pragma once

#include "net/world.h"
#include "sim/trace.h"

G_BEGIN_DECLS

typedef struct _VtepdTaps VtepdTaps;
typedef struct _VtepdTap VtepdTap;

#define VTEPD_TAP_QUEUE_BYTES (4u << 20)

/* A capture's bytes travel in chunks: one of these, the length in four bytes (most significant first), the bytes. */
enum
{
  VTEPD_CHUNK_PCAPNG = 'P',
  VTEPD_CHUNK_COUNTS = 'C' /* a JSON object: "captured", "lost" */
};

typedef struct
{
  const char *port;                                     /* by name, whatever its number becomes; NULL: all */
  gboolean drops;                                       /* also what was dropped, with the reason */
  const char *(*port_name) (guint port, gpointer user); /* NULL: there is no such port */
  gpointer user;
} VtepdTapConfig;

VtepdTaps *vtepd_taps_new (NetWorld *world);
void vtepd_taps_free (VtepdTaps *taps);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VtepdTaps, vtepd_taps_free)

/* The configuration is copied; the stream is borrowed until vtepd_tap_free(), which sends the counts last. */
VtepdTap *vtepd_tap_new (VtepdTaps *taps, NetStream *stream, const VtepdTapConfig *config);
void vtepd_tap_free (VtepdTap *tap);
/* The stream has ended: nothing is sent any more. */
void vtepd_tap_lose_stream (VtepdTap *tap);

void vtepd_taps_frame (VtepdTaps *taps, guint port, SimTraceDirection direction, const NetFrame *frame);
void vtepd_taps_drop (VtepdTaps *taps, const NetDrop *drop);

G_END_DECLS
