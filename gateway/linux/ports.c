/* The table of ports, and what all kinds have in common: the queue of what leaves, the carrier, the counters. */
#include "gateway/linux/port-inside.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>

/* ---- in ---------------------------------------------------------------------------------------------------------- */

void
linux_port_drop (LinuxPort *port, NetFrame *frame, NetDropReason reason, const char *table)
{
  net_world_drop (&port->world->world,
                  &(NetDrop){ .frame = frame, .port = port->number, .reason = reason, .table = table });
  net_frame_unref (frame);
}

void
linux_port_deliver (LinuxPort *port, NetFrame *frame)
{
  port->counters.received++;
  port->counters.received_bytes += frame->length;
  port->config.received (port->world, port->number, frame, port->config.user);
}

static void
deliver (NetFrame *frame, gpointer user)
{
  linux_port_deliver (user, frame);
}

void
linux_port_arrived (LinuxPort *port, guint8 *bytes, guint length, const LinuxNotes *notes)
{
  NetFramePool *pool = port->world->world.frames;
  NetDropReason reason;

  port->counters.checksummed += (notes->offload.flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) != 0;
  port->counters.segmented += notes->offload.gso_type != VIRTIO_NET_HDR_GSO_NONE;
  reason = linux_restore (pool, bytes, length, notes, deliver, port);
  if (reason != NET_DROP_NONE)
    linux_port_drop (port, net_frame_new_from (pool, bytes, MIN (length, NET_FRAME_MAX)), reason, "arrival");
}

void
linux_port_missed (LinuxPort *port, guint64 n)
{
  port->counters.missed += n;
  port->world->n_drops[NET_DROP_RECEIVE_QUEUE_FULL] += n;
}

/* ---- out --------------------------------------------------------------------------------------------------------- */

static NetDropReason
reason_of (int error)
{
  switch (error)
    {
    case EMSGSIZE:
      return NET_DROP_FRAME_TOO_LONG;
    case ENOBUFS:
    case EAGAIN:
      return NET_DROP_QUEUE_FULL;
    case ENXIO:
    case ENODEV:
      return NET_DROP_PORT_GONE;
    case EHOSTUNREACH:
    case ENETUNREACH:
      return NET_DROP_NO_ROUTE;
    case EINVAL:
      return NET_DROP_MALFORMED;
    default:
      return NET_DROP_LINK_DOWN;
    }
}

void
linux_port_sent (LinuxPort *port, NetFrame *frame)
{
  port->counters.sent++;
  port->counters.sent_bytes += frame->length;
  net_frame_unref (frame);
}

static void
not_sent (LinuxPort *port, NetFrame *frame, NetDropReason reason)
{
  port->counters.not_sent++;
  linux_port_drop (port, frame, reason, "transmit");
}

void
linux_port_refused (LinuxPort *port, NetFrame *frame, int error)
{
  not_sent (port, frame, reason_of (error));
}

/* From `first` on the queue's frames are still to be sent. */
static void
move_up (LinuxPort *port, guint first)
{
  port->n_queued -= first;
  if (first)
    memmove (port->queue, port->queue + first, port->n_queued * sizeof port->queue[0]);
}

static void
flush (LinuxPort *port)
{
  while (port->n_queued && !port->blocked)
    {
      guint n = MIN (port->n_queued, LINUX_PORT_BURST), n_done = port->klass->send (port, port->queue, n);

      port->blocked = n_done < n;
      move_up (port, n_done);
    }
  if (!port->blocked || linux_loop_watch (port->world->loop, &port->out, EPOLLOUT))
    return;
  /* Nobody will tell, so it is tried in each turn. */
  port->blocked = FALSE;
  linux_loop_defer (port->world->loop, &port->flush);
}

static void
on_flush (LinuxTask *task)
{
  flush (task->owner);
}

static void
on_writable (LinuxWatch *watch, guint32 events)
{
  LinuxPort *port = watch->owner;

  (void) events;
  linux_loop_unwatch (port->world->loop, watch);
  port->blocked = FALSE;
  flush (port);
}

static LinuxPort *
port_at (const LinuxWorld *world, guint number)
{
  return number < world->ports->len ? g_ptr_array_index (world->ports, number) : NULL;
}

void
linux_ports_send (LinuxWorld *world, guint number, NetFrame *frame)
{
  LinuxPort *port = port_at (world, number);

  if (!port)
    {
      net_world_drop (&world->world,
                      &(NetDrop){ .frame = frame, .port = number, .reason = NET_DROP_NO_CABLE });
      net_frame_unref (frame);
    }
  else if (!port->link.up)
    not_sent (port, frame, NET_DROP_LINK_DOWN);
  else if (port->n_queued == LINUX_PORT_QUEUE)
    not_sent (port, frame, NET_DROP_QUEUE_FULL);
  else
    {
      port->queue[port->n_queued++] = frame;
      if (port->n_queued >= LINUX_PORT_BURST)
        flush (port);
      else
        linux_loop_defer (world->loop, &port->flush);
    }
}

static void
drop_queue (LinuxPort *port)
{
  for (guint i = 0; i < port->n_queued; i++)
    not_sent (port, port->queue[i], NET_DROP_LINK_DOWN);
  port->n_queued = 0;
}

/* ---- the carrier ------------------------------------------------------------------------------------------------- */

static void
set_link (LinuxPort *port, const LinuxLink *link)
{
  gboolean was_up = port->link.up;

  if (port->link.index && link->index && strcmp (port->link.name, link->name) != 0)
    net_world_log (&port->world->world, NET_LOG_INFO, "ports", "interface %s is called %s now",
                   port->link.name, link->name);
  port->link = *link;
  if (was_up == link->up)
    return;
  if (!link->up)
    drop_queue (port);
  if (port->config.carrier)
    port->config.carrier (port->world, port->number, link->up, port->config.user);
}

static void
come_back (LinuxPort *port, const LinuxLink *link)
{
  NetWorld *world = &port->world->world;
  g_autoptr (GError) error = NULL;

  port->link.index = link->index;
  if (port->klass->bind (port, &error))
    {
      net_world_log (world, NET_LOG_INFO, "ports", "interface %s is there again", port->interface);
      set_link (port, link);
      return;
    }
  port->link.index = 0;
  net_world_log (world, NET_LOG_WARNING, "ports", "interface %s is there again, but: %s", port->interface,
                 error->message);
}

void
linux_ports_link_is (LinuxWorld *world, const LinuxLink *link)
{
  for (guint i = 0; i < world->ports->len; i++)
    {
      LinuxPort *port = port_at (world, i);
      if (!port)
        continue;
      if (port->link.index == 0 && strcmp (port->interface, link->name) == 0)
        come_back (port, link);
      else if (port->link.index == link->index)
        set_link (port, link);
      port->heard |= port->link.index == link->index;
    }
}

void
linux_ports_link_gone (LinuxWorld *world, int index)
{
  for (guint i = 0; i < world->ports->len; i++)
    {
      LinuxPort *port = port_at (world, i);
      LinuxLink none = { 0 };
      if (!port || port->link.index != index)
        continue;
      net_world_log (&world->world, NET_LOG_WARNING, "ports", "interface %s is gone", port->link.name);
      none.mac = port->link.mac;
      none.mtu = port->link.mtu;
      g_strlcpy (none.name, port->interface, sizeof none.name);
      set_link (port, &none);
    }
}

void
linux_ports_links_unsure (LinuxWorld *world)
{
  for (guint i = 0; i < world->ports->len; i++)
    if (port_at (world, i))
      port_at (world, i)->heard = FALSE;
}

void
linux_ports_links_all_told (LinuxWorld *world)
{
  for (guint i = 0; i < world->ports->len; i++)
    {
      LinuxPort *port = port_at (world, i);
      if (port && port->link.index && !port->heard)
        linux_ports_link_gone (world, port->link.index);
    }
}

/* ---- life -------------------------------------------------------------------------------------------------------- */

static void
free_port (LinuxPort *port)
{
  drop_queue (port);
  linux_loop_forget (port->world->loop, &port->flush);
  linux_loop_unwatch (port->world->loop, &port->in);
  linux_loop_unwatch (port->world->loop, &port->out);
  g_ptr_array_index (port->world->ports, port->number) = NULL;
  g_free (port->interface);
  port->klass->free (port);
}

/* The lowest free number: users keep tables by it. */
static guint
free_number (LinuxWorld *world)
{
  for (guint i = 0; i < world->ports->len; i++)
    if (!port_at (world, i))
      return i;
  g_ptr_array_add (world->ports, NULL);
  return world->ports->len - 1;
}

typedef LinuxPort *(*NewPortFunc) (const LinuxPortConfig *config, const LinuxLink *link, GError **error);

/* The one asked for, or the first that can be had: then the reason why the first cannot is told.  libpcap makes its
 * sockets itself, for which a program that has them made elsewhere lacks the right: asking could be its end. */
static LinuxPort *
new_by_method (const LinuxPortConfig *config, const LinuxLink *link, GError **error)
{
  static const NewPortFunc makers[] = { [LINUX_PORT_RING] = linux_ring_port_new,
                                        [LINUX_PORT_SOCKET] = linux_socket_port_new,
                                        [LINUX_PORT_PCAP] = linux_pcap_port_new };
  const guint end = config->packet_socket ? LINUX_PORT_PCAP : G_N_ELEMENTS (makers);
  LinuxPort *port = NULL;

  if (config->method != LINUX_PORT_AUTO)
    return makers[config->method](config, link, error);
  for (guint i = LINUX_PORT_RING; i < end && !port; i++)
    port = makers[i](config, link, i == LINUX_PORT_RING ? error : NULL);
  if (port)
    g_clear_error (error);
  return port;
}

/* Takes the port into the table, attaches it and waits for it; on failure it is freed. */
static gboolean
adopt (LinuxWorld *world, LinuxPort *port, const char *interface, const LinuxPortConfig *config,
       const LinuxLink *link, GError **error)
{
  port->world = world;
  port->config = *config;
  port->interface = g_strdup (interface);
  port->link = *link;
  port->in.owner = port->out.owner = port;
  port->out.ready = on_writable;
  port->flush = (LinuxTask){ .run = on_flush, .owner = port };
  port->number = free_number (world);
  g_ptr_array_index (world->ports, port->number) = port;
  if (port->klass->bind (port, error))
    {
      if (linux_loop_watch (world->loop, &port->in, EPOLLIN))
        return TRUE;
      g_set_error (error, LINUX_WORLD_ERROR, LINUX_WORLD_ERROR_SYSTEM,
                   "the kernel refuses to wait for '%s': %s", interface, g_strerror (errno));
    }
  free_port (port);
  return FALSE;
}

gboolean
linux_world_open_port (LinuxWorld *world, const char *interface, const LinuxPortConfig *config, guint *number,
                       GError **error)
{
  LinuxLink link;
  LinuxPort *port;

  /* News come from before the first look on, so that none is missed between. */
  if (!linux_links_follow (world, error) || !linux_link_find (interface, &link, error))
    return FALSE;
  port = new_by_method (config, &link, error);
  if (!port || !adopt (world, port, interface, config, &link, error))
    return FALSE;
  *number = port->number;
  return TRUE;
}

gboolean
linux_world_open_tunnel_port (LinuxWorld *world, const LinuxPortConfig *config, guint *number, GError **error)
{
  LinuxLink link = { .up = TRUE };
  char text[NET_IPV4_TEXT];
  g_autofree char *name = g_strdup_printf ("udp:%s", net_ipv4_format (config->tunnel_ip, text));
  LinuxPort *port = linux_tunnel_port_new (config, error);

  if (!port)
    return FALSE;
  g_strlcpy (link.name, name, sizeof link.name);
  link.mac = linux_tunnel_mac (config->tunnel_ip);
  link.mtu = linux_tunnel_mtu (config->tunnel_ip);
  if (!adopt (world, port, name, config, &link, error))
    return FALSE;
  *number = port->number;
  return TRUE;
}

void
linux_world_close_port (LinuxWorld *world, guint number)
{
  LinuxPort *port = port_at (world, number);

  g_return_if_fail (port != NULL);
  free_port (port);
}

void
linux_ports_clear (LinuxWorld *world)
{
  for (guint i = 0; i < world->ports->len; i++)
    if (port_at (world, i))
      free_port (port_at (world, i));
  g_ptr_array_unref (world->ports);
  linux_links_free (world);
}

/* ---- what is known ----------------------------------------------------------------------------------------------- */

void
linux_world_port_facts (LinuxWorld *world, guint number, LinuxPortFacts *facts)
{
  const LinuxPort *port = port_at (world, number);

  *facts = (LinuxPortFacts){ .interface = port->link.index ? port->link.name : port->interface,
                             .method = port->klass->name,
                             .up = port->link.up,
                             .mac = port->link.mac,
                             .mtu = port->link.mtu };
}

guint
linux_world_port_addresses (LinuxWorld *world, guint number, LinuxPortAddress *addresses, guint n)
{
  const LinuxPort *port = port_at (world, number);
  struct ifaddrs *all;
  guint found = 0;

  if (getifaddrs (&all) < 0)
    return 0;
  for (const struct ifaddrs *at = all; at; at = at->ifa_next)
    {
      if (!at->ifa_addr || at->ifa_addr->sa_family != AF_INET || strcmp (at->ifa_name, port->link.name) != 0)
        continue;
      if (found < n)
        addresses[found] = (LinuxPortAddress){
          .ip = ntohl (((const struct sockaddr_in *) (gconstpointer) at->ifa_addr)->sin_addr.s_addr),
          .prefix_length = (guint) __builtin_popcount (
              ((const struct sockaddr_in *) (gconstpointer) at->ifa_netmask)->sin_addr.s_addr),
        };
      found++;
    }
  freeifaddrs (all);
  return found;
}

void
linux_world_port_counters (const LinuxWorld *world, guint number, LinuxPortCounters *counters)
{
  *counters = port_at (world, number)->counters;
}
