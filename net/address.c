/* Text of addresses, strict both ways, and the addresses that are derived from others. */
#include "net/address.h"

const NetMac net_mac_broadcast = { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } };

NetMac
net_mac_from_u64 (guint64 value)
{
  NetMac mac;
  for (int i = 6; i--; value >>= 8)
    mac.octet[i] = (guint8) value;
  return mac;
}

gboolean
net_mac_from_text (const char *text, NetMac *out)
{
  NetMac mac;

  for (int i = 0; i < 6; i++, text += 3)
    {
      int high = g_ascii_xdigit_value (text[0]);
      int low = high < 0 ? -1 : g_ascii_xdigit_value (text[1]);
      if (low < 0 || text[2] != (i < 5 ? ':' : '\0'))
        return FALSE;
      mac.octet[i] = (guint8) (high << 4 | low);
    }
  *out = mac;
  return TRUE;
}

/* A decimal number 0..max without leading zeros; moves *text behind it. */
static gboolean
take_decimal (const char **text, guint max, guint *out)
{
  const char *at = *text;
  guint value = 0;

  if (!g_ascii_isdigit (*at) || (at[0] == '0' && g_ascii_isdigit (at[1])))
    return FALSE;
  for (; g_ascii_isdigit (*at); at++)
    {
      value = value * 10 + (guint) (*at - '0');
      if (value > max)
        return FALSE;
    }
  *text = at;
  *out = value;
  return TRUE;
}

static gboolean
take_ipv4 (const char **text, NetIpv4 *out)
{
  NetIpv4 address = 0;

  for (int i = 0; i < 4; i++)
    {
      guint octet;
      if ((i > 0 && *(*text)++ != '.') || !take_decimal (text, 255, &octet))
        return FALSE;
      address = address << 8 | octet;
    }
  *out = address;
  return TRUE;
}

gboolean
net_ipv4_from_text (const char *text, NetIpv4 *out)
{
  NetIpv4 address;
  if (!take_ipv4 (&text, &address) || *text)
    return FALSE;
  *out = address;
  return TRUE;
}

gboolean
net_ipv4_prefix_from_text (const char *text, NetIpv4 *address, guint *prefix_length)
{
  NetIpv4 value;
  guint length;
  if (!take_ipv4 (&text, &value) || *text++ != '/' || !take_decimal (&text, 32, &length) || *text)
    return FALSE;
  *address = value;
  *prefix_length = length;
  return TRUE;
}

/* One to four hexadecimal digits; moves *text behind them. */
static gboolean
take_group (const char **text, guint *out)
{
  guint value = 0;
  int n = 0;

  for (; n < 4 && g_ascii_isxdigit (**text); n++, (*text)++)
    value = value << 4 | (guint) g_ascii_xdigit_value (**text);
  *out = value;
  return n > 0;
}

/* Groups are collected as they come; the place of "::" says where zeros are filled in. */
gboolean
net_ipv6_from_text (const char *text, NetIpv6 *out)
{
  NetIpv6 address = { { 0 } };
  guint groups[8], n = 0;
  int gap = -1;

  if (text[0] == ':' && text[1] != ':')
    return FALSE;
  while (*text)
    {
      const char *probe = text;
      NetIpv4 tail;

      if (text[0] == ':' && text[1] == ':')
        {
          if (gap >= 0)
            return FALSE;
          gap = (int) n;
          text += 2;
          continue;
        }
      if (n > 0 && gap != (int) n && *text++ != ':')
        return FALSE;
      probe = text;
      if (n <= 6 && take_ipv4 (&probe, &tail) && !*probe)
        {
          groups[n++] = tail >> 16;
          groups[n++] = tail & 0xffff;
          text = probe;
        }
      else if (n == 8 || !take_group (&text, &groups[n++]))
        return FALSE;
    }
  if (gap < 0 ? n != 8 : n > 7)
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      guint at = gap >= 0 && i >= (guint) gap ? 8 - n + i : i;
      address.octet[2 * at] = (guint8) (groups[i] >> 8);
      address.octet[2 * at + 1] = (guint8) groups[i];
    }
  *out = address;
  return TRUE;
}

const char *
net_mac_format (const NetMac *mac, char text[NET_MAC_TEXT])
{
  static const char digits[] = "0123456789abcdef";
  char *at = text;

  for (int i = 0; i < 6; i++)
    {
      *at++ = digits[mac->octet[i] >> 4];
      *at++ = digits[mac->octet[i] & 15];
      *at++ = ':';
    }
  at[-1] = '\0';
  return text;
}

const char *
net_ipv4_format (NetIpv4 address, char text[NET_IPV4_TEXT])
{
  g_snprintf (text, NET_IPV4_TEXT, "%u.%u.%u.%u", address >> 24, address >> 16 & 255, address >> 8 & 255,
              address & 255);
  return text;
}

/* RFC 5952 §4.2: the longest run of two or more zero groups, the first among equals. */
static int
longest_zero_run (const guint groups[8], int *length)
{
  int best = -1, best_length = 1;

  for (int i = 0; i < 8; i++)
    {
      int n = 0;
      while (i + n < 8 && groups[i + n] == 0)
        n++;
      if (n > best_length)
        {
          best = i;
          best_length = n;
        }
    }
  *length = best_length;
  return best;
}

const char *
net_ipv6_format (const NetIpv6 *address, char text[NET_IPV6_TEXT])
{
  guint groups[8];
  int run, run_length;
  char *at = text;

  for (int i = 0; i < 8; i++)
    groups[i] = (guint) (address->octet[2 * i] << 8 | address->octet[2 * i + 1]);
  run = longest_zero_run (groups, &run_length);
  /* RFC 5952 §5: an IPv4-mapped address ends in a dotted quad. */
  if (run == 0 && run_length == 5 && groups[5] == 0xffff)
    {
      char quad[NET_IPV4_TEXT];
      g_snprintf (text, NET_IPV6_TEXT, "::ffff:%s", net_ipv4_format (groups[6] << 16 | groups[7], quad));
      return text;
    }
  for (int i = 0; i < 8; i++)
    {
      if (i == run)
        {
          *at++ = ':';
          i += run_length - 1;
          if (i == 7)
            *at++ = ':';
          continue;
        }
      at += g_snprintf (at, (gulong) (text + NET_IPV6_TEXT - at), "%s%x", i ? ":" : "", groups[i]);
    }
  *at = '\0';
  return text;
}

NetIpv6
net_ipv6_link_local (const NetMac *mac)
{
  const guint8 *m = mac->octet;
  return (NetIpv6){ { 0xfe, 0x80, 0, 0, 0, 0, 0, 0, m[0] ^ 2, m[1], m[2], 0xff, 0xfe, m[3], m[4], m[5] } };
}

NetIpv6
net_ipv6_solicited_node (const NetIpv6 *address)
{
  const guint8 *a = address->octet;
  return (NetIpv6){ { 0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, a[13], a[14], a[15] } };
}

NetMac
net_ipv6_group_mac (const NetIpv6 *group)
{
  const guint8 *g = group->octet;
  return (NetMac){ { 0x33, 0x33, g[12], g[13], g[14], g[15] } };
}
