/* A sorted array, asked from its beginning. */
#include "gateway/acl.h"

struct _VtepAcl
{
  char *name;
  GArray *entries; /* of VtepAclEntry, in the order in which they are asked */
};

VtepAcl *
vtep_acl_new (const char *name)
{
  VtepAcl *acl = g_new0 (VtepAcl, 1);

  acl->name = g_strdup (name);
  acl->entries = g_array_new (FALSE, FALSE, sizeof (VtepAclEntry));
  return acl;
}

void
vtep_acl_free (VtepAcl *acl)
{
  if (!acl)
    return;
  g_array_unref (acl->entries);
  g_free (acl->name);
  g_free (acl);
}

const char *
vtep_acl_name (const VtepAcl *acl)
{
  return acl->name;
}

void
vtep_acl_rename (VtepAcl *acl, const char *name)
{
  g_free (acl->name);
  acl->name = g_strdup (name);
}

static gint
compare_entries (gconstpointer a, gconstpointer b)
{
  const VtepAclEntry *x = a, *y = b;

  if (x->sequence != y->sequence)
    return x->sequence < y->sequence ? -1 : 1;
  return y->deny - x->deny;
}

void
vtep_acl_set (VtepAcl *acl, const VtepAclEntry *entries, guint n)
{
  g_array_set_size (acl->entries, 0);
  if (n > 0)
    g_array_append_vals (acl->entries, entries, n);
  g_array_sort (acl->entries, compare_entries);
}

/* ---- matching -------------------------------------------------------------------------------------------------- */

static gboolean
match_address (const VtepAclAddress *wanted, guint length, const guint8 *address)
{
  if (wanted->length != length)
    return FALSE;
  for (guint i = 0; i < length; i++)
    if ((address[i] ^ wanted->address[i]) & wanted->mask[i])
      return FALSE;
  return TRUE;
}

static gboolean
in_range (const VtepAclPorts *ports, guint16 port)
{
  return port >= ports->min && port <= ports->max;
}

static gboolean
match_link (const VtepAclEntry *entry, const VtepPacket *packet)
{
  guint fields = entry->fields;

  return (!(fields & VTEP_ACL_SOURCE_MAC) || net_mac_equal (&entry->source_mac, &packet->source))
         && (!(fields & VTEP_ACL_DESTINATION_MAC)
             || net_mac_equal (&entry->destination_mac, &packet->destination))
         && (!(fields & VTEP_ACL_ETHERTYPE) || entry->ethertype == packet->type);
}

static gboolean
match_network (const VtepAclEntry *entry, const VtepPacket *packet)
{
  guint fields = entry->fields;

  return (!(fields & VTEP_ACL_SOURCE_IP)
          || match_address (&entry->source_ip, packet->address_length, packet->source_ip))
         && (!(fields & VTEP_ACL_DESTINATION_IP)
             || match_address (&entry->destination_ip, packet->address_length, packet->destination_ip))
         && (!(fields & VTEP_ACL_PROTOCOL)
             || (packet->address_length > 0 && entry->protocol == packet->protocol));
}

static gboolean
match_transport (const VtepAclEntry *entry, const VtepPacket *packet)
{
  guint fields = entry->fields;

  return (!(fields & VTEP_ACL_SOURCE_PORT)
          || (packet->has_ports && in_range (&entry->source_ports, packet->source_port)))
         && (!(fields & VTEP_ACL_DESTINATION_PORT)
             || (packet->has_ports && in_range (&entry->destination_ports, packet->destination_port)))
         && (!(fields & VTEP_ACL_TCP_FLAGS)
             || (packet->has_tcp_flags
                 && ((packet->tcp_flags ^ entry->tcp_flags) & entry->tcp_flags_mask) == 0))
         && (!(fields & VTEP_ACL_ICMP_TYPE) || (packet->has_icmp && packet->icmp_type == entry->icmp_type))
         && (!(fields & VTEP_ACL_ICMP_CODE) || (packet->has_icmp && packet->icmp_code == entry->icmp_code));
}

const VtepAclEntry *
vtep_acl_match (const VtepAcl *acl, VtepAclDirection direction, const VtepPacket *packet)
{
  for (guint i = 0; i < acl->entries->len; i++)
    {
      const VtepAclEntry *entry = &g_array_index (acl->entries, VtepAclEntry, i);
      if (entry->direction == direction && match_link (entry, packet) && match_network (entry, packet)
          && match_transport (entry, packet))
        return entry;
    }
  return NULL;
}
