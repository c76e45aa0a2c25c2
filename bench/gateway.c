/* The gateway's cost a frame, VLAN to VXLAN and back, through the whole library.
 * usage: gateway [MACS [FRAMES [LENGTH [LOCATORS]]]]
 *
 * One logical switch, VLAN 2901 on one port; half of the MACs are local, half remote behind LOCATORS tunnel ends (64);
 * addresses are drawn at random, and the ring of frames is larger than the second-level cache.  Making a frame is
 * outside the figure, giving it back to its pool inside.  All frames must come out, or there is no figure.  Beside it
 * stands the limit (limit/gateway.h), measured in turn with it, and cycles where the processor counts them. */
#include "bench.h"

#include "gateway/gateway.h"
#include "limit/gateway.h"
#include "net/vxlan.h"
#include "ovsdb/build.h"
#include "ovsdb/database.h"

#include <stdio.h>
#include <stdlib.h>
#ifdef __x86_64__
#include <x86intrin.h>
#endif

#define RING   LIMIT_RING
#define ACCESS 1u
#define UPLINK 2u
#define VNI    5001u
#define TUNNEL 50u

typedef enum
{
  ENCAP,
  DECAP,
  FLOOD
} Way;

typedef struct
{
  guint n; /* MACs of a side */
  guint64 frames;
  guint length;
} Size;

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

static guint n_locators;

static NetIpv4
locator_ip (guint i)
{
  return 0x0a087d64 + i % n_locators; /* 10.8.125.100 … */
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
  for (guint i = 0; i < n_locators; i++)
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
      g_autofree char *name = g_strdup_printf ("l%u", i % n_locators);
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

/* Broadcast goes to all locators from now on. */
static void
configure_flood (OvsdbDatabase *db)
{
  const OvsdbRow *logical_switch = ovsdb_table_first (ovsdb_database_table (db, "Logical_Switch"));
  json_t *locators = json_array ();

  for (guint i = 0; i < n_locators; i++)
    {
      char text[NET_IPV4_TEXT];
      const OvsdbRow *row = ovsdb_table_find_text (ovsdb_database_table (db, "Physical_Locator"), "dst_ip",
                                                   net_ipv4_format (locator_ip (i), text));
      json_array_append_new (locators, ovsdb_json_uuid (ovsdb_row_uuid (row)));
    }
  execute (db,
           json_pack ("[o, o, o]",
                      ovsdb_op_update ("Logical_Switch", json_array (),
                                       json_pack ("{s:s}", "replication_mode", "source_node")),
                      ovsdb_op_insert ("Physical_Locator_Set", "set",
                                       json_pack ("{s:o}", "locators", ovsdb_json_set (locators))),
                      ovsdb_op_insert ("Mcast_Macs_Remote", NULL,
                                       json_pack ("{s:s, s:o, s:o}", "MAC", "unknown-dst", "logical_switch",
                                                  ovsdb_json_uuid (ovsdb_row_uuid (logical_switch)),
                                                  "locator_set", ovsdb_json_named_uuid ("set")))));
}

/* Learns the local MACs, and lets every tunnel end answer ARP. */
static void
warm_up (NullWorld *world, VtepGateway *gateway, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      NetMac from = local_mac (i), to = remote_mac (i);
      vtep_gateway_receive (gateway, ACCESS, tagged_frame (world->world.frames, &from, &to, 64));
      if (i < n_locators)
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
make_ring (NullWorld *world, NetFrame **ring, guint n, guint length, Way way, guint64 *random)
{
  static const NetMac nobody = { { 2, 9, 9, 9, 9, 9 } };

  for (guint i = 0; i < RING; i++)
    {
      guint a = (guint) (bench_random (random) % n), b = (guint) (bench_random (random) % n);
      NetMac local = local_mac (a), remote = remote_mac (b);

      if (way != DECAP)
        {
          ring[i] = tagged_frame (world->world.frames, &local, way == FLOOD ? &nobody : &remote, length);
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

/* What a pass over the ring took, one after another, and their sum. */
typedef struct
{
  double cpu_s;
  guint64 cycles, n; /* n: frames that came out */
} Figure;

static guint64
cycles (void)
{
#ifdef __x86_64__
  return __rdtsc ();
#else
  return 0;
#endif
}

static void
begin (Figure *figure)
{
  figure->cycles -= cycles ();
  figure->cpu_s -= bench_cpu_seconds ();
}

static void
end (Figure *figure, guint64 n)
{
  figure->cpu_s += bench_cpu_seconds ();
  figure->cycles += cycles ();
  figure->n += n;
}

/* Prints a figure a frame that came out. */
static void
print_way (const char *name, const Figure *ours, const Figure *limit)
{
  double ns = ours->cpu_s * 1e9 / (double) ours->n, limit_ns = limit->cpu_s * 1e9 / (double) limit->n;

  printf (" %s=%.1f ns %s-limit=%.1f ns %s-ratio=%.2f", name, ns, name, limit_ns, name, ns / limit_ns);
  if (ours->cycles > 0)
    printf (" %s-cycles=%.0f %s-limit-cycles=%.0f", name, (double) ours->cycles / (double) ours->n, name,
            (double) limit->cycles / (double) limit->n);
}

static void
measure (NullWorld *world, VtepGateway *gateway, const Size *size, Way way)
{
  static const char *const names[] = { "vlan-to-vxlan", "vxlan-to-vlan", "flood-copy" };
  static guint (*const passes[]) (Limit *)
      = { limit_gateway_encap, limit_gateway_decap, limit_gateway_flood };
  static NetFrame *ring[RING];
  guint64 random = BENCH_SEED, copies = way == FLOOD ? n_locators : 1;
  Limit *limit = limit_gateway_new (size->n, n_locators, size->length, way == FLOOD ? n_locators : 0);
  Figure ours = { 0 }, theirs = { 0 };

  while (ours.n < size->frames)
    {
      world->sent = world->dropped = 0;
      make_ring (world, ring, size->n, size->length, way, &random);
      begin (&ours);
      for (guint i = 0; i < RING; i++)
        vtep_gateway_receive (gateway, way == DECAP ? UPLINK : ACCESS, ring[i]);
      end (&ours, RING * copies);
      if (world->dropped || world->sent != RING * copies)
        g_error ("%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " frames came out", world->sent,
                 RING * copies);
      limit_gateway_fill (limit, way == DECAP, &random);
      begin (&theirs);
      end (&theirs, passes[way](limit));
      if (theirs.n != ours.n)
        g_error ("%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " frames came out of the limit", theirs.n,
                 ours.n);
    }
  print_way (names[way], &ours, &theirs);
  limit_gateway_free (limit);
}

int
main (int argc, char **argv)
{
  Size size = { .n = MAX ((guint) bench_argument (argc, argv, 1, 1000) / 2, 1),
                .frames = bench_argument (argc, argv, 2, 4000000),
                .length = (guint) bench_argument (argc, argv, 3, 68) };
  NullWorld world
      = { .world = { .klass = &null_class, .frames = net_frame_pool_new () }, .random = BENCH_SEED };
  gsize text_size;
  const char *text = ovsdb_schema_hardware_vtep (&text_size);
  g_autoptr (OvsdbSchema) schema = ovsdb_schema_parse (text, text_size, NULL);
  OvsdbDatabase *db = ovsdb_database_new (schema, &world.world);
  const VtepPortConfig port = { .name = "em3", .world_port = ACCESS };
  VtepGateway *gateway = vtep_gateway_new (&world.world, db,
                                           &(VtepGatewayConfig){ .switch_name = "tor1",
                                                                 .ports = &port,
                                                                 .n_ports = 1,
                                                                 .underlay_port = UPLINK,
                                                                 .underlay_mac = { { 2, 0, 0, 0, 0, 1 } },
                                                                 .tunnel_ip = 0x0a087d14,
                                                                 .prefix_length = 16,
                                                                 .max_macs = G_MAXUINT });

  n_locators = MIN ((guint) bench_argument (argc, argv, 4, 64), size.n);
  configure (db, size.n);
  warm_up (&world, gateway, size.n);
  printf ("gateway macs=%u frame=%u locators=%u", 2 * size.n, size.length, n_locators);
  measure (&world, gateway, &size, ENCAP);
  measure (&world, gateway, &size, DECAP);
  configure_flood (db);
  measure (&world, gateway, &size, FLOOD);
  printf ("\n");
  vtep_gateway_free (gateway);
  ovsdb_database_free (db);
  net_frame_pool_free (world.world.frames);
  return 0;
}
