/* The table behind openflow_field(); for this library. */
#pragma once

#include "openflow/field.h"

/* A header that a field does not have: no OXM, or no NXM form. */
#define OPENFLOW_NO_HEADER 0xffffffffu

extern const OpenflowField openflow_fields_table[OPENFLOW_N_FIELDS];
