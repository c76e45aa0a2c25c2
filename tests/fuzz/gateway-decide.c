/* Forwarding: whatever a controller wrote and whatever arrives, the answer keeps the rules of decide.h, and what is
 * carried out is exactly what was decided: each item is one frame sent or one frame dropped with a reason.
 *
 * Input: facts of vtep-program.h, and
 *   F P …     a frame arrives at the port;  T V L …: out of a tunnel, VNI 5000 + digit, from a locator
 *   R S F …   a router sends a frame into the switch; "t": a tunnel had brought it
 * with the frame of vtep-program.h at the dots.  Before all, "!": inner tags are carried. */
#include "fuzz.h"
#include "vtep-program.h"

#include "gateway/execute.h"
#include "gateway/explain.h"
#include "net/arp.h"
#include "net/vxlan.h"
#include "testworld.h"

#define UNDERLAY   9u
#define MAX_STEPS  64u
#define MAX_FRAMES 12u

typedef struct
{
  VtepProgram program;
  TestWorld *world;
  VtepUnderlay *underlay;
  VtepExits exits;
} Run;

/* How a frame came, and what was said of it. */
typedef struct
{
  NetFrame *frame;
  VtepView view;
  VtepPort port;
  VtepRouted routed; /* VTEP_PORT_ROUTER */
  VtepActions actions;
} Arrival;

static void
decide (const Run *run, const Arrival *arrival, VtepActions *actions)
{
  if (arrival->port == VTEP_PORT_ROUTER)
    vtep_forward_decide_routed (run->program.tables, &arrival->view, &arrival->routed, actions);
  else
    vtep_forward_decide (run->program.tables, &arrival->view, arrival->port, actions);
}

/* ---- the rules of an answer -------------------------------------------------------------------------------------- */

static gboolean
is_denied (const Run *run, const VtepView *view, VtepPlace place, VtepAclDirection direction)
{
  VtepPacket packet;
  const VtepAcl *by;

  vtep_packet_read (&view->ethernet, view->bytes, view->length, &packet);
  return vtep_port_acls_deny (vtep_tables_acls (run->program.tables), place, direction, &packet, &by) != NULL;
}

static void
check_output (const Run *run, const Arrival *arrival, VtepPlace place)
{
  const VtepActions *actions = &arrival->actions;
  const NetMac *destination = &arrival->view.ethernet.destination;

  FUZZ_CHECK (place.port < VTEP_PROGRAM_PORTS, "port %u is one of ours", place.port);
  FUZZ_CHECK (vtep_tables_bound (run->program.tables, place) == actions->logical_switch->id,
              "a frame leaves where its logical switch is bound");
  FUZZ_CHECK (!vtep_place_equal (place, actions->from), "no frame leaves where it came from");
  FUZZ_CHECK (!is_denied (run, &arrival->view, place, VTEP_ACL_EGRESS), "no list denies what leaves");
  FUZZ_CHECK (destination->octet[0] != 0x01 || destination->octet[1] != 0x80
                  || arrival->port == VTEP_PORT_ROUTER,
              "a link's own group stays on its link");
}

static void
check_tunnel (const Run *run, const Arrival *arrival, NetIpv4 locator)
{
  const VtepActions *actions = &arrival->actions;
  const VtepSwitch *logical_switch = actions->logical_switch;
  guint tag = arrival->view.ethernet.n_tags > 0 ? NET_VLAN_TAG : 0;

  FUZZ_CHECK (arrival->port != VTEP_PORT_TUNNEL, "nothing is relayed between tunnels");
  FUZZ_CHECK (arrival->port != VTEP_PORT_ROUTER || !arrival->routed.from_tunnel, "nor by way of a router");
  FUZZ_CHECK (vtep_tables_switch_of_vni (run->program.tables, logical_switch->vni) == logical_switch,
              "a VNI is its logical switch's");
  FUZZ_CHECK (vtep_peers_of_switch (vtep_tables_peers (run->program.tables), logical_switch->id, locator)
                  || actions->rule == VTEP_RULE_TWIN,
              "only locators that a row of the logical switch names are sent to");
  FUZZ_CHECK (arrival->view.length - tag + VTEP_TUNNEL_OVERHEAD <= VTEP_PROGRAM_MTU,
              "the underlay takes what a tunnel carries");
}

/* What the whole switch tells of its tunnels: by mode, and by BFD. */
static void
check_flood (const Run *run, const Arrival *arrival, const NetIpv4 *locators, guint n)
{
  const VtepActions *actions = &arrival->actions;

  for (guint i = 1; i < n; i++)
    FUZZ_CHECK (locators[i - 1] < locators[i], "each locator gets one copy, in ascending order");
  if (n == 0 || actions->rule == VTEP_RULE_REMOTE || actions->rule == VTEP_RULE_TWIN
      || actions->logical_switch->replication == VTEP_REPLICATION_SOURCE_NODE)
    {
      FUZZ_CHECK (n <= 1 || actions->rule == VTEP_RULE_UNKNOWN || actions->rule == VTEP_RULE_GROUP,
                  "only what is flooded is copied");
      return;
    }
  FUZZ_CHECK (n == 1, "one service node replicates");
  FUZZ_CHECK (!vtep_index_find (vtep_tables_down (run->program.tables), locators[0]),
              "and it is one that forwards");
}

static void
check_learning (const Run *run, const Arrival *arrival)
{
  const VtepActions *actions = &arrival->actions;
  const NetMac *source = &arrival->view.ethernet.source;

  if (!actions->learn)
    return;
  FUZZ_CHECK (arrival->port < VTEP_PROGRAM_PORTS, "only access ports teach");
  FUZZ_CHECK (!net_mac_is_group (source) && !net_mac_is_zero (source), "only hosts' addresses are learned");
  FUZZ_CHECK (actions->source == vtep_key (actions->logical_switch->id, source), "for their logical switch");
  FUZZ_CHECK (!is_denied (run, &arrival->view, actions->from, VTEP_ACL_INGRESS), "a denied frame is none");
}

static void
check_items (const Run *run, const Arrival *arrival)
{
  const VtepActions *actions = &arrival->actions;
  g_autoptr (GArray) locators = g_array_new (FALSE, FALSE, sizeof (NetIpv4));
  VtepPlace last = { 0, 0 };
  guint n_copies = 0, n_outputs = 0;

  FUZZ_CHECK (actions->n > 0, "something is done with every frame");
  for (guint i = 0; i < actions->n; i++)
    {
      const VtepAction *action = &actions->items[i];
      n_copies += action->kind != VTEP_ACTION_DROP && action->kind != VTEP_ACTION_ROUTE;
      FUZZ_CHECK (action->kind != VTEP_ACTION_ROUTE || actions->n == 1, "a router has a frame for itself");
      if (action->kind == VTEP_ACTION_OUTPUT)
        {
          FUZZ_CHECK (n_outputs++ == 0 || vtep_place_compare (last, action->place) < 0,
                      "a place gets one copy, in the order of ports and VLANs");
          FUZZ_CHECK (locators->len == 0, "ports come before tunnels");
          check_output (run, arrival, last = action->place);
        }
      else if (action->kind == VTEP_ACTION_TUNNEL)
        {
          g_array_append_val (locators, action->locator);
          check_tunnel (run, arrival, action->locator);
        }
      else if (action->kind == VTEP_ACTION_DROP && action->drop.reason != NET_DROP_ACL_DENY)
        FUZZ_CHECK (i == actions->n - 1, "a drop that is of no list comes last");
    }
  FUZZ_CHECK (n_copies == actions->n_copies, "there are %u copies, not %u", n_copies, actions->n_copies);
  check_flood (run, arrival, (NetIpv4 *) locators->data, locators->len);
}

/* Two answers to one question are the same. */
static void
check_pure (const Run *run, const Arrival *arrival)
{
  g_auto (VtepActions) again = { 0 };
  const VtepActions *actions = &arrival->actions;

  vtep_actions_init (&again);
  decide (run, arrival, &again);
  FUZZ_CHECK (again.n == actions->n && again.rule == actions->rule && again.learn == actions->learn
                  && again.logical_switch == actions->logical_switch,
              "deciding changes nothing");
  for (guint i = 0; i < again.n; i++)
    FUZZ_CHECK (again.items[i].kind == actions->items[i].kind, "item %u is the same", i);
}

/* ---- words ------------------------------------------------------------------------------------------------------- */

static void
check_text (const char *text, const char *about)
{
  FUZZ_CHECK (*text && strlen (text) < VTEP_EXPLAIN_TEXT - 1, "%s is explained, and whole", about);
  for (const char *at = text; *at; at++)
    FUZZ_CHECK (g_ascii_isprint (*at), "%s is explained in a line", about);
}

static void
check_routing (const Run *run, const Arrival *arrival, const VtepRouter *router)
{
  const VtepTables *tables = run->program.tables;
  char text[VTEP_EXPLAIN_TEXT];
  VtepRouting routing;

  vtep_route_decide (router, arrival->actions.logical_switch, &arrival->view, &routing);
  check_text (vtep_explain_routing (tables, &routing, text), "routing");
  FUZZ_CHECK (strncmp (text, router->name, strlen (router->name)) == 0 || routing.kind == VTEP_ROUTE_DROP,
              "a router's doing begins with its name: %s", text);
  if (routing.kind == VTEP_ROUTE_FORWARD)
    FUZZ_CHECK (routing.route && routing.route->out && vtep_address_is_routable (&routing.next_hop)
                    && !vtep_router_own (router, &routing.next_hop),
                "a packet goes on to a host's address");
  if (routing.kind == VTEP_ROUTE_ARP)
    FUZZ_CHECK (arrival->view.ethernet.type == NET_ETHERTYPE_ARP && routing.in, "ARP answers ARP");
  if (routing.kind == VTEP_ROUTE_SOLICITATION)
    FUZZ_CHECK (routing.in && !vtep_address_is_ipv4 (&routing.destination),
                "a solicitation is for an IPv6 address");
  FUZZ_CHECK (!routing.tells || vtep_address_is_routable (&routing.told), "a neighbour is a host");
  FUZZ_CHECK (!routing.tells
                  || vtep_address_is_ipv4 (&routing.told)
                         == (arrival->view.ethernet.type == NET_ETHERTYPE_ARP),
              "ARP tells IPv4 addresses, neighbour discovery IPv6 ones");
}

static void
check_words (const Run *run, const Arrival *arrival)
{
  const VtepActions *actions = &arrival->actions;
  char text[VTEP_EXPLAIN_TEXT];

  for (guint i = 0; i < actions->n; i++)
    {
      const VtepAction *action = &actions->items[i];
      if (action->kind == VTEP_ACTION_ROUTE)
        check_routing (run, arrival, action->router);
      if (action->kind != VTEP_ACTION_DROP)
        continue;
      vtep_explain_drop (run->program.tables, vtep_program_ports, &arrival->view, actions, action, text);
      check_text (text, net_drop_word (action->drop.reason));
      if (action->drop.reason == NET_DROP_ACL_DENY)
        FUZZ_CHECK (g_str_has_prefix (text, vtep_acl_name (action->drop.acl)), "a list is named: %s", text);
    }
}

/* ---- carrying it out --------------------------------------------------------------------------------------------- */

/* Neighbours with even addresses answer; what waits for the others is dropped in time. */
static void
answer_arp (Run *run)
{
  guint n = run->world->sent->len;

  for (guint i = 0; i < n; i++)
    {
      const TestSent *sent = test_world_sent (run->world, i);
      NetMac mac = { { 2, 0, 0, 0, 0, 9 } };
      NetEthernet ethernet;
      NetArp arp, reply;
      VtepArrival arrival;
      if (sent->port != UNDERLAY || net_ethernet_parse_frame (sent->frame, &ethernet) != NET_DROP_NONE
          || ethernet.type != NET_ETHERTYPE_ARP
          || net_arp_parse (net_frame_bytes (sent->frame) + ethernet.payload, NET_ARP_LENGTH, &arp)
                 != NET_DROP_NONE
          || arp.target_ip % 2)
        continue;
      reply = (NetArp){ .op = NET_ARP_REPLY,
                        .sender_mac = mac,
                        .sender_ip = arp.target_ip,
                        .target_mac = arp.sender_mac,
                        .target_ip = arp.sender_ip };
      FUZZ_CHECK (!vtep_underlay_receive (run->underlay,
                                          net_arp_frame (run->world->world.frames, &arp.sender_mac, &reply),
                                          &arrival),
                  "ARP is no tunnel's packet");
    }
}

static guint
count_items (const VtepActions *actions, VtepActionKind kind)
{
  guint n = 0;

  for (guint i = 0; i < actions->n; i++)
    n += actions->items[i].kind == kind;
  return n;
}

static void
check_packet (const NetFrame *frame, const VtepActions *actions, guint length)
{
  guint inner, inner_length;
  NetVxlan outer;

  FUZZ_CHECK (net_vxlan_parse (net_frame_bytes (frame), frame->length, &outer, &inner, &inner_length)
                  == NET_DROP_NONE,
              "a tunnel's packet parses");
  FUZZ_CHECK (outer.vni == actions->logical_switch->vni, "it has its logical switch's VNI");
  FUZZ_CHECK (inner_length == length, "it carries %u bytes, not %u", length, inner_length);
  FUZZ_CHECK (frame->length - NET_ETHERNET_HEADER <= VTEP_PROGRAM_MTU, "it fits the underlay");
}

/* Each frame sent, in the order of the items. */
static void
check_sent (const Run *run, const Arrival *arrival, guint length, guint *n_tunnel)
{
  const VtepActions *actions = &arrival->actions;
  guint next = 0;

  for (guint i = 0; i < run->world->sent->len; i++)
    {
      const TestSent *sent = test_world_sent (run->world, i);
      NetEthernet ethernet;
      FUZZ_CHECK (net_ethernet_parse_frame (sent->frame, &ethernet) == NET_DROP_NONE, "what is sent parses");
      if (sent->port == UNDERLAY && ethernet.type == NET_ETHERTYPE_ARP)
        continue;
      if (sent->port == UNDERLAY)
        {
          check_packet (sent->frame, actions, length);
          ++*n_tunnel;
          continue;
        }
      while (next < actions->n && actions->items[next].kind != VTEP_ACTION_OUTPUT)
        next++;
      FUZZ_CHECK (next < actions->n && sent->port == actions->items[next].place.port,
                  "a frame leaves port %u by a decision", sent->port);
      if (actions->items[next].place.vlan != VTEP_VLAN_UNTAGGED)
        FUZZ_CHECK (ethernet.n_tags > 0
                        && NET_VLAN_VID (ethernet.tags[0].tci) == actions->items[next].place.vlan
                        && sent->frame->length == length + NET_VLAN_TAG,
                    "with the tag of its place");
      else
        FUZZ_CHECK (sent->frame->length == length, "untagged as its place");
      next++;
    }
  while (next < actions->n && actions->items[next].kind != VTEP_ACTION_OUTPUT)
    next++;
  FUZZ_CHECK (next == actions->n, "every output is sent");
}

/* Takes the frame's reference. */
static void
execute (Run *run, Arrival *arrival)
{
  const VtepActions *actions = &arrival->actions;
  guint tag = arrival->port != VTEP_PORT_TUNNEL && arrival->view.ethernet.n_tags > 0 ? NET_VLAN_TAG : 0,
        n_tunnel = 0, n_drops;

  test_world_forget (run->world);
  if (arrival->port == VTEP_PORT_TUNNEL)
    {
      VtepArrival packet = { .inner = 0, .inner_length = arrival->frame->length };
      vtep_execute_tunnel (&run->exits, arrival->frame, &arrival->view, &packet, VTEP_ECN_KEEP, actions);
    }
  else
    vtep_execute_access (&run->exits, arrival->frame, &arrival->view, actions);
  n_drops = run->world->drops->len;
  FUZZ_CHECK (n_drops >= count_items (actions, VTEP_ACTION_DROP), "every drop is told");
  for (guint i = 0; i < n_drops; i++)
    FUZZ_CHECK (test_world_drop (run->world, i)->reason != NET_DROP_NONE, "with a reason");
  answer_arp (run);
  test_world_advance (run->world, 10 * NET_SEC);
  check_sent (run, arrival, arrival->view.length - tag, &n_tunnel);
  FUZZ_CHECK (n_tunnel + run->world->drops->len
                  == count_items (actions, VTEP_ACTION_TUNNEL) + count_items (actions, VTEP_ACTION_DROP),
              "every copy for a tunnel is sent or dropped: %u sent, %u dropped", n_tunnel,
              run->world->drops->len);
}

/* ---- arrivals ---------------------------------------------------------------------------------------------------- */

static void
arrive (Run *run, Arrival *arrival, FuzzInput *input)
{
  VtepActions *actions = &arrival->actions;

  arrival->frame = vtep_program_frame (input, run->world->world.frames);
  if (net_ethernet_parse_frame (arrival->frame, &arrival->view.ethernet) != NET_DROP_NONE)
    {
      net_frame_unref (arrival->frame);
      return;
    }
  arrival->view.length = arrival->frame->length;
  arrival->view.bytes = net_frame_bytes (arrival->frame);
  vtep_actions_init (actions);
  decide (run, arrival, actions);
  check_items (run, arrival);
  check_learning (run, arrival);
  check_pure (run, arrival);
  check_words (run, arrival);
  if (actions->learn)
    vtep_fdb_learn (vtep_tables_fdb_writable (run->program.tables), actions->source, actions->from, 0, NULL);
  execute (run, arrival);
  vtep_actions_clear (actions);
}

/* FALSE: the letter is no arrival. */
static gboolean
take_arrival (Run *run, FuzzInput *input, char letter)
{
  Arrival arrival = { 0 };

  switch (letter)
    {
    case 'F':
      arrival.port = (VtepPort) fuzz_choose (input, "012");
      break;
    case 'T':
      arrival.port = VTEP_PORT_TUNNEL;
      arrival.view.vni = 5000 + fuzz_choose (input, "0123");
      arrival.view.source = vtep_program_locator (input);
      break;
    case 'R':
      arrival.port = VTEP_PORT_ROUTER;
      arrival.routed.logical_switch
          = vtep_tables_switch (run->program.tables, run->program.ids[1 + fuzz_choose (input, "1234")]);
      arrival.routed.from_tunnel = fuzz_take (input, 't');
      break;
    default:
      return FALSE;
    }
  arrive (run, &arrival, input);
  return TRUE;
}

static void
run_init (Run *run, VtepInnerVlan inner_vlan)
{
  static const guint world_ports[VTEP_PROGRAM_PORTS] = { 0, 1, 2 };

  vtep_program_init (&run->program, inner_vlan);
  run->world = test_world_new ();
  run->underlay = vtep_underlay_new (
      &run->world->world,
      &(VtepUnderlayConfig){
          .port = UNDERLAY, .mac = { { 2, 0, 0, 0, 0, 1 } }, .ip = 0x0a087d14, .prefix_length = 24 });
  run->exits = (VtepExits){ .world = &run->world->world,
                            .underlay = run->underlay,
                            .tables = run->program.tables,
                            .world_ports = world_ports,
                            .port_names = vtep_program_ports,
                            .underlay_port = UNDERLAY };
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  FuzzInput input = { data, data + size };
  guint n_frames = 0;
  Run run;

  run_init (&run, fuzz_take (&input, '!') ? VTEP_INNER_VLAN_CARRY : VTEP_INNER_VLAN_REFUSE);
  for (guint i = 0; i < MAX_STEPS && n_frames < MAX_FRAMES && !fuzz_ended (&input); i++)
    {
      char letter = (char) fuzz_byte (&input);
      if (!vtep_program_fact (&run.program, &input, letter))
        n_frames += take_arrival (&run, &input, letter);
    }
  vtep_underlay_free (run.underlay);
  test_world_forget (run.world);
  FUZZ_CHECK (net_frame_pool_outstanding (run.world->world.frames) == 0, "no frame is left over");
  vtep_program_clear (&run.program);
  test_world_free (run.world);
  return 0;
}
