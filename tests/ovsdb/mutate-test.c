/* Arithmetic, and what mutations do to sets and maps (RFC 7047 §5.1). */
#include "bench.h"
#include "tap.h"

#include <stdio.h>

/* A column's value, a mutation, and the value that it makes or the error's name. */
typedef struct
{
  const char *column, *before, *mutator, *argument, *after;
} Mutation;

static char *
mutate (Bench *bench, const Mutation *m)
{
  g_autofree char *operations = g_strdup_printf (
      "{'op':'insert','table':'A','row':{'%s':%s}},"
      "{'op':'mutate','table':'A','where':[],'mutations':[['%s','%s',%s]]},"
      "{'op':'select','table':'A','where':[],'columns':['%s']},{'op':'delete','table':'A','where':[]}",
      m->column, m->before, m->column, m->mutator, m->argument, m->column);
  json_t *results = bench_run (bench, operations),
         *rows = json_object_get (json_array_get (results, 2), "rows"),
         *value = json_object_get (json_array_get (rows, 0), m->column);
  char *text = g_strdup (text_of (value ? value : json_array_get (results, 1)));

  json_decref (results);
  return text;
}

static void
check_all (const Mutation *mutations, guint n)
{
  Bench bench;

  bench_begin (&bench);
  for (guint i = 0; i < n; i++)
    {
      const Mutation *m = &mutations[i];
      g_autofree char *got = mutate (&bench, m);
      if (g_strcmp0 (got, m->after) != 0)
        printf ("# %s %s %s gives %s, expected %s\n", m->before, m->mutator, m->argument, got, m->after);
      CU_ASSERT_STRING_EQUAL (got, m->after);
    }
  bench_end (&bench);
}

#define MOST  "9223372036854775807"
#define LEAST "-9223372036854775808"

static void
integers (void)
{
  static const Mutation mutations[] = {
    { "i", "7", "+=", "5", "12" },
    { "i", "7", "-=", "9", "-2" },
    { "i", "7", "*=", "-3", "-21" },
    { "i", "-7", "/=", "2", "-3" },
    { "i", "-7", "%=", "4", "-3" },
    { "i", "7", "/=", "0", "'domain error'" },
    { "i", "7", "%=", "0", "'domain error'" },
    { "i", MOST, "+=", "1", "'range error'" },
    { "i", LEAST, "-=", "1", "'range error'" },
    { "i", MOST, "*=", "2", "'range error'" },
    { "i", LEAST, "/=", "-1", "'range error'" },
    { "i", LEAST, "%=", "-1", "0" },
    { "i", LEAST, "/=", "1", LEAST },
    { "i", MOST, "-=", MOST, "0" },
    { "oi", "['set',[]]", "+=", "1", "['set',[]]" },
    { "oi", "4", "+=", "1", "5" },
    { "si", "['set',[1,2,3]]", "+=", "1", "['set',[2,3,4]]" },
    { "si", "['set',[1,2,3]]", "*=", "0", "'constraint violation'" },
    { "si", "['set',[1,99]]", "+=", "2", "'constraint violation'" },
  };
  check_all (mutations, G_N_ELEMENTS (mutations));
}

static void
reals (void)
{
  static const Mutation mutations[] = {
    { "r", "1.5", "+=", "0.25", "1.75" },
    { "r", "1.5", "-=", "2", "-0.5" },
    { "r", "1.5", "*=", "-3", "-4.5" },
    { "r", "1.5", "/=", "4", "0.375" },
    { "r", "1.5", "/=", "0", "'domain error'" },
    { "r", "1e300", "*=", "1e300", "'range error'" },
    { "r", "1e308", "+=", "1e308", "'range error'" },
    /* There is one zero. */
    { "r", "0", "*=", "-1", "0" },
    { "r", "-0.0", "+=", "0", "0" },
  };
  check_all (mutations, G_N_ELEMENTS (mutations));
}

static void
sets_and_maps (void)
{
  static const Mutation mutations[] = {
    { "si", "['set',[1,2]]", "insert", "['set',[2,3]]", "['set',[1,2,3]]" },
    { "si", "['set',[1,2]]", "insert", "5", "['set',[1,2,5]]" },
    { "si", "['set',[1,2,3]]", "insert", "['set',[4,5,6]]", "'constraint violation'" },
    { "si", "['set',[1,2]]", "insert", "101", "'constraint violation'" },
    { "si", "['set',[1,2]]", "delete", "['set',[2,9]]", "1" },
    { "si", "['set',[1,2]]", "delete", "['set',[1,2,3,4,5,6,7]]", "['set',[]]" },
    { "m", "['map',[['a',1]]]", "insert", "['map',[['a',9],['b',2]]]", "['map',[['a',1],['b',2]]]" },
    { "m", "['map',[['a',1],['b',2]]]", "delete", "['map',[['a',1],['b',9]]]", "['map',[['b',2]]]" },
    { "m", "['map',[['a',1],['b',2]]]", "delete", "['set',['a','z']]", "['map',[['b',2]]]" },
    { "m", "['map',[['a',1],['b',2]]]", "delete", "'b'", "['map',[['a',1]]]" },
  };
  check_all (mutations, G_N_ELEMENTS (mutations));
}

int
main (void)
{
  const TapTest tests[] = {
    { "integers are computed in 64 bits, and what does not fit is a range error", integers },
    { "reals stay finite, and there is one zero", reals },
    { "sets grow and shrink within their size; a map's key keeps its value", sets_and_maps },
    { NULL, NULL },
  };
  return tap_main ("mutate", tests);
}
