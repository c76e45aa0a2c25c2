/* Clauses: a column, a function, an argument. */
#include "ovsdb/condition.h"
#include "ovsdb/triple.h"

typedef enum
{
  LESS,
  LESS_OR_EQUAL,
  EQUAL,
  NOT_EQUAL,
  GREATER_OR_EQUAL,
  GREATER,
  INCLUDES,
  EXCLUDES,
  N_FUNCTIONS
} Function;

static const char *const function_names[N_FUNCTIONS]
    = { "<", "<=", "==", "!=", ">=", ">", "includes", "excludes" };

typedef struct
{
  const OvsdbColumn *column; /* NULL: the clause is `constant` */
  gboolean constant;
  Function function;
  OvsdbType type; /* the argument's */
  OvsdbDatum argument;
} Clause;

struct _OvsdbCondition
{
  Clause *clauses;
  guint n;
};

/* ---- parsing ------------------------------------------------------------------------------------------------- */

static gboolean
is_order (Function function)
{
  return function != EQUAL && function != NOT_EQUAL && function < INCLUDES;
}

static gboolean
takes_at_most_one (const OvsdbType *type)
{
  return type->n_max == 1 && !ovsdb_type_is_map (type);
}

/* What the argument must look like for this column and function. */
static gboolean
fit_type (Clause *clause, GError **error)
{
  const OvsdbType *type = &clause->column->type;

  clause->type = *type; /* its constraints hold for arguments too */
  if (is_order (clause->function))
    {
      if (!takes_at_most_one (type) || (type->key.kind != OVSDB_INTEGER && type->key.kind != OVSDB_REAL))
        return ovsdb_refuse (error, OVSDB_ERROR_SYNTAX,
                             "column \"%s\" holds no single number: \"%s\" does not apply to it",
                             clause->column->name, function_names[clause->function]);
      clause->type.n_min = 1;
    }
  else if (clause->function >= INCLUDES && !ovsdb_type_is_scalar (type))
    {
      clause->type.n_min = 0;
      clause->type.n_max = clause->function == EXCLUDES ? OVSDB_UNLIMITED : type->n_max;
    }
  return TRUE;
}

static gboolean
parse_clause (const OvsdbTableSchema *table, const OvsdbJson *json, OvsdbSymbols *symbols, Clause *clause,
              GError **error)
{
  OvsdbTriple triple;
  gint function;

  if (json->kind == OVSDB_JSON_TRUE || json->kind == OVSDB_JSON_FALSE)
    {
      clause->constant = json->kind == OVSDB_JSON_TRUE;
      return TRUE;
    }
  if (!ovsdb_triple_parse (table, json, "a clause must be [<column>, <function>, <value>], true or false",
                           &triple, error))
    return FALSE;
  function = ovsdb_triple_find (&triple, function_names, N_FUNCTIONS);
  if (function < 0)
    return ovsdb_refuse (error, OVSDB_ERROR_UNKNOWN_FUNCTION, "\"%s\" is no function of conditions",
                         triple.word);
  clause->column = triple.column;
  clause->function = (Function) function;
  if (fit_type (clause, error)
      && ovsdb_datum_parse (triple.value, &clause->type, symbols, &clause->argument, error))
    return TRUE;
  clause->column = NULL; /* no argument to clear */
  return FALSE;
}

OvsdbCondition *
ovsdb_condition_parse (const OvsdbTableSchema *table, const OvsdbJson *json, OvsdbSymbols *symbols,
                       GError **error)
{
  g_autoptr (OvsdbCondition) condition = g_new0 (OvsdbCondition, 1);

  g_assert (json->kind == OVSDB_JSON_ARRAY);
  condition->clauses = g_new0 (Clause, json->n + 1);
  for (const OvsdbJson *clause = json->first; clause; clause = clause->next)
    if (!parse_clause (table, clause, symbols, &condition->clauses[condition->n++], error))
      return NULL;
  return g_steal_pointer (&condition);
}

void
ovsdb_condition_free (OvsdbCondition *condition)
{
  if (!condition)
    return;
  for (guint i = 0; i < condition->n; i++)
    if (condition->clauses[i].column)
      ovsdb_datum_clear (&condition->clauses[i].argument, &condition->clauses[i].type);
  g_free (condition->clauses);
  g_free (condition);
}

/* ---- asking -------------------------------------------------------------------------------------------------- */

static gboolean
order_holds (Function function, gint order)
{
  switch (function)
    {
    case LESS:
      return order < 0;
    case LESS_OR_EQUAL:
      return order <= 0;
    case GREATER_OR_EQUAL:
      return order >= 0;
    case GREATER:
      return order > 0;
    default:
      return FALSE;
    }
}

static gboolean
clause_holds (const Clause *clause, const OvsdbRow *row)
{
  const OvsdbDatum *field, *argument = &clause->argument;
  const OvsdbType *type = &clause->type;

  if (!clause->column)
    return clause->constant;
  field = &row->column[clause->column->index];
  switch (clause->function)
    {
    case EQUAL:
      return ovsdb_datum_equal (field, argument, type);
    case NOT_EQUAL:
      return !ovsdb_datum_equal (field, argument, type);
    case INCLUDES:
      return ovsdb_datum_includes (field, argument, type);
    case EXCLUDES:
      return ovsdb_datum_excludes (field, argument, type);
    default:
      /* An empty column is neither above nor below anything. */
      return field->n == 1
             && order_holds (
                 clause->function,
                 ovsdb_atom_compare (ovsdb_datum_keys (field), ovsdb_datum_keys (argument), type->key.kind));
    }
}

gboolean
ovsdb_condition_all (const OvsdbCondition *condition, const OvsdbRow *row)
{
  for (guint i = 0; i < condition->n; i++)
    if (!clause_holds (&condition->clauses[i], row))
      return FALSE;
  return TRUE;
}

gboolean
ovsdb_condition_any (const OvsdbCondition *condition, const OvsdbRow *row)
{
  for (guint i = 0; i < condition->n; i++)
    if (clause_holds (&condition->clauses[i], row))
      return TRUE;
  return condition->n == 0;
}

/* The uuid that a row must have, or NULL. */
static const OvsdbUuid *
named_uuid (const OvsdbCondition *condition)
{
  for (guint i = 0; i < condition->n; i++)
    {
      const Clause *clause = &condition->clauses[i];
      if (clause->column && clause->column->index == OVSDB_COLUMN_UUID && clause->function == EQUAL)
        return &ovsdb_datum_keys (&clause->argument)->uuid;
    }
  return NULL;
}

guint
ovsdb_condition_weight (const OvsdbCondition *condition)
{
  guint weight = 0;

  for (guint i = 0; i < condition->n; i++)
    weight += 1 + condition->clauses[i].argument.n;
  return weight;
}

guint64
ovsdb_condition_cost (const OvsdbCondition *condition, const OvsdbTable *table)
{
  guint64 a_row = 1 + (guint64) ovsdb_condition_weight (condition);

  return named_uuid (condition) ? a_row : a_row * table->n_rows;
}

GPtrArray *
ovsdb_condition_select (const OvsdbCondition *condition, OvsdbTable *table)
{
  const OvsdbUuid *uuid = named_uuid (condition);
  GPtrArray *rows = g_ptr_array_new ();

  if (uuid)
    {
      OvsdbRow *row = ovsdb_table_find (table, uuid);
      if (row && !row->dead && ovsdb_condition_all (condition, row))
        g_ptr_array_add (rows, row);
      return rows;
    }
  for (OvsdbRow *row = table->first; row; row = row->next)
    if (!row->dead && ovsdb_condition_all (condition, row))
      g_ptr_array_add (rows, row);
  return rows;
}
