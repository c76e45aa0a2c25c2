/* Transactions on a TOR's own database, as vtep-ctl makes them, and restarts. */
#include "lab/device.h"

#include "lab/identity.h"
#include "ovsdb/build.h"
#include "ovsdb/database.h"

/* Takes the operations. */
static char *
execute (LabNet *net, guint tor, json_t *operations)
{
  g_autoptr (GError) error = NULL;

  if (ovsdb_database_execute (tor_database (net->tors[tor]), operations, &error))
    return NULL;
  return g_strdup_printf ("the database of %s refused: %s", tor_node (net->tors[tor])->name, error->message);
}

static const OvsdbRow *
switch_row (LabNet *net, guint tor)
{
  return ovsdb_table_first (ovsdb_database_table (tor_database (net->tors[tor]), "Physical_Switch"));
}

static const OvsdbRow *
port_row (LabNet *net, guint tor, const char *name)
{
  return ovsdb_table_find_text (ovsdb_database_table (tor_database (net->tors[tor]), "Physical_Port"), "name",
                                name);
}

/* `vtep-ctl bind-ls`; the logical switch has to be there, under its network's id. */
static char *
bind (LabNet *net, const LabAction *action)
{
  const LabNetwork *network = net->scenario->networks->pdata[action->network];
  g_autofree char *object = g_strdup_printf ("network/%s", network->name);
  const OvsdbRow *port = port_row (net, action->node, action->port_at.port), *logical_switch;
  char uuid[LAB_UUID_TEXT];

  lab_identity_uuid (net->scenario, object, uuid);
  logical_switch = ovsdb_table_find_text (
      ovsdb_database_table (tor_database (net->tors[action->node]), "Logical_Switch"), "name", uuid);
  if (!port || !logical_switch)
    return g_strdup_printf ("%s has no %s to bind", action->port_at.tor,
                            port ? "logical switch of that network" : "port of that name");
  return execute (
      net, action->node,
      json_pack ("[o]", ovsdb_op_mutate ("Physical_Port", ovsdb_where_uuid (ovsdb_row_uuid (port)),
                                         "vlan_bindings", "insert",
                                         json_pack ("[s, [[i, o]]]", "map", (int) action->vlan,
                                                    ovsdb_json_uuid (ovsdb_row_uuid (logical_switch))))));
}

/* The row goes when the switch does not refer to it any more. */
static char *
remove_port (LabNet *net, const LabAction *action)
{
  const OvsdbRow *port = port_row (net, action->node, action->port_at.port);

  if (!port)
    return g_strdup_printf ("%s has no port %s to remove", action->port_at.tor, action->port_at.port);
  return execute (
      net, action->node,
      json_pack ("[o]", ovsdb_op_mutate ("Physical_Switch",
                                         ovsdb_where_uuid (ovsdb_row_uuid (switch_row (net, action->node))),
                                         "ports", "delete", ovsdb_json_uuid (ovsdb_row_uuid (port)))));
}

static char *
insert_port (LabNet *net, const LabAction *action)
{
  return execute (
      net, action->node,
      json_pack ("[o, o]",
                 ovsdb_op_insert ("Physical_Port", "port", json_pack ("{s:s}", "name", action->port_at.port)),
                 ovsdb_op_mutate ("Physical_Switch",
                                  ovsdb_where_uuid (ovsdb_row_uuid (switch_row (net, action->node))), "ports",
                                  "insert", ovsdb_json_named_uuid ("port"))));
}

char *
lab_device_act (LabNet *net, const LabAction *action)
{
  switch ((guint) action->kind)
    {
    case LAB_ACTION_BIND:
      return bind (net, action);
    case LAB_ACTION_REMOVE_PORT:
      return remove_port (net, action);
    case LAB_ACTION_INSERT_PORT:
      return insert_port (net, action);
    case LAB_ACTION_TRANSACT:
      return execute (net, action->node, json_incref (action->operations));
    case LAB_ACTION_STOP_EMULATOR:
      tor_stop_emulator (net->tors[action->node]);
      return NULL;
    case LAB_ACTION_START_EMULATOR:
      tor_start_emulator (net->tors[action->node]);
      return NULL;
    case LAB_ACTION_RESTART_SERVER:
      tor_restart_server (net->tors[action->node]);
      return NULL;
    case LAB_ACTION_RESTART_SWITCH:
      ovs_node_restart (net->computes[action->node]);
      return NULL;
    default:
      g_assert_not_reached ();
    }
}
