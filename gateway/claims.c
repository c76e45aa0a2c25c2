/* A balanced tree a VNI, so that sixty thousand switches may ask for one. */
#include "gateway/claims.h"

static gint
compare_names (gconstpointer a, gconstpointer b, gpointer user)
{
  (void) user;
  return strcmp (((const VtepSwitch *) a)->name, ((const VtepSwitch *) b)->name);
}

void
vtep_claims_init (VtepClaims *claims)
{
  claims->by_vni = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_sequence_free);
  claims->n = 0;
}

void
vtep_claims_clear (VtepClaims *claims)
{
  g_clear_pointer (&claims->by_vni, g_hash_table_unref);
}

static GSequence *
find (const VtepClaims *claims, guint32 vni)
{
  return g_hash_table_lookup (claims->by_vni, GUINT_TO_POINTER (vni));
}

void
vtep_claims_add (VtepClaims *claims, VtepSwitch *logical_switch)
{
  GSequence *askers = find (claims, logical_switch->tunnel_key);

  if (logical_switch->tunnel_key == VTEP_VNI_NONE)
    return;
  if (!askers)
    {
      askers = g_sequence_new (NULL);
      g_hash_table_insert (claims->by_vni, GUINT_TO_POINTER (logical_switch->tunnel_key), askers);
    }
  g_sequence_insert_sorted (askers, logical_switch, compare_names, NULL);
  claims->n++;
}

void
vtep_claims_remove (VtepClaims *claims, VtepSwitch *logical_switch)
{
  GSequence *askers = find (claims, logical_switch->tunnel_key);

  if (!askers)
    return;
  g_sequence_remove (g_sequence_lookup (askers, logical_switch, compare_names, NULL));
  claims->n--;
  if (g_sequence_is_empty (askers))
    g_hash_table_remove (claims->by_vni, GUINT_TO_POINTER (logical_switch->tunnel_key));
}

VtepSwitch *
vtep_claims_winner (const VtepClaims *claims, guint32 vni)
{
  GSequence *askers = find (claims, vni);
  return askers ? g_sequence_get (g_sequence_get_begin_iter (askers)) : NULL;
}

guint
vtep_claims_n_losers (const VtepClaims *claims)
{
  return claims->n - g_hash_table_size (claims->by_vni);
}
