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
 *            0                                                         dropped */
#include "models/odl/acl.h"
#include "models/odl/flows-text.h"
#include "models/odl/flows.h"
#include "models/odl/forwarding.h"

typedef void (*Apply) (OdlCompute *compute, OpenflowFlowMod *flow);

/* ---- addresses ----------------------------------------------------------------------------------------------- */

GArray *
odl_acl_of_port (const OdlPort *port)
{
  GArray *acl;

  if (!port->port_security)
    return NULL;
  acl = g_array_new (FALSE, FALSE, sizeof (OdlAclPair));
  for (guint i = 0; i < port->addresses->len; i++)
    {
      const OdlAclPair own = { port->mac, g_array_index (port->addresses, NetIpv4, i), 32 };

      g_array_append_val (acl, own);
    }
  for (guint i = 0; i < port->allowed->len; i++)
    {
      const OdlAddressPair *pair = &g_array_index (port->allowed, OdlAddressPair, i);
      const OdlAclPair allowed = { pair->has_mac ? pair->mac : port->mac, pair->ip, pair->prefix_length };

      g_array_append_val (acl, allowed);
    }
  return acl;
}

gboolean
odl_acl_equal (const GArray *a, const GArray *b)
{
  if (!a || !b || a->len != b->len)
    return a == b;
  for (guint i = 0; i < a->len; i++)
    {
      const OdlAclPair *one = &g_array_index (a, OdlAclPair, i), *other = &g_array_index (b, OdlAclPair, i);

      if (!net_mac_equal (&one->mac, &other->mac) || one->ip != other->ip
          || one->prefix_length != other->prefix_length)
        return FALSE;
    }
  return TRUE;
}

void
odl_acl_free (GArray *acl)
{
  if (acl)
    g_array_unref (acl);
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

void
odl_acl_apply (OdlCompute *compute, guint32 lport, const GArray *acl, Apply apply)
{
  const Book from = { compute, apply, ODL_TABLE_ACL_FROM_VM, odl_meta_lport (lport), "resubmit(,17)" };
  const Book to = { compute, apply, ODL_TABLE_ACL_TO_VM_SPOOF, odl_meta_lport (lport), "resubmit(,220)" };

  if (!acl)
    return;
  write_misses (compute); /* they stay: without ACLs nothing comes here */
  enter (&from, 63010, "udp,", ",tp_src=68,tp_dst=67", from.on);
  enter (&from, 63010, "udp,", ",tp_src=67,tp_dst=68", "drop");
  enter (&from, 63009, "arp,", "", "drop");
  enter (&to, 63010, "udp,", ",tp_src=67,tp_dst=68", to.on);
  enter (&to, 63010, "arp,", "", to.on);
  enter (&to, 61005, "", ",dl_dst=ff:ff:ff:ff:ff:ff", to.on);
  for (guint i = 0; i < acl->len; i++)
    {
      enter_from (&from, &g_array_index (acl, OdlAclPair, i));
      enter_to (&to, &g_array_index (acl, OdlAclPair, i));
    }
}
