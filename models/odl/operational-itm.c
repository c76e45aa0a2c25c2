/* Tunnels and tunnel end points as RESTCONF shows them, in the shapes of itm-state.yang.  Read only. */
#include "models/odl/compute.h"
#include "models/odl/core.h"
#include "models/odl/itm.h"
#include "models/odl/northbound.h"

#define TYPE_VXLAN "odl-interface:tunnel-type-vxlan"

static json_t *
ip_json (NetIpv4 ip)
{
  char text[NET_IPV4_TEXT];

  return json_string (net_ipv4_format (ip, text));
}

/* Without monitoring a tunnel is up as soon as its port is there. */
static json_t *
tunnels_state (const Odl *odl)
{
  json_t *list = json_array ();

  for (guint i = 0; i < odl_registry_n (&odl->tunnels); i++)
    {
      const OdlTunnel *tunnel = odl_registry_at (&odl->tunnels, i);
      gboolean is_up = odl_itm_lport (odl, tunnel) != 0;

      json_array_append_new (
          list, json_pack ("{s:s, s:b, s:s, s:s, s:{s:o, s:s, s:o}, s:{s:s, s:s, s:o}}",
                           "tunnel-interface-name", tunnel->port_name, "tunnel-state", is_up, "oper-state",
                           is_up ? "up" : "down", "transport-type", TYPE_VXLAN, "src-info", "tep-device-id",
                           json_sprintf ("%" G_GUINT64_FORMAT, tunnel->source), "tep-device-type",
                           "itm-state:tep-type-internal", "tep-ip", ip_json (tunnel->local_ip), "dst-info",
                           "tep-device-id", tunnel->destination, "tep-device-type",
                           tunnel->peer ? "itm-state:tep-type-internal" : "itm-state:tep-type-external",
                           "tep-ip", ip_json (tunnel->remote_ip)));
    }
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
