/* What the ports on packet sockets share: opening, binding, sending, and the kernel's notes. */
#pragma once

#include "gateway/linux/port-inside.h"

G_BEGIN_DECLS

/* Begins as a port; `in` receives, `out` sends. */
typedef struct
{
  LinuxPort port;
} LinuxPacket;

/* Opens both sockets and asks for the kernel's notes; nothing is received before linux_packet_bind(). */
gboolean linux_packet_open (LinuxPacket *packet, GError **error);
void linux_packet_close (LinuxPacket *packet);

/* How many bytes of frames may wait for us in the kernel; 0: LINUX_PORT_RING_BYTES.  Less where it allows no more. */
void linux_packet_set_room (LinuxPacket *packet, guint bytes);

/* LinuxPortClass.bind and .send. */
gboolean linux_packet_bind (LinuxPort *port, GError **error);
guint linux_packet_send (LinuxPort *port, NetFrame *const *frames, guint n, int *error);

/* A tag as tpacket_auxdata and ring headers tell of it. */
void linux_packet_tag (LinuxNotes *notes, guint32 status, guint16 tci, guint16 tpid);
/* Counts what the kernel had no room for since it was asked last. */
void linux_packet_ask_missed (LinuxPacket *packet);

G_END_DECLS
