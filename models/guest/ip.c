/* IP addresses of either family: order and text. */
#include "models/guest/ip.h"

int
guest_ip_compare (const GuestIp *a, const GuestIp *b)
{
  if (!a->is_v6 != !b->is_v6)
    return a->is_v6 ? 1 : -1;
  if (a->is_v6)
    return memcmp (a->v6.octet, b->v6.octet, sizeof a->v6.octet);
  return (a->v4 > b->v4) - (a->v4 < b->v4);
}

gboolean
guest_ip_from_text (const char *text, GuestIp *out)
{
  NetIpv4 v4;
  NetIpv6 v6;

  if (net_ipv4_from_text (text, &v4))
    *out = guest_ip_v4 (v4);
  else if (net_ipv6_from_text (text, &v6))
    *out = guest_ip_v6 (&v6);
  else
    return FALSE;
  return TRUE;
}

const char *
guest_ip_format (const GuestIp *ip, char text[GUEST_IP_TEXT])
{
  return ip->is_v6 ? net_ipv6_format (&ip->v6, text) : net_ipv4_format (ip->v4, text);
}
