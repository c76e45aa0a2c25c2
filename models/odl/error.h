/* What the northbound door refuses, with the HTTP status as the code. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  ODL_ERROR_BAD_REQUEST = 400,
  ODL_ERROR_NOT_FOUND = 404,
  ODL_ERROR_METHOD = 405,
  ODL_ERROR_CONFLICT = 409,
  ODL_ERROR_NOT_IMPLEMENTED = 501,
  ODL_ERROR_TIMEOUT = 504 /* of a session, not of the door */
} OdlError;

#define ODL_ERROR (odl_error_quark ())
GQuark odl_error_quark (void);

G_END_DECLS
