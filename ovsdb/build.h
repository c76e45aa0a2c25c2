/* Short hands that build operations as JSON, for writers in this process and for clients.  Everything returned is a
 * new reference; arguments of type json_t * are taken (as jansson's `_new` functions do). */
#pragma once

#include "ovsdb/uuid.h"

#include <jansson.h>

G_BEGIN_DECLS

/* ["uuid", "…"], ["named-uuid", "name"], ["set", [...]], ["map", [...]] (RFC 7047 §5.1). */
json_t *ovsdb_json_uuid (const OvsdbUuid *uuid);
json_t *ovsdb_json_named_uuid (const char *name);
json_t *ovsdb_json_set (json_t *elements);
/* From an object of strings: {"a": "b"} becomes ["map", [["a", "b"]]]. */
json_t *ovsdb_json_map (json_t *object);

/* [["column", "==", value]] and [["_uuid", "==", ["uuid", "…"]]]; [] selects every row. */
json_t *ovsdb_where_equal (const char *column, json_t *value);
json_t *ovsdb_where_uuid (const OvsdbUuid *uuid);

/* `uuid_name` may be NULL. */
json_t *ovsdb_op_insert (const char *table, const char *uuid_name, json_t *row);
json_t *ovsdb_op_update (const char *table, json_t *where, json_t *row);
json_t *ovsdb_op_delete (const char *table, json_t *where);
/* One mutation: [[column, mutator, value]]; mutators are "insert", "delete", "+=" … */
json_t *
ovsdb_op_mutate (const char *table, json_t *where, const char *column, const char *mutator, json_t *value);

/* The uuid in an insert's result, {"uuid": ["uuid", "…"]}. */
gboolean ovsdb_result_uuid (const json_t *result, OvsdbUuid *out);
/* TRUE when no element of a transaction's results is an error; else the first one as a GError. */
gboolean ovsdb_results_check (const json_t *results, GError **error);

G_END_DECLS
