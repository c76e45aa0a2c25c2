/* The kernel's UDP stack as an underlay, where it refuses. */
#include "linux-port-rig.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- opening ----------------------------------------------------------------------------------------------------- */

static LinuxPortConfig config;

static gboolean
open_tunnel (GError **error)
{
  g_autoptr (LinuxWorld) world = linux_world_new (NULL, error);
  guint port;

  return world && linux_world_open_tunnel_port (world, &config, &port, error);
}

static void
a_tunnel_port_is_open_or_refused (void)
{
  config = (LinuxPortConfig){ .tunnel_ip = OURS, .received = drop_received };
  check_each_refusal ("a tunnel port", open_tunnel, 40);
}

/* ---- packets ----------------------------------------------------------------------------------------------------- */

static int
udp_socket (void)
{
  return socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

static void
send_udp (gsize n)
{
  const struct sockaddr_in to
      = { .sin_family = AF_INET, .sin_port = GUINT16_TO_BE (4789), .sin_addr.s_addr = GUINT32_TO_BE (OURS) };
  g_autofree guint8 *bytes = g_malloc0 (n);
  int fd = udp_socket ();

  CU_ASSERT_EQUAL (sendto (fd, bytes, n, 0, (const struct sockaddr *) &to, sizeof to), (gssize) n);
  close (fd);
}

static void
packets_of_any_length_come_in_by_udp (void)
{
  static const guint lengths[] = { 0, 7, 8, 9, 1600, 1601, 9000, 16000 };

  open_tunnel_rig ();
  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      send_udp (lengths[i]);
      CU_ASSERT (receives (i + 1));
      CU_ASSERT_EQUAL (rig.length, lengths[i] + 42); /* Ethernet, IPv4 and UDP: 14, 20 and 8 */
      TAP_ASSERT_BYTES (rig.first, 14, 2, 0, 10, 9, 0, 20, 2, 0, 10, 9, 0, 20, 8, 0);
    }
  send_udp (60000);
  send_udp (1);
  CU_ASSERT (receives (G_N_ELEMENTS (lengths) + 1));
  CU_ASSERT_EQUAL (linux_world_n_drops (rig.world, NET_DROP_FRAME_TOO_LONG), 1);
  CU_ASSERT_EQUAL (rig.length, 43);
  close_rig ();
}

static const guint8 arp_request[]
    = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2,  0, 10, 9,  0, 20, 8, 6, /* Ethernet */
        0,    1,    8,    0,    6,    4,    0,  1,                      /* a request */
        2,    0,    10,   9,    0,    20,   10, 9, 0,  20,              /* from us */
        0,    0,    0,    0,    0,    0,    10, 9, 0,  21 };            /* for 10.9.0.21 */

static void
requests_for_addresses_are_answered_as_far_as_there_is_room (void)
{
  guint8 reply[sizeof arp_request];

  open_tunnel_rig ();
  for (guint i = 0; i < 100; i++)
    send_frame (arp_request, sizeof arp_request);
  CU_ASSERT (receives (64));
  run_for (5 * NET_MSEC);
  CU_ASSERT_EQUAL (counters ().sent, 100);
  CU_ASSERT (rig.n_received < 100);
  TAP_ASSERT_BYTES (rig.first + 12, 20, 8, 6, 0, 1, 8, 0, 6, 4, 0, 2, 2, 0, 10, 9, 0, 21, 10, 9, 0, 21);
  rig.n_received = 0;
  /* A reply, and a request that is cut short, are nothing to answer. */
  memcpy (reply, arp_request, sizeof reply);
  reply[21] = 2;
  send_frame (reply, sizeof reply);
  send_frame (arp_request, sizeof arp_request - 1);
  send_frame (a_frame, sizeof a_frame);
  send_frame (a_frame, 5);
  CU_ASSERT (run_until_gone (104));
  run_for (5 * NET_MSEC);
  CU_ASSERT_EQUAL (rig.n_received, 0);
  /* An answer that nobody takes any more goes with the port. */
  send_frame (arp_request, sizeof arp_request);
  for (guint i = 0; i < 64; i++)
    send_frame (a_frame, sizeof a_frame);
  linux_world_close_port (rig.world, rig.port);
  CU_ASSERT_EQUAL (net_frame_pool_outstanding (rig.seam->frames), 0);
  close_rig ();
}

/* VXLAN from 10.9.0.20 to 10.9.0.21, VNI 5, with a short frame inside. */
static const guint8 vxlan[]
    = { 2,    0, 10,   9,    0, 21, 2,    0, 10, 9,  0,    20,   8,    0, /* Ethernet */
        0x45, 0, 0,    50,   0, 0,  0x40, 0, 64, 17, 0x26, 0x81, 10,   9,   0, 20, 10, 9, 0, 21, /* IPv4 */
        0xc0, 0, 0x12, 0xb5, 0, 30, 0,    0,                                                     /* UDP */
        8,    0, 0,    0,    0, 0,  5,    0,                                                     /* VXLAN */
        2,    0, 0,    0,    0, 1,  2,    0, 0,  0,  0,    2,    0x88, 0xb5 }; /* Ethernet inside */

static void
a_packet_that_udp_refuses_is_dropped_with_the_reason_and_the_next_is_sent (void)
{
  static const struct
  {
    int error;
    NetDropReason reason;
  } cases[] = { { EMSGSIZE, NET_DROP_FRAME_TOO_LONG },
                { EAGAIN, NET_DROP_QUEUE_FULL },
                { EHOSTUNREACH, NET_DROP_NO_ROUTE },
                { EPERM, NET_DROP_LINK_DOWN } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      open_tunnel_rig ();
      refuse ("sendmmsg", 0, 1, cases[i].error);
      send_frame (vxlan, sizeof vxlan);
      send_frame (vxlan, sizeof vxlan);
      CU_ASSERT (run_until_gone (2));
      CU_ASSERT_EQUAL (counters ().sent, 1);
      CU_ASSERT_EQUAL (linux_world_n_drops (rig.world, cases[i].reason), 1);
      close_rig ();
    }
}

static void
check_no_tunnel (NetIpv4 address, const char *call, int error, const char *expected)
{
  g_autoptr (LinuxWorld) world = linux_world_new (NULL, NULL);
  g_autoptr (GError) problem = NULL;
  guint port;

  config = (LinuxPortConfig){ .tunnel_ip = address, .received = drop_received };
  refuse (call, 0, 1, error);
  CU_ASSERT_FALSE (linux_world_open_tunnel_port (world, &config, &port, &problem));
  refusals_end ();
  if (!problem || strcmp (problem->message, expected) != 0)
    printf ("# %s\n", problem ? problem->message : "no error");
  CU_ASSERT (problem && strcmp (problem->message, expected) == 0);
}

static void
a_tunnel_address_that_cannot_be_had_is_a_sentence (void)
{
  check_no_tunnel (THEIRS, "none", 0,
                   "10.9.0.21 is no address of this host; 'ip -4 address' lists those it has");
  check_no_tunnel (OURS, "bind", EACCES, "UDP port 4789 of 10.9.0.20 cannot be had: Permission denied");
  open_tunnel_rig ();
  check_no_tunnel (
      OURS, "none", 0,
      "UDP port 4789 of 10.9.0.20 is taken: by a vxlan interface, or another program ('ss -ulnp' "
      "lists those)");
  close_rig ();
}

static guint
tunnel_mtu (void)
{
  LinuxPortFacts facts;

  open_tunnel_rig ();
  linux_world_port_facts (rig.world, rig.port, &facts);
  CU_ASSERT_STRING_EQUAL (facts.interface, "udp:10.9.0.20");
  refusals_end ();
  close_rig ();
  return facts.mtu;
}

static void
a_tunnel_port_has_the_mtu_of_its_interface_or_a_guess (void)
{
  ip ("link set w0 mtu 1450");
  CU_ASSERT_EQUAL (tunnel_mtu (), 1450);
  refuse ("getifaddrs", 0, 1, ENOMEM);
  CU_ASSERT_EQUAL (tunnel_mtu (), 1500);
  ip ("link set w0 mtu 1500");
}

int
main (void)
{
  return rig_main (
      "linux-refused-tunnel",
      (const TapTest[]){ { "whatever is refused, a tunnel port is open, or refused with the reason",
                           a_tunnel_port_is_open_or_refused },
                         { "packets of any length come in by UDP", packets_of_any_length_come_in_by_udp },
                         { "requests for addresses are answered as far as there is room",
                           requests_for_addresses_are_answered_as_far_as_there_is_room },
                         { "a packet that UDP refuses is dropped with the reason, and the next is sent",
                           a_packet_that_udp_refuses_is_dropped_with_the_reason_and_the_next_is_sent },
                         { "a tunnel address that cannot be had is a sentence",
                           a_tunnel_address_that_cannot_be_had_is_a_sentence },
                         { "a tunnel port has the MTU of its interface, or a guess",
                           a_tunnel_port_has_the_mtu_of_its_interface_or_a_guess },
                         { NULL } });
}
