/* Frame ports where system calls fail. */
#include "linux-port-rig.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- opening ----------------------------------------------------------------------------------------------------- */

static LinuxPortConfig config;

static gboolean
open_w0 (GError **error)
{
  g_autoptr (LinuxWorld) world = linux_world_new (NULL, error);
  guint port;

  return world && linux_world_open_port (world, "w0", &config, &port, error);
}

static void
check_opening (LinuxPortMethod method, LinuxPortKind kind, guint least)
{
  config = (LinuxPortConfig){ .method = method,
                              .kind = kind,
                              .promiscuous = kind == LINUX_PORT_ACCESS,
                              .tunnel_ip = OURS,
                              .received = drop_received };
  check_each_refusal ("a port", open_w0, least);
}

static void
a_port_is_open_or_refused (void)
{
  check_opening (LINUX_PORT_RING, LINUX_PORT_ACCESS, 18);
  check_opening (LINUX_PORT_SOCKET, LINUX_PORT_ACCESS, 14);
  check_opening (LINUX_PORT_PCAP, LINUX_PORT_ACCESS, 18);
  check_opening (LINUX_PORT_AUTO, LINUX_PORT_ACCESS, 18);
}

static void
an_underlay_that_shares_its_address_is_open_or_refused (void)
{
  check_opening (LINUX_PORT_RING, LINUX_PORT_UNDERLAY_SHARED, 20);
  check_opening (LINUX_PORT_PCAP, LINUX_PORT_UNDERLAY_SHARED, 20);
}

static void
check_method (const char *call, const char *expected)
{
  g_autoptr (LinuxWorld) world = linux_world_new (NULL, NULL);
  g_autoptr (GError) error = NULL;
  LinuxPortFacts facts;
  guint port;

  config = (LinuxPortConfig){ .received = drop_received };
  refuse (call, 0, G_MAXUINT, EINVAL);
  CU_ASSERT_EQUAL (linux_world_open_port (world, "w0", &config, &port, &error), expected != NULL);
  refusals_end ();
  CU_ASSERT_EQUAL (error != NULL, expected == NULL);
  if (!expected)
    {
      CU_ASSERT_STRING_EQUAL (error->message, "the kernel offers no packet sockets: Invalid argument");
      return;
    }
  linux_world_port_facts (world, port, &facts);
  CU_ASSERT_STRING_EQUAL (facts.method, expected);
}

/* With two methods out of three refused the third is taken; with all of them, the first one's reason is told. */
static void
a_method_that_is_not_to_be_had_is_followed_by_the_next (void)
{
  check_method ("none", "ring");
  check_method ("mmap64", "socket");
  check_method ("setsockopt", "pcap");
}

static int
no_packet_socket (gpointer user)
{
  errno = GPOINTER_TO_INT (user);
  return -1;
}

static void
check_no_packet_socket (LinuxPortMethod method, int why, const char *expected)
{
  g_autoptr (LinuxWorld) world = linux_world_new (NULL, NULL);
  g_autoptr (GError) error = NULL;
  guint port;

  config = (LinuxPortConfig){ .received = drop_received,
                              .method = method,
                              .packet_socket = no_packet_socket,
                              .user = GINT_TO_POINTER (why) };
  CU_ASSERT_FALSE (linux_world_open_port (world, "w0", &config, &port, &error));
  CU_ASSERT (error && strcmp (error->message, expected) == 0);
}

/* Then libpcap is not asked either: it would make a socket of its own, which this process may. */
static void
who_makes_packet_sockets_may_refuse (void)
{
  static const LinuxPortMethod methods[] = { LINUX_PORT_RING, LINUX_PORT_SOCKET, LINUX_PORT_AUTO };

  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      check_no_packet_socket (methods[i], EPERM,
                              "opening interfaces needs root or CAP_NET_RAW: Operation not permitted");
      check_no_packet_socket (methods[i], EPIPE, "the kernel offers no packet sockets: Broken pipe");
    }
}

static void
a_name_that_no_interface_has_is_refused (void)
{
  static const char *const sentences[][2]
      = { { "w9", "there is no interface 'w9'; 'ip link' lists those there are" },
          { "sixteen-letters-",
            "'sixteen-letters-' is no interface's name: those have at most 15 characters" } };

  for (guint i = 0; i < G_N_ELEMENTS (sentences); i++)
    {
      g_autoptr (LinuxWorld) world = linux_world_new (NULL, NULL);
      g_autoptr (GError) error = NULL;
      guint port;
      config = (LinuxPortConfig){ .received = drop_received };
      CU_ASSERT_FALSE (linux_world_open_port (world, sentences[i][0], &config, &port, &error));
      CU_ASSERT (error && strcmp (error->message, sentences[i][1]) == 0);
    }
}

/* ---- sending ----------------------------------------------------------------------------------------------------- */

static void
check_reason (LinuxPortMethod method, const char *call, int error, NetDropReason reason)
{
  open_rig (method);
  refuse (call, 0, 1, error);
  send_frame (a_frame, sizeof a_frame);
  send_frame (a_frame, sizeof a_frame);
  CU_ASSERT (run_until_gone (2));
  CU_ASSERT_EQUAL (counters ().sent, 1);
  CU_ASSERT_EQUAL (counters ().not_sent, 1);
  CU_ASSERT_EQUAL (linux_world_n_drops (rig.world, reason), 1);
  close_rig ();
}

static void
a_refused_frame_is_dropped_with_the_reason_and_the_next_is_sent (void)
{
  static const struct
  {
    int error;
    NetDropReason reason;
  } cases[] = { { EMSGSIZE, NET_DROP_FRAME_TOO_LONG }, { ENOBUFS, NET_DROP_QUEUE_FULL },
                { ENXIO, NET_DROP_PORT_GONE },         { ENODEV, NET_DROP_PORT_GONE },
                { EHOSTUNREACH, NET_DROP_NO_ROUTE },   { ENETUNREACH, NET_DROP_NO_ROUTE },
                { EINVAL, NET_DROP_MALFORMED },        { ENETDOWN, NET_DROP_LINK_DOWN } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      check_reason (LINUX_PORT_SOCKET, "sendmmsg", cases[i].error, cases[i].reason);
      check_reason (LINUX_PORT_PCAP, "pcap_inject", cases[i].error, cases[i].reason);
    }
}

static void
check_waiting (LinuxPortMethod method, const char *call)
{
  open_rig (method);
  refuse (call, 0, 3, EAGAIN);
  for (guint i = 0; i < 100; i++)
    send_frame (a_frame, sizeof a_frame);
  CU_ASSERT (run_until_gone (100));
  CU_ASSERT_EQUAL (counters ().sent, 100);
  CU_ASSERT_STRING_EQUAL (refused_call (), call);
  close_rig ();
}

static void
frames_that_the_kernel_has_no_room_for_wait (void)
{
  check_waiting (LINUX_PORT_RING, "sendmmsg");
  check_waiting (LINUX_PORT_PCAP, "pcap_inject");
}

static void
more_than_a_thousand_frames_do_not_wait (void)
{
  open_rig (LINUX_PORT_SOCKET);
  refuse ("sendmmsg", 0, 20, EAGAIN);
  for (guint i = 0; i < 1024 + 5; i++)
    send_frame (a_frame, sizeof a_frame);
  CU_ASSERT_EQUAL (linux_world_n_drops (rig.world, NET_DROP_QUEUE_FULL), 5);
  CU_ASSERT (run_until_gone (1024 + 5));
  CU_ASSERT_EQUAL (counters ().sent, 1024);
  close_rig ();
}

/* The kernel has no room, and then none for what is to be waited for either. */
static void
frames_that_cannot_be_waited_for_leave_all_the_same (void)
{
  open_rig (LINUX_PORT_SOCKET);
  refuse (NULL, 0, 2, EAGAIN);
  for (guint i = 0; i < 64; i++)
    send_frame (a_frame, sizeof a_frame);
  CU_ASSERT_STRING_EQUAL (refused_call (), "epoll_ctl");
  CU_ASSERT_EQUAL (counters ().sent, 0);
  CU_ASSERT (run_until_gone (64));
  CU_ASSERT_EQUAL (counters ().sent, 64);
  close_rig ();
}

static void
a_world_that_ends_drops_what_waits (void)
{
  guint64 outstanding;

  open_rig (LINUX_PORT_SOCKET);
  send_frame (a_frame, sizeof a_frame);
  outstanding = net_frame_pool_outstanding (rig.seam->frames);
  CU_ASSERT_EQUAL (outstanding, 1);
  linux_world_close_port (rig.world, rig.port);
  CU_ASSERT_EQUAL (linux_world_n_drops (rig.world, NET_DROP_LINK_DOWN), 1);
  CU_ASSERT_EQUAL (net_frame_pool_outstanding (rig.seam->frames), 0);
  send_frame (a_frame, sizeof a_frame);
  CU_ASSERT_EQUAL (linux_world_n_drops (rig.world, NET_DROP_NO_CABLE), 1);
  close_rig ();
}

/* ---- receiving --------------------------------------------------------------------------------------------------- */

/* From w1, past the code under test. */
static void
send_from_w1 (gconstpointer bytes, gsize n)
{
  const struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_ifindex = (int) if_nametoindex ("w1") };
  int fd = socket (AF_PACKET, SOCK_RAW, 0);

  CU_ASSERT_EQUAL (sendto (fd, bytes, n, 0, (const struct sockaddr *) &to, sizeof to), (gssize) n);
  close (fd);
}

static void
a_port_that_came_back_receives (void)
{
  static const LinuxPortMethod methods[] = { LINUX_PORT_RING, LINUX_PORT_SOCKET, LINUX_PORT_PCAP };

  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      open_rig (methods[i]);
      ip ("link del w0");
      CU_ASSERT (hears ("gone"));
      refuse (methods[i] == LINUX_PORT_PCAP ? "pcap_setdirection" : "bind", 0, 1, REFUSAL_ERROR);
      make_pair ();
      CU_ASSERT (hears ("but: "));
      CU_ASSERT (hears ("up "));
      send_from_w1 (a_frame, sizeof a_frame);
      CU_ASSERT (receives (1));
      close_rig ();
    }
}

static void
set_mtu (guint mtu)
{
  g_autofree char *here = g_strdup_printf ("link set w0 mtu %u", mtu),
                  *there = g_strdup_printf ("link set w1 mtu %u", mtu);

  ip (here);
  ip (there);
}

/* From an interface whose MTU is this when the port is opened, and larger later. */
static void
check_long_frames (LinuxPortMethod method, guint mtu)
{
  static guint8 bytes[20000];

  memcpy (bytes, a_frame, sizeof a_frame);
  set_mtu (mtu);
  open_rig (method);
  set_mtu (65535);
  send_from_w1 (bytes, 9000);
  CU_ASSERT (receives (1));
  CU_ASSERT_EQUAL (rig.length, 9000);
  send_from_w1 (bytes, NET_FRAME_MAX + 1);
  send_from_w1 (bytes, 60);
  CU_ASSERT (receives (2));
  CU_ASSERT_EQUAL (rig.length, 60);
  CU_ASSERT_EQUAL (linux_world_n_drops (rig.world, NET_DROP_FRAME_TOO_LONG), 1);
  close_rig ();
  set_mtu (1500);
}

static void
frames_longer_than_the_interface_had_them_arrive_whole_or_are_counted (void)
{
  check_long_frames (LINUX_PORT_RING, 1500);
  check_long_frames (LINUX_PORT_RING, 9000);
  check_long_frames (LINUX_PORT_RING, 65535);
  check_long_frames (LINUX_PORT_SOCKET, 1500);
}

/* libpcap has room for what the MTU was. */
static void
what_libpcap_cuts_off_is_missed (void)
{
  static guint8 bytes[20000];

  memcpy (bytes, a_frame, sizeof a_frame);
  open_rig (LINUX_PORT_PCAP);
  set_mtu (65535);
  send_from_w1 (bytes, 9000);
  send_from_w1 (bytes, 60);
  CU_ASSERT (receives (1));
  CU_ASSERT_EQUAL (rig.length, 60);
  CU_ASSERT_EQUAL (counters ().missed, 1);
  close_rig ();
  open_rig (LINUX_PORT_PCAP);
  send_from_w1 (bytes, NET_FRAME_MAX + 1);
  send_from_w1 (bytes, NET_FRAME_MAX);
  CU_ASSERT (receives (1));
  CU_ASSERT_EQUAL (rig.length, NET_FRAME_MAX);
  CU_ASSERT_EQUAL (counters ().missed, 1);
  close_rig ();
  set_mtu (1500);
}

static guint64 n_sent_there;

static gboolean
all_are_accounted_for (void)
{
  return rig.n_received + counters ().missed == n_sent_there;
}

/* Each is longer than a slot, so that it waits in the socket's queue, which has room for a few. */
static void
check_overflow (LinuxPortMethod method)
{
  static guint8 bytes[9000];

  memcpy (bytes, a_frame, sizeof a_frame);
  open_rig_with (method, 65536);
  set_mtu (9000);
  for (n_sent_there = 0; n_sent_there < 30; n_sent_there++)
    send_from_w1 (bytes, sizeof bytes);
  CU_ASSERT (run_until (all_are_accounted_for));
  CU_ASSERT (rig.n_received > 0 && counters ().missed > 0);
  close_rig ();
  set_mtu (1500);
}

static void
what_found_no_room_is_counted (void)
{
  check_overflow (LINUX_PORT_RING);
  check_overflow (LINUX_PORT_SOCKET);
}

static void
libpcap_s_count_is_ours (void)
{
  static guint8 bytes[9000];

  memcpy (bytes, a_frame, sizeof a_frame);
  set_mtu (9000);
  open_rig_with (LINUX_PORT_PCAP, 65536);
  for (n_sent_there = 0; n_sent_there < 100; n_sent_there++)
    send_from_w1 (bytes, sizeof bytes);
  CU_ASSERT (run_until (all_are_accounted_for));
  CU_ASSERT (counters ().missed > 0);
  close_rig ();
  set_mtu (1500);
}

static void
the_lowest_free_number_is_a_new_port_s (void)
{
  const LinuxPortConfig another = { .received = drop_received, .method = LINUX_PORT_SOCKET };
  guint first, second;

  open_rig (LINUX_PORT_SOCKET);
  CU_ASSERT (linux_world_open_port (rig.world, "w1", &another, &first, NULL));
  CU_ASSERT_EQUAL (first, rig.port + 1);
  linux_world_close_port (rig.world, rig.port);
  /* News find the one that is left. */
  ip ("link set w0 down");
  ip ("link set w0 up");
  run_for (5 * NET_MSEC);
  CU_ASSERT (linux_world_open_port (rig.world, "w0", &another, &second, NULL));
  CU_ASSERT_EQUAL (second, rig.port);
  close_rig ();
}

static void
a_failing_count_of_what_was_missed_changes_nothing (void)
{
  open_rig (LINUX_PORT_SOCKET);
  refuse ("getsockopt", 0, G_MAXUINT, EBADF);
  send_from_w1 (a_frame, sizeof a_frame);
  CU_ASSERT (receives (1));
  CU_ASSERT_EQUAL (counters ().missed, 0);
  close_rig ();
  open_rig (LINUX_PORT_PCAP);
  refuse ("pcap_stats", 0, G_MAXUINT, EBADF);
  send_from_w1 (a_frame, sizeof a_frame);
  CU_ASSERT (receives (1));
  CU_ASSERT_EQUAL (counters ().missed, 0);
  close_rig ();
}

static void
addresses_are_those_of_the_interface (void)
{
  LinuxPortAddress addresses[2] = { 0 };

  open_rig (LINUX_PORT_SOCKET);
  ip ("address add 192.0.2.1/31 dev w0");
  CU_ASSERT_EQUAL (linux_world_port_addresses (rig.world, rig.port, addresses, 2), 2);
  CU_ASSERT (addresses[0].ip == OURS && addresses[0].prefix_length == 24);
  CU_ASSERT (addresses[1].ip == 0xc0000201 && addresses[1].prefix_length == 31);
  CU_ASSERT_EQUAL (linux_world_port_addresses (rig.world, rig.port, addresses, 1), 2);
  refuse ("getifaddrs", 0, 1, ENOMEM);
  CU_ASSERT_EQUAL (linux_world_port_addresses (rig.world, rig.port, addresses, 2), 0);
  ip ("address del 192.0.2.1/31 dev w0");
  close_rig ();
}

int
main (void)
{
  return rig_main (
      "linux-refused-port",
      (const TapTest[]){
          { "whatever is refused, a port is open, or refused with the reason", a_port_is_open_or_refused },
          { "an underlay that shares its address with the kernel, too",
            an_underlay_that_shares_its_address_is_open_or_refused },
          { "a method that is not to be had is followed by the next",
            a_method_that_is_not_to_be_had_is_followed_by_the_next },
          { "who makes packet sockets may refuse", who_makes_packet_sockets_may_refuse },
          { "a name that no interface has is refused", a_name_that_no_interface_has_is_refused },
          { "a refused frame is dropped with the reason, and the next is sent",
            a_refused_frame_is_dropped_with_the_reason_and_the_next_is_sent },
          { "frames that the kernel has no room for wait", frames_that_the_kernel_has_no_room_for_wait },
          { "more than a thousand do not wait", more_than_a_thousand_frames_do_not_wait },
          { "frames that cannot be waited for leave all the same",
            frames_that_cannot_be_waited_for_leave_all_the_same },
          { "a port that is closed drops what waits", a_world_that_ends_drops_what_waits },
          { "a port whose interface came back receives", a_port_that_came_back_receives },
          { "frames longer than the interface had them arrive whole, or are counted",
            frames_longer_than_the_interface_had_them_arrive_whole_or_are_counted },
          { "what libpcap cuts off is missed", what_libpcap_cuts_off_is_missed },
          { "what found no room is counted", what_found_no_room_is_counted },
          { "libpcap's count is ours", libpcap_s_count_is_ours },
          { "the lowest free number is a new port's", the_lowest_free_number_is_a_new_port_s },
          { "a failing count of what was missed changes nothing",
            a_failing_count_of_what_was_missed_changes_nothing },
          { "addresses are those of the interface", addresses_are_those_of_the_interface },
          { NULL } });
}
