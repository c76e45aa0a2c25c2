/* What our switch makes of flows, groups and frames that ovs-judge.py also gives to a real Open vSwitch.
 *
 * Reads lines: "reset [N_PORTS]", "flow TEXT", "group TEXT", "sample" (the worked example), "dump-flows",
 * "dump-groups", "port NUMBER up|down|faulty", "macs MAX" (of NORMAL), "frame ID PORT TUN_ID HEX", and
 * "learn ID PORT TUN_ID HEX", which carries out learn actions too.  A frame is answered by "ID PORT:TUN_ID:HEX …" in order of
 * sending, with cTABLE:REASON:HEX for what goes to the controller; a flow or group by "ok" or "refused REASON", a dump by
 * its lines and "end". */
#include "ovs-sample.h"

#include "models/ovs/check.h"
#include "models/ovs/dump.h"
#include "models/ovs/learn.h"
#include "models/ovs/rewrite.h"
#include "openflow/text.h"

#include <stdio.h>
#include <stdlib.h>

#define N_PORTS        6
#define LINE_MAX_BYTES 65536

static gboolean
enter_flow (OvsSample *sample, const char *line, GError **error)
{
  g_auto (OpenflowFlowMod) text = { 0 };
  g_auto (OpenflowFlowMod) wire = { 0 };
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  OpenflowMessage message;

  if (!openflow_flow_parse (line, &text, error))
    return FALSE;
  openflow_flow_mod_encode (&text, 1, bytes);
  message = (OpenflowMessage){ .length = (guint16) bytes->len, .bytes = bytes->data };
  return openflow_flow_mod_decode (&message, &wire, error)
         && ovs_check_flow (&wire, sample->groups, NULL, error)
         && ovs_tables_change (sample->tables, &wire, 0, error);
}

static gboolean
enter_group (OvsSample *sample, const char *line, GError **error)
{
  g_auto (OpenflowGroupMod) text = { 0 };
  g_auto (OpenflowGroupMod) wire = { 0 };
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  OpenflowMessage message;

  if (!openflow_group_parse (line, &text, error))
    return FALSE;
  openflow_group_mod_encode (&text, 1, bytes);
  message = (OpenflowMessage){ .length = (guint16) bytes->len, .bytes = bytes->data };
  return openflow_group_mod_decode (&message, &wire, error) && ovs_check_group (&wire, error)
         && ovs_groups_put (sample->groups, &wire, 0, error);
}

static void
print_outputs (const OvsSample *sample, const OvsPacket *packet, NetFrame *frame)
{
  for (guint i = 0; i < sample->decision.steps->len; i++)
    {
      const OvsStep *step = &g_array_index (sample->decision.steps, OvsStep, i);
      const OvsVersion *version = &g_array_index (sample->decision.versions, OvsVersion, step->version);
      g_autoptr (NetFrame) out = NULL;
      if (step->kind >= OVS_STEP_LEARN)
        continue;
      out = ovs_rewrite (frame, packet, version);
      if (step->kind == OVS_STEP_PUNT)
        printf (" c%u:%u:", step->punt.table, step->punt.reason);
      else
        printf (" %u:%" G_GINT64_MODIFIER "x:", step->port, version->fields.tunnel_id);
      for (guint b = 0; b < out->length; b++)
        printf ("%02x", net_frame_bytes (out)[b]);
    }
}

static void
carry_out_learning (const OvsSample *sample)
{
  for (guint i = 0; i < sample->decision.steps->len; i++)
    {
      const OvsStep *step = &g_array_index (sample->decision.steps, OvsStep, i);
      if (step->kind == OVS_STEP_LEARN)
        ovs_learn (sample->tables, step->learn,
                   &g_array_index (sample->decision.versions, OvsVersion, step->version).fields, 0);
      else if (step->kind == OVS_STEP_LEARN_MAC)
        ovs_macs_learn (sample->macs, step->mac.vlan, step->mac.address, step->mac.port, 0);
      else if (step->kind == OVS_STEP_TRACK)
        ovs_connections_track (sample->connections, &step->tracked, 0);
    }
}

static void
run_frame (OvsSample *sample, NetFramePool *pool, const char *arguments, gboolean learn)
{
  unsigned id, port;
  unsigned long long tunnel_id;
  int hex_at = 0;
  g_autoptr (NetFrame) frame = NULL;
  guint8 bytes[2048];
  guint n = 0;
  OvsPacket packet;

  if (sscanf (arguments, "%u %u %llx %n", &id, &port, &tunnel_id, &hex_at) < 3)
    return;
  for (const char *hex = arguments + hex_at;
       g_ascii_isxdigit (hex[0]) && g_ascii_isxdigit (hex[1]) && n < sizeof bytes; hex += 2)
    bytes[n++] = (guint8) (g_ascii_xdigit_value (hex[0]) << 4 | g_ascii_xdigit_value (hex[1]));
  frame = net_frame_new_from (pool, bytes, n);
  printf ("%u", id);
  if (ovs_packet_parse (bytes, n, &packet))
    {
      packet.fields.in_port = port;
      packet.fields.tunnel_id = tunnel_id;
      ovs_pipeline_decide (&sample->pipeline, &packet, &sample->decision);
      print_outputs (sample, &packet, frame);
      if (learn)
        carry_out_learning (sample);
    }
  printf ("\n");
}

static void
set_macs (OvsSample *sample, const char *arguments)
{
  guint max = (guint) g_ascii_strtoull (arguments, NULL, 10);

  ovs_macs_free (sample->macs);
  sample->macs = ovs_macs_new (max ? max : OVS_MACS_MAX);
  sample->pipeline.macs = sample->macs;
}

static void
set_port (OvsSample *sample, const char *arguments)
{
  char state[16];
  unsigned number;
  OvsPort *port = NULL;

  if (sscanf (arguments, "%u %15s", &number, state) == 2)
    port = ovs_ports_find (sample->ports, number);
  if (!port)
    return;
  port->link_up = !g_str_equal (state, "down");
  port->faulty = g_str_equal (state, "faulty");
}

static void
print_dump (const OvsSample *sample, gboolean groups)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (groups)
    ovs_dump_groups (sample->groups, text);
  else
    ovs_dump_flows (sample->tables, text);
  printf ("%send\n", text->str);
}

static void
run_line (OvsSample *sample, NetFramePool *pool, const char *line)
{
  g_autoptr (GError) error = NULL;

  if (g_str_has_prefix (line, "flow "))
    enter_flow (sample, line + 5, &error);
  else if (g_str_has_prefix (line, "group "))
    enter_group (sample, line + 6, &error);
  else if (g_str_has_prefix (line, "macs "))
    set_macs (sample, line + 5);
  else if (g_str_has_prefix (line, "port "))
    set_port (sample, line + 5);
  else if (g_str_has_prefix (line, "frame "))
    run_frame (sample, pool, line + 6, FALSE);
  else if (g_str_has_prefix (line, "learn "))
    run_frame (sample, pool, line + 6, TRUE);
  else if (g_str_equal (line, "sample"))
    ovs_sample_load (sample);
  else if (g_str_equal (line, "dump-flows"))
    print_dump (sample, FALSE);
  else if (g_str_equal (line, "dump-groups"))
    print_dump (sample, TRUE);
  if (error)
    printf ("refused %s\n", error->message);
  else if (line[0] == 'g' || g_str_has_prefix (line, "flow"))
    puts ("ok");
  fflush (stdout);
}

int
main (void)
{
  static char line[LINE_MAX_BYTES];
  g_autoptr (NetFramePool) pool = net_frame_pool_new ();
  OvsSample sample;

  ovs_sample_init (&sample, N_PORTS);
  while (fgets (line, sizeof line, stdin))
    {
      line[strcspn (line, "\n")] = '\0';
      if (g_str_has_prefix (line, "reset"))
        {
          guint n_ports = (guint) g_ascii_strtoull (line + strlen ("reset"), NULL, 10);
          ovs_sample_clear (&sample);
          ovs_sample_init (&sample, n_ports ? n_ports : N_PORTS);
        }
      else
        run_line (&sample, pool, line);
    }
  ovs_sample_clear (&sample);
  return 0;
}
