/* Tables 38 and 81: ARP requests out of a TOR's tunnel for the address of the controller's DHCP server, answered into the
 * tunnel. */
#include "models/odl/flows-text.h"
#include "models/odl/flows.h"

#define PRIORITY_ARP_EXTERNAL 6u /* before the way into the ELAN, which has 5 */
#define X64                   "0x%" G_GINT64_MODIFIER "x"

void
odl_flow_arp_external (OpenflowFlowMod *out, guint16 tag, guint32 vni, NetIpv4 server)
{
  char ip[NET_IPV4_TEXT];

  odl_flow_from_text (out,
                      "cookie=0x%x,table=%u,priority=%u,arp,tun_id=0x%x,arp_op=1,arp_tpa=%s,"
                      "actions=write_metadata:" X64 "/" X64 ",goto_table:%u",
                      ODL_COOKIE_ARP, ODL_TABLE_EXTERNAL_TUNNEL, PRIORITY_ARP_EXTERNAL, vni,
                      net_ipv4_format (server, ip), odl_meta_elan (tag), ODL_META_LPORT_ELAN_MASK,
                      ODL_TABLE_ARP_RESPONDER);
}

void
odl_flow_arp_responder (OpenflowFlowMod *out, guint16 tag, NetIpv4 server, const NetMac *mac)
{
  char ip[NET_IPV4_TEXT], mac_text[NET_MAC_TEXT];

  odl_flow_from_text (
      out,
      "cookie=0x%x,table=%u,priority=100,arp,metadata=" X64 "/" X64
      ",arp_op=1,arp_tpa=%s,actions=move:NXM_OF_ETH_SRC[]->NXM_OF_ETH_DST[],"
      "set_field:%s->eth_src,load:0x2->NXM_OF_ARP_OP[],move:NXM_NX_ARP_SHA[]->NXM_NX_ARP_THA[],"
      "move:NXM_OF_ARP_SPA[]->NXM_OF_ARP_TPA[],load:" X64 "->NXM_NX_ARP_SHA[],"
      "load:0x%x->NXM_OF_ARP_SPA[],IN_PORT",
      ODL_COOKIE_ARP, ODL_TABLE_ARP_RESPONDER, odl_meta_elan (tag), ODL_META_ELAN_MASK,
      net_ipv4_format (server, ip), net_mac_format (mac, mac_text), net_mac_to_u64 (mac), server);
}
