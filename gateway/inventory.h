/* What a switch says of itself before anybody asks: the Global, Physical_Switch and Physical_Port rows. */
#pragma once

#include "gateway/gateway.h"
#include "ovsdb/database.h"

G_BEGIN_DECLS

/* Makes the rows that are missing and brings description and addresses of ours up to date; ports that the
 * configuration does not name leave the switch.  Bindings stay as they are.  One transaction, or none. */
gboolean vtep_inventory_write (OvsdbDatabase *database, const VtepGatewayConfig *config, GError **error);

G_END_DECLS
