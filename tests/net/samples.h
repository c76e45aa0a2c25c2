/* Frames as they stand on the wire, each field named beside its bytes: what parsers must read and builders must
 * write.  Those of IPv4 come from a capture of a real lab, the others from the standards by hand. */
#pragma once

#include <glib.h>

extern const guint8 sample_arp_request[42];
extern const guint8 sample_icmp_echo[98];
extern const guint8 sample_icmp_tagged[102];
extern const guint8 sample_udp[47];
extern const guint8 sample_udp6[65];
extern const guint8 sample_tcp_syn[58];
extern const guint8 sample_tcp_data[71];
extern const guint8 sample_icmpv6_echo[67];
extern const guint8 sample_nd_solicitation[86];
extern const guint8 sample_nd_advertisement[86];
extern const guint8 sample_vxlan_arp[92];
extern const guint8 sample_dhcp_offer[342];

/* All of them. */
typedef struct
{
  const char *name;
  const guint8 *bytes;
  guint length;
} NetSample;

#define N_SAMPLES 12
extern const NetSample net_samples[N_SAMPLES];
