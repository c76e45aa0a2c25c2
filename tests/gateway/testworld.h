/* A NetWorld for tests: a clock moved by hand, timers, and a record of what was sent, dropped and told. */
#pragma once

#include "net/world.h"

typedef struct
{
  guint port;
  NetFrame *frame;
} TestSent;

typedef struct
{
  guint port;
  NetDropReason reason;
  char *table, *rule;
  guint length; /* of the frame */
} TestDrop;

typedef struct
{
  NetWorld world;
  gint64 now_ns;
  GArray *timers;    /* pending */
  guint64 n_timers;  /* ever set: the order at one instant */
  GArray *sent;      /* of TestSent */
  GArray *drops;     /* of TestDrop */
  GPtrArray *states; /* of "table op key json" */
  guint64 random;
} TestWorld;

TestWorld *test_world_new (void);
/* Asserts that no frame leaked. */
void test_world_free (TestWorld *world);

/* Fires what is due up to and including now + by_ns. */
void test_world_advance (TestWorld *world, gint64 by_ns);

/* Forgets what was sent, dropped and told. */
void test_world_forget (TestWorld *world);

static inline const TestSent *
test_world_sent (const TestWorld *world, guint i)
{
  return &g_array_index (world->sent, TestSent, i);
}

static inline const TestDrop *
test_world_drop (const TestWorld *world, guint i)
{
  return &g_array_index (world->drops, TestDrop, i);
}

/* Whether this text was told. */
gboolean test_world_told (const TestWorld *world, const char *state);

/* A frame from hexadecimal text; blanks are skipped. */
NetFrame *test_frame (TestWorld *world, const char *hex);
GByteArray *test_bytes (const char *hex);

/* Compares a sent frame with hexadecimal text; on a difference prints both.  "??" stands for any byte. */
gboolean test_sent_is (const TestWorld *world, guint i, guint port, const char *hex);
