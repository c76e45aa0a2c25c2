/* The texts that name what to dial and where to listen. */
#include "sim/host-inside.h"

static gboolean
take_port (const char **text, guint16 *port)
{
  guint value = 0;
  const char *at = *text;

  for (; g_ascii_isdigit (*at) && value <= G_MAXUINT16; at++)
    value = value * 10 + (guint) (*at - '0');
  if (at == *text || value == 0 || value > G_MAXUINT16)
    return FALSE;
  *text = at;
  *port = (guint16) value;
  return TRUE;
}

gboolean
sim_host_read_target (const char *target, NetIpv4 *ip, guint16 *port, GError **error)
{
  const char *colon = strrchr (target, ':');

  if (g_str_has_prefix (target, "tcp:") && colon > target + 4)
    {
      g_autofree char *address = g_strndup (target + 4, (gsize) (colon - target - 4));
      const char *digits = colon + 1;
      if (net_ipv4_from_text (address, ip) && take_port (&digits, port) && !*digits)
        return TRUE;
    }
  g_set_error (error, SIM_HOST_ERROR, SIM_HOST_ERROR_TARGET,
               "cannot dial '%s': a lab's host knows \"tcp:IP:PORT\"", target);
  return FALSE;
}

gboolean
sim_host_read_listen_target (const SimHost *host, const char *target, guint16 *port, GError **error)
{
  static const char kind[] = "ptcp:";
  const char *at = g_str_has_prefix (target, kind) ? target + strlen (kind) : NULL;
  NetIpv4 ip = 0;

  if (!at || !take_port (&at, port) || (*at && (*at != ':' || !net_ipv4_from_text (at + 1, &ip))))
    {
      g_set_error (error, SIM_HOST_ERROR, SIM_HOST_ERROR_TARGET,
                   "cannot listen on '%s': a lab's host knows \"ptcp:PORT[:IP]\"", target);
      return FALSE;
    }
  if (ip != 0 && ip != host->config.ip)
    {
      char text[NET_IPV4_TEXT];
      g_set_error (error, SIM_HOST_ERROR, SIM_HOST_ERROR_TARGET,
                   "cannot listen on '%s': this host's address is %s", target,
                   net_ipv4_format (host->config.ip, text));
      return FALSE;
    }
  return TRUE;
}
