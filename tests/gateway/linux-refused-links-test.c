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

/* ---- news that are no news --------------------------------------------------------------------------------------- */

typedef struct
{
  struct nlmsghdr header;
  struct ifinfomsg info;
  struct rtattr attribute;
} News;

/* That w0 is there, carries, and has an attribute. */
static News
news_of_w0 (guint16 type, guint16 attribute)
{
  return (News){ .header = { .nlmsg_len = sizeof (News), .nlmsg_type = type },
                 .info = { .ifi_index = (int) if_nametoindex ("w0"), .ifi_flags = IFF_UP | IFF_RUNNING },
                 .attribute = { .rta_len = sizeof (struct rtattr), .rta_type = attribute } };
}

static void
check_no_news (const News *news, gsize n)
{
  LinuxPortFacts before, after;

  open_rig (LINUX_PORT_SOCKET);
  linux_world_port_facts (rig.world, rig.port, &before);
  refusals_feed (news, n);
  ip ("link set lo mtu 60000"); /* so that there is something to wake up for */
  ip ("link set lo mtu 65536");
  run_for (5 * NET_MSEC);
  linux_world_port_facts (rig.world, rig.port, &after);
  CU_ASSERT (after.up && after.mtu == before.mtu && net_mac_equal (&after.mac, &before.mac));
  CU_ASSERT_STRING_EQUAL (after.interface, before.interface);
  CU_ASSERT_STRING_EQUAL (rig.heard->str, "");
  close_rig ();
}

/* What follows would be read from beyond the message. */
static void
news_that_are_cut_short_change_nothing (void)
{
  News news = news_of_w0 (RTM_DELLINK, IFLA_MTU);

  check_no_news (&news, 3);
  check_no_news (&news, sizeof news - 1);
  news.header.nlmsg_len = 3;
  check_no_news (&news, sizeof news);
  news.header.nlmsg_len = NLMSG_LENGTH (4);
  check_no_news (&news, sizeof news);
}

static void
news_of_a_bridge_are_not_those_of_its_port (void)
{
  News news = news_of_w0 (RTM_DELLINK, IFLA_MTU);

  news.info.ifi_family = AF_BRIDGE;
  check_no_news (&news, sizeof news);
}

static void
attributes_that_are_cut_short_are_passed_over (void)
{
  static const guint16 lengths[] = { 0, 3, 4, 7, 200 };
  LinuxPortFacts facts;

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      News news = news_of_w0 (RTM_NEWLINK, IFLA_MTU);
      news.attribute.rta_len = lengths[i];
      open_rig (LINUX_PORT_SOCKET);
      refusals_feed (&news, sizeof news);
      ip ("link set lo mtu 60000");
      ip ("link set lo mtu 65536");
      run_for (5 * NET_MSEC);
      linux_world_port_facts (rig.world, rig.port, &facts);
      CU_ASSERT (facts.up && facts.mtu == 0);
      close_rig ();
    }
}

/* More than are read in one turn: what is left is read in the next. */
static void
a_storm_of_news_is_read_to_its_end (void)
{
  open_rig (LINUX_PORT_RING);
  for (guint i = 0; i < 20; i++)
    {
      ip ("link set lo mtu 60000");
      ip ("link set lo mtu 65536");
    }
  ip ("link set w1 down");
  CU_ASSERT (hears ("down "));
  ip ("link set w1 up");
  CU_ASSERT (hears ("up "));
  close_rig ();
}

/* The kernel went through its interfaces while one changed: it is asked again. */
static void
an_answer_that_was_disturbed_is_asked_for_again (void)
{
  struct
  {
    struct nlmsghdr header;
    int error;
  } done = {
    .header
    = { .nlmsg_len = sizeof done, .nlmsg_type = NLMSG_DONE, .nlmsg_seq = 1, .nlmsg_flags = NLM_F_DUMP_INTR }
  };

  open_rig (LINUX_PORT_RING);
  ip ("link set w1 down");
  lose_news ();
  refusals_feed (&done, sizeof done);
  CU_ASSERT (hears ("down "));
  CU_ASSERT_PTR_NULL (strstr (rig.heard->str, "gone"));
  ip ("link set w1 up");
  CU_ASSERT (hears ("up "));
  close_rig ();
}

static void
check_not_told (gconstpointer answer, gsize n, const char *why)
{
  g_autofree char *expected = g_strconcat ("the kernel does not tell of interface 'w0': ", why, NULL);
  const LinuxPortConfig config = { .received = drop_received };
  g_autoptr (LinuxWorld) world = linux_world_new (NULL, NULL);
  g_autoptr (GError) error = NULL;
  guint port;

  refusals_feed (answer, n);
  CU_ASSERT_FALSE (linux_world_open_port (world, "w0", &config, &port, &error));
  CU_ASSERT (error && strcmp (error->message, expected) == 0);
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

  check_not_told (&refusal, sizeof refusal, "Permission denied");
  check_not_told (&refusal, sizeof refusal - 1, "Protocol error");
  check_not_told (&refusal, 3, "Protocol error");
  refusal.header.nlmsg_len = 3;
  check_not_told (&refusal, sizeof refusal, "Protocol error");
  refusal.header.nlmsg_len = NLMSG_LENGTH (2);
  check_not_told (&refusal, sizeof refusal, "Protocol error");
  refusal.header.nlmsg_type = RTM_NEWLINK;
  check_not_told (&refusal, sizeof refusal, "Protocol error");
  refusal.header.nlmsg_type = NLMSG_NOOP;
  check_not_told (&refusal, sizeof refusal, "Protocol error");
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
          { "news of a bridge are not those of its port", news_of_a_bridge_are_not_those_of_its_port },
          { "attributes that are cut short are passed over", attributes_that_are_cut_short_are_passed_over },
          { "a storm of news is read to its end", a_storm_of_news_is_read_to_its_end },
          { "an answer that was disturbed is asked for again",
            an_answer_that_was_disturbed_is_asked_for_again },
          { "news that are cut short change nothing", news_that_are_cut_short_change_nothing },
          { "a kernel that tells nothing of an interface is a sentence",
            a_kernel_that_tells_nothing_of_an_interface_is_a_sentence },
          { "an interface that comes back, but is refused, is tried again",
            an_interface_that_comes_back_but_is_refused_is_tried_again },
          { NULL } });
}
