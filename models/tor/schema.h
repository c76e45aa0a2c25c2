/* The hardware_vtep schema as switches of other years have it. */
#pragma once

#include "ovsdb/schema.h"

G_BEGIN_DECLS

/* "1.3.0", "1.4.1" and "1.7.0", the versions that Open vSwitch was shipped with; ends with NULL. */
extern const char *const tor_schema_versions[];

/* The schema of one of these. */
OvsdbSchema *tor_schema_new (const char *version);

G_END_DECLS
