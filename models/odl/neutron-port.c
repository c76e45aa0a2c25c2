/* Ports: which network, which addresses, and whether Nova plugs them into Open vSwitch or passes a VF through. */
#include "models/odl/neutron.h"

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
  if (!odl_object_read (&port->object, "port", body, error)
      || !odl_read_text (body, "port", "network_id", ODL_REQUIRED, &network_id, error)
      || !odl_read_text (body, "port", "device_owner", ODL_OPTIONAL, &owner, error)
      || !odl_read_text (body, "port", "binding:vnic_type", ODL_OPTIONAL, &vnic_type, error)
      || !odl_read_text (body, "port", "binding:host_id", ODL_OPTIONAL, &host, error)
      || !read_mac (port, body, error) || !read_fixed_ips (port, body, error)
      || !read_profile (port, body, error) || !odl_neutron_needs_network (neutron, "port", network_id, error))
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
  g_free (port->network_id);
  g_free (port->device_owner);
  g_free (port->host);
  g_free (port->physnet);
  odl_object_clear (&port->object);
  g_free (port);
}
