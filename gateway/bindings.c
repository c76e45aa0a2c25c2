/* Compares a port's row with the tables VLAN by VLAN; the rows that were applied last are kept as datums, so that an
 * unchanged port costs one comparison. */
#include "gateway/bindings.h"

#include "gateway/explain.h"
#include "gateway/own-rows.h"

struct _VtepBindings
{
  VtepAgentConfig config;
  const VtepRefs *refs;
  const OvsdbColumn *column; /* vlan_bindings */
  OvsdbDatum *applied;       /* by port */
};

VtepBindings *
vtep_bindings_new (const VtepAgentConfig *config, const VtepRefs *refs)
{
  VtepBindings *bindings = g_new0 (VtepBindings, 1);
  const OvsdbTable *ports = ovsdb_database_table (config->database, "Physical_Port");

  bindings->config = *config;
  bindings->refs = refs;
  bindings->column = ovsdb_table_schema_column (ovsdb_table_schema (ports), "vlan_bindings");
  bindings->applied = g_new0 (OvsdbDatum, config->n_ports);
  for (guint i = 0; i < config->n_ports; i++)
    bindings->applied[i].is_map = TRUE;
  return bindings;
}

void
vtep_bindings_free (VtepBindings *bindings)
{
  if (!bindings)
    return;
  for (guint i = 0; i < bindings->config.n_ports; i++)
    ovsdb_datum_clear (&bindings->applied[i], &bindings->column->type);
  g_free (bindings->applied);
  g_free (bindings);
}

static void
tell (const VtepBindings *bindings, VtepPlace place, VtepSwitchId was, VtepSwitchId is)
{
  const VtepSwitch *logical_switch = vtep_tables_switch (bindings->config.tables, is);
  char key[VTEP_EXPLAIN_TEXT];
  g_autofree char *json = NULL;

  if (!bindings->config.world->detail)
    return;
  if (logical_switch)
    json = g_strdup_printf ("{\"logical_switch\":\"%s\"}", logical_switch->name);
  net_world_state (bindings->config.world,
                   &(NetState){ .table = "binding",
                                .op = !is   ? "remove"
                                      : was ? "change"
                                            : "add",
                                .key = vtep_explain_place (bindings->config.port_names, place, key),
                                .json = json });
}

static void
bind (VtepBindings *bindings, VtepPlace place, VtepSwitchId id)
{
  const VtepAgentConfig *config = &bindings->config;
  VtepSwitchId was = vtep_tables_bound (config->tables, place);

  if (was == id)
    return;
  if (was != VTEP_SWITCH_NONE)
    vtep_locals_place_gone (config->locals, place);
  vtep_tables_bind (config->tables, place, id);
  vtep_stats_changed (config->stats);
  if (was != VTEP_SWITCH_NONE)
    vtep_report_switch (config->report, was);
  if (id != VTEP_SWITCH_NONE)
    vtep_report_switch (config->report, id);
  tell (bindings, place, was, id);
}

/* `wanted` is the port's vlan_bindings, or empty. */
static void
follow_port (VtepBindings *bindings, VtepPort port, const OvsdbDatum *wanted)
{
  const OvsdbAtom *vlans = ovsdb_datum_keys (wanted), *switches = ovsdb_datum_values (wanted);
  guint k = 0;

  for (guint vlan = 0; vlan < VTEP_VLANS; vlan++)
    {
      VtepSwitchId id = VTEP_SWITCH_NONE;
      if (k < wanted->n && vlans[k].integer == vlan)
        id = vtep_refs_switch (bindings->refs, &switches[k++].uuid);
      bind (bindings, (VtepPlace){ .port = port, .vlan = (guint16) vlan }, id);
    }
}

void
vtep_bindings_follow (VtepBindings *bindings)
{
  static const OvsdbDatum none = { .n = 0, .is_map = TRUE };
  const OvsdbRow *physical_switch = vtep_own_switch (bindings->config.database, bindings->config.switch_name);
  const OvsdbType *type = &bindings->column->type;

  for (guint i = 0; i < bindings->config.n_ports; i++)
    {
      const OvsdbRow *row = vtep_own_port (physical_switch, bindings->config.port_names[i]);
      const OvsdbDatum *wanted = row ? ovsdb_row_datum (row, bindings->column) : &none;

      if (ovsdb_datum_equal (wanted, &bindings->applied[i], type))
        continue;
      follow_port (bindings, (VtepPort) i, wanted);
      ovsdb_datum_clear (&bindings->applied[i], type);
      bindings->applied[i] = ovsdb_datum_copy (wanted, type);
    }
}
