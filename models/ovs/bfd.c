/* A session, its timer and its packets. */
#include "models/ovs/bfd.h"

#include "gateway/bfd-frame.h"
#include "gateway/bfd-status.h"
#include "net/ethernet.h"
#include "net/ipv4.h"

#define FRAGMENT_LATER 2

struct _OvsBfd
{
  OvsBfdOwner owner;
  OvsBfdConfig config;
  VtepBfd *machine;
  OvsBfdStatus status;
  guint64 n_received; /* packets of BFD; the port's other ones are data */
  NetTimer timer;
};

static void
send (const OvsBfd *bfd, const NetBfd *packet)
{
  const OvsPort *port = bfd->owner.port;
  VtepBfdPath path = { .destination = bfd->config.destination,
                       .source = net_mac_is_zero (&bfd->config.source) ? port->mac : bfd->config.source,
                       .destination_ip = bfd->config.destination_ip,
                       .source_ip = bfd->config.source_ip,
                       .source_port = bfd->owner.source_port,
                       .unguarded = TRUE };

  bfd->owner.send (port, vtep_bfd_frame (bfd->owner.world->frames, &path, packet), bfd->owner.user);
}

static void
follow_status (OvsBfd *bfd, gint64 now_ns)
{
  VtepBfdStatus status;

  vtep_bfd_status (bfd->machine, now_ns, &status);
  if (vtep_bfd_status_equal (&status, &bfd->status.session))
    return;
  bfd->status.n_flaps += status.forwarding != bfd->status.session.forwarding;
  bfd->status.session = status;
  vtep_bfd_status_tell (bfd->owner.world, bfd->owner.port->name, &status);
  bfd->owner.changed (bfd->owner.port, bfd->owner.user);
}

/* Whatever happened: sends what is due, and looks what it has come to. */
static void
run (OvsBfd *bfd, gint64 now_ns)
{
  NetWorld *world = bfd->owner.world;
  guint64 n_data = bfd->owner.port->rx_packets - bfd->n_received;
  guint32 chance;
  NetBfd packet;
  gint64 next_ns;

  net_world_random (world, &chance, sizeof chance);
  while (vtep_bfd_run (bfd->machine, n_data, chance, now_ns, &packet))
    send (bfd, &packet);
  next_ns = vtep_bfd_next (bfd->machine);
  if (next_ns == G_MAXINT64)
    net_world_timer_cancel (world, &bfd->timer);
  else
    net_world_timer_set (world, &bfd->timer, next_ns);
  follow_status (bfd, now_ns);
}

static void
due (NetTimer *timer, gint64 now_ns)
{
  run (timer->owner, now_ns);
}

/* From the timer: whoever changes the configuration may be in the midst of a transaction. */
static void
run_soon (OvsBfd *bfd)
{
  net_world_timer_set (bfd->owner.world, &bfd->timer, net_world_now (bfd->owner.world));
}

OvsBfd *
ovs_bfd_new (const OvsBfdOwner *owner, const OvsBfdConfig *config)
{
  OvsBfd *bfd = g_new0 (OvsBfd, 1);
  gint64 now_ns = net_world_now (owner->world);

  bfd->owner = *owner;
  bfd->config = *config;
  bfd->machine = vtep_bfd_new (&config->machine, owner->discriminator, now_ns);
  vtep_bfd_status (bfd->machine, now_ns, &bfd->status.session);
  vtep_bfd_status_tell (owner->world, owner->port->name, &bfd->status.session);
  net_timer_init (&bfd->timer, due, bfd);
  run_soon (bfd);
  return bfd;
}

void
ovs_bfd_free (OvsBfd *bfd)
{
  if (!bfd)
    return;
  net_world_timer_cancel (bfd->owner.world, &bfd->timer);
  vtep_bfd_free (bfd->machine);
  g_free (bfd);
}

void
ovs_bfd_configure (OvsBfd *bfd, const OvsBfdConfig *config)
{
  bfd->config = *config;
  vtep_bfd_configure (bfd->machine, &config->machine, net_world_now (bfd->owner.world));
  run_soon (bfd);
}

guint32
ovs_bfd_discriminator (const OvsBfd *bfd)
{
  return bfd->owner.discriminator;
}

const OvsBfdStatus *
ovs_bfd_status (const OvsBfd *bfd)
{
  return &bfd->status;
}

gboolean
ovs_bfd_expects (const OvsBfd *bfd, const OpenflowFields *fields)
{
  if (fields->eth_type != NET_ETHERTYPE_IPV4 || fields->ip_proto != NET_IP_UDP
      || (fields->ip_frag & FRAGMENT_LATER) || fields->tp_dst != NET_BFD_PORT)
    return FALSE;
  if (!net_mac_is_zero (&bfd->config.expected) && net_mac_to_u64 (&bfd->config.expected) != fields->eth_dst)
    return FALSE;
  if (bfd->config.source_ip != OVS_BFD_SOURCE_IP && bfd->config.source_ip != fields->ip_dst)
    return FALSE;
  return !bfd->config.check_key || fields->tunnel_id == 0;
}

NetDropReason
ovs_bfd_receive (OvsBfd *bfd, const guint8 *bytes, guint length)
{
  gint64 now_ns = net_world_now (bfd->owner.world);
  NetEthernet ethernet;
  NetIpv4 destination;
  NetBfd packet;
  NetDropReason reason;

  bfd->n_received++;
  reason = net_ethernet_parse (bytes, length, &ethernet);
  if (reason == NET_DROP_NONE)
    reason = vtep_bfd_frame_parse (&ethernet, bytes, length, &destination, &packet);
  if (reason == NET_DROP_NONE)
    reason = vtep_bfd_received (bfd->machine, &packet, now_ns);
  run (bfd, now_ns);
  return reason;
}
