/* Bare searches: a flat table of numbers a mask, and an array from end to end. */
#include "limit/classifier.h"

#include <string.h>

typedef struct
{
  OpenflowFields mask;
  guint words[OPENFLOW_FIELD_WORDS]; /* those in which the mask has a bit */
  guint n_words;
  guint *slots;  /* index + 1 of a match; 0: free */
  guint64 *keys; /* n_words of each slot */
  guint n_slots;
  guint n;
} Shape;

struct _LimitClassifier
{
  const OpenflowMatch *matches;
  const guint16 *priorities;
  guint n;
  Shape *shapes;
  guint n_shapes;
};

/* Packs what the mask lets through, and makes a number of it. */
static guint64
pack (const Shape *shape, const OpenflowFields *fields, guint64 *key)
{
  const OpenflowWord *words = openflow_fields_words (fields), *bits = openflow_fields_words (&shape->mask);
  guint64 sum = 0;

  for (guint i = 0; i < shape->n_words; i++)
    {
      key[i] = words[shape->words[i]] & bits[shape->words[i]];
      sum = (sum ^ key[i]) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
    }
  return sum ^ sum >> 32;
}

static gboolean
same (const guint64 *a, const guint64 *b, guint n)
{
  for (guint i = 0; i < n; i++)
    if (a[i] != b[i])
      return FALSE;
  return TRUE;
}

static gboolean
matches (const OpenflowMatch *match, const OpenflowFields *fields)
{
  const OpenflowWord *words = openflow_fields_words (fields), *bits = openflow_fields_words (&match->mask),
                     *values = openflow_fields_words (&match->value);
  guint64 differ = 0;

  for (guint i = 0; i < OPENFLOW_FIELD_WORDS; i++)
    differ |= (words[i] & bits[i]) ^ values[i];
  return differ == 0;
}

static Shape *
shape_of (LimitClassifier *classifier, const OpenflowFields *mask)
{
  Shape *shape;

  for (guint i = 0; i < classifier->n_shapes; i++)
    if (memcmp (&classifier->shapes[i].mask, mask, sizeof *mask) == 0)
      return &classifier->shapes[i];
  classifier->shapes = g_renew (Shape, classifier->shapes, classifier->n_shapes + 1);
  shape = &classifier->shapes[classifier->n_shapes++];
  *shape = (Shape){ .mask = *mask };
  for (guint i = 0; i < OPENFLOW_FIELD_WORDS; i++)
    if (openflow_fields_words (mask)[i])
      shape->words[shape->n_words++] = i;
  return shape;
}

LimitClassifier *
limit_classifier_new (const OpenflowMatch *all, const guint16 *priorities, guint n)
{
  LimitClassifier *classifier = g_new0 (LimitClassifier, 1);

  classifier->matches = all;
  classifier->priorities = priorities;
  classifier->n = n;
  for (guint i = 0; i < n; i++)
    shape_of (classifier, &all[i].mask)->n++;
  for (guint i = 0; i < classifier->n_shapes; i++)
    {
      Shape *shape = &classifier->shapes[i];
      for (shape->n_slots = 4; shape->n_slots < 2 * shape->n; shape->n_slots *= 2)
        ;
      shape->slots = g_new0 (guint, shape->n_slots);
      shape->keys = g_new0 (guint64, shape->n_slots * shape->n_words);
    }
  for (guint i = 0; i < n; i++)
    {
      Shape *shape = shape_of (classifier, &all[i].mask);
      guint64 key[OPENFLOW_FIELD_WORDS], at = pack (shape, &all[i].value, key);
      while (shape->slots[at & (shape->n_slots - 1)])
        at++;
      at &= shape->n_slots - 1;
      shape->slots[at] = i + 1;
      memcpy (shape->keys + at * shape->n_words, key, shape->n_words * sizeof *key);
    }
  return classifier;
}

void
limit_classifier_free (LimitClassifier *classifier)
{
  for (guint i = 0; i < classifier->n_shapes; i++)
    {
      g_free (classifier->shapes[i].slots);
      g_free (classifier->shapes[i].keys);
    }
  g_free (classifier->shapes);
  g_free (classifier);
}

static void
better (const LimitClassifier *classifier, gint candidate, gint *best)
{
  if (*best < 0 || classifier->priorities[candidate] > classifier->priorities[*best])
    *best = candidate;
}

gint
limit_classifier_hash (const LimitClassifier *classifier, const OpenflowFields *fields)
{
  gint best = -1;

  for (guint s = 0; s < classifier->n_shapes; s++)
    {
      const Shape *shape = &classifier->shapes[s];
      guint64 key[OPENFLOW_FIELD_WORDS], at = pack (shape, fields, key);
      for (; shape->slots[at &= shape->n_slots - 1]; at++)
        if (same (shape->keys + at * shape->n_words, key, shape->n_words))
          {
            better (classifier, (gint) shape->slots[at] - 1, &best);
            break;
          }
    }
  return best;
}

gint
limit_classifier_linear (const LimitClassifier *classifier, const OpenflowFields *fields)
{
  gint best = -1;

  for (guint i = 0; i < classifier->n; i++)
    if (matches (&classifier->matches[i], fields))
      better (classifier, (gint) i, &best);
  return best;
}
