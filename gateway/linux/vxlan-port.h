/* UDP port 4789 of an address that is the kernel's: who takes VXLAN packets from an interface beside the kernel, and
 * who takes them from the kernel. */
#pragma once

#include "gateway/linux/world.h"
#include "net/address.h"

G_BEGIN_DECLS

/* Lets a packet socket see only what a tunnel end at `ip` needs while the kernel answers for the address: VXLAN packets
 * to it, ARP replies, and the ARP requests that are not for it (they tell of their senders).  Nothing tagged. */
gboolean linux_vxlan_filter (int packet_fd, NetIpv4 ip);

/* A UDP socket bound to `port` of `ip`, non-blocking; -1 with an error when the address is not here or the port is
 * taken. */
int linux_vxlan_socket (NetIpv4 ip, guint16 port, GError **error);

/* Makes the kernel discard, at once and without an ICMP message, all that arrives for the socket. */
gboolean linux_vxlan_make_deaf (int fd);

/* For who hears VXLAN packets to a local address beside the kernel: a deaf socket that holds port 4789, so that the
 * kernel does not answer that nobody listens.  -1 with an error. */
int linux_vxlan_deaf_socket (NetIpv4 ip, GError **error);

G_END_DECLS
