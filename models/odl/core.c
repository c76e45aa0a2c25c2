/* Makes a controller of its parts, and takes it apart. */
#include "models/odl/core.h"
#include "models/odl/compute.h"
#include "models/odl/dhcp.h"
#include "models/odl/discovery.h"
#include "models/odl/elan.h"
#include "models/odl/hwvtep.h"
#include "models/odl/interface.h"
#include "models/odl/itm.h"
#include "models/odl/l2gw.h"
#include "models/odl/of-session.h"
#include "models/odl/ovs-session.h"
#include "models/odl/ovsdb-accept.h"
#include "models/odl/rest.h"
#include "models/odl/restart.h"

#define LISTEN_OPENFLOW "ptcp:6653"
#define LISTEN_OVSDB    "ptcp:6640"
#define LISTEN_REST     "ptcp:8181"
#define LISTEN_REST_OLD "ptcp:8080" /* of older releases */
#define MAC_TIMEOUT_NS  (300 * NET_SEC)

static OvsdbSchema *
built_in (const char *(*text_of) (gsize *length))
{
  gsize length;
  const char *text = text_of (&length);
  OvsdbSchema *schema = ovsdb_schema_parse (text, length, NULL);

  g_assert (schema);
  return schema;
}

Odl *
odl_new (NetWorld *world, const char *name, const OdlOptions *options)
{
  Odl *odl = g_new0 (Odl, 1);

  odl->world = world;
  odl->name = g_strdup (name);
  odl->options = *options;
  odl->bugs = odl_bugs_on (&options->bugs, &options->fixes);
  if (odl->options.mac_timeout_ns == 0)
    odl->options.mac_timeout_ns = MAC_TIMEOUT_NS;
  odl->started_ns = net_world_now (world);
  odl_jobs_init (&odl->jobs, odl);
  odl_converge_init (&odl->converge, odl);
  odl_neutron_init (&odl->neutron);
  odl->computes = g_ptr_array_new_with_free_func (odl_compute_free);
  odl_registry_init (&odl->elans, odl_elan_free);
  odl->next_elan_tag = ODL_ELAN_TAG_FIRST;
  odl_registry_init (&odl->kept_ids, NULL);
  odl_registry_init (&odl->interfaces, odl_interface_free);
  odl->next_lport = 1;
  odl_registry_init (&odl->plugs, odl_plug_free);
  odl_registry_init (&odl->zones, odl_zone_free);
  odl_registry_init (&odl->tunnels, odl_tunnel_free);
  odl->monitor.interval_ms = ODL_MONITOR_INTERVAL_MS;
  odl_registry_init (&odl->devices, odl_device_free);
  odl_registry_init (&odl->joins, odl_join_free);
  odl_registry_init (&odl->hwvteps, odl_hwvtep_free);
  odl_registry_init (&odl->to_dial, odl_restart_node_free);
  odl_registry_init (&odl->cables, odl_cable_free);
  odl_registry_init (&odl->designated, odl_designation_free);
  odl->hwvtep_schema = built_in (ovsdb_schema_hardware_vtep);
  odl->ovs_schema = built_in (ovsdb_schema_open_vswitch);
  odl->strangers = g_ptr_array_new ();
  odl->of_sessions = g_ptr_array_new_with_free_func (odl_of_session_free);
  odl->ovs_sessions = g_ptr_array_new_with_free_func (odl_ovs_session_free);
  odl->probes = g_ptr_array_new_with_free_func (odl_probe_free);
  odl->rest_sessions = g_ptr_array_new_with_free_func (odl_rest_free);
  return odl;
}

gboolean
odl_start (Odl *odl, GError **error)
{
  const struct
  {
    NetListener **listener;
    const char *target;
    NetAcceptFunc accept;
  } doors[] = { { &odl->of_listener, LISTEN_OPENFLOW, odl_of_session_accept },
                { &odl->ovsdb_listener, LISTEN_OVSDB, odl_ovsdb_accept },
                { &odl->rest_listeners[0], LISTEN_REST, odl_rest_accept },
                { &odl->rest_listeners[1], LISTEN_REST_OLD, odl_rest_accept } };

  for (guint i = 0; i < G_N_ELEMENTS (doors); i++)
    {
      *doors[i].listener = net_world_listen (odl->world, doors[i].target, doors[i].accept, odl, error);
      if (!*doors[i].listener)
        return FALSE;
    }
  odl_record (odl, "controller", "busy", odl->name, NULL);
  odl_converge_changed (odl);
  return TRUE;
}

void
odl_free (Odl *odl)
{
  if (!odl)
    return;
  net_world_unlisten (odl->world, odl->of_listener);
  net_world_unlisten (odl->world, odl->ovsdb_listener);
  net_world_unlisten (odl->world, odl->rest_listeners[0]);
  net_world_unlisten (odl->world, odl->rest_listeners[1]);
  g_ptr_array_unref (odl->rest_sessions);
  g_ptr_array_unref (odl->of_sessions);
  g_ptr_array_unref (odl->ovs_sessions);
  g_ptr_array_unref (odl->probes);
  odl_hwvtep_close_all (odl);
  g_ptr_array_unref (odl->strangers);
  odl_jobs_clear (&odl->jobs);
  odl_registry_clear (&odl->designated);
  odl_registry_clear (&odl->cables);
  odl_registry_clear (&odl->to_dial);
  odl_registry_clear (&odl->joins);
  odl_registry_clear (&odl->elans);
  odl_registry_clear (&odl->devices);
  odl_registry_clear (&odl->hwvteps);
  odl_registry_clear (&odl->tunnels);
  odl_registry_clear (&odl->zones);
  odl_registry_clear (&odl->interfaces);
  odl_registry_clear (&odl->kept_ids);
  odl_registry_clear (&odl->plugs);
  g_ptr_array_unref (odl->computes);
  ovsdb_schema_unref (odl->hwvtep_schema);
  ovsdb_schema_unref (odl->ovs_schema);
  odl_neutron_clear (&odl->neutron);
  odl_converge_clear (&odl->converge);
  g_free (odl->name);
  g_free (odl);
}

guint
odl_take_kept_id (Odl *odl, const char *kind, const char *name)
{
  g_autofree char *key = g_strconcat (kind, " ", name, NULL);

  return GPOINTER_TO_UINT (odl_registry_steal (&odl->kept_ids, key));
}

void
odl_record (Odl *odl, const char *table, const char *op, const char *key, json_t *details)
{
  g_autofree char *json = details && odl->world->detail ? json_dumps (details, JSON_COMPACT) : NULL;

  net_world_state (odl->world, &(NetState){ .table = table, .op = op, .key = key, .json = json });
  json_decref (details);
}
