/* What the switch could not do as it was asked, in the fault columns of the rows that asked: set while it is so, cleared
 * when it is over.
 *
 * Level-triggered: each source says which faults of a row hold as far as it knows, as often as it likes; a row shows
 * the union.  Rows are written from a timer, and only where they differ. */
#pragma once

#include "net/world.h"
#include "ovsdb/database.h"

G_BEGIN_DECLS

typedef struct _VtepFaults VtepFaults;

/* The words of the schema hardware_vtep. */
#define VTEP_FAULTS(X)                                                                                       \
  X (MAC_TABLE_EXHAUSTION, "mac_table_exhaustion")                                                           \
  X (LR_SWITCH_BINDINGS, "lr_switch_bindings_fault")                                                         \
  X (LR_STATIC_ROUTES, "lr_static_routes_fault")                                                             \
  X (LR_CREATION, "lr_creation_fault")                                                                       \
  X (INVALID_VLAN_MAP, "invalid_vlan_map")                                                                   \
  X (INVALID_ACL_BINDING, "invalid_ACL_binding")                                                             \
  X (INVALID_ACL_ENTRY, "invalid_acl_entry")                                                                 \
  X (INVALID_ACL, "invalid_acl")                                                                             \
  X (RESOURCE_SHORTAGE, "resource_shortage")                                                                 \
  X (UNSPECIFIED, "unspecified_fault")

enum
{
#define VTEP_FAULT_BIT(id, word) VTEP_FAULT_BIT_##id,
  VTEP_FAULTS (VTEP_FAULT_BIT)
#undef VTEP_FAULT_BIT
};

/* A set of them is a sum. */
typedef guint32 VtepFaultSet;

#define VTEP_FAULT(id) ((VtepFaultSet) 1 << VTEP_FAULT_BIT_##id)

/* Who says so: each speaks for itself alone. */
typedef enum
{
  VTEP_FAULT_FROM_MACS,
  VTEP_FAULT_FROM_SWITCHES,
  VTEP_FAULT_FROM_BINDINGS,
  VTEP_FAULT_FROM_ACLS,
  VTEP_FAULT_FROM_ROUTERS,
  VTEP_FAULT_SOURCES
} VtepFaultSource;

VtepFaults *vtep_faults_new (NetWorld *world, OvsdbDatabase *database, const char *switch_name);
void vtep_faults_free (VtepFaults *faults);

/* What holds for a row of Physical_Port, Logical_Router, ACL or ACL_entry; 0: nothing. */
void vtep_faults_set (VtepFaults *faults, const OvsdbRow *row, VtepFaultSource source, VtepFaultSet set);
/* The same for the switch's own row, which need not be there yet. */
void vtep_faults_set_switch (VtepFaults *faults, VtepFaultSource source, VtepFaultSet set);

/* Whether anything but the row's fault column differs: what the switch itself writes is no change of what is asked of
 * it.  Of a row of one of the tables above. */
gboolean vtep_faults_change_matters (const OvsdbChange *change);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VtepFaults, vtep_faults_free)

G_END_DECLS
