/* The controller as a simulated node: a port for management, and the core on the node's world. */
#include "models/odl/core.h"
#include "models/odl/northbound.h"
#include "models/odl/odl.h"
#include "models/odl/restart.h"

struct _OdlController
{
  SimNode node; /* first */
  Odl *odl;
  NetTimer start;
};

/* Only streams are for it, and those are taken before. */
static void
controller_receive (SimNode *node, guint port, NetFrame *frame)
{
  sim_node_drop (node, frame,
                 &(NetDrop){ .port = port, .reason = NET_DROP_NOT_FOR_US, .table = "management" });
}

static void
controller_free (SimNode *node)
{
  OdlController *controller = (OdlController *) node;

  net_world_timer_cancel (&node->world, &controller->start);
  odl_free (controller->odl);
  sim_node_clear (node);
  g_free (controller);
}

static const SimNodeClass controller_class
    = { .kind = "controller", .receive = controller_receive, .free = controller_free };

static void
start (NetTimer *timer, gint64 now_ns)
{
  OdlController *controller = timer->owner;
  g_autoptr (GError) error = NULL;

  (void) now_ns;
  if (!odl_start (controller->odl, &error))
    net_world_log (&controller->node.world, NET_LOG_ERROR, "controller", "cannot start: %s", error->message);
}

static OdlBugs
bugs_of (const char *const *slugs, gboolean (*exists) (const char *slug))
{
  OdlBugs bugs = { 0 };

  for (; slugs && *slugs; slugs++)
    {
      g_assert (exists (*slugs));
      odl_bugs_add (&bugs, odl_bug_from_slug (*slugs));
    }
  return bugs;
}

OdlController *
odl_controller_new (SimNetwork *network, const char *name, const OdlConfig *config)
{
  OdlController *controller = g_new0 (OdlController, 1);
  const OdlOptions options = { .dhcp_enabled = config->dhcp_enabled,
                               .limit_bum = config->limit_bum,
                               .mac_timeout_ns = config->mac_timeout_ns,
                               .bugs = bugs_of (config->bugs, odl_bug_exists),
                               .fixes = bugs_of (config->fixes, odl_fix_exists) };

  sim_node_init (&controller->node, network, &controller_class, name);
  sim_node_add_port (&controller->node, "mgmt");
  controller->odl = odl_new (&controller->node.world, name, &options);
  net_timer_init (&controller->start, start, controller);
  net_world_timer_set (&controller->node.world, &controller->start, sim_node_now (&controller->node));
  return controller;
}

void
odl_controller_restart (OdlController *controller)
{
  controller->odl = odl_restart (controller->odl);
}

guint
odl_northbound (OdlController *controller, const char *method, const char *path, const json_t *body,
                json_t **reply)
{
  return odl_northbound_request (controller->odl, method, path, body, reply);
}
