/* Database, ports and gateway, put together from a configuration. */
#include "vtepd/switch.h"

#include "ovsdb/schema.h"
#include "vtepd/underlay.h"

#include <string.h>

#define UNDERLAY_PREFIX_NONE 32u

struct _VtepdSwitch
{
  LinuxWorld *world;
  const VtepdConfig *config;
  OvsdbDatabase *database;
  VtepdPorts *ports;
  VtepGateway *gateway;
  VtepdSwitchConfig given;
};

/* ---- the gateway ------------------------------------------------------------------------------------------------- */

/* What the configuration leaves open is taken from the interface. */
static void
describe_underlay (const VtepdSwitch *sw, VtepGatewayConfig *config)
{
  guint index = vtepd_ports_n (sw->ports) - 1;
  const char *interface = vtepd_ports_name (sw->ports, index);
  LinuxPortFacts facts;
  LinuxPortCounters counters;
  gboolean open = vtepd_ports_facts (sw->ports, index, &facts, &counters);

  config->underlay_port = vtepd_ports_number (sw->ports, index);
  config->underlay_mac = facts.mac;
  config->tunnel_ip = sw->config->tunnel_ip;
  config->prefix_length = sw->config->underlay_prefix;
  config->underlay_gateway = sw->config->underlay_gateway;
  config->mtu = sw->config->mtu ? sw->config->mtu : facts.mtu;
  if (sw->config->transport == VTEPD_TRANSPORT_UDP)
    {
      config->prefix_length = 0;
      return;
    }
  if (open && !config->prefix_length)
    config->prefix_length = vtepd_underlay_prefix (interface, config->tunnel_ip);
  if (open && !config->underlay_gateway)
    config->underlay_gateway = vtepd_underlay_gateway (interface);
  if (!config->prefix_length)
    config->prefix_length = UNDERLAY_PREFIX_NONE;
}

/* Makes the gateway, or makes it what configuration and interfaces say now. */
static void
follow (VtepdSwitch *sw)
{
  const VtepdConfig *given = sw->config;
  guint n_ports = given->ports->len;
  g_autofree VtepPortConfig *ports = g_new (VtepPortConfig, n_ports);
  VtepGatewayConfig config = { .switch_name = given->name,
                               .description = given->description,
                               .management_ip = given->management_ip,
                               .ports = ports,
                               .n_ports = n_ports,
                               .mac_age_ns = given->mac_age_s * NET_SEC,
                               .max_macs = given->max_macs,
                               .inner_vlan = (VtepInnerVlan) given->inner_vlan };

  for (guint i = 0; i < n_ports; i++)
    ports[i] = (VtepPortConfig){ .name = g_ptr_array_index (given->ports, i),
                                 .world_port = vtepd_ports_number (sw->ports, i) };
  describe_underlay (sw, &config);
  if (sw->gateway)
    vtep_gateway_change (sw->gateway, &config);
  else
    sw->gateway = vtep_gateway_new (linux_world_seam (sw->world), sw->database, &config);
}

static void
on_frame (guint port, NetFrame *frame, gpointer user)
{
  VtepdSwitch *sw = user;

  sw->given.heard (port, frame, sw->given.user);
  vtep_gateway_receive (sw->gateway, port, frame);
}

static void
on_carrier (guint port, gboolean up, gpointer user)
{
  VtepdSwitch *sw = user;
  guint underlay = vtepd_ports_n (sw->ports) - 1;

  net_world_log (linux_world_seam (sw->world), NET_LOG_INFO, "vtepd", "'%s' is %s",
                 vtepd_switch_port_name (sw, port), up ? "up" : "down");
  vtep_gateway_port_changed (sw->gateway, port, up);
  /* An interface that was taken away and came back may have another MAC, MTU or subnet. */
  if (up && port == vtepd_ports_number (sw->ports, underlay))
    follow (sw);
}

static void
on_opened (gpointer user)
{
  follow (user);
}

static void
on_closed (guint port, gpointer user)
{
  VtepdSwitch *sw = user;

  sw->given.closed (port, sw->given.user);
}

void
vtepd_switch_change (VtepdSwitch *sw, const VtepdConfig *config)
{
  sw->config = config;
  vtepd_ports_set (sw->ports, config);
  follow (sw);
}

/* ---- life -------------------------------------------------------------------------------------------------------- */

static OvsdbDatabase *
open_database (LinuxWorld *world, const char *path, GError **error)
{
  NetWorld *seam = linux_world_seam (world);
  g_autoptr (OvsdbSchema) schema = NULL;
  gsize length;
  const char *text = ovsdb_schema_hardware_vtep (&length);

  schema = ovsdb_schema_parse (text, length, error);
  if (!schema)
    return NULL;
  if (!path)
    return ovsdb_database_new (schema, seam);
  linux_world_store_file (world, path, path);
  return ovsdb_database_open (schema, seam, path, error);
}

VtepdSwitch *
vtepd_switch_new (const VtepdSwitchConfig *config, GError **error)
{
  g_autoptr (VtepdSwitch) sw = g_new0 (VtepdSwitch, 1);
  const VtepdPortsEvents events
      = { .frame = on_frame, .carrier = on_carrier, .opened = on_opened, .closed = on_closed, .user = sw };

  sw->given = *config;
  sw->world = config->world;
  sw->config = config->config;
  sw->database = open_database (sw->world, sw->config->database, error);
  if (!sw->database)
    return NULL;
  sw->ports = vtepd_ports_new (sw->world, config->opener, &events);
  vtepd_ports_set (sw->ports, sw->config);
  follow (sw);
  return g_steal_pointer (&sw);
}

void
vtepd_switch_free (VtepdSwitch *sw)
{
  if (!sw)
    return;
  vtepd_ports_free (sw->ports);
  vtep_gateway_free (sw->gateway);
  ovsdb_database_free (sw->database);
  g_free (sw);
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

OvsdbDatabase *
vtepd_switch_database (VtepdSwitch *sw)
{
  return sw->database;
}

const VtepGateway *
vtepd_switch_gateway (const VtepdSwitch *sw)
{
  return sw->gateway;
}

const VtepdPorts *
vtepd_switch_ports (const VtepdSwitch *sw)
{
  return sw->ports;
}

NetIpv4
vtepd_switch_tunnel_ip (const VtepdSwitch *sw)
{
  return sw->config->tunnel_ip;
}

const char *
vtepd_switch_port_name (const VtepdSwitch *sw, guint number)
{
  for (guint i = 0; i < vtepd_ports_n (sw->ports); i++)
    if (vtepd_ports_number (sw->ports, i) == number)
      return vtepd_ports_name (sw->ports, i);
  return NULL;
}

gboolean
vtepd_switch_find_port (const VtepdSwitch *sw, const char *name, guint *number, VtepPort *port,
                        GError **error)
{
  g_autoptr (GString) names = g_string_new (NULL);
  guint n = vtepd_ports_n (sw->ports);

  for (guint i = 0; i < n; i++)
    {
      const char *one = vtepd_ports_name (sw->ports, i);
      if (strcmp (one, name) == 0)
        {
          *number = vtepd_ports_number (sw->ports, i);
          *port
              = i + 1 < n ? vtep_access_ports_find (vtep_gateway_ports (sw->gateway), one) : VTEP_PORT_TUNNEL;
          return TRUE;
        }
      g_string_append_printf (names, "%s%s", i ? ", " : "", one);
    }
  g_set_error (error, LINUX_WORLD_ERROR, LINUX_WORLD_ERROR_PORT, "there is no port '%s'; there is %s", name,
               names->str);
  return FALSE;
}
