/* The table is one row or none. */
#include "gateway/arp-report.h"

#include "gateway/own-locator.h"

#include "ovsdb/build.h"

struct _VtepArpReport
{
  NetWorld *world;
  OvsdbDatabase *database;
  const OvsdbTable *table;
  char mac[NET_MAC_TEXT], tunnel_ip[NET_IPV4_TEXT];
  gboolean serves;
  NetTimer timer;
};

static gboolean
is_ours (const VtepArpReport *report, const OvsdbRow *row)
{
  const OvsdbRow *locator = ovsdb_row_ref (row, "locator");

  return g_strcmp0 (ovsdb_row_text (row, "src_mac"), report->mac) == 0
         && g_strcmp0 (ovsdb_row_text (locator, "dst_ip"), report->tunnel_ip) == 0;
}

/* Makes the table equal to what is so: the first row that says so stays. */
static void
work (NetTimer *timer, gint64 now_ns)
{
  VtepArpReport *report = timer->owner;
  json_t *operations = json_array ();
  g_autoptr (GError) error = NULL;
  VtepOwnLocator own
      = { .database = report->database, .address = report->tunnel_ip, .operations = operations };
  gboolean wanted = report->serves;

  (void) now_ns;
  for (const OvsdbRow *row = ovsdb_table_first (report->table); row; row = ovsdb_table_next (row))
    if (wanted && is_ours (report, row))
      wanted = FALSE;
    else
      json_array_append_new (operations,
                             ovsdb_op_delete ("Arp_Sources_Local", ovsdb_where_uuid (ovsdb_row_uuid (row))));
  if (wanted)
    {
      json_t *locator = vtep_own_locator (&own);
      json_array_append_new (
          operations, ovsdb_op_insert ("Arp_Sources_Local", NULL,
                                       json_pack ("{s:s, s:o}", "src_mac", report->mac, "locator", locator)));
    }
  if (json_array_size (operations) == 0)
    json_decref (operations);
  else if (!ovsdb_database_execute (report->database, operations, &error))
    net_world_log (report->world, NET_LOG_ERROR, "gateway", "the database refused to hear of ARP sources: %s",
                   error->message);
}

void
vtep_arp_report_touched (VtepArpReport *report)
{
  if (!report->timer.pending)
    net_world_timer_set (report->world, &report->timer, net_world_now (report->world));
}

void
vtep_arp_report_set (VtepArpReport *report, gboolean serves)
{
  report->serves = serves;
  vtep_arp_report_touched (report);
}

void
vtep_arp_report_move (VtepArpReport *report, const NetMac *mac, NetIpv4 tunnel_ip)
{
  net_mac_format (mac, report->mac);
  net_ipv4_format (tunnel_ip, report->tunnel_ip);
  vtep_arp_report_touched (report);
}

VtepArpReport *
vtep_arp_report_new (NetWorld *world, OvsdbDatabase *database, const NetMac *mac, NetIpv4 tunnel_ip)
{
  VtepArpReport *report = g_new0 (VtepArpReport, 1);

  report->world = world;
  report->database = database;
  report->table = ovsdb_database_table (database, "Arp_Sources_Local");
  net_mac_format (mac, report->mac);
  net_ipv4_format (tunnel_ip, report->tunnel_ip);
  net_timer_init (&report->timer, work, report);
  if (ovsdb_table_n_rows (report->table) > 0)
    vtep_arp_report_touched (report);
  return report;
}

void
vtep_arp_report_free (VtepArpReport *report)
{
  if (!report)
    return;
  net_world_timer_cancel (report->world, &report->timer);
  g_free (report);
}
