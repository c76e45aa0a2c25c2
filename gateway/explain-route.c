/* Routing in words. */
#include "gateway/explain.h"

#define PREFIX_TEXT (NET_IPV6_TEXT + 4)

static const char *
format_prefix (const NetIpv6 *address, guint prefix_length, char text[PREFIX_TEXT])
{
  char host[NET_IPV6_TEXT];

  g_snprintf (text, PREFIX_TEXT, "%s/%u", vtep_address_format (address, host),
              vtep_address_is_ipv4 (address) ? prefix_length - VTEP_IPV4_BITS : prefix_length);
  return text;
}

static void
explain_forward (const VtepTables *tables, const VtepRouting *routing, char text[VTEP_EXPLAIN_TEXT])
{
  const VtepRoute *route = routing->route;
  char prefix[PREFIX_TEXT], hop[NET_IPV6_TEXT];

  g_snprintf (text, VTEP_EXPLAIN_TEXT, "%s %s %s %s on %s", routing->router->name,
              format_prefix (&route->prefix, route->prefix_length, prefix), route->connected ? "to" : "by",
              vtep_address_format (&routing->next_hop, hop),
              vtep_tables_switch (tables, route->out->logical_switch)->name);
}

static void
explain_refusal (const VtepRouting *routing, char text[VTEP_EXPLAIN_TEXT])
{
  const char *name = routing->router->name;
  char address[NET_IPV6_TEXT], prefix[PREFIX_TEXT];

  vtep_address_format (&routing->destination, address);
  switch ((guint) routing->reason)
    {
    case NET_DROP_ACL_DENY:
      g_snprintf (text, VTEP_EXPLAIN_TEXT, "%s sequence %" G_GINT64_FORMAT " at %s %s",
                  vtep_acl_name (routing->acl), routing->sequence, name,
                  format_prefix (&routing->at->address, routing->at->prefix_length, prefix));
      break;
    case NET_DROP_NO_ROUTE:
      g_snprintf (text, VTEP_EXPLAIN_TEXT, "%s has no route to %s", name, address);
      break;
    default:
      g_snprintf (text, VTEP_EXPLAIN_TEXT, "%s to %s", name, address);
      break;
    }
}

const char *
vtep_explain_routing (const VtepTables *tables, const VtepRouting *routing, char text[VTEP_EXPLAIN_TEXT])
{
  char address[NET_IPV6_TEXT];

  if (routing->kind == VTEP_ROUTE_FORWARD)
    explain_forward (tables, routing, text);
  else if (routing->kind == VTEP_ROUTE_DROP)
    explain_refusal (routing, text);
  else if (routing->kind == VTEP_ROUTE_HEARD)
    g_snprintf (text, VTEP_EXPLAIN_TEXT, "%s hears of %s", routing->router->name,
                vtep_address_format (&routing->told, address));
  else
    g_snprintf (text, VTEP_EXPLAIN_TEXT, "%s answers for %s", routing->router->name,
                vtep_address_format (&routing->destination, address));
  return text;
}
