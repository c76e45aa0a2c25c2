/* The mesh: which tunnels follow from the zones, compared with those that are there. */
#include "models/odl/itm.h"
#include "models/odl/compute.h"
#include "models/odl/core.h"
#include "models/odl/interface.h"
#include "models/odl/l2gw.h"
#include "models/odl/ovs-session.h"
#include "models/odl/reader.h"

#define TUNNEL_TYPE_VXLAN "odl-interface:tunnel-type-vxlan"

static void
vtep_free (gpointer data)
{
  OdlVtep *vtep = data;

  g_free (vtep->node_id);
  g_free (vtep);
}

OdlZone *
odl_zone_new (const char *name)
{
  OdlZone *zone = g_new0 (OdlZone, 1);

  zone->name = g_strdup (name);
  zone->vteps = g_ptr_array_new_with_free_func (vtep_free);
  zone->device_vteps = g_ptr_array_new_with_free_func (vtep_free);
  return zone;
}

OdlVtep *
odl_zone_vtep (const OdlZone *zone, guint64 dpid)
{
  for (guint i = 0; i < zone->vteps->len; i++)
    {
      OdlVtep *vtep = g_ptr_array_index (zone->vteps, i);

      if (vtep->dpid == dpid)
        return vtep;
    }
  return NULL;
}

void
odl_zone_free (gpointer data)
{
  OdlZone *zone = data;

  g_ptr_array_unref (zone->vteps);
  g_ptr_array_unref (zone->device_vteps);
  g_free (zone->name);
  g_free (zone);
}

void
odl_tunnel_free (gpointer data)
{
  OdlTunnel *tunnel = data;

  g_free (tunnel->key);
  g_free (tunnel->destination);
  g_free (tunnel->port_name);
  g_free (tunnel);
}

/* ---- tunnels ------------------------------------------------------------------------------------------------- */

/* The name says which tunnel it is, in the length that a kernel's interface name allows. */
char *
odl_itm_tunnel_name (const char *parent, NetIpv4 local_ip, NetIpv4 remote_ip)
{
  char local[NET_IPV4_TEXT], remote[NET_IPV4_TEXT];
  g_autofree char *text = g_strdup_printf ("%s:%s:%s:vxlan", parent, net_ipv4_format (local_ip, local),
                                           net_ipv4_format (remote_ip, remote));
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_MD5, text, -1);

  return g_strdup_printf ("tun%.11s", hash);
}

static char *
tunnel_key (guint64 source, const char *destination)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT " %s", source, destination);
}

OdlTunnel *
odl_itm_internal_tunnel (const Odl *odl, guint64 source, guint64 peer)
{
  g_autofree char *destination = g_strdup_printf ("%" G_GUINT64_FORMAT, peer);
  g_autofree char *key = tunnel_key (source, destination);

  return odl_registry_find (&odl->tunnels, key);
}

OdlTunnel *
odl_itm_external_tunnel (const Odl *odl, guint64 source, const char *node_id)
{
  g_autofree char *key = node_id ? tunnel_key (source, node_id) : NULL;

  return key ? odl_registry_find (&odl->tunnels, key) : NULL;
}

guint32
odl_itm_lport (const Odl *odl, const OdlTunnel *tunnel)
{
  const OdlInterface *interface = tunnel ? odl_interface_find (odl, tunnel->port_name) : NULL;

  return interface && odl_interface_is_up (interface) ? interface->lport : 0;
}

static void
want_tunnel (OdlRegistry *wanted, const OdlVtep *from, const OdlVtep *to)
{
  OdlTunnel *tunnel;

  if (from->ip == to->ip || (to->dpid && from->dpid == to->dpid))
    return;
  tunnel = g_new0 (OdlTunnel, 1);
  tunnel->source = from->dpid;
  tunnel->peer = to->dpid;
  tunnel->destination = to->dpid ? g_strdup_printf ("%" G_GUINT64_FORMAT, to->dpid) : g_strdup (to->node_id);
  tunnel->key = tunnel_key (from->dpid, tunnel->destination);
  tunnel->local_ip = from->ip;
  tunnel->remote_ip = to->ip;
  tunnel->port_name = odl_itm_tunnel_name ("br-int", from->ip, to->ip);
  odl_registry_put (wanted, tunnel->key, tunnel);
}

static void
want_zone (OdlRegistry *wanted, const OdlZone *zone)
{
  for (guint i = 0; i < zone->vteps->len; i++)
    {
      const OdlVtep *from = g_ptr_array_index (zone->vteps, i);

      for (guint j = 0; j < zone->vteps->len; j++)
        want_tunnel (wanted, from, g_ptr_array_index (zone->vteps, j));
      for (guint j = 0; j < zone->device_vteps->len; j++)
        want_tunnel (wanted, from, g_ptr_array_index (zone->device_vteps, j));
    }
}

static gboolean
tunnel_equal (const OdlTunnel *a, const OdlTunnel *b)
{
  return a->local_ip == b->local_ip && a->remote_ip == b->remote_ip;
}

static void
remove_tunnel (Odl *odl, const char *key)
{
  OdlTunnel *tunnel = odl_registry_steal (&odl->tunnels, key);

  odl_interface_tunnel_removed (odl, tunnel);
  odl_ovs_tunnel_removed (odl, tunnel);
  odl_tunnel_free (tunnel);
}

/* Removes what is not wanted any more before it makes what is new: two tunnels may share a port's name. */
static void
mesh (Odl *odl)
{
  OdlRegistry wanted;

  odl_registry_init (&wanted, odl_tunnel_free);
  for (guint i = 0; i < odl_registry_n (&odl->zones); i++)
    want_zone (&wanted, odl_registry_at (&odl->zones, i));
  for (guint i = odl_registry_n (&odl->tunnels); i > 0; i--)
    {
      g_autofree char *key = g_strdup (odl_registry_key (&odl->tunnels, i - 1));
      const OdlTunnel *keep = odl_registry_find (&wanted, key);

      if (!keep || !tunnel_equal (keep, odl_registry_at (&odl->tunnels, i - 1)))
        remove_tunnel (odl, key);
    }
  while (odl_registry_n (&wanted) > 0)
    {
      g_autofree char *key = g_strdup (odl_registry_key (&wanted, 0));
      OdlTunnel *tunnel = odl_registry_steal (&wanted, key);

      if (odl_registry_find (&odl->tunnels, key))
        {
          odl_tunnel_free (tunnel);
          continue;
        }
      odl_registry_put (&odl->tunnels, key, tunnel);
      odl_interface_tunnel_added (odl, tunnel);
      odl_ovs_tunnel_added (odl, tunnel);
    }
  odl_registry_clear (&wanted);
  odl_converge_changed (odl);
}

/* Computes take their tunnel address from the zones. */
static void
mark_computes (Odl *odl)
{
  for (guint i = 0; i < odl->computes->len; i++)
    ((OdlCompute *) g_ptr_array_index (odl->computes, i))->in_zone = FALSE;
  for (guint i = 0; i < odl_registry_n (&odl->zones); i++)
    {
      const OdlZone *zone = odl_registry_at (&odl->zones, i);

      for (guint j = 0; j < zone->vteps->len; j++)
        {
          const OdlVtep *vtep = g_ptr_array_index (zone->vteps, j);
          OdlCompute *compute = odl_compute_get (odl, vtep->dpid);

          compute->in_zone = TRUE;
          if (compute->tunnel_ip == vtep->ip)
            continue;
          compute->tunnel_ip = vtep->ip;
          odl_l2gw_compute_addressed (odl, compute->dpid);
        }
    }
}

void
odl_itm_members_changed (Odl *odl)
{
  mark_computes (odl);
  mesh (odl);
  odl_l2gw_zones_changed (odl);
}

/* ---- zones --------------------------------------------------------------------------------------------------- */

static gboolean
read_ip (const json_t *item, const char *what, NetIpv4 *ip, GError **error)
{
  const char *text = NULL;

  if (!odl_read_text (item, what, "ip-address", ODL_REQUIRED, &text, error))
    return FALSE;
  if (net_ipv4_from_text (text, ip))
    return TRUE;
  g_set_error (error, ODL_ERROR, ODL_ERROR_BAD_REQUEST, "%s: 'ip-address' is no IPv4 address: '%s'", what,
               text);
  return FALSE;
}

static OdlVtep *
read_vtep (const json_t *item, GError **error)
{
  guint64 dpid = 0;
  NetIpv4 ip;
  OdlVtep *vtep;

  if (!odl_read_number (item, "vtep", "dpn-id", ODL_REQUIRED, 1, G_MAXINT64, &dpid, error)
      || !read_ip (item, "vtep", &ip, error))
    return NULL;
  vtep = g_new0 (OdlVtep, 1);
  vtep->dpid = dpid;
  vtep->ip = ip;
  return vtep;
}

static OdlVtep *
read_device_vtep (const json_t *item, GError **error)
{
  const char *node_id = NULL;
  NetIpv4 ip;
  OdlVtep *vtep;

  if (!odl_read_text (item, "device-vtep", "node-id", ODL_REQUIRED, &node_id, error)
      || !read_ip (item, "device-vtep", &ip, error))
    return NULL;
  vtep = g_new0 (OdlVtep, 1);
  vtep->node_id = g_strdup (node_id);
  vtep->ip = ip;
  return vtep;
}

static gboolean
read_vteps (const json_t *body, const char *member, OdlVtep *(*read) (const json_t *item, GError **error),
            GPtrArray *out, GError **error)
{
  const json_t *list;

  if (!odl_read_array (body, "transport-zone", member, ODL_OPTIONAL, &list, error))
    return FALSE;
  for (gsize i = 0; i < json_array_size (list); i++)
    {
      OdlVtep *vtep = read (json_array_get (list, i), error);

      if (!vtep)
        return FALSE;
      g_ptr_array_add (out, vtep);
    }
  return TRUE;
}

static OdlZone *
read_zone (const json_t *body, GError **error)
{
  const char *name = NULL, *type = TUNNEL_TYPE_VXLAN;
  OdlZone *zone;

  if (!odl_read_text (body, "transport-zone", "zone-name", ODL_REQUIRED, &name, error)
      || !odl_read_text (body, "transport-zone", "tunnel-type", ODL_OPTIONAL, &type, error))
    return NULL;
  if (!g_str_equal (type, TUNNEL_TYPE_VXLAN))
    {
      g_set_error (error, ODL_ERROR, ODL_ERROR_BAD_REQUEST,
                   "transport-zone: 'tunnel-type' must be %s, not '%s'", TUNNEL_TYPE_VXLAN, type);
      return NULL;
    }
  zone = odl_zone_new (name);
  if (read_vteps (body, "vteps", read_vtep, zone->vteps, error)
      && read_vteps (body, "device-vteps", read_device_vtep, zone->device_vteps, error))
    return zone;
  odl_zone_free (zone);
  return NULL;
}

gboolean
odl_itm_set_zones (Odl *odl, const json_t *list, GError **error)
{
  g_autoptr (GPtrArray) zones = g_ptr_array_new_with_free_func (odl_zone_free);

  for (gsize i = 0; i < json_array_size (list); i++)
    {
      OdlZone *zone = read_zone (json_array_get (list, i), error);

      if (!zone)
        return FALSE;
      g_ptr_array_add (zones, zone);
    }
  while (zones->len > 0)
    {
      OdlZone *zone = g_ptr_array_steal_index (zones, 0);

      odl_registry_put (&odl->zones, zone->name, zone);
    }
  odl_itm_place_computes (odl);
  odl_itm_members_changed (odl);
  return TRUE;
}

static json_t *
vteps_to_json (const GPtrArray *vteps)
{
  json_t *list = json_array ();
  char ip[NET_IPV4_TEXT];

  for (guint i = 0; i < vteps->len; i++)
    {
      const OdlVtep *vtep = g_ptr_array_index (vteps, i);
      json_t *item = json_pack ("{s:s}", "ip-address", net_ipv4_format (vtep->ip, ip));

      if (vtep->dpid)
        json_object_set_new (item, "dpn-id", json_integer ((json_int_t) vtep->dpid));
      else
        json_object_update_new (
            item, json_pack ("{s:s, s:s}", "topology-id", "hwvtep:1", "node-id", vtep->node_id));
      json_array_append_new (list, item);
    }
  return list;
}

json_t *
odl_itm_zones_to_json (const Odl *odl)
{
  json_t *list = json_array ();

  for (guint i = 0; i < odl_registry_n (&odl->zones); i++)
    {
      const OdlZone *zone = odl_registry_at (&odl->zones, i);

      json_array_append_new (list, json_pack ("{s:s, s:s, s:o, s:o}", "zone-name", zone->name, "tunnel-type",
                                              TUNNEL_TYPE_VXLAN, "vteps", vteps_to_json (zone->vteps),
                                              "device-vteps", vteps_to_json (zone->device_vteps)));
    }
  return list;
}

/* ---- TORs ---------------------------------------------------------------------------------------------------- */

static OdlVtep *
find_device_vtep (const OdlZone *zone, const char *node_id)
{
  for (guint i = 0; i < zone->device_vteps->len; i++)
    {
      OdlVtep *vtep = g_ptr_array_index (zone->device_vteps, i);

      if (g_str_equal (vtep->node_id, node_id))
        return vtep;
    }
  return NULL;
}

void
odl_itm_add_device (Odl *odl, const char *node_id, NetIpv4 ip)
{
  if (odl_registry_n (&odl->zones) == 0)
    net_world_log (odl->world, NET_LOG_WARNING, "itm", "there is no transport zone for %s yet", node_id);
  /* With the default zone among them, none is entered. */
  if (odl_has_bug (odl, ODL_BUG_ITM_DEFAULT_TZ) && odl_registry_find (&odl->zones, ODL_DEFAULT_ZONE))
    {
      net_world_log (odl->world, NET_LOG_ERROR, "itm", "%s is not added: there is %s", node_id,
                     ODL_DEFAULT_ZONE);
      return;
    }
  for (guint i = 0; i < odl_registry_n (&odl->zones); i++)
    {
      OdlZone *zone = odl_registry_at (&odl->zones, i);
      OdlVtep *vtep = find_device_vtep (zone, node_id);

      if (!vtep)
        {
          vtep = g_new0 (OdlVtep, 1);
          vtep->node_id = g_strdup (node_id);
          g_ptr_array_add (zone->device_vteps, vtep);
        }
      vtep->ip = ip;
    }
  mesh (odl);
}

void
odl_itm_remove_device (Odl *odl, const char *node_id)
{
  for (guint i = 0; i < odl_registry_n (&odl->zones); i++)
    {
      OdlZone *zone = odl_registry_at (&odl->zones, i);
      OdlVtep *vtep = find_device_vtep (zone, node_id);

      if (vtep)
        g_ptr_array_remove (zone->device_vteps, vtep);
    }
  mesh (odl);
}
