/* Counters of ports, and of drops with the last frames that were dropped. */
#include "vtepd/ctl.h"

#include "gateway/tables.h"

/* ---- ports ------------------------------------------------------------------------------------------------------- */

static json_t *
port_json (const VtepdPorts *ports, guint index)
{
  LinuxPortFacts facts;
  LinuxPortCounters counters;
  gboolean open = vtepd_ports_facts (ports, index, &facts, &counters);

  return json_pack ("{s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I}", "port", vtepd_ports_name (ports, index),
                    "role", index + 1 < vtepd_ports_n (ports) ? "access" : "underlay", "state",
                    !open      ? "missing"
                    : facts.up ? "up"
                               : "down",
                    "in_packets", (json_int_t) counters.received, "in_bytes",
                    (json_int_t) counters.received_bytes, "out_packets", (json_int_t) counters.sent,
                    "out_bytes", (json_int_t) counters.sent_bytes, "missed", (json_int_t) counters.missed,
                    "not_sent", (json_int_t) counters.not_sent);
}

json_t *
vtepd_answer_counters (const VtepdAbout *about, const json_t *request, GError **error)
{
  const VtepdPorts *ports = vtepd_switch_ports (about->sw);
  const VtepFdb *fdb = vtep_tables_fdb (vtep_gateway_tables (vtepd_switch_gateway (about->sw)));
  json_t *list = json_array ();
  guint64 n_drops = 0;

  (void) request;
  (void) error;
  for (guint i = 0; i < vtepd_ports_n (ports); i++)
    json_array_append_new (list, port_json (ports, i));
  for (guint reason = 1; reason < NET_DROP_N; reason++)
    n_drops += linux_world_n_drops (about->world, (NetDropReason) reason);
  return json_pack ("{s:o, s:I, s:i}", "ports", list, "drops", (json_int_t) n_drops, "learned_macs",
                    vtep_fdb_n_local (fdb));
}

/* ---- drops ------------------------------------------------------------------------------------------------------- */

static const char *
name_of (const VtepdAbout *about, guint port)
{
  const char *name = port == NET_PORT_NONE ? NULL : vtepd_switch_port_name (about->sw, port);

  return name ? name : "-";
}

static json_t *
counted (const VtepdAbout *about)
{
  json_t *rows = json_array ();
  guint port;

  for (guint line = 0; line < vtepd_drops_n_lines (about->drops); line++)
    for (guint reason = 1; reason < NET_DROP_N; reason++)
      {
        guint64 n = vtepd_drops_count (about->drops, line, (NetDropReason) reason, &port);
        if (n)
          json_array_append_new (rows,
                                 json_pack ("{s:s, s:s, s:I, s:s}", "port", name_of (about, port), "reason",
                                            net_drop_word ((NetDropReason) reason), "packets", (json_int_t) n,
                                            "meaning", net_drop_text ((NetDropReason) reason)));
      }
  return rows;
}

static char *
hex_text (const guint8 *bytes, guint n)
{
  GString *text = g_string_sized_new (2 * n + 1);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%02x", bytes[i]);
  return g_string_free (text, FALSE);
}

/* Newest first. */
static json_t *
recent (const VtepdAbout *about)
{
  gint64 now_ns = net_world_now (linux_world_seam (about->world));
  json_t *rows = json_array ();
  const VtepdDropped *dropped;

  for (guint i = 0; (dropped = vtepd_drops_recent (about->drops, i)); i++)
    {
      g_autofree char *frame = hex_text (dropped->bytes, dropped->kept);
      json_array_append_new (rows, json_pack ("{s:I, s:s, s:s, s:s, s:s, s:i, s:s}", "ms_ago",
                                              (json_int_t) ((now_ns - dropped->time_ns) / NET_MSEC), "port",
                                              name_of (about, dropped->port), "reason",
                                              net_drop_word (dropped->reason), "table",
                                              dropped->table ? dropped->table : "", "rule", dropped->rule,
                                              "bytes", dropped->length, "frame", frame));
    }
  return rows;
}

json_t *
vtepd_answer_drops (const VtepdAbout *about, const json_t *request, GError **error)
{
  (void) request;
  (void) error;
  return json_pack ("{s:o, s:o}", "drops", counted (about), "recent", recent (about));
}
