/* A list keeps its place in memory while its row lives, so that bindings need not change when its entries do. */
#include "gateway/acl-rows.h"

#include "gateway/acl-entry.h"
#include "gateway/own-rows.h"
#include "gateway/refs.h"

typedef struct
{
  VtepAcl *acl;
  gboolean valid;
} List;

struct _VtepAclRows
{
  VtepAgentConfig config;
  const OvsdbTable *acls, *entries, *ports, *switches;
  const OvsdbColumn *column; /* acl_bindings */
  GArray *applied;           /* of Applied, by port */
  GHashTable *lists;         /* uuid → List; only looked up, never walked */
};

typedef struct
{
  OvsdbDatum value;
  gboolean invalid; /* not all of it is served */
} Applied;

static void
list_free (gpointer list)
{
  vtep_acl_free (((List *) list)->acl);
  g_free (list);
}

VtepAclRows *
vtep_acl_rows_new (const VtepAgentConfig *config)
{
  VtepAclRows *rows = g_new0 (VtepAclRows, 1);

  rows->config = *config;
  rows->acls = ovsdb_database_table (config->database, "ACL");
  rows->entries = ovsdb_database_table (config->database, "ACL_entry");
  rows->ports = ovsdb_database_table (config->database, "Physical_Port");
  rows->switches = ovsdb_database_table (config->database, "Physical_Switch");
  rows->column = ovsdb_table_schema_column (ovsdb_table_schema (rows->ports), "acl_bindings");
  rows->applied = g_array_new (FALSE, FALSE, sizeof (Applied));
  rows->lists = g_hash_table_new_full (vtep_uuid_hash, vtep_uuid_equal, g_free, list_free);
  return rows;
}

void
vtep_acl_rows_free (VtepAclRows *rows)
{
  if (!rows)
    return;
  for (guint i = 0; i < rows->applied->len; i++)
    ovsdb_datum_clear (&g_array_index (rows->applied, Applied, i).value, &rows->column->type);
  g_array_unref (rows->applied);
  g_hash_table_unref (rows->lists);
  g_free (rows);
}

const VtepAcl *
vtep_acl_rows_find (const VtepAclRows *rows, const OvsdbUuid *uuid, gboolean *valid)
{
  const List *list = g_hash_table_lookup (rows->lists, uuid);

  *valid = list && list->valid;
  return list ? list->acl : NULL;
}

/* ---- lists ----------------------------------------------------------------------------------------------------- */

static List *
ensure (VtepAclRows *rows, const OvsdbRow *row)
{
  List *list = g_hash_table_lookup (rows->lists, ovsdb_row_uuid (row));

  if (list)
    return list;
  list = g_new0 (List, 1);
  list->acl = vtep_acl_new ("");
  g_hash_table_insert (rows->lists, g_memdup2 (ovsdb_row_uuid (row), sizeof (OvsdbUuid)), list);
  return list;
}

static void
read_list (VtepAclRows *rows, const OvsdbRow *row)
{
  g_autoptr (GArray) entries = g_array_new (FALSE, FALSE, sizeof (VtepAclEntry));
  guint n = ovsdb_row_get (row, "acl_entries")->n;
  List *list = ensure (rows, row);

  list->valid = TRUE;
  for (guint i = 0; i < n; i++)
    {
      VtepAclEntry entry;
      gboolean good = vtep_acl_entry_read (ovsdb_row_ref_at (row, "acl_entries", i), &entry);

      if (good)
        g_array_append_val (entries, entry);
      list->valid &= good;
    }
  vtep_acl_set (list->acl, (const VtepAclEntry *) (gconstpointer) entries->data, entries->len);
  vtep_acl_rename (list->acl, ovsdb_row_text (row, "acl_name"));
  vtep_faults_set (rows->config.faults, row, VTEP_FAULT_FROM_ACLS,
                   list->valid ? 0 : VTEP_FAULT (INVALID_ACL));
}

static gboolean
refers_to_changed (const VtepAclRows *rows, const OvsdbRow *row, const OvsdbChange *changes, guint n_changes)
{
  const OvsdbDatum *references = ovsdb_row_get (row, "acl_entries");

  for (guint i = 0; i < n_changes; i++)
    if (changes[i].table == rows->entries
        && ovsdb_datum_find (references, &(OvsdbAtom){ .uuid = changes[i].uuid }, OVSDB_UUID) >= 0)
      return TRUE;
  return FALSE;
}

/* Whether a row can be served does not depend on who refers to it. */
static void
judge_entry (const VtepAclRows *rows, const OvsdbRow *row)
{
  VtepAclEntry entry;

  vtep_faults_set (rows->config.faults, row, VTEP_FAULT_FROM_ACLS,
                   vtep_acl_entry_read (row, &entry) ? 0 : VTEP_FAULT (INVALID_ACL_ENTRY));
}

/* Reads the lists that changed, themselves or in an entry.  TRUE: there were any. */
static gboolean
read_changed_lists (VtepAclRows *rows, const OvsdbChange *changes, guint n_changes)
{
  gboolean entries_changed = FALSE, any = FALSE;

  for (guint i = 0; i < n_changes; i++)
    if (changes[i].table == rows->acls && changes[i].after && vtep_faults_change_matters (&changes[i]))
      {
        read_list (rows, changes[i].after);
        any = TRUE;
      }
    else if (changes[i].table == rows->entries && changes[i].after
             && vtep_faults_change_matters (&changes[i]))
      {
        judge_entry (rows, changes[i].after);
        entries_changed |= changes[i].before != NULL;
      }
  if (!entries_changed)
    return any;
  for (const OvsdbRow *row = ovsdb_table_first (rows->acls); row; row = ovsdb_table_next (row))
    if (refers_to_changed (rows, row, changes, n_changes))
      read_list (rows, row);
  return TRUE;
}

/* ---- bindings of ports ----------------------------------------------------------------------------------------- */

/* FALSE: some list among the bindings is not wholly served. */
static gboolean
bind_port (VtepAclRows *rows, VtepPort port, const OvsdbDatum *wanted)
{
  const OvsdbAtom *vlans = ovsdb_datum_keys (wanted), *lists = ovsdb_datum_values (wanted);
  VtepPortAcls *acls = vtep_tables_acls_writable (rows->config.tables);
  gboolean all = TRUE;
  guint k = 0;

  for (guint vlan = 0; vlan < VTEP_VLANS; vlan++)
    {
      const VtepAcl *acl = NULL;
      gboolean valid = TRUE;

      if (k < wanted->n && vlans[k].integer == vlan)
        {
          acl = vtep_acl_rows_find (rows, &lists[k++].uuid, &valid);
          valid &= vlan != VTEP_VLAN_RESERVED;
        }
      all &= valid;
      vtep_port_acls_bind (acls, port, (guint16) vlan, acl);
    }
  return all;
}

static void
follow_port (VtepAclRows *rows, VtepPort port, const OvsdbRow *row, gboolean lists_changed)
{
  static const OvsdbDatum none = { .n = 0, .is_map = TRUE };
  const OvsdbDatum *wanted = row ? ovsdb_row_datum (row, rows->column) : &none;
  Applied *applied = &g_array_index (rows->applied, Applied, port);

  if (!ovsdb_datum_equal (wanted, &applied->value, &rows->column->type) || (lists_changed && wanted->n > 0))
    {
      applied->invalid = !bind_port (rows, port, wanted);
      ovsdb_datum_clear (&applied->value, &rows->column->type);
      applied->value = ovsdb_datum_copy (wanted, &rows->column->type);
    }
  if (row)
    vtep_faults_set (rows->config.faults, row, VTEP_FAULT_FROM_ACLS,
                     applied->invalid ? VTEP_FAULT (INVALID_ACL_BINDING) : 0);
}

/* For ports that came since. */
static void
make_room (VtepAclRows *rows)
{
  static const Applied none = { .value.is_map = TRUE };

  while (rows->applied->len < rows->config.ports->n)
    g_array_append_val (rows->applied, none);
}

static void
follow_ports (VtepAclRows *rows, gboolean lists_changed)
{
  const VtepAgentConfig *config = &rows->config;
  const OvsdbRow *physical_switch = vtep_own_switch (config->database, config->switch_name);

  make_room (rows);
  for (guint i = 0; i < config->ports->n; i++)
    if (config->ports->names[i])
      follow_port (rows, (VtepPort) i, vtep_own_port (physical_switch, config->ports->names[i]),
                   lists_changed);
}

void
vtep_acl_rows_follow_ports (VtepAclRows *rows)
{
  follow_ports (rows, FALSE);
}

void
vtep_acl_rows_drop_port (VtepAclRows *rows, VtepPort port)
{
  make_room (rows);
  follow_port (rows, port, NULL, FALSE);
}

static gboolean
touches_bindings (const VtepAclRows *rows, const OvsdbChange *change)
{
  if (change->table == rows->switches)
    return ovsdb_change_touches (change, "ports") || ovsdb_change_touches (change, "name");
  return change->table == rows->ports
         && (ovsdb_change_touches (change, "acl_bindings") || ovsdb_change_touches (change, "name"));
}

gboolean
vtep_acl_rows_follow (VtepAclRows *rows, const OvsdbChange *changes, guint n_changes)
{
  gboolean lists_changed = read_changed_lists (rows, changes, n_changes), rebind = lists_changed;

  for (guint i = 0; i < n_changes; i++)
    rebind |= touches_bindings (rows, &changes[i]);
  if (rebind)
    follow_ports (rows, lists_changed);
  for (guint i = 0; i < n_changes; i++)
    if (changes[i].table == rows->acls && !changes[i].after)
      g_hash_table_remove (rows->lists, &changes[i].uuid);
  return lists_changed;
}
