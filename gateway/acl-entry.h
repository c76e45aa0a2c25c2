/* A row of ACL_entry, read and checked. */
#pragma once

#include "gateway/acl.h"
#include "ovsdb/row.h"

G_BEGIN_DECLS

/* FALSE: the row cannot be served, as a value is out of range or is no address, or as its fields contradict each other so
 * that nothing could ever match: ports of a protocol without ports, flags of what is not TCP, a range that ends before
 * it begins, addresses of two kinds, a mask without an address. */
gboolean vtep_acl_entry_read (const OvsdbRow *row, VtepAclEntry *out);

G_END_DECLS
