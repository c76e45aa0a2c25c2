/* The RESTCONF paths: transport zones, and the databases that the controller dials. */
#include "models/odl/core.h"
#include "models/odl/hwvtep.h"
#include "models/odl/itm.h"
#include "models/odl/northbound.h"
#include "models/odl/ovs-session.h"
#include "models/odl/reader.h"

#include <string.h>

guint
odl_northbound_transport_zones (Odl *odl, const char *method, const char *rest, const json_t *body,
                                json_t **reply, GError **error)
{
  const json_t *list;

  if (*rest)
    {
      g_set_error (error, ODL_ERROR, ODL_ERROR_NOT_FOUND, "there is nothing at transport-zones/%s", rest);
      return 0;
    }
  if (g_str_equal (method, "GET"))
    {
      if (reply)
        *reply = json_pack ("{s:{s:o}}", "transport-zones", "transport-zone", odl_itm_zones_to_json (odl));
      return 200;
    }
  if (!g_str_equal (method, "POST"))
    return odl_northbound_bad_method (method, error);
  if (!odl_read_array (body, "transport-zones", "transport-zone", ODL_REQUIRED, &list, error)
      || !odl_itm_set_zones (odl, list, error))
    return 0;
  return 204;
}

/* ---- topology ------------------------------------------------------------------------------------------------ */

typedef struct
{
  const char *name;   /* of the topology */
  const char *member; /* of a node: how it is reached */
  gboolean (*dial) (Odl *odl, const char *node_id, const char *target, GError **error);
  gboolean (*hang_up) (Odl *odl, const char *node_id);
} Topology;

static const Topology topologies[] = {
  { "hwvtep:1", "hwvtep:connection-info", odl_hwvtep_dial, odl_hwvtep_hang_up },
  { "ovsdb:1", "ovsdb:connection-info", odl_ovs_dial, odl_ovs_hang_up },
};

static gboolean
dial_node (Odl *odl, const Topology *topology, const json_t *node, GError **error)
{
  const json_t *info = json_object_get (node, topology->member);
  const char *node_id = NULL, *ip = NULL;
  guint64 port = 6640;
  g_autofree char *target = NULL;
  NetIpv4 address;

  if (!odl_read_text (node, "node", "node-id", ODL_REQUIRED, &node_id, error))
    return FALSE;
  if (!json_is_object (info))
    {
      g_set_error (error, ODL_ERROR, ODL_ERROR_BAD_REQUEST, "node %s: '%s' is missing", node_id,
                   topology->member);
      return FALSE;
    }
  if (!odl_read_text (info, topology->member, "remote-ip", ODL_REQUIRED, &ip, error)
      || !odl_read_number (info, topology->member, "remote-port", ODL_OPTIONAL, 1, 65535, &port, error))
    return FALSE;
  if (!net_ipv4_from_text (ip, &address))
    {
      g_set_error (error, ODL_ERROR, ODL_ERROR_BAD_REQUEST, "%s: 'remote-ip' is no IPv4 address: '%s'",
                   topology->member, ip);
      return FALSE;
    }
  target = g_strdup_printf ("tcp:%s:%u", ip, (guint) port);
  return topology->dial (odl, node_id, target, error);
}

static guint
post_nodes (Odl *odl, const Topology *topology, const json_t *body, GError **error)
{
  const json_t *list = json_object_get (body, "network-topology:node");

  if (!list)
    list = json_object_get (body, "node");
  if (!json_is_array (list))
    {
      g_set_error (error, ODL_ERROR, ODL_ERROR_BAD_REQUEST,
                   "the body must hold a list 'network-topology:node'");
      return 0;
    }
  for (gsize i = 0; i < json_array_size (list); i++)
    if (!dial_node (odl, topology, json_array_get (list, i), error))
      return 0;
  return 204;
}

static guint
delete_node (Odl *odl, const Topology *topology, const char *node_id, GError **error)
{
  if (topology->hang_up (odl, node_id))
    return 200;
  g_set_error (error, ODL_ERROR, ODL_ERROR_NOT_FOUND, "there is no node %s", node_id);
  return 0;
}

guint
odl_northbound_topology (Odl *odl, const char *method, const char *rest, const json_t *body, json_t **reply,
                         GError **error)
{
  (void) reply;
  for (guint i = 0; i < G_N_ELEMENTS (topologies); i++)
    {
      const Topology *topology = &topologies[i];
      gsize n = strlen (topology->name);
      const char *behind = rest + n;

      if (strncmp (rest, topology->name, n) != 0)
        continue;
      if (*behind == '\0')
        return g_str_equal (method, "POST") ? post_nodes (odl, topology, body, error)
                                            : odl_northbound_bad_method (method, error);
      if (g_str_has_prefix (behind, "/node/"))
        return g_str_equal (method, "DELETE") ? delete_node (odl, topology, behind + strlen ("/node/"), error)
                                              : odl_northbound_bad_method (method, error);
    }
  g_set_error (error, ODL_ERROR, ODL_ERROR_NOT_FOUND,
               "there is no topology '%s'; there are hwvtep:1 and ovsdb:1", rest);
  return 0;
}
