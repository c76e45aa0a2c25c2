/* The real controller's known bugs, each a switch that is off by default.  The faulty behaviour stands beside the
 * right one, at the place where odl_bug_on() is asked. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define ODL_BUGS(X)                                                                                          \
  X (MP_UNSUPPORTED, "mp-unsupported",                                                                       \
     "a gateway connection asks the network's top-level type only, and a network with segments is refused")  \
  X (MP_T51_DROP, "mp-t51-drop",                                                                             \
     "in a network with segments, table 51 drops what goes to other computes and to TORs")                   \
  X (MP_VNI_TOPLEVEL, "mp-vni-toplevel",                                                                     \
     "in a network with segments, computes write no flows and buckets for each other")                       \
  X (DHCP_PUNT_OFF, "dhcp-punt-off",                                                                         \
     "DHCP requests from TORs are punted or dropped in table 18 although the controller's DHCP is off")      \
  X (DHCP_MANY_REPLIES, "dhcp-many-replies",                                                                 \
     "every compute that a TOR floods to punts its DHCP requests, and each is answered")                     \
  X (DHCP_DESIGNATED_MISSING, "dhcp-designated-missing",                                                     \
     "when a compute's last interface goes, it leaves the flood list though it is the designated one")       \
  X (DHCP_RESTART_DROP, "dhcp-restart-drop",                                                                 \
     "after a restart the designated compute, too, drops DHCP requests of TORs")                             \
  X (REPL_MODE_UNSET, "repl-mode-unset",                                                                     \
     "logical switches get no replication_mode, so that TORs flood to one locator only")                     \
  X (SELF_LOCATOR, "self-locator", "a TOR's own tunnel address is in its flood list")                        \
  X (LOCATOR_CONSTRAINT, "locator-constraint",                                                               \
     "a locator that is there is inserted again, and the whole transaction is refused")                      \
  X (DUP_UCAST, "dup-ucast", "a replay inserts remote addresses again that the TOR has already")             \
  X (BINDINGS_VLAN0, "bindings-vlan0", "an untagged binding is not written")                                 \
  X (ONE_SWITCH_ONLY, "one-switch-only", "remote addresses are written to the first of several TORs only")   \
  X (MACS_GONE_EARLY, "macs-gone-early",                                                                     \
     "remote addresses go with the first connection that ends, though another needs them")                   \
  X (BINDINGS_PORT, "bindings-port", "a TOR port that is removed and added again gets no bindings")          \
  X (TX_LOST, "tx-lost", "a transaction that a TOR refuses is forgotten")                                    \
  X (PREPROVISION, "preprovision",                                                                           \
     "nothing is written to a TOR that comes after its gateway and connection")                              \
  X (RECONCILE, "reconcile", "what changed while a TOR was away never reaches it")                           \
  X (RESTART_ORDER, "restart-order",                                                                         \
     "after a restart gateways are known last, and connections are not looked at again")                     \
  X (L2GW_DELETE, "l2gw-delete", "a deleted gateway's connections stay on its TORs")                         \
  X (L2GW_UPDATE, "l2gw-update", "ports that are added to a gateway get no bindings")                        \
  X (NET_DELETE, "net-delete", "a deleted network stays on its TORs, for its connections are kept")          \
  X (STALE_CONN, "stale-conn", "what was deleted while a TOR was away stays in its database for ever")       \
  X (WRONG_DPN_BUCKETS, "wrong-dpn-buckets",                                                                 \
     "a compute's flood buckets to TORs are made for another compute's tunnels")                             \
  X (TOR_BUCKET_IP, "tor-bucket-ip",                                                                         \
     "flood buckets to TORs are looked up by tunnel address where tunnels are keyed by node id: none is "    \
     "found")                                                                                                \
  X (UNKNOWN_UNICAST_REPLY, "unknown-unicast-reply",                                                         \
     "computes learn no address behind a TOR, and do not flood unicast to it either")                        \
  X (DUP_LOCAL_BUCKET, "dup-local-bucket",                                                                   \
     "a flood group holds its local bucket once for each compute: every flood is multiplied")                \
  X (BC_FIRST_VM, "bc-first-vm", "a compute's first VM floods to nobody else: its own group is not written") \
  X (DMAC_DROP, "dmac-drop",                                                                                 \
     "table 51 drops what goes to another compute or a TOR, for ever, if the tunnel came up after the "      \
     "address")

typedef enum
{
#define ODL_BUG_ENUM(id, slug, about) ODL_BUG_##id,
  ODL_BUGS (ODL_BUG_ENUM)
#undef ODL_BUG_ENUM
      ODL_BUG_N
} OdlBug;

/* A set of bugs, a bit each. */
typedef guint64 OdlBugs;

/* ODL_BUG_N when the slug is unknown. */
OdlBug odl_bug_from_slug (const char *slug);

static inline gboolean
odl_bug_on (OdlBugs bugs, OdlBug bug)
{
  return (bugs >> bug & 1) != 0;
}

G_END_DECLS
