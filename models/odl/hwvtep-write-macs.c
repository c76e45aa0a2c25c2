/* Rows of remote MACs: flood lists and addresses. */
#include "models/odl/core.h"
#include "models/odl/hwvtep-writer.h"
#include "ovsdb/build.h"

#include <string.h>

static gboolean
mac_equal (const OdlWriter *writer, const char *a, const char *b)
{
  /* Keys of the model are texts. */
  if (odl_has_bug (writer->hwvtep->odl, ODL_BUG_DUP_CASE))
    return strcmp (a, b) == 0;
  return g_ascii_strcasecmp (a, b) == 0;
}

/* The first row of the address and switch in a remote table. */
static const OvsdbRow *
find_mac (const OdlWriter *writer, const char *table_name, const char *mac, const char *logical_switch)
{
  const OvsdbTable *table = ovsdb_database_table (writer->replica, table_name);

  for (const OvsdbRow *row = ovsdb_table_first (table); row; row = ovsdb_table_next (row))
    {
      const OvsdbRow *its_switch = ovsdb_row_ref (row, "logical_switch");
      const char *its_mac = ovsdb_row_text (row, "MAC");

      if (its_switch && its_mac && mac_equal (writer, its_mac, mac)
          && g_strcmp0 (ovsdb_row_text (its_switch, "name"), logical_switch) == 0)
        return row;
    }
  return NULL;
}

static gboolean
locators_equal (const GArray *wanted, const OvsdbRow *row)
{
  const OvsdbRow *set = ovsdb_row_ref (row, "locator_set");
  guint n = set ? ovsdb_row_get (set, "locators")->n : 0;

  if (n != wanted->len)
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      const OvsdbRow *locator = ovsdb_row_ref_at (set, "locators", i);
      const char *text = locator ? ovsdb_row_text (locator, "dst_ip") : NULL;
      gboolean found = FALSE;
      NetIpv4 ip;

      for (guint j = 0; text && net_ipv4_from_text (text, &ip) && j < wanted->len; j++)
        found |= g_array_index (wanted, NetIpv4, j) == ip;
      if (!found)
        return FALSE;
    }
  return TRUE;
}

/* A changed list is a new set: sets cannot be edited. */
void
odl_writer_flood (OdlWriter *writer, const char *logical_switch)
{
  const OdlFloodConfig *config = odl_registry_find (&writer->hwvtep->floods, logical_switch);
  const OvsdbRow *row = find_mac (writer, "Mcast_Macs_Remote", ODL_UNKNOWN_DST, logical_switch);
  g_autofree char *named = NULL;
  json_t *locators, *columns, *ref;

  /* The model's type for addresses does not admit the word, and the row is given up with an exception. */
  if (odl_has_bug (writer->hwvtep->odl, ODL_BUG_UNKNOWN_DST_YANG))
    return;
  /* A row whose set would be empty is not sent at all: an older one stays as it is. */
  if (!config || config->locators->len == 0 || (row && locators_equal (config->locators, row)))
    return;
  ref = odl_writer_switch_ref (writer, logical_switch);
  if (!ref)
    {
      odl_registry_put (&writer->waiting->floods, logical_switch, ODL_PRESENT);
      return;
    }
  locators = json_array ();
  for (guint i = 0; i < config->locators->len; i++)
    json_array_append_new (locators,
                           odl_writer_locator_ref (writer, g_array_index (config->locators, NetIpv4, i)));
  named = g_strdup_printf ("LocatorSet_%u", writer->n_sets++);
  odl_writer_add (writer, ovsdb_op_insert ("Physical_Locator_Set", named,
                                           json_pack ("{s:o}", "locators", ovsdb_json_set (locators))));
  columns = json_pack ("{s:o}", "locator_set", ovsdb_json_named_uuid (named));
  if (row)
    {
      json_decref (ref);
      odl_writer_add (
          writer, ovsdb_op_update ("Mcast_Macs_Remote", ovsdb_where_uuid (ovsdb_row_uuid (row)), columns));
      return;
    }
  json_object_set_new (columns, "MAC", json_string (ODL_UNKNOWN_DST));
  json_object_set_new (columns, "logical_switch", ref);
  json_object_set_new (columns, "ipaddr", json_string (""));
  odl_writer_add (writer, ovsdb_op_insert ("Mcast_Macs_Remote", NULL, columns));
}

void
odl_writer_remove_flood (OdlWriter *writer, const char *logical_switch)
{
  const OvsdbRow *row = find_mac (writer, "Mcast_Macs_Remote", ODL_UNKNOWN_DST, logical_switch);

  if (row && !odl_registry_find (&writer->hwvtep->floods, logical_switch))
    odl_writer_add (writer, ovsdb_op_delete ("Mcast_Macs_Remote", ovsdb_where_uuid (ovsdb_row_uuid (row))));
}

static gboolean
locator_is (const OvsdbRow *row, NetIpv4 wanted)
{
  const OvsdbRow *locator = ovsdb_row_ref (row, "locator");
  const char *text = locator ? ovsdb_row_text (locator, "dst_ip") : NULL;
  NetIpv4 ip;

  return text && net_ipv4_from_text (text, &ip) && ip == wanted;
}

void
odl_writer_ucast (OdlWriter *writer, const char *key)
{
  const OdlUcastConfig *config = odl_registry_find (&writer->hwvtep->ucasts, key);
  const OvsdbRow *row;
  json_t *ref, *columns;

  if (!config)
    return;
  row = find_mac (writer, "Ucast_Macs_Remote", config->mac, config->logical_switch);
  if (odl_has_bug (writer->hwvtep->odl, ODL_BUG_DUP_UCAST)) /* nobody looks for the row: it must be new */
    row = NULL;
  if (row && locator_is (row, config->locator))
    return;
  /* A row that is there is as good as any, wherever it points. */
  if (row && odl_has_bug (writer->hwvtep->odl, ODL_BUG_MIGRATE_ROWS))
    return;
  ref = odl_writer_switch_ref (writer, config->logical_switch);
  if (!ref)
    {
      odl_registry_put (&writer->waiting->ucasts, key, ODL_PRESENT);
      return;
    }
  columns = json_pack ("{s:o}", "locator", odl_writer_locator_ref (writer, config->locator));
  if (row)
    {
      json_decref (ref);
      odl_writer_add (
          writer, ovsdb_op_update ("Ucast_Macs_Remote", ovsdb_where_uuid (ovsdb_row_uuid (row)), columns));
      return;
    }
  json_object_set_new (columns, "MAC", json_string (config->mac));
  json_object_set_new (columns, "logical_switch", ref);
  json_object_set_new (columns, "ipaddr", json_string (""));
  odl_writer_add (writer, ovsdb_op_insert ("Ucast_Macs_Remote", NULL, columns));
}

void
odl_writer_remove_ucast (OdlWriter *writer, const char *key)
{
  g_auto (GStrv) words = g_strsplit (key, " ", 2);
  const OvsdbRow *row = find_mac (writer, "Ucast_Macs_Remote", words[1], words[0]);

  if (row && !odl_registry_find (&writer->hwvtep->ucasts, key))
    odl_writer_add (writer, ovsdb_op_delete ("Ucast_Macs_Remote", ovsdb_where_uuid (ovsdb_row_uuid (row))));
}
