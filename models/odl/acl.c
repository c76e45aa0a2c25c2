/* Tables 210 (from the guest) and 239, 240 (to it).
 *
 *   210  63010  DHCP of a client; ARP whose sender is the port         on, by table 17
 *        63010  DHCP of a server                                       dropped
 *        63009  other ARP                                              dropped
 *        61010  IP from the port's addresses                           on
 *        61005  broadcasts from its MAC address                        on
 *            0                                                         dropped
 *   239      0                                                         240
 *   240  63010  DHCP of a server, ARP                                  on, by table 220
 *        61010  IP to the port's addresses                             on
 *        61005  broadcasts                                             on
 *            0                                                         dropped
 *
 * To the DHCP agent's port: 63010 DHCP and DHCPv6 of clients, ARP; 61010 ICMP to its addresses. */
#include "models/odl/acl.h"
#include "models/odl/core.h"
#include "models/odl/flows-text.h"
#include "models/odl/flows.h"
#include "models/odl/forwarding.h"

#define OWNER_DHCP "network:dhcp"

typedef void (*Apply) (OdlCompute *compute, OpenflowFlowMod *flow);

/* ---- addresses ----------------------------------------------------------------------------------------------- */

static void
add_pairs (OdlAcl *acl, const OdlPort *port)
{
  for (guint i = 0; i < port->addresses->len; i++)
    {
      const OdlAclPair own = { port->mac, g_array_index (port->addresses, NetIpv4, i), 32 };

      g_array_append_val (acl->pairs, own);
    }
  for (guint i = 0; !acl->of_server && i < port->allowed->len; i++)
    {
      const OdlAddressPair *pair = &g_array_index (port->allowed, OdlAddressPair, i);
      const OdlAclPair allowed = { pair->has_mac ? pair->mac : port->mac, pair->ip, pair->prefix_length };

      g_array_append_val (acl->pairs, allowed);
    }
}

OdlAcl *
odl_acl_of_port (const Odl *odl, const OdlPort *port)
{
  gboolean of_server
      = odl->options.limit_bum && !port->port_security && g_str_equal (port->device_owner, OWNER_DHCP);
  OdlAcl *acl;

  if (!port->port_security && !of_server)
    return NULL;
  acl = g_new0 (OdlAcl, 1);
  acl->of_server = of_server;
  acl->pairs = g_array_new (FALSE, FALSE, sizeof (OdlAclPair));
  add_pairs (acl, port);
  return acl;
}

gboolean
odl_acl_equal (const OdlAcl *a, const OdlAcl *b)
{
  if (!a || !b || a->of_server != b->of_server || a->pairs->len != b->pairs->len)
    return a == b;
  for (guint i = 0; i < a->pairs->len; i++)
    {
      const OdlAclPair *one = &g_array_index (a->pairs, OdlAclPair, i),
                       *other = &g_array_index (b->pairs, OdlAclPair, i);

      if (!net_mac_equal (&one->mac, &other->mac) || one->ip != other->ip
          || one->prefix_length != other->prefix_length)
        return FALSE;
    }
  return TRUE;
}

void
odl_acl_free (OdlAcl *acl)
{
  if (!acl)
    return;
  g_array_unref (acl->pairs);
  g_free (acl);
}

/* ---- flows --------------------------------------------------------------------------------------------------- */

typedef struct
{
  OdlCompute *compute;
  Apply apply;
  guint table;
  guint64 metadata;
  const char *on; /* the action of what passes */
} Book;

/* One flow of the lport: a match that begins with its comma or is empty, and what is done. */
static void
enter (const Book *book, guint priority, const char *protocol, const char *match, const char *actions)
{
  OpenflowFlowMod flow;

  odl_flow_from_text (&flow,
                      "cookie=0x%x,table=%u,priority=%u,%smetadata=0x%" G_GINT64_MODIFIER
                      "x/0x%" G_GINT64_MODIFIER "x%s,actions=%s",
                      ODL_COOKIE_ACL, book->table, priority, protocol, book->metadata, ODL_META_LPORT_MASK,
                      match, actions);
  book->apply (book->compute, &flow);
}

static void
enter_from (const Book *book, const OdlAclPair *pair)
{
  char mac[NET_MAC_TEXT], ip[NET_IPV4_TEXT];
  g_autofree char *arp = NULL, *address = NULL, *broadcast = NULL;

  net_mac_format (&pair->mac, mac);
  net_ipv4_format (pair->ip, ip);
  arp = g_strdup_printf (",dl_src=%s,arp_spa=%s/%u,arp_sha=%s", mac, ip, pair->prefix_length, mac);
  address = g_strdup_printf (",dl_src=%s,nw_src=%s/%u", mac, ip, pair->prefix_length);
  broadcast = g_strdup_printf (",dl_src=%s,dl_dst=ff:ff:ff:ff:ff:ff", mac);
  enter (book, 63010, "arp,", arp, book->on);
  enter (book, 61010, "ip,", address, book->on);
  enter (book, 61005, "", broadcast, book->on);
}

static void
enter_to (const Book *book, const OdlAclPair *pair)
{
  char mac[NET_MAC_TEXT], ip[NET_IPV4_TEXT];
  g_autofree char *address = NULL;

  address = g_strdup_printf (",dl_dst=%s,nw_dst=%s/%u", net_mac_format (&pair->mac, mac),
                             net_ipv4_format (pair->ip, ip), pair->prefix_length);
  enter (book, 61010, "ip,", address, book->on);
}

static void
write_misses (OdlCompute *compute)
{
  OpenflowFlowMod flow;

  odl_flow_from_text (&flow, "cookie=0x%x,table=%u,priority=0,actions=drop", ODL_COOKIE_ACL,
                      ODL_TABLE_ACL_FROM_VM);
  odl_forwarding_write (compute, &flow);
  odl_flow_from_text (&flow, "cookie=0x%x,table=%u,priority=0,actions=goto_table:%u", ODL_COOKIE_ACL,
                      ODL_TABLE_ACL_TO_VM, ODL_TABLE_ACL_TO_VM_SPOOF);
  odl_forwarding_write (compute, &flow);
  odl_flow_from_text (&flow, "cookie=0x%x,table=%u,priority=0,actions=drop", ODL_COOKIE_ACL,
                      ODL_TABLE_ACL_TO_VM_SPOOF);
  odl_forwarding_write (compute, &flow);
}

static void
apply_guest (const Book *from, const Book *to, const GArray *pairs)
{
  enter (from, 63010, "udp,", ",tp_src=68,tp_dst=67", from->on);
  enter (from, 63010, "udp,", ",tp_src=67,tp_dst=68", "drop");
  enter (from, 63009, "arp,", "", "drop");
  enter (to, 63010, "udp,", ",tp_src=67,tp_dst=68", to->on);
  enter (to, 63010, "arp,", "", to->on);
  enter (to, 61005, "", ",dl_dst=ff:ff:ff:ff:ff:ff", to->on);
  for (guint i = 0; i < pairs->len; i++)
    {
      enter_from (from, &g_array_index (pairs, OdlAclPair, i));
      enter_to (to, &g_array_index (pairs, OdlAclPair, i));
    }
}

static void
apply_server (const Book *to, const GArray *pairs)
{
  enter (to, 63010, "udp,", ",tp_src=68,tp_dst=67", to->on);
  enter (to, 63010, "udp6,", ",tp_src=546,tp_dst=547", to->on);
  enter (to, 63010, "arp,", "", to->on);
  for (guint i = 0; i < pairs->len; i++)
    {
      char ip[NET_IPV4_TEXT];
      g_autofree char *echo
          = g_strdup_printf (",nw_dst=%s", net_ipv4_format (g_array_index (pairs, OdlAclPair, i).ip, ip));

      enter (to, 61010, "icmp,", echo, to->on);
    }
}

void
odl_acl_apply (OdlCompute *compute, guint32 lport, const OdlAcl *acl, Apply apply)
{
  const Book from = { compute, apply, ODL_TABLE_ACL_FROM_VM, odl_meta_lport (lport), "resubmit(,17)" };
  const Book to = { compute, apply, ODL_TABLE_ACL_TO_VM_SPOOF, odl_meta_lport (lport), "resubmit(,220)" };

  if (!acl)
    return;
  write_misses (compute); /* they stay: without ACLs nothing comes here */
  if (acl->of_server)
    apply_server (&to, acl->pairs);
  else
    apply_guest (&from, &to, acl->pairs);
}
