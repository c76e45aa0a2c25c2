/* The JSON tree: its arena, looking into it, members that must be there. */
#include "ovsdb/json.h"
#include "ovsdb/error.h"

#include <string.h>

/* ---- arena --------------------------------------------------------------------------------------------------- */

#define BLOCK_BYTES 16384u

typedef struct _Block Block;
struct _Block
{
  Block *next;
  gsize size;
  guint8 bytes[];
};

struct _OvsdbArena
{
  Block *blocks; /* the one in use first; the last is kept at a reset */
  gsize used;
};

static Block *
block_new (gsize size)
{
  Block *block = g_malloc (sizeof *block + size);
  block->next = NULL;
  block->size = size;
  return block;
}

OvsdbArena *
ovsdb_arena_new (void)
{
  OvsdbArena *arena = g_new0 (OvsdbArena, 1);
  arena->blocks = block_new (BLOCK_BYTES);
  return arena;
}

gpointer
ovsdb_arena_alloc (OvsdbArena *arena, gsize n)
{
  gpointer at;

  n = (n + 7) & ~(gsize) 7;
  if (G_UNLIKELY (arena->blocks->size - arena->used < n))
    {
      Block *block = block_new (MAX (n, (gsize) BLOCK_BYTES * 4));
      block->next = arena->blocks;
      arena->blocks = block;
      arena->used = 0;
    }
  at = arena->blocks->bytes + arena->used;
  arena->used += n;
  return at;
}

void
ovsdb_arena_reset (OvsdbArena *arena)
{
  while (arena->blocks->next)
    {
      Block *block = arena->blocks;
      arena->blocks = block->next;
      g_free (block);
    }
  arena->used = 0;
}

void
ovsdb_arena_free (OvsdbArena *arena)
{
  if (!arena)
    return;
  ovsdb_arena_reset (arena);
  g_free (arena->blocks);
  g_free (arena);
}

/* ---- looking ------------------------------------------------------------------------------------------------- */

OvsdbJson *
ovsdb_json_at (const OvsdbJson *array, guint i)
{
  OvsdbJson *element;

  if (!ovsdb_json_is (array, OVSDB_JSON_ARRAY))
    return NULL;
  for (element = array->first; element && i > 0; i--)
    element = element->next;
  return element;
}

OvsdbJson *
ovsdb_json_member (const OvsdbJson *object, const char *key)
{
  OvsdbJson *found = NULL;

  if (!ovsdb_json_is (object, OVSDB_JSON_OBJECT))
    return NULL;
  for (OvsdbJson *member = object->first; member; member = member->next)
    if (strcmp (member->key, key) == 0)
      found = member;
  return found;
}

/* ---- members ------------------------------------------------------------------------------------------------- */

void
ovsdb_members_begin (OvsdbMembers *members, const OvsdbJson *object, const char *what)
{
  *members = (OvsdbMembers){ .object = object, .what = what };
  if (!ovsdb_json_is (object, OVSDB_JSON_OBJECT))
    {
      members->object = NULL;
      g_set_error (&members->error, OVSDB_ERROR, OVSDB_ERROR_SYNTAX, "%s must be a JSON object", what);
      return;
    }
  for (OvsdbJson *member = object->first; member; member = member->next)
    member->seen = FALSE;
}

/* Most names differ in their first letter. */
static inline gboolean
same_name (const char *a, const char *b)
{
  return *a == *b && strcmp (a, b) == 0;
}

static const OvsdbJson *
member_of_kind (OvsdbMembers *members, const char *key, guint kinds, gboolean required)
{
  const OvsdbJson *found = NULL;

  if (!members->object)
    return NULL;
  for (OvsdbJson *member = members->object->first; member; member = member->next)
    if (same_name (member->key, key))
      {
        member->seen = TRUE;
        found = member;
      }
  if (found && (kinds & OVSDB_JSON_BIT (found->kind)))
    return found;
  if (!members->error && found)
    g_set_error (&members->error, OVSDB_ERROR, OVSDB_ERROR_SYNTAX,
                 "%s: member \"%s\" has the wrong JSON type", members->what, key);
  else if (!members->error && required)
    g_set_error (&members->error, OVSDB_ERROR, OVSDB_ERROR_SYNTAX, "%s: member \"%s\" is missing",
                 members->what, key);
  return NULL;
}

const OvsdbJson *
ovsdb_members_need (OvsdbMembers *members, const char *key, guint kinds)
{
  return member_of_kind (members, key, kinds, TRUE);
}

const OvsdbJson *
ovsdb_members_may (OvsdbMembers *members, const char *key, guint kinds)
{
  return member_of_kind (members, key, kinds, FALSE);
}

gboolean
ovsdb_members_end (OvsdbMembers *members, GError **error)
{
  if (!members->error)
    for (const OvsdbJson *member = members->object->first; member; member = member->next)
      if (!member->seen)
        {
          g_set_error (&members->error, OVSDB_ERROR, OVSDB_ERROR_SYNTAX,
                       "%s: member \"%s\" is not allowed here", members->what, member->key);
          break;
        }
  if (!members->error)
    return TRUE;
  g_propagate_error (error, members->error);
  members->error = NULL;
  return FALSE;
}
