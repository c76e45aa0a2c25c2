/* What ovs-vswitchd does with its database: br-int's ports and controllers follow the rows, and the rows
 * are told what became of them (ofport, link state, errors, is_connected).  Changes are looked at
 * OVS_BRIDGE_LAG_NS after a transaction, as the real daemon is told of them by the database server. */
#pragma once

#include "models/ovs/controller.h"
#include "ovsdb/database.h"

G_BEGIN_DECLS

#define OVS_BRIDGE_LAG_NS (1 * NET_MSEC)

typedef struct _OvsBridge OvsBridge;

/* What a network device of the host is. */
typedef struct
{
  guint world_port;
  NetMac mac;
  gboolean up;
} OvsDevice;

/* FALSE when the host has no such device. */
typedef gboolean (*OvsFindDevice) (const char *name, OvsDevice *out, gpointer user);

/* All borrowed, and outliving the bridge. */
typedef struct
{
  NetWorld *world;
  OvsdbDatabase *db;
  OvsSwitch *sw;
  OvsSessions *sessions;
  NetMac mac; /* of br-int */
  OvsFindDevice find_device;
  gpointer user;
} OvsBridgeConfig;

/* Ports are looked at in the call; controllers are dialled from ovs_bridge_start() on. */
OvsBridge *ovs_bridge_new (const OvsBridgeConfig *config);
void ovs_bridge_start (OvsBridge *bridge);
void ovs_bridge_free (OvsBridge *bridge);
/* A device came, went, or its link changed. */
void ovs_bridge_devices_changed (OvsBridge *bridge);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OvsBridge, ovs_bridge_free)

G_END_DECLS
