/* Access control lists: entries in the order of their sequence, the first that matches decides, and what matches none
 * is permitted (schema hardware_vtep, ACL).  Of entries with one sequence number those that deny come first, so the
 * order of rows cannot matter. */
#pragma once

#include "gateway/packet.h"

G_BEGIN_DECLS

typedef enum
{
  VTEP_ACL_INGRESS, /* toward the logical switch */
  VTEP_ACL_EGRESS   /* leaving it */
} VtepAclDirection;

/* Which fields an entry looks at. */
enum
{
  VTEP_ACL_SOURCE_MAC = 1 << 0,
  VTEP_ACL_DESTINATION_MAC = 1 << 1,
  VTEP_ACL_ETHERTYPE = 1 << 2,
  VTEP_ACL_SOURCE_IP = 1 << 3,
  VTEP_ACL_DESTINATION_IP = 1 << 4,
  VTEP_ACL_PROTOCOL = 1 << 5,
  VTEP_ACL_SOURCE_PORT = 1 << 6,
  VTEP_ACL_DESTINATION_PORT = 1 << 7,
  VTEP_ACL_TCP_FLAGS = 1 << 8,
  VTEP_ACL_ICMP_TYPE = 1 << 9,
  VTEP_ACL_ICMP_CODE = 1 << 10
};

/* An address under a mask: 4 bytes or 16. */
typedef struct
{
  guint length;
  guint8 address[16], mask[16];
} VtepAclAddress;

typedef struct
{
  guint16 min, max;
} VtepAclPorts;

typedef struct
{
  gint64 sequence;
  VtepAclDirection direction;
  gboolean deny;
  guint fields;
  NetMac source_mac, destination_mac;
  guint16 ethertype;
  VtepAclAddress source_ip, destination_ip;
  guint8 protocol;
  VtepAclPorts source_ports, destination_ports;
  guint16 tcp_flags, tcp_flags_mask;
  guint8 icmp_type, icmp_code;
} VtepAclEntry;

typedef struct _VtepAcl VtepAcl;

VtepAcl *vtep_acl_new (const char *name);
void vtep_acl_free (VtepAcl *acl);
const char *vtep_acl_name (const VtepAcl *acl);

/* Puts other entries in place of those that there are; copied, in any order. */
void vtep_acl_set (VtepAcl *acl, const VtepAclEntry *entries, guint n);
void vtep_acl_rename (VtepAcl *acl, const char *name);

/* The entry that decides; NULL: none matches. */
const VtepAclEntry *vtep_acl_match (const VtepAcl *acl, VtepAclDirection direction, const VtepPacket *packet);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VtepAcl, vtep_acl_free)

G_END_DECLS
