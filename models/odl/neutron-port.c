/* Ports: which network, which addresses, and whether Nova plugs them into Open vSwitch or passes a VF through. */
#include "models/odl/neutron.h"

#include <string.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OdlPort, odl_port_free)

static gboolean
read_mac (OdlPort *port, const json_t *body, GError **error)
{
  const char *text = NULL;

  if (!odl_read_text (body, "port", "mac_address", ODL_REQUIRED, &text, error))
    return FALSE;
  if (net_mac_from_text (text, &port->mac) && !net_mac_is_group (&port->mac))
    return TRUE;
  g_set_error (error, ODL_ERROR, ODL_ERROR_BAD_REQUEST, "port: 'mac_address' is no station's address: '%s'",
               text);
  return FALSE;
}

static gboolean
read_fixed_ips (OdlPort *port, const json_t *body, GError **error)
{
  const json_t *list;

  if (!odl_read_array (body, "port", "fixed_ips", ODL_OPTIONAL, &list, error))
    return FALSE;
  for (gsize i = 0; i < json_array_size (list); i++)
    {
      const char *text = NULL;
      NetIpv4 ip;
      NetIpv6 ip6;

      if (!odl_read_text (json_array_get (list, i), "port: fixed_ips", "ip_address", ODL_REQUIRED, &text,
                          error))
        return FALSE;
      if (net_ipv4_from_text (text, &ip))
        g_array_append_val (port->addresses, ip);
      else if (!net_ipv6_from_text (text, &ip6))
        {
          g_set_error (error, ODL_ERROR, ODL_ERROR_BAD_REQUEST, "port: fixed_ips: '%s' is no IP address",
                       text);
          return FALSE;
        }
    }
  return TRUE;
}

/* Pairs of IPv6 are left out. */
static gboolean
read_pair (OdlPort *port, const json_t *item, GError **error)
{
  const char *ip = NULL, *mac = NULL;
  OdlAddressPair pair = { .prefix_length = 32 };

  if (!odl_read_text (item, "port: allowed_address_pairs", "ip_address", ODL_REQUIRED, &ip, error)
      || !odl_read_text (item, "port: allowed_address_pairs", "mac_address", ODL_OPTIONAL, &mac, error))
    return FALSE;
  if (mac && !net_mac_from_text (mac, &pair.mac))
    {
      g_set_error (error, ODL_ERROR, ODL_ERROR_BAD_REQUEST,
                   "port: allowed_address_pairs: '%s' is no MAC address", mac);
      return FALSE;
    }
  pair.has_mac = mac != NULL;
  if (strchr (ip, ':'))
    return TRUE;
  if (!net_ipv4_from_text (ip, &pair.ip) && !net_ipv4_prefix_from_text (ip, &pair.ip, &pair.prefix_length))
    {
      g_set_error (error, ODL_ERROR, ODL_ERROR_BAD_REQUEST,
                   "port: allowed_address_pairs: '%s' is no IP address or prefix", ip);
      return FALSE;
    }
  pair.ip &= net_ipv4_mask (pair.prefix_length);
  g_array_append_val (port->allowed, pair);
  return TRUE;
}

static gboolean
read_pairs (OdlPort *port, const json_t *body, GError **error)
{
  const json_t *list;

  if (!odl_read_array (body, "port", "allowed_address_pairs", ODL_OPTIONAL, &list, error))
    return FALSE;
  for (gsize i = 0; i < json_array_size (list); i++)
    if (!read_pair (port, json_array_get (list, i), error))
      return FALSE;
  return TRUE;
}

static gboolean
read_groups (OdlPort *port, const json_t *body, GError **error)
{
  const json_t *list;

  if (!odl_read_array (body, "port", "security_groups", ODL_OPTIONAL, &list, error))
    return FALSE;
  for (gsize i = 0; i < json_array_size (list); i++)
    {
      const char *id = json_string_value (json_array_get (list, i));

      if (!id)
        {
          g_set_error (error, ODL_ERROR, ODL_ERROR_BAD_REQUEST,
                       "port: 'security_groups' must be a list of ids");
          return FALSE;
        }
      g_ptr_array_add (port->groups, g_strdup (id));
    }
  return TRUE;
}

static gboolean
read_security (OdlPort *port, const json_t *body, GError **error)
{
  return odl_read_boolean (body, "port", "port_security_enabled", &port->port_security, error)
         && read_pairs (port, body, error) && read_groups (port, body, error);
}

/* binding:profile travels as a text that holds JSON (networking-odl); an object is accepted too.  A new reference; NULL
 * with an error; an absent one is an empty object. */
static json_t *
load_profile (const json_t *body, GError **error)
{
  json_t *profile = json_object_get (body, "binding:profile"), *inner;

  if (json_is_object (profile))
    return json_incref (profile);
  if (!profile || json_is_null (profile) || (json_is_string (profile) && json_string_length (profile) == 0))
    return json_object ();
  inner = json_is_string (profile) ? json_loads (json_string_value (profile), 0, NULL) : NULL;
  if (json_is_object (inner))
    return inner;
  json_decref (inner);
  g_set_error (error, ODL_ERROR, ODL_ERROR_BAD_REQUEST,
               "port: 'binding:profile' must be a text that holds a JSON object");
  return NULL;
}

static gboolean
read_profile (OdlPort *port, const json_t *body, GError **error)
{
  json_t *profile = load_profile (body, error);
  const char *physnet = NULL;
  gboolean good = profile
                  && odl_read_text (profile, "port: binding:profile", "physical_network", ODL_OPTIONAL,
                                    &physnet, error);

  port->physnet = good ? g_strdup (physnet) : NULL;
  json_decref (profile);
  return good;
}

static gboolean
vnic_bypasses_ovs (const char *vnic_type)
{
  return g_str_equal (vnic_type, "direct") || g_str_equal (vnic_type, "macvtap")
         || g_str_equal (vnic_type, "direct-physical");
}

OdlObject *
odl_port_parse (const OdlNeutron *neutron, const json_t *body, GError **error)
{
  g_autoptr (OdlPort) port = g_new0 (OdlPort, 1);
  const char *network_id = NULL, *owner = "", *vnic_type = "normal", *host = NULL;

  port->addresses = g_array_new (FALSE, FALSE, sizeof (NetIpv4));
  port->allowed = g_array_new (FALSE, FALSE, sizeof (OdlAddressPair));
  port->groups = g_ptr_array_new_with_free_func (g_free);
  if (!odl_object_read (&port->object, "port", body, error)
      || !odl_read_text (body, "port", "network_id", ODL_REQUIRED, &network_id, error)
      || !odl_read_text (body, "port", "device_owner", ODL_OPTIONAL, &owner, error)
      || !odl_read_text (body, "port", "binding:vnic_type", ODL_OPTIONAL, &vnic_type, error)
      || !odl_read_text (body, "port", "binding:host_id", ODL_OPTIONAL, &host, error)
      || !read_mac (port, body, error) || !read_fixed_ips (port, body, error)
      || !read_profile (port, body, error) || !read_security (port, body, error)
      || !odl_neutron_needs_network (neutron, "port", network_id, error))
    return NULL;
  port->network_id = g_strdup (network_id);
  port->device_owner = g_strdup (owner);
  port->host = g_strdup (host);
  port->behind_tor = vnic_bypasses_ovs (vnic_type);
  return (OdlObject *) g_steal_pointer (&port);
}

void
odl_port_free (gpointer data)
{
  OdlPort *port = data;

  if (!port)
    return;
  g_array_unref (port->addresses);
  g_array_unref (port->allowed);
  g_ptr_array_unref (port->groups);
  g_free (port->network_id);
  g_free (port->device_owner);
  g_free (port->host);
  g_free (port->physnet);
  odl_object_clear (&port->object);
  g_free (port);
}
