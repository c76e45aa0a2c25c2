/* Interfaces as rtnetlink tells of them: whether they are there, their names, and whether they carry.  Events, not
 * polling: nothing is asked again unless the kernel says that it lost some. */
#include "gateway/linux/port-inside.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <unistd.h>

/* A turn's worth of news. */
#define MAX_READS 16u
#define BUFFER    32768u

struct _LinuxLinks
{
  LinuxWorld *world;
  LinuxWatch watch;
  gboolean lost;    /* some news were, and the kernel is yet to be asked for all */
  gboolean asking;  /* it was, and is still answering … */
  guint32 question; /* … this one */
};

/* ---- messages ---------------------------------------------------------------------------------------------------- */

/* FALSE when the message is cut short. */
static gboolean
parse_link (const struct nlmsghdr *message, LinuxLink *link)
{
  const struct ifinfomsg *info = NLMSG_DATA (message);
  const struct rtattr *attribute;
  gsize left;

  *link = (LinuxLink){ 0 };
  if (message->nlmsg_len < NLMSG_LENGTH (sizeof *info))
    return FALSE;
  link->index = info->ifi_index;
  link->up = (info->ifi_flags & (IFF_UP | IFF_RUNNING)) == (IFF_UP | IFF_RUNNING);
  left = message->nlmsg_len - NLMSG_LENGTH (sizeof *info);
  for (attribute = IFLA_RTA (info); RTA_OK (attribute, left); attribute = RTA_NEXT (attribute, left))
    switch (attribute->rta_type)
      {
      case IFLA_IFNAME:
        g_strlcpy (link->name, RTA_DATA (attribute), MIN (sizeof link->name, RTA_PAYLOAD (attribute)));
        break;
      case IFLA_MTU:
        if (RTA_PAYLOAD (attribute) >= sizeof (guint32))
          memcpy (&link->mtu, RTA_DATA (attribute), sizeof (guint32));
        break;
      case IFLA_ADDRESS:
        if (RTA_PAYLOAD (attribute) == sizeof link->mac)
          memcpy (&link->mac, RTA_DATA (attribute), sizeof link->mac);
        break;
      default:
        break;
      }
  return TRUE;
}

static int
open_netlink (guint32 groups, int flags)
{
  const struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = groups };
  int fd = socket (AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | flags, NETLINK_ROUTE);

  if (fd >= 0 && bind (fd, (const struct sockaddr *) &address, sizeof address) == 0)
    return fd;
  if (fd >= 0)
    close (fd);
  return -1;
}

/* Asks for one interface by name, or for all; `question` is the number that the answers will have. */
static gboolean
ask (int fd, guint32 question, const char *name)
{
  struct
  {
    struct nlmsghdr header;
    struct ifinfomsg info;
    struct rtattr attribute;
    char name[IF_NAMESIZE];
  } request = { .header = { .nlmsg_len = NLMSG_LENGTH (sizeof (struct ifinfomsg)),
                            .nlmsg_type = RTM_GETLINK,
                            .nlmsg_seq = question,
                            .nlmsg_flags = NLM_F_REQUEST | (name ? 0 : NLM_F_DUMP) } };

  if (name)
    {
      g_strlcpy (request.name, name, sizeof request.name);
      request.attribute
          = (struct rtattr){ .rta_len = RTA_LENGTH (sizeof request.name), .rta_type = IFLA_IFNAME };
      request.header.nlmsg_len += request.attribute.rta_len;
    }
  return send (fd, &request, request.header.nlmsg_len, 0) == (gssize) request.header.nlmsg_len;
}

/* ---- one, at once ------------------------------------------------------------------------------------------------ */

/* The kernel answers inside the send() already: nothing is waited for. */
static gboolean
ask_and_read (int fd, const char *name, LinuxLink *link)
{
  g_autofree struct nlmsghdr *answer = g_malloc (BUFFER);
  gssize n;

  if (!ask (fd, 1, name))
    return FALSE;
  n = recv (fd, answer, BUFFER, 0);
  if (n < 0)
    return FALSE;
  errno = EPROTO;
  if (!NLMSG_OK (answer, (gsize) n))
    return FALSE;
  if (answer->nlmsg_type == NLMSG_ERROR && answer->nlmsg_len >= NLMSG_LENGTH (sizeof (struct nlmsgerr)))
    {
      errno = -((const struct nlmsgerr *) NLMSG_DATA (answer))->error;
      return FALSE;
    }
  return answer->nlmsg_type == RTM_NEWLINK && parse_link (answer, link);
}

gboolean
linux_link_find (const char *name, LinuxLink *link, GError **error)
{
  int fd;
  gboolean found;

  if (strlen (name) >= IF_NAMESIZE)
    {
      g_set_error (error, LINUX_WORLD_ERROR, LINUX_WORLD_ERROR_PORT,
                   "'%s' is no interface's name: those have at most %d characters", name, IF_NAMESIZE - 1);
      return FALSE;
    }
  fd = open_netlink (0, SOCK_NONBLOCK);
  found = fd >= 0 && ask_and_read (fd, name, link);
  if (!found && errno == ENODEV)
    g_set_error (error, LINUX_WORLD_ERROR, LINUX_WORLD_ERROR_PORT,
                 "there is no interface '%s'; 'ip link' lists those there are", name);
  else if (!found)
    g_set_error (error, LINUX_WORLD_ERROR, LINUX_WORLD_ERROR_SYSTEM,
                 "the kernel does not tell of interface '%s': %s", name, g_strerror (errno));
  if (fd >= 0)
    close (fd);
  return found;
}

/* ---- news -------------------------------------------------------------------------------------------------------- */

/* One answer at a time: what is lost while it comes is asked for when it is over. */
static void
make_up (LinuxLinks *links)
{
  if (!links->lost || links->asking)
    return;
  linux_ports_links_unsure (links->world);
  links->asking = ask (links->watch.fd, ++links->question, NULL);
  links->lost = !links->asking;
}

/* An interface that changed while the kernel went through them may be missing in its answer. */
static void
take_answer_over (LinuxLinks *links, gboolean whole)
{
  links->asking = FALSE;
  links->lost |= !whole;
  if (!links->lost)
    linux_ports_links_all_told (links->world);
}

static void
take_news (LinuxLinks *links, const struct nlmsghdr *message)
{
  LinuxLink link;

  if (message->nlmsg_seq == links->question
      && (message->nlmsg_type == NLMSG_DONE || message->nlmsg_type == NLMSG_ERROR))
    take_answer_over (links, message->nlmsg_type == NLMSG_DONE && !(message->nlmsg_flags & NLM_F_DUMP_INTR));
  if (message->nlmsg_type != RTM_NEWLINK && message->nlmsg_type != RTM_DELLINK)
    return;
  /* A bridge tells of its ports in its own family: that one left the bridge is no end of it. */
  if (!parse_link (message, &link)
      || ((const struct ifinfomsg *) NLMSG_DATA (message))->ifi_family != AF_UNSPEC)
    return;
  if (message->nlmsg_type == RTM_NEWLINK)
    linux_ports_link_is (links->world, &link);
  else
    linux_ports_link_gone (links->world, link.index);
}

/* FALSE: there are no more now. */
static gboolean
read_news (LinuxLinks *links, struct nlmsghdr *buffer)
{
  gssize n = recv (links->watch.fd, buffer, BUFFER, 0);
  gsize left = (gsize) MAX (n, 0);

  if (n < 0 && errno == ENOBUFS)
    links->lost = TRUE;
  else if (n <= 0)
    return FALSE;
  for (const struct nlmsghdr *message = buffer; NLMSG_OK (message, left);
       message = NLMSG_NEXT (message, left))
    take_news (links, message);
  return TRUE;
}

static void
on_news (LinuxWatch *watch, guint32 events)
{
  LinuxLinks *links = watch->owner;
  g_autofree struct nlmsghdr *buffer = g_malloc (BUFFER);

  (void) events;
  for (guint i = 0; i < MAX_READS && read_news (links, buffer); i++)
    make_up (links);
}

gboolean
linux_links_follow (LinuxWorld *world, GError **error)
{
  LinuxLinks *links;
  int fd;

  if (world->links)
    return TRUE;
  fd = open_netlink (RTMGRP_LINK, SOCK_NONBLOCK);
  links = g_new0 (LinuxLinks, 1);
  links->world = world;
  links->watch = (LinuxWatch){ .fd = fd, .ready = on_news, .owner = links };
  if (fd >= 0 && linux_loop_watch (world->loop, &links->watch, EPOLLIN))
    {
      world->links = links;
      return TRUE;
    }
  g_set_error (error, LINUX_WORLD_ERROR, LINUX_WORLD_ERROR_SYSTEM,
               "the kernel does not tell of changes at interfaces: %s", g_strerror (errno));
  if (fd >= 0)
    close (fd);
  g_free (links);
  return FALSE;
}

void
linux_links_free (LinuxWorld *world)
{
  LinuxLinks *links = world->links;

  if (!links)
    return;
  linux_loop_unwatch (world->loop, &links->watch);
  close (links->watch.fd);
  g_free (links);
  world->links = NULL;
}
