/* Tunnels and tunnel end points as RESTCONF shows them, in the shapes of itm-state.yang.  Read only. */
#include "models/odl/compute.h"
#include "models/odl/core.h"
#include "models/odl/hwvtep.h"
#include "models/odl/itm.h"
#include "models/odl/northbound.h"

#define TYPE_VXLAN "odl-interface:tunnel-type-vxlan"

static json_t *
ip_json (NetIpv4 ip)
{
  char text[NET_IPV4_TEXT];

  return json_string (net_ipv4_format (ip, text));
}

typedef struct
{
  const char *id, *type; /* a datapath id or a node id; "internal" or "external" */
  NetIpv4 ip;
} End;

static json_t *
end_json (const End *end)
{
  return json_pack ("{s:s, s:o, s:o}", "tep-device-id", end->id, "tep-device-type",
                    json_sprintf ("itm-state:tep-type-%s", end->type), "tep-ip", ip_json (end->ip));
}

static json_t *
state_json (const char *name, gboolean is_up, const End *from, const End *to)
{
  return json_pack ("{s:s, s:b, s:s, s:s, s:o, s:o}", "tunnel-interface-name", name, "tunnel-state", is_up,
                    "oper-state", is_up ? "up" : "down", "transport-type", TYPE_VXLAN, "src-info",
                    end_json (from), "dst-info", end_json (to));
}

static gboolean
read_locator (const OvsdbRow *row, const char *column, NetIpv4 *ip)
{
  const OvsdbRow *locator = ovsdb_row_ref (row, column);
  const char *text = locator ? ovsdb_row_text (locator, "dst_ip") : NULL;

  return text && net_ipv4_from_text (text, ip);
}

/* A TOR's own direction of a tunnel is a row that it reports. */
static void
append_tor_tunnels (const Odl *odl, const OdlHwvtep *hwvtep, json_t *list)
{
  OvsdbDatabase *replica = odl_hwvtep_replica (hwvtep);
  const OvsdbTable *table = replica ? ovsdb_database_table (replica, "Tunnel") : NULL;

  for (const OvsdbRow *row = table ? ovsdb_table_first (table) : NULL; row; row = ovsdb_table_next (row))
    {
      End from = { .id = hwvtep->node_id, .type = "external" }, to = { .type = "external" };
      g_autofree char *destination = NULL, *name = NULL;

      if (!read_locator (row, "local", &from.ip) || !read_locator (row, "remote", &to.ip))
        continue;
      destination = odl_monitor_destination (odl, to.ip);
      if (!destination)
        continue;
      to.id = destination;
      to.type = odl_hwvtep_find (odl, destination) ? "external" : "internal";
      name = odl_itm_tunnel_name (hwvtep->node_id, from.ip, to.ip);
      json_array_append_new (list, state_json (name, odl_monitor_row_is_up (odl, row), &from, &to));
    }
}

/* Without monitoring a tunnel is up as soon as its port is there. */
static json_t *
tunnels_state (const Odl *odl)
{
  json_t *list = json_array ();

  for (guint i = 0; i < odl_registry_n (&odl->tunnels); i++)
    {
      const OdlTunnel *tunnel = odl_registry_at (&odl->tunnels, i);
      g_autofree char *source = g_strdup_printf ("%" G_GUINT64_FORMAT, tunnel->source);
      End from = { source, "internal", tunnel->local_ip },
          to = { tunnel->destination, tunnel->peer ? "internal" : "external", tunnel->remote_ip };

      json_array_append_new (
          list, state_json (tunnel->port_name, odl_monitor_tunnel_is_up (odl, tunnel), &from, &to));
    }
  for (guint i = 0; i < odl_registry_n (&odl->hwvteps); i++)
    append_tor_tunnels (odl, odl_registry_at (&odl->hwvteps, i), list);
  return json_pack ("{s:{s:o}}", "tunnels_state", "state-tunnel-list", list);
}

static json_t *
external_tunnels (const Odl *odl)
{
  json_t *list = json_array ();

  for (guint i = 0; i < odl_registry_n (&odl->tunnels); i++)
    {
      const OdlTunnel *tunnel = odl_registry_at (&odl->tunnels, i);

      if (tunnel->peer)
        continue;
      json_array_append_new (list, json_pack ("{s:o, s:s, s:s, s:s}", "source-device",
                                              json_sprintf ("%" G_GUINT64_FORMAT, tunnel->source),
                                              "destination-device", tunnel->destination, "transport-type",
                                              TYPE_VXLAN, "tunnel-interface-name", tunnel->port_name));
    }
  return json_pack ("{s:{s:o}}", "external-tunnel-list", "external-tunnel", list);
}

static json_t *
dpn_endpoints (const Odl *odl)
{
  json_t *list = json_array ();

  for (guint i = 0; i < odl->computes->len; i++)
    {
      const OdlCompute *compute = g_ptr_array_index (odl->computes, i);

      if (compute->in_zone)
        json_array_append_new (list, json_pack ("{s:I, s:[{s:o, s:s}]}", "DPN-ID", (json_int_t) compute->dpid,
                                                "tunnel-end-points", "ip-address",
                                                ip_json (compute->tunnel_ip), "tunnel-type", TYPE_VXLAN));
    }
  return json_pack ("{s:{s:o}}", "dpn-endpoints", "DPN-TEPs-info", list);
}

static guint
show (const char *method, const char *rest, json_t *content, json_t **reply, GError **error)
{
  gboolean is_get = g_str_equal (method, "GET");

  if (is_get && *rest == '\0')
    {
      if (reply)
        *reply = json_incref (content);
      json_decref (content);
      return 200;
    }
  json_decref (content);
  if (!is_get)
    return odl_northbound_bad_method (method, error);
  g_set_error (error, ODL_ERROR, ODL_ERROR_NOT_FOUND, "there is nothing at itm-state/%s", rest);
  return 0;
}

guint
odl_northbound_tunnels_state (Odl *odl, const char *method, const char *rest, const json_t *body,
                              json_t **reply, GError **error)
{
  (void) body;
  return show (method, rest, tunnels_state (odl), reply, error);
}

guint
odl_northbound_external_tunnels (Odl *odl, const char *method, const char *rest, const json_t *body,
                                 json_t **reply, GError **error)
{
  (void) body;
  return show (method, rest, external_tunnels (odl), reply, error);
}

guint
odl_northbound_dpn_endpoints (Odl *odl, const char *method, const char *rest, const json_t *body,
                              json_t **reply, GError **error)
{
  (void) body;
  return show (method, rest, dpn_endpoints (odl), reply, error);
}
