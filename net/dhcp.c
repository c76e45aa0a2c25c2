/* DHCPv4 messages: a view over the bytes, and the builder. */
#include "net/dhcp.h"

#define MAGIC_COOKIE      0x63825363u
#define FLAG_BROADCAST    0x8000
#define HARDWARE_ETHERNET 1
#define HARDWARE_FIELD    16u          /* chaddr */
#define NAMES_FIELD       (64u + 128u) /* sname and file */

/* Takes the next option; FALSE at the end.  A length that runs past the bytes marks *broken. */
static gboolean
next_option (NetCursor *options, guint8 *code, NetCursor *value, gboolean *broken)
{
  guint8 length;
  const guint8 *bytes;

  do
    if (!net_cursor_u8 (options, code) || *code == NET_DHCP_OPTION_END)
      return FALSE;
  while (*code == NET_DHCP_OPTION_PAD);
  if (!net_cursor_u8 (options, &length) || !(bytes = net_cursor_take (options, length)))
    {
      *broken = TRUE;
      return FALSE;
    }
  *value = net_cursor (bytes, length);
  return TRUE;
}

static NetDropReason
parse_options (NetDhcp *out)
{
  NetCursor options = out->options, value;
  gboolean broken = FALSE;
  guint8 code;

  while (next_option (&options, &code, &value, &broken))
    if (code == NET_DHCP_OPTION_TYPE && out->type == 0
        && (net_cursor_left (&value) != 1 || !net_cursor_u8 (&value, &out->type)))
      return NET_DROP_MALFORMED;
  return broken ? NET_DROP_MALFORMED : NET_DROP_NONE;
}

NetDropReason
net_dhcp_parse (const guint8 *bytes, gsize length, NetDhcp *out)
{
  NetCursor cursor = net_cursor (bytes, length);
  guint8 hardware, hardware_length, hops;
  guint16 flags;
  guint32 cookie;

  out->type = 0;
  if (!net_cursor_u8 (&cursor, &out->op) || !net_cursor_u8 (&cursor, &hardware)
      || !net_cursor_u8 (&cursor, &hardware_length) || !net_cursor_u8 (&cursor, &hops)
      || !net_cursor_be32 (&cursor, &out->xid) || !net_cursor_be16 (&cursor, &out->seconds)
      || !net_cursor_be16 (&cursor, &flags) || !net_cursor_be32 (&cursor, &out->client_ip)
      || !net_cursor_be32 (&cursor, &out->your_ip) || !net_cursor_be32 (&cursor, &out->server_ip)
      || !net_cursor_be32 (&cursor, &out->relay_ip) || !net_cursor_copy (&cursor, &out->client_mac, 6)
      || !net_cursor_take (&cursor, HARDWARE_FIELD - 6 + NAMES_FIELD) || !net_cursor_be32 (&cursor, &cookie))
    return NET_DROP_MALFORMED;
  if (out->op != 1 && out->op != 2)
    return NET_DROP_MALFORMED;
  if (hardware != HARDWARE_ETHERNET || hardware_length != 6)
    return NET_DROP_UNKNOWN_PROTOCOL;
  out->broadcast = (flags & FLAG_BROADCAST) != 0;
  /* Without the cookie the rest is a vendor's own (RFC 951), not options. */
  out->options = cookie == MAGIC_COOKIE ? cursor : net_cursor (cursor.end, 0);
  return parse_options (out);
}

gboolean
net_dhcp_option (const NetDhcp *dhcp, guint8 option, NetCursor *value)
{
  NetCursor options = dhcp->options, found;
  gboolean broken = FALSE;
  guint8 code;

  while (next_option (&options, &code, &found, &broken))
    if (code == option)
      {
        *value = found;
        return TRUE;
      }
  return FALSE;
}

gboolean
net_dhcp_option_be32 (const NetDhcp *dhcp, guint8 option, guint32 *value)
{
  NetCursor found;
  return net_dhcp_option (dhcp, option, &found) && net_cursor_left (&found) >= 4
         && net_cursor_be32 (&found, value);
}

void
net_dhcp_begin (NetDhcpBuilder *builder, const NetDhcp *dhcp)
{
  guint8 *at = builder->bytes;

  memset (at, 0, sizeof builder->bytes);
  at[0] = dhcp->op;
  at[1] = HARDWARE_ETHERNET;
  at[2] = 6;
  net_put_be32 (at + 4, dhcp->xid);
  net_put_be16 (at + 8, dhcp->seconds);
  net_put_be16 (at + 10, dhcp->broadcast ? FLAG_BROADCAST : 0);
  net_put_be32 (at + 12, dhcp->client_ip);
  net_put_be32 (at + 16, dhcp->your_ip);
  net_put_be32 (at + 20, dhcp->server_ip);
  net_put_be32 (at + 24, dhcp->relay_ip);
  memcpy (at + 28, &dhcp->client_mac, 6);
  net_put_be32 (at + NET_DHCP_FIXED, MAGIC_COOKIE);
  builder->length = NET_DHCP_FIXED + 4;
  if (dhcp->type)
    net_dhcp_add (builder, NET_DHCP_OPTION_TYPE, &dhcp->type, 1);
}

gboolean
net_dhcp_add (NetDhcpBuilder *builder, guint8 option, const guint8 *value, guint8 length)
{
  guint8 *at = builder->bytes + builder->length;

  /* One byte stays for End. */
  if (builder->length + 2u + length + 1u > sizeof builder->bytes)
    return FALSE;
  at[0] = option;
  at[1] = length;
  if (length)
    memcpy (at + 2, value, length);
  builder->length += 2u + length;
  return TRUE;
}

gboolean
net_dhcp_add_be32 (NetDhcpBuilder *builder, guint8 option, guint32 value)
{
  guint8 bytes[4];
  net_put_be32 (bytes, value);
  return net_dhcp_add (builder, option, bytes, sizeof bytes);
}

NetFrame *
net_dhcp_finish (NetDhcpBuilder *builder, NetFramePool *pool)
{
  builder->bytes[builder->length++] = NET_DHCP_OPTION_END;
  return net_frame_new_from (pool, builder->bytes, MAX (builder->length, NET_DHCP_MIN_LENGTH));
}
