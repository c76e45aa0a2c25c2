/* Reading typed values, one sentence for each way they can be wrong. */
#include "lab/read.h"

#include <string.h>

#include "lab/units.h"

gboolean
lab_read_map (LabReader *reader, const char *const *keys)
{
  if (reader->map->kind != LAB_YAML_MAP)
    {
      lab_problem (reader->problems, reader->map, "%s must be a map of keys and values", reader->what);
      return FALSE;
    }
  for (guint i = 0; i < lab_yaml_n (reader->map); i++)
    {
      const LabYaml *key = lab_yaml_key (reader->map, i);
      if (!g_strv_contains (keys, key->text))
        {
          g_autofree char *hint = lab_problem_hint (key->text, keys);
          lab_problem (reader->problems, key, "%s has no key '%s'%s", reader->what, key->text, hint);
        }
    }
  return TRUE;
}

gboolean
lab_read_require (LabReader *reader, const char *key)
{
  if (lab_yaml_get (reader->map, key))
    return TRUE;
  lab_problem (reader->problems, reader->map, "%s needs the key '%s'", reader->what, key);
  return FALSE;
}

const char *
lab_read_scalar (LabProblems *problems, const LabYaml *node, const char *what)
{
  if (node->kind == LAB_YAML_SCALAR && *node->text)
    return node->text;
  lab_problem (problems, node, "%s must be a single word or value", what);
  return NULL;
}

static const LabYaml *
scalar (LabReader *reader, const char *key)
{
  const LabYaml *node = lab_yaml_get (reader->map, key);
  if (!node || !lab_read_scalar (reader->problems, node, key))
    return NULL;
  return node;
}

gboolean
lab_read_text (LabReader *reader, const char *key, const char **out)
{
  const LabYaml *node = scalar (reader, key);
  if (node)
    *out = node->text;
  return node != NULL;
}

gboolean
lab_read_integer (LabReader *reader, const char *key, gint64 minimum, gint64 maximum, gint64 *out)
{
  const LabYaml *node = scalar (reader, key);
  gint64 value;

  if (!node)
    return FALSE;
  if (!g_ascii_string_to_signed (node->text, 10, minimum, maximum, &value, NULL))
    {
      lab_problem (reader->problems, node,
                   "%s is '%s'; it must be a whole number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT,
                   key, node->text, minimum, maximum);
      return FALSE;
    }
  *out = value;
  return TRUE;
}

gboolean
lab_read_uint (LabReader *reader, const char *key, guint minimum, guint maximum, guint *out)
{
  gint64 value;
  if (!lab_read_integer (reader, key, minimum, maximum, &value))
    return FALSE;
  *out = (guint) value;
  return TRUE;
}

gboolean
lab_read_node_uint (LabProblems *problems, const LabYaml *node, const char *what, guint minimum,
                    guint maximum, guint *out)
{
  guint64 value;

  if (!lab_read_scalar (problems, node, what))
    return FALSE;
  if (!g_ascii_string_to_unsigned (node->text, 10, minimum, maximum, &value, NULL))
    {
      lab_problem (problems, node, "%s is '%s'; it must be a whole number from %u to %u", what, node->text,
                   minimum, maximum);
      return FALSE;
    }
  *out = (guint) value;
  return TRUE;
}

gboolean
lab_read_boolean (LabReader *reader, const char *key, gboolean *out)
{
  static const char *const words[] = { "false", "true", NULL };
  guint index;
  if (!lab_read_word (reader, key, words, &index))
    return FALSE;
  *out = index == 1;
  return TRUE;
}

gboolean
lab_read_duration (LabReader *reader, const char *key, gint64 *out_ns)
{
  const LabYaml *node = scalar (reader, key);
  if (!node)
    return FALSE;
  if (lab_units_duration (node->text, out_ns))
    return TRUE;
  lab_problem (reader->problems, node, "%s is '%s'; it must be a time with its unit, as 250us, 1.5s or 2m",
               key, node->text);
  return FALSE;
}

gboolean
lab_read_rate (LabReader *reader, const char *key, guint64 *out_bps)
{
  const LabYaml *node = scalar (reader, key);
  if (!node)
    return FALSE;
  if (lab_units_rate (node->text, out_bps))
    return TRUE;
  lab_problem (reader->problems, node, "%s is '%s'; it must be a rate in bits per second, as 10G or 100M",
               key, node->text);
  return FALSE;
}

gboolean
lab_read_size (LabReader *reader, const char *key, guint64 *out_bytes)
{
  const LabYaml *node = scalar (reader, key);
  if (!node)
    return FALSE;
  if (lab_units_size (node->text, out_bytes))
    return TRUE;
  lab_problem (reader->problems, node, "%s is '%s'; it must be a size in bytes, as 1500 or 256K", key,
               node->text);
  return FALSE;
}

gboolean
lab_read_percent (LabReader *reader, const char *key, guint32 *out_ppb)
{
  const LabYaml *node = scalar (reader, key);
  if (!node)
    return FALSE;
  if (lab_units_percent (node->text, out_ppb))
    return TRUE;
  lab_problem (reader->problems, node, "%s is '%s'; it must be a share from 0%% to 100%%, as 2.5%%", key,
               node->text);
  return FALSE;
}

gboolean
lab_read_ipv4 (LabReader *reader, const char *key, NetIpv4 *out)
{
  const LabYaml *node = scalar (reader, key);
  if (!node)
    return FALSE;
  if (net_ipv4_from_text (node->text, out))
    return TRUE;
  lab_problem (reader->problems, node, "%s is '%s'; it must be an IPv4 address, as 10.8.125.20", key,
               node->text);
  return FALSE;
}

gboolean
lab_read_mac (LabReader *reader, const char *key, NetMac *out)
{
  const LabYaml *node = scalar (reader, key);
  NetMac mac;

  if (!node)
    return FALSE;
  if (net_mac_from_text (node->text, &mac) && !net_mac_is_group (&mac) && !net_mac_is_zero (&mac))
    {
      *out = mac;
      return TRUE;
    }
  lab_problem (reader->problems, node, "%s is '%s'; it must be a unicast MAC address, as fa:16:3e:00:00:11",
               key, node->text);
  return FALSE;
}

gboolean
lab_read_word (LabReader *reader, const char *key, const char *const *words, guint *out)
{
  const LabYaml *node = scalar (reader, key);
  g_autofree char *hint = NULL;

  if (!node)
    return FALSE;
  for (guint i = 0; words[i]; i++)
    if (strcmp (node->text, words[i]) == 0)
      {
        *out = i;
        return TRUE;
      }
  hint = g_strjoinv (", ", (char **) words);
  lab_problem (reader->problems, node, "%s is '%s'; it must be one of %s", key, node->text, hint);
  return FALSE;
}
