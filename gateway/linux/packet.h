/* What the ports on packet sockets share: opening, binding, sending, and the kernel's notes. */
#pragma once

#include "gateway/linux/port-inside.h"

G_BEGIN_DECLS

/* Begins as a port; `in` receives, `out` sends. */
typedef struct
{
  LinuxPort port;
  int deaf; /* a UDP socket that keeps the kernel from refusing VXLAN packets; -1: none */
} LinuxPacket;

/* Opens both sockets, asks for the kernel's notes, and lets config.ring_bytes of packets wait in the kernel (less where
 * it allows no more); nothing is received before linux_packet_bind(). */
gboolean linux_packet_open (LinuxPacket *packet, const LinuxPortConfig *config, GError **error);
void linux_packet_close (LinuxPacket *packet);

/* LinuxPortClass.bind and .send. */
gboolean linux_packet_bind (LinuxPort *port, GError **error);
guint linux_packet_send (LinuxPort *port, NetFrame *const *frames, guint n);

/* A tag as tpacket_auxdata and ring headers tell of it (with its TPID since Linux 3.14). */
void linux_packet_tag (LinuxNotes *notes, guint32 status, guint16 tci, guint16 tpid);
/* Reads one packet, at most LINUX_PACKET_MAX bytes, and the notes on it; FALSE: there is none. */
gboolean linux_packet_receive (LinuxPacket *packet, guint8 *bytes, guint *length, LinuxNotes *notes);
/* Counts what the kernel had no room for since it was asked last. */
void linux_packet_ask_missed (LinuxPacket *packet);

G_END_DECLS
