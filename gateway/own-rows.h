/* The rows that stand for this switch and its ports. */
#pragma once

#include "ovsdb/database.h"

G_BEGIN_DECLS

/* NULL: not there. */
const OvsdbRow *vtep_own_switch (OvsdbDatabase *database, const char *switch_name);
/* The first port of that name in the switch, which may be NULL. */
const OvsdbRow *vtep_own_port (const OvsdbRow *physical_switch, const char *port_name);

G_END_DECLS
