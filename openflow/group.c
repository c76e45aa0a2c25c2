/* GROUP_MOD and buckets (1.3.5 §7.3.4.2). */
#include "openflow/group.h"

#include "openflow/flow.h"
#include "openflow/put.h"

#define BUCKET_HEADER 16u

OpenflowBucket *
openflow_buckets_add (OpenflowBuckets *buckets, OpenflowGroupType type)
{
  if (buckets->n == buckets->room)
    {
      buckets->room = MAX (4, buckets->room * 2);
      buckets->items = g_renew (OpenflowBucket, buckets->items, buckets->room);
    }
  buckets->items[buckets->n] = (OpenflowBucket){ .weight = type == OPENFLOW_GROUP_TYPE_SELECT,
                                                 .watch_port = OPENFLOW_PORT_ANY,
                                                 .watch_group = OPENFLOW_GROUP_ANY };
  return &buckets->items[buckets->n++];
}

void
openflow_buckets_clear (OpenflowBuckets *buckets)
{
  for (guint i = 0; i < buckets->n; i++)
    openflow_actions_clear (&buckets->items[i].actions);
  g_free (buckets->items);
  *buckets = (OpenflowBuckets){ 0 };
}

void
openflow_buckets_encode (const OpenflowBuckets *buckets, GByteArray *out)
{
  for (guint i = 0; i < buckets->n; i++)
    {
      const OpenflowBucket *bucket = &buckets->items[i];
      guint begin = out->len;

      openflow_put_u16 (out, 0);
      openflow_put_u16 (out, bucket->weight);
      openflow_put_u32 (out, bucket->watch_port);
      openflow_put_u32 (out, bucket->watch_group);
      openflow_put_zero (out, 4);
      openflow_actions_encode (&bucket->actions, out);
      openflow_put_length (out, begin, 0);
    }
}

static gboolean
take_bucket (NetCursor *list, OpenflowBuckets *buckets, GError **error)
{
  OpenflowBucket *bucket = openflow_buckets_add (buckets, OPENFLOW_GROUP_TYPE_ALL);
  gsize left = net_cursor_left (list);
  guint16 length;

  if (!net_cursor_be16 (list, &length) || length < BUCKET_HEADER || length % 8 || length > left
      || !net_cursor_be16 (list, &bucket->weight) || !net_cursor_be32 (list, &bucket->watch_port)
      || !net_cursor_be32 (list, &bucket->watch_group) || !net_cursor_take (list, 4))
    return openflow_fail (error, OPENFLOW_ERROR_GROUP_BAD_BUCKET, "a bucket's length is wrong");
  return openflow_actions_decode (list, length - BUCKET_HEADER, &bucket->actions, error);
}

gboolean
openflow_buckets_decode (NetCursor *cursor, gsize length, OpenflowBuckets *out, GError **error)
{
  g_auto (OpenflowBuckets) buckets = { 0 };
  NetCursor list;

  *out = (OpenflowBuckets){ 0 };
  if (net_cursor_left (cursor) < length)
    return openflow_fail (error, OPENFLOW_ERROR_GROUP_BAD_BUCKET, "the buckets are cut short");
  list = net_cursor (cursor->at, length);
  cursor->at += length;
  while (net_cursor_left (&list) > 0)
    if (!take_bucket (&list, &buckets, error))
      return FALSE;
  *out = buckets;
  buckets = (OpenflowBuckets){ 0 };
  return TRUE;
}

void
openflow_group_mod_init (OpenflowGroupMod *mod, OpenflowGroupCommand command, OpenflowGroupType type,
                         guint32 id)
{
  *mod = (OpenflowGroupMod){ .command = command, .type = type, .id = id };
}

void
openflow_group_mod_clear (OpenflowGroupMod *mod)
{
  openflow_buckets_clear (&mod->buckets);
}

void
openflow_group_mod_encode (const OpenflowGroupMod *mod, guint32 xid, GByteArray *out)
{
  guint begin = openflow_message_begin (out, OPENFLOW_GROUP_MOD, xid);

  openflow_put_u16 (out, mod->command);
  openflow_put_u8 (out, (guint8) mod->type);
  openflow_put_zero (out, 1);
  openflow_put_u32 (out, mod->id);
  openflow_buckets_encode (&mod->buckets, out);
  openflow_message_end (out, begin);
}

/* What a type's buckets may not say. */
static gboolean
check_buckets (const OpenflowGroupMod *mod, GError **error)
{
  if (mod->type == OPENFLOW_GROUP_TYPE_INDIRECT && mod->buckets.n != 1)
    return openflow_fail (error, OPENFLOW_ERROR_GROUP_INVALID,
                          "indirect group %u with %u buckets; it has one", mod->id, mod->buckets.n);
  for (guint i = 0; i < mod->buckets.n; i++)
    {
      const OpenflowBucket *bucket = &mod->buckets.items[i];
      gboolean watches = bucket->watch_port != OPENFLOW_PORT_ANY || bucket->watch_group != OPENFLOW_GROUP_ANY;

      if (bucket->weight && mod->type != OPENFLOW_GROUP_TYPE_SELECT)
        return openflow_fail (error, OPENFLOW_ERROR_GROUP_INVALID, "bucket %u of group %u has a weight", i,
                              mod->id);
      if (watches && (mod->type == OPENFLOW_GROUP_TYPE_ALL || mod->type == OPENFLOW_GROUP_TYPE_INDIRECT))
        return openflow_fail (error, OPENFLOW_ERROR_GROUP_WATCH_UNSUPPORTED,
                              "bucket %u of group %u watches, and nothing is chosen", i, mod->id);
      if (mod->type == OPENFLOW_GROUP_TYPE_FAST_FAILOVER && !watches)
        return openflow_fail (error, OPENFLOW_ERROR_GROUP_INVALID, "bucket %u of group %u watches nothing", i,
                              mod->id);
    }
  return TRUE;
}

gboolean
openflow_group_mod_decode (const OpenflowMessage *message, OpenflowGroupMod *out, GError **error)
{
  NetCursor body = openflow_message_body (message);
  guint16 command;
  guint8 type, pad;

  *out = (OpenflowGroupMod){ 0 };
  if (!net_cursor_be16 (&body, &command) || !net_cursor_u8 (&body, &type) || !net_cursor_u8 (&body, &pad)
      || !net_cursor_be32 (&body, &out->id))
    return openflow_fail (error, OPENFLOW_ERROR_BAD_LENGTH, "GROUP_MOD is cut short");
  if (command > OPENFLOW_GROUP_DELETE)
    return openflow_fail (error, OPENFLOW_ERROR_GROUP_BAD_COMMAND, "GROUP_MOD command %u is not known",
                          command);
  if (type > OPENFLOW_GROUP_TYPE_FAST_FAILOVER)
    return openflow_fail (error, OPENFLOW_ERROR_GROUP_BAD_TYPE, "group type %u is not known", type);
  out->command = (OpenflowGroupCommand) command;
  out->type = (OpenflowGroupType) type;
  if (out->command == OPENFLOW_GROUP_DELETE)
    return TRUE;
  if (out->id >= OPENFLOW_GROUP_ID_MAX)
    return openflow_fail (error, OPENFLOW_ERROR_GROUP_INVALID, "group id 0x%x is reserved", out->id);
  if (net_cursor_left (&body) > OPENFLOW_INSTRUCTIONS_MAX)
    return openflow_fail (error, OPENFLOW_ERROR_GROUP_OUT_OF_BUCKETS, "buckets of %u bytes",
                          (guint) net_cursor_left (&body));
  if (!openflow_buckets_decode (&body, net_cursor_left (&body), &out->buckets, error))
    return FALSE;
  if (check_buckets (out, error))
    return TRUE;
  openflow_group_mod_clear (out);
  return FALSE;
}
