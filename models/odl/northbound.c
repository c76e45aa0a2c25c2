/* Finds the handler of a path and turns refusals into replies. */
#include "models/odl/northbound.h"

#include <string.h>

typedef struct
{
  const char *base;
  guint (*handle) (Odl *odl, const char *method, const char *rest, const json_t *body, json_t **reply,
                   GError **error);
  const char *allow, *allow_within; /* methods; those of what has a name within a list.  HEAD is REST's */
} Route;

static const Route routes[] = {
  { "/controller/nb/v2/neutron", odl_northbound_neutron, "GET, HEAD, POST", "GET, HEAD, PUT, DELETE" },
  { "/restconf/config/itm:transport-zones", odl_northbound_transport_zones, "GET, HEAD, POST", NULL },
  { "/restconf/config/network-topology:network-topology/topology", odl_northbound_topology, "POST",
    "DELETE" },
  { "/restconf/operational/network-topology:network-topology/topology", odl_northbound_operational_topology,
    "GET, HEAD", "GET, HEAD" },
  { "/restconf/config/lldp-discovery:neighbors", odl_northbound_neighbors, "GET, HEAD, PUT", NULL },
  { "/restconf/config/itm-config:tunnel-monitor-params", odl_northbound_monitor_params,
    "GET, HEAD, PUT, POST", NULL },
  { "/restconf/config/itm-config:tunnel-monitor-interval", odl_northbound_monitor_interval,
    "GET, HEAD, PUT, POST", NULL },
  { "/restconf/config/itm-config:itm-config", odl_northbound_itm_config, "GET, HEAD, PUT, POST", NULL },
  { "/restconf/operational/itm:not-hosted-transport-zones", odl_northbound_not_hosted, "GET, HEAD", NULL },
  { "/restconf/operational/itm-state:tunnels_state", odl_northbound_tunnels_state, "GET, HEAD", NULL },
  { "/restconf/config/itm-state:external-tunnel-list", odl_northbound_external_tunnels, "GET, HEAD", NULL },
  { "/restconf/config/itm-state:dpn-endpoints", odl_northbound_dpn_endpoints, "GET, HEAD", NULL },
};

/* The path behind the base, or NULL when it does not begin with it. */
static const char *
path_behind (const char *path, const char *base)
{
  gsize n = strlen (base);

  if (strncmp (path, base, n) != 0 || (path[n] != '/' && path[n] != '\0'))
    return NULL;
  return path + n;
}

/* Without slashes at the ends and with %XX decoded; NULL when an escape is broken. */
static char *
clean_rest (const char *rest)
{
  g_autofree char *trimmed = NULL;
  gsize n;

  while (*rest == '/')
    rest++;
  trimmed = g_strdup (rest);
  n = strlen (trimmed);
  while (n > 0 && trimmed[n - 1] == '/')
    trimmed[--n] = '\0';
  return g_uri_unescape_string (trimmed, NULL);
}

/* The route of a path, with what is behind its base; NULL: there is none. */
static const Route *
find_route (const char *path, const char **behind)
{
  for (guint i = 0; i < G_N_ELEMENTS (routes); i++)
    if ((*behind = path_behind (path, routes[i].base)))
      return &routes[i];
  return NULL;
}

const char *
odl_northbound_allow (const char *path)
{
  const char *behind;
  const Route *route = find_route (path, &behind);
  g_autofree char *rest = route ? clean_rest (behind) : NULL;

  if (!rest)
    return NULL;
  return strchr (rest, '/') ? route->allow_within : route->allow;
}

/* Whatever the sentence quotes: JSON is UTF-8. */
static guint
refuse (const GError *error, json_t **reply)
{
  int status = error->domain == ODL_ERROR ? error->code : ODL_ERROR_BAD_REQUEST;
  g_autofree char *sentence = g_utf8_make_valid (error->message, -1);

  if (reply)
    *reply = json_pack ("{s:{s:i, s:s}}", "error", "status", status, "message", sentence);
  return (guint) status;
}

guint
odl_northbound_bad_method (const char *method, GError **error)
{
  g_set_error (error, ODL_ERROR, ODL_ERROR_METHOD, "%s is not possible here", method);
  return 0;
}

const json_t *
odl_northbound_container (const json_t *body, const char *name, GError **error)
{
  const json_t *container = json_object_get (body, name);

  if (json_is_object (container))
    return container;
  g_set_error (error, ODL_ERROR, ODL_ERROR_BAD_REQUEST, "the body must hold an object '%s'", name);
  return NULL;
}

gboolean
odl_northbound_check_setting (const char *method, const char *rest, const char *what, gboolean *is_get,
                              GError **error)
{
  *is_get = g_str_equal (method, "GET");
  if (*rest)
    g_set_error (error, ODL_ERROR, ODL_ERROR_NOT_FOUND, "there is nothing at %s/%s", what, rest);
  else if (!*is_get && !g_str_equal (method, "PUT") && !g_str_equal (method, "POST"))
    odl_northbound_bad_method (method, error);
  else
    return TRUE;
  return FALSE;
}

guint
odl_northbound_request (Odl *odl, const char *method, const char *path, const json_t *body, json_t **reply)
{
  g_autoptr (GError) error = NULL;
  const char *behind;
  const Route *route = find_route (path, &behind);
  g_autofree char *rest = route ? clean_rest (behind) : NULL;
  guint status;

  if (reply)
    *reply = NULL;
  /* What is no text can be named in no answer: those are JSON. */
  if (!g_utf8_validate (path, -1, NULL) || (rest && !g_utf8_validate (rest, -1, NULL)))
    g_set_error_literal (&error, ODL_ERROR, ODL_ERROR_BAD_REQUEST, "the path is not UTF-8");
  else if (!route)
    g_set_error (&error, ODL_ERROR, ODL_ERROR_NOT_FOUND, "there is nothing at %s", path);
  else if (!rest)
    g_set_error (&error, ODL_ERROR, ODL_ERROR_BAD_REQUEST, "an escape in %s is broken", path);
  else if ((status = route->handle (odl, method, rest, body, reply, &error)))
    return status;
  return refuse (error, reply);
}
