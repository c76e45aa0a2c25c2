/* The loop over a transaction's operations, and its array of results. */
#include "ovsdb/execute.h"
#include "ovsdb/operation.h"
#include "ovsdb/put.h"

#include <string.h>

static const struct
{
  const char *name;
  OvsdbOperation run;
  gboolean changes;
} operations[] = {
  { "insert", ovsdb_operation_insert, TRUE },    { "select", ovsdb_operation_select, FALSE },
  { "update", ovsdb_operation_update, TRUE },    { "mutate", ovsdb_operation_mutate, TRUE },
  { "delete", ovsdb_operation_delete, TRUE },    { "wait", ovsdb_operation_wait, FALSE },
  { "commit", ovsdb_operation_commit, FALSE },   { "abort", ovsdb_operation_abort, FALSE },
  { "comment", ovsdb_operation_comment, FALSE }, { "assert", ovsdb_operation_assert, FALSE },
};

void
ovsdb_error_append (GString *to, const GError *error)
{
  const char *name
      = ovsdb_error_name (error->domain == OVSDB_ERROR ? (OvsdbErrorCode) error->code : OVSDB_ERROR_IO);

  OVSDB_PUT (to, "{\"details\":");
  ovsdb_json_append_text (to, error->message, strlen (error->message));
  g_string_append_printf (to, ",\"error\":\"%s\"}", name);
}

static OvsdbOperation
find_operation (OvsdbExecution *x, GError **error)
{
  const OvsdbJson *name = ovsdb_members_need (&x->members, "op", OVSDB_ANY_STRING);

  if (!name)
    {
      ovsdb_operation_members_fine (x, error);
      return NULL;
    }
  for (guint i = 0; i < G_N_ELEMENTS (operations); i++)
    if (strcmp (operations[i].name, name->text) == 0)
      {
        if (!operations[i].changes || !x->request->read_only)
          return operations[i].run;
        g_set_error (error, OVSDB_ERROR, OVSDB_ERROR_NOT_ALLOWED,
                     "\"%s\" in a database that is for reading only", name->text);
        return NULL;
      }
  g_set_error (error, OVSDB_ERROR, OVSDB_ERROR_SYNTAX, "there is no operation \"%s\"", name->text);
  return NULL;
}

static gboolean
run_operation (OvsdbExecution *x, const OvsdbJson *json, GError **error)
{
  OvsdbOperation run;
  gboolean done;

  ovsdb_members_begin (&x->members, json, "operation");
  run = find_operation (x, error);
  done = run && run (x, error) && ovsdb_members_end (&x->members, error);
  g_clear_error (&x->members.error);
  return done;
}

/* FALSE when one failed: its error stands in its place, and null for those behind it. */
static gboolean
run_operations (OvsdbExecution *x)
{
  g_autoptr (GError) error = NULL;

  for (const OvsdbJson *json = x->request->operations; json; json = json->next)
    {
      gsize length;
      if (json != x->request->operations)
        g_string_append_c (x->reply, ',');
      length = x->reply->len;
      if (error)
        OVSDB_PUT (x->reply, "null");
      else if (!run_operation (x, json, &error))
        {
          if (x->blocked)
            return FALSE;
          g_string_truncate (x->reply, length);
          ovsdb_error_append (x->reply, error);
        }
    }
  return !error;
}

static OvsdbUuid
new_uuid (gpointer db)
{
  return ovsdb_database_new_uuid (db);
}

OvsdbOutcome
ovsdb_execute (OvsdbDatabase *db, OvsdbRequest *request, GString *reply)
{
  gsize length = reply->len;
  OvsdbExecution x = { .request = request, .txn = ovsdb_txn_begin (db), .reply = reply };
  g_autoptr (GError) error = NULL;

  request->timeout_ms = G_MAXINT64;
  x.txn->quota = request->quota;
  x.symbols.max_string_bytes = request->quota ? request->quota->max_string_bytes : 0;
  x.symbols.new_uuid = new_uuid;
  x.symbols.owner = db;
  g_string_append_c (reply, '[');
  if (!run_operations (&x))
    ovsdb_txn_abort (x.txn);
  else if (!ovsdb_txn_commit (x.txn, &error))
    {
      if (request->n)
        g_string_append_c (reply, ',');
      ovsdb_error_append (reply, error);
    }
  g_string_append_c (reply, ']');
  ovsdb_symbols_clear (&x.symbols);
  if (!x.blocked)
    return OVSDB_EXECUTED;
  g_string_truncate (reply, length);
  return OVSDB_BLOCKED;
}
