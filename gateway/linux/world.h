/* The NetWorld of a real Linux host: the monotonic clock, the kernel's chance, sockets and files.
 *
 * One thread runs it.  Who lives on it sees net/world.h alone; this header is for the program that makes it. */
#pragma once

#include "net/world.h"

G_BEGIN_DECLS

typedef struct _LinuxWorld LinuxWorld;

typedef enum
{
  LINUX_WORLD_ERROR_TARGET,  /* the text is wrong, or its kind not to be had here */
  LINUX_WORLD_ERROR_LISTEN,  /* the place is taken, forbidden or not there */
  LINUX_WORLD_ERROR_STORAGE, /* a file could not be read, written or locked */
  LINUX_WORLD_ERROR_PORT,    /* no such interface, or it may not be opened */
  LINUX_WORLD_ERROR_SYSTEM   /* the kernel refuses what a world stands on */
} LinuxWorldError;

#define LINUX_WORLD_ERROR (linux_world_error_quark ())
GQuark linux_world_error_quark (void);

/* What the program wants to hear.  Any function may be NULL. */
typedef struct
{
  NetLogLevel log_level; /* less than this is not said */
  /* Who writes the log; NULL: stderr does. The message is one line. */
  void (*log) (LinuxWorld *world, NetLogLevel level, const char *module, const char *message, gpointer user);
  /* A listener is up; `target` has the port that the kernel chose where 0 was asked. */
  void (*listening) (LinuxWorld *world, const char *target, gpointer user);
  /* A frame is about to leave by a port. */
  void (*sending) (LinuxWorld *world, guint port, const NetFrame *frame, gpointer user);
  void (*dropped) (LinuxWorld *world, const NetDrop *drop, gpointer user);
  void (*state) (LinuxWorld *world, const NetState *state, gpointer user);
  gpointer user;
} LinuxWorldConfig;

/* `config` is copied; NULL: only warnings and errors are logged. */
LinuxWorld *linux_world_new (const LinuxWorldConfig *config, GError **error);
/* Closes what is still open: streams send what the kernel takes at once.  No events follow. */
void linux_world_free (LinuxWorld *world);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LinuxWorld, linux_world_free)

NetWorld *linux_world_seam (LinuxWorld *world);

void linux_world_set_log_level (LinuxWorld *world, NetLogLevel level);

/* Serves timers, sockets and signals until linux_world_quit(), which may be called from any of their callbacks. */
void linux_world_run (LinuxWorld *world);
void linux_world_quit (LinuxWorld *world);

/* From now on SIGTERM, SIGINT and SIGHUP are told here, in the world's turn, and do nothing else. */
typedef void (*LinuxSignalFunc) (LinuxWorld *world, int signal, gpointer user);
gboolean linux_world_catch_signals (LinuxWorld *world, LinuxSignalFunc caught, gpointer user, GError **error);

/* What this end of TLS shows and trusts.  From now on "pssl:" and "ssl:" are to be had; called again, handshakes from
 * then on use the new ones, and sessions go on.  FALSE leaves all as it was: a text is not understood, or the key is
 * another certificate's. */
typedef struct
{
  const char *certificate_pem; /* and those up to the authority, if there are any between */
  const char *private_key_pem;
  const char *certificate_path, *private_key_path; /* where these texts were, for sentences */
  const char *ca_path; /* of the file with the authorities whose certificates are taken */
} LinuxTlsFiles;

gboolean linux_world_set_tls (LinuxWorld *world, const LinuxTlsFiles *files, GError **error);

/* Where stored names live: each a file of this name in the directory … */
void linux_world_store_in (LinuxWorld *world, const char *directory);
/* … but this one in this file. */
void linux_world_store_file (LinuxWorld *world, const char *name, const char *path);

/* Frames that were discarded for this reason. */
guint64 linux_world_n_drops (const LinuxWorld *world, NetDropReason reason);

G_END_DECLS
