/* Arithmetic on numbers, insertion into and deletion from sets and maps. */
#include "ovsdb/mutation.h"
#include "ovsdb/triple.h"

#include <math.h>
#include <string.h>

typedef enum
{
  ADD,
  SUBTRACT,
  MULTIPLY,
  DIVIDE,
  MODULO,
  INSERT,
  DELETE,
  N_MUTATORS
} Mutator;

static const char *const mutator_names[N_MUTATORS] = { "+=", "-=", "*=", "/=", "%=", "insert", "delete" };

typedef struct
{
  const OvsdbColumn *column;
  Mutator mutator;
  OvsdbType type; /* the argument's */
  OvsdbDatum argument;
} Mutation;

struct _OvsdbMutations
{
  Mutation *mutations;
  guint n;
};

/* ---- parsing ------------------------------------------------------------------------------------------------- */

static gboolean
does_not_apply (const Mutation *mutation, GError **error)
{
  return ovsdb_refuse (error, OVSDB_ERROR_SYNTAX, "\"%s\" does not apply to column \"%s\"",
                       mutator_names[mutation->mutator], mutation->column->name);
}

static gboolean
parse_number (Mutation *mutation, const OvsdbJson *json, GError **error)
{
  const OvsdbType *type = &mutation->column->type;

  if (ovsdb_type_is_map (type) || (type->key.kind != OVSDB_INTEGER && type->key.kind != OVSDB_REAL)
      || (mutation->mutator == MODULO && type->key.kind == OVSDB_REAL))
    return does_not_apply (mutation, error);
  mutation->type = ovsdb_type_unconstrained (type);
  mutation->type.n_min = mutation->type.n_max = 1;
  return ovsdb_datum_parse (json, &mutation->type, NULL, &mutation->argument, error);
}

/* In a map, "delete" takes pairs or a set of keys. */
static gboolean
parse_elements (Mutation *mutation, const OvsdbJson *json, OvsdbSymbols *symbols, GError **error)
{
  OvsdbType *type = &mutation->type;

  if (ovsdb_type_is_scalar (&mutation->column->type))
    return does_not_apply (mutation, error);
  *type = mutation->column->type;
  type->n_min = 0;
  if (mutation->mutator == DELETE)
    type->n_max = OVSDB_UNLIMITED;
  if (mutation->mutator == INSERT || !ovsdb_type_is_map (type))
    return ovsdb_datum_parse (json, type, symbols, &mutation->argument, error);
  if (ovsdb_datum_parse (json, type, symbols, &mutation->argument, NULL))
    return TRUE;
  type->value = (OvsdbBaseType){ 0 };
  return ovsdb_datum_parse (json, type, symbols, &mutation->argument, error);
}

static gboolean
parse_mutation (const OvsdbTableSchema *table, const OvsdbJson *json, OvsdbSymbols *symbols,
                Mutation *mutation, GError **error)
{
  OvsdbTriple triple;
  gint mutator;

  if (!ovsdb_triple_parse (table, json, "a mutation must be [<column>, <mutator>, <value>]", &triple, error))
    return FALSE;
  if (triple.column->immutable)
    return ovsdb_refuse (error, OVSDB_ERROR_CONSTRAINT, "column \"%s\" of table \"%s\" is immutable",
                         triple.column->name, table->name);
  mutator = ovsdb_triple_find (&triple, mutator_names, N_MUTATORS);
  if (mutator < 0)
    return ovsdb_refuse (error, OVSDB_ERROR_UNKNOWN_MUTATOR, "\"%s\" is no mutator", triple.word);
  mutation->column = triple.column;
  mutation->mutator = (Mutator) mutator;
  return mutation->mutator < INSERT ? parse_number (mutation, triple.value, error)
                                    : parse_elements (mutation, triple.value, symbols, error);
}

OvsdbMutations *
ovsdb_mutations_parse (const OvsdbTableSchema *table, const OvsdbJson *json, OvsdbSymbols *symbols,
                       GError **error)
{
  g_autoptr (OvsdbMutations) mutations = g_new0 (OvsdbMutations, 1);

  g_assert (json->kind == OVSDB_JSON_ARRAY);
  mutations->mutations = g_new0 (Mutation, json->n + 1);
  for (const OvsdbJson *mutation = json->first; mutation; mutation = mutation->next)
    {
      if (!parse_mutation (table, mutation, symbols, &mutations->mutations[mutations->n], error))
        return NULL;
      mutations->n++;
    }
  return g_steal_pointer (&mutations);
}

void
ovsdb_mutations_free (OvsdbMutations *mutations)
{
  if (!mutations)
    return;
  for (guint i = 0; i < mutations->n; i++)
    ovsdb_datum_clear (&mutations->mutations[i].argument, &mutations->mutations[i].type);
  g_free (mutations->mutations);
  g_free (mutations);
}

guint
ovsdb_mutations_count (const OvsdbMutations *mutations)
{
  return mutations->n;
}

/* ---- arithmetic ---------------------------------------------------------------------------------------------- */

static gboolean
out_of_range (Mutator mutator, GError **error)
{
  return ovsdb_refuse (error, OVSDB_ERROR_RANGE, "the result of \"%s\" is out of range",
                       mutator_names[mutator]);
}

static gboolean
divides_by_zero (GError **error)
{
  return ovsdb_refuse (error, OVSDB_ERROR_DOMAIN, "division by zero");
}

static gboolean
compute_integer (Mutator mutator, gint64 a, gint64 b, gint64 *result, GError **error)
{
  switch (mutator)
    {
    case ADD:
      return !__builtin_add_overflow (a, b, result) || out_of_range (mutator, error);
    case SUBTRACT:
      return !__builtin_sub_overflow (a, b, result) || out_of_range (mutator, error);
    case MULTIPLY:
      return !__builtin_mul_overflow (a, b, result) || out_of_range (mutator, error);
    case DIVIDE:
    case MODULO:
      if (b == 0)
        return divides_by_zero (error);
      if (a == G_MININT64 && b == -1)
        {
          *result = 0;
          return mutator == MODULO || out_of_range (mutator, error);
        }
      *result = mutator == DIVIDE ? a / b : a % b;
      return TRUE;
    default:
      g_assert_not_reached ();
    }
}

static gboolean
compute_real (Mutator mutator, double a, double b, double *result, GError **error)
{
  if (mutator == DIVIDE && b == 0)
    return divides_by_zero (error);
  *result = mutator == ADD ? a + b : mutator == SUBTRACT ? a - b : mutator == MULTIPLY ? a * b : a / b;
  *result += 0.0; /* one zero, as in ovsdb_atom_parse() */
  return isfinite (*result) || out_of_range (mutator, error);
}

static gboolean
apply_number (const Mutation *mutation, const OvsdbDatum *old, OvsdbDatum *out, GError **error)
{
  const OvsdbAtom *argument = ovsdb_datum_keys (&mutation->argument);
  OvsdbGather gather;

  ovsdb_gather_begin (&gather, &mutation->column->type, old->n);
  for (guint i = 0; i < old->n; i++)
    {
      const OvsdbAtom *atom = &ovsdb_datum_keys (old)[i];
      OvsdbAtom result;
      gboolean done;
      memset (&result, 0, sizeof result);
      if (mutation->column->type.key.kind == OVSDB_INTEGER)
        done = compute_integer (mutation->mutator, atom->integer, argument->integer, &result.integer, error);
      else
        done = compute_real (mutation->mutator, atom->real, argument->real, &result.real, error);
      if (!done || !ovsdb_atom_check (&result, &mutation->column->type.key, error))
        {
          ovsdb_gather_clear (&gather);
          return FALSE;
        }
      ovsdb_gather_add (&gather, result, NULL);
    }
  if (ovsdb_gather_end (&gather, out) == 0)
    return TRUE;
  ovsdb_datum_clear (out, &mutation->column->type);
  return ovsdb_refuse (error, OVSDB_ERROR_CONSTRAINT, "\"%s\" makes two elements of column \"%s\" equal",
                       mutator_names[mutation->mutator], mutation->column->name);
}

/* ---- sets and maps ------------------------------------------------------------------------------------------- */

static gboolean
apply_elements (const Mutation *mutation, const OvsdbDatum *old, OvsdbDatum *out, GError **error)
{
  const OvsdbType *type = &mutation->column->type;

  *out = mutation->mutator == INSERT ? ovsdb_datum_union (old, &mutation->argument, type)
                                     : ovsdb_datum_minus (old, &mutation->argument, type);
  if (ovsdb_datum_check_size (out, type, error))
    return TRUE;
  g_prefix_error (error, "column \"%s\": ", mutation->column->name);
  ovsdb_datum_clear (out, type);
  return FALSE;
}

guint64
ovsdb_mutation_cost (const OvsdbMutations *mutations, guint i, const OvsdbRow *row)
{
  const Mutation *mutation = &mutations->mutations[i];
  return 1 + (guint64) mutation->argument.n + row->column[mutation->column->index].n;
}

gboolean
ovsdb_mutation_apply (const OvsdbMutations *mutations, guint i, const OvsdbRow *row, guint *column,
                      OvsdbDatum *out, GError **error)
{
  const Mutation *mutation = &mutations->mutations[i];
  const OvsdbDatum *old = &row->column[mutation->column->index];

  *column = mutation->column->index;
  return mutation->mutator < INSERT ? apply_number (mutation, old, out, error)
                                    : apply_elements (mutation, old, out, error);
}
