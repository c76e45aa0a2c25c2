/* What can go wrong in OVSDB.  One table gives the GError codes and the words that travel on the wire
 * (RFC 7047 §3.1 and what servers of the field say beyond it). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define OVSDB_ERRORS(X)                                                                                      \
  X (SYNTAX, "syntax error")                                                                                 \
  X (CONSTRAINT, "constraint violation")                                                                     \
  X (REFERENTIAL, "referential integrity violation")                                                         \
  X (DUPLICATE_UUID_NAME, "duplicate uuid-name")                                                             \
  X (DUPLICATE_UUID, "duplicate uuid")                                                                       \
  X (DOMAIN, "domain error")                                                                                 \
  X (RANGE, "range error")                                                                                   \
  X (TIMED_OUT, "timed out")                                                                                 \
  X (ABORTED, "aborted")                                                                                     \
  X (NOT_SUPPORTED, "not supported")                                                                         \
  X (NOT_ALLOWED, "not allowed")                                                                             \
  X (NOT_OWNER, "not owner")                                                                                 \
  X (RESOURCES, "resources exhausted")                                                                       \
  X (IO, "I/O error")                                                                                        \
  X (GENERIC, "ovsdb error")                                                                                 \
  X (UNKNOWN_MUTATOR, "unknown mutator")                                                                     \
  X (UNKNOWN_FUNCTION, "unknown function")                                                                   \
  X (UNKNOWN_COLUMN, "unknown column")                                                                       \
  X (UNKNOWN_DATABASE, "unknown database")                                                                   \
  X (UNKNOWN_MONITOR, "unknown monitor")                                                                     \
  X (UNKNOWN_METHOD, "unknown method")                                                                       \
  X (DUPLICATE_MONITOR, "duplicate monitor ID")                                                              \
  X (CANCELED, "canceled")                                                                                   \
  X (DISCONNECTED, "disconnected")

typedef enum
{
#define OVSDB_ERROR_ENUM(name, text) OVSDB_ERROR_##name,
  OVSDB_ERRORS (OVSDB_ERROR_ENUM)
#undef OVSDB_ERROR_ENUM
} OvsdbErrorCode;

#define OVSDB_ERROR (ovsdb_error_quark ())
GQuark ovsdb_error_quark (void);

/* The word for the wire: "constraint violation". */
const char *ovsdb_error_name (OvsdbErrorCode code);

/* Sets the error and returns FALSE: what a reader of something wrong ends with. */
gboolean ovsdb_refuse (GError **error, OvsdbErrorCode code, const char *format, ...) G_GNUC_PRINTF (3, 4);

G_END_DECLS
