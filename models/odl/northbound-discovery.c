/* The RESTCONF path by which agents of servers report their LLDP neighbours, and what came of it. */
#include "models/odl/core.h"
#include "models/odl/discovery.h"
#include "models/odl/northbound.h"
#include "models/odl/reader.h"

#include <string.h>

#define WHAT "neighbor"

static gboolean
read_name (const json_t *body, const char *member, char out[NET_LLDP_TEXT], GError **error)
{
  const char *text = NULL;

  if (!odl_read_text (body, WHAT, member, ODL_REQUIRED, &text, error))
    return FALSE;
  if (g_strlcpy (out, text, NET_LLDP_TEXT) < NET_LLDP_TEXT)
    return TRUE;
  g_set_error (error, ODL_ERROR, ODL_ERROR_BAD_REQUEST, WHAT ": '%s' is longer than %u bytes", member,
               NET_LLDP_TEXT - 1);
  return FALSE;
}

static gboolean
read_neighbor (const json_t *body, NetLldp *out, GError **error)
{
  const char *chassis = NULL;
  guint64 ttl = NET_LLDP_TTL;

  if (!read_name (body, "system-name", out->system, error) || !read_name (body, "port-id", out->port, error)
      || !odl_read_text (body, WHAT, "chassis-id", ODL_REQUIRED, &chassis, error)
      || !odl_read_number (body, WHAT, "ttl", ODL_OPTIONAL, 0, G_MAXUINT16, &ttl, error))
    return FALSE;
  out->ttl_s = (guint16) ttl;
  if (net_mac_from_text (chassis, &out->chassis))
    return TRUE;
  g_set_error (error, ODL_ERROR, ODL_ERROR_BAD_REQUEST, WHAT ": 'chassis-id' is no MAC address: '%s'",
               chassis);
  return FALSE;
}

static guint
put (Odl *odl, const json_t *body, GError **error)
{
  const json_t *inner = json_object_get (body, WHAT);
  const char *host = NULL, *interface = NULL, *physnet = NULL;
  NetLldp neighbor = { .ttl_s = 0 };

  if (!json_is_object (inner))
    {
      g_set_error (error, ODL_ERROR, ODL_ERROR_BAD_REQUEST, "the body must hold '" WHAT "'");
      return 0;
    }
  if (!odl_read_text (inner, WHAT, "host", ODL_REQUIRED, &host, error)
      || !odl_read_text (inner, WHAT, "interface", ODL_REQUIRED, &interface, error)
      || !odl_read_text (inner, WHAT, "physical-network", ODL_OPTIONAL, &physnet, error)
      || !read_neighbor (inner, &neighbor, error))
    return 0;
  odl_discovery_report (odl, host, interface, physnet, &neighbor);
  return 204;
}

guint
odl_northbound_neighbors (Odl *odl, const char *method, const char *rest, const json_t *body, json_t **reply,
                          GError **error)
{
  if (*rest)
    {
      g_set_error (error, ODL_ERROR, ODL_ERROR_NOT_FOUND, "there is nothing at lldp-discovery:neighbors/%s",
                   rest);
      return 0;
    }
  if (g_str_equal (method, "PUT"))
    return put (odl, body, error);
  if (!g_str_equal (method, "GET"))
    return odl_northbound_bad_method (method, error);
  if (reply)
    *reply = json_pack ("{s:{s:o}}", "neighbors", WHAT, odl_discovery_to_json (odl));
  return 200;
}
