/* TLS for byte streams (RFC 8446, RFC 5246), by GIO and its backend from glib-networking.
 *
 * TLS lives in a thread of its own.  It takes a connected socket, shakes hands, and then carries bytes between that
 * socket and one end of a socket pair; the world has the other end and treats it as any stream.  So no handshake, no
 * check of a certificate and no cipher ever holds up the world's turns, and a peer that reads slowly is held by the
 * kernel's buffers as over TCP.
 *
 * Both sides show certificates, and each must have been signed by an authority of the one file given; the system's own
 * authorities count for nothing.  Names in certificates are not looked at: as with Open vSwitch, being certified is what
 * lets in. */
#pragma once

#include "gateway/linux/loop.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _LinuxWorld LinuxWorld;
typedef struct _LinuxTls LinuxTls;

#define LINUX_TLS_HANDSHAKE_NS (10 * NET_SEC)
#define LINUX_TLS_HANDSHAKES   64u /* at a time; beyond that a connection is refused */

LinuxTls *linux_tls_new (LinuxWorld *world, GError **error);
/* Streams that were closed have a second to send what they have. */
void linux_tls_free (LinuxTls *tls);

/* Takes the references.  Handshakes from now on use them. */
void linux_tls_set_credentials (LinuxTls *tls, GTlsCertificate *certificate, GTlsDatabase *authorities);

/* How a handshake went: the descriptor of a plain stream, the callee's; or -1 and why, a sentence. */
typedef void (*LinuxTlsDone) (int fd, const char *peer, const char *why, gpointer user);

/* Shakes hands on a connected socket, which is taken, as is `peer`.  `done` is called later, in a turn of the world. */
void
linux_tls_begin (LinuxTls *tls, int fd, gboolean is_server, char *peer, LinuxTlsDone done, gpointer user);
/* Who began them does not want to hear of its handshakes any more. */
void linux_tls_forget (LinuxTls *tls, gpointer user);

/* ---- tls-session.c: what happens in the thread ------------------------------------------------------------------- */

typedef struct
{
  guint64 id;
  int fd;    /* of the plain stream; -1: it failed */
  char *why; /* then */
} LinuxTlsResult;

typedef struct
{
  guint64 id;
  int fd;
  gboolean is_server;
  GTlsCertificate *certificate;
  GTlsDatabase *authorities;
} LinuxTlsJob;

typedef struct _LinuxTlsThread LinuxTlsThread;

/* `post` is called in the thread; takes the result. */
LinuxTlsThread *linux_tls_thread_new (void (*post) (LinuxTlsResult *result, gpointer user), gpointer user);
void linux_tls_thread_free (LinuxTlsThread *thread);
/* Takes the job, its socket and its references. */
void linux_tls_thread_do (LinuxTlsThread *thread, LinuxTlsJob *job);

G_END_DECLS
