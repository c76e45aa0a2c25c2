/* Flags, and the file below them. */
#include "vtepd/config.h"

#include <string.h>

#define MAX_FILE_BYTES (1u << 20)

/* ---- flags ------------------------------------------------------------------------------------------------------- */

typedef struct
{
  VtepdFlags *flags;
  GPtrArray *mistakes;
} Parsing;

/* Values are judged when a configuration is made of them; here they are only kept. */
static gboolean
take_flag (const char *name, const char *value, gpointer data, GError **error)
{
  Parsing *parsing = data;
  const VtepdSetting *setting = vtepd_setting_find (name + strlen ("--"));
  VtepdGiven given = { setting, g_strdup (value) };

  (void) error;
  g_assert (setting);
  g_array_append_val (parsing->flags->given, given);
  return TRUE;
}

static gboolean
take_file (const char *name, const char *value, gpointer data, GError **error)
{
  Parsing *parsing = data;

  (void) name;
  (void) error;
  if (parsing->flags->file)
    g_ptr_array_add (parsing->mistakes, g_strdup ("--config is given twice; there can be one file"));
  g_free (parsing->flags->file);
  parsing->flags->file = g_strdup (value);
  return TRUE;
}

static void
add_entries (GOptionGroup *group)
{
  const GOptionEntry file
      = { "config",  'c',
          0,         G_OPTION_ARG_CALLBACK,
          take_file, "Read settings from this YAML file, with the keys that the flags have",
          "FILE" };
  GArray *entries = g_array_new (TRUE, TRUE, sizeof (GOptionEntry));

  g_array_append_val (entries, file);
  for (const VtepdSetting *setting = vtepd_settings; setting->key; setting++)
    {
      GOptionEntry entry
          = { setting->key, 0, 0, G_OPTION_ARG_CALLBACK, take_flag, setting->about, setting->argument };
      g_array_append_val (entries, entry);
    }
  g_option_group_add_entries (group, (GOptionEntry *) entries->data);
  g_array_unref (entries);
}

static void
given_clear (gpointer data)
{
  g_free (((VtepdGiven *) data)->text);
}

VtepdFlags *
vtepd_flags_new (int argc, char **argv, GPtrArray *mistakes)
{
  VtepdFlags *flags = g_new0 (VtepdFlags, 1);
  Parsing parsing = { flags, mistakes };
  GOptionContext *context = g_option_context_new (NULL);
  GOptionGroup *group = g_option_group_new ("vtepd", "Settings", "Settings", &parsing, NULL);
  g_autoptr (GError) error = NULL;

  flags->given = g_array_new (FALSE, FALSE, sizeof (VtepdGiven));
  g_array_set_clear_func (flags->given, given_clear);
  g_option_context_set_summary (
      context, "Makes this host a hardware VTEP: interfaces and VXLAN tunnels, managed by its\n"
               "hardware_vtep database (RFC 7047). Runs in the foreground until SIGTERM; SIGHUP reloads.\n"
               "'vtepd ctl --help' lists what can be asked of a running one.");
  add_entries (group);
  g_option_context_set_main_group (context, group);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    g_ptr_array_add (mistakes, g_strdup_printf ("%s; 'vtepd --help' lists the options", error->message));
  for (int i = 1; i < argc && !error; i++)
    g_ptr_array_add (
        mistakes, g_strdup_printf ("'%s' is not understood; ports follow --port, remotes --remote", argv[i]));
  g_option_context_free (context);
  return flags;
}

void
vtepd_flags_free (VtepdFlags *flags)
{
  if (!flags)
    return;
  g_array_unref (flags->given);
  g_free (flags->file);
  g_free (flags);
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

static void
add_line (GString *mistakes, const char *text)
{
  g_string_append (mistakes, text);
  if (mistakes->len && mistakes->str[mistakes->len - 1] != '\n')
    g_string_append_c (mistakes, '\n');
}

static void
read_file (const char *path, VtepdOpener *opener, VtepdConfig *config, GString *mistakes)
{
  g_autofree char *text = NULL, *wrong = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;

  if (vtepd_opener_read (opener, path, MAX_FILE_BYTES, &text, &length, &error))
    vtepd_config_parse (config, path, text, length, &wrong);
  else
    wrong = g_strdup_printf ("vtepd: %s", error->message);
  if (wrong)
    add_line (mistakes, wrong);
}

static gboolean
given_before (const VtepdFlags *flags, guint index)
{
  const VtepdGiven *given = &g_array_index (flags->given, VtepdGiven, 0);

  for (guint i = 0; i < index; i++)
    if (given[i].setting == given[index].setting)
      return TRUE;
  return FALSE;
}

static void
apply_flags (const VtepdFlags *flags, VtepdConfig *config, GString *mistakes)
{
  for (guint i = 0; i < flags->given->len; i++)
    {
      const VtepdGiven *given = &g_array_index (flags->given, VtepdGiven, i);
      g_autofree char *wrong = NULL;

      if (vtepd_setting_is_list (given->setting) && !given_before (flags, i))
        vtepd_config_clear_list (config, given->setting);
      wrong = vtepd_config_set (config, given->setting, given->text);
      if (wrong)
        g_string_append_printf (mistakes, "vtepd: --%s: %s\n", given->setting->key, wrong);
    }
}

VtepdConfig *
vtepd_config_read (const VtepdFlags *flags, VtepdOpener *opener, char **mistakes)
{
  g_autoptr (VtepdConfig) config = vtepd_config_new ();
  g_autoptr (GString) all = g_string_new (NULL);
  g_autoptr (GPtrArray) missing = NULL;

  if (flags->file)
    read_file (flags->file, opener, config, all);
  apply_flags (flags, config, all);
  /* What a value that was refused would have set is not missing. */
  missing = all->len ? g_ptr_array_new () : vtepd_config_check (config);
  for (guint i = 0; i < missing->len; i++)
    g_string_append_printf (all, "vtepd: %s\n", (char *) g_ptr_array_index (missing, i));
  if (!all->len)
    return g_steal_pointer (&config);
  *mistakes = g_strdup (all->str);
  return NULL;
}
