/* The controller itself: its stores, caches and sessions, on a NetWorld.  It knows no simulator, so it runs on real
 * sockets as well; models/odl/controller.c makes a simulated node of it. */
#pragma once

#include "models/odl/bugs.h"
#include "models/odl/converge.h"
#include "models/odl/jobs.h"
#include "models/odl/monitor.h"
#include "models/odl/neutron.h"
#include "models/odl/registry.h"
#include "net/world.h"
#include "ovsdb/schema.h"

G_BEGIN_DECLS

typedef struct
{
  gboolean dhcp_enabled;
  gboolean limit_bum; /* only what a DHCP server has to hear is brought to the agent's port */
  gint64 mac_timeout_ns;
  OdlBugs bugs;  /* those that are on beside the standing ones */
  OdlBugs fixes; /* of the standing ones */
} OdlOptions;

struct _Odl
{
  NetWorld *world;
  char *name;
  OdlOptions options;
  OdlBugs bugs; /* those that are on */
  gint64 started_ns;
  gboolean restarted; /* what it knows comes from its configuration, not from events */

  OdlJobs jobs;
  OdlConverge converge;
  OdlNeutron neutron;

  GPtrArray *computes; /* of OdlCompute (compute.h), by datapath id */
  OdlRegistry elans;   /* of OdlElan (elan.h), by network id */
  guint16 next_elan_tag;
  OdlRegistry
      kept_ids; /* numbers from before a restart that nobody has asked for yet: "elan <network>", "lport <name>" */
  OdlRegistry interfaces; /* of OdlInterface (interface.h), by name */
  guint32 next_lport;
  OdlRegistry plugs;      /* of OdlPlug (interface.h), by Neutron port id */
  OdlRegistry zones;      /* of OdlZone (itm.h), by name */
  gboolean default_zone;  /* ITM's def-tz-enabled */
  OdlRegistry tunnels;    /* of OdlTunnel (itm.h), by "<datapath id> <destination>" */
  OdlMonitor monitor;     /* of tunnels */
  OdlRegistry devices;    /* of OdlDevice (l2gw.h), by Physical_Switch.name */
  OdlRegistry joins;      /* of OdlJoin (l2gw.h), by "<connection> <device>" */
  OdlRegistry hwvteps;    /* of OdlHwvtep (hwvtep.h), by node id */
  GPtrArray *strangers;   /* of OdlHwvtepSession: TORs that dialled and whose node is not known yet */
  OdlRegistry to_dial;    /* nodes of before a restart that are not dialled yet (restart.h), by node id */
  OdlRegistry cables;     /* of OdlCable (discovery.h), by "<host>/<card>" */
  gboolean discovers;     /* somebody has reported a cable */
  gboolean looks;         /* a job that looks at cables is queued */
  gboolean deaf;          /* vlan-groups: nothing is learnt any more */
  OdlRegistry designated; /* of OdlDesignation (dhcp.h), by "<tunnel ip> <network>" */

  /* What the controller knows of its peers' databases; a column that one of them lacks reads as its default. */
  OvsdbSchema *hwvtep_schema, *ovs_schema;

  GPtrArray *of_sessions;   /* of OdlOfSession */
  GPtrArray *ovs_sessions;  /* of OdlOvsSession */
  GPtrArray *probes;        /* of OdlProbe (ovsdb-accept.h): databases whose kind is not known yet */
  GPtrArray *rest_sessions; /* of those of rest.c */
  NetListener *of_listener, *ovsdb_listener, *rest_listeners[2];
};

Odl *odl_new (NetWorld *world, const char *name, const OdlOptions *options);
/* Begins to listen; needs the world's streams.  FALSE when a port is taken. */
gboolean odl_start (Odl *odl, GError **error);
void odl_free (Odl *odl);

/* Takes the number that the name had before a restart; 0 when it had none. */
guint odl_take_kept_id (Odl *odl, const char *kind, const char *name);

static inline gboolean
odl_has_bug (const Odl *odl, OdlBug bug)
{
  return odl_bug_on (&odl->bugs, bug);
}

/* A state record of this controller; `details` is taken and may be NULL. */
void odl_record (Odl *odl, const char *table, const char *op, const char *key, json_t *details);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Odl, odl_free)

G_END_DECLS
