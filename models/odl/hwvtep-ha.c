/* HA pairs: which nodes are children of which parent, and how content goes down and reports go up. */
#include "models/odl/core.h"
#include "models/odl/hwvtep.h"
#include "models/odl/l2gw.h"

#include <string.h>

/* ---- who belongs to whom ------------------------------------------------------------------------------------- */

static const char *
find_ha_id (const OvsdbDatabase *replica)
{
  const OvsdbTable *table = ovsdb_database_table ((OvsdbDatabase *) replica, "Manager");

  for (const OvsdbRow *row = ovsdb_table_first (table); row; row = ovsdb_table_next (row))
    {
      const char *ha_id = ovsdb_row_map_text (row, "other_config", "ha_id");

      if (ha_id && *ha_id && g_strcmp0 (ovsdb_row_map_text (row, "other_config", "ha_enabled"), "true") == 0)
        return ha_id;
    }
  return NULL;
}

/* "hwvtep://uuid/" and a UUID made from the id: its MD5, marked as version 3 (RFC 9562 §5.3) without a name space. */
static char *
parent_node_id (const char *ha_id)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_MD5);
  guint8 b[16];
  gsize n = sizeof b;

  g_checksum_update (checksum, (const guchar *) ha_id, (gssize) strlen (ha_id));
  g_checksum_get_digest (checksum, b, &n);
  b[6] = (guint8) ((b[6] & 0x0f) | 0x30);
  b[8] = (guint8) ((b[8] & 0x3f) | 0x80);
  return g_strdup_printf (
      "hwvtep://uuid/%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1], b[2],
      b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
}

/* NULL when a node that is no parent has the id already: a TOR's, by its own UUID or by the operator's choice. */
static OdlHwvtep *
get_parent (Odl *odl, const char *ha_id)
{
  g_autofree char *node_id = parent_node_id (ha_id);
  OdlHwvtep *parent = odl_hwvtep_find (odl, node_id);

  if (!parent)
    {
      parent = odl_hwvtep_add (odl, node_id);
      parent->children = g_ptr_array_new ();
    }
  return parent->children ? parent : NULL;
}

OdlHwvtep *
odl_hwvtep_face (OdlHwvtep *hwvtep)
{
  return hwvtep->parent ? hwvtep->parent : hwvtep;
}

guint
odl_hwvtep_n_members (const OdlHwvtep *hwvtep)
{
  return hwvtep->children ? hwvtep->children->len : 1;
}

OdlHwvtep *
odl_hwvtep_member (OdlHwvtep *hwvtep, guint i)
{
  return hwvtep->children ? g_ptr_array_index (hwvtep->children, i) : hwvtep;
}

gboolean
odl_hwvtep_is_up (OdlHwvtep *hwvtep)
{
  for (guint i = 0; i < odl_hwvtep_n_members (hwvtep); i++)
    if (!odl_hwvtep_replica (odl_hwvtep_member (hwvtep, i)))
      return FALSE;
  return odl_hwvtep_n_members (hwvtep) > 0;
}

/* ---- down: what is wanted ------------------------------------------------------------------------------------ */

typedef void (*CopyFunc) (const OdlHwvtep *parent, const char *key, OdlHwvtep *child);

static void
copy_switch (const OdlHwvtep *parent, const char *key, OdlHwvtep *child)
{
  const OdlSwitchConfig *config = odl_registry_find (&parent->switches, key);

  if (config)
    odl_hwvtep_set_switch (child, key, config->vni);
  else
    odl_hwvtep_remove_switch (child, key);
}

static void
copy_port (const OdlHwvtep *parent, const char *key, OdlHwvtep *child)
{
  const OdlPortConfig *config = odl_registry_find (&parent->ports, key);

  if (config)
    odl_hwvtep_copy_port (child, config);
}

static void
copy_flood (const OdlHwvtep *parent, const char *key, OdlHwvtep *child)
{
  const OdlFloodConfig *config = odl_registry_find (&parent->floods, key);

  if (config)
    odl_hwvtep_set_flood (child, key, config->locators);
  else
    odl_hwvtep_remove_flood (child, key);
}

static void
copy_ucast (const OdlHwvtep *parent, const char *key, OdlHwvtep *child)
{
  const OdlUcastConfig *config = odl_registry_find (&parent->ucasts, key);

  if (config)
    odl_hwvtep_copy_ucast (child, config);
  else
    odl_hwvtep_remove_ucast_key (child, key);
}

static void
copy_each (const OdlHwvtep *parent, const OdlRegistry *touched, CopyFunc copy, OdlHwvtep *child)
{
  for (guint i = 0; i < odl_registry_n (touched); i++)
    copy (parent, odl_registry_key (touched, i), child);
}

/* A logical switch without a replication mode, for the TOR's schema has none: the copy of what is not there raises an
 * exception, and with it the rest of what was to be copied is lost. */
static gboolean
fails_for_mode (const OdlHwvtepBatch *batch, const OdlHwvtep *child)
{
  if (!odl_has_bug (child->odl, ODL_BUG_REPL_MODE_NULL) || odl_registry_n (&batch->switches) == 0
      || !odl_hwvtep_replica (child) || odl_hwvtep_has_replication_mode (child))
    return FALSE;
  net_world_log (child->odl->world, NET_LOG_ERROR, "hwvtep", "%s: the replication mode to be copied is null",
                 child->node_id);
  return TRUE;
}

static void
copy_batch (const OdlHwvtep *parent, const OdlHwvtepBatch *batch, OdlHwvtep *child)
{
  if (fails_for_mode (batch, child))
    return;
  copy_each (parent, &batch->switches, copy_switch, child);
  copy_each (parent, &batch->ports, copy_port, child);
  copy_each (parent, &batch->floods, copy_flood, child);
  copy_each (parent, &batch->ucasts, copy_ucast, child);
  if (batch->tunnels)
    odl_hwvtep_touch_tunnels (child);
}

void
odl_hwvtep_ha_copy (OdlHwvtep *parent)
{
  OdlHwvtepBatch *batch = g_steal_pointer (&parent->open);

  for (guint i = 0; i < parent->children->len; i++)
    {
      OdlHwvtep *child = g_ptr_array_index (parent->children, i);

      copy_batch (parent, batch, child);
      odl_hwvtep_commit (child);
    }
  odl_hwvtep_batch_free (batch);
}

/* ---- joining and leaving ------------------------------------------------------------------------------------- */

/* It is written by the reconciliation that follows. */
static void
copy_everything (OdlHwvtep *parent, OdlHwvtep *child)
{
  odl_hwvtep_config_clear (child);
  odl_hwvtep_config_init (child);
  odl_hwvtep_touch_everything (parent);
  copy_batch (parent, parent->open, child);
  g_clear_pointer (&parent->open, odl_hwvtep_batch_free);
  g_clear_pointer (&child->open, odl_hwvtep_batch_free);
}

gboolean
odl_hwvtep_ha_look (OdlHwvtep *hwvtep)
{
  const char *ha_id = hwvtep->parent ? NULL : find_ha_id (odl_hwvtep_replica (hwvtep));
  OdlHwvtep *parent = ha_id ? get_parent (hwvtep->odl, ha_id) : NULL;

  if (ha_id && !parent)
    net_world_log (hwvtep->odl->world, NET_LOG_WARNING, "hwvtep",
                   "%s is not of the pair '%s': another node has its parent's id", hwvtep->node_id, ha_id);
  if (!parent)
    return FALSE;
  odl_l2gw_node_forgotten (hwvtep->odl, hwvtep);
  hwvtep->parent = parent;
  g_ptr_array_add (hwvtep->parent->children, hwvtep);
  copy_everything (hwvtep->parent, hwvtep);
  return TRUE;
}

void
odl_hwvtep_ha_leave (OdlHwvtep *child)
{
  OdlHwvtep *parent = child->parent;

  if (!parent)
    return;
  child->parent = NULL;
  g_ptr_array_remove (parent->children, child);
  if (parent->children->len > 0)
    return;
  odl_l2gw_node_forgotten (child->odl, parent);
  odl_registry_remove (&child->odl->hwvteps, parent->node_id);
}

/* ---- up: what is reported ------------------------------------------------------------------------------------ */

static gboolean
has_local_mac (OvsdbDatabase *replica, const char *logical_switch, const NetMac *mac)
{
  const OvsdbTable *table = ovsdb_database_table (replica, "Ucast_Macs_Local");

  for (const OvsdbRow *row = ovsdb_table_first (table); row; row = ovsdb_table_next (row))
    {
      const char *its_switch;
      NetMac its_mac;

      if (odl_hwvtep_read_local_mac (row, &its_switch, &its_mac) && g_str_equal (its_switch, logical_switch)
          && net_mac_equal (&its_mac, mac))
        return TRUE;
    }
  return FALSE;
}

gboolean
odl_hwvtep_reports (OdlHwvtep *hwvtep, const char *logical_switch, const NetMac *mac)
{
  for (guint i = 0; i < odl_hwvtep_n_members (hwvtep); i++)
    {
      OvsdbDatabase *replica = odl_hwvtep_replica (odl_hwvtep_member (hwvtep, i));

      if (replica && has_local_mac (replica, logical_switch, mac))
        return TRUE;
    }
  return FALSE;
}
