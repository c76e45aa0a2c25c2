/* Times, rates and sizes with units. */
#include "lab/units.h"

#include "tap.h"

static void
durations_are_exact (void)
{
  static const struct
  {
    const char *text;
    gint64 ns;
  } good[] = { { "0", 0 },
               { "1ns", 1 },
               { "250us", 250000 },
               { "1.5s", 1500000000 },
               { "2m", 120000000000 },
               { "1h", 3600000000000 },
               { "0.000000001s", 1 },
               { "1.25ms", 1250000 } };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      gint64 ns = -1;
      CU_ASSERT_TRUE (lab_units_duration (good[i].text, &ns));
      CU_ASSERT_EQUAL (ns, good[i].ns);
    }
}

static void
what_is_no_duration_is_refused (void)
{
  static const char *const bad[] = { "",
                                     "5",
                                     "s",
                                     "-1s",
                                     "1.s",
                                     ".5s",
                                     "1 fortnight",
                                     "1e3s",
                                     "0.1ns",
                                     "1s ",
                                     "1001h",
                                     "99999999999999999999s",
                                     "1.0000000001s" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      gint64 ns = 42;
      CU_ASSERT_FALSE (lab_units_duration (bad[i], &ns));
      CU_ASSERT_EQUAL (ns, 42);
    }
}

static void
rates_have_decimal_prefixes_and_sizes_binary_ones (void)
{
  guint64 value = 0;
  CU_ASSERT_TRUE (lab_units_rate ("10G", &value));
  CU_ASSERT_EQUAL (value, 10000000000u);
  CU_ASSERT_TRUE (lab_units_rate ("2.5Gbit", &value));
  CU_ASSERT_EQUAL (value, 2500000000u);
  CU_ASSERT_FALSE (lab_units_rate ("fast", &value));
  CU_ASSERT_FALSE (lab_units_rate ("100T", &value));
  CU_ASSERT_TRUE (lab_units_size ("256K", &value));
  CU_ASSERT_EQUAL (value, 262144);
  CU_ASSERT_TRUE (lab_units_size ("1500", &value));
  CU_ASSERT_EQUAL (value, 1500);
}

static void
a_percentage_is_parts_per_billion_up_to_a_hundred (void)
{
  guint32 ppb = 0;
  CU_ASSERT_TRUE (lab_units_percent ("5%", &ppb));
  CU_ASSERT_EQUAL (ppb, 50000000);
  CU_ASSERT_TRUE (lab_units_percent ("0.0000001%", &ppb));
  CU_ASSERT_EQUAL (ppb, 1);
  CU_ASSERT_TRUE (lab_units_percent ("100%", &ppb));
  CU_ASSERT_EQUAL (ppb, 1000000000);
  CU_ASSERT_FALSE (lab_units_percent ("100.1%", &ppb));
  CU_ASSERT_FALSE (lab_units_percent ("5", &ppb));
}

static void
a_duration_is_shown_with_three_digits (void)
{
  static const struct
  {
    gint64 ns;
    const char *text;
  } shown[]
      = { { 0, "0 ns" },           { 999, "999 ns" },     { 1500, "1.50 us" },      { 41300, "41.3 us" },
          { 123456789, "123 ms" }, { 1000000000, "1 s" }, { 61200000000, "61.2 s" } };

  for (guint i = 0; i < G_N_ELEMENTS (shown); i++)
    {
      g_autofree char *text = lab_units_format_duration (shown[i].ns);
      CU_ASSERT_STRING_EQUAL (text, shown[i].text);
    }
}

int
main (void)
{
  static const TapTest tests[] = {
    { "a duration with its unit is exact in nanoseconds", durations_are_exact },
    { "what is no duration is refused and changes nothing", what_is_no_duration_is_refused },
    { "rates have decimal prefixes, sizes binary ones", rates_have_decimal_prefixes_and_sizes_binary_ones },
    { "a percentage is parts per billion, up to a hundred",
      a_percentage_is_parts_per_billion_up_to_a_hundred },
    { "a duration is shown with three digits in its largest unit", a_duration_is_shown_with_three_digits },
    { NULL, NULL }
  };
  return tap_main ("units", tests);
}
