/* Connections on devices.  A refresh compares what a connection means now with what devices were told of it, so that
 * any order of network, gateway, connection and TOR ends the same. */
#include "models/odl/l2gw-join.h"
#include "models/odl/core.h"
#include "models/odl/dhcp.h"
#include "models/odl/elan-program.h"
#include "models/odl/l2gw-rows.h"

static void
binding_free (gpointer data)
{
  OdlJoinBinding *binding = data;

  g_free (binding->port);
  g_free (binding);
}

void
odl_join_free (gpointer data)
{
  OdlJoin *join = data;

  g_ptr_array_unref (join->bindings);
  g_free (join->connection_id);
  g_free (join->network_id);
  g_free (join);
}

static char *
join_key (const char *connection_id, const OdlDevice *device)
{
  return g_strdup_printf ("%s %s", connection_id, device->name);
}

/* ---- bindings ------------------------------------------------------------------------------------------------ */

static void
want_binding (GPtrArray *bindings, const char *port, guint16 vlan)
{
  OdlJoinBinding *binding = g_new0 (OdlJoinBinding, 1);

  binding->port = g_strdup (port);
  binding->vlan = vlan;
  g_ptr_array_add (bindings, binding);
}

/* The VLANs that stand on the interfaces, or else the connection's; none at all is untagged. */
static GPtrArray *
wanted_bindings (const OdlConnection *connection, const OdlGatewayDevice *device)
{
  GPtrArray *bindings = g_ptr_array_new_with_free_func (binding_free);

  for (guint i = 0; i < device->interfaces->len; i++)
    {
      const OdlGatewayInterface *interface = g_ptr_array_index (device->interfaces, i);

      for (guint v = 0; v < interface->vlans->len; v++)
        want_binding (bindings, interface->name, g_array_index (interface->vlans, guint16, v));
      if (interface->vlans->len == 0)
        want_binding (bindings, interface->name, connection->vlan);
    }
  return bindings;
}

static gboolean
has_binding (const GPtrArray *bindings, const OdlJoinBinding *wanted)
{
  for (guint i = 0; i < bindings->len; i++)
    {
      const OdlJoinBinding *binding = g_ptr_array_index (bindings, i);

      if (binding->vlan == wanted->vlan && g_str_equal (binding->port, wanted->port))
        return TRUE;
    }
  return FALSE;
}

/* Takes the wanted bindings. */
static void
change_bindings (OdlJoin *join, GPtrArray *wanted)
{
  OdlHwvtep *hwvtep = join->device->hwvtep;

  for (guint i = 0; i < join->bindings->len; i++)
    {
      const OdlJoinBinding *old = g_ptr_array_index (join->bindings, i);

      if (!has_binding (wanted, old))
        odl_hwvtep_unbind (hwvtep, join->device->name, old->port, old->vlan);
    }
  for (guint i = 0; i < wanted->len; i++)
    {
      const OdlJoinBinding *binding = g_ptr_array_index (wanted, i);

      /* A zero is taken for no VLAN at all, not for the untagged frames. */
      if (binding->vlan == 0 && odl_has_bug (hwvtep->odl, ODL_BUG_BINDINGS_VLAN0))
        continue;
      /* The switch's node was seen before its database's, and nobody waits for that. */
      if (hwvtep->odl->restarted && odl_has_bug (hwvtep->odl, ODL_BUG_BINDINGS_REBOOT))
        continue;
      odl_hwvtep_bind (hwvtep, join->device->name, binding->port, binding->vlan, join->network_id);
    }
  g_ptr_array_unref (join->bindings);
  join->bindings = wanted;
  odl_hwvtep_commit (hwvtep);
}

/* ---- the logical switch's end -------------------------------------------------------------------------------- */

typedef struct
{
  char *node_id, *network_id;
} SwitchRemoval;

static void
removal_free (gpointer data)
{
  SwitchRemoval *removal = data;

  g_free (removal->node_id);
  g_free (removal->network_id);
  g_free (removal);
}

static char *
removal_key (const OdlHwvtep *hwvtep, const char *network_id)
{
  return g_strdup_printf ("logical-switch %s %s", hwvtep->node_id, network_id);
}

static void
remove_switch (Odl *odl, gpointer data)
{
  const SwitchRemoval *removal = data;
  OdlHwvtep *hwvtep = odl_hwvtep_find (odl, removal->node_id);

  if (!hwvtep || hwvtep->parent) /* it has become a child: its parent says what it holds */
    return;
  odl_hwvtep_remove_switch (hwvtep, removal->network_id);
  odl_hwvtep_commit (hwvtep);
}

static void
remove_switch_later (Odl *odl, const OdlHwvtep *hwvtep, const char *network_id)
{
  g_autofree char *key = removal_key (hwvtep, network_id);
  SwitchRemoval *removal = g_new0 (SwitchRemoval, 1);

  removal->node_id = g_strdup (hwvtep->node_id);
  removal->network_id = g_strdup (network_id);
  odl_delay_set (odl, key, ODL_LOGICAL_SWITCH_DELAY_NS, remove_switch, removal, removal_free);
}

/* ---- joining and leaving ------------------------------------------------------------------------------------- */

/* The order of the steps is netvirt's: each commit is a transaction of its own. */
static void
join_device (Odl *odl, OdlElan *elan, const OdlConnection *connection, OdlDevice *device, GPtrArray *bindings)
{
  OdlElanTor *tor = odl_elan_tor_get (elan, device);
  OdlHwvtep *hwvtep = device->hwvtep;
  gboolean is_new = odl_registry_n (&tor->connections) == 0, was_there;
  g_autofree char *removal = removal_key (hwvtep, elan->name);
  g_autofree char *key = join_key (connection->object.id, device);
  OdlJoin *join = g_new0 (OdlJoin, 1);

  join->connection_id = g_strdup (connection->object.id);
  join->network_id = g_strdup (elan->name);
  join->device = device;
  join->bindings = g_ptr_array_new_with_free_func (binding_free);
  odl_registry_put (&odl->joins, key, join);
  odl_registry_put (&tor->connections, connection->object.id, ODL_PRESENT);
  was_there = odl_delay_cancel (odl, removal);
  odl_hwvtep_set_switch (hwvtep, elan->name, elan->vni);
  odl_hwvtep_commit (hwvtep);
  change_bindings (join, bindings);
  if (!is_new)
    return;
  odl_elan_write_full_groups (odl, elan);
  /* A compute is designated when the logical switch is made, and this one has never gone. */
  if (!was_there || !odl_has_bug (odl, ODL_BUG_DHCP_READD_CONN))
    odl_dhcp_tor_joined (odl, elan, tor);
  odl_l2gw_flood_lists_changed (odl, elan);
  odl_l2gw_write_all_macs (odl, elan, tor);
  odl_l2gw_pull_macs (odl, elan, tor);
}

static void
leave_network (Odl *odl, OdlElan *elan, OdlElanTor *tor)
{
  OdlHwvtep *hwvtep = tor->device->hwvtep;

  odl_hwvtep_remove_ucasts (hwvtep, elan->name);
  odl_hwvtep_remove_flood (hwvtep, elan->name);
  odl_hwvtep_commit (hwvtep);
  odl_l2gw_drop_macs (odl, elan, tor);
  odl_dhcp_tor_left (odl, elan, tor);
  remove_switch_later (odl, hwvtep, elan->name);
  odl_registry_remove (&elan->tors, tor->device->name);
  odl_elan_write_full_groups (odl, elan);
  odl_l2gw_tor_left (odl, elan);
}

/* Takes the join out of the registry and frees it. */
static void
leave_device (Odl *odl, OdlJoin *join)
{
  OdlElan *elan = odl_elan_find (odl, join->network_id);
  OdlElanTor *tor = elan ? odl_elan_tor (elan, join->device->name) : NULL;
  g_autofree char *key = join_key (join->connection_id, join->device);

  change_bindings (join, g_ptr_array_new_with_free_func (binding_free));
  if (tor)
    {
      odl_registry_remove (&tor->connections, join->connection_id);
      if (odl_has_bug (odl, ODL_BUG_MACS_GONE_EARLY)) /* whoever else is connected */
        odl_hwvtep_remove_ucasts (join->device->hwvtep, elan->name);
      if (odl_registry_n (&tor->connections) == 0)
        leave_network (odl, elan, tor);
      odl_elan_settle (odl, elan);
    }
  odl_registry_remove (&odl->joins, key);
}

void
odl_l2gw_leave_device (Odl *odl, OdlDevice *device)
{
  for (guint i = odl_registry_n (&odl->joins); i > 0; i--)
    {
      OdlJoin *join = odl_registry_at (&odl->joins, i - 1);

      if (join->device == device)
        leave_device (odl, join);
    }
}

void
odl_l2gw_leave_network (Odl *odl, const OdlElan *elan)
{
  for (guint i = odl_registry_n (&odl->joins); i > 0; i--)
    {
      OdlJoin *join = odl_registry_at (&odl->joins, i - 1);

      if (g_str_equal (join->network_id, elan->name))
        leave_device (odl, join);
    }
}

/* ---- refresh ------------------------------------------------------------------------------------------------- */

typedef struct
{
  char *connection_id, *network_id;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_free (job->connection_id);
  g_free (job->network_id);
  g_free (job);
}

static const OdlGatewayDevice *
find_named (const OdlGateway *gateway, const char *device_name)
{
  for (guint i = 0; gateway && i < gateway->devices->len; i++)
    {
      const OdlGatewayDevice *device = g_ptr_array_index (gateway->devices, i);

      if (g_str_equal (device->device_name, device_name))
        return device;
    }
  return NULL;
}

static void
leave_unnamed (Odl *odl, const Job *job, const OdlGateway *gateway)
{
  for (guint i = odl_registry_n (&odl->joins); i > 0; i--)
    {
      OdlJoin *join = odl_registry_at (&odl->joins, i - 1);

      if (g_str_equal (join->connection_id, job->connection_id)
          && g_str_equal (join->network_id, job->network_id) && !find_named (gateway, join->device->name))
        leave_device (odl, join);
    }
}

/* Is there a VNI for the network's connections? */
static gboolean
has_vxlan (const Odl *odl, const OdlElan *elan)
{
  /* The top level alone is asked, and it is flat for a network with segments. */
  if (odl_has_bug (odl, ODL_BUG_MP_UNSUPPORTED))
    return elan->type == ODL_NETWORK_VXLAN;
  return elan->has_vni;
}

/* The gateway that the connection joins the network to now; NULL when something of it is missing. */
static const OdlGateway *
find_gateway (Odl *odl, const Job *job, const OdlConnection *connection, const OdlElan *elan)
{
  if (!connection || !elan || elan->removed || !g_str_equal (connection->network_id, job->network_id))
    return NULL;
  if (!has_vxlan (odl, elan))
    {
      net_world_log (odl->world, NET_LOG_WARNING, "l2gw", "connection %s: network %s has no vxlan segment",
                     job->connection_id, job->network_id);
      return NULL;
    }
  return odl_neutron_gateway (&odl->neutron, connection->gateway_id);
}

static gint64
refresh_step (Odl *odl, gpointer data, guint step)
{
  const Job *job = data;
  const OdlConnection *connection = odl_neutron_connection (&odl->neutron, job->connection_id);
  OdlElan *elan = odl_elan_find (odl, job->network_id);
  const OdlGateway *gateway = find_gateway (odl, job, connection, elan);

  (void) step;
  leave_unnamed (odl, job, gateway);
  for (guint i = 0; gateway && i < gateway->devices->len; i++)
    {
      const OdlGatewayDevice *named = g_ptr_array_index (gateway->devices, i);
      OdlDevice *device = odl_device_find (odl, named->device_name);
      g_autofree char *key = join_key (job->connection_id, device);
      OdlJoin *join = odl_registry_find (&odl->joins, key);

      if (join)
        change_bindings (join, wanted_bindings (connection, named));
      else if (device->hwvtep)
        join_device (odl, elan, connection, device, wanted_bindings (connection, named));
    }
  return ODL_JOB_DONE;
}

void
odl_l2gw_refresh (Odl *odl, const char *connection_id, const char *network_id)
{
  g_autofree char *key = g_strconcat (network_id, ":l2gw", NULL);
  Job *job = g_new0 (Job, 1);

  job->connection_id = g_strdup (connection_id);
  job->network_id = g_strdup (network_id);
  odl_jobs_add (odl, key, refresh_step, job, job_free);
}
