/* Addresses of both kinds in one type. */
#include "gateway/router.h"

#include "net/cursor.h"

static const guint8 mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

NetIpv6
vtep_address_from_ipv4 (NetIpv4 ipv4)
{
  NetIpv6 address;

  memcpy (address.octet, mapped, sizeof mapped);
  net_put_be32 (address.octet + 12, ipv4);
  return address;
}

NetIpv4
vtep_address_to_ipv4 (const NetIpv6 *address)
{
  return net_get_be32 (address->octet + 12);
}

gboolean
vtep_address_is_ipv4 (const NetIpv6 *address)
{
  return memcmp (address->octet, mapped, sizeof mapped) == 0;
}

NetIpv6
vtep_address_mask (const NetIpv6 *address, guint prefix_length)
{
  NetIpv6 masked = *address;

  for (guint i = 0; i < 16; i++)
    if (prefix_length < 8 * i + 8)
      masked.octet[i] &= prefix_length <= 8 * i ? 0 : (guint8) (0xff00 >> (prefix_length - 8 * i));
  return masked;
}

gboolean
vtep_address_from_text (const char *text, NetIpv6 *address)
{
  NetIpv4 ipv4;

  if (net_ipv4_from_text (text, &ipv4))
    {
      *address = vtep_address_from_ipv4 (ipv4);
      return TRUE;
    }
  return net_ipv6_from_text (text, address) && !vtep_address_is_ipv4 (address);
}

gboolean
vtep_prefix_from_text (const char *text, NetIpv6 *address, guint *prefix_length)
{
  const char *slash = strchr (text, '/');
  g_autofree char *before = slash ? g_strndup (text, (gsize) (slash - text)) : g_strdup (text);
  guint64 length;
  guint bits;

  if (!vtep_address_from_text (before, address))
    return FALSE;
  bits = vtep_address_is_ipv4 (address) ? 32 : 128;
  length = bits;
  if (slash && !g_ascii_string_to_unsigned (slash + 1, 10, 0, bits, &length, NULL))
    return FALSE;
  *prefix_length = 128 - bits + (guint) length;
  return TRUE;
}

const char *
vtep_address_format (const NetIpv6 *address, char text[NET_IPV6_TEXT])
{
  return vtep_address_is_ipv4 (address) ? net_ipv4_format (vtep_address_to_ipv4 (address), text)
                                        : net_ipv6_format (address, text);
}

static gboolean
is_routable_ipv4 (NetIpv4 ipv4)
{
  return ipv4 >> 24 != 0 && ipv4 >> 24 != 127 && ipv4 >> 16 != 0xa9fe && ipv4 >> 28 < 0xe;
}

gboolean
vtep_address_is_routable (const NetIpv6 *address)
{
  static const NetIpv6 unspecified, loopback = { { [15] = 1 } };

  if (vtep_address_is_ipv4 (address))
    return is_routable_ipv4 (vtep_address_to_ipv4 (address));
  return address->octet[0] != 0xff && !(address->octet[0] == 0xfe && (address->octet[1] & 0xc0) == 0x80)
         && !net_ipv6_equal (address, &unspecified) && !net_ipv6_equal (address, &loopback);
}
