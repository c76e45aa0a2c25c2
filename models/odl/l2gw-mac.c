/* Addresses that TORs report in Ucast_Macs_Local: told to the computes and to the other TORs of the network. */
#include "models/odl/core.h"
#include "models/odl/dhcp.h"
#include "models/odl/elan-program.h"
#include "models/odl/l2gw-join.h"
#include "models/odl/l2gw-rows.h"

static void
record (Odl *odl, const char *op, const OdlElan *elan, const OdlElanTor *tor, const char *mac)
{
  g_autofree char *key = g_strdup_printf ("%s %s", elan->name, mac);

  odl_record (odl, "elan-mac", op, key, json_pack ("{s:s, s:s}", "tor", tor->device->name, "kind", "tor"));
}

/* The TOR behind which the address is known, NULL when there is none. */
static OdlElanTor *
find_owner (const OdlElan *elan, const char *mac)
{
  for (guint i = 0; i < odl_registry_n (&elan->tors); i++)
    {
      OdlElanTor *tor = odl_registry_at (&elan->tors, i);

      if (odl_registry_find (&tor->macs, mac))
        return tor;
    }
  return NULL;
}

static void
enter (Odl *odl, OdlElan *elan, OdlElanTor *tor, const NetMac *mac)
{
  char text[NET_MAC_TEXT];

  odl_registry_put (&tor->macs, net_mac_format (mac, text), g_memdup2 (mac, sizeof *mac));
  record (odl, "add", elan, tor, text);
  odl_elan_write_tor_mac (odl, elan, tor, mac);
  odl_l2gw_tor_mac_added (odl, elan, tor, mac);
  odl_dhcp_mac_changed (odl, elan, mac);
}

static void
withdraw (Odl *odl, OdlElan *elan, OdlElanTor *tor, const NetMac *mac)
{
  char text[NET_MAC_TEXT];

  if (!odl_registry_remove (&tor->macs, net_mac_format (mac, text)))
    return;
  record (odl, "remove", elan, tor, text);
  odl_elan_remove_tor_mac (odl, elan, mac);
  odl_l2gw_tor_mac_removed (odl, elan, tor, mac);
  odl_dhcp_mac_changed (odl, elan, mac);
}

/* ---- delayed ------------------------------------------------------------------------------------------------- */

typedef struct
{
  char *network_id, *device_name;
  NetMac mac;
} Delayed;

static void
delayed_free (gpointer data)
{
  Delayed *delayed = data;

  g_free (delayed->network_id);
  g_free (delayed->device_name);
  g_free (delayed);
}

static Delayed *
delayed_new (const OdlElan *elan, const OdlElanTor *tor, const NetMac *mac)
{
  Delayed *delayed = g_new0 (Delayed, 1);

  delayed->network_id = g_strdup (elan->name);
  delayed->device_name = g_strdup (tor->device->name);
  delayed->mac = *mac;
  return delayed;
}

static char *
delay_key (const char *what, const OdlElan *elan, const char *mac)
{
  return g_strdup_printf ("%s %s %s", what, elan->name, mac);
}

static OdlElanTor *
find_delayed (const Odl *odl, const Delayed *delayed, OdlElan **elan)
{
  *elan = odl_elan_find (odl, delayed->network_id);
  return *elan ? odl_elan_tor (*elan, delayed->device_name) : NULL;
}

static void
enter_moved (Odl *odl, gpointer data)
{
  const Delayed *delayed = data;
  OdlElan *elan;
  OdlElanTor *tor = find_delayed (odl, delayed, &elan);

  if (tor)
    enter (odl, elan, tor, &delayed->mac);
}

static void
withdraw_stale (Odl *odl, gpointer data)
{
  const Delayed *delayed = data;
  OdlElan *elan;
  OdlElanTor *tor = find_delayed (odl, delayed, &elan);

  if (tor)
    withdraw (odl, elan, tor, &delayed->mac);
}

/* ---- reports ------------------------------------------------------------------------------------------------- */

/* An address that was known behind another TOR is taken from it now, and entered here only some time later. */
static void
report (Odl *odl, OdlElan *elan, OdlElanTor *tor, const NetMac *mac)
{
  char text[NET_MAC_TEXT];
  OdlElanTor *owner = find_owner (elan, net_mac_format (mac, text));
  g_autofree char *stale = delay_key ("stale-mac", elan, text);
  g_autofree char *moved = delay_key ("moved-mac", elan, text);

  odl_delay_cancel (odl, stale);
  if (owner == tor)
    return;
  if (!owner || owner->device->tunnel_ip == tor->device->tunnel_ip)
    {
      if (!odl_delay_is_set (odl, moved))
        enter (odl, elan, tor, mac);
      return;
    }
  if (odl_has_bug (odl, ODL_BUG_TOR_MAC_CACHE)) /* an add where a remove is meant */
    {
      enter (odl, elan, owner, mac);
      return;
    }
  withdraw (odl, elan, owner, mac);
  odl_delay_set (odl, moved, ODL_MAC_MOVE_DELAY_NS, enter_moved, delayed_new (elan, tor, mac), delayed_free);
}

typedef struct
{
  char *node_id, *network_id;
  NetMac mac;
  gboolean withdrawn;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_free (job->node_id);
  g_free (job->network_id);
  g_free (job);
}

static gint64
report_step (Odl *odl, gpointer data, guint step)
{
  const Job *job = data;
  const OdlHwvtep *hwvtep = odl_hwvtep_find (odl, job->node_id);
  OdlElan *elan = odl_elan_find (odl, job->network_id);
  OdlElanTor *tor = elan && hwvtep ? odl_l2gw_elan_tor_of (elan, hwvtep) : NULL;

  (void) step;
  if (tor && job->withdrawn)
    withdraw (odl, elan, tor, &job->mac);
  else if (tor)
    report (odl, elan, tor, &job->mac);
  return ODL_JOB_DONE;
}

static void
add_job (Odl *odl, const OdlHwvtep *hwvtep, const char *logical_switch, const NetMac *mac, gboolean withdrawn)
{
  char text[NET_MAC_TEXT];
  g_autofree char *key = g_strdup_printf ("%s:%s", logical_switch, net_mac_format (mac, text));
  Job *job = g_new0 (Job, 1);

  job->node_id = g_strdup (hwvtep->node_id);
  job->network_id = g_strdup (logical_switch);
  job->mac = *mac;
  job->withdrawn = withdrawn;
  odl_jobs_add (odl, key, report_step, job, job_free);
}

void
odl_l2gw_mac_reported (Odl *odl, OdlHwvtep *hwvtep, const char *logical_switch, const NetMac *mac)
{
  add_job (odl, hwvtep, logical_switch, mac, FALSE);
}

void
odl_l2gw_mac_withdrawn (Odl *odl, OdlHwvtep *hwvtep, const char *logical_switch, const NetMac *mac)
{
  add_job (odl, hwvtep, logical_switch, mac, TRUE);
}

/* ---- whole switches ------------------------------------------------------------------------------------------ */

/* The addresses in a TOR's database, as a set of text. */
static void
collect_local_macs (OvsdbDatabase *replica, const char *logical_switch, OdlRegistry *out)
{
  const OvsdbTable *table = ovsdb_database_table (replica, "Ucast_Macs_Local");
  char text[NET_MAC_TEXT];
  NetMac mac;

  for (const OvsdbRow *row = ovsdb_table_first (table); row; row = ovsdb_table_next (row))
    {
      const char *its_switch;

      if (odl_hwvtep_read_local_mac (row, &its_switch, &mac) && g_str_equal (its_switch, logical_switch))
        odl_registry_put (out, net_mac_format (&mac, text), ODL_PRESENT);
    }
}

void
odl_l2gw_pull_macs (Odl *odl, OdlElan *elan, OdlElanTor *tor)
{
  OdlHwvtep *hwvtep = tor->device->hwvtep;
  OdlRegistry reported;

  odl_registry_init (&reported, NULL);
  for (guint i = 0; i < odl_hwvtep_n_members (hwvtep); i++)
    if (odl_hwvtep_replica (odl_hwvtep_member (hwvtep, i)))
      collect_local_macs (odl_hwvtep_replica (odl_hwvtep_member (hwvtep, i)), elan->name, &reported);
  for (guint i = 0; i < odl_registry_n (&reported); i++)
    {
      NetMac mac;

      if (net_mac_from_text (odl_registry_key (&reported, i), &mac))
        report (odl, elan, tor, &mac);
    }
  /* Of a pair that is not complete the other one may hold what is missing. */
  for (guint i = 0; odl_hwvtep_is_up (hwvtep) && i < odl_registry_n (&tor->macs); i++)
    {
      const char *text = odl_registry_key (&tor->macs, i);
      g_autofree char *key = delay_key ("stale-mac", elan, text);

      if (!odl_registry_find (&reported, text) && !odl_delay_is_set (odl, key))
        odl_delay_set (odl, key, ODL_STALE_MAC_DELAY_NS, withdraw_stale,
                       delayed_new (elan, tor, odl_registry_at (&tor->macs, i)), delayed_free);
    }
  odl_registry_clear (&reported);
}

void
odl_l2gw_drop_macs (Odl *odl, OdlElan *elan, OdlElanTor *tor)
{
  while (odl_registry_n (&tor->macs) > 0)
    {
      NetMac mac = *(const NetMac *) odl_registry_at (&tor->macs, 0);

      withdraw (odl, elan, tor, &mac);
    }
}
