/* Named byte strings in files.  Each name is a file in one directory, or has a file of its own.  What append and
 * replace say is stored is on the disk: data is synchronised, and the directory where a name in it changed. */
#pragma once

#include "net/world.h"

G_BEGIN_DECLS

typedef struct _LinuxStorage LinuxStorage;

LinuxStorage *linux_storage_new (void);
/* Gives up its locks. */
void linux_storage_free (LinuxStorage *storage);

void linux_storage_set_directory (LinuxStorage *storage, const char *directory);
void linux_storage_set_file (LinuxStorage *storage, const char *name, const char *path);

/* As in net/world.h.  The first use of a name locks its file against other processes. */
GBytes *linux_storage_load (LinuxStorage *storage, const char *name, GError **error);
/* A failed append leaves the file as it was, where the disk lets it. */
gboolean
linux_storage_append (LinuxStorage *storage, const char *name, const guint8 *bytes, gsize n, GError **error);
/* The same without waiting for the disk, or for the file: it is written with what comes after it, at the latest by
 * linux_storage_write_out(), to be called before anything is sent that may speak of it, and in every turn. */
gboolean linux_storage_append_soon (LinuxStorage *storage, const char *name, const guint8 *bytes, gsize n,
                                    GError **error);
/* FALSE: something still waits, and appends to its file fail until it could be written; other files are not held up. */
gboolean linux_storage_write_out (LinuxStorage *storage, GError **error);
/* Whoever reads the file, even after a crash, finds the old value or the new one. */
gboolean
linux_storage_replace (LinuxStorage *storage, const char *name, const guint8 *bytes, gsize n, GError **error);
/* The same in parts.  Each part is on the disk before the next, so that the end has little to wait for. */
gboolean linux_storage_replace_step (LinuxStorage *storage, const char *name, NetReplaceStep step,
                                     const guint8 *bytes, gsize n, GError **error);

/* ---- file-lock.c ------------------------------------------------------------------------------------------------- */

/* Keeps other processes from writing a file, by the lock file that Open vSwitch's tools use for theirs
 * (".NAME.~lock~" beside it), so that those heed it too.  The descriptor is the lock; -1 with an error. */
int linux_file_lock (const char *path, GError **error);

G_END_DECLS
