/* JSON as the engine reads it: a tree of small nodes in an arena that is reset after each message.
 *
 * jansson serves callers at the library's edge; here a message of one row would cost it some forty allocations, which
 * is more than the transaction itself.  What comes in: RFC 8259, without U+0000 in strings; of two members of one name
 * the later one counts.  Strings are bytes: that a value is UTF-8 is checked where it becomes a value (ovsdb_atom_parse),
 * because peers get an error of that operation for it, not of the message.  What goes out: text appended to a GString. */
#pragma once

#include <glib.h>
#include <jansson.h>

G_BEGIN_DECLS

/* ---- arena --------------------------------------------------------------------------------------------------- */

typedef struct _OvsdbArena OvsdbArena;

OvsdbArena *ovsdb_arena_new (void);
/* Aligned to 8 bytes; lives until reset. */
gpointer ovsdb_arena_alloc (OvsdbArena *arena, gsize n);
/* Keeps a little memory for the next use. */
void ovsdb_arena_reset (OvsdbArena *arena);
void ovsdb_arena_free (OvsdbArena *arena);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OvsdbArena, ovsdb_arena_free)

/* ---- tree ---------------------------------------------------------------------------------------------------- */

typedef enum
{
  OVSDB_JSON_NULL,
  OVSDB_JSON_FALSE,
  OVSDB_JSON_TRUE,
  OVSDB_JSON_INTEGER,
  OVSDB_JSON_REAL,
  OVSDB_JSON_STRING,
  OVSDB_JSON_ARRAY,
  OVSDB_JSON_OBJECT
} OvsdbJsonKind;

typedef struct _OvsdbJson OvsdbJson;
struct _OvsdbJson
{
  guint8 kind;
  gboolean seen : 8; /* a member that the reader knew: see OvsdbMembers */
  guint32 n;         /* elements, members, or a string's bytes */
  OvsdbJson *next;   /* in the same array or object */
  const char *key;   /* of a member */
  union
  {
    gint64 integer;
    double real;
    const char *text; /* NUL-terminated */
    OvsdbJson *first;
  };
};

static inline gboolean
ovsdb_json_is (const OvsdbJson *json, OvsdbJsonKind kind)
{
  return json && json->kind == kind;
}

/* What a text may be that comes from a stranger: a value of two bytes becomes a node of forty. */
typedef struct
{
  guint max_depth;  /* nested arrays and objects */
  guint max_values; /* all together; 0: any */
} OvsdbJsonLimits;

OvsdbJson *ovsdb_json_parse_within (OvsdbArena *arena, const char *text, gsize length,
                                    const OvsdbJsonLimits *limits, GError **error);
/* Text that is exactly one JSON value.  A failure's message has the offset. */
OvsdbJson *
ovsdb_json_parse (OvsdbArena *arena, const char *text, gsize length, guint max_depth, GError **error);

/* Element `i` of an array or NULL; member of an object or NULL. */
OvsdbJson *ovsdb_json_at (const OvsdbJson *array, guint i);
OvsdbJson *ovsdb_json_member (const OvsdbJson *object, const char *key);

/* ---- members that must be there, or may ----------------------------------------------------------------------- */

/* Reads an object whose members are all known: what is missing, of the wrong kind or left over is a syntax error. */
typedef struct
{
  const OvsdbJson *object;
  const char *what; /* "operation 1 (insert)", for messages */
  GError *error;    /* the first; the caller's after finish */
} OvsdbMembers;

/* Sets of kinds. */
#define OVSDB_JSON_BIT(kind) (1u << (kind))
#define OVSDB_ANY_STRING     OVSDB_JSON_BIT (OVSDB_JSON_STRING)
#define OVSDB_ANY_ARRAY      OVSDB_JSON_BIT (OVSDB_JSON_ARRAY)
#define OVSDB_ANY_OBJECT     OVSDB_JSON_BIT (OVSDB_JSON_OBJECT)
#define OVSDB_ANY_INTEGER    OVSDB_JSON_BIT (OVSDB_JSON_INTEGER)
#define OVSDB_ANY_NUMBER     (OVSDB_ANY_INTEGER | OVSDB_JSON_BIT (OVSDB_JSON_REAL))
#define OVSDB_ANY_BOOLEAN    (OVSDB_JSON_BIT (OVSDB_JSON_TRUE) | OVSDB_JSON_BIT (OVSDB_JSON_FALSE))
#define OVSDB_ANY_VALUE      0xffu

void ovsdb_members_begin (OvsdbMembers *members, const OvsdbJson *object, const char *what);
/* NULL when absent or wrong; only a required one that is absent is a mistake. */
const OvsdbJson *ovsdb_members_need (OvsdbMembers *members, const char *key, guint kinds);
const OvsdbJson *ovsdb_members_may (OvsdbMembers *members, const char *key, guint kinds);
/* FALSE with the first mistake. */
gboolean ovsdb_members_end (OvsdbMembers *members, GError **error);

/* ---- writing ------------------------------------------------------------------------------------------------- */

void ovsdb_json_append (GString *to, const OvsdbJson *json);
void ovsdb_json_append_text (GString *to, const char *text, gsize length); /* quoted and escaped */
void ovsdb_json_append_integer (GString *to, gint64 value);
void ovsdb_json_append_real (GString *to, double value);

/* ---- jansson at the edge ------------------------------------------------------------------------------------- */

json_t *ovsdb_json_to_jansson (const OvsdbJson *json);
OvsdbJson *ovsdb_json_from_jansson (OvsdbArena *arena, const json_t *json);

G_END_DECLS
