/* Frames that were discarded: how many at each port for each reason, and the last ones themselves. */
#pragma once

#include "net/world.h"

G_BEGIN_DECLS

typedef struct _VtepdDrops VtepdDrops;

#define VTEPD_DROP_BYTES  128u /* of a frame that are kept */
#define VTEPD_DROPS_KEPT  32u
#define VTEPD_DROPS_PORTS 8192u /* ports with numbers beyond share one line */

typedef struct
{
  gint64 time_ns;
  guint port;
  NetDropReason reason;
  const char *table; /* interned; NULL */
  char rule[192];    /* "": it was not asked for */
  guint length, kept;
  guint8 bytes[VTEPD_DROP_BYTES];
} VtepdDropped;

VtepdDrops *vtepd_drops_new (void);
void vtepd_drops_free (VtepdDrops *drops);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VtepdDrops, vtepd_drops_free)

void vtepd_drops_add (VtepdDrops *drops, const NetDrop *drop, gint64 now_ns);
/* The number may be another port's next, which begins with nothing; the last frames that are kept become no port's. */
void vtepd_drops_port_closed (VtepdDrops *drops, guint port);

/* Lines up to vtepd_drops_n_lines(); `port` is NET_PORT_NONE for frames of no port. */
guint vtepd_drops_n_lines (const VtepdDrops *drops);
guint64 vtepd_drops_count (const VtepdDrops *drops, guint line, NetDropReason reason, guint *port);
/* The last but `index`; NULL: there were not so many. */
const VtepdDropped *vtepd_drops_recent (const VtepdDrops *drops, guint index);

G_END_DECLS
