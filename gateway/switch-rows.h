/* Rows of Logical_Switch into the tables, and what of them cannot be served. */
#pragma once

#include "gateway/agent.h"
#include "gateway/refs.h"

G_BEGIN_DECLS

typedef struct _VtepSwitchRows VtepSwitchRows;

/* Borrows both. */
VtepSwitchRows *vtep_switch_rows_new (const VtepAgentConfig *config, VtepRefs *refs);
void vtep_switch_rows_free (VtepSwitchRows *rows);

/* A row was inserted or changed: before anything that refers to it is read. */
void vtep_switch_rows_put (VtepSwitchRows *rows, const OvsdbChange *change);
/* A row was deleted: after everything that referred to it is gone. */
void vtep_switch_rows_remove (VtepSwitchRows *rows, const OvsdbChange *change);
/* All changes of a commit have been told. */
void vtep_switch_rows_settle (VtepSwitchRows *rows);

G_END_DECLS
