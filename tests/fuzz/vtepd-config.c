/* vtepd's configuration file: it is taken, or refused with the place of every mistake; what was taken keeps to the
 * bounds of its settings and, written down again, is read as the same.
 *
 * Input: a file. */
#include "fuzz.h"

#include "vtepd/config.h"

#include <stdio.h>
#include <string.h>

/* LeakSanitizer asks for it.  libfyaml 0.7 does not give back the list of pieces that it makes of a quoted text with many
 * quotes inside (fy_atom_format_text): a few kilobytes for each such text. */
const char *__lsan_default_suppressions (void);

const char *
__lsan_default_suppressions (void)
{
  return "leak:libfyaml.so";
}

static gconstpointer
at (const VtepdConfig *config, const VtepdSetting *setting)
{
  return (const guint8 *) config + setting->offset;
}

/* ---- refused ----------------------------------------------------------------------------------------------------- */

/* The first line is "f.yaml:LINE:COLUMN: sentence", within the text. */
static void
check_mistakes (const char *mistakes, const guint8 *data, gsize size)
{
  guint line = 0, column = 0, n_lines = 1;
  int end = 0;

  for (gsize i = 0; i < size; i++)
    n_lines += data[i] == '\n' || data[i] == '\r';
  FUZZ_CHECK (mistakes && sscanf (mistakes, "f.yaml:%u:%u: %n", &line, &column, &end) == 2 && end > 0,
              "a mistake has a place: %s", mistakes ? mistakes : "(none)");
  FUZZ_CHECK (line > 0 && column > 0 && line <= n_lines + 1,
              "a place lies within the file of %u lines or at its end: %s", n_lines, mistakes);
  FUZZ_CHECK (mistakes[end] && mistakes[end] != '\n', "and a sentence");
  FUZZ_CHECK (g_utf8_validate (mistakes, -1, NULL), "what is said of a file is a text");
}

/* ---- taken ------------------------------------------------------------------------------------------------------- */

static void
append_quoted (GString *text, const char *value)
{
  g_string_append_c (text, '\'');
  for (; *value; value++)
    g_string_append_printf (text, *value == '\'' ? "''" : "%c", *value);
  g_string_append (text, "'\n");
}

static void
append_list (GString *text, const VtepdSetting *setting, const GPtrArray *list)
{
  if (list->len == 0)
    return;
  g_string_append_printf (text, "%s:\n", setting->key);
  for (guint i = 0; i < list->len; i++)
    {
      g_string_append (text, "- ");
      append_quoted (text, list->pdata[i]);
    }
}

static void
append_number (GString *text, const VtepdSetting *setting, guint number)
{
  char address[NET_IPV4_TEXT];

  FUZZ_CHECK (setting->kind != VTEPD_SETTING_NUMBER || number == 0
                  || (number >= setting->minimum && number <= setting->maximum),
              "%s is %u, within its bounds", setting->key, number);
  if (setting->kind == VTEPD_SETTING_WORD)
    g_string_append_printf (text, "%s: %s\n", setting->key, setting->words[number]);
  else if (number && setting->kind == VTEPD_SETTING_IPV4)
    g_string_append_printf (text, "%s: %s\n", setting->key, net_ipv4_format (number, address));
  else if (number)
    g_string_append_printf (text, "%s: %u\n", setting->key, number);
}

static void
append_setting (GString *text, const VtepdConfig *config, const VtepdSetting *setting)
{
  if (vtepd_setting_is_list (setting))
    append_list (text, setting, *(GPtrArray *const *) at (config, setting));
  else if (setting->kind == VTEPD_SETTING_TEXT || setting->kind == VTEPD_SETTING_NAME)
    {
      const char *value = *(char *const *) at (config, setting);
      if (!value)
        return;
      g_string_append_printf (text, "%s: ", setting->key);
      append_quoted (text, value);
    }
  else
    append_number (text, setting, *(const guint *) at (config, setting));
}

static void
check_again (const VtepdConfig *config)
{
  g_autoptr (VtepdConfig) again = vtepd_config_new ();
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GPtrArray) wrong = vtepd_config_check (config), wrong_again = NULL;
  g_autofree char *mistakes = NULL;

  for (const VtepdSetting *setting = vtepd_settings; setting->key; setting++)
    append_setting (text, config, setting);
  FUZZ_CHECK (vtepd_config_parse (again, "f.yaml", text->str, text->len, &mistakes),
              "what was taken is taken again: %s", mistakes);
  for (const VtepdSetting *setting = vtepd_settings; setting->key; setting++)
    FUZZ_CHECK (vtepd_config_same (config, again, setting), "%s stays", setting->key);
  wrong_again = vtepd_config_check (again);
  FUZZ_CHECK (wrong->len == wrong_again->len, "and as much is missing");
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (VtepdConfig) config = vtepd_config_new ();
  g_autofree char *mistakes = NULL;

  if (vtepd_config_parse (config, "f.yaml", size ? (const char *) data : "", size, &mistakes))
    check_again (config);
  else
    check_mistakes (mistakes, data, size);
  return 0;
}
