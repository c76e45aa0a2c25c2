/* Database and gateway, put together from a configuration. */
#include "vtepd/switch.h"

#include "ovsdb/schema.h"

struct _VtepdSwitch
{
  LinuxWorld *world;
  const VtepdConfig *config;
  OvsdbDatabase *database;
  VtepGateway *gateway;
};

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

static VtepGateway *
make_gateway (VtepdSwitch *sw)
{
  const VtepdConfig *config = sw->config;
  guint n_ports = config->ports->len;
  g_autofree VtepPortConfig *ports = g_new (VtepPortConfig, n_ports);

  for (guint i = 0; i < n_ports; i++)
    ports[i] = (VtepPortConfig){ .name = g_ptr_array_index (config->ports, i), .world_port = i };
  return vtep_gateway_new (linux_world_seam (sw->world), sw->database,
                           &(VtepGatewayConfig){ .switch_name = config->name,
                                                 .description = config->description,
                                                 .management_ip = config->management_ip,
                                                 .ports = ports,
                                                 .n_ports = n_ports,
                                                 .underlay_port = n_ports,
                                                 .tunnel_ip = config->tunnel_ip,
                                                 .prefix_length = 24,
                                                 .underlay_gateway = config->underlay_gateway,
                                                 .mtu = config->mtu,
                                                 .mac_age_ns = config->mac_age_s * NET_SEC,
                                                 .max_macs = config->max_macs,
                                                 .inner_vlan = (VtepInnerVlan) config->inner_vlan });
}

VtepdSwitch *
vtepd_switch_new (LinuxWorld *world, const VtepdConfig *config, GError **error)
{
  g_autoptr (VtepdSwitch) sw = g_new0 (VtepdSwitch, 1);

  sw->world = world;
  sw->config = config;
  sw->database = open_database (world, config->database, error);
  if (!sw->database)
    return NULL;
  sw->gateway = make_gateway (sw);
  return g_steal_pointer (&sw);
}

void
vtepd_switch_free (VtepdSwitch *sw)
{
  if (!sw)
    return;
  vtep_gateway_free (sw->gateway);
  ovsdb_database_free (sw->database);
  g_free (sw);
}

OvsdbDatabase *
vtepd_switch_database (VtepdSwitch *sw)
{
  return sw->database;
}

VtepGateway *
vtepd_switch_gateway (VtepdSwitch *sw)
{
  return sw->gateway;
}

gboolean
vtepd_switch_change (VtepdSwitch *sw, const VtepdConfig *config, GError **error)
{
  (void) error;
  sw->config = config;
  vtep_gateway_free (sw->gateway);
  sw->gateway = make_gateway (sw);
  return TRUE;
}
