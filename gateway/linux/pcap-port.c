/* libpcap, for systems whose packet sockets lack what the other methods use.  It puts tags back itself, but it does not
 * tell of checksums left to hardware, nor of packets of several segments: a neighbour with such offloads (a veth pair's
 * other end) must have them switched off. */
#include "gateway/linux/port-inside.h"
#include "gateway/linux/vxlan-port.h"

#include <errno.h>
#include <fcntl.h>
#include <pcap/pcap.h>
#include <unistd.h>

/* A buffer's slots are as long as the longest packet may be. */
#define ROOM_FOR_TAGS 64u
#define WAIT_MS       1 /* of a kernel that delivers in blocks: the longest that a frame waits */

typedef struct
{
  LinuxPort port;
  pcap_t *pcap;
  guint missed; /* as libpcap counted when it was asked last */
  int deaf;     /* see vxlan-port.h; -1: none */
} PcapPort;

static void
take (u_char *user, const struct pcap_pkthdr *header, const u_char *bytes)
{
  PcapPort *self = (PcapPort *) (gpointer) user;

  if (header->caplen == header->len && header->len <= NET_FRAME_MAX)
    linux_port_deliver (&self->port, net_frame_new_from (self->port.world->world.frames, bytes, header->len));
  else
    linux_port_missed (&self->port, 1);
}

static void
on_readable (LinuxWatch *watch, guint32 events)
{
  PcapPort *self = watch->owner;
  struct pcap_stat stat;

  (void) events;
  pcap_dispatch (self->pcap, LINUX_PORT_TURN, take, (u_char *) self);
  if (pcap_stats (self->pcap, &stat) == 0 && stat.ps_drop != self->missed)
    {
      linux_port_missed (&self->port, stat.ps_drop - self->missed);
      self->missed = stat.ps_drop;
    }
}

static guint
pcap_port_send (LinuxPort *port, NetFrame *const *frames, guint n)
{
  PcapPort *self = (PcapPort *) port;

  for (guint i = 0; i < n; i++)
    {
      errno = 0;
      if (pcap_inject (self->pcap, net_frame_bytes (frames[i]), frames[i]->length) >= 0)
        linux_port_sent (port, frames[i]);
      else if (errno == EAGAIN)
        return i;
      else
        linux_port_refused (port, frames[i], errno);
    }
  return n;
}

static void
close_pcap (PcapPort *self)
{
  if (self->pcap)
    pcap_close (self->pcap);
  self->pcap = NULL;
}

/* What is shared with the kernel's own address is sorted out before it reaches us. */
static gboolean
set_filter (PcapPort *self)
{
  char ip[NET_IPV4_TEXT];
  g_autofree char *text = NULL;
  struct bpf_program program;
  gboolean set;

  if (self->port.config.kind != LINUX_PORT_UNDERLAY_SHARED)
    return TRUE;
  net_ipv4_format (self->port.config.tunnel_ip, ip);
  text = g_strdup_printf (
      "(udp dst port 4789 and dst host %s) or (arp and (arp[6:2] = 2 or not arp dst host %s))", ip, ip);
  if (pcap_compile (self->pcap, &program, text, 1, PCAP_NETMASK_UNKNOWN) < 0)
    return FALSE;
  set = pcap_setfilter (self->pcap, &program) == 0;
  pcap_freecode (&program);
  return set;
}

/* What is set before a handle is active cannot fail. */
static gboolean
open_pcap (PcapPort *self, const char *interface)
{
  const LinuxPortConfig *config = &self->port.config;
  char why[PCAP_ERRBUF_SIZE];

  self->pcap = pcap_create (interface, why);
  if (!self->pcap)
    return FALSE;
  pcap_set_snaplen (self->pcap, (int) (self->port.link.mtu + ROOM_FOR_TAGS));
  pcap_set_promisc (self->pcap, config->promiscuous);
  pcap_set_timeout (self->pcap, WAIT_MS);
  pcap_set_immediate_mode (self->pcap, 1);
  pcap_set_buffer_size (self->pcap, (int) (config->ring_bytes ? config->ring_bytes : LINUX_PORT_RING_BYTES));
  return pcap_activate (self->pcap) >= 0 && pcap_setnonblock (self->pcap, 1, why) == 0
         && pcap_setdirection (self->pcap, PCAP_D_IN) == 0 && pcap_datalink (self->pcap) == DLT_EN10MB
         && set_filter (self) && pcap_get_selectable_fd (self->pcap) >= 0;
}

/* Opened anew each time: what libpcap had open ends with the interface. */
static gboolean
pcap_port_bind (LinuxPort *port, GError **error)
{
  PcapPort *self = (PcapPort *) port;
  const char *interface = port->interface;

  linux_loop_unwatch (port->world->loop, &port->in);
  linux_loop_unwatch (port->world->loop, &port->out);
  port->blocked = FALSE;
  close_pcap (self);
  if (port->out.fd >= 0)
    close (port->out.fd);
  port->out.fd = -1;
  if (!open_pcap (self, interface))
    {
      g_set_error (error, LINUX_WORLD_ERROR, LINUX_WORLD_ERROR_PORT, "libpcap cannot open interface '%s': %s",
                   interface, self->pcap ? pcap_geterr (self->pcap) : g_strerror (errno));
      close_pcap (self);
      return FALSE;
    }
  self->missed = 0;
  port->in.fd = pcap_get_selectable_fd (self->pcap);
  port->out.fd = fcntl (port->in.fd, F_DUPFD_CLOEXEC, 0); /* a descriptor is waited for once */
  if (linux_loop_watch (port->world->loop, &port->in, EPOLLIN))
    return TRUE;
  g_set_error (error, LINUX_WORLD_ERROR, LINUX_WORLD_ERROR_SYSTEM, "the kernel refuses to wait for '%s': %s",
               interface, g_strerror (errno));
  return FALSE;
}

static void
free_pcap_port (LinuxPort *port)
{
  PcapPort *self = (PcapPort *) port;

  close_pcap (self);
  if (port->out.fd >= 0)
    close (port->out.fd);
  if (self->deaf >= 0)
    close (self->deaf);
  g_free (self);
}

static const LinuxPortClass pcap_class
    = { .name = "pcap", .bind = pcap_port_bind, .send = pcap_port_send, .free = free_pcap_port };

LinuxPort *
linux_pcap_port_new (const LinuxPortConfig *config, const LinuxLink *link, GError **error)
{
  PcapPort *self = g_new0 (PcapPort, 1);

  (void) link;
  self->port.klass = &pcap_class;
  self->port.in.ready = on_readable;
  self->port.in.fd = self->port.out.fd = self->deaf = -1;
  if (config->kind == LINUX_PORT_UNDERLAY_SHARED)
    {
      self->deaf = linux_vxlan_deaf_socket (config->tunnel_ip, error);
      if (self->deaf < 0)
        {
          free_pcap_port (&self->port);
          return NULL;
        }
    }
  return &self->port;
}
