/* Typed reading of northbound JSON. */
#include "models/odl/reader.h"

#include <string.h>

G_DEFINE_QUARK (odl - error, odl_error)

/* The member, or NULL when it is absent or null; FALSE when it had to be there. */
static gboolean
find_member (const json_t *object, const char *what, const char *member, OdlNeed need, const json_t **out,
             GError **error)
{
  *out = json_object_get (object, member);
  if (json_is_null (*out))
    *out = NULL;
  if (*out || need == ODL_OPTIONAL)
    return TRUE;
  g_set_error (error, ODL_ERROR, ODL_ERROR_BAD_REQUEST, "%s: '%s' is missing", what, member);
  return FALSE;
}

static gboolean
refuse (const char *what, const char *member, const char *wanted, GError **error)
{
  g_set_error (error, ODL_ERROR, ODL_ERROR_BAD_REQUEST, "%s: '%s' must be %s", what, member, wanted);
  return FALSE;
}

gboolean
odl_read_text (const json_t *object, const char *what, const char *member, OdlNeed need, const char **out,
               GError **error)
{
  const json_t *value;

  if (!find_member (object, what, member, need, &value, error))
    return FALSE;
  if (!value)
    return TRUE;
  if (!json_is_string (value))
    return refuse (what, member, "a text", error);
  if (need == ODL_REQUIRED && json_string_length (value) == 0)
    return refuse (what, member, "a text that is not empty", error);
  *out = json_string_value (value);
  return TRUE;
}

/* Decimal digits only. */
static gboolean
number_from_json (const json_t *value, guint64 *out)
{
  if (json_is_integer (value))
    {
      if (json_integer_value (value) < 0)
        return FALSE;
      *out = (guint64) json_integer_value (value);
      return TRUE;
    }
  return json_is_string (value)
         && g_ascii_string_to_unsigned (json_string_value (value), 10, 0, G_MAXUINT64, out, NULL);
}

gboolean
odl_read_number (const json_t *object, const char *what, const char *member, OdlNeed need, guint64 min,
                 guint64 max, guint64 *out, GError **error)
{
  const json_t *value;
  guint64 number;

  if (!find_member (object, what, member, need, &value, error))
    return FALSE;
  if (!value)
    return TRUE;
  if (!number_from_json (value, &number) || number < min || number > max)
    {
      g_autofree char *wanted
          = g_strdup_printf ("a number from %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT, min, max);

      return refuse (what, member, wanted, error);
    }
  *out = number;
  return TRUE;
}

gboolean
odl_read_boolean (const json_t *object, const char *what, const char *member, gboolean *out, GError **error)
{
  const json_t *value;

  if (!find_member (object, what, member, ODL_OPTIONAL, &value, error))
    return FALSE;
  if (!value)
    return TRUE;
  if (!json_is_boolean (value))
    return refuse (what, member, "true or false", error);
  *out = json_is_true (value);
  return TRUE;
}

gboolean
odl_read_array (const json_t *object, const char *what, const char *member, OdlNeed need, const json_t **out,
                GError **error)
{
  const json_t *value;

  *out = NULL;
  if (!find_member (object, what, member, need, &value, error))
    return FALSE;
  if (value && !json_is_array (value))
    return refuse (what, member, "a list", error);
  *out = value;
  return TRUE;
}
