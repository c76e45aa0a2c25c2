/* Only called when somebody reads texts. */
#include "gateway/explain.h"

const char *
vtep_explain_place (const char *const *port_names, VtepPlace place, char text[VTEP_EXPLAIN_TEXT])
{
  if (place.port == VTEP_PORT_ROUTER)
    g_strlcpy (text, "a router", VTEP_EXPLAIN_TEXT);
  else if (place.vlan == VTEP_VLAN_UNTAGGED)
    g_snprintf (text, VTEP_EXPLAIN_TEXT, "%s untagged", port_names[place.port]);
  else
    g_snprintf (text, VTEP_EXPLAIN_TEXT, "%s vlan %u", port_names[place.port], place.vlan);
  return text;
}

static void
explain_tunnel_key (const VtepTables *tables, const VtepSwitch *logical_switch, char text[VTEP_EXPLAIN_TEXT])
{
  const VtepSwitch *owner = vtep_tables_switch_of_vni (tables, logical_switch->tunnel_key);

  if (logical_switch->tunnel_key == VTEP_VNI_NONE || !owner)
    g_snprintf (text, VTEP_EXPLAIN_TEXT, "%s has no tunnel_key", logical_switch->name);
  else
    g_snprintf (text, VTEP_EXPLAIN_TEXT, "tunnel_key %u of %s belongs to %s", logical_switch->tunnel_key,
                logical_switch->name, owner->name);
}

/* Split horizon on a row of the destination, or on a flood list. */
static void
explain_split_horizon (const VtepTables *tables, const VtepView *view, const VtepActions *actions,
                       char text[VTEP_EXPLAIN_TEXT])
{
  const VtepSwitch *logical_switch = actions->logical_switch;
  const VtepMac *mac
      = vtep_fdb_find (vtep_tables_fdb (tables), vtep_key (logical_switch->id, &view->ethernet.destination));
  char destination[NET_MAC_TEXT], locator[NET_IPV4_TEXT];
  NetIpv4 at = actions->rule == VTEP_RULE_TWIN ? vtep_tables_arp_source (tables, &view->ethernet.destination)
               : mac                           ? mac->locator
                                               : 0;

  if (at)
    g_snprintf (text, VTEP_EXPLAIN_TEXT, "%s %s is at %s", logical_switch->name,
                net_mac_format (&view->ethernet.destination, destination), net_ipv4_format (at, locator));
  else if (actions->from_tunnel)
    g_snprintf (text, VTEP_EXPLAIN_TEXT, "%s floods what was routed to its ports alone",
                logical_switch->name);
  else
    g_snprintf (text, VTEP_EXPLAIN_TEXT, "%s is bound to no port here", logical_switch->name);
}

static void
explain_no_other_port (const char *const *port_names, const VtepView *view, const VtepActions *actions,
                       char text[VTEP_EXPLAIN_TEXT])
{
  char destination[NET_MAC_TEXT], place[VTEP_EXPLAIN_TEXT];

  g_snprintf (text, VTEP_EXPLAIN_TEXT, "%s %s is at %s", actions->logical_switch->name,
              net_mac_format (&view->ethernet.destination, destination),
              vtep_explain_place (port_names, actions->from, place));
}

static void
explain_acl (const char *const *port_names, const VtepAction *drop, char text[VTEP_EXPLAIN_TEXT])
{
  char place[VTEP_EXPLAIN_TEXT];

  g_snprintf (text, VTEP_EXPLAIN_TEXT, "%s sequence %" G_GINT64_FORMAT " at %s",
              vtep_acl_name (drop->drop.acl), drop->drop.sequence,
              vtep_explain_place (port_names, drop->drop.at, place));
}

const char *
vtep_explain_drop (const VtepTables *tables, const char *const *port_names, const VtepView *view,
                   const VtepActions *actions, const VtepAction *drop, char text[VTEP_EXPLAIN_TEXT])
{
  const NetEthernet *ethernet = &view->ethernet;
  const char *name = actions->logical_switch ? actions->logical_switch->name : "";
  char address[NET_MAC_TEXT];

  text[0] = '\0';
  switch ((guint) drop->drop.reason)
    {
    case NET_DROP_RESERVED_MAC:
      g_snprintf (text, VTEP_EXPLAIN_TEXT, "destination %s",
                  net_mac_format (&ethernet->destination, address));
      break;
    case NET_DROP_BAD_SOURCE_MAC:
      g_snprintf (text, VTEP_EXPLAIN_TEXT, "source %s", net_mac_format (&ethernet->source, address));
      break;
    case NET_DROP_VLAN_UNBOUND:
      vtep_explain_place (port_names, actions->from, text);
      break;
    case NET_DROP_INNER_VLAN:
      g_snprintf (text, VTEP_EXPLAIN_TEXT, "%s inner tag %u", name,
                  NET_VLAN_VID (ethernet->tags[ethernet->n_tags - 1].tci));
      break;
    case NET_DROP_NO_OTHER_PORT:
      explain_no_other_port (port_names, view, actions, text);
      break;
    case NET_DROP_NO_TUNNEL_KEY:
      explain_tunnel_key (tables, actions->logical_switch, text);
      break;
    case NET_DROP_FRAME_TOO_LONG:
      g_snprintf (text, VTEP_EXPLAIN_TEXT, "%u bytes with outer headers, mtu %u",
                  view->length - (ethernet->n_tags > 0 ? NET_VLAN_TAG : 0) + VTEP_TUNNEL_OVERHEAD,
                  vtep_tables_config (tables)->mtu);
      break;
    case NET_DROP_NO_FLOOD_TARGET:
      g_snprintf (text, VTEP_EXPLAIN_TEXT, "%s has no other port and no locator to flood to", name);
      break;
    case NET_DROP_ACL_DENY:
      explain_acl (port_names, drop, text);
      break;
    case NET_DROP_LOCATOR_DOWN:
      g_snprintf (text, VTEP_EXPLAIN_TEXT, "no locator of %s forwards", name);
      break;
    case NET_DROP_VNI_UNKNOWN:
      g_snprintf (text, VTEP_EXPLAIN_TEXT, "vni %u from %s", view->vni,
                  net_ipv4_format (view->source, address));
      break;
    case NET_DROP_TUNNEL_SOURCE_UNKNOWN:
      g_snprintf (text, VTEP_EXPLAIN_TEXT, "%s is no locator of %s", net_ipv4_format (view->source, address),
                  name);
      break;
    case NET_DROP_SPLIT_HORIZON:
      explain_split_horizon (tables, view, actions, text);
      break;
    default:
      break;
    }
  return text;
}
