/* The table, and reading one value of it. */
#include "vtepd/settings.h"

#include "gateway/linux/target.h"

#include <string.h>

#define AT(member) offsetof (VtepdConfig, member)

#define MAX_INTERFACE_NAME 15u /* IFNAMSIZ less the NUL */
#define MAX_SWITCH_NAME    64u
#define MAX_LIST           1024u

static const char *const level_words[] = { "info", "debug", "warning", "error", NULL };
static const char *const transport_words[] = { "raw", "udp", NULL };
static const char *const inner_vlan_words[] = { "refuse", "carry", NULL };

const VtepdSetting vtepd_settings[] = {
  { "name", VTEPD_SETTING_NAME, AT (name), 0, MAX_SWITCH_NAME, NULL, FALSE, "NAME",
    "The switch's name in the database" },
  { "description", VTEPD_SETTING_TEXT, AT (description), 0, 0, NULL, TRUE, "TEXT",
    "The switch's description in the database" },
  { "port", VTEPD_SETTING_NAMES, AT (ports), 0, MAX_INTERFACE_NAME, NULL, TRUE, "INTERFACE",
    "An interface that is a port of the switch; repeatable" },
  { "tunnel-ip", VTEPD_SETTING_IPV4, AT (tunnel_ip), 0, 0, NULL, TRUE, "ADDRESS",
    "This end's address of all tunnels" },
  { "underlay", VTEPD_SETTING_NAME, AT (underlay), 0, MAX_INTERFACE_NAME, NULL, TRUE, "INTERFACE",
    "The interface that carries the tunnels; else the one that has the tunnel address" },
  { "underlay-gateway", VTEPD_SETTING_IPV4, AT (underlay_gateway), 0, 0, NULL, TRUE, "ADDRESS",
    "Next hop for tunnel ends outside the underlay's subnet; else the default route's" },
  { "underlay-prefix", VTEPD_SETTING_NUMBER, AT (underlay_prefix), 1, 32, NULL, TRUE, "LENGTH",
    "Length of the underlay's subnet; else that of the interface's" },
  { "tunnel-transport", VTEPD_SETTING_WORD, AT (transport), 0, 0, transport_words, TRUE, "raw|udp",
    "Tunnels as frames of the underlay interface (raw, the default), or through the kernel's UDP stack" },
  { "management-ip", VTEPD_SETTING_IPV4, AT (management_ip), 0, 0, NULL, TRUE, "ADDRESS",
    "The switch's management address in the database" },
  { "db", VTEPD_SETTING_TEXT, AT (database), 0, 0, NULL, FALSE, "FILE",
    "Keep the database here; made when it is not there. Without it, in memory" },
  { "remote", VTEPD_SETTING_REMOTES, AT (remotes), 0, 0, NULL, TRUE, "REMOTE",
    "Listen on ptcp:PORT[:IP], pssl:PORT[:IP] or punix:PATH, dial tcp:IP:PORT, ssl:IP:PORT or unix:PATH; "
    "repeatable" },
  { "private-key", VTEPD_SETTING_TEXT, AT (private_key), 0, 0, NULL, TRUE, "FILE",
    "The private key of this end of TLS, PEM" },
  { "certificate", VTEPD_SETTING_TEXT, AT (certificate), 0, 0, NULL, TRUE, "FILE", "Its certificate, PEM" },
  { "ca-cert", VTEPD_SETTING_TEXT, AT (ca_certificate), 0, 0, NULL, TRUE, "FILE",
    "The only authorities whose certificates are taken, PEM" },
  { "user", VTEPD_SETTING_NAME, AT (user), 0, 32, NULL, FALSE, "USER",
    "Run as this user once all is open; nobody when started as root" },
  { "ctl", VTEPD_SETTING_TEXT, AT (control), 0, 0, NULL, FALSE, "PATH",
    "The socket that 'vtepd ctl' talks to; else /run/vtepd/NAME.ctl" },
  { "pid-file", VTEPD_SETTING_TEXT, AT (pid_file), 0, 0, NULL, FALSE, "FILE",
    "Write the process id here while running" },
  { "log-level", VTEPD_SETTING_WORD, AT (log_level), 0, 0, level_words, TRUE, "LEVEL",
    "What is logged: debug, info, warning or error; info by default" },
  { "mtu", VTEPD_SETTING_NUMBER, AT (mtu), 576, 65535, NULL, TRUE, "BYTES",
    "IP packets of the underlay have at most this many bytes; else the interface's MTU" },
  { "mac-age", VTEPD_SETTING_NUMBER, AT (mac_age_s), 1, 1000000, NULL, TRUE, "SECONDS",
    "Forget a learned MAC this long after its last frame; 300 by default" },
  { "max-macs", VTEPD_SETTING_NUMBER, AT (max_macs), 1, 1u << 24, NULL, TRUE, "N",
    "Learned MACs at a time; 131072 by default" },
  { "inner-vlan", VTEPD_SETTING_WORD, AT (inner_vlan), 0, 0, inner_vlan_words, TRUE, "refuse|carry",
    "What becomes of a VLAN tag inside a logical switch; refuse by default" },
  { NULL },
};

const VtepdSetting *
vtepd_setting_find (const char *key)
{
  for (const VtepdSetting *setting = vtepd_settings; setting->key; setting++)
    if (strcmp (setting->key, key) == 0)
      return setting;
  return NULL;
}

gboolean
vtepd_setting_is_list (const VtepdSetting *setting)
{
  return setting->kind == VTEPD_SETTING_NAMES || setting->kind == VTEPD_SETTING_TEXTS
         || setting->kind == VTEPD_SETTING_REMOTES;
}

/* ---- one value --------------------------------------------------------------------------------------------------- */

static char **
text_of (const VtepdConfig *config, const VtepdSetting *setting)
{
  return (char **) ((guint8 *) config + setting->offset);
}

static guint *
number_of (const VtepdConfig *config, const VtepdSetting *setting)
{
  return (guint *) ((guint8 *) config + setting->offset);
}

static GPtrArray *
list_of (const VtepdConfig *config, const VtepdSetting *setting)
{
  return *(GPtrArray **) ((guint8 *) config + setting->offset);
}

static gboolean
is_text_setting (const VtepdSetting *setting)
{
  return setting->kind == VTEPD_SETTING_TEXT || setting->kind == VTEPD_SETTING_NAME;
}

static gboolean
is_name (const char *text, guint most)
{
  for (const char *at = text; *at; at++)
    if (!g_ascii_isgraph (*at) || *at == '/')
      return FALSE;
  return *text && strlen (text) <= most;
}

/* Control characters would spoil every line that shows the text. */
static gboolean
is_text (const char *text)
{
  for (const char *at = text; *at; at++)
    if (g_ascii_iscntrl (*at))
      return FALSE;
  return g_utf8_validate (text, -1, NULL);
}

static char *
set_word (guint *number, const VtepdSetting *setting, const char *text)
{
  for (guint i = 0; setting->words[i]; i++)
    if (strcmp (setting->words[i], text) == 0)
      {
        *number = i;
        return NULL;
      }
  g_autofree char *words = g_strjoinv (", ", (char **) setting->words);
  return g_strdup_printf ("'%s' is '%s'; it must be one of %s", setting->key, text, words);
}

static char *
set_number (guint *number, const VtepdSetting *setting, const char *text)
{
  guint64 value;

  if (!g_ascii_string_to_unsigned (text, 10, setting->minimum, setting->maximum, &value, NULL))
    return g_strdup_printf ("'%s' is '%s'; it must be a whole number from %u to %u", setting->key, text,
                            setting->minimum, setting->maximum);
  *number = (guint) value;
  return NULL;
}

static char *
set_ipv4 (NetIpv4 *address, const VtepdSetting *setting, const char *text)
{
  NetIpv4 value;

  if (!net_ipv4_from_text (text, &value) || value == 0 || value >> 28 >= 0xe || value >> 24 == 127)
    return g_strdup_printf ("'%s' is '%s'; it must be the IPv4 address of a host, as 10.8.125.20",
                            setting->key, text);
  *address = value;
  return NULL;
}

static char *
add_text (GPtrArray *list, const VtepdSetting *setting, const char *text)
{
  if (g_ptr_array_find_with_equal_func (list, text, g_str_equal, NULL))
    return g_strdup_printf ("'%s' names '%s' twice", setting->key, text);
  if (list->len == MAX_LIST)
    return g_strdup_printf ("'%s' has more than %u entries", setting->key, MAX_LIST);
  g_ptr_array_add (list, g_strdup (text));
  return NULL;
}

static gboolean
begins_with (const char *text, const char *const *prefixes)
{
  for (guint i = 0; prefixes[i]; i++)
    if (g_str_has_prefix (text, prefixes[i]))
      return TRUE;
  return FALSE;
}

static char *
add_remote (GPtrArray *list, const VtepdSetting *setting, const char *text)
{
  static const char *const listening[] = { "ptcp:", "pssl:", "punix:", NULL };
  static const char *const dialled[] = { "tcp:", "ssl:", "unix:", NULL };
  g_autoptr (GError) error = NULL;
  LinuxAddress address;

  if (begins_with (text, listening))
    linux_target_to_listen (text, &address, &error);
  else if (begins_with (text, dialled))
    linux_target_to_dial (text, &address, &error);
  else
    return g_strdup_printf ("'%s' is not understood; ptcp:PORT[:IP], pssl:PORT[:IP] and punix:PATH listen, "
                            "tcp:IP:PORT, ssl:IP:PORT and unix:PATH are dialled",
                            text);
  return error ? g_strdup (error->message) : add_text (list, setting, text);
}

static gboolean
is_named (const VtepdSetting *setting)
{
  return setting->kind == VTEPD_SETTING_NAME || setting->kind == VTEPD_SETTING_NAMES;
}

char *
vtepd_config_set (VtepdConfig *config, const VtepdSetting *setting, const char *text)
{
  if (is_named (setting) && !is_name (text, setting->maximum))
    return g_strdup_printf (
        "'%s' is '%s'; it must be a name of 1 to %u printable ASCII characters without blank or slash",
        setting->key, is_text (text) ? text : "?", setting->maximum);
  if (!*text || !is_text (text))
    return g_strdup_printf ("'%s' must be a text in UTF-8, not empty and without control characters",
                            setting->key);
  switch (setting->kind)
    {
    case VTEPD_SETTING_NAMES:
    case VTEPD_SETTING_TEXTS:
      return add_text (list_of (config, setting), setting, text);
    case VTEPD_SETTING_REMOTES:
      return add_remote (list_of (config, setting), setting, text);
    case VTEPD_SETTING_IPV4:
      return set_ipv4 (number_of (config, setting), setting, text);
    case VTEPD_SETTING_NUMBER:
      return set_number (number_of (config, setting), setting, text);
    case VTEPD_SETTING_WORD:
      return set_word (number_of (config, setting), setting, text);
    case VTEPD_SETTING_TEXT:
    case VTEPD_SETTING_NAME:
      g_free (*text_of (config, setting));
      *text_of (config, setting) = g_strdup (text);
      return NULL;
    }
  g_assert_not_reached ();
}

void
vtepd_config_clear_list (VtepdConfig *config, const VtepdSetting *setting)
{
  g_ptr_array_set_size (list_of (config, setting), 0);
}

/* ---- two configurations ------------------------------------------------------------------------------------------ */

static gboolean
same_list (const GPtrArray *a, const GPtrArray *b)
{
  if (a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++)
    if (strcmp (g_ptr_array_index (a, i), g_ptr_array_index (b, i)) != 0)
      return FALSE;
  return TRUE;
}

gboolean
vtepd_config_same (const VtepdConfig *a, const VtepdConfig *b, const VtepdSetting *setting)
{
  if (vtepd_setting_is_list (setting))
    return same_list (list_of (a, setting), list_of (b, setting));
  if (is_text_setting (setting))
    return g_strcmp0 (*text_of (a, setting), *text_of (b, setting)) == 0;
  return *number_of (a, setting) == *number_of (b, setting);
}

void
vtepd_config_copy (VtepdConfig *config, const VtepdConfig *from, const VtepdSetting *setting)
{
  g_assert (!vtepd_setting_is_list (setting));
  if (is_text_setting (setting))
    {
      g_free (*text_of (config, setting));
      *text_of (config, setting) = g_strdup (*text_of (from, setting));
    }
  else
    *number_of (config, setting) = *number_of (from, setting);
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

static gboolean
wants_tls (const VtepdConfig *config)
{
  for (guint i = 0; i < config->remotes->len; i++)
    {
      const char *remote = g_ptr_array_index (config->remotes, i);
      if (g_str_has_prefix (remote, "ssl:") || g_str_has_prefix (remote, "pssl:"))
        return TRUE;
    }
  return FALSE;
}

static void
check_tls (const VtepdConfig *config, GPtrArray *wrong)
{
  guint n = !!config->private_key + !!config->certificate + !!config->ca_certificate;

  if (n < 3 && (n > 0 || wants_tls (config)))
    g_ptr_array_add (wrong, g_strdup ("TLS needs all of private-key, certificate and ca-cert"));
}

GPtrArray *
vtepd_config_check (const VtepdConfig *config)
{
  GPtrArray *wrong = g_ptr_array_new_with_free_func (g_free);

  if (!config->name)
    g_ptr_array_add (wrong,
                     g_strdup ("the switch has no name; give one, as --name tor1, or name: in the file"));
  if (!config->tunnel_ip)
    g_ptr_array_add (
        wrong, g_strdup ("there is no tunnel address; give one, as --tunnel-ip 10.8.125.20, or tunnel-ip: in "
                         "the file"));
  if (config->underlay
      && g_ptr_array_find_with_equal_func (config->ports, config->underlay, g_str_equal, NULL))
    g_ptr_array_add (wrong, g_strdup_printf ("'%s' is both a port and the underlay; it can be one of them",
                                             config->underlay));
  if (config->underlay && config->transport == VTEPD_TRANSPORT_UDP)
    g_ptr_array_add (wrong,
                     g_strdup ("'underlay' is for the raw transport; with udp the kernel's routes decide"));
  check_tls (config, wrong);
  return wrong;
}

/* ---- life -------------------------------------------------------------------------------------------------------- */

VtepdConfig *
vtepd_config_new (void)
{
  VtepdConfig *config = g_new0 (VtepdConfig, 1);

  config->ports = g_ptr_array_new_with_free_func (g_free);
  config->remotes = g_ptr_array_new_with_free_func (g_free);
  return config;
}

void
vtepd_config_free (VtepdConfig *config)
{
  if (!config)
    return;
  for (const VtepdSetting *setting = vtepd_settings; setting->key; setting++)
    if (is_text_setting (setting))
      g_free (*text_of (config, setting));
  g_ptr_array_unref (config->ports);
  g_ptr_array_unref (config->remotes);
  g_free (config);
}
