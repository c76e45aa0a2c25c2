/* The connections that ct() commits, as Open vSwitch's userspace conntrack keeps them: by zone, addresses and ports, with
 * a state and a time to live.
 *
 * TCP, UDP and ICMP echo (with timestamps and information requests) of IPv4 and IPv6 are tracked; fragments, ICMP errors
 * and other protocols are invalid.  Checksums and TCP's windows are not looked at. */
#pragma once

#include "openflow/field.h"

G_BEGIN_DECLS

#define OVS_CONNECTIONS_MAX 65536u /* more stay new until some are over */

typedef struct _OvsConnections OvsConnections;

/* One direction.  No padding: keys are hashed and compared as bytes. */
typedef struct
{
  guint64 source[2], destination[2];     /* IPv4 in the low half's low bits */
  guint16 source_port, destination_port; /* the identifier, twice, of ICMP */
  guint16 zone, eth_type;
  guint8 protocol, icmp_type;
  guint8 padding[6]; /* 0 */
} OvsConnectionKey;
G_STATIC_ASSERT (sizeof (OvsConnectionKey) == 48);

/* A packet as tracking sees it. */
typedef struct
{
  gboolean trackable; /* FALSE: invalid in every zone */
  OvsConnectionKey key;
  guint16 tcp_flags;
  gboolean commit, force; /* what ct() asks for */
} OvsTracked;

OvsConnections *ovs_connections_new (void);
void ovs_connections_free (OvsConnections *connections);

void ovs_tracked_init (OvsTracked *tracked, const OpenflowFields *fields, guint16 icmp_id, guint16 zone);
/* The packet's ct_state; nothing changes.  NULL connections: there are none. */
guint8 ovs_connections_state (const OvsConnections *connections, const OvsTracked *tracked, gint64 now_ns);
/* It went through: its connection is refreshed, or begins. */
void ovs_connections_track (OvsConnections *connections, const OvsTracked *tracked, gint64 now_ns);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OvsConnections, ovs_connections_free)

G_END_DECLS
