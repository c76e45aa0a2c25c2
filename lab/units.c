/* Decimal numbers with units, in integers. */
#include "lab/units.h"

#include <string.h>

typedef struct
{
  const char *suffix;
  guint64 factor;
} Unit;

/* number[.fraction]suffix → number × factor, exact or FALSE. */
static gboolean
parse (const char *text, const Unit *units, guint n_units, guint64 *value)
{
  guint64 whole = 0, fraction = 0, scale = 1, factor = 0;
  const char *p = text;

  if (!g_ascii_isdigit (*p))
    return FALSE;
  for (; g_ascii_isdigit (*p); p++)
    if (!g_uint64_checked_mul (&whole, whole, 10)
        || !g_uint64_checked_add (&whole, whole, (guint64) (*p - '0')))
      return FALSE;
  if (*p == '.')
    {
      if (!g_ascii_isdigit (*++p))
        return FALSE;
      for (; g_ascii_isdigit (*p); p++)
        if (scale < G_GUINT64_CONSTANT (1000000000))
          {
            fraction = fraction * 10 + (guint64) (*p - '0');
            scale *= 10;
          }
        else if (*p != '0')
          return FALSE;
    }
  while (*p == ' ')
    p++;
  for (guint i = 0; i < n_units; i++)
    if (strcmp (p, units[i].suffix) == 0)
      factor = units[i].factor;
  if (!factor || !g_uint64_checked_mul (&whole, whole, factor)
      || !g_uint64_checked_mul (&fraction, fraction, factor) || fraction % scale != 0
      || !g_uint64_checked_add (&whole, whole, fraction / scale))
    return FALSE;
  *value = whole;
  return TRUE;
}

gboolean
lab_units_duration (const char *text, gint64 *ns)
{
  static const Unit units[] = {
    { "ns", 1 },
    { "us", 1000 },
    { "ms", 1000000 },
    { "s", G_GUINT64_CONSTANT (1000000000) },
    { "m", G_GUINT64_CONSTANT (60000000000) },
    { "h", G_GUINT64_CONSTANT (3600000000000) },
  };
  guint64 value;

  if (strcmp (text, "0") == 0)
    {
      *ns = 0;
      return TRUE;
    }
  /* A thousand hours is longer than any run. */
  if (!parse (text, units, G_N_ELEMENTS (units), &value) || value > G_GUINT64_CONSTANT (3600000000000) * 1000)
    return FALSE;
  *ns = (gint64) value;
  return TRUE;
}

gboolean
lab_units_rate (const char *text, guint64 *bps)
{
  static const Unit units[] = {
    { "", 1 },           { "bit", 1 },           { "k", 1000 },
    { "kbit", 1000 },    { "M", 1000000 },       { "Mbit", 1000000 },
    { "G", 1000000000 }, { "Gbit", 1000000000 }, { "T", G_GUINT64_CONSTANT (1000000000000) },
  };
  guint64 value;

  if (!parse (text, units, G_N_ELEMENTS (units), &value) || value > G_GUINT64_CONSTANT (10000000000000))
    return FALSE;
  *bps = value;
  return TRUE;
}

gboolean
lab_units_size (const char *text, guint64 *bytes)
{
  static const Unit units[] = {
    { "", 1 },
    { "B", 1 },
    { "K", 1024 },
    { "KiB", 1024 },
    { "M", 1024 * 1024 },
    { "MiB", 1024 * 1024 },
    { "G", 1024 * 1024 * 1024 },
    { "GiB", 1024 * 1024 * 1024 },
  };
  return parse (text, units, G_N_ELEMENTS (units), bytes);
}

gboolean
lab_units_percent (const char *text, guint32 *ppb)
{
  static const Unit units[] = { { "%", 10000000 } };
  guint64 value;

  if (!parse (text, units, G_N_ELEMENTS (units), &value) || value > 1000000000)
    return FALSE;
  *ppb = (guint32) value;
  return TRUE;
}

char *
lab_units_format_duration (gint64 ns)
{
  static const struct
  {
    const char *name;
    gint64 ns;
  } units[] = { { "s", 1000000000 }, { "ms", 1000000 }, { "us", 1000 } };

  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    if (ns >= units[i].ns)
      {
        gint64 whole = ns / units[i].ns, milli = ns % units[i].ns * 1000 / units[i].ns;
        if (whole >= 100 || milli == 0)
          return g_strdup_printf ("%" G_GINT64_FORMAT " %s", whole, units[i].name);
        if (whole >= 10)
          return g_strdup_printf ("%" G_GINT64_FORMAT ".%d %s", whole, (int) (milli / 100), units[i].name);
        return g_strdup_printf ("%" G_GINT64_FORMAT ".%02d %s", whole, (int) (milli / 10), units[i].name);
      }
  return g_strdup_printf ("%" G_GINT64_FORMAT " ns", ns);
}
