/* The gateway's cost a frame, VLAN to VXLAN and back, through the whole library.
 * usage: gateway [MACS [FRAMES [LENGTH]]]
 *
 * One logical switch, VLAN 2901 on one port; half of the MACs are local, half remote behind 64 tunnel ends; addresses
 * are drawn at random, and the ring of frames is larger than the second-level cache.  Making a frame is outside the
 * figure, giving it back to its pool inside.  All frames must come out, or there is no figure. */
#include "bench.h"

#include "gateway/gateway.h"
#include "net/vxlan.h"
#include "ovsdb/build.h"
#include "ovsdb/database.h"

#include <stdio.h>
#include <stdlib.h>

#define RING     4096u
#define LOCATORS 64u
#define ACCESS   1u
#define UPLINK   2u
#define VNI      5001u
#define TUNNEL   50u

typedef struct
{
  NetWorld world;
  guint64 sent, dropped, random;
  guint last_length;
} NullWorld;

/* ---- a world that throws everything away ------------------------------------------------------------------------- */

static gint64
now (NetWorld *world)
{
  (void) world;
  return NET_SEC;
}

static void
timer_set (NetWorld *world, NetTimer *timer, gint64 at_ns)
{
  (void) at_ns;
  timer->pending = world;
}

static void
timer_cancel (NetWorld *world, NetTimer *timer)
{
  (void) world;
  timer->pending = NULL;
}

static void
random_bytes (NetWorld *world, gpointer bytes, gsize n)
{
  for (gsize i = 0; i < n; i++)
    ((guint8 *) bytes)[i] = (guint8) bench_random (&((NullWorld *) world)->random);
}

static void
send_frame (NetWorld *world, guint port, NetFrame *frame)
{
  (void) port;
  ((NullWorld *) world)->sent++;
  ((NullWorld *) world)->last_length = frame->length;
  net_frame_unref (frame);
}

static void
hear_log (NetWorld *world, NetLogLevel level, const char *module, const char *message)
{
  (void) world;
  (void) level;
  (void) module;
  fprintf (stderr, "%s\n", message);
}

static void
hear_drop (NetWorld *world, const NetDrop *drop)
{
  (void) drop;
  ((NullWorld *) world)->dropped++;
}

static void
hear_state (NetWorld *world, const NetState *state)
{
  (void) world;
  (void) state;
}

static const NetWorldClass null_class = { .now = now,
                                          .timer_set = timer_set,
                                          .timer_cancel = timer_cancel,
                                          .random = random_bytes,
                                          .send = send_frame,
                                          .log = hear_log,
                                          .drop = hear_drop,
                                          .state = hear_state };

/* ---- addresses and frames ---------------------------------------------------------------------------------------- */

static NetMac
local_mac (guint i)
{
  return net_mac_from_u64 (G_GUINT64_CONSTANT (0x020000000000) + i);
}

static NetMac
remote_mac (guint i)
{
  return net_mac_from_u64 (G_GUINT64_CONSTANT (0x020100000000) + i);
}

static NetIpv4
locator_ip (guint i)
{
  return 0x0a087d64 + i % LOCATORS; /* 10.8.125.100 … 163 */
}

static NetFrame *
tagged_frame (NetFramePool *pool, const NetMac *from, const NetMac *to, guint length)
{
  NetFrame *frame = net_frame_new (pool, NET_FRAME_HEADROOM, length);
  guint8 *at = net_frame_data (frame);

  memset (at, 0, length);
  memcpy (at, to, 6);
  memcpy (at + 6, from, 6);
  net_put_be16 (at + 12, NET_ETHERTYPE_VLAN);
  net_put_be16 (at + 14, 2901);
  net_put_be16 (at + 16, 0x88b5);
  return frame;
}

/* ---- the gateway ------------------------------------------------------------------------------------------------- */

static void
execute (OvsdbDatabase *db, json_t *operations)
{
  g_autoptr (GError) error = NULL;

  if (!ovsdb_database_execute (db, operations, &error))
    g_error ("%s", error->message);
}

static void
configure (OvsdbDatabase *db, guint n_remote)
{
  const OvsdbTable *switches;
  const OvsdbRow *row;
  json_t *operations
      = json_pack ("[o, o]",
                   ovsdb_op_insert ("Logical_Switch", "ls",
                                    json_pack ("{s:s, s:i}", "name", "blue", "tunnel_key", (int) VNI)),
                   ovsdb_op_update ("Physical_Port", json_array (),
                                    json_pack ("{s:[s, [[i, o]]]}", "vlan_bindings", "map", 2901,
                                               ovsdb_json_named_uuid ("ls"))));

  execute (db, operations);
  switches = ovsdb_database_table (db, "Logical_Switch");
  row = ovsdb_table_first (switches);
  operations = json_array ();
  for (guint i = 0; i < LOCATORS; i++)
    {
      g_autofree char *name = g_strdup_printf ("l%u", i);
      char text[NET_IPV4_TEXT];
      json_array_append_new (
          operations, ovsdb_op_insert ("Physical_Locator", name,
                                       json_pack ("{s:s, s:s}", "encapsulation_type", "vxlan_over_ipv4",
                                                  "dst_ip", net_ipv4_format (locator_ip (i), text))));
    }
  for (guint i = 0; i < n_remote; i++)
    {
      g_autofree char *name = g_strdup_printf ("l%u", i % LOCATORS);
      NetMac mac = remote_mac (i);
      char text[NET_MAC_TEXT];
      json_array_append_new (
          operations, ovsdb_op_insert ("Ucast_Macs_Remote", NULL,
                                       json_pack ("{s:s, s:o, s:o}", "MAC", net_mac_format (&mac, text),
                                                  "logical_switch", ovsdb_json_uuid (ovsdb_row_uuid (row)),
                                                  "locator", ovsdb_json_named_uuid (name))));
    }
  execute (db, operations);
}

/* Learns the local MACs, and lets every tunnel end answer ARP. */
static void
warm_up (NullWorld *world, VtepGateway *gateway, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      NetMac from = local_mac (i), to = remote_mac (i);
      vtep_gateway_receive (gateway, ACCESS, tagged_frame (world->world.frames, &from, &to, 64));
      if (i < LOCATORS)
        {
          guint8 reply[42] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 1, (guint8) i, 8, 6,
                               0, 1, 8, 0, 6, 4, 0, 2, 2, 0, 0, 0,          1, (guint8) i };
          net_put_be32 (reply + 28, locator_ip (i));
          vtep_gateway_receive (gateway, UPLINK,
                                net_frame_new_from (world->world.frames, reply, sizeof reply));
        }
    }
}

static void
make_ring (NullWorld *world, NetFrame **ring, guint n, guint length, gboolean encapsulated, guint64 *random)
{
  for (guint i = 0; i < RING; i++)
    {
      guint a = (guint) (bench_random (random) % n), b = (guint) (bench_random (random) % n);
      NetMac local = local_mac (a), remote = remote_mac (b);

      if (!encapsulated)
        {
          ring[i] = tagged_frame (world->world.frames, &local, &remote, length);
          continue;
        }
      ring[i] = net_vlan_pop (tagged_frame (world->world.frames, &remote, &local, length));
      ring[i] = net_vxlan_encapsulate (ring[i], &(NetVxlan){ .destination_mac = { { 2, 0, 0, 0, 0, 1 } },
                                                             .source_mac = { { 2, 0, 0, 0, 1, 0 } },
                                                             .destination_ip = 0x0a087d14,
                                                             .source_ip = locator_ip (b),
                                                             .vni = VNI,
                                                             .source_port = 40000 });
    }
}

static double
measure (NullWorld *world, VtepGateway *gateway, guint n, guint64 frames, guint length, gboolean encapsulated)
{
  static NetFrame *ring[RING];
  guint64 random = BENCH_SEED, done = 0;
  double cpu_s = 0;

  for (world->sent = world->dropped = 0; done < frames; done += RING)
    {
      double began;
      make_ring (world, ring, n, length, encapsulated, &random);
      began = bench_cpu_seconds ();
      for (guint i = 0; i < RING; i++)
        vtep_gateway_receive (gateway, encapsulated ? UPLINK : ACCESS, ring[i]);
      cpu_s += bench_cpu_seconds () - began;
    }
  if (world->dropped || world->sent != done)
    g_error ("%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " frames came out", world->sent, done);
  return cpu_s * 1e9 / (double) done;
}

int
main (int argc, char **argv)
{
  guint n = MAX ((guint) bench_argument (argc, argv, 1, 1000) / 2, LOCATORS);
  guint64 frames = bench_argument (argc, argv, 2, 4000000);
  guint length = (guint) bench_argument (argc, argv, 3, 68);
  NullWorld world
      = { .world = { .klass = &null_class, .frames = net_frame_pool_new () }, .random = BENCH_SEED };
  gsize size;
  const char *text = ovsdb_schema_hardware_vtep (&size);
  g_autoptr (OvsdbSchema) schema = ovsdb_schema_parse (text, size, NULL);
  OvsdbDatabase *db = ovsdb_database_new (schema, &world.world);
  const VtepPortConfig port = { .name = "em3", .world_port = ACCESS };
  VtepGateway *gateway = vtep_gateway_new (&world.world, db,
                                           &(VtepGatewayConfig){ .switch_name = "tor1",
                                                                 .ports = &port,
                                                                 .n_ports = 1,
                                                                 .underlay_port = UPLINK,
                                                                 .underlay_mac = { { 2, 0, 0, 0, 0, 1 } },
                                                                 .tunnel_ip = 0x0a087d14,
                                                                 .prefix_length = 24,
                                                                 .max_macs = G_MAXUINT });
  double encap, decap;

  configure (db, n);
  warm_up (&world, gateway, n);
  encap = measure (&world, gateway, n, frames, length, FALSE);
  decap = measure (&world, gateway, n, frames, length, TRUE);
  printf ("gateway macs=%u frame=%u vlan-to-vxlan=%.1f ns vxlan-to-vlan=%.1f ns\n", 2 * n, length, encap,
          decap);
  vtep_gateway_free (gateway);
  ovsdb_database_free (db);
  net_frame_pool_free (world.world.frames);
  return 0;
}
