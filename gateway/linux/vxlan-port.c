/* Filters in the classic BPF of sockets (filter(7) of Linux's networking documents), and the sockets. */
#include "gateway/linux/vxlan-port.h"

#include "net/vxlan.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#define LOAD(size, at)        BPF_STMT (BPF_LD | (size) | BPF_ABS, (at))
#define IF(value, yes, no)    BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, (value), (yes), (no))
#define IF_ANY(mask, yes, no) BPF_JUMP (BPF_JMP | BPF_JSET | BPF_K, (mask), (yes), (no))
#define RETURN(n)             BPF_STMT (BPF_RET | BPF_K, (n))
#define ALL                   G_MAXUINT32

static gboolean
attach (int fd, struct sock_filter *code, gushort n)
{
  const struct sock_fprog program = { .len = n, .filter = code };

  return setsockopt (fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0;
}

/* Offsets are those of an untagged Ethernet frame; jumps count the instructions they pass over. */
gboolean
linux_vxlan_filter (int packet_fd, NetIpv4 ip)
{
  struct sock_filter code[] = {
    LOAD (BPF_B, (guint32) (SKF_AD_OFF + SKF_AD_VLAN_TAG_PRESENT)),
    IF (0, 0, 17),                 /* tagged: discard */
    LOAD (BPF_H, 12),              /* EtherType */
    IF (NET_ETHERTYPE_ARP, 10, 0), /* to "ARP" */
    IF (NET_ETHERTYPE_IPV4, 0, 14),
    LOAD (BPF_B, 23), /* protocol */
    IF (NET_IP_UDP, 0, 12),
    LOAD (BPF_W, 30), /* destination */
    IF (ip, 0, 10),
    LOAD (BPF_H, 20), /* a later fragment has no ports */
    IF_ANY (0x1fff, 8, 0),
    BPF_STMT (BPF_LDX | BPF_B | BPF_MSH, 14), /* bytes of the IP header */
    BPF_STMT (BPF_LD | BPF_H | BPF_IND, 16),  /* destination port */
    IF (NET_VXLAN_PORT, 4, 5),
    LOAD (BPF_H, 20), /* ARP: the operation */
    IF (2, 2, 0),     /* a reply */
    LOAD (BPF_W, 38), /* the address asked for */
    IF (ip, 1, 0),
    RETURN (ALL),
    RETURN (0),
  };

  return attach (packet_fd, code, G_N_ELEMENTS (code));
}

gboolean
linux_vxlan_make_deaf (int fd)
{
  struct sock_filter code[] = { RETURN (0) };

  return attach (fd, code, G_N_ELEMENTS (code));
}

int
linux_vxlan_socket (NetIpv4 ip, guint16 port, GError **error)
{
  const struct sockaddr_in address
      = { .sin_family = AF_INET, .sin_port = htons (port), .sin_addr.s_addr = htonl (ip) };
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  char text[NET_IPV4_TEXT];

  if (fd >= 0 && bind (fd, (const struct sockaddr *) &address, sizeof address) == 0)
    return fd;
  net_ipv4_format (ip, text);
  if (errno == EADDRINUSE)
    g_set_error (
        error, LINUX_WORLD_ERROR, LINUX_WORLD_ERROR_PORT,
        "UDP port %u of %s is taken: by a vxlan interface, or another program ('ss -ulnp' lists those)", port,
        text);
  else if (errno == EADDRNOTAVAIL)
    g_set_error (error, LINUX_WORLD_ERROR, LINUX_WORLD_ERROR_PORT,
                 "%s is no address of this host; 'ip -4 address' lists those it has", text);
  else
    g_set_error (error, LINUX_WORLD_ERROR, LINUX_WORLD_ERROR_PORT, "UDP port %u of %s cannot be had: %s",
                 port, text, g_strerror (errno));
  if (fd >= 0)
    close (fd);
  return -1;
}

int
linux_vxlan_deaf_socket (NetIpv4 ip, GError **error)
{
  int fd = linux_vxlan_socket (ip, NET_VXLAN_PORT, error);

  if (fd < 0 || linux_vxlan_make_deaf (fd))
    return fd;
  g_set_error (error, LINUX_WORLD_ERROR, LINUX_WORLD_ERROR_SYSTEM, "the kernel takes no socket filter: %s",
               g_strerror (errno));
  close (fd);
  return -1;
}
