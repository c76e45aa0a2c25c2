/* One timer for all entries: set while any is local. */
#include "gateway/locals.h"

#include "gateway/explain.h"

/* Entries that one firing takes out; more wait for the next, at the same instant, so that the loop's other users get
 * their turn. */
#define EXPIRE_AT_ONCE 1024u

struct _VtepLocals
{
  NetWorld *world;
  VtepTables *tables;
  VtepFaults *faults;
  const char *const *port_names;
  VtepLocalsChanged changed;
  gpointer user;
  NetTimer ageing;
  gboolean full; /* addresses displace each other, and it has been said */
};

/* The key of a MAC in the trace: "<logical switch> <mac>". */
static void
tell (VtepLocals *locals, const char *op, VtepKey key, VtepPlace place)
{
  const VtepSwitch *logical_switch = vtep_tables_switch (locals->tables, vtep_key_switch (key));
  NetMac mac = vtep_key_mac (key);
  char text[NET_MAC_TEXT], json[VTEP_EXPLAIN_TEXT];
  g_autofree char *name = NULL;

  if (!locals->world->detail)
    return;
  name = g_strdup_printf ("%s %s", logical_switch->name, net_mac_format (&mac, text));
  g_snprintf (json, sizeof json, "{\"port\":\"%s\",\"vlan\":%u}", locals->port_names[place.port], place.vlan);
  net_world_state (locals->world, &(NetState){ .table = "fdb", .op = op, .key = name, .json = json });
}

/* There was no room for an address. */
static void
say_full (VtepLocals *locals)
{
  if (locals->full)
    return;
  locals->full = TRUE;
  net_world_log (locals->world, NET_LOG_WARNING, "gateway",
                 "the MAC table is full with %u local addresses; new ones displace old ones",
                 vtep_fdb_n_local (vtep_tables_fdb (locals->tables)));
  vtep_faults_set_switch (locals->faults, VTEP_FAULT_FROM_MACS, VTEP_FAULT (MAC_TABLE_EXHAUSTION));
}

/* Only when a sixteenth is free again: not with every address that comes and goes. */
static void
say_free (VtepLocals *locals)
{
  guint max = vtep_tables_config (locals->tables)->fdb.max_local;

  if (!locals->full || vtep_fdb_n_local (vtep_tables_fdb (locals->tables)) + max / 16 >= max)
    return;
  locals->full = FALSE;
  vtep_faults_set_switch (locals->faults, VTEP_FAULT_FROM_MACS, 0);
}

static void
gone (VtepLocals *locals, VtepKey key, VtepPlace place)
{
  say_free (locals);
  tell (locals, "remove", key, place);
  locals->changed (key, locals->user);
}

static void
set_timer (VtepLocals *locals)
{
  gint64 at_ns = vtep_fdb_next_expiry (vtep_tables_fdb (locals->tables));

  if (at_ns >= 0)
    net_world_timer_set (locals->world, &locals->ageing, MAX (at_ns, net_world_now (locals->world)));
}

static void
expire (NetTimer *timer, gint64 now_ns)
{
  VtepLocals *locals = timer->owner;
  VtepMac mac;

  for (guint i = 0; i < EXPIRE_AT_ONCE; i++)
    {
      if (!vtep_fdb_expire (vtep_tables_fdb_writable (locals->tables), now_ns, &mac))
        break;
      gone (locals, mac.key, mac.place);
    }
  set_timer (locals);
}

VtepLocals *
vtep_locals_new (NetWorld *world, VtepTables *tables, VtepFaults *faults, const char *const *port_names,
                 VtepLocalsChanged changed, gpointer user)
{
  VtepLocals *locals = g_new0 (VtepLocals, 1);

  locals->world = world;
  locals->tables = tables;
  locals->faults = faults;
  locals->port_names = port_names;
  locals->changed = changed;
  locals->user = user;
  net_timer_init (&locals->ageing, expire, locals);
  return locals;
}

void
vtep_locals_free (VtepLocals *locals)
{
  if (!locals)
    return;
  net_world_timer_cancel (locals->world, &locals->ageing);
  g_free (locals);
}

void
vtep_locals_configured (VtepLocals *locals)
{
  say_free (locals);
  net_world_timer_cancel (locals->world, &locals->ageing);
  set_timer (locals);
}

static void
added (VtepLocals *locals, const VtepActions *actions)
{
  if (!locals->ageing.pending)
    set_timer (locals);
  tell (locals, "add", actions->source, actions->from);
  locals->changed (actions->source, locals->user);
}

void
vtep_locals_seen (VtepLocals *locals, const VtepActions *actions)
{
  gint64 now_ns = net_world_now (locals->world);
  VtepFdb *fdb = vtep_tables_fdb_writable (locals->tables);
  VtepMac forgotten;

  if (G_LIKELY (vtep_fdb_refresh (fdb, actions->source, actions->from, now_ns)))
    return;
  switch (vtep_fdb_learn (fdb, actions->source, actions->from, now_ns, &forgotten))
    {
    case VTEP_LEARN_REFRESHED:
      break;
    case VTEP_LEARN_REPLACED:
      say_full (locals);
      gone (locals, forgotten.key, forgotten.place);
      added (locals, actions);
      break;
    case VTEP_LEARN_ADDED:
      added (locals, actions);
      break;
    case VTEP_LEARN_MOVED:
      tell (locals, "move", actions->source, actions->from);
      break;
    case VTEP_LEARN_FULL:
      say_full (locals);
      break;
    }
}

static void
forget (VtepLocals *locals, VtepKey key)
{
  VtepFdb *fdb = vtep_tables_fdb_writable (locals->tables);
  const VtepMac *mac = vtep_fdb_find (fdb, key);
  VtepPlace was;

  if (!mac || !vtep_mac_is_local (mac))
    return;
  was = mac->place;
  vtep_fdb_forget (fdb, key);
  gone (locals, key, was);
}

void
vtep_locals_place_gone (VtepLocals *locals, VtepPlace place)
{
  VtepSwitchId id
      = place.vlan == VTEP_VLAN_ANY ? VTEP_SWITCH_NONE : vtep_tables_bound (locals->tables, place);
  g_autoptr (GArray) keys = vtep_fdb_keys_at (vtep_tables_fdb (locals->tables), place, id);

  for (guint i = 0; i < keys->len; i++)
    forget (locals, g_array_index (keys, VtepKey, i));
}

void
vtep_locals_yield (VtepLocals *locals, VtepKey key)
{
  forget (locals, key);
}
