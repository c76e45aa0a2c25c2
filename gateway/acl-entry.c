/* One function a group of columns; each says whether what is there makes sense. */
#include "gateway/acl-entry.h"

#define SCTP          132
#define TCP_FLAGS_ALL 0x0fff

/* An optional integer.  FALSE: out of range. */
static gboolean
read_integer (const OvsdbRow *row, const char *column, gint64 max, guint field, VtepAclEntry *out,
              gint64 *value)
{
  if (ovsdb_row_get (row, column)->n == 0)
    return TRUE;
  *value = ovsdb_row_integer (row, column, 0);
  out->fields |= field;
  return *value >= 0 && *value <= max;
}

static gboolean
read_mac (const OvsdbRow *row, const char *column, guint field, VtepAclEntry *out, NetMac *mac)
{
  const char *text = ovsdb_row_text (row, column);

  if (!text)
    return TRUE;
  out->fields |= field;
  return net_mac_from_text (text, mac);
}

/* "0x0806". */
static gboolean
read_ethertype (const OvsdbRow *row, VtepAclEntry *out)
{
  const char *text = ovsdb_row_text (row, "ethertype");
  guint64 value;

  if (!text)
    return TRUE;
  if ((text[0] != '0' || (text[1] != 'x' && text[1] != 'X'))
      || !g_ascii_string_to_unsigned (text + 2, 16, 0, 0xffff, &value, NULL))
    return FALSE;
  out->fields |= VTEP_ACL_ETHERTYPE;
  out->ethertype = (guint16) value;
  return TRUE;
}

/* Returns the number of bytes; 0: no address. */
static guint
read_ip (const char *text, guint8 bytes[16])
{
  NetIpv4 ipv4;
  NetIpv6 ipv6;

  if (net_ipv4_from_text (text, &ipv4))
    {
      for (guint i = 0; i < 4; i++)
        bytes[i] = (guint8) (ipv4 >> (24 - 8 * i));
      return 4;
    }
  if (!net_ipv6_from_text (text, &ipv6))
    return 0;
  memcpy (bytes, &ipv6, 16);
  return 16;
}

static gboolean
read_address (const OvsdbRow *row, const char *column, const char *mask_column, guint field,
              VtepAclEntry *out, VtepAclAddress *address)
{
  const char *text = ovsdb_row_text (row, column), *mask = ovsdb_row_text (row, mask_column);

  if (!text)
    return !mask;
  out->fields |= field;
  address->length = read_ip (text, address->address);
  if (address->length == 0)
    return FALSE;
  if (mask)
    return read_ip (mask, address->mask) == address->length;
  memset (address->mask, 0xff, address->length);
  return TRUE;
}

static gboolean
read_ports (const OvsdbRow *row, const char *min_column, const char *max_column, guint field,
            VtepAclEntry *out, VtepAclPorts *ports)
{
  gint64 min = 0, max = G_MAXUINT16;

  if (!read_integer (row, min_column, G_MAXUINT16, field, out, &min)
      || !read_integer (row, max_column, G_MAXUINT16, field, out, &max))
    return FALSE;
  *ports = (VtepAclPorts){ .min = (guint16) min, .max = (guint16) max };
  return min <= max;
}

static gboolean
read_numbers (const OvsdbRow *row, VtepAclEntry *out)
{
  gint64 protocol = 0, flags = 0, mask = TCP_FLAGS_ALL, type = 0, code = 0;
  guint given = 0;

  if (!read_integer (row, "protocol", G_MAXUINT8, VTEP_ACL_PROTOCOL, out, &protocol)
      || !read_integer (row, "tcp_flags", TCP_FLAGS_ALL, VTEP_ACL_TCP_FLAGS, out, &flags)
      || !read_integer (row, "icmp_type", G_MAXUINT8, VTEP_ACL_ICMP_TYPE, out, &type)
      || !read_integer (row, "icmp_code", G_MAXUINT8, VTEP_ACL_ICMP_CODE, out, &code))
    return FALSE;
  given = out->fields;
  if (!read_integer (row, "tcp_flags_mask", TCP_FLAGS_ALL, VTEP_ACL_TCP_FLAGS, out, &mask))
    return FALSE;
  out->protocol = (guint8) protocol;
  out->tcp_flags = (guint16) flags;
  out->tcp_flags_mask = (guint16) mask;
  out->icmp_type = (guint8) type;
  out->icmp_code = (guint8) code;
  return given == out->fields; /* no mask without flags */
}

/* Whether a frame could have all the fields. */
static gboolean
is_possible (const VtepAclEntry *entry)
{
  guint fields = entry->fields;
  gboolean ipv4 = ((fields & VTEP_ACL_SOURCE_IP) && entry->source_ip.length == 4)
                  || ((fields & VTEP_ACL_DESTINATION_IP) && entry->destination_ip.length == 4),
           ipv6 = ((fields & VTEP_ACL_SOURCE_IP) && entry->source_ip.length == 16)
                  || ((fields & VTEP_ACL_DESTINATION_IP) && entry->destination_ip.length == 16),
           ports = fields & (VTEP_ACL_SOURCE_PORT | VTEP_ACL_DESTINATION_PORT),
           tcp = fields & VTEP_ACL_TCP_FLAGS, icmp = fields & (VTEP_ACL_ICMP_TYPE | VTEP_ACL_ICMP_CODE);
  guint protocol = entry->protocol;

  if ((ipv4 && ipv6) || (icmp && (ports || tcp)))
    return FALSE;
  if ((fields & VTEP_ACL_ETHERTYPE)
      && ((ipv4 && entry->ethertype != NET_ETHERTYPE_IPV4)
          || (ipv6 && entry->ethertype != NET_ETHERTYPE_IPV6)))
    return FALSE;
  if (!(fields & VTEP_ACL_PROTOCOL))
    return TRUE;
  return (!ports || protocol == NET_IP_TCP || protocol == NET_IP_UDP || protocol == SCTP)
         && (!tcp || protocol == NET_IP_TCP)
         && (!icmp || protocol == NET_IP_ICMP || protocol == NET_IP_ICMPV6);
}

gboolean
vtep_acl_entry_read (const OvsdbRow *row, VtepAclEntry *out)
{
  *out = (VtepAclEntry){ .sequence = ovsdb_row_integer (row, "sequence", 0) };
  out->deny = g_strcmp0 (ovsdb_row_text (row, "action"), "deny") == 0;
  out->direction
      = g_strcmp0 (ovsdb_row_text (row, "direction"), "egress") == 0 ? VTEP_ACL_EGRESS : VTEP_ACL_INGRESS;
  return read_mac (row, "source_mac", VTEP_ACL_SOURCE_MAC, out, &out->source_mac)
         && read_mac (row, "dest_mac", VTEP_ACL_DESTINATION_MAC, out, &out->destination_mac)
         && read_ethertype (row, out)
         && read_address (row, "source_ip", "source_mask", VTEP_ACL_SOURCE_IP, out, &out->source_ip)
         && read_address (row, "dest_ip", "dest_mask", VTEP_ACL_DESTINATION_IP, out, &out->destination_ip)
         && read_ports (row, "source_port_min", "source_port_max", VTEP_ACL_SOURCE_PORT, out,
                        &out->source_ports)
         && read_ports (row, "dest_port_min", "dest_port_max", VTEP_ACL_DESTINATION_PORT, out,
                        &out->destination_ports)
         && read_numbers (row, out) && is_possible (out);
}
