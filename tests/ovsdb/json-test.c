/* JSON in and out, and the framing of a stream. */
#include "tap.h"

#include "ovsdb/framing.h"
#include "ovsdb/json.h"

#include <string.h>

/* The text as the engine writes back what it read, or the word "refused". */
static char *
round_trip (const char *text)
{
  g_autoptr (OvsdbArena) arena = ovsdb_arena_new ();
  const OvsdbJson *json = ovsdb_json_parse (arena, text, strlen (text), 10, NULL);
  GString *out = g_string_new (json ? NULL : "refused");

  if (json)
    ovsdb_json_append (out, json);
  return g_string_free (out, FALSE);
}

static const struct
{
  const char *in, *out;
} pairs[] = {
  { " [ 1 , -2,\t3\n] ", "[1,-2,3]" },
  { "{\"b\":1,\"a\":[]}", "{\"b\":1,\"a\":[]}" },
  { "[true,false,null]", "[true,false,null]" },
  { "9223372036854775807", "9223372036854775807" },
  { "-9223372036854775808", "-9223372036854775808" },
  { "9223372036854775808", "9.223372036854776e+18" },
  { "1.0", "1" },
  { "1e3", "1000" },
  { "0.1", "0.1" },
  { "1e400", "refused" },
  { "01", "refused" },
  { "-", "refused" },
  { "1.", "refused" },
  { ".5", "refused" },
  { "+1", "refused" },
  { "1e", "refused" },
  { "\"a\\u00e4\\ud83d\\ude00\\/\\b\"", "\"a\xc3\xa4\xf0\x9f\x98\x80/\\b\"" },
  { "\"\\u001f\"", "\"\\u001f\"" },
  { "\"\\u0000\"", "refused" },
  { "\"\\ud800\"", "refused" },
  { "\"\\ud800\\u0041\"", "refused" },
  { "\"\\udc00\"", "refused" },
  { "\"\\x\"", "refused" },
  { "\"\n\"", "refused" },
  { "\"abc", "refused" },
  { "\"\\", "refused" },
  { "\"\\u12", "refused" },
  { "\"\\u12\"", "refused" },
  { "\"\\u12g4\"", "refused" },
  { "\"\\ud800\\u", "refused" },
  { "\"\\ud800\\n\"", "refused" },
  { "\"\\ud800\\ue000\"", "refused" },
  { "\"\\ufffd\"", "\"\xef\xbf\xbd\"" },
  { "1E2", "100" },
  { "1e+2", "100" },
  { "1e-2", "0.01" },
  { "100000000000000000000000000000000000000000000000000000000000000000000000000000000", "1e+80" },
  { "0.1000000000000000055511151231257827021181583404541015625", "0.1" },
  { "0.30000000000000004", "0.30000000000000004" },
  { "[1", "refused" },
  { "{\"a\"", "refused" },
  { "{\"a\":1", "refused" },
  { "\r\n\t null\r", "null" },
  { "[1,]", "refused" },
  { "[1 2]", "refused" },
  { "{\"a\":}", "refused" },
  { "{\"a\" 1}", "refused" },
  { "{a:1}", "refused" },
  { "{\"a\":1,}", "refused" },
  { "[1]x", "refused" },
  { "", "refused" },
  { "nul", "refused" },
  { "[[[[[[[[[[1]]]]]]]]]]", "[[[[[[[[[[1]]]]]]]]]]" },
  { "[[[[[[[[[[[1]]]]]]]]]]]", "refused" },
};

static void
reads_and_writes (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_autofree char *out = round_trip (pairs[i].in);
      if (strcmp (out, pairs[i].out) != 0)
        printf ("# %s gives %s, expected %s\n", pairs[i].in, out, pairs[i].out);
      CU_ASSERT_STRING_EQUAL (out, pairs[i].out);
    }
}

static void
later_member_counts (void)
{
  g_autoptr (OvsdbArena) arena = ovsdb_arena_new ();
  const char *text = "{\"a\":1,\"a\":2}";
  const OvsdbJson *json = ovsdb_json_parse (arena, text, strlen (text), 10, NULL);

  CU_ASSERT_EQUAL (ovsdb_json_member (json, "a")->integer, 2);
}

static void
jansson_both_ways (void)
{
  g_autoptr (OvsdbArena) arena = ovsdb_arena_new ();
  json_t *json = json_pack ("{s[insbb]s{sf}}", "z", 1, "two", 1, 0, "a", "r", 0.5), *back;
  OvsdbJson *tree = ovsdb_json_from_jansson (arena, json);
  g_autoptr (GString) text = g_string_new (NULL);

  ovsdb_json_append (text, tree);
  CU_ASSERT_STRING_EQUAL (text->str, "{\"z\":[1,null,\"two\",true,false],\"a\":{\"r\":0.5}}");
  back = ovsdb_json_to_jansson (tree);
  CU_ASSERT_TRUE (json_equal (json, back));
  json_decref (json);
  json_decref (back);
}

/* How a stream falls into texts when it comes in pieces of `piece` bytes: "text|text|" and "wrong" at the end. */
static char *
frame_up (const char *stream, gsize piece, gsize max_bytes)
{
  OvsdbFramer framer;
  GString *out = g_string_new (NULL);
  gsize left = strlen (stream);
  OvsdbFrame frame = OVSDB_FRAME_MORE;

  ovsdb_framer_init (&framer, max_bytes, 3);
  while (left > 0 && frame != OVSDB_FRAME_WRONG)
    {
      const guint8 *bytes = (const guint8 *) stream;
      gsize n = MIN (piece, left), length;
      const char *text, *why;
      stream += n;
      left -= n;
      while ((frame = ovsdb_framer_next (&framer, &bytes, &n, &text, &length, &why)) == OVSDB_FRAME_TEXT)
        {
          g_string_append_len (out, text, (gssize) length);
          g_string_append_c (out, '|');
        }
    }
  if (frame == OVSDB_FRAME_WRONG)
    g_string_append (out, "wrong");
  ovsdb_framer_clear (&framer);
  return g_string_free (out, FALSE);
}

static void
frames (void)
{
  static const struct
  {
    const char *in, *out;
  } streams[] = {
    { "{\"a\":\"}\"}[1]\n {}", "{\"a\":\"}\"}|[1]|{}|" },
    { "[\"\\\"]\"] [", "[\"\\\"]\"]|" },
    { "[]x", "[]|wrong" },
    { "[[[]]]", "[[[]]]|" },
    { "[[[[", "wrong" },
    { "[1]          [1]", "[1]|[1]|" },
    { "[]]", "[]|wrong" },
    { "[\"aaaaaaaaaaaaaaaaaaaaaaaaaaaa\"]", "wrong" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (streams); i++)
    for (gsize piece = 1; piece <= 40; piece++)
      {
        g_autofree char *out = frame_up (streams[i].in, piece, 20);
        if (strcmp (out, streams[i].out) != 0)
          printf ("# %s in pieces of %zu gives %s\n", streams[i].in, piece, out);
        CU_ASSERT_STRING_EQUAL (out, streams[i].out);
      }
}

/* What is not UTF-8 cannot be a jansson string. */
static void
not_utf_8_for_jansson (void)
{
  g_autoptr (OvsdbArena) arena = ovsdb_arena_new ();
  const char *text = "[\"\xff\",\"ok\"]";
  json_t *json = ovsdb_json_to_jansson (ovsdb_json_parse (arena, text, strlen (text), 10, NULL));

  CU_ASSERT_STRING_EQUAL (json_string_value (json_array_get (json, 0)), "");
  CU_ASSERT_STRING_EQUAL (json_string_value (json_array_get (json, 1)), "ok");
  json_decref (json);
}

/* A large message in pieces, and what comes behind it. */
static void
large_then_small (void)
{
  g_autofree char *filler = g_strnfill (200000, 'x'), *large = g_strdup_printf ("[\"%s\"]", filler),
                  *stream = g_strdup_printf ("%s{} %s[2]", large, large),
                  *expected = g_strdup_printf ("%s|{}|%s|[2]|", large, large),
                  *out = frame_up (stream, 1000, 300000);

  CU_ASSERT_STRING_EQUAL (out, expected);
}

int
main (void)
{
  const TapTest tests[] = {
    { "JSON is read strictly, numbers exactly, and written back", reads_and_writes },
    { "of two members of one name the later counts", later_member_counts },
    { "jansson's values come and go unchanged", jansson_both_ways },
    { "a string that is not UTF-8 is empty for jansson", not_utf_8_for_jansson },
    { "a large message leaves nothing behind for the next", large_then_small },
    { "a stream falls into the same texts however it is cut", frames },
    { NULL, NULL },
  };
  return tap_main ("json", tests);
}
