/* Where addresses were seen, for the NORMAL action: by VLAN and MAC, aged by the last frame from it.  As Open vSwitch has
 * it: 300 s, 8192 addresses, and in a full table the port with the most loses the one that was used longest ago. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define OVS_MACS_AGE_S 300
#define OVS_MACS_MAX   8192u

typedef struct _OvsMacs OvsMacs;

/* For at most `max` addresses, which is not 0. */
OvsMacs *ovs_macs_new (guint max);
void ovs_macs_free (OvsMacs *macs);

/* 0: not known. */
guint32 ovs_macs_find (const OvsMacs *macs, guint16 vlan, guint64 mac, gint64 now_ns);
void ovs_macs_learn (OvsMacs *macs, guint16 vlan, guint64 mac, guint32 port, gint64 now_ns);
/* A port that went takes what was learned by it. */
void ovs_macs_forget (OvsMacs *macs, guint32 port);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OvsMacs, ovs_macs_free)

G_END_DECLS
