/* News of interfaces that are lost, cut short, or come where the kernel refuses. */
#include "linux-port-rig.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>

/* ---- news of interfaces ------------------------------------------------------------------------------------------ */

/* The kernel's news are thrown away unread, as it does when there is no room for them. */
static void
lose_news (void)
{
  int fd = -1;
  struct sockaddr_nl name;
  guint8 bytes[32768];

  for (int i = 3; i < 64; i++)
    {
      socklen_t length = sizeof name;
      if (getsockname (i, (struct sockaddr *) &name, &length) == 0 && name.nl_family == AF_NETLINK
          && name.nl_groups)
        fd = i;
    }
  CU_ASSERT_FATAL (fd >= 0);
  while (recv (fd, bytes, sizeof bytes, MSG_DONTWAIT) > 0)
    ;
  ip ("link set lo mtu 60000"); /* so that there is something to wake up for */
  ip ("link set lo mtu 65536");
  refuse ("recv", 0, 1, ENOBUFS);
}

static void
after_lost_news_all_interfaces_are_told_again (void)
{
  open_rig (LINUX_PORT_RING);
  ip ("link set w1 down");
  lose_news ();
  CU_ASSERT (hears ("down "));
  ip ("link set w1 up");
  CU_ASSERT (hears ("up "));
  g_string_truncate (rig.heard, 0);
  ip ("link del w0");
  lose_news ();
  CU_ASSERT (hears ("(interface w0 is gone) down "));
  g_string_truncate (rig.heard, 0);
  make_pair ();
  lose_news ();
  CU_ASSERT (hears ("(interface w0 is there again) up "));
  close_rig ();
}

/* In the answer's midst: what was told before that must not be taken for gone. */
static void
news_that_are_lost_twice_take_no_interface_away (void)
{
  for (guint i = 0; i < 8; i++)
    {
      open_rig (LINUX_PORT_RING);
      lose_news ();
      refuse_once_more (i);
      run_for (20 * NET_MSEC);
      ip ("link set w1 down");
      CU_ASSERT (hears ("down "));
      CU_ASSERT_PTR_NULL (strstr (rig.heard->str, "gone"));
      ip ("link set w1 up");
      CU_ASSERT (hears ("up "));
      close_rig ();
    }
}

static void
a_question_that_cannot_be_asked_is_asked_again (void)
{
  open_rig (LINUX_PORT_RING);
  ip ("link set w1 down");
  lose_news ();
  refuse (NULL, 1, 2, ENOBUFS); /* epoll_wait goes through; recv and the send that asks do not */
  run_for (20 * NET_MSEC);
  CU_ASSERT (hears ("down "));
  ip ("link set w1 up");
  CU_ASSERT (hears ("up "));
  close_rig ();
}

/* What follows would be read from beyond the message. */
static void
news_that_are_cut_short_change_nothing (void)
{
  struct
  {
    struct nlmsghdr header;
    struct ifinfomsg info;
    struct rtattr mtu, mac;
  } news = { .header = { .nlmsg_len = sizeof news.header + 4, .nlmsg_type = RTM_NEWLINK },
             .info = { .ifi_index = 1 },
             .mtu = { .rta_len = sizeof news.mtu, .rta_type = IFLA_MTU },
             .mac = { .rta_len = sizeof news.mac, .rta_type = IFLA_ADDRESS } };
  LinuxPortFacts before, after;

  open_rig (LINUX_PORT_SOCKET);
  linux_world_port_facts (rig.world, rig.port, &before);
  refusals_feed (&news, sizeof news);
  ip ("link set lo mtu 60000");
  run_for (5 * NET_MSEC);
  linux_world_port_facts (rig.world, rig.port, &after);
  CU_ASSERT (after.up && after.mtu == before.mtu);
  news.header.nlmsg_len = sizeof news;
  news.info.ifi_index = (int) if_nametoindex ("w0");
  news.info.ifi_flags = IFF_UP | IFF_RUNNING;
  refusals_feed (&news, sizeof news);
  ip ("link set lo mtu 65536");
  run_for (5 * NET_MSEC);
  linux_world_port_facts (rig.world, rig.port, &after);
  CU_ASSERT (after.up);
  close_rig ();
}

static void
a_kernel_that_tells_nothing_of_an_interface_is_a_sentence (void)
{
  struct
  {
    struct nlmsghdr header;
    struct nlmsgerr error;
  } refusal = { .header = { .nlmsg_len = sizeof refusal, .nlmsg_type = NLMSG_ERROR },
                .error = { .error = -EACCES } };
  g_autoptr (LinuxWorld) world = linux_world_new (NULL, NULL);
  g_autoptr (GError) error = NULL, cut = NULL;
  const LinuxPortConfig config = { .received = drop_received };
  guint port;

  refusals_feed (&refusal, sizeof refusal);
  CU_ASSERT_FALSE (linux_world_open_port (world, "w0", &config, &port, &error));
  CU_ASSERT (
      error && strcmp (error->message, "the kernel does not tell of interface 'w0': Permission denied") == 0);
  refusal.header.nlmsg_type = NLMSG_NOOP;
  refusals_feed (&refusal, sizeof refusal);
  CU_ASSERT_FALSE (linux_world_open_port (world, "w0", &config, &port, &cut));
  CU_ASSERT (cut && strcmp (cut->message, "the kernel does not tell of interface 'w0': Protocol error") == 0);
}

static void
check_coming_back (LinuxPortMethod method, const char *call)
{
  open_rig (method);
  ip ("link del w0");
  CU_ASSERT (hears ("(interface w0 is gone) "));
  g_string_truncate (rig.heard, 0);
  refuse (call, 0, 1, REFUSAL_ERROR);
  make_pair ();
  CU_ASSERT (hears ("(interface w0 is there again, but: "));
  CU_ASSERT (hears ("(interface w0 is there again) up "));
  send_frame (a_frame, sizeof a_frame);
  CU_ASSERT (run_until_gone (1));
  CU_ASSERT_EQUAL (counters ().sent, 1);
  close_rig ();
}

/* The first attempt fails, and the next news of the interface lead to another. */
static void
an_interface_that_comes_back_but_is_refused_is_tried_again (void)
{
  check_coming_back (LINUX_PORT_RING, "bind");
  check_coming_back (LINUX_PORT_PCAP, "pcap_create");
  check_coming_back (LINUX_PORT_PCAP, "pcap_setdirection");
}

int
main (void)
{
  return rig_main (
      "linux-refused-links",
      (const TapTest[]){
          { "after lost news all interfaces are told again", after_lost_news_all_interfaces_are_told_again },
          { "news that are lost twice take no interface away",
            news_that_are_lost_twice_take_no_interface_away },
          { "a question that cannot be asked is asked again",
            a_question_that_cannot_be_asked_is_asked_again },
          { "news that are cut short change nothing", news_that_are_cut_short_change_nothing },
          { "a kernel that tells nothing of an interface is a sentence",
            a_kernel_that_tells_nothing_of_an_interface_is_a_sentence },
          { "an interface that comes back, but is refused, is tried again",
            an_interface_that_comes_back_but_is_refused_is_tried_again },
          { NULL } });
}
