/* Reads members of JSON objects that came from outside; what does not fit is refused with a sentence that names the
 * member.  `what` names the object for that sentence ("port"). */
#pragma once

#include <jansson.h>

#include "models/odl/error.h"

G_BEGIN_DECLS

typedef enum
{
  ODL_OPTIONAL, /* an absent member and null leave *out alone */
  ODL_REQUIRED
} OdlNeed;

/* Borrowed from the object.  A required text is not empty. */
gboolean odl_read_text (const json_t *object, const char *what, const char *member, OdlNeed need,
                        const char **out, GError **error);
/* A number, or a text of decimal digits as some clients send it, between min and max. */
gboolean odl_read_number (const json_t *object, const char *what, const char *member, OdlNeed need,
                          guint64 min, guint64 max, guint64 *out, GError **error);
gboolean
odl_read_boolean (const json_t *object, const char *what, const char *member, gboolean *out, GError **error);
/* Borrowed; an absent optional array gives NULL. */
gboolean odl_read_array (const json_t *object, const char *what, const char *member, OdlNeed need,
                         const json_t **out, GError **error);

G_END_DECLS
