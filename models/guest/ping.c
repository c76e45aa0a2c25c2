/* Pings under way: a session each, with the requests that wait for their replies. */
#include "models/guest/ping.h"
#include "models/guest/tell.h"

#define DEFAULT_INTERVAL_NS (1 * NET_SEC)
#define DEFAULT_TIMEOUT_NS  (10 * NET_SEC)
#define STAMP_BYTES         16u    /* a struct timeval of 64 bits */
#define WAITING_MAX         65536u /* sequence numbers come again after so many */
#define PAYLOAD_MAX         (NET_FRAME_MAX - 128u)

typedef struct
{
  guint sequence; /* counted from 1, not wrapped */
  gint64 sent_ns;
} Request;

typedef struct
{
  GuestPinger *pinger;
  GuestPing ping;
  guint16 id;
  guint n_sent;
  gint64 next_ns;   /* of the next request; G_MAXINT64: all are sent */
  GArray *waiting;  /* of Request, oldest first */
  guint8 *answered; /* a bit for each wire sequence number */
  gboolean confirm; /* a reply came since the last request */
  NetTimer timer;
} Session;

struct _GuestPinger
{
  SimNode *node;
  GuestStack *stack;
  GPtrArray *sessions; /* of Session, in order of their start */
};

static void
session_free (gpointer data)
{
  Session *session = data;

  net_world_timer_cancel (&session->pinger->node->world, &session->timer);
  g_array_unref (session->waiting);
  g_free (session->answered);
  g_free (session);
}

GuestPinger *
guest_pinger_new (SimNode *node, GuestStack *stack)
{
  GuestPinger *pinger = g_new0 (GuestPinger, 1);
  pinger->node = node;
  pinger->stack = stack;
  pinger->sessions = g_ptr_array_new_with_free_func (session_free);
  return pinger;
}

void
guest_pinger_free (GuestPinger *pinger)
{
  if (!pinger)
    return;
  g_ptr_array_unref (pinger->sessions);
  g_free (pinger);
}

void
guest_pinger_stop (GuestPinger *pinger)
{
  g_ptr_array_set_size (pinger->sessions, 0);
}

/* ---- telling ------------------------------------------------------------------------------------------------- */

static void
tell (Session *session, const char *op, guint sequence, const char *more)
{
  NetWorld *world = &session->pinger->node->world;
  char to[GUEST_IP_TEXT], key[GUEST_IP_TEXT + 12];

  if (!world->detail)
    return;
  guest_ip_format (&session->ping.to, to);
  g_snprintf (key, sizeof key, "%s %u", to, sequence);
  guest_tell (world, "ping", op, key, "{\"to\":\"%s\",\"seq\":%u,\"id\":%u%s}", to, sequence, session->id,
              more);
}

static void
tell_reply (Session *session, const char *op, guint sequence, const GuestEcho *echo, gint64 rtt_ns)
{
  char more[96];

  if (rtt_ns >= 0)
    g_snprintf (more, sizeof more, ",\"rtt_ns\":%" G_GINT64_FORMAT ",\"ttl\":%u,\"bytes\":%u", rtt_ns,
                echo->ttl, echo->bytes);
  else
    g_snprintf (more, sizeof more, ",\"ttl\":%u,\"bytes\":%u", echo->ttl, echo->bytes);
  tell (session, op, sequence, more);
}

static void
tell_failure (Session *session, const char *op, const Request *request, gint64 now_ns, const char *more)
{
  char all[128];

  g_snprintf (all, sizeof all, ",\"waited_ns\":%" G_GINT64_FORMAT "%s", now_ns - request->sent_ns, more);
  tell (session, op, request->sequence, all);
}

/* ---- requests ------------------------------------------------------------------------------------------------ */

static void
put_le64 (guint8 *to, guint64 value)
{
  for (guint i = 0; i < 8; i++, value >>= 8)
    to[i] = (guint8) value;
}

/* Each byte counts its own offset; where there is room, the time of sending stands over the first sixteen, seconds
 * and microseconds as a little-endian machine writes them. */
static void
fill (guint8 *data, guint length, gint64 now_ns)
{
  for (guint i = 0; i < length; i++)
    data[i] = (guint8) i;
  if (length < STAMP_BYTES)
    return;
  put_le64 (data, (guint64) (now_ns / NET_SEC));
  put_le64 (data + 8, (guint64) (now_ns % NET_SEC / 1000));
}

static void
reply_to_self (Session *session, guint sequence)
{
  GuestEcho echo = { .peer = session->ping.to,
                     .id = session->id,
                     .sequence = (guint16) sequence,
                     .ttl = 64,
                     .bytes = session->ping.payload_bytes + 8 };
  guest_pinger_reply (session->pinger, &echo);
}

static gboolean
is_self (Session *session)
{
  GuestIp source;
  return guest_stack_source (session->pinger->stack, &session->ping.to, &source)
         && guest_ip_compare (&source, &session->ping.to) == 0;
}

static void
send_request (Session *session, gint64 now_ns)
{
  GuestPinger *pinger = session->pinger;
  guint sequence = ++session->n_sent;
  guint16 wire = (guint16) sequence;
  Request request = { .sequence = sequence, .sent_ns = now_ns };
  GuestEchoSend send
      = { .to = session->ping.to, .id = session->id, .sequence = wire, .confirm = session->confirm };
  NetFrame *data;

  if (session->waiting->len == WAITING_MAX)
    g_array_remove_index (session->waiting, 0);
  g_array_append_val (session->waiting, request);
  session->answered[wire / 8] &= (guint8) ~(1u << wire % 8);
  session->confirm = FALSE;
  tell (session, "sent", sequence, "");
  if (is_self (session))
    {
      reply_to_self (session, sequence);
      return;
    }
  data = guest_stack_payload (pinger->stack, session->ping.payload_bytes);
  fill (net_frame_data (data), session->ping.payload_bytes, now_ns);
  guest_stack_send_echo (pinger->stack, &send, data);
}

/* ---- time ---------------------------------------------------------------------------------------------------- */

static gint64
oldest_timeout (const Session *session)
{
  if (session->waiting->len == 0)
    return G_MAXINT64;
  return g_array_index (session->waiting, Request, 0).sent_ns + session->ping.timeout_ns;
}

/* A session with nothing left to send or to wait for ends. */
static void
arm (Session *session)
{
  gint64 at_ns = MIN (session->next_ns, oldest_timeout (session));

  if (at_ns == G_MAXINT64)
    g_ptr_array_remove (session->pinger->sessions, session);
  else
    net_world_timer_set (&session->pinger->node->world, &session->timer, at_ns);
}

static void
give_up (Session *session, gint64 now_ns)
{
  while (oldest_timeout (session) <= now_ns)
    {
      Request request = g_array_index (session->waiting, Request, 0);
      g_array_remove_index (session->waiting, 0);
      tell_failure (session, "timeout", &request, now_ns, "");
    }
}

static void
fire (NetTimer *timer, gint64 now_ns)
{
  Session *session = timer->owner;

  give_up (session, now_ns);
  if (session->next_ns <= now_ns)
    {
      gboolean last = session->ping.count && session->n_sent + 1 == session->ping.count;
      session->next_ns = last ? G_MAXINT64 : now_ns + session->ping.interval_ns;
      send_request (session, now_ns);
    }
  arm (session);
}

guint16
guest_pinger_start (GuestPinger *pinger, const GuestPing *ping)
{
  Session *session = g_new0 (Session, 1);
  guint16 id = (guint16) sim_random_u64 (&pinger->node->random);

  session->pinger = pinger;
  session->ping = *ping;
  session->ping.interval_ns = ping->interval_ns > 0 ? ping->interval_ns : DEFAULT_INTERVAL_NS;
  session->ping.timeout_ns = ping->timeout_ns > 0 ? ping->timeout_ns : DEFAULT_TIMEOUT_NS;
  session->ping.payload_bytes = MIN (ping->payload_bytes, PAYLOAD_MAX);
  session->id = id;
  session->waiting = g_array_new (FALSE, FALSE, sizeof (Request));
  session->answered = g_malloc0 (WAITING_MAX / 8);
  net_timer_init (&session->timer, fire, session);
  session->next_ns = sim_node_now (pinger->node);
  g_ptr_array_add (pinger->sessions, session);
  fire (&session->timer, session->next_ns);
  return id;
}

/* ---- replies ------------------------------------------------------------------------------------------------- */

static Session *
find_session (GuestPinger *pinger, const GuestEcho *echo)
{
  for (guint i = 0; i < pinger->sessions->len; i++)
    {
      Session *session = g_ptr_array_index (pinger->sessions, i);
      if (session->id == echo->id && (guint16) (session->n_sent - echo->sequence) < session->n_sent)
        return session;
    }
  return NULL;
}

/* The request that waits under a wire sequence number, taken out; FALSE: none does. */
static gboolean
take_request (Session *session, guint16 wire, Request *out)
{
  for (guint i = 0; i < session->waiting->len; i++)
    {
      *out = g_array_index (session->waiting, Request, i);
      if ((guint16) out->sequence == wire)
        {
          g_array_remove_index (session->waiting, i);
          return TRUE;
        }
    }
  return FALSE;
}

void
guest_pinger_reply (GuestPinger *pinger, const GuestEcho *echo)
{
  Session *session = find_session (pinger, echo);
  guint16 wire = echo->sequence;
  gboolean again;
  Request request;

  if (!session)
    return;
  again = session->answered[wire / 8] >> wire % 8 & 1;
  session->answered[wire / 8] |= (guint8) (1u << wire % 8);
  session->confirm = TRUE;
  if (take_request (session, wire, &request))
    tell_reply (session, "reply", request.sequence, echo, sim_node_now (pinger->node) - request.sent_ns);
  else
    tell_reply (session, again ? "duplicate" : "late", wire, echo, -1);
}

void
guest_pinger_refused (GuestPinger *pinger, const GuestEcho *echo, NetDropReason why)
{
  Session *session = find_session (pinger, echo);
  char more[64];
  Request request;

  if (!session || !take_request (session, echo->sequence, &request))
    return;
  g_snprintf (more, sizeof more, ",\"why\":\"%s\"", net_drop_word (why));
  tell_failure (session, "unreachable", &request, sim_node_now (pinger->node), more);
}
