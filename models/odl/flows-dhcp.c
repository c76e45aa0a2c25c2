/* Tables 18 and 60: DHCP requests of clients behind a TOR, and of local ports. */
#include "models/odl/flows.h"

#define ETHERTYPE_IPV4   0x0800u
#define PROTOCOL_UDP     17u
#define PORT_DHCP_SERVER 67u
#define PORT_DHCP_CLIENT 68u

static void
request_from (OpenflowFlowMod *out, guint8 table, const NetMac *mac)
{
  openflow_flow_mod_init (out, OPENFLOW_FLOW_ADD, table, 50);
  out->cookie = ODL_COOKIE_DHCP;
  openflow_match_set_mac (&out->match, OPENFLOW_FIELD_ETH_SRC, mac);
  openflow_match_set (&out->match, OPENFLOW_FIELD_ETH_TYPE, ETHERTYPE_IPV4);
  openflow_match_set (&out->match, OPENFLOW_FIELD_IP_PROTO, PROTOCOL_UDP);
  openflow_match_set (&out->match, OPENFLOW_FIELD_UDP_SRC, PORT_DHCP_CLIENT);
  openflow_match_set (&out->match, OPENFLOW_FIELD_UDP_DST, PORT_DHCP_SERVER);
}

void
odl_flow_dhcp_external (OpenflowFlowMod *out, const NetMac *mac, const guint32 *vni, gboolean punt)
{
  request_from (out, ODL_TABLE_DHCP_EXTERNAL, mac);
  if (vni)
    openflow_match_set (&out->match, OPENFLOW_FIELD_TUNNEL_ID, *vni);
  if (punt)
    openflow_actions_controller (openflow_instructions_apply (&out->instructions));
}

void
odl_flow_dhcp_local (OpenflowFlowMod *out, const NetMac *mac)
{
  request_from (out, ODL_TABLE_DHCP, mac);
  openflow_actions_controller (openflow_instructions_apply (&out->instructions));
}

void
odl_flow_dhcp_local_miss (OpenflowFlowMod *out)
{
  openflow_flow_mod_init (out, OPENFLOW_FLOW_ADD, ODL_TABLE_DHCP, 0);
  out->cookie = ODL_COOKIE_DHCP;
  openflow_actions_resubmit (openflow_instructions_apply (&out->instructions), ODL_TABLE_DISPATCHER);
}

void
odl_flow_dhcp_external_miss (OpenflowFlowMod *out)
{
  openflow_flow_mod_init (out, OPENFLOW_FLOW_ADD, ODL_TABLE_DHCP_EXTERNAL, 0);
  out->cookie = ODL_COOKIE_DHCP;
  openflow_instructions_goto (&out->instructions, ODL_TABLE_EXTERNAL_TUNNEL);
}
