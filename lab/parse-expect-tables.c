/* Expectations of tables: rows of a TOR's database, and what it or a switch has learned. */
#include "lab/parse.h"

#include <string.h>

#include "ovsdb/schema.h"

static const char *const row_keys[] = { "row", "at-least", "at-most", "exactly", "none", NULL };
static const char *const mac_keys[] = { "mac", "none", NULL };
static const char *const mac_inner_keys[] = { "on", "vm", "network", "port", NULL };

/* ---- rows ---------------------------------------------------------------------------------------------------- */

static OvsdbSchema *
hardware_vtep (void)
{
  gsize length;
  const char *text = ovsdb_schema_hardware_vtep (&length);
  return ovsdb_schema_parse (text, length, NULL);
}

static void
refuse_name (LabProblems *problems, const LabYaml *at, const char *what, const char *name, GPtrArray *names)
{
  g_autofree char *hint = NULL;

  g_ptr_array_add (names, NULL);
  hint = lab_problem_hint (name, (const char *const *) names->pdata);
  lab_problem (problems, at, "%s '%s'%s", what, name, hint);
}

static const OvsdbTableSchema *
find_table (const OvsdbSchema *schema, LabProblems *problems, const LabYaml *at, const char *name)
{
  const OvsdbTableSchema *table = ovsdb_schema_table (schema, name);
  g_autoptr (GPtrArray) names = NULL;

  if (table)
    return table;
  names = g_ptr_array_new ();
  for (guint i = 0; i < schema->n_tables; i++)
    g_ptr_array_add (names, schema->tables[i]->name);
  refuse_name (problems, at, "hardware_vtep has no table", name, names);
  return NULL;
}

static void
check_column (const OvsdbTableSchema *table, LabProblems *problems, const LabYaml *key)
{
  g_autofree char *what = NULL;
  g_autoptr (GPtrArray) names = NULL;

  if (ovsdb_table_schema_column (table, key->text))
    return;
  what = g_strdup_printf ("%s has no column", table->name);
  names = g_ptr_array_new ();
  for (guint i = OVSDB_N_STANDARD; i < table->n_columns; i++)
    g_ptr_array_add (names, table->columns[i]->name);
  refuse_name (problems, key, what, key->text, names);
}

/* The first pair is TOR and table. */
static void
parse_row_table (LabScenario *s, LabExpect *expect, LabProblems *problems, const LabYaml *map)
{
  const LabYaml *key = lab_yaml_key (map, 0);
  const char *table = lab_read_scalar (problems, lab_yaml_item (map, 0), key->text);

  if (!table || !lab_parse_node_ref (s, problems, key, key->text))
    return;
  expect->node = g_strdup (key->text);
  expect->table = g_strdup (table);
  if (lab_scenario_find_node (s, key->text)->kind != LAB_NODE_TOR)
    lab_problem (problems, key, "'%s' is no TOR, so it has no hardware_vtep database", key->text);
}

void
lab_parse_row_expect (LabScenario *s, LabExpect *expect, LabReader *reader)
{
  const LabYaml *map = lab_yaml_get (reader->map, "row");
  g_autoptr (OvsdbSchema) schema = NULL;
  const OvsdbTableSchema *table = NULL;

  lab_read_map (reader, row_keys);
  lab_parse_counts (expect, reader);
  if (map->kind != LAB_YAML_MAP || lab_yaml_n (map) == 0)
    {
      lab_problem (reader->problems, map,
                   "row must be a TOR with a table, then columns, as { tor1: Ucast_Macs_Local, MAC: vm2 }");
      return;
    }
  parse_row_table (s, expect, reader->problems, map);
  if (expect->table)
    {
      schema = hardware_vtep ();
      table = find_table (schema, reader->problems, lab_yaml_item (map, 0), expect->table);
    }
  for (guint i = 1; i < lab_yaml_n (map); i++)
    {
      const LabYaml *key = lab_yaml_key (map, i);
      const char *value = lab_read_scalar (reader->problems, lab_yaml_item (map, i), key->text);
      LabCell cell = { g_strdup (key->text), g_strdup (value) };

      g_array_append_val (expect->cells, cell);
      if (table)
        check_column (table, reader->problems, key);
    }
}

/* ---- MAC tables ---------------------------------------------------------------------------------------------- */

/* A TOR's place is a port, or a port and a VLAN: "em3/2901".  A switch gets its ports from its cables. */
static gboolean
check_mac_port (LabReader *reader, const LabNode *node, const char *text)
{
  const char *slash = strchr (text, '/');
  g_autofree char *port = slash ? g_strndup (text, (gsize) (slash - text)) : g_strdup (text);
  guint64 vlan;

  if (node->kind != LAB_NODE_TOR)
    return TRUE;
  if (g_ptr_array_find_with_equal_func (node->ports, port, g_str_equal, NULL)
      && (!slash || g_ascii_string_to_unsigned (slash + 1, 10, 0, 4094, &vlan, NULL)))
    return TRUE;
  lab_problem (
      reader->problems, lab_yaml_get (reader->map, "port"),
      "'%s' is no place of '%s'; write one of its ports, and a VLAN behind it if you like, as %s/2901", text,
      node->name, node->ports->len > 0 ? (const char *) node->ports->pdata[0] : "em3");
  return FALSE;
}

void
lab_parse_mac_expect (LabScenario *s, LabExpect *expect, LabReader *outer_reader)
{
  LabReader reader = { outer_reader->problems, lab_yaml_get (outer_reader->map, "mac"), "mac" };
  gboolean none = FALSE;
  const char *text, *on, *vm;

  expect->vm = G_MAXUINT;
  lab_read_map (outer_reader, mac_keys);
  if (!lab_read_map (&reader, mac_inner_keys))
    return;
  if (lab_read_require (&reader, "on") && lab_read_text (&reader, "on", &on)
      && lab_parse_node_ref (s, reader.problems, lab_yaml_get (reader.map, "on"), on))
    {
      LabNodeKind kind = lab_scenario_find_node (s, on)->kind;
      expect->node = g_strdup (on);
      if (kind != LAB_NODE_TOR && kind != LAB_NODE_SWITCH)
        lab_problem (reader.problems, lab_yaml_get (reader.map, "on"),
                     "'%s' learns no MACs; name a TOR or a switch", on);
    }
  if (lab_read_require (&reader, "vm") && lab_read_text (&reader, "vm", &vm))
    expect->vm = lab_parse_vm_ref (s, reader.problems, lab_yaml_get (reader.map, "vm"), vm);
  if (lab_read_text (&reader, "network", &text))
    expect->network = lab_parse_network_ref (s, reader.problems, lab_yaml_get (reader.map, "network"), text);
  if (lab_read_text (&reader, "port", &text) && expect->node
      && check_mac_port (&reader, lab_scenario_find_node (s, expect->node), text))
    expect->port = g_strdup (text);
  lab_read_boolean (outer_reader, "none", &none);
  expect->at_least = none ? 0 : 1;
  expect->at_most = none ? 0 : G_MAXUINT64;
}
