/* JSON on a byte stream: where messages end does not depend on how the stream was cut, what the parser accepts is what
 * jansson accepts, and what it prints it reads as the same.
 *
 * Input: a byte that seeds the cuts, then the stream. */
#include "fuzz.h"

#include "ovsdb/framing.h"
#include "ovsdb/json.h"

#include <string.h>

#define MAX_BYTES 4096u
#define MAX_DEPTH 12u

/* ---- framing ----------------------------------------------------------------------------------------------------- */

typedef struct
{
  GPtrArray *texts; /* of GBytes */
  const char *why;  /* how the stream ended; NULL: it goes on */
} Framed;

/* One piece; FALSE when the stream is of no more use. */
static gboolean
feed (OvsdbFramer *framer, const guint8 *bytes, gsize n, Framed *framed)
{
  for (;;)
    {
      const char *text = NULL;
      gsize length = 0, before = n;
      switch (ovsdb_framer_next (framer, &bytes, &n, &text, &length, &framed->why))
        {
        case OVSDB_FRAME_MORE:
          FUZZ_CHECK (n == 0, "a framer that wants more has taken everything");
          return TRUE;
        case OVSDB_FRAME_WRONG:
          FUZZ_CHECK (framed->why && *framed->why, "a refused stream comes with a reason");
          return FALSE;
        case OVSDB_FRAME_TEXT:
          FUZZ_CHECK (n < before, "every message takes bytes");
          FUZZ_CHECK (length >= 2 && length <= MAX_BYTES, "a message of %zu bytes is within the limits",
                      length);
          g_ptr_array_add (framed->texts, g_bytes_new (text, length));
          break;
        }
    }
}

/* Pieces of 1 to `step` bytes; 0: whole. */
static Framed
frame (const guint8 *data, gsize size, guint step)
{
  Framed framed = { .texts = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref) };
  OvsdbFramer framer;
  guint piece = 0;

  ovsdb_framer_init (&framer, MAX_BYTES, MAX_DEPTH);
  for (gsize at = 0, n; at < size; at += n)
    {
      g_autofree guint8 *copy = NULL;
      piece = step ? piece % step + 1 : G_MAXUINT;
      n = MIN (piece, size - at);
      copy = g_memdup2 (data + at, n);
      if (!feed (&framer, copy, n, &framed))
        break;
    }
  ovsdb_framer_clear (&framer);
  return framed;
}

static void
check_cuts (const Framed *whole, const guint8 *data, gsize size, guint step)
{
  Framed cut = frame (data, size, step);

  FUZZ_CHECK (cut.texts->len == whole->texts->len,
              "a stream in pieces of up to %u bytes has %u messages, not %u", step, whole->texts->len,
              cut.texts->len);
  for (guint i = 0; i < cut.texts->len; i++)
    FUZZ_CHECK (g_bytes_equal (cut.texts->pdata[i], whole->texts->pdata[i]),
                "message %u is the same in pieces", i);
  FUZZ_CHECK (g_strcmp0 (cut.why, whole->why) == 0, "and ends as it: %s, not %s",
              whole->why ? whole->why : "open", cut.why ? cut.why : "open");
  g_ptr_array_unref (cut.texts);
}

/* ---- texts ------------------------------------------------------------------------------------------------------- */

static char *
print (const OvsdbJson *json)
{
  GString *text = g_string_new (NULL);

  ovsdb_json_append (text, json);
  return g_string_free (text, FALSE);
}

static void
check_fixpoint (const OvsdbJson *json)
{
  g_autofree char *once = print (json), *twice = NULL;
  g_autoptr (OvsdbArena) arena = ovsdb_arena_new ();
  const OvsdbJson *again = ovsdb_json_parse (arena, once, strlen (once), MAX_DEPTH, NULL);

  FUZZ_CHECK (again, "what was printed can be read: %s", once);
  twice = print (again);
  FUZZ_CHECK (strcmp (once, twice) == 0, "printing is a fixpoint: %s, then %s", once, twice);
}

static void check_same (const OvsdbJson *ours, const json_t *judged);

static void
check_same_elements (const OvsdbJson *ours, const json_t *judged)
{
  FUZZ_CHECK (ours->n == json_array_size (judged), "an array of %zu has %u elements",
              json_array_size (judged), ours->n);
  for (guint i = 0; i < ours->n; i++)
    check_same (ovsdb_json_at (ours, i), json_array_get (judged, i));
}

/* A number without a fraction is an integer here, however it was written. */
static void
check_same (const OvsdbJson *ours, const json_t *judged)
{
  static const OvsdbJsonKind kinds[] = {
    [JSON_OBJECT] = OVSDB_JSON_OBJECT,   [JSON_ARRAY] = OVSDB_JSON_ARRAY, [JSON_STRING] = OVSDB_JSON_STRING,
    [JSON_INTEGER] = OVSDB_JSON_INTEGER, [JSON_REAL] = OVSDB_JSON_REAL,   [JSON_TRUE] = OVSDB_JSON_TRUE,
    [JSON_FALSE] = OVSDB_JSON_FALSE,     [JSON_NULL] = OVSDB_JSON_NULL
  };
  OvsdbJsonKind kind = kinds[json_typeof (judged)];
  const char *key;
  json_t *member;

  if (kind == OVSDB_JSON_REAL && ours->kind == OVSDB_JSON_INTEGER)
    {
      FUZZ_CHECK ((double) ours->integer == json_real_value (judged), "%g was read as an integer",
                  json_real_value (judged));
      return;
    }
  FUZZ_CHECK (ours->kind == kind, "a value of kind %d was read as one of kind %u", kind, ours->kind);
  if (kind == OVSDB_JSON_INTEGER)
    FUZZ_CHECK (ours->integer == json_integer_value (judged), "an integer keeps its value");
  else if (kind == OVSDB_JSON_REAL)
    FUZZ_CHECK (ours->real == json_real_value (judged), "%g keeps its value", json_real_value (judged));
  else if (kind == OVSDB_JSON_STRING)
    FUZZ_CHECK (ours->n == json_string_length (judged)
                    && memcmp (ours->text, json_string_value (judged), ours->n + 1) == 0,
                "\"%s\" was read as \"%s\"", json_string_value (judged), ours->text);
  else if (kind == OVSDB_JSON_ARRAY)
    check_same_elements (ours, judged);
  json_object_foreach ((json_t *) judged, key, member)
  {
    FUZZ_CHECK (ovsdb_json_member (ours, key), "an object has its member \"%s\"", key);
    check_same (ovsdb_json_member (ours, key), member);
  }
}

/* jansson is the judge, within the limits of depth here and of integers there; and it alone asks for UTF-8. */
static void
check_judge (const OvsdbJson *json, const char *text, gsize length, const GError *refused)
{
  json_error_t error;
  json_t *judged = json_loadb (text, length, JSON_DECODE_ANY, &error);

  if (!judged)
    {
      FUZZ_CHECK (!json || json_error_code (&error) == json_error_numeric_overflow
                      || json_error_code (&error) == json_error_invalid_utf8,
                  "jansson refuses what was read: %s", error.text);
      return;
    }
  FUZZ_CHECK (json || strstr (refused->message, "too deeply"), "jansson reads what was refused: %s",
              refused->message);
  if (json)
    check_same (json, judged);
  json_decref (judged);
}

static void
check_text (const char *text, gsize length)
{
  g_autoptr (OvsdbArena) arena = ovsdb_arena_new ();
  g_autoptr (GError) error = NULL;
  const OvsdbJson *json = ovsdb_json_parse (arena, text, length, MAX_DEPTH, &error);

  FUZZ_CHECK (!json == !!error, "a text is read, or refused with a reason");
  if (json)
    check_fixpoint (json);
  if (!memchr (text, '\0', length)) /* where the judge takes it for the end */
    check_judge (json, text, length, error);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  guint step = size ? data[0] : 0;
  Framed whole;

  if (size == 0)
    return 0;
  whole = frame (data + 1, size - 1, 0);
  check_cuts (&whole, data + 1, size - 1, 1);
  check_cuts (&whole, data + 1, size - 1, 2 + step % 61);
  for (guint i = 0; i < whole.texts->len; i++)
    {
      gsize length;
      const char *text = g_bytes_get_data (whole.texts->pdata[i], &length);
      check_text (text, length);
    }
  check_text ((const char *) data + 1, size - 1);
  g_ptr_array_unref (whole.texts);
  return 0;
}
