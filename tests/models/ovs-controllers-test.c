/* Several controllers of one switch, on streams of the test's: what one does and another hears of. */
#include "models/ovs/sessions.h"
#include "ovs-bench.h"

/* ---- controllers --------------------------------------------------------------------------------------------- */

typedef struct
{
  NetStream stream;
  GByteArray *heard; /* since the last forget() */
  gsize pending;
  gboolean closed; /* by the switch */
} Controller;

typedef struct
{
  OvsBench bench; /* for its clock */
  OvsSwitch *sw;
  OvsSessions *sessions;
  Controller a, b;
  guint n_closed;
} Rig;

static void
send (NetStream *stream, const guint8 *bytes, gsize n)
{
  g_byte_array_append (((Controller *) stream)->heard, bytes, (guint) n);
}

static gsize
pending (const NetStream *stream)
{
  return ((const Controller *) stream)->pending;
}

static void
close_stream (NetStream *stream)
{
  ((Controller *) stream)->closed = TRUE;
}

static void
count_closed (OvsSession *session, const char *why, gpointer user)
{
  (void) session, (void) why;
  ((Rig *) user)->n_closed++;
}

static void
say (Controller *controller, const guint8 *bytes, gsize n)
{
  controller->stream.events->received (&controller->stream, bytes, n, controller->stream.user);
}

#define SAY(controller, ...)                                                                                 \
  say (controller, (const guint8[]){ __VA_ARGS__ }, sizeof ((guint8[]){ __VA_ARGS__ }))

static gboolean
heard (const Controller *controller, const guint8 *bytes, gsize n)
{
  return controller->heard->len == n && memcmp (controller->heard->data, bytes, n) == 0;
}

/* These bytes, and no others, since the last forget(). */
#define ASSERT_HEARD(controller, ...)                                                                        \
  CU_ASSERT (heard (controller, (const guint8[]){ __VA_ARGS__ }, sizeof ((guint8[]){ __VA_ARGS__ })))

static void
forget (Controller *controller)
{
  g_byte_array_set_size (controller->heard, 0);
}

static void
join (Rig *rig, Controller *controller)
{
  static const NetStreamClass klass = { .send = send, .pending = pending, .close = close_stream };
  static const OvsSessionEvents events = { .closed = count_closed };

  *controller = (Controller){ .stream = { .klass = &klass }, .heard = g_byte_array_new () };
  ovs_session_begin (rig->sessions, &controller->stream, 0, &events, rig);
  SAY (controller, 4, 0, 0, 8, 0, 0, 0, 1);
  forget (controller);
}

static void
rig_init (Rig *rig)
{
  rig->n_closed = 0;
  ovs_bench_init (&rig->bench);
  rig->sw = ovs_switch_new (&rig->bench.controller->node.world, &(OvsSwitchConfig){ .datapath_id = 1 });
  rig->sessions = ovs_sessions_new (rig->sw);
  join (rig, &rig->a);
  join (rig, &rig->b);
}

static void
rig_clear (Rig *rig)
{
  ovs_sessions_free (rig->sessions);
  ovs_switch_free (rig->sw);
  ovs_bench_clear (&rig->bench);
  g_byte_array_unref (rig->a.heard);
  g_byte_array_unref (rig->b.heard);
}

/* ---- tests --------------------------------------------------------------------------------------------------- */

/* ROLE_REQUEST: role 2 is master, 3 slave. */
#define ROLE(type, role, generation)                                                                         \
  4, type, 0, 24, 0, 0, 0, 5, 0, 0, 0, role, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, generation

static void
a_master_hears_that_it_is_none_any_more (void)
{
  Rig rig;

  rig_init (&rig);
  SAY (&rig.a, ROLE (24, 2, 1));
  ASSERT_HEARD (&rig.a, ROLE (25, 2, 1));
  forget (&rig.a);
  SAY (&rig.a, ROLE (24, 2, 1)); /* is master still */
  ASSERT_HEARD (&rig.a, ROLE (25, 2, 1));
  forget (&rig.a);
  SAY (&rig.b, ROLE (24, 2, 2));
  ASSERT_HEARD (&rig.b, ROLE (25, 2, 2));
  /* As a real Open vSwitch says it: experimenter ONF, 1911; slave, because another became master, generation 2. */
  ASSERT_HEARD (&rig.a, 4, 4, 0, 32, 0, 0, 0, 0, 0x4f, 0x4e, 0x46, 0, 0, 0, 0x07, 0x77, 0, 0, 0, 3, 0, 0, 0,
                0, 0, 0, 0, 0, 0, 0, 0, 2);
  forget (&rig.a);
  forget (&rig.b);
  SAY (&rig.b, ROLE (24, 3, 2));
  ASSERT_HEARD (&rig.a); /* nobody took its place */
  rig_clear (&rig);
}

/* BUNDLE_CONTROL of bundle 9, flags 1; type 0 opens, 1 has opened, 4 commits. */
#define BUNDLE(type) 4, 4, 0, 24, 0, 0, 0, 5, 0x4f, 0x4e, 0x46, 0, 0, 0, 0x08, 0xfc, 0, 0, 0, 9, 0, type, 0

static void
idle_bundles_are_given_up (void)
{
  Rig rig;

  rig_init (&rig);
  SAY (&rig.a, BUNDLE (0), 1);
  ASSERT_HEARD (&rig.a, BUNDLE (1), 0);
  forget (&rig.a);
  ovs_bench_run (&rig.bench, 9 * SIM_SEC);
  /* Closing it is a use. */
  SAY (&rig.a, BUNDLE (2), 1);
  ASSERT_HEARD (&rig.a, BUNDLE (3), 0);
  forget (&rig.a);
  ovs_bench_run (&rig.bench, 9900 * SIM_MSEC);
  ASSERT_HEARD (&rig.a);
  ovs_bench_run (&rig.bench, 200 * SIM_MSEC);
  /* OFPBFC_TIMEOUT (2314) of the experimenter ONF, and the message that opened the bundle. */
  ASSERT_HEARD (&rig.a, 4, 1, 0, 40, 0, 0, 0, 5, 0xff, 0xff, 0x09, 0x0a, 0x4f, 0x4e, 0x46, 0, BUNDLE (0), 1);
  forget (&rig.a);
  SAY (&rig.a, BUNDLE (4), 1);
  ASSERT_HEARD (&rig.a, 4, 1, 0, 40, 0, 0, 0, 5, 0xff, 0xff, 0x08, 0xfe, 0x4f, 0x4e, 0x46, 0, BUNDLE (4), 1);
  ASSERT_HEARD (&rig.b);
  rig_clear (&rig);
}

static void
who_does_not_read_is_not_answered_for_ever (void)
{
  Rig rig;
  guint n;

  rig_init (&rig);
  rig.a.pending = 64 * 1024 * 1024;
  SAY (&rig.a, 4, 20, 0, 8, 0, 0, 0, 2);
  ASSERT_HEARD (&rig.a, 4, 21, 0, 8, 0, 0, 0, 2);
  CU_ASSERT_FALSE (rig.a.closed);
  n = rig.a.heard->len;
  rig.a.pending++;
  SAY (&rig.a, 4, 20, 0, 8, 0, 0, 0, 2);
  CU_ASSERT_EQUAL (rig.a.heard->len, n);
  CU_ASSERT (rig.a.closed);
  CU_ASSERT_FALSE (rig.b.closed);
  CU_ASSERT_EQUAL (rig.n_closed, 1);
  rig_clear (&rig);
}

static const TapTest tests[] = {
  { "a master whose place another takes hears that it is a slave", a_master_hears_that_it_is_none_any_more },
  { "a bundle that is idle for ten seconds is given up, and its opener told", idle_bundles_are_given_up },
  { "who asks for more than 64 MiB without reading it is cut off",
    who_does_not_read_is_not_answered_for_ever },
  { NULL, NULL },
};

int
main (void)
{
  return tap_main ("ovs-controllers", tests);
}
