/* Which fields a packet has: an action on a field that it lacks does nothing. */
#pragma once

#include "openflow/field.h"

G_BEGIN_DECLS

gboolean ovs_field_present (const OpenflowFields *fields, OpenflowFieldId field);

G_END_DECLS
