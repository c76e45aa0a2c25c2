/* A table by port and reason, and a ring. */
#include "vtepd/drops.h"

#include <string.h>

typedef struct
{
  guint64 n[NET_DROP_N];
} Line;

struct _VtepdDrops
{
  GArray *lines; /* of Line; the first is for frames of no port */
  VtepdDropped recent[VTEPD_DROPS_KEPT];
  guint64 n_dropped;
};

/* Table names are few, and mostly the program's own; a rule's text is not kept beyond the ring. */
static void
keep (VtepdDropped *kept, const NetDrop *drop, gint64 now_ns)
{
  *kept = (VtepdDropped){ .time_ns = now_ns, .port = drop->port, .reason = drop->reason };
  kept->table = drop->table ? g_intern_string (drop->table) : NULL;
  if (drop->rule)
    g_strlcpy (kept->rule, drop->rule, sizeof kept->rule);
  if (!drop->frame)
    return;
  kept->length = drop->frame->length;
  kept->kept = MIN (kept->length, VTEPD_DROP_BYTES);
  memcpy (kept->bytes, net_frame_bytes (drop->frame), kept->kept);
}

static guint
line_of (guint port)
{
  return port < VTEPD_DROPS_PORTS ? port + 1 : 0;
}

void
vtepd_drops_add (VtepdDrops *drops, const NetDrop *drop, gint64 now_ns)
{
  guint line = line_of (drop->port);

  if (line >= drops->lines->len)
    g_array_set_size (drops->lines, line + 1);
  g_array_index (drops->lines, Line, line).n[drop->reason]++;
  keep (&drops->recent[drops->n_dropped++ % VTEPD_DROPS_KEPT], drop, now_ns);
}

void
vtepd_drops_port_closed (VtepdDrops *drops, guint port)
{
  guint line = line_of (port);

  if (line > 0 && line < drops->lines->len)
    g_array_index (drops->lines, Line, line) = (Line){ 0 };
  for (guint i = 0; i < VTEPD_DROPS_KEPT; i++)
    if (drops->recent[i].port == port)
      drops->recent[i].port = NET_PORT_NONE;
}

guint
vtepd_drops_n_lines (const VtepdDrops *drops)
{
  return drops->lines->len;
}

guint64
vtepd_drops_count (const VtepdDrops *drops, guint line, NetDropReason reason, guint *port)
{
  *port = line == 0 ? NET_PORT_NONE : line - 1;
  return g_array_index (drops->lines, Line, line).n[reason];
}

const VtepdDropped *
vtepd_drops_recent (const VtepdDrops *drops, guint index)
{
  if (index >= MIN (drops->n_dropped, VTEPD_DROPS_KEPT))
    return NULL;
  return &drops->recent[(drops->n_dropped - 1 - index) % VTEPD_DROPS_KEPT];
}

VtepdDrops *
vtepd_drops_new (void)
{
  VtepdDrops *drops = g_new0 (VtepdDrops, 1);

  drops->lines = g_array_sized_new (FALSE, TRUE, sizeof (Line), 1);
  g_array_set_size (drops->lines, 1);
  return drops;
}

void
vtepd_drops_free (VtepdDrops *drops)
{
  if (!drops)
    return;
  g_array_unref (drops->lines);
  g_free (drops);
}
