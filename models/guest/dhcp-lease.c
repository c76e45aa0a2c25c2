/* Reading a lease out of a DHCP message. */
#include "models/guest/dhcp-lease.h"

static guint
class_prefix_length (NetIpv4 ip)
{
  if (ip >> 31 == 0)
    return 8;
  return ip >> 30 == 2 ? 16 : 24;
}

/* A mask with holes counts up to its first zero. */
static guint
mask_length (guint32 mask)
{
  guint length = 0;
  while (length < 32 && (mask << length & 0x80000000u))
    length++;
  return length;
}

gboolean
guest_lease_read (const NetDhcp *message, GuestLease *out)
{
  GuestLease lease = { .ip = message->your_ip };
  guint32 mask;
  guint16 mtu;
  NetCursor value;

  if (lease.ip == 0 || !net_dhcp_option_be32 (message, NET_DHCP_OPTION_SERVER_ID, &lease.server)
      || !net_dhcp_option_be32 (message, NET_DHCP_OPTION_LEASE_TIME, &lease.lease_s) || lease.lease_s == 0)
    return FALSE;
  if (net_dhcp_option_be32 (message, NET_DHCP_OPTION_SUBNET_MASK, &mask))
    lease.prefix_length = mask_length (mask);
  else
    lease.prefix_length = class_prefix_length (lease.ip);
  net_dhcp_option_be32 (message, NET_DHCP_OPTION_ROUTER, &lease.router);
  if (net_dhcp_option (message, NET_DHCP_OPTION_MTU, &value) && net_cursor_be16 (&value, &mtu))
    lease.mtu = mtu;
  if (!net_dhcp_option_be32 (message, NET_DHCP_OPTION_T1, &lease.t1_s)
      || !net_dhcp_option_be32 (message, NET_DHCP_OPTION_T2, &lease.t2_s) || lease.t1_s > lease.t2_s
      || lease.t2_s > lease.lease_s)
    {
      lease.t1_s = lease.lease_s / 2;
      lease.t2_s = (guint32) ((guint64) lease.lease_s * 7 / 8);
    }
  *out = lease;
  return TRUE;
}
