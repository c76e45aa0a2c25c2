/* One column of one row. */
#include "gateway/tunnel-ips.h"

#include "gateway/own-rows.h"
#include "gateway/report.h"
#include "ovsdb/build.h"

struct _VtepTunnelIps
{
  NetWorld *world;
  OvsdbDatabase *database;
  const char *switch_name;
  char address[NET_IPV4_TEXT];
  NetTimer timer;
  gint64 next_ns;      /* not before */
  gint64 next_word_ns; /* nothing is said before */
};

/* As people write a set. */
static char *
what_it_says (const OvsdbDatum *column)
{
  const OvsdbAtom *atoms = ovsdb_datum_keys (column);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < column->n; i++)
    g_string_append_printf (text, "%s%s", i ? ", " : "", atoms[i].text);
  return g_string_free (text, FALSE);
}

static void
put_back (VtepTunnelIps *tunnel_ips, const OvsdbRow *row)
{
  json_t *wanted = ovsdb_json_set (json_pack ("[s]", tunnel_ips->address)),
         *operation = ovsdb_op_update ("Physical_Switch", ovsdb_where_uuid (ovsdb_row_uuid (row)),
                                       json_pack ("{s:o}", "tunnel_ips", wanted));
  g_autoptr (GError) error = NULL;

  if (!ovsdb_database_execute (tunnel_ips->database, json_pack ("[o]", operation), &error))
    net_world_log (tunnel_ips->world, NET_LOG_ERROR, "gateway",
                   "the database refused the switch's tunnel address: %s", error->message);
}

static void
work (NetTimer *timer, gint64 now_ns)
{
  VtepTunnelIps *tunnel_ips = timer->owner;
  const OvsdbRow *row = vtep_own_switch (tunnel_ips->database, tunnel_ips->switch_name);
  g_autofree char *says = row ? what_it_says (ovsdb_row_get (row, "tunnel_ips")) : NULL;

  if (!row || g_str_equal (says, tunnel_ips->address))
    return;
  if (now_ns >= tunnel_ips->next_word_ns)
    {
      net_world_log (tunnel_ips->world, NET_LOG_WARNING, "gateway",
                     "somebody made tunnel_ips of '%s' %s; it is %s again, which is configured at the switch",
                     tunnel_ips->switch_name, says[0] ? says : "empty", tunnel_ips->address);
      tunnel_ips->next_word_ns = now_ns + NET_SEC;
    }
  tunnel_ips->next_ns = now_ns + VTEP_REPORT_INTERVAL_NS;
  put_back (tunnel_ips, row);
}

void
vtep_tunnel_ips_touched (VtepTunnelIps *tunnel_ips)
{
  NetWorld *world = tunnel_ips->world;

  if (!tunnel_ips->timer.pending)
    net_world_timer_set (world, &tunnel_ips->timer, MAX (net_world_now (world), tunnel_ips->next_ns));
}

void
vtep_tunnel_ips_move (VtepTunnelIps *tunnel_ips, NetIpv4 tunnel_ip)
{
  net_ipv4_format (tunnel_ip, tunnel_ips->address);
}

VtepTunnelIps *
vtep_tunnel_ips_new (NetWorld *world, OvsdbDatabase *database, const char *switch_name, NetIpv4 tunnel_ip)
{
  VtepTunnelIps *tunnel_ips = g_new0 (VtepTunnelIps, 1);

  tunnel_ips->world = world;
  tunnel_ips->database = database;
  tunnel_ips->switch_name = switch_name;
  vtep_tunnel_ips_move (tunnel_ips, tunnel_ip);
  net_timer_init (&tunnel_ips->timer, work, tunnel_ips);
  return tunnel_ips;
}

void
vtep_tunnel_ips_free (VtepTunnelIps *tunnel_ips)
{
  if (!tunnel_ips)
    return;
  net_world_timer_cancel (tunnel_ips->world, &tunnel_ips->timer);
  g_free (tunnel_ips);
}
