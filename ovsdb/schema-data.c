/* The schemas that the library carries: *.ovsschema, made into arrays by embed.py. */
#include "ovsdb/schema.h"

extern const char ovsdb_text_hardware_vtep[], ovsdb_text_open_vswitch[];
extern const size_t ovsdb_text_hardware_vtep_length, ovsdb_text_open_vswitch_length;

const char *
ovsdb_schema_hardware_vtep (gsize *length)
{
  *length = ovsdb_text_hardware_vtep_length;
  return ovsdb_text_hardware_vtep;
}

const char *
ovsdb_schema_open_vswitch (gsize *length)
{
  *length = ovsdb_text_open_vswitch_length;
  return ovsdb_text_open_vswitch;
}
