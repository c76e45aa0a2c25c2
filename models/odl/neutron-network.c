/* Networks and subnets, with the multi-provider form in which networking-odl sends them: either the three top-level
 * provider keys or `segments`, never both; an absent top-level type becomes flat. */
#include "models/odl/neutron.h"

#define VXLAN_ID_MAX 0xffffffu
#define VLAN_ID_MAX  4094u

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OdlNetwork, odl_network_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OdlSubnet, odl_subnet_free)

static OdlNetworkType
type_from_text (const char *text)
{
  static const struct
  {
    const char *text;
    OdlNetworkType type;
  } types[] = { { "flat", ODL_NETWORK_FLAT },
                { "vlan", ODL_NETWORK_VLAN },
                { "vxlan", ODL_NETWORK_VXLAN },
                { "gre", ODL_NETWORK_GRE } };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_str_equal (types[i].text, text))
      return types[i].type;
  return ODL_NETWORK_OTHER;
}

/* Type and id of the top level or of a segment; the id may be absent or null. */
static gboolean
read_provider (const json_t *body, const char *what, OdlNetworkType *type, gboolean *has_id, guint32 *id,
               GError **error)
{
  const char *text = "flat";
  guint64 number = G_MAXUINT64, max = G_MAXUINT32;

  if (!odl_read_text (body, what, "provider:network_type", ODL_OPTIONAL, &text, error))
    return FALSE;
  *type = type_from_text (text);
  if (*type == ODL_NETWORK_VXLAN)
    max = VXLAN_ID_MAX;
  else if (*type == ODL_NETWORK_VLAN)
    max = VLAN_ID_MAX;
  if (!odl_read_number (body, what, "provider:segmentation_id", ODL_OPTIONAL, 0, max, &number, error))
    return FALSE;
  *has_id = number != G_MAXUINT64;
  *id = *has_id ? (guint32) number : 0;
  return TRUE;
}

static gboolean
read_segments (OdlNetwork *network, const json_t *body, GError **error)
{
  const json_t *list;

  if (!odl_read_array (body, "network", "segments", ODL_OPTIONAL, &list, error))
    return FALSE;
  for (gsize i = 0; i < json_array_size (list); i++)
    {
      const json_t *item = json_array_get (list, i);
      OdlSegment segment = { .index = (guint) i + 1 };
      g_autofree char *what = g_strdup_printf ("network: segment %u", segment.index);

      if (!json_is_object (item))
        {
          g_set_error (error, ODL_ERROR, ODL_ERROR_BAD_REQUEST, "%s must be an object", what);
          return FALSE;
        }
      if (!read_provider (item, what, &segment.type, &segment.has_id, &segment.id, error))
        return FALSE;
      g_array_append_val (network->segments, segment);
    }
  return TRUE;
}

OdlObject *
odl_network_parse (const OdlNeutron *neutron, const json_t *body, GError **error)
{
  g_autoptr (OdlNetwork) network = g_new0 (OdlNetwork, 1);
  const char *physnet = NULL;

  (void) neutron;
  network->segments = g_array_new (FALSE, FALSE, sizeof (OdlSegment));
  if (!odl_object_read (&network->object, "network", body, error)
      || !read_provider (body, "network", &network->type, &network->has_id, &network->segmentation_id, error)
      || !odl_read_text (body, "network", "provider:physical_network", ODL_OPTIONAL, &physnet, error)
      || !read_segments (network, body, error))
    return NULL;
  network->physnet = g_strdup (physnet);
  return (OdlObject *) g_steal_pointer (&network);
}

void
odl_network_free (gpointer data)
{
  OdlNetwork *network = data;

  if (!network)
    return;
  g_array_unref (network->segments);
  g_free (network->physnet);
  odl_object_clear (&network->object);
  g_free (network);
}

static gboolean
take_vni (OdlNetworkType type, gboolean has_id, guint32 id, guint32 *vni)
{
  if (type != ODL_NETWORK_VXLAN || !has_id)
    return FALSE;
  *vni = id;
  return TRUE;
}

gboolean
odl_network_vni (const OdlNetwork *network, guint32 *vni)
{
  if (take_vni (network->type, network->has_id, network->segmentation_id, vni))
    return TRUE;
  for (guint i = network->segments->len; i > 0; i--)
    {
      const OdlSegment *segment = &g_array_index (network->segments, OdlSegment, i - 1);

      if (take_vni (segment->type, segment->has_id, segment->id, vni))
        return TRUE;
    }
  return FALSE;
}

gboolean
odl_network_first_vni (const OdlNetwork *network, guint32 *vni)
{
  if (take_vni (network->type, network->has_id, network->segmentation_id, vni))
    return TRUE;
  for (guint i = 0; i < network->segments->len; i++)
    {
      const OdlSegment *segment = &g_array_index (network->segments, OdlSegment, i);

      if (take_vni (segment->type, segment->has_id, segment->id, vni))
        return TRUE;
    }
  return FALSE;
}

gboolean
odl_network_is_provider (const OdlNetwork *network, guint16 *vlan)
{
  *vlan = network->type == ODL_NETWORK_VLAN ? (guint16) network->segmentation_id : 0;
  return network->physnet && (network->type == ODL_NETWORK_FLAT || *vlan);
}

/* IPv6 subnets are held, but nothing is done with their addresses. */
static gboolean
read_addresses (OdlSubnet *subnet, const json_t *body, GError **error)
{
  const char *cidr = NULL, *gateway = NULL;
  guint64 version = 4;

  if (!odl_read_number (body, "subnet", "ip_version", ODL_OPTIONAL, 4, 6, &version, error)
      || !odl_read_text (body, "subnet", "cidr", ODL_REQUIRED, &cidr, error)
      || !odl_read_text (body, "subnet", "gateway_ip", ODL_OPTIONAL, &gateway, error))
    return FALSE;
  if (version != 4)
    return TRUE;
  if (!net_ipv4_prefix_from_text (cidr, &subnet->prefix, &subnet->prefix_length))
    {
      g_set_error (error, ODL_ERROR, ODL_ERROR_BAD_REQUEST,
                   "subnet: 'cidr' must be like 10.0.0.0/24, not '%s'", cidr);
      return FALSE;
    }
  if (gateway && !net_ipv4_from_text (gateway, &subnet->gateway))
    {
      g_set_error (error, ODL_ERROR, ODL_ERROR_BAD_REQUEST, "subnet: 'gateway_ip' is no IPv4 address: '%s'",
                   gateway);
      return FALSE;
    }
  return TRUE;
}

OdlObject *
odl_subnet_parse (const OdlNeutron *neutron, const json_t *body, GError **error)
{
  g_autoptr (OdlSubnet) subnet = g_new0 (OdlSubnet, 1);
  const char *network_id = NULL;

  subnet->enable_dhcp = TRUE;
  if (!odl_object_read (&subnet->object, "subnet", body, error)
      || !odl_read_text (body, "subnet", "network_id", ODL_REQUIRED, &network_id, error)
      || !odl_read_boolean (body, "subnet", "enable_dhcp", &subnet->enable_dhcp, error)
      || !read_addresses (subnet, body, error)
      || !odl_neutron_needs_network (neutron, "subnet", network_id, error))
    return NULL;
  subnet->network_id = g_strdup (network_id);
  return (OdlObject *) g_steal_pointer (&subnet);
}

void
odl_subnet_free (gpointer data)
{
  OdlSubnet *subnet = data;

  if (!subnet)
    return;
  g_free (subnet->network_id);
  odl_object_clear (&subnet->object);
  g_free (subnet);
}
