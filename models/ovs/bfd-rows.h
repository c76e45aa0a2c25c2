/* The columns bfd and bfd_status of Interface rows, as ovs-vswitchd reads and writes them.
 *
 *   bfd:enable                                       "true", else it is off
 *   bfd:min_rx, min_tx                               milliseconds from 1            1000, 100
 *   bfd:decay_min_rx                                 milliseconds; less than min_rx: off
 *   bfd:mult                                         1 … 255                        3
 *   bfd:forwarding_if_rx, cpath_down, check_tnl_key  "true", else off
 *   bfd:bfd_local_src_mac                            of what is sent                the port's
 *   bfd:bfd_local_dst_mac                            where it is sent               00:23:20:00:00:01
 *   bfd:bfd_remote_dst_mac                           what is heard goes there       any
 *   bfd:bfd_src_ip                                   of what is sent; if it is not
 *                                                    the default, what is heard
 *                                                    goes there                     169.254.1.1
 *   bfd:bfd_dst_ip                                   where it is sent               169.254.1.0
 *
 * bfd:oam marks packets of tunnels that have such a mark; VXLAN has none. */
#pragma once

#include "models/ovs/bfd.h"
#include "ovsdb/row.h"

#include <jansson.h>

G_BEGIN_DECLS

/* FALSE: BFD is off.  What cannot be understood counts as its default. */
gboolean ovs_bfd_rows_read (const OvsdbRow *row, OvsBfdConfig *out);

/* The column bfd_status as it should be, the caller's; NULL when the row says so already.  `status` NULL: off. */
json_t *ovs_bfd_rows_status (const OvsdbRow *row, const OvsBfdStatus *status);

G_END_DECLS
