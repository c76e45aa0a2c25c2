/* Prerequisites of fields, asked of a packet. */
#include "models/ovs/field-present.h"

#include "net/ethernet.h"
#include "net/ipv4.h"
#include "net/nd.h"

#define FRAGMENT_LATER 2
#define IP_SCTP        132

static gboolean
is_ip (const OpenflowFields *fields)
{
  return fields->eth_type == NET_ETHERTYPE_IPV4 || fields->eth_type == NET_ETHERTYPE_IPV6;
}

/* The transport header of a later fragment is not in it. */
static gboolean
has_transport (const OpenflowFields *fields, guint8 protocol)
{
  return is_ip (fields) && fields->ip_proto == protocol && !(fields->ip_frag & FRAGMENT_LATER);
}

static gboolean
has_nd (const OpenflowFields *fields, guint8 type)
{
  return fields->eth_type == NET_ETHERTYPE_IPV6 && has_transport (fields, NET_IP_ICMPV6)
         && fields->tp_src == type && fields->tp_dst == 0;
}

gboolean
ovs_field_present (const OpenflowFields *fields, OpenflowFieldId field)
{
  switch (openflow_field (field)->needs)
    {
    case OPENFLOW_NEEDS_NOTHING:
      return TRUE;
    case OPENFLOW_NEEDS_VLAN:
      return (fields->vlan_tci & OPENFLOW_VLAN_PRESENT) != 0;
    case OPENFLOW_NEEDS_ARP:
      return fields->eth_type == NET_ETHERTYPE_ARP;
    case OPENFLOW_NEEDS_IP:
      return is_ip (fields);
    case OPENFLOW_NEEDS_IPV4:
      return fields->eth_type == NET_ETHERTYPE_IPV4;
    case OPENFLOW_NEEDS_IPV6:
      return fields->eth_type == NET_ETHERTYPE_IPV6;
    case OPENFLOW_NEEDS_TCP:
      return has_transport (fields, NET_IP_TCP);
    case OPENFLOW_NEEDS_UDP:
      return has_transport (fields, NET_IP_UDP);
    case OPENFLOW_NEEDS_SCTP:
      return has_transport (fields, IP_SCTP);
    case OPENFLOW_NEEDS_ICMP:
      return fields->eth_type == NET_ETHERTYPE_IPV4 && has_transport (fields, NET_IP_ICMP);
    case OPENFLOW_NEEDS_ICMPV6:
      return fields->eth_type == NET_ETHERTYPE_IPV6 && has_transport (fields, NET_IP_ICMPV6);
    case OPENFLOW_NEEDS_ND:
      return has_nd (fields, NET_ND_SOLICITATION) || has_nd (fields, NET_ND_ADVERTISEMENT);
    case OPENFLOW_NEEDS_ND_SOLICITATION:
      return has_nd (fields, NET_ND_SOLICITATION);
    case OPENFLOW_NEEDS_ND_ADVERTISEMENT:
      return has_nd (fields, NET_ND_ADVERTISEMENT);
    }
  return FALSE;
}
