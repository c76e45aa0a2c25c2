/* What the kinds of ports share with ports.c, which serves them. */
#pragma once

#include "gateway/linux/inside.h"
#include "gateway/linux/ports.h"
#include "gateway/linux/restore.h"

#include <net/if.h>

G_BEGIN_DECLS

/* Frames that wait for the kernel to take them; more are dropped. */
#define LINUX_PORT_QUEUE 1024u
/* Frames handed to the kernel at once, and the least that is worth not waiting for the end of the turn. */
#define LINUX_PORT_BURST 64u
/* Frames taken in one turn; the others on the loop have theirs before the next. */
#define LINUX_PORT_TURN 256u

/* A port's interface, as the kernel last told. */
typedef struct
{
  int index; /* 0: it is not there */
  char name[IF_NAMESIZE];
  NetMac mac;
  guint mtu;
  gboolean up;
} LinuxLink;

typedef struct
{
  const char *name;
  /* Attaches to link.index: at first, and again when the interface came back. */
  gboolean (*bind) (LinuxPort *port, GError **error);
  /* Deals with frames from the front: each is handed to linux_port_sent() or linux_port_refused().  Returns how many;
   * when fewer than n, the kernel takes no more until `out` is writable. */
  guint (*send) (LinuxPort *port, NetFrame *const *frames, guint n);
  void (*free) (LinuxPort *port);
} LinuxPortClass;

/* A port begins with this. */
struct _LinuxPort
{
  const LinuxPortClass *klass;
  LinuxWorld *world;
  LinuxPortConfig config;
  guint number;
  char *interface; /* the name it was opened by, and comes back by */
  LinuxLink link;
  gboolean heard; /* of its interface, since news were lost */
  LinuxWatch in;  /* the class's descriptor that becomes readable */
  LinuxWatch out; /* … and the one that becomes writable; it is watched only while frames wait */
  NetFrame *queue[LINUX_PORT_QUEUE];
  guint n_queued;
  gboolean blocked; /* the kernel took no more: `out` will tell */
  LinuxTask flush;
  LinuxPortCounters counters;
};

/* ---- for the classes --------------------------------------------------------------------------------------------- */

/* Bytes as the kernel had them, with what it had taken off. */
void linux_port_arrived (LinuxPort *port, guint8 *bytes, guint length, const LinuxNotes *notes);
/* A frame as it was on the wire; takes the reference. */
void linux_port_deliver (LinuxPort *port, NetFrame *frame);
/* What cannot be delivered; takes the reference. */
void linux_port_drop (LinuxPort *port, NetFrame *frame, NetDropReason reason, const char *table);
/* Frames that the kernel had no room for. */
void linux_port_missed (LinuxPort *port, guint64 n);

/* A frame left, or the kernel refused it with this errno; both take the reference. */
void linux_port_sent (LinuxPort *port, NetFrame *frame);
void linux_port_refused (LinuxPort *port, NetFrame *frame, int error);

/* Each makes a port of its method, with its class, descriptors and `in.ready`, and the rest zero. */
LinuxPort *linux_ring_port_new (const LinuxPortConfig *config, const LinuxLink *link, GError **error);
LinuxPort *linux_socket_port_new (const LinuxPortConfig *config, const LinuxLink *link, GError **error);
LinuxPort *linux_pcap_port_new (const LinuxPortConfig *config, const LinuxLink *link, GError **error);
LinuxPort *linux_tunnel_port_new (const LinuxPortConfig *config, GError **error);
/* The MAC that stands for an address at a tunnel port; the MTU of the interface that has it, or a guess. */
NetMac linux_tunnel_mac (NetIpv4 ip);
guint linux_tunnel_mtu (NetIpv4 ip);

/* ---- for links.c ------------------------------------------------------------------------------------------------- */

/* News of an interface, new or changed; and one is gone. */
void linux_ports_link_is (LinuxWorld *world, const LinuxLink *link);
void linux_ports_link_gone (LinuxWorld *world, int index);
/* Some news were lost, so all interfaces are told again; one of which nothing was heard between these two is gone. */
void linux_ports_links_unsure (LinuxWorld *world);
void linux_ports_links_all_told (LinuxWorld *world);

/* ---- links.c: what the kernel tells of interfaces ---------------------------------------------------------------- */

gboolean linux_link_find (const char *name, LinuxLink *link, GError **error);
/* Listens for news from now on; does nothing when it already does. */
gboolean linux_links_follow (LinuxWorld *world, GError **error);
void linux_links_free (LinuxWorld *world);

G_END_DECLS
