/* Tuple space search. */
#include "models/ovs/classifier.h"

#define FIRST_BUCKETS 4u

struct _OvsShape
{
  OpenflowFields mask;
  guint8 words[OPENFLOW_FIELD_WORDS]; /* indexes of the mask's words that are not 0 */
  guint n_words;
  guint16 max_priority;
  guint n_max; /* flows that have it */
  guint64 age;
  OvsFlow **buckets;
  guint n_buckets; /* a power of two */
  guint n_flows;
};

static guint32
mix (guint64 hash, guint64 word)
{
  hash = (hash ^ word) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  return (guint32) (hash >> 32 ^ hash);
}

static guint32
hash_fields (const OvsShape *shape, const OpenflowFields *fields)
{
  const OpenflowWord *value = openflow_fields_words (fields), *mask = openflow_fields_words (&shape->mask);
  guint32 hash = shape->n_words;

  for (guint i = 0; i < shape->n_words; i++)
    hash = mix (hash, value[shape->words[i]] & mask[shape->words[i]]);
  return hash;
}

static gboolean
holds (const OvsShape *shape, const OvsFlow *flow, const OpenflowFields *fields)
{
  const OpenflowWord *packet = openflow_fields_words (fields), *mask = openflow_fields_words (&shape->mask);
  const OpenflowWord *value = openflow_fields_words (&flow->match.value);

  for (guint i = 0; i < shape->n_words; i++)
    {
      guint word = shape->words[i];
      if ((packet[word] & mask[word]) != value[word])
        return FALSE;
    }
  return TRUE;
}

/* ---- shapes -------------------------------------------------------------------------------------------------- */

static OvsShape *
shape_new (const OpenflowFields *mask, guint64 age)
{
  OvsShape *shape = g_new0 (OvsShape, 1);
  const OpenflowWord *words = openflow_fields_words (mask);

  shape->mask = *mask;
  shape->age = age;
  for (guint i = 0; i < OPENFLOW_FIELD_WORDS; i++)
    if (words[i])
      shape->words[shape->n_words++] = (guint8) i;
  shape->n_buckets = FIRST_BUCKETS;
  shape->buckets = g_new0 (OvsFlow *, shape->n_buckets);
  return shape;
}

static void
shape_free (OvsShape *shape)
{
  g_free (shape->buckets);
  g_free (shape);
}

static void
shape_grow (OvsShape *shape)
{
  guint n = shape->n_buckets * 2;
  OvsFlow **buckets = g_new0 (OvsFlow *, n);

  for (guint i = 0; i < shape->n_buckets; i++)
    for (OvsFlow *flow = shape->buckets[i], *next; flow; flow = next)
      {
        next = flow->chain;
        flow->chain = buckets[flow->hash & (n - 1)];
        buckets[flow->hash & (n - 1)] = flow;
      }
  g_free (shape->buckets);
  shape->buckets = buckets;
  shape->n_buckets = n;
}

static void
shape_recount (OvsShape *shape)
{
  shape->max_priority = 0;
  shape->n_max = 0;
  for (guint i = 0; i < shape->n_buckets; i++)
    for (OvsFlow *flow = shape->buckets[i]; flow; flow = flow->chain)
      if (shape->n_max == 0 || flow->priority > shape->max_priority)
        {
          shape->max_priority = flow->priority;
          shape->n_max = 1;
        }
      else if (flow->priority == shape->max_priority)
        shape->n_max++;
}

static OvsShape *
find_shape (const OvsClassifier *classifier, const OpenflowFields *mask)
{
  for (guint i = 0; i < classifier->n; i++)
    if (memcmp (&classifier->shapes[i]->mask, mask, sizeof *mask) == 0)
      return classifier->shapes[i];
  return NULL;
}

static gboolean
comes_before (const OvsShape *a, const OvsShape *b)
{
  return a->max_priority != b->max_priority ? a->max_priority > b->max_priority : a->age < b->age;
}

/* Moves a shape whose highest priority changed to its place. */
static void
settle (OvsClassifier *classifier, OvsShape *shape)
{
  guint at = 0;

  while (classifier->shapes[at] != shape)
    at++;
  for (; at > 0 && comes_before (shape, classifier->shapes[at - 1]); at--)
    classifier->shapes[at] = classifier->shapes[at - 1];
  for (; at + 1 < classifier->n && comes_before (classifier->shapes[at + 1], shape); at++)
    classifier->shapes[at] = classifier->shapes[at + 1];
  classifier->shapes[at] = shape;
}

static OvsShape *
add_shape (OvsClassifier *classifier, const OpenflowFields *mask)
{
  OvsShape *shape = shape_new (mask, classifier->next_age++);

  if (classifier->n == classifier->room)
    {
      classifier->room = MAX (4, classifier->room * 2);
      classifier->shapes = g_renew (OvsShape *, classifier->shapes, classifier->room);
    }
  classifier->shapes[classifier->n++] = shape;
  return shape;
}

static void
drop_shape (OvsClassifier *classifier, OvsShape *shape)
{
  guint at = 0;

  while (classifier->shapes[at] != shape)
    at++;
  classifier->n--;
  memmove (classifier->shapes + at, classifier->shapes + at + 1,
           (classifier->n - at) * sizeof *classifier->shapes);
  shape_free (shape);
}

/* ---- the classifier ------------------------------------------------------------------------------------------ */

void
ovs_classifier_clear (OvsClassifier *classifier)
{
  for (guint i = 0; i < classifier->n; i++)
    shape_free (classifier->shapes[i]);
  g_free (classifier->shapes);
  *classifier = (OvsClassifier){ 0 };
}

void
ovs_classifier_insert (OvsClassifier *classifier, OvsFlow *flow)
{
  OvsShape *shape = find_shape (classifier, &flow->match.mask);
  OvsFlow **bucket;

  if (!shape)
    shape = add_shape (classifier, &flow->match.mask);
  if (shape->n_flows >= shape->n_buckets)
    shape_grow (shape);
  flow->hash = hash_fields (shape, &flow->match.value);
  bucket = &shape->buckets[flow->hash & (shape->n_buckets - 1)];
  flow->chain = *bucket;
  *bucket = flow;
  shape->n_flows++;
  if (shape->n_max == 0 || flow->priority > shape->max_priority)
    {
      shape->max_priority = flow->priority;
      shape->n_max = 1;
      settle (classifier, shape);
    }
  else if (flow->priority == shape->max_priority)
    shape->n_max++;
}

void
ovs_classifier_remove (OvsClassifier *classifier, OvsFlow *flow)
{
  OvsShape *shape = find_shape (classifier, &flow->match.mask);
  OvsFlow **link = &shape->buckets[flow->hash & (shape->n_buckets - 1)];

  while (*link != flow)
    link = &(*link)->chain;
  *link = flow->chain;
  shape->n_flows--;
  if (shape->n_flows == 0)
    drop_shape (classifier, shape);
  else if (flow->priority == shape->max_priority && --shape->n_max == 0)
    {
      shape_recount (shape);
      settle (classifier, shape);
    }
}

OvsFlow *
ovs_classifier_lookup (const OvsClassifier *classifier, const OpenflowFields *fields)
{
  OvsFlow *best = NULL;

  for (guint i = 0; i < classifier->n; i++)
    {
      const OvsShape *shape = classifier->shapes[i];
      guint32 hash;

      if (best && best->priority >= shape->max_priority)
        break;
      hash = hash_fields (shape, fields);
      for (OvsFlow *flow = shape->buckets[hash & (shape->n_buckets - 1)]; flow; flow = flow->chain)
        if (flow->hash == hash && (!best || flow->priority > best->priority) && holds (shape, flow, fields))
          best = flow;
    }
  return best;
}

OvsFlow *
ovs_classifier_find (const OvsClassifier *classifier, const OpenflowMatch *match, guint16 priority)
{
  const OvsShape *shape = find_shape (classifier, &match->mask);
  guint32 hash;

  if (!shape)
    return NULL;
  hash = hash_fields (shape, &match->value);
  for (OvsFlow *flow = shape->buckets[hash & (shape->n_buckets - 1)]; flow; flow = flow->chain)
    if (flow->hash == hash && flow->priority == priority && openflow_match_equal (&flow->match, match))
      return flow;
  return NULL;
}
