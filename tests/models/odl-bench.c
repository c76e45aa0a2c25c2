/* Telling and reading for tests of the controller. */
#include "odl-bench.h"
#include "models/odl/compute.h"
#include "models/odl/forwarding.h"
#include "models/odl/interface.h"
#include "models/odl/itm.h"
#include "models/odl/l2gw.h"
#include "models/odl/northbound.h"
#include "openflow/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static char *last_refusal;

OdlBench *
odl_bench_new (const char *bugs)
{
  OdlBench *bench = g_new0 (OdlBench, 1);
  g_auto (GStrv) slugs = g_strsplit (bugs ? bugs : "", " ", -1);
  OdlOptions options = { 0 };

  for (guint i = 0; slugs[i]; i++)
    {
      gboolean is_fix = slugs[i][0] == '-';
      OdlBug bug = odl_bug_from_slug (slugs[i] + is_fix);

      g_assert (bug != ODL_BUG_N);
      odl_bugs_add (is_fix ? &options.fixes : &options.bugs, bug);
    }
  bench->fake = fake_world_new ();
  fake_world_set_detail (bench->fake, TRUE);
  fake_world (bench->fake)->frames = net_frame_pool_new ();
  bench->odl = odl_new (fake_world (bench->fake), "odl1", &options);
  return bench;
}

void
odl_bench_free (OdlBench *bench)
{
  if (!bench)
    return;
  odl_free (bench->odl);
  net_frame_pool_free (fake_world (bench->fake)->frames);
  fake_world_free (bench->fake);
  g_clear_pointer (&last_refusal, g_free);
  g_free (bench);
}

guint
odl_bench_request (OdlBench *bench, const char *method, const char *path, const char *body)
{
  json_t *json = body ? json_of (body) : NULL, *reply = NULL;
  guint status = odl_northbound_request (bench->odl, method, path, json, &reply);
  const char *sentence = json_string_value (json_object_get (json_object_get (reply, "error"), "message"));

  g_free (last_refusal);
  last_refusal = g_strdup (sentence);
  json_decref (json);
  json_decref (reply);
  return status;
}

const char *
odl_bench_refusal (OdlBench *bench)
{
  (void) bench;
  return last_refusal ? last_refusal : "";
}

void
odl_bench_post (OdlBench *bench, const char *kind, const char *format, ...)
{
  g_autofree char *path = g_strconcat ("/controller/nb/v2/neutron/", kind, NULL);
  g_autofree char *body = NULL;
  va_list args;
  guint status;

  va_start (args, format);
  body = g_strdup_vprintf (format, args);
  va_end (args);
  status = odl_bench_request (bench, "POST", path, body);
  if (status != 201)
    g_error ("POST %s %s: %u %s", path, body, status, odl_bench_refusal (bench));
}

void
odl_bench_run (OdlBench *bench, gint64 ns)
{
  fake_world_run (bench->fake, ns);
}

void
odl_bench_network (OdlBench *bench, const char *id, guint vni)
{
  odl_bench_post (
      bench, "networks",
      "{'network': {'id': '%s', 'provider:network_type': 'vxlan', 'provider:segmentation_id': %u}}", id, vni);
}

void
odl_bench_gateway (OdlBench *bench)
{
  odl_bench_post (
      bench, "l2-gateways",
      "{'l2_gateway': {'id': 'g1', 'devices': [{'device_name': 'tor1', 'interfaces': [{'name': 'eth2'}]}]}}");
}

void
odl_bench_connect (OdlBench *bench, guint vlan)
{
  odl_bench_post (bench, "l2gateway-connections",
                  "{'l2gateway_connection': {'id': 'c1', 'network_id': 'n1', 'gateway_id': 'g1', "
                  "'segmentation_id': %u}}",
                  vlan);
}

void
odl_bench_port (OdlBench *bench, const char *id, const char *network_id, const char *mac,
                const char *vnic_type)
{
  odl_bench_post (
      bench, "ports",
      "{'port': {'id': '%s', 'network_id': '%s', 'mac_address': '%s', 'binding:vnic_type': '%s'}}", id,
      network_id, mac, vnic_type);
}

void
odl_bench_zone (OdlBench *bench, const char *vteps)
{
  g_auto (GStrv) words = g_strsplit (vteps, " ", -1);
  GString *body = g_string_new ("{'transport-zone': [{'zone-name': 'TZA', 'vteps': [");

  for (guint i = 0; words[i] && words[i + 1]; i += 2)
    g_string_append_printf (body, "%s{'dpn-id': %s, 'ip-address': '%s'}", i ? ", " : "", words[i],
                            words[i + 1]);
  g_string_append (body, "]}]}");
  g_assert_cmpuint (odl_bench_request (bench, "POST", "/restconf/config/itm:transport-zones/", body->str), ==,
                    204);
  g_string_free (body, TRUE);
}

void
odl_bench_plug (OdlBench *bench, const char *port_id, guint64 dpid, guint32 of_port)
{
  g_autofree char *tap = g_strdup_printf ("tap%.11s", port_id);

  odl_interface_plugged (bench->odl, port_id, dpid, tap);
  odl_interface_of_port_added (bench->odl, dpid, tap, of_port);
}

void
odl_bench_unplug (OdlBench *bench, const char *port_id, guint64 dpid)
{
  g_autofree char *tap = g_strdup_printf ("tap%.11s", port_id);

  odl_interface_of_port_removed (bench->odl, dpid, tap);
  odl_interface_unplugged (bench->odl, port_id, dpid);
}

void
odl_bench_tunnel_up (OdlBench *bench, guint64 dpid, const char *destination, guint32 of_port)
{
  const OdlTunnel *tunnel = odl_itm_external_tunnel (bench->odl, dpid, destination);

  g_assert (tunnel);
  odl_interface_of_port_added (bench->odl, dpid, tunnel->port_name, of_port);
}

OdlHwvtep *
odl_bench_tor (OdlBench *bench, const char *name, const char *tunnel_ip)
{
  g_autofree char *node_id = g_strconcat ("hwvtep://", name, NULL);
  OdlHwvtep *hwvtep;
  NetIpv4 ip;

  g_assert (net_ipv4_from_text (tunnel_ip, &ip));
  g_assert (odl_hwvtep_dial (bench->odl, node_id, "tcp:127.0.0.1:7777", NULL));
  hwvtep = odl_hwvtep_find (bench->odl, node_id);
  odl_l2gw_switch_up (bench->odl, name, hwvtep, ip);
  return hwvtep;
}

/* ---- flows and groups ---------------------------------------------------------------------------------------- */

char *
odl_bench_canonical (const char *line)
{
  g_autoptr (GError) error = NULL;
  GString *text = g_string_new (NULL);

  if (g_str_has_prefix (line, "group_id"))
    {
      g_auto (OpenflowGroupMod) group = { 0 };

      if (!openflow_group_parse (line, &group, &error))
        g_error ("%s: %s", line, error->message);
      openflow_group_print (group.type, group.id, &group.buckets, text);
    }
  else
    {
      g_auto (OpenflowFlowMod) flow = { 0 };

      if (!openflow_flow_parse (line, &flow, &error))
        g_error ("%s: %s", line, error->message);
      openflow_flow_print (&flow, text);
    }
  return g_string_free (text, FALSE);
}

/* What the compute holds, as a set of canonical lines. */
static void
collect (OdlBench *bench, guint64 dpid, OdlRegistry *out)
{
  g_autofree char *dump = odl_forwarding_dump (odl_compute_get (bench->odl, dpid));
  g_auto (GStrv) lines = g_strsplit (dump, "\n", -1);

  odl_registry_init (out, NULL);
  for (guint i = 0; lines[i]; i++)
    if (*lines[i])
      odl_registry_put (out, lines[i], ODL_PRESENT);
}

gboolean
odl_bench_compute_holds (OdlBench *bench, guint64 dpid, const char *const *lines, guint n_lines)
{
  OdlRegistry there;
  gboolean same = TRUE;

  collect (bench, dpid, &there);
  for (guint i = 0; i < n_lines; i++)
    {
      g_autofree char *line = odl_bench_canonical (lines[i]);

      if (odl_registry_remove (&there, line))
        continue;
      printf ("# missing: %s\n", line);
      same = FALSE;
    }
  for (guint i = 0; i < odl_registry_n (&there); i++)
    {
      printf ("# besides: %s\n", odl_registry_key (&there, i));
      same = FALSE;
    }
  odl_registry_clear (&there);
  return same;
}

gboolean
odl_bench_compute_has (OdlBench *bench, guint64 dpid, const char *line)
{
  g_autofree char *wanted = odl_bench_canonical (line);
  OdlRegistry there;
  gboolean found;

  collect (bench, dpid, &there);
  found = odl_registry_find (&there, wanted) != NULL;
  if (!found)
    for (guint i = 0; i < odl_registry_n (&there); i++)
      printf ("# there: %s\n", odl_registry_key (&there, i));
  odl_registry_clear (&there);
  return found;
}
