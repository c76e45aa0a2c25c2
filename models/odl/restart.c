/* Saving and replaying, by the northbound door: what can be told can be told again. */
#include "models/odl/restart.h"
#include "models/odl/elan.h"
#include "models/odl/hwvtep.h"
#include "models/odl/interface.h"
#include "models/odl/itm.h"
#include "models/odl/northbound.h"
#include "models/odl/ovs-session.h"

#define NEUTRON       "/controller/nb/v2/neutron/"
#define ZONES         "/restconf/config/itm:transport-zones"
#define GATEWAYS_LATE (2 * NET_SEC) /* with the bug restart-order */

/* A node that the controller dials. */
typedef struct
{
  gboolean is_tor;
  char *node_id, *target;
} Node;

/* What outlives the process. */
typedef struct
{
  json_t *zones, *networks, *subnets, *ports, *connections, *gateways, *security_groups,
      *security_rules; /* bodies of requests */
  GPtrArray *nodes;    /* of Node */
  OdlRegistry ids;
  guint16 next_elan_tag;
  guint32 next_lport;
  OdlMonitor monitor;
  gboolean default_zone;
} Saved;

static Node *
node_new (gboolean is_tor, const char *node_id, const char *target)
{
  Node *node = g_new0 (Node, 1);

  *node = (Node){ .is_tor = is_tor, .node_id = g_strdup (node_id), .target = g_strdup (target) };
  return node;
}

void
odl_restart_node_free (gpointer data)
{
  Node *node = data;

  g_free (node->node_id);
  g_free (node->target);
  g_free (node);
}

/* ---- saving -------------------------------------------------------------------------------------------------- */

static json_t *
get (Odl *odl, const char *path)
{
  json_t *reply = NULL;

  odl_northbound_request (odl, "GET", path, NULL, &reply);
  return reply;
}

/* TORs enter the zones again when their switches are seen. */
static json_t *
save_zones (Odl *odl)
{
  json_t *list = odl_itm_zones_to_json (odl), *zone;
  gsize i;

  json_array_foreach (list, i, zone) json_object_del (zone, "device-vteps");
  return json_pack ("{s:o}", "transport-zone", list);
}

static void
save_id (Saved *saved, const char *kind, const char *name, guint id)
{
  g_autofree char *key = g_strconcat (kind, " ", name, NULL);

  if (id)
    odl_registry_put (&saved->ids, key, GUINT_TO_POINTER (id));
}

static void
save_ids (Saved *saved, const Odl *odl)
{
  odl_registry_init (&saved->ids, NULL);
  for (guint i = 0; i < odl_registry_n (&odl->elans); i++)
    save_id (saved, "elan", odl_registry_key (&odl->elans, i),
             ((OdlElan *) odl_registry_at (&odl->elans, i))->tag);
  for (guint i = 0; i < odl_registry_n (&odl->interfaces); i++)
    save_id (saved, "lport", odl_registry_key (&odl->interfaces, i),
             ((OdlInterface *) odl_registry_at (&odl->interfaces, i))->lport);
  saved->next_elan_tag = odl->next_elan_tag;
  saved->next_lport = odl->next_lport;
}

static void
save_nodes (Saved *saved, const Odl *odl)
{
  saved->nodes = g_ptr_array_new_with_free_func (odl_restart_node_free);
  for (guint i = 0; i < odl_registry_n (&odl->to_dial); i++)
    {
      const Node *node = odl_registry_at (&odl->to_dial, i);

      g_ptr_array_add (saved->nodes, node_new (node->is_tor, node->node_id, node->target));
    }
  for (guint i = 0; i < odl_registry_n (&odl->hwvteps); i++)
    {
      const OdlHwvtep *hwvtep = odl_registry_at (&odl->hwvteps, i);

      if (hwvtep->dialled)
        g_ptr_array_add (saved->nodes, node_new (TRUE, hwvtep->node_id, odl_hwvtep_target (hwvtep)));
    }
  for (guint i = 0; i < odl->ovs_sessions->len; i++)
    {
      const char *target, *node_id = odl_ovs_session_node (g_ptr_array_index (odl->ovs_sessions, i), &target);

      if (node_id)
        g_ptr_array_add (saved->nodes, node_new (FALSE, node_id, target));
    }
}

static void
save (Saved *saved, Odl *odl)
{
  saved->zones = save_zones (odl);
  saved->monitor = odl->monitor;
  saved->default_zone = odl->default_zone;
  saved->networks = get (odl, NEUTRON "networks");
  saved->subnets = get (odl, NEUTRON "subnets");
  saved->ports = get (odl, NEUTRON "ports");
  saved->security_groups = get (odl, NEUTRON "security-groups");
  saved->security_rules = get (odl, NEUTRON "security-group-rules");
  saved->connections = get (odl, NEUTRON "l2gateway-connections");
  saved->gateways = get (odl, NEUTRON "l2-gateways");
  save_ids (saved, odl);
  save_nodes (saved, odl);
}

/* ---- replaying ----------------------------------------------------------------------------------------------- */

/* Takes the body.  What was accepted once is accepted again. */
static void
post (Odl *odl, const char *path, json_t *body)
{
  odl_northbound_request (odl, "POST", path, body, NULL);
  json_decref (body);
}

static void
post_gateways (Odl *odl, gpointer data)
{
  post (odl, NEUTRON "l2-gateways", json_incref (data));
}

static void
gateways_free (gpointer data)
{
  json_decref (data);
}

static void
dial (Odl *odl, gpointer data)
{
  Node *node = odl_registry_steal (&odl->to_dial, data);

  if (node->is_tor)
    odl_hwvtep_dial (odl, node->node_id, node->target, NULL);
  else
    odl_ovs_dial (odl, node->node_id, node->target, NULL);
  odl_restart_node_free (node);
}

static void
replay_nodes (Odl *odl, GPtrArray *nodes)
{
  while (nodes->len > 0)
    {
      Node *node = g_ptr_array_steal_index (nodes, 0);
      g_autofree char *key = g_strconcat ("dial ", node->node_id, NULL);

      odl_registry_put (&odl->to_dial, node->node_id, node);
      odl_delay_set (odl, key, node->is_tor ? ODL_RESTART_TORS_NS : 0, dial, g_strdup (node->node_id),
                     g_free);
    }
  g_ptr_array_unref (nodes);
}

static void
replay (Odl *odl, Saved *saved)
{
  odl->restarted = TRUE;
  odl_registry_clear (&odl->kept_ids);
  odl->kept_ids = saved->ids;
  odl->next_elan_tag = saved->next_elan_tag;
  odl->next_lport = saved->next_lport;
  odl->monitor = saved->monitor;
  odl_itm_set_default_zone (odl, saved->default_zone);
  post (odl, ZONES, saved->zones);
  post (odl, NEUTRON "networks", saved->networks);
  post (odl, NEUTRON "subnets", saved->subnets);
  post (odl, NEUTRON "security-groups", saved->security_groups);
  post (odl, NEUTRON "security-group-rules", saved->security_rules);
  post (odl, NEUTRON "ports", saved->ports);
  post (odl, NEUTRON "l2gateway-connections", saved->connections);
  if (odl_has_bug (odl, ODL_BUG_RESTART_ORDER)) /* TORs are there before them */
    odl_delay_set (odl, "gateways", GATEWAYS_LATE, post_gateways, saved->gateways, gateways_free);
  else
    post (odl, NEUTRON "l2-gateways", saved->gateways);
  replay_nodes (odl, saved->nodes);
}

Odl *
odl_restart (Odl *odl)
{
  g_autoptr (GError) error = NULL;
  OdlOptions options = odl->options;
  g_autofree char *name = g_strdup (odl->name);
  NetWorld *world = odl->world;
  Saved saved;

  save (&saved, odl);
  odl_record (odl, "controller", "restart", odl->name, NULL);
  odl_free (odl);
  odl = odl_new (world, name, &options);
  replay (odl, &saved);
  if (!odl_start (odl, &error))
    net_world_log (world, NET_LOG_ERROR, "controller", "cannot start again: %s", error->message);
  return odl;
}
