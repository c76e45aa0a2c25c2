/* Plain lists: tests are small. */
#include "testworld.h"

#include <stdio.h>

typedef struct
{
  gint64 at_ns;
  guint64 order;
  NetTimer *timer;
} Pending;

static TestWorld *
test_world (NetWorld *world)
{
  return (TestWorld *) world;
}

static gint64
now (NetWorld *world)
{
  return test_world (world)->now_ns;
}

static void
timer_cancel (NetWorld *world, NetTimer *timer)
{
  GArray *timers = test_world (world)->timers;

  for (guint i = 0; i < timers->len; i++)
    if (g_array_index (timers, Pending, i).timer == timer)
      {
        g_array_remove_index (timers, i);
        timer->pending = NULL;
        return;
      }
}

static void
timer_set (NetWorld *world, NetTimer *timer, gint64 at_ns)
{
  Pending pending
      = { .at_ns = MAX (at_ns, now (world)), .order = test_world (world)->n_timers++, .timer = timer };

  if (timer->pending)
    timer_cancel (world, timer);
  timer->pending = world;
  g_array_append_val (test_world (world)->timers, pending);
}

static void
random_bytes (NetWorld *world, gpointer bytes, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      guint64 *state = &test_world (world)->random;
      *state = *state * G_GUINT64_CONSTANT (6364136223846793005) + G_GUINT64_CONSTANT (1442695040888963407);
      ((guint8 *) bytes)[i] = (guint8) (*state >> 56);
    }
}

static void
send_frame (NetWorld *world, guint port, NetFrame *frame)
{
  TestSent sent = { .port = port, .frame = frame };
  g_array_append_val (test_world (world)->sent, sent);
}

static void
hear_log (NetWorld *world, NetLogLevel level, const char *module, const char *message)
{
  (void) world;
  if (level >= NET_LOG_WARNING)
    printf ("# %s: %s\n", module, message);
}

static void
hear_drop (NetWorld *world, const NetDrop *drop)
{
  TestDrop entry = { .port = drop->port,
                     .reason = drop->reason,
                     .table = g_strdup (drop->table ? drop->table : ""),
                     .rule = g_strdup (drop->rule ? drop->rule : ""),
                     .length = drop->frame->length };
  g_array_append_val (test_world (world)->drops, entry);
}

static void
hear_state (NetWorld *world, const NetState *state)
{
  g_ptr_array_add (test_world (world)->states, g_strdup_printf ("%s %s %s %s", state->table, state->op,
                                                                state->key, state->json ? state->json : "-"));
}

static const NetWorldClass world_class = {
  .now = now,
  .timer_set = timer_set,
  .timer_cancel = timer_cancel,
  .random = random_bytes,
  .send = send_frame,
  .log = hear_log,
  .drop = hear_drop,
  .state = hear_state,
};

static void
clear_sent (gpointer sent)
{
  net_frame_unref (((TestSent *) sent)->frame);
}

static void
clear_drop (gpointer drop)
{
  g_free (((TestDrop *) drop)->table);
  g_free (((TestDrop *) drop)->rule);
}

TestWorld *
test_world_new (void)
{
  TestWorld *world = g_new0 (TestWorld, 1);

  world->world = (NetWorld){ .klass = &world_class, .frames = net_frame_pool_new (), .detail = TRUE };
  world->timers = g_array_new (FALSE, FALSE, sizeof (Pending));
  world->sent = g_array_new (FALSE, FALSE, sizeof (TestSent));
  world->drops = g_array_new (FALSE, FALSE, sizeof (TestDrop));
  world->states = g_ptr_array_new_with_free_func (g_free);
  g_array_set_clear_func (world->sent, clear_sent);
  g_array_set_clear_func (world->drops, clear_drop);
  world->random = 1;
  return world;
}

void
test_world_free (TestWorld *world)
{
  g_array_unref (world->timers);
  g_array_unref (world->sent);
  g_array_unref (world->drops);
  g_ptr_array_unref (world->states);
  net_frame_pool_free (world->world.frames);
  g_free (world);
}

/* The earliest pending timer that is due, or NULL. */
static Pending *
next_due (TestWorld *world, gint64 limit_ns)
{
  Pending *best = NULL;

  for (guint i = 0; i < world->timers->len; i++)
    {
      Pending *pending = &g_array_index (world->timers, Pending, i);
      if (pending->at_ns > limit_ns)
        continue;
      if (!best || pending->at_ns < best->at_ns
          || (pending->at_ns == best->at_ns && pending->order < best->order))
        best = pending;
    }
  return best;
}

void
test_world_advance (TestWorld *world, gint64 by_ns)
{
  gint64 limit_ns = world->now_ns + by_ns;
  Pending *pending;

  while ((pending = next_due (world, limit_ns)))
    {
      NetTimer *timer = pending->timer;
      world->now_ns = pending->at_ns;
      timer_cancel (&world->world, timer);
      timer->fire (timer, world->now_ns);
    }
  world->now_ns = limit_ns;
}

void
test_world_forget (TestWorld *world)
{
  g_array_set_size (world->sent, 0);
  g_array_set_size (world->drops, 0);
  g_ptr_array_set_size (world->states, 0);
}

gboolean
test_world_told (const TestWorld *world, const char *state)
{
  for (guint i = 0; i < world->states->len; i++)
    if (g_str_equal (world->states->pdata[i], state))
      return TRUE;
  return FALSE;
}

GByteArray *
test_bytes (const char *hex)
{
  GByteArray *bytes = g_byte_array_new ();
  gint high = -1;

  for (; *hex; hex++)
    {
      gint digit = g_ascii_xdigit_value (*hex);
      guint8 byte;
      if (digit < 0)
        continue;
      if (high < 0)
        {
          high = digit;
          continue;
        }
      byte = (guint8) (high << 4 | digit);
      g_byte_array_append (bytes, &byte, 1);
      high = -1;
    }
  return bytes;
}

NetFrame *
test_frame (TestWorld *world, const char *hex)
{
  g_autoptr (GByteArray) bytes = test_bytes (hex);
  return net_frame_new_from (world->world.frames, bytes->data, bytes->len);
}

static void
print_hex (const char *label, const guint8 *bytes, gsize n)
{
  printf ("# %s:", label);
  for (gsize i = 0; i < n; i++)
    printf (" %02x", bytes[i]);
  printf ("\n");
}

/* Hexadecimal text with "??" for bytes that do not matter. */
static gboolean
matches (const guint8 *bytes, guint length, const char *pattern)
{
  guint at = 0;

  for (; *pattern; pattern++)
    {
      if (*pattern == ' ')
        continue;
      if (at == length)
        return FALSE;
      if (*pattern != '?'
          && bytes[at] != (g_ascii_xdigit_value (pattern[0]) << 4 | g_ascii_xdigit_value (pattern[1])))
        return FALSE;
      at++;
      pattern++;
    }
  return at == length;
}

gboolean
test_sent_is (const TestWorld *world, guint i, guint port, const char *hex)
{
  const TestSent *sent;

  if (i >= world->sent->len)
    {
      printf ("# only %u frames were sent\n", world->sent->len);
      return FALSE;
    }
  sent = test_world_sent (world, i);
  if (sent->port == port && matches (net_frame_bytes (sent->frame), sent->frame->length, hex))
    return TRUE;
  printf ("# frame %u on port %u, expected port %u\n", i, sent->port, port);
  print_hex ("sent    ", net_frame_bytes (sent->frame), sent->frame->length);
  printf ("# expected: %s\n", hex);
  return FALSE;
}
