/* The operations about the transaction itself: commit, abort, comment, assert (RFC 7047 §5.2.7 to §5.2.10). */
#include "ovsdb/operation.h"
#include "ovsdb/put.h"

gboolean
ovsdb_operation_commit (OvsdbExecution *x, GError **error)
{
  const OvsdbJson *durable = ovsdb_members_need (&x->members, "durable", OVSDB_ANY_BOOLEAN);

  if (!ovsdb_operation_members_fine (x, error))
    return FALSE;
  x->txn->durable |= durable->kind == OVSDB_JSON_TRUE;
  OVSDB_PUT (x->reply, "{}");
  return TRUE;
}

gboolean
ovsdb_operation_abort (OvsdbExecution *x, GError **error)
{
  (void) x;
  g_set_error (error, OVSDB_ERROR, OVSDB_ERROR_ABORTED, "an \"abort\" operation was asked for");
  return FALSE;
}

gboolean
ovsdb_operation_comment (OvsdbExecution *x, GError **error)
{
  const OvsdbJson *comment = ovsdb_members_need (&x->members, "comment", OVSDB_ANY_STRING);

  if (!ovsdb_operation_members_fine (x, error))
    return FALSE;
  ovsdb_txn_add_comment (x->txn, comment->text);
  OVSDB_PUT (x->reply, "{}");
  return TRUE;
}

gboolean
ovsdb_operation_assert (OvsdbExecution *x, GError **error)
{
  const OvsdbJson *lock = ovsdb_members_need (&x->members, "lock", OVSDB_ANY_STRING);
  const OvsdbRequest *request = x->request;

  if (!ovsdb_operation_members_fine (x, error))
    return FALSE;
  if (!ovsdb_is_id (lock->text))
    {
      g_set_error (error, OVSDB_ERROR, OVSDB_ERROR_SYNTAX, "\"%s\" is not a name that a lock may have",
                   lock->text);
      return FALSE;
    }
  if (!request->holds_lock || !request->holds_lock (request->owner, lock->text))
    {
      g_set_error (error, OVSDB_ERROR, OVSDB_ERROR_NOT_OWNER, "the session does not own lock \"%s\"",
                   lock->text);
      return FALSE;
    }
  OVSDB_PUT (x->reply, "{}");
  return TRUE;
}
