/* Connections and their states: what a packet makes of one is computed first, then stored. */
#include "models/ovs/connections.h"

#include "net/ethernet.h"
#include "net/ipv4.h"
#include "net/world.h"

#include <string.h>

#define TCP_FIN 0x01u
#define TCP_SYN 0x02u
#define TCP_RST 0x04u
#define TCP_PSH 0x08u
#define TCP_ACK 0x10u
#define TCP_URG 0x20u

/* How far one side of a TCP connection is; only the order counts between those that are compared. */
typedef enum
{
  PEER_CLOSED,
  PEER_SYN_SENT,
  PEER_ESTABLISHED,
  PEER_CLOSING,
  PEER_FIN_WAIT_2,
  PEER_TIME_WAIT
} Peer;

typedef struct
{
  OvsConnectionKey key; /* first: the table's; of the packet that began it */
  Peer peers[2];        /* TCP: who began, who answers */
  gboolean answered;    /* UDP, ICMP: both sides have spoken */
  gint64 expires_ns;
} Connection;

struct _OvsConnections
{
  GHashTable *by_key; /* of Connection */
};

/* What becomes of a packet and of its connection. */
typedef struct
{
  guint8 state;
  gboolean begins, ends; /* a connection; one that ends may begin again */
  Connection after;      /* as it is then */
} Outcome;

/* ---- keys ---------------------------------------------------------------------------------------------------- */

static guint
hash_key (gconstpointer data)
{
  const OvsConnectionKey *key = data;
  const guint8 *bytes = data;
  guint hash = 2166136261u;

  for (gsize i = 0; i < sizeof *key; i++)
    hash = (hash ^ bytes[i]) * 16777619u;
  return hash;
}

static gboolean
equal_keys (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (OvsConnectionKey)) == 0;
}

/* The ICMP type that answers this one, or that it answers; -1: it is no part of a dialogue. */
static gint
icmp_partner (guint8 protocol, guint8 type)
{
  static const struct
  {
    guint8 protocol, type, partner;
  } pairs[] = { { NET_IP_ICMP, 8, 0 },       { NET_IP_ICMP, 0, 8 },      { NET_IP_ICMP, 13, 14 },
                { NET_IP_ICMP, 14, 13 },     { NET_IP_ICMP, 15, 16 },    { NET_IP_ICMP, 16, 15 },
                { NET_IP_ICMPV6, 128, 129 }, { NET_IP_ICMPV6, 129, 128 } };

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    if (pairs[i].protocol == protocol && pairs[i].type == type)
      return pairs[i].partner;
  return -1;
}

static gboolean
is_request (const OvsConnectionKey *key)
{
  return key->protocol == NET_IP_ICMPV6 ? key->icmp_type == 128
                                        : key->icmp_type == 8 || key->icmp_type == 13 || key->icmp_type == 15;
}

static gboolean
is_icmp (const OpenflowFields *fields)
{
  return (fields->eth_type == NET_ETHERTYPE_IPV4 && fields->ip_proto == NET_IP_ICMP)
         || (fields->eth_type == NET_ETHERTYPE_IPV6 && fields->ip_proto == NET_IP_ICMPV6);
}

static OvsConnectionKey
reversed (const OvsConnectionKey *key)
{
  OvsConnectionKey other = *key;

  memcpy (other.source, key->destination, sizeof other.source);
  memcpy (other.destination, key->source, sizeof other.destination);
  other.source_port = key->destination_port;
  other.destination_port = key->source_port;
  if (key->protocol == NET_IP_ICMP || key->protocol == NET_IP_ICMPV6)
    other.icmp_type = (guint8) icmp_partner (key->protocol, key->icmp_type);
  return other;
}

void
ovs_tracked_init (OvsTracked *tracked, const OpenflowFields *fields, guint16 icmp_id, guint16 zone)
{
  OvsConnectionKey *key = &tracked->key;
  gboolean is_v4 = fields->eth_type == NET_ETHERTYPE_IPV4;

  memset (tracked, 0, sizeof *tracked);
  if ((!is_v4 && fields->eth_type != NET_ETHERTYPE_IPV6) || fields->ip_frag)
    return;
  key->zone = zone;
  key->eth_type = fields->eth_type;
  key->protocol = fields->ip_proto;
  for (guint i = 0; i < 2; i++)
    {
      key->source[i] = is_v4 ? (i ? fields->ip_src : 0) : fields->ipv6_src[i];
      key->destination[i] = is_v4 ? (i ? fields->ip_dst : 0) : fields->ipv6_dst[i];
    }
  if (is_icmp (fields))
    {
      key->source_port = key->destination_port = icmp_id;
      key->icmp_type = (guint8) fields->tp_src;
      tracked->trackable = fields->tp_dst == 0 && icmp_partner (key->protocol, key->icmp_type) >= 0;
      return;
    }
  key->source_port = fields->tp_src;
  key->destination_port = fields->tp_dst;
  tracked->tcp_flags = fields->tcp_flags;
  tracked->trackable = (fields->ip_proto == NET_IP_TCP || fields->ip_proto == NET_IP_UDP) && fields->tp_src
                       && fields->tp_dst;
}

/* ---- states -------------------------------------------------------------------------------------------------- */

/* Combinations that no sender means. */
static gboolean
are_flags_wrong (guint flags)
{
  if (flags & TCP_SYN ? (flags & (TCP_RST | TCP_FIN)) != 0 : !(flags & (TCP_ACK | TCP_RST)))
    return TRUE;
  return !(flags & TCP_ACK) && (flags & (TCP_FIN | TCP_PSH | TCP_URG));
}

/* A connection may begin with a SYN, or in its middle, but not with an answer. */
static gboolean
may_begin (const OvsTracked *tracked)
{
  switch (tracked->key.protocol)
    {
    case NET_IP_TCP:
      return !are_flags_wrong (tracked->tcp_flags)
             && (tracked->tcp_flags & (TCP_SYN | TCP_ACK)) != (TCP_SYN | TCP_ACK);
    case NET_IP_UDP:
      return TRUE;
    default:
      return is_request (&tracked->key);
    }
}

static gint
tcp_seconds (Peer a, Peer b)
{
  if (MIN (a, b) >= PEER_FIN_WAIT_2)
    return 30;
  if (MIN (a, b) >= PEER_CLOSING)
    return 45;
  if (MIN (a, b) < PEER_ESTABLISHED)
    return 30;
  return MAX (a, b) >= PEER_CLOSING ? 15 * 60 : 24 * 60 * 60;
}

static void
go_on_tcp (const OvsTracked *tracked, gboolean reply, gint64 now_ns, Outcome *out)
{
  Peer *from = &out->after.peers[reply], *to = &out->after.peers[!reply];
  guint flags = tracked->tcp_flags;

  if (are_flags_wrong (flags))
    {
      out->state = OPENFLOW_CT_INVALID;
      return;
    }
  out->state = OPENFLOW_CT_ESTABLISHED;
  if ((flags & (TCP_SYN | TCP_ACK)) == TCP_SYN && MIN (*from, *to) >= PEER_FIN_WAIT_2)
    {
      out->ends = TRUE;
      return;
    }
  if ((flags & (TCP_SYN | TCP_ACK)) == TCP_SYN && *from <= PEER_SYN_SENT)
    {
      *from = PEER_SYN_SENT;
      out->state = OPENFLOW_CT_NEW;
      out->after.expires_ns = now_ns + 30 * NET_SEC;
      return;
    }
  if ((flags & TCP_SYN) && *from < PEER_SYN_SENT)
    *from = PEER_SYN_SENT;
  if ((flags & TCP_FIN) && *from < PEER_CLOSING)
    *from = PEER_CLOSING;
  if ((flags & TCP_ACK) && *to == PEER_SYN_SENT)
    *to = PEER_ESTABLISHED;
  else if ((flags & TCP_ACK) && *to == PEER_CLOSING)
    *to = PEER_FIN_WAIT_2;
  if (flags & TCP_RST)
    *from = *to = PEER_TIME_WAIT;
  out->after.expires_ns = now_ns + tcp_seconds (*from, *to) * NET_SEC;
}

/* Without states of its own, it is new until it is answered. */
static void
go_on_talk (gboolean reply, gint64 now_ns, Outcome *out)
{
  out->after.answered |= reply;
  out->state = out->after.answered ? OPENFLOW_CT_ESTABLISHED : OPENFLOW_CT_NEW;
  out->after.expires_ns = now_ns + (out->after.answered ? 30 : 60) * NET_SEC;
}

/* ---- outcomes ------------------------------------------------------------------------------------------------ */

static const Connection *
find_alive (const OvsConnections *connections, const OvsConnectionKey *key, gint64 now_ns)
{
  const Connection *found = connections ? g_hash_table_lookup (connections->by_key, key) : NULL;
  return found && now_ns < found->expires_ns ? found : NULL;
}

static void
begin (const OvsTracked *tracked, gint64 now_ns, Outcome *out)
{
  gint seconds = tracked->key.protocol == NET_IP_TCP ? 30 : 60;

  if (!may_begin (tracked))
    {
      out->state = OPENFLOW_CT_INVALID;
      return;
    }
  out->state = OPENFLOW_CT_NEW;
  out->begins = tracked->commit;
  out->after = (Connection){ .key = tracked->key,
                             .peers = { PEER_SYN_SENT, PEER_CLOSED },
                             .expires_ns = now_ns + seconds * NET_SEC };
}

/* Returns the connection that the packet is of, or NULL. */
static const Connection *
judge (const OvsConnections *connections, const OvsTracked *tracked, gint64 now_ns, Outcome *out)
{
  OvsConnectionKey back;
  const Connection *found;
  gboolean reply;

  *out = (Outcome){ .state = OPENFLOW_CT_INVALID };
  if (!tracked->trackable)
    return NULL;
  back = reversed (&tracked->key);
  found = find_alive (connections, &tracked->key, now_ns);
  reply = !found;
  if (!found)
    found = find_alive (connections, &back, now_ns);
  out->ends = found && reply && tracked->force;
  if (found && !out->ends)
    {
      out->after = *found;
      if (tracked->key.protocol == NET_IP_TCP)
        go_on_tcp (tracked, reply, now_ns, out);
      else
        go_on_talk (reply, now_ns, out);
      if (reply && out->state != OPENFLOW_CT_INVALID)
        out->state |= OPENFLOW_CT_REPLY;
    }
  if (!found || out->ends)
    begin (tracked, now_ns, out);
  return found;
}

guint8
ovs_connections_state (const OvsConnections *connections, const OvsTracked *tracked, gint64 now_ns)
{
  Outcome outcome;

  judge (connections, tracked, now_ns, &outcome);
  return outcome.state | OPENFLOW_CT_TRACKED;
}

/* ---- the table ----------------------------------------------------------------------------------------------- */

OvsConnections *
ovs_connections_new (void)
{
  OvsConnections *connections = g_new0 (OvsConnections, 1);
  connections->by_key = g_hash_table_new_full (hash_key, equal_keys, NULL, g_free);
  return connections;
}

void
ovs_connections_free (OvsConnections *connections)
{
  if (!connections)
    return;
  g_hash_table_unref (connections->by_key);
  g_free (connections);
}

static gboolean
is_over (gpointer key, gpointer value, gpointer user)
{
  const gint64 *now_ns = user;
  (void) key;
  return *now_ns >= ((const Connection *) value)->expires_ns;
}

void
ovs_connections_track (OvsConnections *connections, const OvsTracked *tracked, gint64 now_ns)
{
  Outcome outcome;
  const Connection *found = judge (connections, tracked, now_ns, &outcome);
  Connection *stored;

  if (found && outcome.ends)
    g_hash_table_remove (connections->by_key, &found->key);
  else if (found)
    {
      stored = g_hash_table_lookup (connections->by_key, &found->key);
      *stored = outcome.after;
    }
  if (!outcome.begins)
    return;
  if (g_hash_table_size (connections->by_key) >= OVS_CONNECTIONS_MAX
      && g_hash_table_foreach_remove (connections->by_key, is_over, &now_ns) == 0)
    return;
  stored = g_memdup2 (&outcome.after, sizeof outcome.after);
  g_hash_table_replace (connections->by_key, &stored->key, stored);
}
