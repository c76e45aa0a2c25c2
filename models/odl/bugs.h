/* The real controller's known bugs, each a switch.  The faulty behaviour stands beside the right one, at the place where
 * odl_bug_on() is asked.  Those that were corrected are off by default; those that the real one has to this day are on,
 * until their fix is asked for. */
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
  X (DB_VERSION, "db-version",                                                                               \
     "the comparison of a TOR's schema version with one that is later than it throws, and the connection "   \
     "is given up")                                                                                          \
  X (REPL_MODE_UNSET, "repl-mode-unset",                                                                     \
     "logical switches get no replication_mode, so that TORs flood to one locator only")                     \
  X (REPL_MODE_NULL, "repl-mode-null",                                                                       \
     "a logical switch without replication_mode is not copied to the children of an HA pair, nor is what "   \
     "comes with it")                                                                                        \
  X (BINDINGS_HA, "bindings-ha",                                                                             \
     "a child that joins its HA pair is given the bindings before their logical switches, and they are "     \
     "lost")                                                                                                 \
  X (SELF_LOCATOR, "self-locator",                                                                           \
     "of two TORs with one tunnel address each has the other's, which is its own, in its flood list")        \
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
     "address")                                                                                              \
  X (MP_INDEX, "mp-index",                                                                                   \
     "an array index runs past the end while segments are read: a network with segments has no elan")        \
  X (MP_L2GW_VXLAN, "mp-l2gw-vxlan", "networking-l2gw lets a network with two vxlan segments be connected")  \
  X (DHCP_READD_CONN, "dhcp-readd-conn",                                                                     \
     "a connection that is made again before its logical switch is gone gets no designated compute")         \
  X (DHCP_MCAST_RACE, "dhcp-mcast-race",                                                                     \
     "two writers of a flood list do not know of each other, and the designated compute is lost from it")    \
  X (DHCP_NO_FLOW, "dhcp-no-flow",                                                                           \
     "a TOR without a designated compute gets none when a tunnel to it comes up")                            \
  X (DHCP_ARP, "dhcp-arp",                                                                                   \
     "nobody answers when a client behind a TOR asks for the DHCP server's MAC address")                     \
  X (DHCP_ELAN_STATE, "dhcp-elan-state",                                                                     \
     "when an interface comes a second time, its network is closed to tunnels on that compute: tables "      \
     "36 and 52")                                                                                            \
  X (UNKNOWN_DST_YANG, "unknown-dst-yang",                                                                   \
     "unknown-dst is no MAC address to the model, and flood lists are not written")                          \
  X (DUP_CASE, "dup-case",                                                                                   \
     "an address that Neutron has in capitals is written twice to TORs, once as it is and once in "          \
     "small letters")                                                                                        \
  X (LOCATOR_GC, "locator-gc", "a locator that the TOR has collected is still referred to by its old id")    \
  X (LS_REF, "ls-ref", "a logical switch that others' bindings refer to is never deleted")                   \
  X (TUNNEL_IPS_CLEARED, "tunnel-ips-cleared", "a TOR that comes back has its tunnel_ips emptied")           \
  X (BINDINGS_REBOOT, "bindings-reboot",                                                                     \
     "after a restart bindings are not written, for a TOR's switch is seen before its database")             \
  X (MIGRATE_ROWS, "migrate-rows", "after a migration TORs still send to the old compute")                   \
  X (STALE_T51, "stale-t51", "after a migration the other computes still send to the old one")               \
  X (TOR_MAC_NPE, "tor-mac-npe", "a compute that a VM migrates to drops what goes behind TORs")              \
  X (TOR_MAC_CACHE, "tor-mac-cache",                                                                         \
     "an address that moves from one TOR to another is still sent to the old one")                           \
  X (TOR_BUCKETS, "tor-buckets",                                                                             \
     "a compute that has left a network stays in the flood groups of the others")                            \
  X (ITM_DEFAULT_TZ, "itm-default-tz", "a TOR gets no tunnels where the default transport zone is on")       \
  X (L2GW_BROKEN_2017, "l2gw-broken-2017", "a TOR that comes after its gateway gets no tunnels")             \
  X (FLAP, "flap", "the end of a TOR's old connection, handled late, takes the new one along")               \
  X (HALF_OPEN, "half-open", "a TOR that dials again is refused while its old connection looks alive")       \
  X (BC_AFTER_RESTART, "bc-after-restart",                                                                   \
     "a compute that comes back gets its flood groups without buckets")                                      \
  X (CACHE_NEVER_CLEARED, "cache-never-cleared",                                                             \
     "tunnels to TORs are let in once and for all: a compute that lost its flows does not get these again")  \
  X (VXLAN_RESEND, "vxlan-resend",                                                                           \
     "floods that a TOR sends to a compute go on from there to the other computes and to TORs")              \
  X (BFD_VNF, "bfd-vnf", "monitored tunnels take BFD packets of guests for their own")                       \
  X (VLAN_GROUPS, "vlan-groups",                                                                             \
     "flood groups of VLAN networks lack the provider port, and a frame from no station's address ends "     \
     "learning")

/* Those that nobody has corrected. */
#define ODL_STANDING_BUGS(X)                                                                                 \
  X (BINDINGS_OVERWRITE, "bindings-overwrite",                                                               \
     "the whole column of a port's bindings is written, and what somebody else bound there is lost")         \
  X (DHCP_FIRST_LOST, "dhcp-first-lost",                                                                     \
     "a client behind a TOR is known once the TOR reports it, so that its first DHCP request is never "      \
     "answered")                                                                                             \
  X (DHCP_SAME_MAC, "dhcp-same-mac",                                                                         \
     "table 18 does not ask for the network: of two clients behind TORs with one address, one is not "       \
     "answered")                                                                                             \
  X (MP_BOOT, "mp-boot",                                                                                     \
     "whether a network is an elan is asked of its top level only, and later segments are not looked at")    \
  X (MP_BIND_ORDER, "mp-bind-order",                                                                         \
     "networking-odl binds a port to the network's first segment, and be it the vlan one, while the elan "   \
     "uses the vxlan one")                                                                                   \
  X (MP_TWO_VXLAN, "mp-two-vxlan", "of two vxlan segments the elan takes the last and DHCP the first")       \
  X (T51_DUP_PATH, "t51-dup-path",                                                                           \
     "a frame that a tunnel brought is sent on to another compute, which got it from the TOR as well")

typedef enum
{
#define ODL_BUG_ENUM(id, slug, about) ODL_BUG_##id,
  ODL_BUGS (ODL_BUG_ENUM) ODL_BUG_N_CORRECTED,
  ODL_BUG_LAST_CORRECTED = ODL_BUG_N_CORRECTED - 1,
  ODL_STANDING_BUGS (ODL_BUG_ENUM) ODL_BUG_N
#undef ODL_BUG_ENUM
} OdlBug;

/* A set of bugs, a bit each. */
typedef struct
{
  guint64 words[2];
} OdlBugs;

/* ODL_BUG_N when the slug is unknown. */
OdlBug odl_bug_from_slug (const char *slug);

void odl_bugs_add (OdlBugs *bugs, OdlBug bug);
/* What is on, when these are asked for and these standing ones are corrected. */
OdlBugs odl_bugs_on (const OdlBugs *asked, const OdlBugs *fixes);

static inline gboolean
odl_bug_on (const OdlBugs *bugs, OdlBug bug)
{
#ifdef ODL_WITHOUT_BUGS /* as if there were no switches: what a test compares with */
  (void) bugs;
  return bug >= ODL_BUG_N_CORRECTED;
#else
  return (bugs->words[bug / 64] >> bug % 64 & 1) != 0;
#endif
}

G_END_DECLS
