/* Meters on the wire. */
#include "openflow/meter.h"

#include "net/world.h"
#include "openflow/put.h"

#define BAND_LENGTH 16u

/* ---- bands --------------------------------------------------------------------------------------------------- */

static void
encode_bands (const OpenflowMeterMod *meter, GByteArray *out)
{
  for (guint i = 0; i < meter->n_bands; i++)
    {
      const OpenflowBand *band = &meter->bands[i];
      openflow_put_u16 (out, band->type);
      openflow_put_u16 (out, BAND_LENGTH);
      openflow_put_u32 (out, band->rate);
      openflow_put_u32 (out, band->burst);
      openflow_put_u8 (out, band->type == OPENFLOW_BAND_DSCP_REMARK ? band->precedence : 0);
      openflow_put_zero (out, 3);
    }
}

static gboolean
decode_band (NetCursor *body, OpenflowBand *band, GError **error)
{
  guint16 length;

  if (!net_cursor_be16 (body, &band->type) || !net_cursor_be16 (body, &length)
      || net_cursor_left (body) < BAND_LENGTH - 4 || length != BAND_LENGTH)
    return openflow_fail (error, OPENFLOW_ERROR_BAD_LENGTH, "a meter band is not 16 bytes long");
  net_cursor_be32 (body, &band->rate);
  net_cursor_be32 (body, &band->burst);
  net_cursor_u8 (body, &band->precedence);
  net_cursor_take (body, 3);
  if (band->type != OPENFLOW_BAND_DROP && band->type != OPENFLOW_BAND_DSCP_REMARK)
    return openflow_fail (error, OPENFLOW_ERROR_METER_BAD_BAND, "meter band type %u is not known",
                          band->type);
  if (band->type == OPENFLOW_BAND_DSCP_REMARK && band->precedence == 0)
    return openflow_fail (error, OPENFLOW_ERROR_METER_BAD_BAND_VALUE, "dscp_remark by 0 precedences");
  return band->rate > 0 || openflow_fail (error, OPENFLOW_ERROR_METER_BAD_RATE, "a meter band with rate 0");
}

/* ---- METER_MOD ----------------------------------------------------------------------------------------------- */

void
openflow_meter_mod_encode (const OpenflowMeterMod *mod, guint32 xid, GByteArray *out)
{
  guint begin = openflow_message_begin (out, OPENFLOW_METER_MOD, xid);

  openflow_put_u16 (out, mod->command);
  openflow_put_u16 (out, mod->flags);
  openflow_put_u32 (out, mod->id);
  encode_bands (mod, out);
  openflow_message_end (out, begin);
}

static gboolean
check_id (const OpenflowMeterMod *mod, GError **error)
{
  if ((mod->id > 0 && mod->id <= OPENFLOW_METER_MAX)
      || (mod->command == OPENFLOW_METER_DELETE && mod->id == OPENFLOW_METER_ALL))
    return TRUE;
  return openflow_fail (error, OPENFLOW_ERROR_METER_INVALID, "a meter cannot have number 0x%x", mod->id);
}

gboolean
openflow_meter_mod_decode (const OpenflowMessage *message, OpenflowMeterMod *out, GError **error)
{
  NetCursor body = openflow_message_body (message);

  *out = (OpenflowMeterMod){ 0 };
  if (!net_cursor_be16 (&body, &out->command) || !net_cursor_be16 (&body, &out->flags)
      || !net_cursor_be32 (&body, &out->id))
    return openflow_fail (error, OPENFLOW_ERROR_BAD_LENGTH, "METER_MOD is cut short");
  if (out->command > OPENFLOW_METER_DELETE)
    return openflow_fail (error, OPENFLOW_ERROR_METER_BAD_COMMAND, "meter command %u is not known",
                          out->command);
  if (!check_id (out, error))
    return FALSE;
  if (out->command == OPENFLOW_METER_DELETE)
    return TRUE;
  if (out->flags > 0xf || !(out->flags & OPENFLOW_METER_KBPS) == !(out->flags & OPENFLOW_METER_PKTPS))
    return openflow_fail (error, OPENFLOW_ERROR_METER_BAD_FLAGS,
                          "flags 0x%x: a meter counts either kilobits or packets", out->flags);
  while (net_cursor_left (&body))
    {
      if (out->n_bands == OPENFLOW_METER_BANDS)
        return openflow_fail (error, OPENFLOW_ERROR_METER_OUT_OF_BANDS, "a meter has up to %u bands",
                              OPENFLOW_METER_BANDS);
      if (!decode_band (&body, &out->bands[out->n_bands++], error))
        return FALSE;
    }
  return TRUE;
}

/* ---- statistics ---------------------------------------------------------------------------------------------- */

void
openflow_meter_stats_encode (const OpenflowMeterStats *stats, GByteArray *out)
{
  guint begin = out->len;

  openflow_put_u32 (out, stats->id);
  openflow_put_u16 (out, 0);
  openflow_put_zero (out, 6);
  openflow_put_u32 (out, stats->n_flows);
  openflow_put_u64 (out, stats->n_packets);
  openflow_put_u64 (out, stats->n_bytes);
  openflow_put_u32 (out, (guint32) (stats->duration_ns / NET_SEC));
  openflow_put_u32 (out, (guint32) (stats->duration_ns % NET_SEC));
  for (guint i = 0; i < stats->n_bands; i++)
    {
      openflow_put_u64 (out, stats->bands[i].n_packets);
      openflow_put_u64 (out, stats->bands[i].n_bytes);
    }
  openflow_put_length (out, begin, 4);
}

void
openflow_meter_config_encode (const OpenflowMeterMod *meter, GByteArray *out)
{
  guint begin = out->len;

  openflow_put_u16 (out, 0);
  openflow_put_u16 (out, meter->flags);
  openflow_put_u32 (out, meter->id);
  encode_bands (meter, out);
  openflow_put_length (out, begin, 0);
}

void
openflow_meter_features_encode (const OpenflowMeterFeatures *features, GByteArray *out)
{
  openflow_put_u32 (out, features->n_meters);
  openflow_put_u32 (out, features->band_types);
  openflow_put_u32 (out, features->flags);
  openflow_put_u8 (out, features->n_bands);
  openflow_put_u8 (out, features->n_colours);
  openflow_put_zero (out, 2);
}
