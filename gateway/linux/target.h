/* The texts that name what to dial and where to listen, and the addresses they stand for.  No socket is opened here. */
#pragma once

#include <glib.h>
#include <sys/socket.h>

G_BEGIN_DECLS

typedef struct
{
  struct sockaddr_storage address;
  socklen_t length;
  gboolean tls;
} LinuxAddress;

/* "tcp:IP:PORT", "tcp:[IPV6]:PORT", the same with "ssl:", or "unix:PATH". */
gboolean linux_target_to_dial (const char *target, LinuxAddress *address, GError **error);
/* "ptcp:PORT[:IP]" (0.0.0.0 without IP; port 0: any), the same with "pssl:", or "punix:PATH". */
gboolean linux_target_to_listen (const char *target, LinuxAddress *address, GError **error);

static inline gboolean
linux_address_is_path (const LinuxAddress *address)
{
  return address->address.ss_family == AF_UNIX;
}

/* The file of a unix socket; NULL when it has no name. */
const char *linux_address_path (const LinuxAddress *address);
/* 0 for a unix socket. */
guint16 linux_address_port (const LinuxAddress *address);
/* As the other end of a stream: "tcp:10.0.0.1:6640", "unix:/run/db.sock"; as a listener: "ptcp:6640:10.0.0.1", …. */
char *linux_address_as_peer (const LinuxAddress *address);
char *linux_address_as_listener (const LinuxAddress *address);

G_END_DECLS
