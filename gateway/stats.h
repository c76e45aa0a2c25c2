/* Logical_Binding_Stats: what each binding has carried, in Physical_Port.vlan_stats.
 *
 * Every bound VLAN has a row, an unbound one none.  Rows are brought up to date VTEP_STATS_PERIOD_NS after something
 * changed, and only where they differ: a switch that carries nothing writes nothing. */
#pragma once

#include "gateway/access-ports.h"
#include "gateway/tables.h"
#include "net/world.h"
#include "ovsdb/database.h"

G_BEGIN_DECLS

#define VTEP_STATS_PERIOD_NS (5 * NET_SEC)

typedef struct _VtepStats VtepStats;

/* All borrowed. */
typedef struct
{
  NetWorld *world;
  OvsdbDatabase *database;
  const VtepTables *tables;
  const char *switch_name;
  const VtepAccessPorts *ports;
} VtepStatsConfig;

VtepStats *vtep_stats_new (const VtepStatsConfig *config);
void vtep_stats_free (VtepStats *stats);

/* A frame was counted, or a binding came or went. */
void vtep_stats_changed (VtepStats *stats);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VtepStats, vtep_stats_free)

G_END_DECLS
