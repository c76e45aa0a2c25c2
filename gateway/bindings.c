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
  GArray *applied;           /* of Applied, by port */
};

typedef struct
{
  OvsdbDatum value;
  gboolean invalid; /* it has a binding that cannot be served */
} Applied;

VtepBindings *
vtep_bindings_new (const VtepAgentConfig *config, const VtepRefs *refs)
{
  VtepBindings *bindings = g_new0 (VtepBindings, 1);
  const OvsdbTable *ports = ovsdb_database_table (config->database, "Physical_Port");

  bindings->config = *config;
  bindings->refs = refs;
  bindings->column = ovsdb_table_schema_column (ovsdb_table_schema (ports), "vlan_bindings");
  bindings->applied = g_array_new (FALSE, FALSE, sizeof (Applied));
  return bindings;
}

void
vtep_bindings_free (VtepBindings *bindings)
{
  if (!bindings)
    return;
  for (guint i = 0; i < bindings->applied->len; i++)
    ovsdb_datum_clear (&g_array_index (bindings->applied, Applied, i).value, &bindings->column->type);
  g_array_unref (bindings->applied);
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
                                .key = vtep_explain_place (bindings->config.ports->names, place, key),
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

/* `wanted` is the port's vlan_bindings, or empty.  FALSE: not all of it can be served. */
static gboolean
follow_port (VtepBindings *bindings, VtepPort port, const OvsdbDatum *wanted)
{
  const OvsdbAtom *vlans = ovsdb_datum_keys (wanted), *switches = ovsdb_datum_values (wanted);
  gboolean good = TRUE;
  guint k = 0;

  for (guint vlan = 0; vlan < VTEP_VLANS; vlan++)
    {
      VtepSwitchId id = VTEP_SWITCH_NONE;
      if (k < wanted->n && vlans[k].integer == vlan)
        {
          if (vlan != VTEP_VLAN_RESERVED)
            id = vtep_refs_switch (bindings->refs, &switches[k].uuid);
          good &= id != VTEP_SWITCH_NONE;
          k++;
        }
      bind (bindings, (VtepPlace){ .port = port, .vlan = (guint16) vlan }, id);
    }
  return good;
}

/* `row` is the port's, or NULL. */
static void
follow_row (VtepBindings *bindings, VtepPort port, const OvsdbRow *row)
{
  static const OvsdbDatum none = { .n = 0, .is_map = TRUE };
  const OvsdbType *type = &bindings->column->type;
  const OvsdbDatum *wanted = row ? ovsdb_row_datum (row, bindings->column) : &none;
  Applied *applied = &g_array_index (bindings->applied, Applied, port);

  if (!ovsdb_datum_equal (wanted, &applied->value, type))
    {
      applied->invalid = !follow_port (bindings, port, wanted);
      ovsdb_datum_clear (&applied->value, type);
      applied->value = ovsdb_datum_copy (wanted, type);
    }
  if (row)
    vtep_faults_set (bindings->config.faults, row, VTEP_FAULT_FROM_BINDINGS,
                     applied->invalid ? VTEP_FAULT (INVALID_VLAN_MAP) : 0);
}

/* For ports that came since. */
static void
make_room (VtepBindings *bindings)
{
  static const Applied none = { .value.is_map = TRUE };

  while (bindings->applied->len < bindings->config.ports->n)
    g_array_append_val (bindings->applied, none);
}

void
vtep_bindings_drop_port (VtepBindings *bindings, VtepPort port)
{
  make_room (bindings);
  follow_row (bindings, port, NULL);
}

void
vtep_bindings_follow (VtepBindings *bindings)
{
  const VtepAgentConfig *config = &bindings->config;
  const OvsdbRow *physical_switch = vtep_own_switch (config->database, config->switch_name);
  guint n = physical_switch ? ovsdb_row_get (physical_switch, "ports")->n : 0;
  g_autofree const OvsdbRow **rows = g_new0 (const OvsdbRow *, config->ports->n);

  make_room (bindings);
  for (guint i = 0; i < n; i++)
    {
      const OvsdbRow *row = ovsdb_row_ref_at (physical_switch, "ports", i);
      VtepPort port = vtep_access_ports_find (config->ports, ovsdb_row_text (row, "name"));
      if (port != VTEP_PORT_NO && !rows[port])
        rows[port] = row;
      else /* no port of ours, or a second row of its name: whatever it binds cannot be */
        vtep_faults_set (config->faults, row, VTEP_FAULT_FROM_BINDINGS,
                         ovsdb_row_datum (row, bindings->column)->n > 0 ? VTEP_FAULT (INVALID_VLAN_MAP) : 0);
    }
  for (guint i = 0; i < config->ports->n; i++)
    follow_row (bindings, (VtepPort) i, rows[i]);
}
