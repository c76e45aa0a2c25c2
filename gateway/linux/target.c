/* Targets, read and written. */
#include "gateway/linux/target.h"
#include "gateway/linux/world.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/un.h>

/* ---- pieces ------------------------------------------------------------------------------------------------------ */

static gboolean
read_port (const char *text, guint16 *port)
{
  guint value = 0;
  const char *at = text;

  for (; g_ascii_isdigit (*at) && value <= G_MAXUINT16; at++)
    value = value * 10 + (guint) (*at - '0');
  *port = (guint16) value;
  return at != text && !*at && value <= G_MAXUINT16;
}

/* "[IPV6]" or "[IPV6%INTERFACE]", brackets included. */
static gboolean
read_ipv6 (const char *text, guint16 port, LinuxAddress *address)
{
  struct sockaddr_in6 *in6 = (struct sockaddr_in6 *) &address->address;
  gsize length = strlen (text);
  g_autofree char *inner = length > 2 && text[length - 1] == ']' ? g_strndup (text + 1, length - 2) : NULL;
  char *zone = inner ? strchr (inner, '%') : NULL;

  if (!inner)
    return FALSE;
  if (zone)
    *zone++ = '\0';
  in6->sin6_family = AF_INET6;
  in6->sin6_port = htons (port);
  in6->sin6_scope_id = zone ? if_nametoindex (zone) : 0;
  address->length = sizeof *in6;
  return inet_pton (AF_INET6, inner, &in6->sin6_addr) == 1 && (!zone || in6->sin6_scope_id);
}

static gboolean
read_ip (const char *text, guint16 port, LinuxAddress *address)
{
  struct sockaddr_in *in = (struct sockaddr_in *) &address->address;

  *address = (LinuxAddress){ .length = sizeof *in };
  if (*text == '[')
    return read_ipv6 (text, port, address);
  in->sin_family = AF_INET;
  in->sin_port = htons (port);
  return inet_pton (AF_INET, text, &in->sin_addr) == 1;
}

static gboolean
read_path (const char *target, const char *path, LinuxAddress *address, GError **error)
{
  struct sockaddr_un *un = (struct sockaddr_un *) &address->address;

  *address = (LinuxAddress){ .length = sizeof *un };
  un->sun_family = AF_UNIX;
  if (!*path)
    g_set_error (error, LINUX_WORLD_ERROR, LINUX_WORLD_ERROR_TARGET, "'%s' has no path", target);
  else if (strlen (path) >= sizeof un->sun_path)
    g_set_error (error, LINUX_WORLD_ERROR, LINUX_WORLD_ERROR_TARGET,
                 "'%s': a socket's path has at most %zu bytes, this one has %zu", target,
                 sizeof un->sun_path - 1, strlen (path));
  else
    {
      memcpy (un->sun_path, path, strlen (path) + 1);
      return TRUE;
    }
  return FALSE;
}

static gboolean
refuse (const char *target, const char *forms, GError **error)
{
  g_set_error (error, LINUX_WORLD_ERROR, LINUX_WORLD_ERROR_TARGET, "'%s' is not understood; there is %s",
               target, forms);
  return FALSE;
}

/* What follows a prefix; NULL: the target has another. */
static const char *
behind (const char *target, const char *prefix)
{
  return g_str_has_prefix (target, prefix) ? target + strlen (prefix) : NULL;
}

/* ---- targets ----------------------------------------------------------------------------------------------------- */

static gboolean
read_ip_and_port (const char *from, LinuxAddress *address)
{
  const char *colon = strrchr (from, ':');
  g_autofree char *ip = colon && colon > from ? g_strndup (from, (gsize) (colon - from)) : NULL;
  guint16 port;

  return ip && read_port (colon + 1, &port) && port && read_ip (ip, port, address);
}

gboolean
linux_target_to_dial (const char *target, LinuxAddress *address, GError **error)
{
  const char *path = behind (target, "unix:"), *plain = behind (target, "tcp:"),
             *secret = behind (target, "ssl:");

  if (path)
    return read_path (target, path, address, error);
  if ((plain || secret) && read_ip_and_port (plain ? plain : secret, address))
    {
      address->tls = secret != NULL;
      return TRUE;
    }
  return refuse (target, "tcp:IP:PORT, tcp:[IPV6]:PORT, ssl: like tcp:, and unix:PATH", error);
}

static gboolean
read_port_and_ip (const char *from, LinuxAddress *address)
{
  const char *colon = strchr (from, ':');
  g_autofree char *digits = colon ? g_strndup (from, (gsize) (colon - from)) : g_strdup (from);
  guint16 port;

  return read_port (digits, &port) && read_ip (colon ? colon + 1 : "0.0.0.0", port, address);
}

gboolean
linux_target_to_listen (const char *target, LinuxAddress *address, GError **error)
{
  const char *path = behind (target, "punix:"), *plain = behind (target, "ptcp:"),
             *secret = behind (target, "pssl:");

  if (path)
    return read_path (target, path, address, error);
  if ((plain || secret) && read_port_and_ip (plain ? plain : secret, address))
    {
      address->tls = secret != NULL;
      return TRUE;
    }
  return refuse (target, "ptcp:PORT[:IP], ptcp:PORT:[IPV6], pssl: like ptcp:, and punix:PATH", error);
}

/* ---- as text ----------------------------------------------------------------------------------------------------- */

const char *
linux_address_path (const LinuxAddress *address)
{
  const struct sockaddr_un *un = (const struct sockaddr_un *) &address->address;

  return linux_address_is_path (address) && address->length > offsetof (struct sockaddr_un, sun_path)
                 && un->sun_path[0]
             ? un->sun_path
             : NULL;
}

guint16
linux_address_port (const LinuxAddress *address)
{
  const struct sockaddr_in *in = (const struct sockaddr_in *) &address->address;
  const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *) &address->address;

  if (linux_address_is_path (address))
    return 0;
  return ntohs (address->address.ss_family == AF_INET ? in->sin_port : in6->sin6_port);
}

static char *
ip_as_text (const LinuxAddress *address)
{
  const struct sockaddr_in *in = (const struct sockaddr_in *) &address->address;
  const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *) &address->address;
  char text[INET6_ADDRSTRLEN] = "?", zone[IF_NAMESIZE];

  if (in->sin_family == AF_INET)
    return g_strdup (inet_ntop (AF_INET, &in->sin_addr, text, sizeof text));
  inet_ntop (AF_INET6, &in6->sin6_addr, text, sizeof text);
  if (in6->sin6_scope_id && if_indextoname (in6->sin6_scope_id, zone))
    return g_strdup_printf ("[%s%%%s]", text, zone);
  return g_strdup_printf ("[%s]", text);
}

char *
linux_address_as_peer (const LinuxAddress *address)
{
  const char *path = linux_address_path (address);
  g_autofree char *ip = NULL;

  if (linux_address_is_path (address))
    return g_strdup_printf ("unix:%s", path ? path : "");
  ip = ip_as_text (address);
  return g_strdup_printf ("%s:%s:%u", address->tls ? "ssl" : "tcp", ip, linux_address_port (address));
}

char *
linux_address_as_listener (const LinuxAddress *address)
{
  g_autofree char *ip = NULL;

  if (linux_address_is_path (address))
    return g_strdup_printf ("punix:%s", linux_address_path (address));
  ip = ip_as_text (address);
  return g_strdup_printf ("%s:%u:%s", address->tls ? "pssl" : "ptcp", linux_address_port (address), ip);
}
