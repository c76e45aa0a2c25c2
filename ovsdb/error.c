/* The words of the error table. */
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
