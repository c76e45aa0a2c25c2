/* An OpenFlow session with a switch: whatever bytes come, answers are whole messages of 1.3, and the flows and groups
 * that the switch took can be printed, read again and sent again as the same.
 *
 * Input: the stream from the controller, after its HELLO. */
#include "fuzz.h"

#include "models/ovs/dump.h"
#include "models/ovs/sessions.h"
#include "openflow/text.h"

#include <string.h>

#define PIECE_MAX 40u
#define N_PORTS   3u

/* ---- a world where time stands still ----------------------------------------------------------------------------- */

static gint64
world_now (NetWorld *world)
{
  (void) world;
  return 0;
}

static void
world_timer_set (NetWorld *world, NetTimer *timer, gint64 at_ns)
{
  (void) world, (void) at_ns;
  timer->pending = timer;
}

static void
world_timer_cancel (NetWorld *world, NetTimer *timer)
{
  (void) world;
  timer->pending = NULL;
}

static void
world_send (NetWorld *world, guint port, NetFrame *frame)
{
  (void) world;
  FUZZ_CHECK (port >= 1 && port <= N_PORTS, "a frame leaves by a port that there is");
  net_frame_unref (frame);
}

static void
world_log (NetWorld *world, NetLogLevel level, const char *module, const char *message)
{
  (void) world, (void) level, (void) module;
  FUZZ_CHECK (*message, "a log message has words");
}

static void
world_drop (NetWorld *world, const NetDrop *drop)
{
  (void) world;
  FUZZ_CHECK (drop->reason > NET_DROP_NONE && drop->reason < NET_DROP_N, "a drop has a reason");
}

static void
world_state (NetWorld *world, const NetState *state)
{
  (void) world;
  FUZZ_CHECK (state->table && state->op && state->key, "a state has a name");
}

static const NetWorldClass world_class = { .now = world_now,
                                           .timer_set = world_timer_set,
                                           .timer_cancel = world_timer_cancel,
                                           .send = world_send,
                                           .log = world_log,
                                           .drop = world_drop,
                                           .state = world_state };

/* ---- a stream ---------------------------------------------------------------------------------------------------- */

typedef struct
{
  NetStream stream;
  GByteArray *sent; /* by the switch */
  gboolean closed;
} Stream;

static void
stream_send (NetStream *stream, const guint8 *bytes, gsize n)
{
  Stream *self = (Stream *) stream;
  FUZZ_CHECK (!self->closed, "nothing is sent on a stream that was closed");
  g_byte_array_append (self->sent, bytes, (guint) n);
}

static gsize
stream_pending (const NetStream *stream)
{
  (void) stream;
  return 0;
}

static void
stream_close (NetStream *stream)
{
  ((Stream *) stream)->closed = TRUE;
}

static const NetStreamClass stream_class
    = { .send = stream_send, .pending = stream_pending, .close = stream_close };

static void
closed (OvsSession *session, const char *why, gpointer user)
{
  (void) session, (void) user;
  FUZZ_CHECK (why && *why, "a session ends with a reason");
}

static const OvsSessionEvents session_events = { .closed = closed };

/* ---- what must hold ---------------------------------------------------------------------------------------------- */

/* In pieces, whose sizes the bytes themselves choose. */
static void
feed (Stream *stream, const guint8 *data, gsize size)
{
  for (gsize at = 0, n; at < size && !stream->closed; at += n)
    {
      g_autofree guint8 *copy = NULL;
      n = MIN (size - at, 1 + (gsize) data[at] % PIECE_MAX);
      copy = g_memdup2 (data + at, n); /* so that a sanitizer sees who reads beyond it */
      stream->stream.events->received (&stream->stream, copy, n, stream->stream.user);
    }
}

static void
check_answers (const GByteArray *sent)
{
  OpenflowSplitter splitter;
  OpenflowMessage message;
  OpenflowSplit split;

  openflow_splitter_init (&splitter);
  openflow_splitter_add (&splitter, sent->data, sent->len);
  while ((split = openflow_splitter_next (&splitter, &message)) == OPENFLOW_SPLIT_MESSAGE)
    {
      OpenflowErrorReport report;
      FUZZ_CHECK (message.version == OPENFLOW_VERSION_13, "an answer is of version 1.3");
      FUZZ_CHECK (message.type <= OPENFLOW_METER_MOD, "an answer is of a type that there is");
      if (message.type == OPENFLOW_ERROR_MESSAGE)
        FUZZ_CHECK (openflow_error_decode (&message, &report, NULL)
                        && !strstr (openflow_error_name (report.pair), "not know"),
                    "an error is one of the standard's");
    }
  FUZZ_CHECK (split == OPENFLOW_SPLIT_MORE && splitter.held->len == splitter.taken,
              "answers are whole messages");
  openflow_splitter_clear (&splitter);
}

static void
check_line (const char *line, gboolean is_group)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) again = g_string_new (NULL);

  if (is_group)
    {
      g_auto (OpenflowGroupMod) mod = { 0 };
      FUZZ_CHECK (openflow_group_parse (line, &mod, &error), "%s: %s", line, error->message);
      openflow_group_print (mod.type, mod.id, &mod.buckets, again);
    }
  else
    {
      g_auto (OpenflowFlowMod) mod = { 0 };
      FUZZ_CHECK (openflow_flow_parse (line, &mod, &error), "%s: %s", line, error->message);
      openflow_flow_print (&mod, again);
    }
  FUZZ_CHECK (strcmp (line, again->str) == 0, "what is printed is read as the same:\n%s\n%s", line,
              again->str);
}

static void
check_dump (const GString *dump, gboolean is_group)
{
  g_auto (GStrv) lines = g_strsplit (dump->str, "\n", -1);

  for (guint i = 0; lines[i]; i++)
    if (*lines[i])
      check_line (lines[i], is_group);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const guint8 hello[] = { 4, 0, 0, 8, 0, 0, 0, 1 };
  g_autoptr (NetFramePool) pool = net_frame_pool_new ();
  NetWorld world = { .klass = &world_class, .frames = pool, .detail = TRUE };
  g_autoptr (GByteArray) sent = g_byte_array_new ();
  g_autoptr (GString) flows = g_string_new (NULL), groups = g_string_new (NULL);
  Stream stream = { .stream = { .klass = &stream_class, .peer = (char *) "tcp:fuzz" }, .sent = sent };
  g_autoptr (OvsSwitch) sw = ovs_switch_new (&world, &(OvsSwitchConfig){ .datapath_id = 1 });
  g_autoptr (OvsSessions) sessions = ovs_sessions_new (sw);

  for (guint i = 1; i <= N_PORTS; i++)
    ovs_switch_add_port (sw, &(OvsPort){ .number = i, .name = "p", .world_port = i, .link_up = TRUE });
  ovs_session_begin (sessions, &stream.stream, 0, &session_events, NULL);
  feed (&stream, hello, sizeof hello);
  feed (&stream, data, size);
  check_answers (sent);
  ovs_dump_flows (ovs_switch_tables (sw), flows);
  ovs_dump_groups (ovs_switch_groups (sw), groups);
  check_dump (flows, FALSE);
  check_dump (groups, TRUE);
  return 0;
}
