/* A list of ports that follows the configuration. */
#include "vtepd/ports.h"

#include "vtepd/underlay.h"

#include <string.h>

#define RETRY_NS         (1 * NET_SEC)
#define NUMBER_NONE      4096u /* from here on: numbers of ports that are not open */
#define UNDERLAY_UNKNOWN "?"

typedef struct
{
  char *name;
  gboolean open, is_underlay;
  gboolean told; /* why it is not open was said */
  guint number;
} Port;

struct _VtepdPorts
{
  LinuxWorld *world;
  VtepdOpener *opener;
  VtepdPortsEvents events;
  const VtepdConfig *config;
  GPtrArray *list; /* of Port */
  NetTimer retry;
};

static NetWorld *
seam (const VtepdPorts *ports)
{
  return linux_world_seam (ports->world);
}

/* ---- what the world tells ---------------------------------------------------------------------------------------- */

static void
on_frame (LinuxWorld *world, guint number, NetFrame *frame, gpointer user)
{
  VtepdPorts *ports = user;

  (void) world;
  ports->events.frame (number, frame, ports->events.user);
}

static void
on_carrier (LinuxWorld *world, guint number, gboolean up, gpointer user)
{
  VtepdPorts *ports = user;

  (void) world;
  ports->events.carrier (number, up, ports->events.user);
}

/* ---- opening ----------------------------------------------------------------------------------------------------- */

/* The same frames must not come in twice, as guests' and as tunnels'. */
static gboolean
is_free (const VtepdPorts *ports, const Port *port, const char *interface, GError **error)
{
  for (guint i = 0; i < ports->list->len; i++)
    {
      const Port *other = g_ptr_array_index (ports->list, i);
      if (other != port && other->open && strcmp (other->name, interface) == 0)
        {
          g_set_error (error, LINUX_WORLD_ERROR, LINUX_WORLD_ERROR_PORT,
                       "'%s' is named as a port and carries the tunnels; it can be one of them", interface);
          return FALSE;
        }
    }
  return TRUE;
}

static int
packet_socket (gpointer user)
{
  return vtepd_opener_packet_socket (((VtepdPorts *) user)->opener);
}

static gboolean
open_access (VtepdPorts *ports, Port *port, GError **error)
{
  const LinuxPortConfig config = { .kind = LINUX_PORT_ACCESS,
                                   .promiscuous = TRUE,
                                   .received = on_frame,
                                   .carrier = on_carrier,
                                   .packet_socket = ports->opener ? packet_socket : NULL,
                                   .user = ports };

  if (ports->config->transport == VTEPD_TRANSPORT_RAW && !is_free (ports, port, port->name, error))
    return FALSE;
  return linux_world_open_port (ports->world, port->name, &config, &port->number, error);
}

static gboolean
open_tunnel_port (VtepdPorts *ports, Port *port, GError **error)
{
  const LinuxPortConfig config
      = { .tunnel_ip = ports->config->tunnel_ip, .received = on_frame, .user = ports };

  g_free (port->name);
  port->name = g_strdup ("udp");
  return linux_world_open_tunnel_port (ports->world, &config, &port->number, error);
}

static gboolean
open_underlay (VtepdPorts *ports, Port *port, GError **error)
{
  LinuxPortConfig config = { .tunnel_ip = ports->config->tunnel_ip,
                             .received = on_frame,
                             .carrier = on_carrier,
                             .packet_socket = ports->opener ? packet_socket : NULL,
                             .user = ports };
  g_autofree char *interface = NULL;

  if (ports->config->transport == VTEPD_TRANSPORT_UDP)
    return open_tunnel_port (ports, port, error);
  interface = vtepd_underlay_interface (ports->config, error);
  if (!interface || !is_free (ports, port, interface, error))
    return FALSE;
  g_free (port->name);
  port->name = g_steal_pointer (&interface);
  config.kind = vtepd_underlay_is_shared (port->name, ports->config->tunnel_ip) ? LINUX_PORT_UNDERLAY_SHARED
                                                                                : LINUX_PORT_UNDERLAY;
  return linux_world_open_port (ports->world, port->name, &config, &port->number, error);
}

static gboolean
try_to_open (VtepdPorts *ports, Port *port)
{
  g_autoptr (GError) error = NULL;

  port->open = port->is_underlay ? open_underlay (ports, port, &error) : open_access (ports, port, &error);
  if (port->open)
    net_world_log (seam (ports), NET_LOG_INFO, "vtepd", "%s '%s' is open",
                   port->is_underlay ? "underlay" : "port", port->name);
  else if (!port->told)
    net_world_log (seam (ports), NET_LOG_WARNING, "vtepd", "%s; it is tried again every second",
                   error->message);
  port->told = !port->open;
  return port->open;
}

/* TRUE: some port that was not open is now. */
static gboolean
open_missing (VtepdPorts *ports)
{
  gboolean any = FALSE;

  for (guint i = 0; i < ports->list->len; i++)
    {
      Port *port = g_ptr_array_index (ports->list, i);
      if (!port->open)
        any |= try_to_open (ports, port);
    }
  return any;
}

static void
retry_later (VtepdPorts *ports)
{
  if (vtepd_ports_n_missing (ports))
    net_world_timer_set (seam (ports), &ports->retry, net_world_now (seam (ports)) + RETRY_NS);
}

static void
on_retry (NetTimer *timer, gint64 now_ns)
{
  VtepdPorts *ports = timer->owner;

  (void) now_ns;
  if (open_missing (ports))
    ports->events.opened (ports->events.user);
  retry_later (ports);
}

/* ---- following --------------------------------------------------------------------------------------------------- */

static Port *
port_new (const char *name, gboolean is_underlay)
{
  Port *port = g_new0 (Port, 1);

  port->name = g_strdup (name);
  port->is_underlay = is_underlay;
  return port;
}

static void
close_port (VtepdPorts *ports, Port *port)
{
  if (!port->open)
    return;
  linux_world_close_port (ports->world, port->number);
  port->open = FALSE;
  ports->events.closed (port->number, ports->events.user);
}

static void
port_free (VtepdPorts *ports, Port *port)
{
  close_port (ports, port);
  g_free (port->name);
  g_free (port);
}

/* The port of before, if it was there, is taken out of the list. */
static Port *
take (GPtrArray *list, const char *name, gboolean is_underlay)
{
  for (guint i = 0; i < list->len; i++)
    {
      Port *port = g_ptr_array_index (list, i);
      if (port->is_underlay == is_underlay && (is_underlay || strcmp (port->name, name) == 0))
        {
          g_ptr_array_remove_index (list, i);
          return port;
        }
    }
  return port_new (name, is_underlay);
}

static void
close_underlay (VtepdPorts *ports)
{
  Port *port = g_ptr_array_index (ports->list, ports->list->len - 1);

  close_port (ports, port);
  g_free (port->name);
  port->name = g_strdup (UNDERLAY_UNKNOWN);
  port->told = FALSE;
}

/* What an underlay was opened by. */
static gboolean
same_underlay (const VtepdConfig *a, const VtepdConfig *b)
{
  return a->transport == b->transport && a->tunnel_ip == b->tunnel_ip
         && g_strcmp0 (a->underlay, b->underlay) == 0;
}

void
vtepd_ports_set (VtepdPorts *ports, const VtepdConfig *config)
{
  GPtrArray *before = ports->list;
  gboolean other_underlay = ports->config && !same_underlay (ports->config, config);

  ports->config = config;
  ports->list = g_ptr_array_new ();
  for (guint i = 0; i < config->ports->len; i++)
    g_ptr_array_add (ports->list, take (before, g_ptr_array_index (config->ports, i), FALSE));
  g_ptr_array_add (ports->list, take (before, UNDERLAY_UNKNOWN, TRUE));
  if (other_underlay)
    close_underlay (ports);
  for (guint i = 0; i < before->len; i++)
    port_free (ports, g_ptr_array_index (before, i));
  g_ptr_array_unref (before);
  open_missing (ports);
  retry_later (ports);
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

static const Port *
port_at (const VtepdPorts *ports, guint index)
{
  g_assert (index < ports->list->len);
  return g_ptr_array_index (ports->list, index);
}

guint
vtepd_ports_n (const VtepdPorts *ports)
{
  return ports->list->len;
}

guint
vtepd_ports_number (const VtepdPorts *ports, guint index)
{
  return port_at (ports, index)->open ? port_at (ports, index)->number : NUMBER_NONE + index;
}

const char *
vtepd_ports_name (const VtepdPorts *ports, guint index)
{
  return port_at (ports, index)->name;
}

gboolean
vtepd_ports_facts (const VtepdPorts *ports, guint index, LinuxPortFacts *facts, LinuxPortCounters *counters)
{
  const Port *port = port_at (ports, index);

  *facts = (LinuxPortFacts){ 0 };
  *counters = (LinuxPortCounters){ 0 };
  if (!port->open)
    return FALSE;
  linux_world_port_facts (ports->world, port->number, facts);
  linux_world_port_counters (ports->world, port->number, counters);
  return TRUE;
}

guint
vtepd_ports_n_missing (const VtepdPorts *ports)
{
  guint n = 0;

  for (guint i = 0; i < ports->list->len; i++)
    n += !port_at (ports, i)->open;
  return n;
}

/* ---- life -------------------------------------------------------------------------------------------------------- */

VtepdPorts *
vtepd_ports_new (LinuxWorld *world, VtepdOpener *opener, const VtepdPortsEvents *events)
{
  VtepdPorts *ports = g_new0 (VtepdPorts, 1);

  ports->world = world;
  ports->opener = opener;
  ports->events = *events;
  ports->list = g_ptr_array_new ();
  net_timer_init (&ports->retry, on_retry, ports);
  return ports;
}

void
vtepd_ports_free (VtepdPorts *ports)
{
  if (!ports)
    return;
  net_world_timer_cancel (seam (ports), &ports->retry);
  for (guint i = 0; i < ports->list->len; i++)
    port_free (ports, g_ptr_array_index (ports->list, i));
  g_ptr_array_unref (ports->list);
  g_free (ports);
}
