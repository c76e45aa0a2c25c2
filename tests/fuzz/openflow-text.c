/* Flows and groups as people write them: what is accepted is printed so that it is read as the same, and comes back from
 * the wire as it was sent.
 *
 * Input: lines; those that begin with "group" are groups, the others flows. */
#include "fuzz.h"

#include "openflow/text.h"

#include <string.h>

static OpenflowMessage
message_of (const GByteArray *bytes)
{
  return (OpenflowMessage){ .version = OPENFLOW_VERSION_13,
                            .type = bytes->data[1],
                            .length = (guint16) bytes->len,
                            .bytes = bytes->data };
}

static void
check_flow (const char *line)
{
  g_auto (OpenflowFlowMod) mod = { 0 }, again = { 0 }, wire = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) text = g_string_new (NULL), second = g_string_new (NULL);
  g_autoptr (GByteArray) bytes = g_byte_array_new (), back = g_byte_array_new ();
  gboolean read = openflow_flow_parse (line, &mod, &error);
  OpenflowMessage message;

  FUZZ_CHECK (read == !error, "a flow is read, or refused with a sentence");
  if (!read)
    return;
  openflow_flow_print (&mod, text);
  FUZZ_CHECK (openflow_flow_parse (text->str, &again, &error), "%s was printed: %s", text->str,
              error->message);
  openflow_flow_print (&again, second);
  FUZZ_CHECK (strcmp (text->str, second->str) == 0, "printing is a fixpoint:\n%s\n%s", text->str,
              second->str);
  openflow_flow_mod_encode (&mod, 1, bytes);
  if (bytes->len > G_MAXUINT16)
    return;
  message = message_of (bytes);
  if (!openflow_flow_mod_decode (&message, &wire, &error))
    return; /* a text may ask for what the wire's rules refuse */
  openflow_flow_mod_encode (&wire, 1, back);
  FUZZ_CHECK (back->len == bytes->len && memcmp (back->data, bytes->data, back->len) == 0,
              "what was decoded is encoded as the same: %s", text->str);
}

static void
check_group (const char *line)
{
  g_auto (OpenflowGroupMod) mod = { 0 }, again = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) text = g_string_new (NULL), second = g_string_new (NULL);
  gboolean read = openflow_group_parse (line, &mod, &error);

  FUZZ_CHECK (read == !error, "a group is read, or refused with a sentence");
  if (!read)
    return;
  openflow_group_print (mod.type, mod.id, &mod.buckets, text);
  FUZZ_CHECK (openflow_group_parse (text->str, &again, &error), "%s was printed: %s", text->str,
              error->message);
  openflow_group_print (again.type, again.id, &again.buckets, second);
  FUZZ_CHECK (strcmp (text->str, second->str) == 0, "printing is a fixpoint:\n%s\n%s", text->str,
              second->str);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i]; i++)
    if (g_str_has_prefix (lines[i], "group"))
      check_group (lines[i]);
    else
      check_flow (lines[i]);
  return 0;
}
