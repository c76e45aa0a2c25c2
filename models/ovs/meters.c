/* The meter table: an array by id, and its token buckets in whole numbers. */
#include "models/ovs/meters.h"

#include "models/ovs/numbered.h"
#include "net/world.h"

/* A rate of 1 kbit/s is 1 token a nanosecond when tokens are millionths of a bit, and so is 1 packet/s when they are
 * milliardths of a packet. */
#define TOKENS_PER_BURST  NET_SEC
#define TOKENS_PER_BIT    1000000u
#define TOKENS_PER_PACKET NET_SEC

struct _OvsMeters
{
  GPtrArray *by_id; /* of OvsMeter */
};

OvsMeters *
ovs_meters_new (void)
{
  OvsMeters *meters = g_new0 (OvsMeters, 1);
  meters->by_id = g_ptr_array_new_with_free_func (g_free);
  return meters;
}

void
ovs_meters_free (OvsMeters *meters)
{
  if (!meters)
    return;
  g_ptr_array_unref (meters->by_id);
  g_free (meters);
}

OvsMeters *
ovs_meters_copy (const OvsMeters *meters)
{
  OvsMeters *copy = ovs_meters_new ();

  for (guint i = 0; i < meters->by_id->len; i++)
    g_ptr_array_add (copy->by_id, g_memdup2 (meters->by_id->pdata[i], sizeof (OvsMeter)));
  return copy;
}

OvsMeter *
ovs_meters_find (const OvsMeters *meters, guint32 id)
{
  return ovs_numbered_find (meters->by_id, id);
}

guint
ovs_meters_n (const OvsMeters *meters)
{
  return meters->by_id->len;
}

OvsMeter *
ovs_meters_at (const OvsMeters *meters, guint index)
{
  return meters->by_id->pdata[index];
}

/* ---- buckets ------------------------------------------------------------------------------------------------- */

static guint64
full (const OpenflowBand *band)
{
  return (guint64) (band->burst ? band->burst : band->rate) * TOKENS_PER_BURST;
}

static guint64
tokens_at (const OvsMeter *meter, guint band, gint64 now_ns)
{
  const OpenflowBand *config = &meter->config.bands[band];
  guint64 missing = full (config) - meter->bands[band].tokens, passed = (guint64) (now_ns - meter->filled_ns);

  if (passed >= missing / config->rate + 1)
    return full (config);
  return MIN (full (config), meter->bands[band].tokens + passed * config->rate);
}

static guint64
price (const OvsMeter *meter, guint length)
{
  return meter->config.flags & OPENFLOW_METER_KBPS ? (guint64) length * 8 * TOKENS_PER_BIT
                                                   : TOKENS_PER_PACKET;
}

gint
ovs_meter_judge (const OvsMeter *meter, guint length, guint n_before, gint64 now_ns)
{
  guint64 cost = price (meter, length);
  gint exceeded = -1;

  for (guint i = 0; i < meter->config.n_bands; i++)
    if (tokens_at (meter, i, now_ns) / cost <= n_before
        && (exceeded < 0 || meter->config.bands[i].rate > meter->config.bands[exceeded].rate))
      exceeded = (gint) i;
  return exceeded;
}

void
ovs_meter_charge (OvsMeter *meter, guint length, gint64 now_ns)
{
  guint64 cost = price (meter, length);
  gint exceeded = ovs_meter_judge (meter, length, 0, now_ns);

  for (guint i = 0; i < meter->config.n_bands; i++)
    {
      guint64 tokens = tokens_at (meter, i, now_ns);
      meter->bands[i].tokens = tokens >= cost ? tokens - cost : tokens;
    }
  meter->filled_ns = now_ns;
  meter->n_packets++;
  meter->n_bytes += length;
  if (exceeded >= 0)
    {
      meter->bands[exceeded].n_packets++;
      meter->bands[exceeded].n_bytes += length;
    }
}

#define ASSURED_CLASSES     4u
#define PRECEDENCE_MAX      3u
#define TOS_CLASS(tos)      ((tos) >> 5)
#define TOS_PRECEDENCE(tos) ((tos) >> 3 & 3u)

guint8
ovs_meter_remark (guint8 tos, guint more)
{
  guint class = TOS_CLASS (tos), precedence = TOS_PRECEDENCE (tos);

  if (class < 1 || class > ASSURED_CLASSES || precedence == 0 || (tos >> 2 & 1))
    return tos;
  precedence = MIN (precedence + more, PRECEDENCE_MAX);
  return (guint8) ((tos & ~(PRECEDENCE_MAX << 3)) | precedence << 3);
}

/* ---- changes ------------------------------------------------------------------------------------------------- */

gboolean
ovs_meters_put (OvsMeters *meters, const OpenflowMeterMod *mod, gint64 now_ns, GError **error)
{
  OvsMeter *meter = ovs_meters_find (meters, mod->id);

  if (mod->command == OPENFLOW_METER_ADD && meter)
    return openflow_fail (error, OPENFLOW_ERROR_METER_EXISTS, "meter %u exists", mod->id);
  if (mod->command == OPENFLOW_METER_MODIFY && !meter)
    return openflow_fail (error, OPENFLOW_ERROR_METER_UNKNOWN, "there is no meter %u", mod->id);
  if (!meter && meters->by_id->len >= OVS_METERS_MAX)
    return openflow_fail (error, OPENFLOW_ERROR_METER_OUT_OF_METERS, "the table holds %u meters",
                          meters->by_id->len);
  if (!meter)
    {
      meter = g_new0 (OvsMeter, 1);
      meter->id = mod->id;
      meter->created_ns = now_ns;
      g_ptr_array_insert (meters->by_id, (gint) ovs_numbered_place (meters->by_id, mod->id), meter);
    }
  meter->config = *mod;
  meter->filled_ns = now_ns;
  for (guint i = 0; i < mod->n_bands; i++)
    meter->bands[i] = (OvsBand){ .tokens = full (&mod->bands[i]) };
  return TRUE;
}

void
ovs_meters_remove (OvsMeters *meters, guint32 id)
{
  if (ovs_meters_find (meters, id))
    g_ptr_array_remove_index (meters->by_id, ovs_numbered_place (meters->by_id, id));
}
