/* The parts that a transaction to a TOR is made of; internal to hwvtep-write*.c. */
#pragma once

#include "models/odl/hwvtep.h"

G_BEGIN_DECLS

/* One transaction in the making. */
typedef struct
{
  OdlHwvtep *hwvtep;
  OvsdbDatabase *replica;
  json_t *ops;
  OdlRegistry new_switches; /* logical switches that this transaction inserts; a set */
  OdlRegistry new_locators; /* the same of locators, by address */
  guint n_sets;
  OdlHwvtepBatch *waiting;
  gboolean strip;  /* bindings of somebody else, too */
  gboolean copied; /* with its bug */
} OdlWriter;

void odl_writer_add (OdlWriter *writer, json_t *op);
/* A named-uuid: letters, digits and underscores. */
char *odl_writer_uuid_name (const char *prefix, const char *text);
/* NULL when the switch is neither there nor made here. */
json_t *odl_writer_switch_ref (const OdlWriter *writer, const char *name);
/* The row that is there, or one that the first use makes. */
json_t *odl_writer_locator_ref (OdlWriter *writer, NetIpv4 address);

/* By the keys of a batch: hwvtep-write-macs.c. */
void odl_writer_flood (OdlWriter *writer, const char *logical_switch);
void odl_writer_remove_flood (OdlWriter *writer, const char *logical_switch);
void odl_writer_ucast (OdlWriter *writer, const char *key);
void odl_writer_remove_ucast (OdlWriter *writer, const char *key);

G_END_DECLS
