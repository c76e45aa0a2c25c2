/* Meters (1.3.5 §5.7): METER_MOD (§7.3.4.4) and their statistics (§7.3.5.12 to §7.3.5.14). */
#pragma once

#include "openflow/error.h"

G_BEGIN_DECLS

typedef enum
{
  OPENFLOW_METER_ADD = 0,
  OPENFLOW_METER_MODIFY = 1,
  OPENFLOW_METER_DELETE = 2
} OpenflowMeterCommand;

typedef enum
{
  OPENFLOW_METER_KBPS = 1 << 0,
  OPENFLOW_METER_PKTPS = 1 << 1,
  OPENFLOW_METER_BURST
  = 1
    << 2, /* bands say how much may come at once; without it they are asked all the same, as in Open vSwitch */
  OPENFLOW_METER_STATS = 1 << 3
} OpenflowMeterFlags;

typedef enum
{
  OPENFLOW_BAND_DROP = 1,
  OPENFLOW_BAND_DSCP_REMARK = 2
} OpenflowBandType;

#define OPENFLOW_METER_MAX   0xffff0000u
#define OPENFLOW_METER_ALL   0xffffffffu
#define OPENFLOW_METER_BANDS 8u /* of one meter, as Open vSwitch has it */

typedef struct
{
  guint16 type;        /* OpenflowBandType */
  guint32 rate, burst; /* kbit/s and kbit, or packets/s and packets; burst 0: as much as comes in a second */
  guint8 precedence;   /* DSCP_REMARK: how many drop precedences more */
} OpenflowBand;

/* A meter, and what METER_MOD says of one. */
typedef struct
{
  guint16 command; /* OpenflowMeterCommand */
  guint16 flags;   /* OpenflowMeterFlags */
  guint32 id;
  guint n_bands;
  OpenflowBand bands[OPENFLOW_METER_BANDS];
} OpenflowMeterMod;

void openflow_meter_mod_encode (const OpenflowMeterMod *mod, guint32 xid, GByteArray *out);
/* Refuses what no switch could do: both units or none, an unknown band, a rate of 0, too many bands. */
gboolean openflow_meter_mod_decode (const OpenflowMessage *message, OpenflowMeterMod *out, GError **error);

/* ---- entries of multipart replies ---------------------------------------------------------------------------- */

typedef struct
{
  guint64 n_packets, n_bytes;
} OpenflowBandStats;

typedef struct
{
  guint32 id;
  guint32 n_flows;
  guint64 n_packets, n_bytes;
  gint64 duration_ns;
  const OpenflowBandStats *bands; /* borrowed */
  guint n_bands;
} OpenflowMeterStats;

void openflow_meter_stats_encode (const OpenflowMeterStats *stats, GByteArray *out);
void openflow_meter_config_encode (const OpenflowMeterMod *meter, GByteArray *out);

typedef struct
{
  guint32 n_meters;
  guint32 band_types; /* bit n: OpenflowBandType n */
  guint32 flags;      /* OpenflowMeterFlags */
  guint8 n_bands, n_colours;
} OpenflowMeterFeatures;

void openflow_meter_features_encode (const OpenflowMeterFeatures *features, GByteArray *out);

G_END_DECLS
