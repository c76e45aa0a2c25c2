/* Values, subfields and ports as ovs-ofctl prints them. */
#include "openflow/text-print.h"

void
openflow_print_hex (OpenflowValue value, GString *out)
{
  if (value.high)
    g_string_append_printf (out, "0x%" G_GINT64_MODIFIER "x%016" G_GINT64_MODIFIER "x", value.high,
                            value.low);
  else if (value.low)
    g_string_append_printf (out, "0x%" G_GINT64_MODIFIER "x", value.low);
  else
    g_string_append_c (out, '0');
}

static const struct
{
  const char *name;
  guint32 port;
} port_names[] = {
  { "IN_PORT", OPENFLOW_PORT_IN_PORT }, { "TABLE", OPENFLOW_PORT_TABLE },
  { "NORMAL", OPENFLOW_PORT_NORMAL },   { "FLOOD", OPENFLOW_PORT_FLOOD },
  { "ALL", OPENFLOW_PORT_ALL },         { "CONTROLLER", OPENFLOW_PORT_CONTROLLER },
  { "LOCAL", OPENFLOW_PORT_LOCAL },     { "ANY", OPENFLOW_PORT_ANY },
};

void
openflow_print_port (guint32 port, GString *out)
{
  for (guint i = 0; i < G_N_ELEMENTS (port_names); i++)
    if (port_names[i].port == port)
      {
        g_string_append (out, port_names[i].name);
        return;
      }
  g_string_append_printf (out, "%u", port);
}

gboolean
openflow_port_from_name (const char *name, guint32 *port)
{
  for (guint i = 0; i < G_N_ELEMENTS (port_names); i++)
    if (g_ascii_strcasecmp (port_names[i].name, name) == 0)
      {
        *port = port_names[i].port;
        return TRUE;
      }
  return FALSE;
}

static void
print_ipv6 (OpenflowValue value, GString *out)
{
  NetIpv6 address;
  char text[NET_IPV6_TEXT];

  net_put_be64 (address.octet, value.high);
  net_put_be64 (address.octet + 8, value.low);
  g_string_append (out, net_ipv6_format (&address, text));
}

void
openflow_print_value (OpenflowFieldId field, OpenflowValue value, GString *out)
{
  char text[NET_MAC_TEXT];
  NetMac mac;

  switch (openflow_field (field)->show)
    {
    case OPENFLOW_SHOW_DECIMAL:
    case OPENFLOW_SHOW_FRAGMENT:
      g_string_append_printf (out, "%" G_GUINT64_FORMAT, value.low);
      break;
    case OPENFLOW_SHOW_HEX:
      if (field == OPENFLOW_FIELD_VLAN_VID)
        g_string_append_printf (out, "%" G_GUINT64_FORMAT, value.low);
      else
        openflow_print_hex (value, out);
      break;
    case OPENFLOW_SHOW_MAC:
      mac = net_mac_from_u64 (value.low);
      g_string_append (out, net_mac_format (&mac, text));
      break;
    case OPENFLOW_SHOW_IPV4:
      g_string_append (out, net_ipv4_format ((NetIpv4) value.low, text));
      break;
    case OPENFLOW_SHOW_IPV6:
      print_ipv6 (value, out);
      break;
    case OPENFLOW_SHOW_PORT:
      openflow_print_port ((guint32) value.low, out);
      break;
    }
}

void
openflow_print_subfield (OpenflowSubfield subfield, GString *out)
{
  const OpenflowField *field = openflow_field (subfield.field);

  g_string_append (out, field->nxm_name ? field->nxm_name : field->oxm_name);
  if (subfield.first == 0 && subfield.n_bits == field->bits)
    g_string_append (out, "[]");
  else if (subfield.n_bits == 1)
    g_string_append_printf (out, "[%u]", subfield.first);
  else
    g_string_append_printf (out, "[%u..%u]", subfield.first, subfield.first + subfield.n_bits - 1u);
}

const char *
openflow_field_set_name (OpenflowFieldId field)
{
  switch (field)
    {
    case OPENFLOW_FIELD_ETH_SRC:
      return "eth_src";
    case OPENFLOW_FIELD_ETH_DST:
      return "eth_dst";
    case OPENFLOW_FIELD_ETH_TYPE:
      return "eth_type";
    case OPENFLOW_FIELD_VLAN_PCP:
      return "vlan_pcp";
    case OPENFLOW_FIELD_IPV4_SRC:
      return "ip_src";
    case OPENFLOW_FIELD_IPV4_DST:
      return "ip_dst";
    case OPENFLOW_FIELD_IN_PORT:
      return "in_port_oxm";
    case OPENFLOW_FIELD_IN_PORT_16:
      return "in_port";
    default:
      return openflow_field (field)->name;
    }
}
