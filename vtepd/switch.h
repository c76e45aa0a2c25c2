/* The switch that the daemon is: a hardware_vtep database, the gateway that acts on it, and its ports. */
#pragma once

#include "gateway/gateway.h"
#include "ovsdb/database.h"
#include "vtepd/ports.h"

G_BEGIN_DECLS

typedef struct _VtepdSwitch VtepdSwitch;

/* All borrowed. */
typedef struct
{
  LinuxWorld *world;
  const VtepdConfig *config; /* until vtepd_switch_change() gives another */
  VtepdOpener *opener;       /* may be NULL */
  /* A frame arrived; the gateway has it next. */
  void (*heard) (guint port, const NetFrame *frame, gpointer user);
  /* The port's number may be another one's next. */
  void (*closed) (guint port, gpointer user);
  gpointer user;
} VtepdSwitchConfig;

/* Opens the database and the ports. */
VtepdSwitch *vtepd_switch_new (const VtepdSwitchConfig *config, GError **error);
void vtepd_switch_free (VtepdSwitch *sw);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VtepdSwitch, vtepd_switch_free)

/* Becomes what another configuration says; what did not change goes on as if nothing had happened. */
void vtepd_switch_change (VtepdSwitch *sw, const VtepdConfig *config);

/* ---- reading: all of it is good until the next change ------------------------------------------------------------ */

OvsdbDatabase *vtepd_switch_database (VtepdSwitch *sw);
const VtepGateway *vtepd_switch_gateway (const VtepdSwitch *sw);
const VtepdPorts *vtepd_switch_ports (const VtepdSwitch *sw);
NetIpv4 vtepd_switch_tunnel_ip (const VtepdSwitch *sw);

/* The name of the port that has this number in the world; NULL: none has. */
const char *vtepd_switch_port_name (const VtepdSwitch *sw, guint number);
/* The port of this name: its number in the world, and what the gateway calls it.  FALSE with an error that names the
 * ports there are. */
gboolean vtepd_switch_find_port (const VtepdSwitch *sw, const char *name, guint *number, VtepPort *port,
                                 GError **error);

G_END_DECLS
