/* The switch that the daemon is: a hardware_vtep database, the gateway that acts on it, and its ports. */
#pragma once

#include "gateway/gateway.h"
#include "gateway/linux/world.h"
#include "ovsdb/database.h"
#include "vtepd/settings.h"

G_BEGIN_DECLS

typedef struct _VtepdSwitch VtepdSwitch;

/* Opens the database and the ports.  `config` is borrowed until vtepd_switch_change() gives another. */
VtepdSwitch *vtepd_switch_new (LinuxWorld *world, const VtepdConfig *config, GError **error);
void vtepd_switch_free (VtepdSwitch *sw);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VtepdSwitch, vtepd_switch_free)

OvsdbDatabase *vtepd_switch_database (VtepdSwitch *sw);
VtepGateway *vtepd_switch_gateway (VtepdSwitch *sw);

/* Becomes what another configuration says. */
gboolean vtepd_switch_change (VtepdSwitch *sw, const VtepdConfig *config, GError **error);

G_END_DECLS
