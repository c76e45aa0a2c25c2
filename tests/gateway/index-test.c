/* The map behind the tables' small look-ups. */
#include "gateway/index.h"
#include "tap.h"

static void
put_get_remove (void)
{
  VtepIndex index;

  vtep_index_init (&index, 7);
  CU_ASSERT_PTR_NULL (vtep_index_find (&index, 0));
  CU_ASSERT_EQUAL (vtep_index_get (&index, 5, 99), 99);
  vtep_index_put (&index, 0, 0); /* zero is a key and a value like any other */
  vtep_index_put (&index, 5, 1);
  vtep_index_put (&index, 5, 2);
  CU_ASSERT_EQUAL (vtep_index_get (&index, 0, 99), 0);
  CU_ASSERT_EQUAL (vtep_index_get (&index, 5, 99), 2);
  vtep_index_remove (&index, 0);
  vtep_index_remove (&index, 0);
  CU_ASSERT_EQUAL (vtep_index_get (&index, 0, 99), 99);
  CU_ASSERT_EQUAL (index.n, 1);
  vtep_index_clear (&index);
}

/* Seed 1 sends all small keys to slot 0: one long run, which removals cut again and again. */
static void
agrees_with_a_plain_array (void)
{
  enum
  {
    KEYS = 200,
    STEPS = 100000
  };
  static const guint64 seeds[] = { 1, 0x9e3779b97f4a7c15 };

  for (guint s = 0; s < G_N_ELEMENTS (seeds); s++)
    {
      guint32 plain[KEYS] = { 0 }; /* 0: absent */
      guint64 random = 42;
      guint wrong = 0;
      VtepIndex index;

      vtep_index_init (&index, seeds[s]);
      for (guint step = 0; step < STEPS; step++)
        {
          guint i;
          random = random * G_GUINT64_CONSTANT (6364136223846793005) + 1;
          i = (guint) (random >> 40) % KEYS;
          plain[i] = random >> 60 & 1 ? step + 1 : 0;
          if (plain[i])
            vtep_index_put (&index, i, plain[i]);
          else
            vtep_index_remove (&index, i);
          i = (guint) (random >> 20) % KEYS;
          wrong += vtep_index_get (&index, i, 0) != plain[i];
        }
      CU_ASSERT_EQUAL (wrong, 0);
      vtep_index_clear (&index);
    }
}

int
main (void)
{
  return tap_main ("index", (TapTest[]){
                                { "what is put is found until it is removed", put_get_remove },
                                { "100,000 operations agree with a plain array, collisions or not",
                                  agrees_with_a_plain_array },
                                { NULL, NULL },
                            });
}
