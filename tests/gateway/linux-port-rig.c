/* The namespace and the rig in it. */
#include "linux-port-rig.h"

#include <sched.h>
#include <string.h>

PortRig rig;

const guint8 a_frame[60] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 1, 0x88, 0xb5 };

/* ---- interfaces -------------------------------------------------------------------------------------------------- */

static gboolean
run_ip (const char *words)
{
  g_autofree char *command = g_strconcat ("ip ", words, NULL);
  g_autofree char *errors = NULL;
  int status = -1;

  if (g_spawn_command_line_sync (command, NULL, &errors, &status, NULL) && status == 0)
    return TRUE;
  printf ("# %s: %s\n", command, errors ? errors : "not found");
  return FALSE;
}

void
ip (const char *words)
{
  CU_ASSERT (run_ip (words));
}

static gboolean
pair_is_made (void)
{
  return run_ip ("link add w0 type veth peer name w1") && run_ip ("link set w0 up")
         && run_ip ("link set w1 up") && run_ip ("address add 10.9.0.20/24 dev w0");
}

void
make_pair (void)
{
  CU_ASSERT (pair_is_made ());
}

/* No frames but the test's own: without IPv6 nobody says anything by himself. */
static void
be_quiet (void)
{
  FILE *file = fopen ("/proc/sys/net/ipv6/conf/default/disable_ipv6", "w");

  if (!file)
    return;
  fputs ("1", file);
  fclose (file);
}

int
rig_main (const char *suite, const TapTest *tests)
{
  g_autofree char *path = g_strconcat (g_getenv ("PATH"), ":/usr/sbin:/sbin", NULL);

  g_setenv ("PATH", path, TRUE);
  if (unshare (CLONE_NEWNET) < 0 || !run_ip ("link set lo up"))
    {
      printf ("1..0 # SKIP network namespaces need root, and interfaces need ip\n");
      return 0;
    }
  be_quiet ();
  return pair_is_made () ? tap_main (suite, tests) : 1;
}

/* ---- what is heard ----------------------------------------------------------------------------------------------- */

static void
count (LinuxWorld *world, guint port, NetFrame *frame, gpointer user)
{
  (void) world;
  (void) port;
  (void) user;
  rig.n_received++;
  rig.length = frame->length;
  memcpy (rig.first, net_frame_bytes (frame), MIN (frame->length, sizeof rig.first));
  net_frame_unref (frame);
}

static void
carrier (LinuxWorld *world, guint port, gboolean up, gpointer user)
{
  (void) world;
  (void) port;
  (void) user;
  g_string_append (rig.heard, up ? "up " : "down ");
}

static void
on_log (LinuxWorld *world, NetLogLevel level, const char *module, const char *message, gpointer user)
{
  (void) world;
  (void) level;
  (void) module;
  (void) user;
  g_string_append_printf (rig.heard, "(%s) ", message);
}

void
drop_received (LinuxWorld *world, guint port, NetFrame *frame, gpointer user)
{
  (void) world;
  (void) port;
  (void) user;
  net_frame_unref (frame);
}

/* ---- the rig ----------------------------------------------------------------------------------------------------- */

static void
open_rig_world (void)
{
  const LinuxWorldConfig world = { .log = on_log, .log_level = NET_LOG_INFO };

  bench = (Bench){ .world = linux_world_new (&world, NULL) };
  bench.seam = linux_world_seam (bench.world);
  rig.world = bench.world;
  rig.seam = bench.seam;
  rig.heard = g_string_new (NULL);
  rig.n_received = 0;
}

void
open_rig_with (LinuxPortMethod method, guint ring_bytes)
{
  const LinuxPortConfig config
      = { .method = method, .ring_bytes = ring_bytes, .received = count, .carrier = carrier };

  open_rig_world ();
  CU_ASSERT_FATAL (linux_world_open_port (rig.world, "w0", &config, &rig.port, NULL));
}

void
open_rig (LinuxPortMethod method)
{
  open_rig_with (method, 0);
}

void
open_tunnel_rig (void)
{
  const LinuxPortConfig config = { .tunnel_ip = OURS, .received = count };

  open_rig_world ();
  CU_ASSERT_FATAL (linux_world_open_tunnel_port (rig.world, &config, &rig.port, NULL));
}

void
close_rig (void)
{
  refusals_end ();
  linux_world_free (rig.world);
  g_string_free (rig.heard, TRUE);
}

void
send_frame (gconstpointer bytes, gsize length)
{
  net_world_send (rig.seam, rig.port, net_frame_new_from (rig.seam->frames, bytes, (guint) length));
}

LinuxPortCounters
counters (void)
{
  LinuxPortCounters now;

  linux_world_port_counters (rig.world, rig.port, &now);
  return now;
}

/* ---- waiting ----------------------------------------------------------------------------------------------------- */

static guint64 n_wanted;

static gboolean
wanted_are_gone (void)
{
  LinuxPortCounters now = counters ();

  return now.sent + now.not_sent == n_wanted;
}

gboolean
run_until_gone (guint64 n)
{
  n_wanted = n;
  return run_until (wanted_are_gone);
}

static guint n_awaited;

static gboolean
received_them (void)
{
  return rig.n_received >= n_awaited;
}

gboolean
receives (guint n)
{
  n_awaited = n;
  return run_until (received_them);
}

static const char *wanted_text;

static gboolean
text_is_heard (void)
{
  return strstr (rig.heard->str, wanted_text) != NULL;
}

gboolean
hears (const char *text)
{
  wanted_text = text;
  if (run_until (text_is_heard))
    return TRUE;
  printf ("# heard: %s\n", rig.heard->str);
  return FALSE;
}
