/* An IP address of either family, and the key by which tables of a host sort it. */
#pragma once

#include "net/address.h"

G_BEGIN_DECLS

typedef struct
{
  gboolean is_v6;
  NetIpv4 v4; /* unless is_v6 */
  NetIpv6 v6; /* if is_v6 */
} GuestIp;

#define GUEST_IP_TEXT NET_IPV6_TEXT

static inline GuestIp
guest_ip_v4 (NetIpv4 address)
{
  return (GuestIp){ .v4 = address };
}

static inline GuestIp
guest_ip_v6 (const NetIpv6 *address)
{
  return (GuestIp){ .is_v6 = TRUE, .v6 = *address };
}

/* IPv4 before IPv6, then by number. */
int guest_ip_compare (const GuestIp *a, const GuestIp *b);
/* Strict text of either family; FALSE leaves *out alone. */
gboolean guest_ip_from_text (const char *text, GuestIp *out);
const char *guest_ip_format (const GuestIp *ip, char text[GUEST_IP_TEXT]);

G_END_DECLS
