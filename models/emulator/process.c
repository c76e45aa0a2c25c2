/* A turn: first ports and bindings, then each logical switch. */
#include "models/emulator/process.h"

#include "gateway/own-rows.h"
#include "models/emulator/rows.h"

struct _EmulatorProcess
{
  EmulatorProcessConfig config;
  EmulatorLife life;
  EmulatorBridge *bridge; /* the own one, named as the switch */
  GArray *devices;        /* of EmulatorDevice */
  GPtrArray *switches;    /* of EmulatorSwitch, in the order in which they were bound first */
  GPtrArray *bindings;    /* of EmulatorBinding */
  NetTimer turn;
  gboolean dead;
};

/* A binding that the database asks for. */
typedef struct
{
  char *name, *logical_switch;
} Wanted;

static void
clear_wanted (gpointer data)
{
  Wanted *wanted = data;
  g_free (wanted->name);
  g_free (wanted->logical_switch);
}

static void
clear_device (gpointer data)
{
  g_free (((EmulatorDevice *) data)->name);
}

static void
tell (const EmulatorProcess *process, const char *op)
{
  net_world_state (process->config.world, &(NetState){ .table = "program", .op = op, .key = "ovs-vtep" });
}

static void
die (EmulatorProcess *process, const char *why)
{
  net_world_log (process->config.world, NET_LOG_ERROR, "emulator", "ended: %s", why);
  tell (process, "died");
  process->dead = TRUE;
}

/* ---- bindings ------------------------------------------------------------------------------------------------ */

/* Port by port, by rising VLAN. */
static GArray *
wanted_bindings (const EmulatorProcess *process)
{
  const OvsdbRow *own = vtep_own_switch (process->config.database, process->config.switch_name);
  GArray *all = g_array_new (FALSE, FALSE, sizeof (Wanted));

  g_array_set_clear_func (all, clear_wanted);
  for (guint i = 0; i < process->config.n_ports; i++)
    {
      const OvsdbRow *port = vtep_own_port (own, process->config.port_names[i]);
      const OvsdbDatum *bindings = port ? ovsdb_row_get (port, "vlan_bindings") : NULL;
      for (guint k = 0; bindings && k < bindings->n; k++)
        {
          const OvsdbRow *ls = ovsdb_row_ref_at (port, "vlan_bindings", k);
          Wanted wanted = { 0 };
          if (!ls)
            continue;
          wanted.name = emulator_binding_name ((guint) ovsdb_datum_keys (bindings)[k].integer,
                                               process->config.port_names[i]);
          wanted.logical_switch = g_strdup (ovsdb_row_text (ls, "name"));
          g_array_append_val (all, wanted);
        }
    }
  return all;
}

static EmulatorSwitch *
find_switch (const EmulatorProcess *process, const char *name)
{
  for (guint i = 0; i < process->switches->len; i++)
    if (strcmp (emulator_switch_name (process->switches->pdata[i]), name) == 0)
      return process->switches->pdata[i];
  return NULL;
}

static EmulatorBinding *
find_binding (const EmulatorProcess *process, const char *name)
{
  for (guint i = 0; i < process->bindings->len; i++)
    if (strcmp (((EmulatorBinding *) process->bindings->pdata[i])->name, name) == 0)
      return process->bindings->pdata[i];
  return NULL;
}

static const EmulatorDevice *
find_device (const EmulatorProcess *process, const char *name)
{
  for (guint i = 0; i < process->devices->len; i++)
    if (strcmp (g_array_index (process->devices, EmulatorDevice, i).name, name) == 0)
      return &g_array_index (process->devices, EmulatorDevice, i);
  return NULL;
}

static void
remove_binding (EmulatorProcess *process, EmulatorBinding *binding)
{
  g_ptr_array_remove (process->bindings, binding);
  emulator_binding_remove (&process->life, binding);
}

static void
add_binding (EmulatorProcess *process, const Wanted *wanted)
{
  g_autofree char *vlan = NULL, *name = NULL;
  const EmulatorDevice *device;
  EmulatorSwitch *ls;

  if (!emulator_binding_split (&process->life, wanted->name, &vlan, &name))
    {
      g_autofree char *why = g_strdup_printf ("too many values in the binding '%s'", wanted->name);
      die (process, why);
      return;
    }
  device = find_device (process, name);
  ls = find_switch (process, wanted->logical_switch);
  if (!ls)
    {
      ls = emulator_switch_new (&process->life, wanted->logical_switch);
      g_ptr_array_add (process->switches, ls);
    }
  if (device)
    g_ptr_array_add (process->bindings, emulator_binding_new (&process->life, process->bridge, device,
                                                              (guint) g_ascii_strtoull (vlan, NULL, 10), ls));
}

static gboolean
is_wanted (const GArray *wanted, const EmulatorBinding *binding)
{
  for (guint i = 0; i < wanted->len; i++)
    if (strcmp (g_array_index (wanted, Wanted, i).name, binding->name) == 0)
      return TRUE;
  return FALSE;
}

/* The last binding takes its logical switch along. */
static void
remove_unbound (EmulatorProcess *process)
{
  for (guint i = process->switches->len; i-- > 0;)
    {
      EmulatorSwitch *ls = process->switches->pdata[i];
      if (emulator_switch_n_ports (ls) > 0)
        continue;
      g_ptr_array_remove_index (process->switches, i);
      emulator_switch_remove (ls);
    }
}

static void
follow_bindings (EmulatorProcess *process)
{
  g_autoptr (GArray) wanted = wanted_bindings (process);

  for (guint i = 0; i < wanted->len && !process->dead; i++)
    {
      const Wanted *one = &g_array_index (wanted, Wanted, i);
      EmulatorBinding *binding = find_binding (process, one->name);
      if (binding && strcmp (emulator_switch_name (binding->ls), one->logical_switch) == 0)
        continue;
      if (binding)
        remove_binding (process, binding);
      add_binding (process, one);
    }
  if (process->dead)
    return;
  for (guint i = process->bindings->len; i-- > 0;)
    if (!is_wanted (wanted, process->bindings->pdata[i]))
      remove_binding (process, process->bindings->pdata[i]);
  remove_unbound (process);
}

/* ---- the loop ------------------------------------------------------------------------------------------------ */

static void
turn (NetTimer *timer, gint64 now_ns)
{
  EmulatorProcess *process = timer->owner;

  follow_bindings (process);
  for (guint i = 0; i < process->switches->len && !process->dead; i++)
    emulator_switch_run (process->switches->pdata[i]);
  if (!process->dead)
    net_world_timer_set (process->config.world, timer, now_ns + EMULATOR_TURN_NS);
}

/* ---- life ---------------------------------------------------------------------------------------------------- */

/* The own bridge with its ports, and nothing of an earlier life. */
static void
build (EmulatorProcess *process)
{
  const EmulatorProcessConfig *config = &process->config;

  emulator_bridges_clear (config->bridges);
  process->bridge = emulator_bridge_add (config->bridges, config->switch_name);
  for (guint i = 0; i < config->n_ports; i++)
    {
      EmulatorDevice device = { .name = g_strdup (config->port_names[i]) };
      device.number = emulator_bridge_add_device (process->bridge, device.name, config->world_ports[i]);
      g_array_append_val (process->devices, device);
    }
  if (!emulator_bug_on (config->bugs, EMULATOR_BUG_STALE_LOCAL))
    emulator_rows_clear_local (&process->life, NULL);
}

EmulatorProcess *
emulator_process_new (const EmulatorProcessConfig *config)
{
  EmulatorProcess *process = g_new0 (EmulatorProcess, 1);

  process->config = *config;
  process->life = (EmulatorLife){ .world = config->world,
                                  .database = config->database,
                                  .bridges = config->bridges,
                                  .switch_name = config->switch_name,
                                  .bugs = config->bugs };
  net_world_random (config->world, &process->life.salt, sizeof process->life.salt);
  process->devices = g_array_new (FALSE, FALSE, sizeof (EmulatorDevice));
  g_array_set_clear_func (process->devices, clear_device);
  process->switches = g_ptr_array_new ();
  process->bindings = g_ptr_array_new ();
  net_timer_init (&process->turn, turn, process);
  tell (process, "start");
  if (!emulator_rows_tunnel_ip (config->database, config->switch_name, &process->life.tunnel_ip))
    {
      die (process, "a switch must have exactly one address in tunnel_ips");
      return process;
    }
  build (process);
  turn (&process->turn, net_world_now (config->world));
  return process;
}

gboolean
emulator_process_is_dead (const EmulatorProcess *process)
{
  return process->dead;
}

void
emulator_process_end (EmulatorProcess *process)
{
  if (!process->dead)
    tell (process, "stop");
  emulator_process_free (process);
}

void
emulator_process_free (EmulatorProcess *process)
{
  if (!process)
    return;
  net_world_timer_cancel (process->config.world, &process->turn);
  for (guint i = 0; i < process->bindings->len; i++)
    emulator_binding_forget (process->bindings->pdata[i]);
  g_ptr_array_unref (process->bindings);
  for (guint i = 0; i < process->switches->len; i++)
    emulator_switch_forget (process->switches->pdata[i]);
  g_ptr_array_unref (process->switches);
  g_array_unref (process->devices);
  g_free (process);
}
