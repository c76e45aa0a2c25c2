/* The words of the error table, and how an error is said. */
#include "ovsdb/error.h"

G_DEFINE_QUARK (ovsdb - error - quark, ovsdb_error)

const char *
ovsdb_error_name (OvsdbErrorCode code)
{
  static const char *const names[] = {
#define OVSDB_ERROR_NAME(name, text) text,
    OVSDB_ERRORS (OVSDB_ERROR_NAME)
#undef OVSDB_ERROR_NAME
  };
  return (guint) code < G_N_ELEMENTS (names) ? names[code] : "internal error";
}

gboolean
ovsdb_refuse (GError **error, OvsdbErrorCode code, const char *format, ...)
{
  va_list args;
  g_autofree char *message = NULL;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, OVSDB_ERROR, (gint) code, message);
  return FALSE;
}
