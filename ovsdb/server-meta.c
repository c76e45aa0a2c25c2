/* The _Server database (ovsdb-server(5)): what a server has, for clients that monitor it. */
#include "ovsdb/build.h"
#include "ovsdb/session.h"

#include <string.h>

static const char meta_schema[]
    = "{\"name\":\"_Server\",\"version\":\"1.2.0\",\"tables\":{\"Database\":{\"columns\":{"
      "\"name\":{\"type\":\"string\"},"
      "\"model\":{\"type\":{\"key\":{\"type\":\"string\","
      "\"enum\":[\"set\",[\"standalone\",\"clustered\",\"relay\"]]}}},"
      "\"connected\":{\"type\":\"boolean\"},"
      "\"leader\":{\"type\":\"boolean\"},"
      "\"schema\":{\"type\":{\"key\":\"string\",\"min\":0}},"
      "\"cid\":{\"type\":{\"key\":\"uuid\",\"min\":0}},"
      "\"sid\":{\"type\":{\"key\":\"uuid\",\"min\":0}},"
      "\"index\":{\"type\":{\"key\":\"integer\",\"min\":0}}}}}}";

OvsdbDatabase *
ovsdb_meta_new (NetWorld *world)
{
  OvsdbSchema *schema = ovsdb_schema_parse (meta_schema, strlen (meta_schema), NULL);
  OvsdbDatabase *meta = ovsdb_database_new (schema, world);

  ovsdb_schema_unref (schema);
  return meta;
}

void
ovsdb_meta_add (OvsdbDatabase *meta, const OvsdbSchema *schema)
{
  json_t *row = json_pack ("{sssssbsbss}", "name", schema->name, "model", "standalone", "connected", 1,
                           "leader", 1, "schema", schema->json);

  ovsdb_database_execute (meta, json_pack ("[o]", ovsdb_op_insert ("Database", NULL, row)), NULL);
}

void
ovsdb_meta_change (OvsdbDatabase *meta, const OvsdbSchema *schema)
{
  json_t *where = ovsdb_where_equal ("name", json_string (schema->name));

  ovsdb_database_execute (
      meta,
      json_pack ("[o]", ovsdb_op_update ("Database", where, json_pack ("{ss}", "schema", schema->json))),
      NULL);
}
