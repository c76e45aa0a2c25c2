/* Type-length-value: seven bits of type, nine of length. */
#include "net/lldp.h"

#include "net/cursor.h"
#include "net/ethernet.h"

#include <string.h>

#define MINIMUM_FRAME 60u

enum
{
  TLV_END,
  TLV_CHASSIS,
  TLV_PORT,
  TLV_TTL,
  TLV_SYSTEM_NAME = 5
};

enum
{
  CHASSIS_MAC = 4,
  PORT_INTERFACE_NAME = 5,
  PORT_LOCAL = 7
};

const NetMac net_lldp_group = { { 0x01, 0x80, 0xc2, 0x00, 0x00, 0x0e } };

/* ---- building ------------------------------------------------------------------------------------------------ */

/* What is built; the longest unit has two texts of 255 bytes. */
typedef struct
{
  guint8 bytes[600];
  guint length;
} Unit;

/* A subtype of 0 is none. */
static void
add_tlv (Unit *unit, guint type, guint8 subtype, const void *bytes, gsize n)
{
  guint length = (guint) n + (subtype != 0);
  guint8 *at = unit->bytes + unit->length;

  *at++ = (guint8) (type << 1 | length >> 8);
  *at++ = (guint8) length;
  if (subtype)
    *at++ = subtype;
  if (n > 0)
    memcpy (at, bytes, n);
  unit->length += 2 + length;
}

NetFrame *
net_lldp_frame (NetFramePool *pool, const NetMac *source, const NetLldp *lldp)
{
  const NetEthernet ethernet
      = { .destination = net_lldp_group, .source = *source, .type = NET_ETHERTYPE_LLDP };
  const guint8 ttl[2] = { (guint8) (lldp->ttl_s >> 8), (guint8) lldp->ttl_s };
  Unit unit = { .length = 0 };
  NetFrame *frame;
  guint length;

  add_tlv (&unit, TLV_CHASSIS, CHASSIS_MAC, lldp->chassis.octet, sizeof lldp->chassis.octet);
  add_tlv (&unit, TLV_PORT, PORT_INTERFACE_NAME, lldp->port, strlen (lldp->port));
  add_tlv (&unit, TLV_TTL, 0, ttl, sizeof ttl);
  if (lldp->system[0])
    add_tlv (&unit, TLV_SYSTEM_NAME, 0, lldp->system, strlen (lldp->system));
  add_tlv (&unit, TLV_END, 0, NULL, 0);
  length = MAX (unit.length, MINIMUM_FRAME - NET_ETHERNET_HEADER);
  frame = net_frame_new (pool, NET_FRAME_HEADROOM, length);
  memcpy (net_frame_data (frame), unit.bytes, length);
  net_ethernet_push (frame, &ethernet);
  return frame;
}

/* ---- reading ------------------------------------------------------------------------------------------------- */

typedef struct
{
  guint type, length;
  const guint8 *value;
} Tlv;

static gboolean
next_tlv (NetCursor *cursor, Tlv *out)
{
  guint16 head;

  if (!net_cursor_be16 (cursor, &head))
    return FALSE;
  out->type = head >> 9;
  out->length = head & 0x1ff;
  out->value = net_cursor_take (cursor, out->length);
  return out->value != NULL;
}

static NetDropReason
read_text (const guint8 *bytes, gsize n, char out[NET_LLDP_TEXT])
{
  if (n >= NET_LLDP_TEXT || !g_utf8_validate_len ((const char *) bytes, n, NULL))
    return NET_DROP_MALFORMED;
  memcpy (out, bytes, n);
  out[n] = '\0';
  return NET_DROP_NONE;
}

static NetDropReason
read_chassis (const Tlv *tlv, NetLldp *out)
{
  if (tlv->type != TLV_CHASSIS || tlv->length < 2)
    return NET_DROP_MALFORMED;
  if (tlv->value[0] != CHASSIS_MAC)
    return NET_DROP_UNKNOWN_PROTOCOL;
  if (tlv->length != 1 + sizeof out->chassis.octet)
    return NET_DROP_MALFORMED;
  memcpy (out->chassis.octet, tlv->value + 1, sizeof out->chassis.octet);
  return NET_DROP_NONE;
}

static NetDropReason
read_port (const Tlv *tlv, NetLldp *out)
{
  if (tlv->type != TLV_PORT || tlv->length < 2)
    return NET_DROP_MALFORMED;
  if (tlv->value[0] != PORT_INTERFACE_NAME && tlv->value[0] != PORT_LOCAL)
    return NET_DROP_UNKNOWN_PROTOCOL;
  return read_text (tlv->value + 1, tlv->length - 1, out->port);
}

static NetDropReason
read_ttl (const Tlv *tlv, NetLldp *out)
{
  if (tlv->type != TLV_TTL || tlv->length < 2)
    return NET_DROP_MALFORMED;
  out->ttl_s = (guint16) (tlv->value[0] << 8 | tlv->value[1]);
  return NET_DROP_NONE;
}

/* The end's TLV may be left out (§8.5.1): the unit then ends with the frame. */
static NetDropReason
read_optional (NetCursor *cursor, NetLldp *out)
{
  gboolean has_name = FALSE;
  Tlv tlv;

  while (net_cursor_left (cursor) > 0)
    {
      if (!next_tlv (cursor, &tlv) || (tlv.type >= TLV_CHASSIS && tlv.type <= TLV_TTL))
        return NET_DROP_MALFORMED;
      if (tlv.type == TLV_END)
        return NET_DROP_NONE;
      if (tlv.type != TLV_SYSTEM_NAME)
        continue;
      if (has_name || read_text (tlv.value, tlv.length, out->system) != NET_DROP_NONE)
        return NET_DROP_MALFORMED;
      has_name = TRUE;
    }
  return NET_DROP_NONE;
}

NetDropReason
net_lldp_parse (const guint8 *bytes, gsize length, NetLldp *out)
{
  static NetDropReason (*const mandatory[]) (const Tlv *tlv, NetLldp *out)
      = { read_chassis, read_port, read_ttl };
  NetCursor cursor = net_cursor (bytes, length);
  NetDropReason reason;
  Tlv tlv;

  *out = (NetLldp){ .ttl_s = 0 };
  for (guint i = 0; i < G_N_ELEMENTS (mandatory); i++)
    {
      if (!next_tlv (&cursor, &tlv))
        return NET_DROP_MALFORMED;
      reason = mandatory[i](&tlv, out);
      if (reason != NET_DROP_NONE)
        return reason;
    }
  return read_optional (&cursor, out);
}
