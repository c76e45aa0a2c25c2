/* Streams of chance: the published generator, the seeding by name, and fair bounds. */
#include "sim/random.h"
#include "tap.h"

static void
the_generator_gives_the_published_sequence (void)
{
  /* The reference implementation's output from state 1, 2, 3, 4. */
  static const guint64 expected[] = {
    G_GUINT64_CONSTANT (11520),
    G_GUINT64_CONSTANT (0),
    G_GUINT64_CONSTANT (1509978240),
    G_GUINT64_CONSTANT (1215971899390074240),
    G_GUINT64_CONSTANT (1216172134540287360),
    G_GUINT64_CONSTANT (607988272756665600),
    G_GUINT64_CONSTANT (16172922978634559625),
    G_GUINT64_CONSTANT (8476171486693032832),
    G_GUINT64_CONSTANT (10595114339597558777),
    G_GUINT64_CONSTANT (2904607092377533576),
  };
  SimRandom random = { { 1, 2, 3, 4 } };

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    CU_ASSERT_EQUAL (sim_random_u64 (&random), expected[i]);
}

/* Computed apart from this code, by big-integer arithmetic from the definitions. */
static void
seed_and_name_choose_the_stream_for_ever (void)
{
  SimRandom random;

  sim_random_init (&random, 2901, "tor1");
  CU_ASSERT_EQUAL (sim_random_u64 (&random), G_GUINT64_CONSTANT (0xd8139d41ec48fb59));
  CU_ASSERT_EQUAL (sim_random_u64 (&random), G_GUINT64_CONSTANT (0xae5b87ec315bfa58));
  sim_random_init (&random, 2901, "tor2");
  CU_ASSERT_EQUAL (sim_random_u64 (&random), G_GUINT64_CONSTANT (0x97eb083e886557ea));
  sim_random_init (&random, 2902, "tor1");
  CU_ASSERT_EQUAL (sim_random_u64 (&random), G_GUINT64_CONSTANT (0xf6185fc8e57b8c0c));
}

static void
bytes_are_the_words_low_octet_first (void)
{
  SimRandom random;
  guint8 bytes[11];

  sim_random_init (&random, 2901, "tor1");
  sim_random_bytes (&random, bytes, sizeof bytes);
  TAP_ASSERT_BYTES (bytes, sizeof bytes, 0x59, 0xfb, 0x48, 0xec, 0x41, 0x9d, 0x13, 0xd8, 0x58, 0xfa, 0x5b);
}

static void
every_value_below_a_bound_comes_about_equally_often (void)
{
  guint counts[7] = { 0 };
  SimRandom random;

  sim_random_init (&random, 1, "below");
  for (guint i = 0; i < 70000; i++)
    {
      guint64 value = sim_random_below (&random, 7);
      CU_ASSERT_FATAL (value < 7);
      counts[value]++;
    }
  for (guint i = 0; i < 7; i++)
    CU_ASSERT (counts[i] > 9600 && counts[i] < 10400); /* 10000, give or take four standard deviations */
  CU_ASSERT_EQUAL (sim_random_below (&random, 1), 0);
}

static void
a_chance_comes_as_often_as_it_says (void)
{
  guint n = 0;
  SimRandom random, before;

  sim_random_init (&random, 1, "chance");
  for (guint i = 0; i < 100000; i++)
    n += sim_random_chance (&random, 10000000) != 0; /* one in a hundred */
  CU_ASSERT (n > 870 && n < 1130);
  CU_ASSERT_TRUE (sim_random_chance (&random, 1000000000));
  before = random;
  CU_ASSERT_FALSE (sim_random_chance (&random, 0));
  CU_ASSERT_EQUAL (memcmp (&before, &random, sizeof random), 0); /* what cannot happen draws nothing */
}

int
main (void)
{
  return tap_main (
      "sim/random",
      (const TapTest[]){
          { "the generator gives the published sequence", the_generator_gives_the_published_sequence },
          { "seed and name choose the stream, the same for ever", seed_and_name_choose_the_stream_for_ever },
          { "bytes are the words, low octet first", bytes_are_the_words_low_octet_first },
          { "every value below a bound comes about equally often",
            every_value_below_a_bound_comes_about_equally_often },
          { "a chance comes as often as it says, and none draws nothing",
            a_chance_comes_as_often_as_it_says },
          { NULL, NULL },
      });
}
