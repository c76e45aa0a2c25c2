/* The grammar of ovsdb-program.h, and the schema that it is about. */
#include "ovsdb-program.h"

#include "ovsdb/json.h"

#include <string.h>

#define MAX_OPERATIONS 8u
#define MAX_MEMBERS    6u

static const char schema_text[]
    = "{'name':'F','version':'1.0.0','tables':{"
      "'A':{'isRoot':true,'columns':{'i':{'type':'integer'},"
      "'o':{'type':{'key':{'type':'integer','minInteger':0,'maxInteger':100},'min':0,'max':1}},"
      "'r':{'type':{'key':'real','min':0,'max':3}},'b':{'type':'boolean'},"
      "'s':{'type':{'key':{'type':'string','maxLength':4}}},'f':{'type':'integer','mutable':false},"
      "'e':{'type':{'key':{'type':'string','enum':['set',['','x','y']]}}},'u':{'type':'uuid'},"
      "'p':{'type':'string','ephemeral':true},'t':{'type':{'key':'integer','min':1,'max':3}},"
      "'m':{'type':{'key':'string','value':'integer','min':0,'max':'unlimited'}},"
      "'n':{'type':{'key':'integer','value':{'type':'uuid','refTable':'C'},'min':0,'max':'unlimited'}},"
      "'w':{'type':{'key':{'type':'uuid','refTable':'B','refType':'weak'},'min':0,'max':'unlimited'}},"
      "'c':{'type':{'key':{'type':'uuid','refTable':'C'},'min':0,'max':2}}}},"
      "'B':{'isRoot':true,'maxRows':4,'indexes':[['n'],['k','v']],'columns':{'n':{'type':'integer'},"
      "'k':{'type':'string'},'v':{'type':{'key':'integer','min':0,'max':'unlimited'}}}},"
      "'C':{'columns':{'n':{'type':'integer'},'c':{'type':{'key':{'type':'uuid','refTable':'C'},'min':0,"
      "'max':'unlimited'}},'d':{'type':{'key':{'type':'uuid','refTable':'A','refType':'weak'},'min':0,'max':"
      "1}}}},"
      "'W':{'isRoot':true,'columns':{'w':{'type':{'key':{'type':'uuid','refTable':'B','refType':'weak'},'min'"
      ":1,"
      "'max':2}},'v':{'type':{'key':'string','value':{'type':'uuid','refTable':'B','refType':'weak'},'min':0,"
      "'max':'unlimited'}}}}}}";

OvsdbSchema *
ovsdb_program_schema (void)
{
  static OvsdbSchema *schema; /* parsed once a process: it would be most of a run's time */
  g_autofree char *text = g_strdup (schema_text);
  g_autoptr (GError) error = NULL;

  if (schema)
    return ovsdb_schema_ref (schema);
  g_strdelimit (text, "'", '"');
  schema = ovsdb_schema_parse (text, strlen (text), &error);
  FUZZ_CHECK (schema, "the schema of programs is one: %s", error->message);
  return ovsdb_schema_ref (schema);
}

/* ---- values ------------------------------------------------------------------------------------------------------ */

const char *
ovsdb_program_uuid (FuzzInput *input)
{
  static char text[40];
  guint digit = fuzz_choose (input, "0123456789");

  g_snprintf (text, sizeof text, "%u0000000-0000-4000-8000-000000000000", digit);
  return text;
}

static void
append_uuid (GString *to, FuzzInput *input)
{
  if (fuzz_take (input, 'n'))
    g_string_append_printf (to, "[\"named-uuid\",\"n%u\"]", fuzz_choose (input, "0123456789"));
  else
    g_string_append_printf (to, "[\"uuid\",\"%s\"]", ovsdb_program_uuid (input));
}

static void
append_atom (GString *to, FuzzInput *input, OvsdbKind kind)
{
  static const char *const strings[] = { "\"a\"",
                                         "\"b\"",
                                         "\"\"",
                                         "\"x\"",
                                         "\"y\"",
                                         "\"\xc3\xa4\xc3\xb6\xc3\xbc\xe2\x82\xac\"",
                                         "\"longer than it may be\"",
                                         "\"\xff\"",
                                         "\"\\\"\\\\\\n\"" };
  static const char *const reals[]
      = { "0", "1", "2", "3", "-0.5", "1e300", "-1e300", "0.1", "5e-324", "-0.0" };

  switch (kind)
    {
    case OVSDB_INTEGER:
      ovsdb_json_append_integer (to, fuzz_integer (input));
      break;
    case OVSDB_REAL:
      g_string_append (to, reals[fuzz_choose (input, "0123456789")]);
      break;
    case OVSDB_BOOLEAN:
      g_string_append (to, fuzz_choose (input, "ft") ? "true" : "false");
      break;
    case OVSDB_UUID:
      append_uuid (to, input);
      break;
    case OVSDB_STRING:
    case OVSDB_VOID:
      g_string_append (to, strings[fuzz_choose (input, "abexyulfq")]);
      break;
    }
}

static void
append_wrong (GString *to, FuzzInput *input)
{
  static const char *const wrong[] = { "null",
                                       "{}",
                                       "[]",
                                       "\"text\"",
                                       "-1.5",
                                       "[\"set\"]",
                                       "[\"set\",[[]]]",
                                       "[\"map\",[[1]]]",
                                       "[\"uuid\",\"x\"]",
                                       "true",
                                       "[\"map\",[[\"a\",1],[\"a\",2]]]",
                                       "[\"set\",[1,1]]",
                                       "[\"named-uuid\",\"-\"]",
                                       "[\"set\",[]]" };
  g_string_append (to, wrong[fuzz_byte (input) % G_N_ELEMENTS (wrong)]);
}

static void
append_pair (GString *to, FuzzInput *input, const OvsdbType *type)
{
  gboolean is_map = ovsdb_type_is_map (type);

  g_string_append (to, is_map ? "[" : "");
  append_atom (to, input, type->key.kind);
  if (!is_map)
    return;
  g_string_append_c (to, ',');
  append_atom (to, input, type->value.kind);
  g_string_append_c (to, ']');
}

static void
append_value (GString *to, FuzzInput *input, const OvsdbType *type)
{
  gboolean is_map = ovsdb_type_is_map (type);
  guint n = 0;

  if (fuzz_take (input, '!'))
    {
      append_wrong (to, input);
      return;
    }
  if (!fuzz_take (input, '(') && !is_map)
    {
      append_atom (to, input, type->key.kind);
      return;
    }
  g_string_append (to, is_map ? "[\"map\",[" : "[\"set\",[");
  while (n < MAX_MEMBERS && !fuzz_ended (input) && !fuzz_take (input, ')'))
    {
      if (n++)
        g_string_append_c (to, ',');
      append_pair (to, input, type);
    }
  g_string_append (to, "]]");
}

/* ---- parts of operations ----------------------------------------------------------------------------------------- */

const OvsdbTableSchema *
ovsdb_program_table (FuzzInput *input, const OvsdbSchema *schema)
{
  char letters[16] = "";

  for (guint i = 0; i < schema->n_tables && i + 1 < sizeof letters; i++)
    letters[i] = schema->tables[i]->name[0];
  return schema->tables[fuzz_choose (input, letters)];
}

/* Of the standard columns _uuid alone. */
static const OvsdbColumn *
choose_column (FuzzInput *input, const OvsdbTableSchema *table)
{
  char letters[32] = "_";
  guint place;

  for (guint i = OVSDB_N_STANDARD; i < table->n_columns && i < sizeof letters; i++)
    letters[i - 1] = table->columns[i]->name[0];
  place = fuzz_choose (input, letters);
  return table->columns[place ? place + 1 : OVSDB_COLUMN_UUID];
}

void
ovsdb_program_append_row (GString *to, FuzzInput *input, const OvsdbTableSchema *table)
{
  g_string_append_c (to, '{');
  for (guint n = 0; n < 2 * MAX_MEMBERS && fuzz_take (input, ','); n++)
    {
      const OvsdbColumn *column = choose_column (input, table);
      g_string_append_printf (to, "%s\"%s\":", n ? "," : "", column->name);
      append_value (to, input, &column->type);
    }
  g_string_append_c (to, '}');
}

/* Clauses or mutations: each begins with `mark`, and its word has a letter. */
static void
append_triples (GString *to, FuzzInput *input, const OvsdbTableSchema *table, char mark, const char *letters,
                const char *const *words)
{
  g_string_append_c (to, '[');
  for (guint n = 0; n < MAX_MEMBERS && fuzz_take (input, mark); n++)
    {
      const OvsdbColumn *column = choose_column (input, table);
      g_string_append_printf (to, "%s[\"%s\",\"%s\",", n ? "," : "", column->name,
                              words[fuzz_choose (input, letters)]);
      append_value (to, input, &column->type);
      g_string_append_c (to, ']');
    }
  g_string_append_c (to, ']');
}

static void
append_where (GString *to, FuzzInput *input, const OvsdbTableSchema *table)
{
  static const char *const functions[] = { "<", "<=", "==", "!=", ">=", ">", "includes", "excludes", "like" };

  g_string_append (to, ",\"where\":");
  append_triples (to, input, table, ':', "<{=!}>ix~", functions);
}

static void
append_mutations (GString *to, FuzzInput *input, const OvsdbTableSchema *table)
{
  static const char *const mutators[] = { "+=", "-=", "*=", "/=", "%=", "insert", "delete", "^=" };

  g_string_append (to, ",\"mutations\":");
  append_triples (to, input, table, '.', "+-*/%id^", mutators);
}

static void
append_columns (GString *to, FuzzInput *input, const OvsdbTableSchema *table)
{
  g_string_append (to, ",\"columns\":[");
  for (guint n = 0; n < MAX_MEMBERS && fuzz_take (input, ','); n++)
    g_string_append_printf (to, "%s\"%s\"", n ? "," : "", choose_column (input, table)->name);
  g_string_append_c (to, ']');
}

static void
append_named_row (GString *to, FuzzInput *input, const OvsdbTableSchema *table)
{
  g_string_append (to, ",\"row\":");
  ovsdb_program_append_row (to, input, table);
}

/* ---- operations -------------------------------------------------------------------------------------------------- */

static void
append_insert (GString *to, FuzzInput *input, const OvsdbTableSchema *table)
{
  if (fuzz_take (input, 'n'))
    g_string_append_printf (to, ",\"uuid-name\":\"n%u\"", fuzz_choose (input, "0123456789"));
  if (fuzz_take (input, '#'))
    g_string_append_printf (to, ",\"uuid\":\"%s\"", ovsdb_program_uuid (input));
  append_named_row (to, input, table);
}

static void
append_wait (GString *to, FuzzInput *input, const OvsdbTableSchema *table)
{
  g_string_append_printf (to, ",\"timeout\":0,\"until\":\"%s\"", fuzz_choose (input, "=!") ? "!=" : "==");
  append_where (to, input, table);
  append_columns (to, input, table);
  g_string_append (to, ",\"rows\":[");
  ovsdb_program_append_row (to, input, table);
  g_string_append_c (to, ']');
}

static void
append_on_table (GString *to, FuzzInput *input, const OvsdbSchema *schema, char letter, const char *name)
{
  const OvsdbTableSchema *table = ovsdb_program_table (input, schema);

  g_string_append_printf (to, "{\"op\":\"%s\",\"table\":\"%s\"", name, table->name);
  if (letter == 'i')
    append_insert (to, input, table);
  else if (letter == 'w')
    append_wait (to, input, table);
  else
    append_where (to, input, table);
  if (letter == 'u')
    append_named_row (to, input, table);
  else if (letter == 'm')
    append_mutations (to, input, table);
  else if (letter == 's')
    append_columns (to, input, table);
  g_string_append_c (to, '}');
}

static void
append_operation (GString *to, FuzzInput *input, const OvsdbSchema *schema)
{
  static const char letters[] = "iumdswcCaklj";
  static const char *const texts[] = { "insert",
                                       "update",
                                       "mutate",
                                       "delete",
                                       "select",
                                       "wait",
                                       "{\"op\":\"commit\",\"durable\":false}",
                                       "{\"op\":\"commit\",\"durable\":true}",
                                       "{\"op\":\"abort\"}",
                                       "{\"op\":\"comment\",\"comment\":\"a \\\"comment\\\"\"}",
                                       "{\"op\":\"assert\",\"lock\":\"l\"}" };
  guint which = fuzz_choose (input, letters);
  const char *raw;
  gsize length;

  if (letters[which] == 'j')
    {
      raw = fuzz_until (input, ';', &length);
      g_string_append_len (to, raw, (gssize) length);
    }
  else if (texts[which][0] == '{')
    g_string_append (to, texts[which]);
  else
    append_on_table (to, input, schema, letters[which], texts[which]);
}

void
ovsdb_program_append_transaction (GString *to, FuzzInput *input, const OvsdbSchema *schema)
{
  g_string_append_c (to, '[');
  for (guint n = 0; n < MAX_OPERATIONS && !fuzz_ended (input) && !fuzz_take (input, '\n'); n++)
    {
      if (n)
        g_string_append_c (to, ',');
      append_operation (to, input, schema);
    }
  g_string_append_c (to, ']');
}
