/* The gateway as a whole, with two logical switches and a router between them: whatever comes in at whichever port, no
 * frame is lost or left over, what goes out at a port belongs there, and nothing is relayed between tunnels.
 *
 * Input: what happens, a letter each:
 *   e, f      the frame of vtep-program.h comes in at em3, at em4
 *   v D L C   … out of a tunnel: VNI 5000 + digit, from a locator; "c": congestion was experienced
 *   u U       … at the underlay port: "u" as it is, "m" to our MAC there
 *   x P       the bytes up to the next ";" come in: port "1" em3, "2" em4, "9" the underlay, "m" the underlay, to us
 *   a L       a locator tells its MAC
 *   r, R      the router goes, and is there again
 *   t T       a second, "m" a minute, "h" an hour passes;  d P: a port loses its carrier */
#include "fuzz.h"
#include "vtep-program.h"

#include "fixture.h"

#include "net/arp.h"
#include "net/vxlan.h"

#define TUNNEL_IP 0x0a087d14
#define MAX_STEPS 48u

/* Frames that come in are numbered by the side that they come from; those that the gateway makes have 0. */
#define FROM_ACCESS 1u
#define FROM_TUNNEL (1u << 16)

static const NetMac our_mac = { { 0x02, 0x0a, 0x08, 0x7d, 0x00, 0x20 } };

/* ---- what is configured ------------------------------------------------------------------------------------------ */

static json_t *
bind_router (Fixture *f, const char *address, const char *name)
{
  const OvsdbRow *row = ovsdb_table_find_text (ovsdb_database_table (f->db, "Logical_Switch"), "name", name);

  return json_pack ("[s, o]", address, ovsdb_json_uuid (ovsdb_row_uuid (row)));
}

static void
put_router (Fixture *f)
{
  json_t *bindings = json_pack (
      "[o, o, o, o]", bind_router (f, "10.0.1.1/24", "blue"), bind_router (f, "10.0.2.1/24", "green"),
      bind_router (f, "2001:db8:1::1/64", "blue"), bind_router (f, "2001:db8:2::1/64", "green"));

  fixture_execute (
      f, json_pack ("[o]", ovsdb_op_insert ("Logical_Router", NULL,
                                            json_pack ("{s:s, s:[s, o], s:[s, [[s, s]]]}", "name", "r1",
                                                       "switch_binding", "map", bindings, "other_config",
                                                       "map", "mac", "02:72:00:00:00:01"))));
}

static void
begin (Fixture *f)
{
  fixture_init (f, NULL);
  put_switch (f, "blue", 5001, "source_node");
  put_switch (f, "green", 5002, NULL);
  put_switch (f, "lone", 5003, NULL);
  put_binding (f, "em3", 100, "blue");
  put_binding (f, "em4", 0, "blue");
  put_binding (f, "em4", 200, "green");
  put_binding (f, "em3", 300, "lone");
  put_flood (f, "blue", "10.8.125.101 10.8.125.102");
  put_flood (f, "green", "10.8.125.103 10.9.0.1");
  put_remote (f, "blue", "fa:16:3e:00:00:0c", "10.8.125.101");
  put_router (f);
  test_world_advance (f->world, NET_SEC);
}

static gboolean
is_bound (guint port, guint vlan)
{
  return port == EM3 ? vlan == 100 || vlan == 300 : vlan == 0 || vlan == 200;
}

static void
drop_routers (Fixture *f)
{
  fixture_execute (f, json_pack ("[o]", ovsdb_op_delete ("Logical_Router", json_array ())));
}

/* ---- the rules --------------------------------------------------------------------------------------------------- */

/* What went out since the last look. */
static void
check_sent (Fixture *f)
{
  for (guint i = 0; i < f->world->sent->len; i++)
    {
      const TestSent *sent = test_world_sent (f->world, i);
      guint inner, inner_length;
      NetEthernet ethernet;
      NetVxlan outer;
      FUZZ_CHECK (sent->port == EM3 || sent->port == EM4 || sent->port == UPLINK, "port %u is ours",
                  sent->port);
      FUZZ_CHECK (net_ethernet_parse_frame (sent->frame, &ethernet) == NET_DROP_NONE, "what is sent parses");
      if (sent->port != UPLINK)
        {
          FUZZ_CHECK (is_bound (sent->port, ethernet.n_tags ? NET_VLAN_VID (ethernet.tags[0].tci) : 0),
                      "a frame leaves port %u in a VLAN that is bound there", sent->port);
          continue;
        }
      FUZZ_CHECK (net_mac_equal (&ethernet.source, &our_mac) && ethernet.n_tags == 0,
                  "the underlay sees our MAC");
      if (net_vxlan_parse (net_frame_bytes (sent->frame), sent->frame->length, &outer, &inner, &inner_length)
          != NET_DROP_NONE)
        continue;
      FUZZ_CHECK (sent->frame->packet_id < FROM_TUNNEL, "what a tunnel brought goes into no tunnel");
      FUZZ_CHECK (sent->frame->length <= NET_ETHERNET_HEADER + VTEP_MTU_DEFAULT, "a tunnel keeps to the MTU");
    }
  for (guint i = 0; i < f->world->drops->len; i++)
    FUZZ_CHECK (test_world_drop (f->world, i)->reason != NET_DROP_NONE, "every drop has a reason");
  test_world_forget (f->world);
}

static void
come_in (Fixture *f, guint port, NetFrame *frame, guint64 number)
{
  frame->packet_id = number;
  vtep_gateway_receive (f->gateway, port, frame);
  check_sent (f);
}

/* ---- what happens ------------------------------------------------------------------------------------------------ */

static void
come_from_tunnel (Fixture *f, FuzzInput *input)
{
  NetVxlan outer = { .destination_mac = our_mac,
                     .source_mac = { { 2, 0, 0, 0, 0, 9 } },
                     .destination_ip = TUNNEL_IP,
                     .source_port = 33000 };

  outer.vni = 5000 + fuzz_choose (input, "0123");
  outer.source_ip = vtep_program_locator (input);
  outer.tos = fuzz_take (input, 'c') ? 3 : 0;
  come_in (f, UPLINK, net_vxlan_encapsulate (vtep_program_frame (input, f->world->world.frames), &outer),
           FROM_TUNNEL);
}

static void
address_to_us (NetFrame *frame)
{
  if (frame->length >= sizeof our_mac)
    memcpy (net_frame_data (frame), &our_mac, sizeof our_mac);
}

static void
come_by_underlay (Fixture *f, FuzzInput *input)
{
  gboolean to_us = fuzz_choose (input, "um") == 1;
  NetFrame *frame = vtep_program_frame (input, f->world->world.frames);

  if (to_us)
    address_to_us (frame);
  come_in (f, UPLINK, frame, FROM_TUNNEL);
}

static void
come_raw (Fixture *f, FuzzInput *input)
{
  static const guint ports[] = { EM3, EM4, UPLINK, UPLINK, 7 };
  guint i = fuzz_choose (input, "129m7");
  gsize length;
  const char *bytes = fuzz_until (input, ';', &length);
  NetFrame *frame
      = net_frame_new_from (f->world->world.frames, (const guint8 *) (length ? bytes : ""), (guint) length);

  if (i == 3)
    address_to_us (frame);
  come_in (f, ports[i], frame, ports[i] == UPLINK ? FROM_TUNNEL : FROM_ACCESS);
}

static void
hear_arp (Fixture *f, FuzzInput *input)
{
  NetMac mac = { { 2, 0, 0, 0, 0, 9 } };
  NetArp arp = { .op = NET_ARP_REPLY, .sender_mac = mac, .target_mac = our_mac, .target_ip = TUNNEL_IP };

  arp.sender_ip = vtep_program_locator (input);
  come_in (f, UPLINK, net_arp_frame (f->world->world.frames, &our_mac, &arp), FROM_ACCESS);
}

static void
pass_time (Fixture *f, FuzzInput *input)
{
  static const gint64 seconds[] = { 1, 60, 3600 };

  test_world_advance (f->world, seconds[fuzz_choose (input, "smh")] * NET_SEC);
  check_sent (f);
}

static void
step (Fixture *f, FuzzInput *input)
{
  switch (fuzz_choose (input, "efvuxatdrR"))
    {
    case 0:
      come_in (f, EM3, vtep_program_frame (input, f->world->world.frames), FROM_ACCESS);
      break;
    case 1:
      come_in (f, EM4, vtep_program_frame (input, f->world->world.frames), FROM_ACCESS);
      break;
    case 2:
      come_from_tunnel (f, input);
      break;
    case 3:
      come_by_underlay (f, input);
      break;
    case 4:
      come_raw (f, input);
      break;
    case 5:
      hear_arp (f, input);
      break;
    case 6:
      pass_time (f, input);
      break;
    case 8:
      drop_routers (f);
      break;
    case 9:
      drop_routers (f);
      put_router (f);
      break;
    default:
      vtep_gateway_port_changed (f->gateway, fuzz_choose (input, "12") ? EM4 : EM3, FALSE);
      break;
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  FuzzInput input = { data, data + size };
  Fixture f;

  begin (&f);
  check_sent (&f);
  for (guint i = 0; i < MAX_STEPS && !fuzz_ended (&input); i++)
    step (&f, &input);
  vtep_gateway_free (g_steal_pointer (&f.gateway));
  test_world_forget (f.world);
  FUZZ_CHECK (net_frame_pool_outstanding (f.world->world.frames) == 0, "no frame is left over");
  fixture_clear (&f);
  return 0;
}
