/* The DHCP client's states, and when each speaks again. */
#include "models/guest/dhcp-client.h"
#include "models/guest/dhcp-lease.h"

#define SECOND         G_GINT64_CONSTANT (1000000000)
#define NEVER          G_MAXINT64
#define INFINITE_LEASE G_MAXUINT32
#define UDHCPC_TRIES   3
#define NAK_PAUSE_NS   (10 * SECOND) /* a server that refuses again and again is not asked at once */

typedef struct
{
  gint64 initial_ns; /* first wait after a message */
  gint64 cutoff_ns;  /* waits do not grow past about this */
  gint64 timeout_ns; /* of discovering */
  gint64 retry_ns;   /* pause after it */
  gint64 reboot_ns;  /* of a request that nobody answers */
} Timing;

static const Timing dhclient_timing = { 10 * SECOND, 15 * SECOND, 60 * SECOND, 300 * SECOND, 10 * SECOND };
static const Timing udhcpc_timing
    = { 3 * SECOND, 3 * SECOND, (UDHCPC_TRIES * 3 - 1) * SECOND, 20 * SECOND, 8 * SECOND };

struct _GuestDhcpClient
{
  const GuestDhcpEvents *events;
  gpointer user;
  GuestDhcpKind kind;
  Timing timing;
  GuestDhcpState state;
  gint64 due_ns;
  gint64 first_sent_ns; /* of the exchange under way */
  gint64 interval_ns;   /* 0: nothing was sent in it yet */
  guint32 xid;
  gboolean has_lease;
  GuestLease lease; /* offered while requesting, else held */
  gint64 t1_ns, t2_ns, end_ns;
  gint64 calm_ns; /* the next refusal before this time makes it pause */
};

GuestDhcpClient *
guest_dhcp_client_new (const GuestDhcpEvents *events, gpointer user)
{
  GuestDhcpClient *client = g_new0 (GuestDhcpClient, 1);
  client->events = events;
  client->user = user;
  client->due_ns = NEVER;
  return client;
}

void
guest_dhcp_client_free (GuestDhcpClient *client)
{
  g_free (client);
}

GuestDhcpState
guest_dhcp_client_state (const GuestDhcpClient *client)
{
  return client->state;
}

gint64
guest_dhcp_client_due (const GuestDhcpClient *client)
{
  return client->due_ns;
}

/* ---- waiting ------------------------------------------------------------------------------------------------- */

/* Uniform whole seconds in [0, bound). */
static gint64
draw (GuestDhcpClient *client, gint64 bound_ns)
{
  guint64 bound_s = MAX (1, (guint64) (bound_ns / SECOND));
  return (gint64) (client->events->random (client->user) % bound_s) * SECOND;
}

/* dhclient's wait: the initial one, then longer by up to twice itself each time, past the cutoff between a half and
 * three halves of the cutoff.  udhcpc's: always the same while it asks, half of what is left while it renews. */
static void
lengthen_interval (GuestDhcpClient *client, gint64 now_ns)
{
  const Timing *timing = &client->timing;

  if (client->kind == GUEST_DHCP_UDHCPC)
    {
      gint64 limit_ns = client->state == GUEST_DHCP_RENEWING ? client->t2_ns : client->end_ns;
      client->interval_ns = timing->initial_ns;
      if (client->state == GUEST_DHCP_RENEWING || client->state == GUEST_DHCP_REBINDING)
        client->interval_ns = MAX (60 * SECOND, (limit_ns - now_ns) / 2);
      return;
    }
  if (client->interval_ns == 0)
    client->interval_ns = timing->initial_ns;
  else
    client->interval_ns += draw (client, 2 * client->interval_ns);
  if (client->interval_ns > timing->cutoff_ns)
    client->interval_ns = timing->cutoff_ns / 2 + draw (client, timing->cutoff_ns);
}

/* The wait is cut where the state ends anyway. */
static void
wait_until (GuestDhcpClient *client, gint64 end_ns, gint64 now_ns)
{
  client->due_ns = MIN (now_ns + client->interval_ns, end_ns);
}

/* ---- sending ------------------------------------------------------------------------------------------------- */

static guint16
seconds_elapsed (const GuestDhcpClient *client, gint64 now_ns)
{
  return (guint16) MIN ((now_ns - client->first_sent_ns) / SECOND, G_MAXUINT16);
}

static void
send (GuestDhcpClient *client, const char *op, GuestDhcpMessage *message, gint64 now_ns)
{
  message->xid = client->xid;
  message->seconds = seconds_elapsed (client, now_ns);
  client->events->told (client->user, op, client->xid, client->has_lease ? &client->lease : NULL);
  client->events->send (client->user, message);
}

static void
enter (GuestDhcpClient *client, GuestDhcpState state, gint64 now_ns)
{
  client->state = state;
  client->first_sent_ns = now_ns;
  client->interval_ns = 0;
}

static void
take_a_break (GuestDhcpClient *client, gint64 now_ns)
{
  gint64 retry_ns = client->timing.retry_ns;

  client->state = GUEST_DHCP_PAUSING;
  client->due_ns = now_ns + retry_ns;
  if (client->kind == GUEST_DHCP_DHCLIENT)
    client->due_ns = now_ns + (retry_ns + SECOND) / 2 + draw (client, retry_ns);
  client->events->told (client->user, "failed", client->xid, NULL);
}

static void
send_discover (GuestDhcpClient *client, gint64 now_ns)
{
  gint64 last_ns = client->first_sent_ns + client->timing.timeout_ns;

  if (now_ns > last_ns)
    {
      take_a_break (client, now_ns);
      return;
    }
  lengthen_interval (client, now_ns);
  wait_until (client, last_ns + SECOND, now_ns);
  send (client, "discover", &(GuestDhcpMessage){ .type = NET_DHCP_DISCOVER }, now_ns);
}

static void
discover (GuestDhcpClient *client, gint64 now_ns)
{
  client->has_lease = FALSE;
  client->xid = (guint32) client->events->random (client->user);
  enter (client, GUEST_DHCP_SELECTING, now_ns);
  send_discover (client, now_ns);
}

/* A request for what was offered (REQUESTING) or held before (REBOOTING). */
static void
send_request (GuestDhcpClient *client, gint64 now_ns)
{
  gboolean rebooting = client->state == GUEST_DHCP_REBOOTING;
  GuestDhcpMessage message = { .type = NET_DHCP_REQUEST, .requested_ip = client->lease.ip };

  if (client->interval_ns != 0 && now_ns - client->first_sent_ns >= client->timing.reboot_ns)
    {
      discover (client, now_ns);
      return;
    }
  if (!rebooting)
    message.server_id = client->lease.server;
  lengthen_interval (client, now_ns);
  wait_until (client, client->first_sent_ns + client->timing.reboot_ns, now_ns);
  send (client, rebooting ? "reboot" : "request", &message, now_ns);
}

static void
lose_lease (GuestDhcpClient *client, const char *op)
{
  GuestLease lease = client->lease;

  client->events->told (client->user, op, client->xid, client->has_lease ? &lease : NULL);
  client->has_lease = FALSE;
  client->events->lost (client->user, &lease);
}

/* By unicast until T2, then to everybody until the lease ends. */
static void
send_renewal (GuestDhcpClient *client, gint64 now_ns)
{
  GuestDhcpMessage message = { .type = NET_DHCP_REQUEST, .client_ip = client->lease.ip };

  if (now_ns >= client->end_ns)
    {
      lose_lease (client, "expired");
      discover (client, now_ns);
      return;
    }
  if (client->state == GUEST_DHCP_RENEWING && now_ns >= client->t2_ns)
    enter (client, GUEST_DHCP_REBINDING, now_ns);
  if (client->state == GUEST_DHCP_RENEWING)
    message.to = client->lease.server;
  lengthen_interval (client, now_ns);
  wait_until (client, client->state == GUEST_DHCP_RENEWING ? client->t2_ns : client->end_ns, now_ns);
  send (client, client->state == GUEST_DHCP_RENEWING ? "renew" : "rebind", &message, now_ns);
}

/* ---- hearing ------------------------------------------------------------------------------------------------- */

static void
hear_offer (GuestDhcpClient *client, const NetDhcp *message, gint64 now_ns)
{
  if (client->state != GUEST_DHCP_SELECTING || !guest_lease_read (message, &client->lease))
    return;
  client->has_lease = TRUE;
  enter (client, GUEST_DHCP_REQUESTING, now_ns);
  send_request (client, now_ns);
}

/* dhclient asks somewhat before T1: at a random point of its last quarter. */
static gint64
first_renewal_s (GuestDhcpClient *client)
{
  gint64 t1_s = MAX (1, client->lease.t1_s);

  if (client->kind != GUEST_DHCP_DHCLIENT || t1_s < 4)
    return t1_s;
  return t1_s * 3 / 4 + (gint64) (client->events->random (client->user) % (guint64) t1_s) / 4;
}

static void
hear_ack (GuestDhcpClient *client, const NetDhcp *message, gint64 now_ns)
{
  GuestLease lease;

  if (!guest_lease_read (message, &lease))
    return;
  client->lease = lease;
  client->has_lease = TRUE;
  client->state = GUEST_DHCP_BOUND;
  client->t1_ns = client->t2_ns = client->end_ns = client->due_ns = NEVER;
  if (lease.lease_s != INFINITE_LEASE)
    {
      client->t1_ns = now_ns + first_renewal_s (client) * SECOND;
      client->t2_ns = now_ns + (gint64) lease.t2_s * SECOND;
      client->end_ns = now_ns + (gint64) lease.lease_s * SECOND;
      client->due_ns = client->t1_ns;
    }
  client->events->told (client->user, "bound", client->xid, &client->lease);
  client->events->bound (client->user, &client->lease);
}

static void
hear_nak (GuestDhcpClient *client, gint64 now_ns)
{
  gboolean again = now_ns < client->calm_ns;

  lose_lease (client, "nak");
  client->calm_ns = now_ns + NAK_PAUSE_NS;
  if (!again)
    {
      discover (client, now_ns);
      return;
    }
  client->state = GUEST_DHCP_PAUSING;
  client->due_ns = client->calm_ns;
}

static gboolean
is_asking (const GuestDhcpClient *client)
{
  return client->state == GUEST_DHCP_REQUESTING || client->state == GUEST_DHCP_REBOOTING
         || client->state == GUEST_DHCP_RENEWING || client->state == GUEST_DHCP_REBINDING;
}

void
guest_dhcp_client_hear (GuestDhcpClient *client, const NetDhcp *message, gint64 now_ns)
{
  if (message->op != 2 || message->xid != client->xid)
    return;
  if (message->type == NET_DHCP_OFFER)
    hear_offer (client, message, now_ns);
  else if (message->type == NET_DHCP_ACK && is_asking (client))
    hear_ack (client, message, now_ns);
  else if (message->type == NET_DHCP_NAK && is_asking (client))
    hear_nak (client, now_ns);
}

/* ---- life ---------------------------------------------------------------------------------------------------- */

void
guest_dhcp_client_expire (GuestDhcpClient *client, gint64 now_ns)
{
  client->due_ns = NEVER;
  switch (client->state)
    {
    case GUEST_DHCP_STOPPED:
      break;
    case GUEST_DHCP_SELECTING:
      send_discover (client, now_ns);
      break;
    case GUEST_DHCP_REQUESTING:
    case GUEST_DHCP_REBOOTING:
      send_request (client, now_ns);
      break;
    case GUEST_DHCP_BOUND:
      enter (client, GUEST_DHCP_RENEWING, now_ns);
      send_renewal (client, now_ns);
      break;
    case GUEST_DHCP_RENEWING:
    case GUEST_DHCP_REBINDING:
      send_renewal (client, now_ns);
      break;
    case GUEST_DHCP_PAUSING:
      discover (client, now_ns);
      break;
    }
}

void
guest_dhcp_client_begin (GuestDhcpClient *client, const GuestDhcpConfig *config, gint64 now_ns)
{
  gboolean held = client->has_lease && client->state != GUEST_DHCP_REQUESTING;

  client->kind = config->kind;
  client->timing = config->kind == GUEST_DHCP_UDHCPC ? udhcpc_timing : dhclient_timing;
  if (config->initial_interval_ns)
    client->timing.initial_ns = config->initial_interval_ns;
  if (config->timeout_ns)
    client->timing.timeout_ns = config->timeout_ns;
  if (config->retry_ns)
    client->timing.retry_ns = config->retry_ns;
  if (!config->init_reboot || !held || now_ns >= client->end_ns)
    {
      discover (client, now_ns);
      return;
    }
  client->xid = (guint32) client->events->random (client->user);
  enter (client, GUEST_DHCP_REBOOTING, now_ns);
  send_request (client, now_ns);
}

void
guest_dhcp_client_end (GuestDhcpClient *client)
{
  if (client->state == GUEST_DHCP_REQUESTING)
    client->has_lease = FALSE;
  client->state = GUEST_DHCP_STOPPED;
  client->due_ns = NEVER;
}

void
guest_dhcp_client_release (GuestDhcpClient *client)
{
  gboolean held = client->has_lease && client->state != GUEST_DHCP_REQUESTING;

  guest_dhcp_client_end (client);
  if (!held)
    return;
  client->xid = (guint32) client->events->random (client->user);
  client->events->send (client->user, &(GuestDhcpMessage){ .type = NET_DHCP_RELEASE,
                                                           .xid = client->xid,
                                                           .client_ip = client->lease.ip,
                                                           .server_id = client->lease.server,
                                                           .to = client->lease.server });
  lose_lease (client, "release");
}
