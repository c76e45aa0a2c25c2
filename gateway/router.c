/* Sorted arrays: a router is read for each packet, and made anew when its row changes. */
#include "gateway/router.h"

static gint
compare_addresses (const NetIpv6 *a, const NetIpv6 *b)
{
  return memcmp (a, b, sizeof *a);
}

/* ---- interfaces ---------------------------------------------------------------------------------------------- */

/* Of one address and length, written in two ways, the order given stays: g_array_sort() is stable. */
static gint
compare_interfaces (gconstpointer a, gconstpointer b)
{
  const VtepInterface *x = a, *y = b;
  gint order = compare_addresses (&x->address, &y->address);

  return order ? order : (gint) x->prefix_length - (gint) y->prefix_length;
}

static gboolean
contradicts (const VtepInterface *a, const VtepInterface *b)
{
  return (a->has_address && b->has_address && net_ipv6_equal (&a->address, &b->address))
         || (a->prefix_length == b->prefix_length && net_ipv6_equal (&a->prefix, &b->prefix)
             && a->logical_switch != b->logical_switch);
}

/* Returns how many were left out. */
static guint
take_interfaces (VtepRouter *router, const VtepRouterConfig *config)
{
  g_autoptr (GArray) sorted = g_array_sized_new (FALSE, FALSE, sizeof (VtepInterface), config->n_interfaces);

  if (config->n_interfaces > 0)
    g_array_append_vals (sorted, config->interfaces, config->n_interfaces);
  g_array_sort (sorted, compare_interfaces);
  router->interfaces = g_new (VtepInterface, MIN (config->n_interfaces, VTEP_ROUTER_INTERFACES_MAX));
  for (guint i = 0; i < sorted->len; i++)
    {
      const VtepInterface *interface = &g_array_index (sorted, VtepInterface, i);
      gboolean good = router->n_interfaces < VTEP_ROUTER_INTERFACES_MAX;

      for (guint k = 0; good && k < router->n_interfaces; k++)
        good = !contradicts (&router->interfaces[k], interface);
      if (good)
        router->interfaces[router->n_interfaces++] = *interface;
    }
  return sorted->len - router->n_interfaces;
}

const VtepInterface *
vtep_router_own (const VtepRouter *router, const NetIpv6 *address)
{
  guint low = 0, high = router->n_interfaces;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      gint order = compare_addresses (&router->interfaces[middle].address, address);
      if (order == 0)
        return router->interfaces[middle].has_address ? &router->interfaces[middle] : NULL;
      if (order < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return NULL;
}

static gboolean
has (const VtepInterface *interface, const NetIpv6 *address)
{
  NetIpv6 masked = vtep_address_mask (address, interface->prefix_length);
  return net_ipv6_equal (&masked, &interface->prefix);
}

const VtepInterface *
vtep_router_facing (const VtepRouter *router, VtepSwitchId id, const NetIpv6 *address)
{
  const VtepInterface *first = NULL;

  for (guint i = 0; i < router->n_interfaces; i++)
    {
      const VtepInterface *interface = &router->interfaces[i];
      if (interface->logical_switch != id)
        continue;
      if (has (interface, address))
        return interface;
      if (!first && vtep_address_is_ipv4 (&interface->prefix) == vtep_address_is_ipv4 (address))
        first = interface;
    }
  return first;
}

/* ---- routes -------------------------------------------------------------------------------------------------- */

static gint
compare_prefixes (const VtepRoute *x, const VtepRoute *y)
{
  if (x->prefix_length != y->prefix_length)
    return (gint) y->prefix_length - (gint) x->prefix_length;
  return compare_addresses (&x->prefix, &y->prefix);
}

static gint
compare_routes (gconstpointer a, gconstpointer b)
{
  const VtepRoute *x = a, *y = b;
  gint order = compare_prefixes (x, y);

  if (order == 0)
    order = y->connected - x->connected;
  return order ? order : compare_addresses (&x->next_hop, &y->next_hop);
}

/* The interface that the next hop is behind; NULL: none. */
static const VtepInterface *
way_to (const VtepRouter *router, const NetIpv6 *next_hop)
{
  const VtepInterface *best = NULL;

  if (vtep_router_own (router, next_hop))
    return NULL;
  for (guint i = 0; i < router->n_interfaces; i++)
    if (has (&router->interfaces[i], next_hop)
        && (!best || router->interfaces[i].prefix_length > best->prefix_length))
      best = &router->interfaces[i];
  return best;
}

static void
append_connected (const VtepRouter *router, GArray *routes)
{
  for (guint i = 0; i < router->n_interfaces; i++)
    {
      VtepRoute route = { .prefix = router->interfaces[i].prefix,
                          .prefix_length = router->interfaces[i].prefix_length,
                          .connected = TRUE,
                          .out = &router->interfaces[i] };
      g_array_append_val (routes, route);
    }
}

/* Where the routes of each length begin. */
static void
index_lengths (VtepRouter *router)
{
  guint k = 0;

  for (guint length = 129; length-- > 0;)
    {
      router->lengths[length + 1] = k;
      while (k < router->n_routes && router->routes[k].prefix_length == length)
        k++;
    }
  router->lengths[0] = k;
}

/* Returns how many static ones were left out. */
static guint
take_routes (VtepRouter *router, const VtepRouterConfig *config)
{
  g_autoptr (GArray) sorted = g_array_new (FALSE, FALSE, sizeof (VtepRoute));
  guint bad = 0;

  append_connected (router, sorted);
  for (guint i = 0; i < config->n_routes; i++)
    {
      VtepRoute route = config->routes[i];
      route.out = way_to (router, &route.next_hop);
      if (route.out)
        g_array_append_val (sorted, route);
      else
        bad++;
    }
  g_array_sort (sorted, compare_routes);
  router->routes = g_new (VtepRoute, sorted->len);
  for (guint i = 0; i < sorted->len; i++)
    {
      const VtepRoute *route = &g_array_index (sorted, VtepRoute, i);
      if (router->n_routes == 0 || compare_prefixes (&router->routes[router->n_routes - 1], route) != 0)
        router->routes[router->n_routes++] = *route;
      else
        bad += !route->connected; /* further addresses in one prefix share a route */
    }
  index_lengths (router);
  return bad;
}

static const VtepRoute *
find_in (const VtepRouter *router, guint first, guint end, const NetIpv6 *prefix)
{
  while (first < end)
    {
      guint middle = first + (end - first) / 2;
      gint order = compare_addresses (&router->routes[middle].prefix, prefix);
      if (order == 0)
        return &router->routes[middle];
      if (order < 0)
        first = middle + 1;
      else
        end = middle;
    }
  return NULL;
}

const VtepRoute *
vtep_router_find (const VtepRouter *router, const NetIpv6 *destination)
{
  guint shortest = vtep_address_is_ipv4 (destination) ? VTEP_IPV4_BITS : 0;

  for (guint length = 129; length-- > shortest;)
    {
      const VtepRoute *route;
      NetIpv6 prefix;

      if (router->lengths[length + 1] == router->lengths[length])
        continue;
      prefix = vtep_address_mask (destination, length);
      route = find_in (router, router->lengths[length + 1], router->lengths[length], &prefix);
      if (route)
        return route;
    }
  return NULL;
}

/* ---- life ---------------------------------------------------------------------------------------------------- */

VtepRouter *
vtep_router_new (const VtepRouterConfig *config, guint *bad_interfaces, guint *bad_routes)
{
  VtepRouter *router = g_new0 (VtepRouter, 1);

  router->name = g_strdup (config->name);
  router->mac = config->mac;
  *bad_interfaces = take_interfaces (router, config);
  *bad_routes = take_routes (router, config);
  return router;
}

void
vtep_router_free (VtepRouter *router)
{
  if (!router)
    return;
  g_free (router->name);
  g_free (router->interfaces);
  g_free (router->routes);
  g_free (router);
}
