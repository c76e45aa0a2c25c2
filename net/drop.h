/* Why a frame was discarded.  One table gives the enum, the trace word, the pcap comment and the manual. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define NET_DROP_REASONS(X)                                                                                   \
  /* links and ports */                                                                                       \
  X (LINK_DOWN, "link-down", "the link or port is down")                                                      \
  X (NO_CABLE, "no-cable", "nothing is connected to the port")                                                \
  X (QUEUE_FULL, "queue-full", "the transmit queue had no room for the frame")                                \
  X (RECEIVE_QUEUE_FULL, "receive-queue-full", "the kernel had no room for frames that arrived")              \
  X (LINK_LOSS, "link-loss", "the link lost the frame (configured fault)")                                    \
  X (FRAME_TOO_LONG, "frame-too-long", "the frame exceeds the MTU of the port")                               \
  /* parsing */                                                                                               \
  X (MALFORMED, "malformed", "a header is truncated or contradicts itself")                                   \
  X (BAD_CHECKSUM, "bad-checksum", "a checksum does not match")                                               \
  X (FRAGMENT, "fragment", "an IP fragment where whole packets are needed")                                   \
  X (NOT_FOR_US, "not-for-us", "addressed to somebody else")                                                  \
  X (UNKNOWN_PROTOCOL, "unknown-protocol", "no handler for this protocol or port")                            \
  X (CORRUPT_FCS, "corrupt-fcs", "the frame check sequence does not match (corrupted on the link)")           \
  /* switching */                                                                                             \
  X (VLAN_UNBOUND, "vlan-unbound", "no logical switch is bound to this port and VLAN")                        \
  X (NO_OTHER_PORT, "no-other-port", "the frame would leave by the port it came from, or there is no other")  \
  X (SPLIT_HORIZON, "split-horizon", "from a tunnel, and only tunnels are left to send it to")                \
  X (NO_FLOOD_TARGET, "no-flood-target", "nothing to flood to")                                               \
  X (RESERVED_MAC, "reserved-mac", "a link-local group address (IEEE 802.1Q table 8-1) is not forwarded")     \
  X (INNER_VLAN, "inner-vlan", "a VLAN tag inside the overlay frame is refused")                              \
  X (BAD_SOURCE_MAC, "bad-source-mac", "the source address is a group address or zero")                       \
  X (LOOP, "loop", "the frame went round too often")                                                          \
  /* tunnels */                                                                                               \
  X (VNI_UNKNOWN, "vni-unknown", "no logical switch has this VNI")                                            \
  X (VXLAN_FLAGS, "vxlan-flags", "the VXLAN header's flags or reserved bits are wrong")                       \
  X (LOCATOR_UNRESOLVED, "locator-unresolved", "the tunnel end point did not answer ARP")                     \
  X (NEIGHBOR_QUEUE_FULL, "neighbor-queue-full", "too many packets wait for this neighbour's address")        \
  X (TUNNEL_SOURCE_UNKNOWN, "tunnel-source-unknown", "no tunnel to the outer source address")                 \
  X (ECN_INVALID, "ecn-invalid", "outer header says congestion experienced, inner is not ECN capable")        \
  X (NO_TUNNEL_KEY, "no-tunnel-key", "the logical switch has no tunnel key")                                  \
  X (LOCATOR_DOWN, "locator-down", "BFD says that no locator to flood to forwards")                           \
  X (BFD_SESSION, "bfd-session", "a BFD packet that fits no session here")                                    \
  X (RATE_EXCEEDED, "rate-exceeded", "over the configured rate")                                              \
  /* policy and routing */                                                                                    \
  X (ACL_DENY, "acl-deny", "an access control list denies the frame")                                         \
  X (TTL_EXPIRED, "ttl-expired", "the packet may not be routed any further")                                  \
  /* SR-IOV */                                                                                                \
  X (SPOOF_MAC, "spoof-mac", "the VF's source address is not its own (spoof check)")                          \
  X (VF_VLAN, "vf-vlan", "the VF may not use this VLAN")                                                      \
  X (VF_DISABLED, "vf-disabled", "the VF is disabled or not assigned")                                        \
  X (NO_FILTER_MATCH, "no-filter-match", "no function's filters accept this address and VLAN")                \
  /* OpenFlow */                                                                                              \
  X (TABLE_MISS, "table-miss", "no flow matched")                                                             \
  X (FLOW_DROP, "flow-drop", "the matching flow drops")                                                       \
  X (NO_OUTPUT, "no-output", "the flow's actions sent the frame nowhere")                                     \
  X (GROUP_EMPTY, "group-empty", "the group has no live bucket, or none delivered")                           \
  X (RECURSION, "recursion", "too many resubmits or groups within groups")                                    \
  X (PORT_GONE, "port-gone", "the output port does not exist")                                                \
  /* hosts */                                                                                                 \
  X (NODE_STOPPED, "node-stopped", "the node is not running")                                                 \
  X (NO_ROUTE, "no-route", "no route to the destination")                                                     \
  X (BACKLOG_FULL, "backlog-full", "the listener has as many half-open connections as it may")                \
  X (NEIGHBOR_FAILED, "neighbor-failed", "the destination did not answer ARP or neighbour solicitation")

typedef enum
{
  NET_DROP_NONE,
#define NET_DROP_ENUM(id, word, text) NET_DROP_##id,
  NET_DROP_REASONS (NET_DROP_ENUM)
#undef NET_DROP_ENUM
      NET_DROP_N
} NetDropReason;

/* "vlan-unbound", and the sentence.  Both are static. */
const char *net_drop_word (NetDropReason reason);
const char *net_drop_text (NetDropReason reason);
/* NET_DROP_NONE when there is no such word. */
NetDropReason net_drop_from_word (const char *word);

G_END_DECLS
