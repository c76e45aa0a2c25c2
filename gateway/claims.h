/* Which logical switch has a VNI when several ask for it: the one whose name is lowest in byte order. */
#pragma once

#include "gateway/switch.h"

G_BEGIN_DECLS

typedef struct
{
  GHashTable *by_vni; /* VNI → GSequence of VtepSwitch, by name; only looked up, never walked */
  guint n;            /* switches that ask */
} VtepClaims;

void vtep_claims_init (VtepClaims *claims);
void vtep_claims_clear (VtepClaims *claims);

/* The switch asks for its tunnel_key, or not any more; both while key and name are what they were.  A key of
 * VTEP_VNI_NONE asks for nothing. */
void vtep_claims_add (VtepClaims *claims, VtepSwitch *logical_switch);
void vtep_claims_remove (VtepClaims *claims, VtepSwitch *logical_switch);

/* NULL: nobody asks for it. */
VtepSwitch *vtep_claims_winner (const VtepClaims *claims, guint32 vni);
/* How many ask in vain. */
guint vtep_claims_n_losers (const VtepClaims *claims);

G_END_DECLS
