/* getifaddrs(3), and /proc/net/route. */
#include "vtepd/underlay.h"

#include "gateway/linux/world.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <string.h>

#define ROUTES "/proc/net/route"

/* Asked for each IPv4 address of this host until it is TRUE. */
typedef gboolean (*AddressFunc) (const char *interface, NetIpv4 address, NetIpv4 mask, gpointer user);

static NetIpv4
ipv4_of (const struct sockaddr *address)
{
  return address ? ntohl (((const struct sockaddr_in *) (gconstpointer) address)->sin_addr.s_addr) : 0;
}

static gboolean
each_address (AddressFunc ask, gpointer user)
{
  struct ifaddrs *all;
  gboolean found = FALSE;

  if (getifaddrs (&all) < 0)
    return FALSE;
  for (const struct ifaddrs *at = all; at && !found; at = at->ifa_next)
    if (at->ifa_addr && at->ifa_addr->sa_family == AF_INET)
      found = ask (at->ifa_name, ipv4_of (at->ifa_addr), ipv4_of (at->ifa_netmask), user);
  freeifaddrs (all);
  return found;
}

/* ---- which interface --------------------------------------------------------------------------------------------- */

typedef struct
{
  NetIpv4 wanted;
  const char *interface; /* NULL: any */
  char *found;
  guint prefix_length;
} Search;

static gboolean
has_address (const char *interface, NetIpv4 address, NetIpv4 mask, gpointer user)
{
  Search *search = user;

  (void) mask;
  if (address != search->wanted || (search->interface && strcmp (interface, search->interface) != 0))
    return FALSE;
  search->found = g_strdup (interface);
  return TRUE;
}

char *
vtepd_underlay_interface (const VtepdConfig *config, GError **error)
{
  Search search = { .wanted = config->tunnel_ip };
  char text[NET_IPV4_TEXT];

  if (config->underlay)
    return g_strdup (config->underlay);
  if (each_address (has_address, &search))
    return search.found;
  g_set_error (
      error, LINUX_WORLD_ERROR, LINUX_WORLD_ERROR_PORT,
      "no interface has the tunnel address %s; give it to one, or name the one that carries the tunnels by "
      "--underlay",
      net_ipv4_format (config->tunnel_ip, text));
  return NULL;
}

gboolean
vtepd_underlay_is_shared (const char *interface, NetIpv4 tunnel_ip)
{
  Search search = { .wanted = tunnel_ip, .interface = interface };
  gboolean found = each_address (has_address, &search);

  g_free (search.found);
  return found;
}

/* ---- its surroundings -------------------------------------------------------------------------------------------- */

static gboolean
has_subnet (const char *interface, NetIpv4 address, NetIpv4 mask, gpointer user)
{
  Search *search = user;

  if (strcmp (interface, search->interface) != 0 || (address & mask) != (search->wanted & mask))
    return FALSE;
  search->prefix_length = (guint) __builtin_popcount (mask);
  return TRUE;
}

guint
vtepd_underlay_prefix (const char *interface, NetIpv4 tunnel_ip)
{
  Search search = { .wanted = tunnel_ip, .interface = interface };

  each_address (has_subnet, &search);
  return search.prefix_length;
}

/* A line is: interface, destination, gateway, flags, three counters, mask, …; addresses are in hexadecimal as they lie
 * in memory (proc(5)). */
static gboolean
default_route (const char *line, const char *interface, NetIpv4 *gateway)
{
  g_auto (GStrv) words = g_strsplit_set (line, "\t ", -1);
  guint64 destination, next_hop, mask;

  if (g_strv_length (words) < 8 || strcmp (words[0], interface) != 0
      || !g_ascii_string_to_unsigned (words[1], 16, 0, G_MAXUINT32, &destination, NULL)
      || !g_ascii_string_to_unsigned (words[2], 16, 0, G_MAXUINT32, &next_hop, NULL)
      || !g_ascii_string_to_unsigned (words[7], 16, 0, G_MAXUINT32, &mask, NULL))
    return FALSE;
  *gateway = ntohl ((guint32) next_hop);
  return destination == 0 && mask == 0 && next_hop != 0;
}

NetIpv4
vtepd_underlay_gateway (const char *interface)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  NetIpv4 gateway;

  if (!g_file_get_contents (ROUTES, &text, NULL, NULL))
    return 0;
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i]; i++)
    if (default_route (lines[i], interface, &gateway))
      return gateway;
  return 0;
}
