/* History never matters: the same database writes in any order, with detours, and read in one go by a gateway that
 * starts later, end in the same forwarding state. */
#include "fixture.h"
#include "gateway/decide.h"
#include "tap.h"

#include <stdio.h>

/* One write.  `needs` is the logical switch that must exist: its place among the writes. */
typedef struct
{
  void (*run) (Fixture *f);
  gint needs;
} Write;

static void switch_blue (Fixture *f) { put_switch (f, "blue", 5001, "source_node"); }
static void switch_green (Fixture *f) { put_switch (f, "green", 5002, NULL); }
static void switch_twin (Fixture *f) { put_switch (f, "twin", 5001, "source_node"); }
static void switch_mute (Fixture *f) { put_switch (f, "mute", -1, "service_node"); }
static void bind_blue_2901 (Fixture *f) { put_binding (f, "em3", 2901, "blue"); }
static void bind_blue_2902 (Fixture *f) { put_binding (f, "em3", 2902, "blue"); }
static void bind_blue_untagged (Fixture *f) { put_binding (f, "em4", 0, "blue"); }
static void bind_green (Fixture *f) { put_binding (f, "em3", 100, "green"); }
static void bind_twin (Fixture *f) { put_binding (f, "em4", 300, "twin"); }
static void bind_mute (Fixture *f) { put_binding (f, "em4", 400, "mute"); }
static void remote_high (Fixture *f) { put_remote (f, "blue", "fa:16:3e:00:00:11", "10.8.125.21"); }
static void remote_low (Fixture *f) { put_remote (f, "blue", "fa:16:3e:00:00:11", "10.8.125.18"); }
static void remote_middle (Fixture *f) { put_remote (f, "blue", "fa:16:3e:00:00:11", "10.8.125.19"); }
static void remote_green (Fixture *f) { put_remote (f, "green", "fa:16:3e:00:00:11", "10.8.125.21"); }
static void remote_twin (Fixture *f) { put_remote (f, "twin", "fa:16:3e:00:00:12", "10.8.125.18"); }
static void flood_blue (Fixture *f) { put_flood (f, "blue", "10.8.125.21 10.8.125.18"); }
static void flood_green (Fixture *f) { put_flood (f, "green", "10.8.125.21 10.8.125.19"); }
static void flood_mute (Fixture *f) { put_flood (f, "mute", "10.8.125.18"); }

/* Detours, which leave nothing behind. */
static void
detour_key (Fixture *f)
{
  set_tunnel_key (f, "green", 5001);
  set_tunnel_key (f, "green", 5002);
}

static void
detour_remote (Fixture *f)
{
  put_remote (f, "green", "fa:16:3e:00:00:15", "10.8.125.77");
  drop_remote (f, "green", "fa:16:3e:00:00:15");
}

static void
detour_binding (Fixture *f)
{
  put_binding (f, "em4", 777, "green");
  put_binding (f, "em4", 777, NULL);
}

static void
detour_switch (Fixture *f)
{
  put_switch (f, "a passer-by", 5001, NULL);
  put_binding (f, "em4", 778, "a passer-by");
  put_flood (f, "a passer-by", "10.8.125.18 10.8.125.66");
  put_flood (f, "a passer-by", "");
  put_binding (f, "em4", 778, NULL);
  test_world_advance (f->world, NET_SEC); /* its local rows go */
  drop_switch (f, "a passer-by");
}

enum { BLUE, GREEN, TWIN, MUTE };

static const Write writes[] = {
  { switch_blue, -1 },        { switch_green, -1 },     { switch_twin, -1 },     { switch_mute, -1 },
  { bind_blue_2901, BLUE },   { bind_blue_2902, BLUE }, { bind_green, GREEN },   { bind_blue_untagged, BLUE },
  { bind_twin, TWIN },        { bind_mute, MUTE },      { remote_high, BLUE },   { remote_low, BLUE },
  { remote_middle, BLUE },    { remote_green, GREEN },  { remote_twin, TWIN },   { flood_blue, BLUE },
  { flood_green, GREEN },     { flood_mute, MUTE },     { detour_key, GREEN },   { detour_remote, GREEN },
  { detour_binding, GREEN },  { detour_switch, -1 },
};

#define N G_N_ELEMENTS (writes)

/* ---- the forwarding state as text: the decision for every question that could be asked --------------------------- */

static void
append_decision (GString *text, const VtepTables *tables, const VtepView *view, VtepPort port, VtepActions *actions)
{
  vtep_forward_decide (tables, view, port, actions);
  for (guint i = 0; i < actions->n; i++)
    {
      const VtepAction *action = &actions->items[i];
      if (action->kind == VTEP_ACTION_OUTPUT)
        g_string_append_printf (text, " %u.%u", action->place.port, action->place.vlan);
      else if (action->kind == VTEP_ACTION_TUNNEL)
        g_string_append_printf (text, " %08x/%u", action->locator, actions->logical_switch->vni);
      else
        g_string_append_printf (text, " %s", net_drop_word (action->drop.reason));
    }
  g_string_append (text, "\n");
}

static char *
forwarding_state (const VtepGateway *gateway)
{
  static const guint vlans[] = { 0, 100, 300, 400, 777, 778, 2901, 2902 };
  static const guint32 vnis[] = { 5001, 5002, 5003 };
  static const NetIpv4 sources[] = { 0x0a087d12, 0x0a087d13, 0x0a087d15, 0x0a087d42, 0x0a087d4d };
  const VtepTables *tables = vtep_gateway_tables (gateway);
  GString *text = g_string_new (NULL);
  g_auto (VtepActions) actions = { 0 };

  vtep_actions_init (&actions);
  for (guint last = 0x11; last <= 0x15; last++)
    {
      VtepView view = { .length = 100,
                        .ethernet = { .destination = { { 0xfa, 0x16, 0x3e, 0, 0, (guint8) last } },
                                      .source = { { 0xfa, 0x16, 0x3e, 0, 0, 0x99 } },
                                      .type = NET_ETHERTYPE_IPV4,
                                      .payload = 14 } };
      for (guint i = 0; i < G_N_ELEMENTS (vlans); i++)
        for (VtepPort port = 0; port < 2; port++)
          {
            view.ethernet.n_tags = vlans[i] ? 1 : 0;
            view.ethernet.tags[0] = (NetVlanTag){ .tpid = NET_ETHERTYPE_VLAN, .tci = (guint16) vlans[i] };
            append_decision (text, tables, &view, port, &actions);
          }
      view.ethernet.n_tags = 0;
      for (guint i = 0; i < G_N_ELEMENTS (vnis); i++)
        for (guint k = 0; k < G_N_ELEMENTS (sources); k++)
          {
            view.vni = vnis[i];
            view.source = sources[k];
            append_decision (text, tables, &view, VTEP_PORT_TUNNEL, &actions);
          }
    }
  return g_string_free (text, FALSE);
}

/* ---- orders ------------------------------------------------------------------------------------------------------ */

/* A random order in which each write comes after the one it needs. */
static void
shuffle (guint64 seed, guint order[N])
{
  gboolean done[N] = { FALSE };

  for (guint placed = 0; placed < N;)
    {
      guint i;
      seed = seed * G_GUINT64_CONSTANT (6364136223846793005) + G_GUINT64_CONSTANT (1442695040888963407);
      i = (guint) (seed >> 40) % N;
      if (done[i] || (writes[i].needs >= 0 && !done[writes[i].needs]))
        continue;
      done[i] = TRUE;
      order[placed++] = i;
    }
}

static void
run_in_order (Fixture *f, guint64 seed)
{
  guint order[N];

  fixture_init (f, NULL);
  shuffle (seed, order);
  for (guint i = 0; i < N; i++)
    {
      writes[order[i]].run (f);
      if (seed & 1)
        test_world_advance (f->world, 7 * NET_MSEC);
    }
}

static void
any_order (void)
{
  Fixture f;
  g_autofree char *expected = NULL;

  run_in_order (&f, 1);
  expected = forwarding_state (f.gateway);
  fixture_clear (&f);
  CU_ASSERT_PTR_NOT_NULL (strstr (expected, "0a087d12/5001"));
  for (guint64 seed = 2; seed <= 300; seed++)
    {
      g_autofree char *got = NULL;
      run_in_order (&f, seed);
      got = forwarding_state (f.gateway);
      if (!g_str_equal (got, expected))
        {
          printf ("# seed %u\n", (guint) seed);
          CU_FAIL ("another order, another state");
        }
      fixture_clear (&f);
    }
}

static void
read_in_one_go (void)
{
  for (guint64 seed = 1; seed <= 20; seed++)
    {
      Fixture f;
      g_autofree char *grown = NULL, *read = NULL;

      run_in_order (&f, seed);
      grown = forwarding_state (f.gateway);
      fixture_restart (&f, NULL);
      read = forwarding_state (f.gateway);
      CU_ASSERT_STRING_EQUAL (grown, read);
      fixture_clear (&f);
    }
}

/* Everything is taken away again, in any order: nothing stays in force. */
static void
undone (void)
{
  Fixture f;
  g_autofree char *empty = NULL, *after = NULL;

  fixture_init (&f, NULL);
  empty = forwarding_state (f.gateway);
  fixture_clear (&f);
  run_in_order (&f, 5);
  for (guint i = 0; i < 4; i++)
    {
      static const char *const names[] = { "blue", "green", "twin", "mute" };
      put_flood (&f, names[i], "");
      drop_remote (&f, names[i], "fa:16:3e:00:00:11");
      drop_remote (&f, names[i], "fa:16:3e:00:00:12");
    }
  put_binding (&f, "em3", 2901, NULL);
  put_binding (&f, "em3", 2902, NULL);
  put_binding (&f, "em3", 100, NULL);
  put_binding (&f, "em4", 0, NULL);
  put_binding (&f, "em4", 300, NULL);
  put_binding (&f, "em4", 400, NULL);
  test_world_advance (f.world, NET_SEC);
  drop_switch (&f, "twin");
  drop_switch (&f, "blue");
  drop_switch (&f, "mute");
  drop_switch (&f, "green");
  after = forwarding_state (f.gateway);
  CU_ASSERT_STRING_EQUAL (after, empty);
  fixture_clear (&f);
}

int
main (void)
{
  return tap_main ("order", (TapTest[]){
                                { "300 orders of the same writes end in one forwarding state", any_order },
                                { "a gateway that starts later reads the same forwarding state", read_in_one_go },
                                { "writes that are undone leave nothing behind", undone },
                                { NULL, NULL },
                            });
}
