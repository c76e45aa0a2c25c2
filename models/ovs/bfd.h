/* BFD on one port, as Interface:bfd asks for it: the machine of gateway/bfd.h with a timer, and its packets as
 * ovs-vswitchd makes them.  It knows no row and no tunnel: frames are sent by its owner, who is told what has come of it. */
#pragma once

#include "gateway/bfd.h"
#include "models/ovs/ports.h"
#include "net/world.h"
#include "openflow/field.h"

G_BEGIN_DECLS

/* The destination of packets, and their addresses, where nothing else is said. */
#define OVS_BFD_MAC            "00:23:20:00:00:01"
#define OVS_BFD_SOURCE_IP      0xa9fe0101u /* 169.254.1.1 */
#define OVS_BFD_DESTINATION_IP 0xa9fe0100u /* 169.254.1.0 */

typedef struct
{
  VtepBfdConfig machine;
  gboolean check_key; /* packets under a tunnel key other than 0 are not for the session */
  NetMac source;      /* all zero: the port's */
  NetMac destination; /* of what is sent */
  NetMac expected;    /* only packets to it are for the session; all zero: packets to any address */
  NetIpv4 source_ip;  /* another one than the default: only packets to it are for the session, too */
  NetIpv4 destination_ip;
} OvsBfdConfig;

typedef struct
{
  VtepBfdStatus session;
  guint64 n_flaps; /* how often `forwarding` has changed */
} OvsBfdStatus;

typedef struct _OvsBfd OvsBfd;

typedef struct
{
  NetWorld *world;
  const OvsPort *port;   /* outlives the session */
  guint32 discriminator; /* not 0, and no other session's */
  guint16 source_port;
  void (*send) (const OvsPort *port, NetFrame *frame, gpointer user); /* takes the reference */
  void (*changed) (const OvsPort *port, gpointer user); /* ovs_bfd_status() says something new */
  gpointer user;
} OvsBfdOwner;

/* Begins in state Down; the first packet leaves in the world's next turn. */
OvsBfd *ovs_bfd_new (const OvsBfdOwner *owner, const OvsBfdConfig *config);
/* Ends without a word to the other end, as Open vSwitch does. */
void ovs_bfd_free (OvsBfd *bfd);
void ovs_bfd_configure (OvsBfd *bfd, const OvsBfdConfig *config);

guint32 ovs_bfd_discriminator (const OvsBfd *bfd);
const OvsBfdStatus *ovs_bfd_status (const OvsBfd *bfd);

/* Whether a packet that came in by the port is for the session and not for the flow tables. */
gboolean ovs_bfd_expects (const OvsBfd *bfd, const OpenflowFields *fields);
/* Such a packet.  Not NET_DROP_NONE: it says nothing. */
NetDropReason ovs_bfd_receive (OvsBfd *bfd, const guint8 *bytes, guint length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OvsBfd, ovs_bfd_free)

G_END_DECLS
