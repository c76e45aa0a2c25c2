/* GROUP_MOD (1.3.5 §7.3.4.2): groups and their buckets. */
#pragma once

#include "openflow/action.h"

G_BEGIN_DECLS

typedef enum
{
  OPENFLOW_GROUP_ADD = 0,
  OPENFLOW_GROUP_MODIFY = 1,
  OPENFLOW_GROUP_DELETE = 2
} OpenflowGroupCommand;

typedef enum
{
  OPENFLOW_GROUP_TYPE_ALL = 0,
  OPENFLOW_GROUP_TYPE_SELECT = 1,
  OPENFLOW_GROUP_TYPE_INDIRECT = 2,
  OPENFLOW_GROUP_TYPE_FAST_FAILOVER = 3
} OpenflowGroupType;

#define OPENFLOW_GROUP_ID_MAX 0xffffff00u
#define OPENFLOW_GROUP_ID_ALL 0xfffffffcu /* DELETE: all groups */

typedef struct
{
  guint16 weight;                  /* select */
  guint32 watch_port, watch_group; /* fast failover; OPENFLOW_PORT_ANY, OPENFLOW_GROUP_ANY */
  OpenflowActions actions;
} OpenflowBucket;

/* A list that owns its buckets' actions.  Zeroed memory is an empty list. */
typedef struct
{
  OpenflowBucket *items;
  guint n, room;
} OpenflowBuckets;

/* Appends an empty bucket (nothing watched, weight as the type wants it) and returns it; good until the
 * next call. */
OpenflowBucket *openflow_buckets_add (OpenflowBuckets *buckets, OpenflowGroupType type);
void openflow_buckets_clear (OpenflowBuckets *buckets);
void openflow_buckets_encode (const OpenflowBuckets *buckets, GByteArray *out);
gboolean openflow_buckets_decode (NetCursor *cursor, gsize length, OpenflowBuckets *out, GError **error);

typedef struct
{
  OpenflowGroupCommand command;
  OpenflowGroupType type;
  guint32 id;
  OpenflowBuckets buckets;
} OpenflowGroupMod;

void openflow_group_mod_init (OpenflowGroupMod *mod, OpenflowGroupCommand command, OpenflowGroupType type,
                              guint32 id);
void openflow_group_mod_clear (OpenflowGroupMod *mod);
void openflow_group_mod_encode (const OpenflowGroupMod *mod, guint32 xid, GByteArray *out);
gboolean openflow_group_mod_decode (const OpenflowMessage *message, OpenflowGroupMod *out, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (OpenflowGroupMod, openflow_group_mod_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (OpenflowBuckets, openflow_buckets_clear)

G_END_DECLS
