/* The wanted content of a TOR's database, and which of it was changed. */
#include "models/odl/hwvtep.h"
#include "models/odl/core.h"

static void
binding_free (gpointer data)
{
  OdlBinding *binding = data;

  g_free (binding->logical_switch);
  g_free (binding);
}

static void
port_free (gpointer data)
{
  OdlPortConfig *port = data;

  g_ptr_array_unref (port->bindings);
  g_array_unref (port->unbound);
  g_free (port->physical_switch);
  g_free (port->port);
  g_free (port);
}

static void
flood_free (gpointer data)
{
  OdlFloodConfig *flood = data;

  g_array_unref (flood->locators);
  g_free (flood->logical_switch);
  g_free (flood);
}

static void
ucast_free (gpointer data)
{
  OdlUcastConfig *ucast = data;

  g_free (ucast->logical_switch);
  g_free (ucast);
}

void
odl_hwvtep_config_init (OdlHwvtep *hwvtep)
{
  odl_registry_init (&hwvtep->switches, g_free);
  odl_registry_init (&hwvtep->ports, port_free);
  odl_registry_init (&hwvtep->floods, flood_free);
  odl_registry_init (&hwvtep->ucasts, ucast_free);
  odl_registry_init (&hwvtep->locators, g_free);
}

void
odl_hwvtep_config_clear (OdlHwvtep *hwvtep)
{
  odl_registry_clear (&hwvtep->switches);
  odl_registry_clear (&hwvtep->ports);
  odl_registry_clear (&hwvtep->floods);
  odl_registry_clear (&hwvtep->ucasts);
  odl_registry_clear (&hwvtep->locators);
}

char *
odl_hwvtep_ucast_key (const char *logical_switch, const char *mac)
{
  return g_strdup_printf ("%s %s", logical_switch, mac);
}

char *
odl_hwvtep_port_key (const char *physical_switch, const char *port)
{
  return g_strdup_printf ("%s %s", physical_switch, port);
}

/* ---- batches ------------------------------------------------------------------------------------------------- */

OdlHwvtepBatch *
odl_hwvtep_batch_new (void)
{
  OdlHwvtepBatch *batch = g_new0 (OdlHwvtepBatch, 1);

  odl_registry_init (&batch->switches, NULL);
  odl_registry_init (&batch->ports, NULL);
  odl_registry_init (&batch->floods, NULL);
  odl_registry_init (&batch->ucasts, NULL);
  return batch;
}

void
odl_hwvtep_batch_free (gpointer data)
{
  OdlHwvtepBatch *batch = data;

  if (!batch)
    return;
  odl_registry_clear (&batch->switches);
  odl_registry_clear (&batch->ports);
  odl_registry_clear (&batch->floods);
  odl_registry_clear (&batch->ucasts);
  g_free (batch);
}

gboolean
odl_hwvtep_batch_is_empty (const OdlHwvtepBatch *batch)
{
  return !batch->clears_tunnel_ips && !batch->tunnels && odl_registry_n (&batch->switches) == 0
         && odl_registry_n (&batch->ports) == 0 && odl_registry_n (&batch->floods) == 0
         && odl_registry_n (&batch->ucasts) == 0;
}

static OdlHwvtepBatch *
open_batch (OdlHwvtep *hwvtep)
{
  if (!hwvtep->open)
    hwvtep->open = odl_hwvtep_batch_new ();
  return hwvtep->open;
}

/* ---- logical switches ---------------------------------------------------------------------------------------- */

void
odl_hwvtep_set_switch (OdlHwvtep *hwvtep, const char *logical_switch, guint32 vni)
{
  OdlSwitchConfig *config = g_new0 (OdlSwitchConfig, 1);

  config->vni = vni;
  odl_registry_put (&hwvtep->switches, logical_switch, config);
  odl_registry_put (&open_batch (hwvtep)->switches, logical_switch, ODL_PRESENT);
}

void
odl_hwvtep_remove_switch (OdlHwvtep *hwvtep, const char *logical_switch)
{
  odl_registry_remove (&hwvtep->switches, logical_switch);
  odl_registry_put (&open_batch (hwvtep)->switches, logical_switch, ODL_PRESENT);
}

void
odl_hwvtep_remove_stale_switch (OdlHwvtep *hwvtep, const char *logical_switch)
{
  odl_registry_put (&open_batch (hwvtep)->switches, logical_switch, ODL_PRESENT);
  hwvtep->open->strip = TRUE;
}

/* ---- bindings ------------------------------------------------------------------------------------------------ */

void
odl_hwvtep_touch_port (OdlHwvtep *hwvtep, const char *physical_switch, const char *port)
{
  g_autofree char *key = odl_hwvtep_port_key (physical_switch, port);

  if (odl_registry_find (&hwvtep->ports, key))
    odl_registry_put (&open_batch (hwvtep)->ports, key, ODL_PRESENT);
}

static OdlPortConfig *
get_port (OdlHwvtep *hwvtep, const char *physical_switch, const char *port)
{
  g_autofree char *key = odl_hwvtep_port_key (physical_switch, port);
  OdlPortConfig *config = odl_registry_find (&hwvtep->ports, key);

  if (!config)
    {
      config = g_new0 (OdlPortConfig, 1);
      config->physical_switch = g_strdup (physical_switch);
      config->port = g_strdup (port);
      config->bindings = g_ptr_array_new_with_free_func (binding_free);
      config->unbound = g_array_new (FALSE, FALSE, sizeof (guint16));
      odl_registry_put (&hwvtep->ports, key, config);
    }
  return config;
}

/* The place of the VLAN, or where it would be put. */
static guint
find_binding (const OdlPortConfig *config, guint16 vlan, OdlBinding **out)
{
  guint place = 0;

  *out = NULL;
  while (place < config->bindings->len)
    {
      OdlBinding *binding = g_ptr_array_index (config->bindings, place);

      if (binding->vlan == vlan)
        *out = binding;
      if (binding->vlan >= vlan)
        break;
      place++;
    }
  return place;
}

/* A VLAN that another logical switch has is taken over without a word, as in the real one. */
void
odl_hwvtep_bind (OdlHwvtep *hwvtep, const char *physical_switch, const char *port, guint16 vlan,
                 const char *logical_switch)
{
  OdlPortConfig *config = get_port (hwvtep, physical_switch, port);
  OdlBinding *binding;
  guint place = find_binding (config, vlan, &binding);

  if (!binding)
    {
      binding = g_new0 (OdlBinding, 1);
      binding->vlan = vlan;
      g_ptr_array_insert (config->bindings, (gint) place, binding);
    }
  g_free (binding->logical_switch);
  binding->logical_switch = g_strdup (logical_switch);
  odl_hwvtep_touch_port (hwvtep, physical_switch, port);
}

void
odl_hwvtep_unbind (OdlHwvtep *hwvtep, const char *physical_switch, const char *port, guint16 vlan)
{
  OdlPortConfig *config = get_port (hwvtep, physical_switch, port);
  OdlBinding *binding;

  find_binding (config, vlan, &binding);
  if (binding)
    {
      g_ptr_array_remove (config->bindings, binding);
      g_array_append_val (config->unbound, vlan);
    }
  odl_hwvtep_touch_port (hwvtep, physical_switch, port);
}

void
odl_hwvtep_copy_port (OdlHwvtep *hwvtep, const OdlPortConfig *port)
{
  OdlPortConfig *config = get_port (hwvtep, port->physical_switch, port->port);

  g_ptr_array_set_size (config->bindings, 0);
  for (guint i = 0; i < port->bindings->len; i++)
    {
      const OdlBinding *binding = g_ptr_array_index (port->bindings, i);

      odl_hwvtep_bind (hwvtep, port->physical_switch, port->port, binding->vlan, binding->logical_switch);
    }
  g_array_set_size (config->unbound, 0);
  g_array_append_vals (config->unbound, port->unbound->data, port->unbound->len);
  odl_hwvtep_touch_port (hwvtep, port->physical_switch, port->port);
}

/* ---- remote MACs --------------------------------------------------------------------------------------------- */

void
odl_hwvtep_set_flood (OdlHwvtep *hwvtep, const char *logical_switch, const GArray *locators)
{
  OdlFloodConfig *config = g_new0 (OdlFloodConfig, 1);

  config->logical_switch = g_strdup (logical_switch);
  config->locators = g_array_new (FALSE, FALSE, sizeof (NetIpv4));
  g_array_append_vals (config->locators, locators->data, locators->len);
  odl_registry_put (&hwvtep->floods, logical_switch, config);
  odl_registry_put (&open_batch (hwvtep)->floods, logical_switch, ODL_PRESENT);
}

void
odl_hwvtep_remove_flood (OdlHwvtep *hwvtep, const char *logical_switch)
{
  odl_registry_remove (&hwvtep->floods, logical_switch);
  odl_registry_put (&open_batch (hwvtep)->floods, logical_switch, ODL_PRESENT);
}

const GArray *
odl_hwvtep_flood (const OdlHwvtep *hwvtep, const char *logical_switch)
{
  const OdlFloodConfig *config = odl_registry_find (&hwvtep->floods, logical_switch);

  return config ? config->locators : NULL;
}

void
odl_hwvtep_set_ucast (OdlHwvtep *hwvtep, const char *logical_switch, const NetMac *mac, NetIpv4 locator)
{
  char text[NET_MAC_TEXT];

  odl_hwvtep_set_ucast_text (hwvtep, logical_switch, net_mac_format (mac, text), locator);
}

void
odl_hwvtep_set_ucast_text (OdlHwvtep *hwvtep, const char *logical_switch, const char *mac, NetIpv4 locator)
{
  OdlUcastConfig *config = g_new0 (OdlUcastConfig, 1);
  g_autofree char *key = NULL;

  config->logical_switch = g_strdup (logical_switch);
  g_strlcpy (config->mac, mac, sizeof config->mac);
  config->locator = locator;
  key = odl_hwvtep_ucast_key (logical_switch, config->mac);
  odl_registry_put (&hwvtep->ucasts, key, config);
  odl_registry_put (&open_batch (hwvtep)->ucasts, key, ODL_PRESENT);
}

void
odl_hwvtep_copy_ucast (OdlHwvtep *hwvtep, const OdlUcastConfig *ucast)
{
  odl_hwvtep_set_ucast_text (hwvtep, ucast->logical_switch, ucast->mac, ucast->locator);
}

void
odl_hwvtep_remove_ucast (OdlHwvtep *hwvtep, const char *logical_switch, const NetMac *mac)
{
  char text[NET_MAC_TEXT];
  g_autofree char *key = odl_hwvtep_ucast_key (logical_switch, net_mac_format (mac, text));

  odl_hwvtep_remove_ucast_key (hwvtep, key);
}

void
odl_hwvtep_remove_ucast_key (OdlHwvtep *hwvtep, const char *key)
{
  if (odl_registry_remove (&hwvtep->ucasts, key))
    odl_registry_put (&open_batch (hwvtep)->ucasts, key, ODL_PRESENT);
}

void
odl_hwvtep_remove_ucasts (OdlHwvtep *hwvtep, const char *logical_switch)
{
  for (guint i = odl_registry_n (&hwvtep->ucasts); i > 0; i--)
    {
      const OdlUcastConfig *config = odl_registry_at (&hwvtep->ucasts, i - 1);
      g_autofree char *key = g_strdup (odl_registry_key (&hwvtep->ucasts, i - 1));

      if (!g_str_equal (config->logical_switch, logical_switch))
        continue;
      odl_registry_remove (&hwvtep->ucasts, key);
      odl_registry_put (&open_batch (hwvtep)->ucasts, key, ODL_PRESENT);
    }
}

static void
touch_all (OdlRegistry *touched, const OdlRegistry *config)
{
  for (guint i = 0; i < odl_registry_n (config); i++)
    odl_registry_put (touched, odl_registry_key (config, i), ODL_PRESENT);
}

void
odl_hwvtep_touch_tunnels (OdlHwvtep *hwvtep)
{
  open_batch (hwvtep)->tunnels = TRUE;
}

void
odl_hwvtep_touch_ports (OdlHwvtep *hwvtep)
{
  touch_all (&open_batch (hwvtep)->ports, &hwvtep->ports);
}

void
odl_hwvtep_touch_everything (OdlHwvtep *hwvtep)
{
  OdlHwvtepBatch *batch = open_batch (hwvtep);

  touch_all (&batch->switches, &hwvtep->switches);
  odl_hwvtep_touch_ports (hwvtep);
  touch_all (&batch->floods, &hwvtep->floods);
  touch_all (&batch->ucasts, &hwvtep->ucasts);
  batch->tunnels = TRUE;
}
