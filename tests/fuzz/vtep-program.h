/* Bytes as what a controller writes and as frames: the tables of forwarding, and what arrives.
 *
 * There are four logical switches, "1" to "4", with VNIs 5001 to 5003; the fourth wants 5001 too.  Three ports have
 * VLANs by letter: "u" untagged, "v" 100, "w" 200, "x" 300.  MACs by letter: "a" to "d" of guests, "e" the router's,
 * "f" the one in the name of which this switch asks, "g" that of another switch, "h" and "i" groups, "*" broadcast,
 * "-" zero, "s" a reserved group.  Tunnel ends "1" to "6" are 10.8.125.101 to .106, "9" is 10.9.0.1.
 * Facts, a letter each:
 *   s S K M   the switch's tunnel_key (digit, 4 and above: none) and mode: "n" source node, "v" service node
 *   b P V S   port and VLAN belong to the switch, "0": to none
 *   l A P V   the MAC is local there
 *   m S A L   a remote row; f S L: unknown-dst; g S A L: a group's; t A L: in the name of which another switch asks
 *   d L       BFD says that the locator does not forward
 *   a P V D W an access control list: direction "i" or "e", what it denies: "*", "4", "6", "a" ARP, "s" a source,
 *             "u" UDP, "p" a port, "m" a destination, "t" TCP flags, "c" ICMP echo, "z" a destination address
 *   r S S D W a router between two switches: their lists deny as above; its addresses are 10.0.S.1, 2001:db8:S::1 */
#pragma once

#include "fuzz.h"

#include "gateway/tables.h"

#define VTEP_PROGRAM_PORTS    3u
#define VTEP_PROGRAM_SWITCHES 4u
#define VTEP_PROGRAM_MTU      1500u

extern const char *const vtep_program_ports[];

typedef struct
{
  VtepTables *tables;
  VtepSwitchId ids[VTEP_PROGRAM_SWITCHES + 1]; /* by digit; 0: none */
  GPtrArray *acls, *routers;
} VtepProgram;

void vtep_program_init (VtepProgram *program, VtepInnerVlan inner_vlan);
void vtep_program_clear (VtepProgram *program);

/* The fact that the letter begins; FALSE: it begins none. */
gboolean vtep_program_fact (VtepProgram *program, FuzzInput *input, char letter);

NetMac vtep_program_mac (FuzzInput *input);
guint16 vtep_program_vlan (FuzzInput *input);
NetIpv4 vtep_program_locator (FuzzInput *input);

/* A frame that a guest could send, before which room is left:
 *   t V, q V  a tag by 802.1Q or 802.1ad, as many as there are, priority 5
 *   A A       destination and source
 *   4, 6      UDP from host to host ("10.0.S.N", "2001:db8:S::N": a digit each, source before destination)
 *   e, o      ICMP, ICMPv6 echo, likewise;  k: TCP;  y: IPv4 whose TTL ends here
 *   a, p      an ARP request or reply;  n, d: a neighbour solicitation or advertisement
 *   !         the bytes up to the next ";" behind an EtherType of two bytes;  L: too long for a tunnel */
NetFrame *vtep_program_frame (FuzzInput *input, NetFramePool *pool);
