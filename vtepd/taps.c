/* Captures that hear the seam. */
#include "vtepd/taps.h"

#include "net/cursor.h"
#include "sim/pcapng.h"

#include <string.h>

#define MAX_CHUNK_HEAD 5u

struct _VtepdTaps
{
  NetWorld *world;
  GPtrArray *list; /* of VtepdTap */
};

struct _VtepdTap
{
  VtepdTaps *taps;
  VtepdTapConfig config;
  NetStream *stream;
  SimPcapngWriter *writer;
  NetTimer flush;   /* at the end of the turn */
  char *port;       /* NULL: all */
  GPtrArray *ports; /* of names: those that have an interface block, by its number */
  gint64 wall_ns;   /* what the wall clock was ahead of the world's */
  guint64 captured, lost;
};

/* ---- out --------------------------------------------------------------------------------------------------------- */

static void
send_chunk (VtepdTap *tap, guint8 kind, const guint8 *bytes, gsize n)
{
  guint8 head[MAX_CHUNK_HEAD] = { kind };

  if (!tap->stream)
    return;
  net_put_be32 (head + 1, (guint32) n);
  net_stream_send (tap->stream, head, sizeof head);
  net_stream_send (tap->stream, bytes, n);
}

static void
send_pcapng (const guint8 *bytes, gsize n, gpointer user)
{
  send_chunk (user, VTEPD_CHUNK_PCAPNG, bytes, n);
}

static void
on_flush (NetTimer *timer, gint64 now_ns)
{
  VtepdTap *tap = timer->owner;

  (void) now_ns;
  sim_pcapng_writer_flush (tap->writer);
}

static void
write_record (VtepdTap *tap, SimTraceRecord *record)
{
  gint64 now_ns = net_world_now (tap->taps->world);

  record->time_ns = now_ns + tap->wall_ns;
  sim_pcapng_writer_hear (record, tap->writer);
  if (!tap->flush.pending)
    net_world_timer_set (tap->taps->world, &tap->flush, now_ns);
}

/* The number of the port's interface block, which is written when it is first needed. */
static guint
interface_of (VtepdTap *tap, const char *name)
{
  SimTraceRecord record = { .kind = SIM_TRACE_INTERFACE };
  guint place;

  if (g_ptr_array_find_with_equal_func (tap->ports, name, g_str_equal, &place))
    return place;
  record.interface = (SimTraceInterface){ .id = tap->ports->len, .name = name, .kind = "vtepd" };
  write_record (tap, &record);
  g_ptr_array_add (tap->ports, g_strdup (name));
  return tap->ports->len - 1;
}

/* ---- in ---------------------------------------------------------------------------------------------------------- */

static void
take_packet (VtepdTap *tap, guint port, const SimTracePacket *packet)
{
  SimTraceRecord record = { .kind = SIM_TRACE_PACKET, .packet = *packet };
  const char *name = tap->config.port_name (port, tap->config.user);

  if (tap->port && g_strcmp0 (name, tap->port) != 0)
    return;
  if (!tap->stream || net_stream_pending (tap->stream) > VTEPD_TAP_QUEUE_BYTES)
    {
      tap->lost++;
      return;
    }
  record.packet.interface_id = interface_of (tap, name ? name : "none");
  write_record (tap, &record);
  tap->captured++;
}

void
vtepd_taps_frame (VtepdTaps *taps, guint port, SimTraceDirection direction, const NetFrame *frame)
{
  SimTracePacket packet;

  if (G_LIKELY (taps->list->len == 0))
    return;
  packet = (SimTracePacket){ .direction = direction,
                             .packet_id = frame->packet_id,
                             .bytes = net_frame_bytes (frame),
                             .captured = frame->length,
                             .length = frame->length };
  for (guint i = 0; i < taps->list->len; i++)
    take_packet (g_ptr_array_index (taps->list, i), port, &packet);
}

void
vtepd_taps_drop (VtepdTaps *taps, const NetDrop *drop)
{
  SimTracePacket packet;

  if (taps->list->len == 0 || !drop->frame)
    return;
  packet = (SimTracePacket){ .direction = SIM_TRACE_INBOUND,
                             .packet_id = drop->frame->packet_id,
                             .bytes = net_frame_bytes (drop->frame),
                             .captured = drop->frame->length,
                             .length = drop->frame->length,
                             .drop = drop->reason,
                             .table = drop->table,
                             .rule = drop->rule };
  for (guint i = 0; i < taps->list->len; i++)
    {
      VtepdTap *tap = g_ptr_array_index (taps->list, i);
      if (tap->config.drops)
        take_packet (tap, drop->port, &packet);
    }
}

/* ---- life -------------------------------------------------------------------------------------------------------- */

/* Texts of drops are formatted only while somebody reads them. */
static void
settle_detail (VtepdTaps *taps)
{
  taps->world->detail = FALSE;
  for (guint i = 0; i < taps->list->len; i++)
    taps->world->detail |= ((VtepdTap *) g_ptr_array_index (taps->list, i))->config.drops;
}

VtepdTap *
vtepd_tap_new (VtepdTaps *taps, NetStream *stream, const VtepdTapConfig *config)
{
  VtepdTap *tap = g_new0 (VtepdTap, 1);
  SimTraceRecord section = { .kind = SIM_TRACE_SECTION, .section = { .version = VTEPLAB_VERSION } };

  tap->taps = taps;
  tap->config = *config;
  tap->stream = stream;
  tap->writer = sim_pcapng_writer_new (send_pcapng, tap);
  tap->port = g_strdup (config->port);
  tap->ports = g_ptr_array_new_with_free_func (g_free);
  tap->wall_ns = net_world_date (taps->world) - net_world_now (taps->world);
  net_timer_init (&tap->flush, on_flush, tap);
  g_ptr_array_add (taps->list, tap);
  settle_detail (taps);
  write_record (tap, &section);
  if (tap->port)
    interface_of (tap, tap->port);
  return tap;
}

void
vtepd_tap_free (VtepdTap *tap)
{
  g_autofree char *counts = NULL;

  if (!tap)
    return;
  net_world_timer_cancel (tap->taps->world, &tap->flush);
  g_ptr_array_remove (tap->taps->list, tap);
  settle_detail (tap->taps);
  sim_pcapng_writer_free (tap->writer);
  counts = g_strdup_printf ("{\"captured\":%" G_GUINT64_FORMAT ",\"lost\":%" G_GUINT64_FORMAT "}",
                            tap->captured, tap->lost);
  send_chunk (tap, VTEPD_CHUNK_COUNTS, (const guint8 *) counts, strlen (counts));
  g_ptr_array_unref (tap->ports);
  g_free (tap->port);
  g_free (tap);
}

void
vtepd_tap_lose_stream (VtepdTap *tap)
{
  tap->stream = NULL;
}

VtepdTaps *
vtepd_taps_new (NetWorld *world)
{
  VtepdTaps *taps = g_new (VtepdTaps, 1);

  *taps = (VtepdTaps){ world, g_ptr_array_new () };
  return taps;
}

void
vtepd_taps_free (VtepdTaps *taps)
{
  if (!taps)
    return;
  g_assert (taps->list->len == 0);
  g_ptr_array_unref (taps->list);
  g_free (taps);
}
