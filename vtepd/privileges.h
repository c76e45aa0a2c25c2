/* Giving up what the daemon no longer needs (capabilities(7), credentials(7), seccomp(2)). */
#pragma once

#include <glib.h>
#include <sys/types.h>

G_BEGIN_DECLS

/* Whom the daemon will be. */
typedef struct
{
  char *name; /* NULL: who it is already */
  uid_t user;
  gid_t group;
} VtepdUser;

/* `wanted` may be NULL: nobody when this is root, else who this is.  FALSE with an error when there is no such user, or
 * only root could become it. */
gboolean vtepd_user_find (const char *wanted, VtepdUser *user, GError **error);
void vtepd_user_clear (VtepdUser *user);

/* Becomes the user, with no capability in any set and no way to get one. */
gboolean vtepd_privileges_drop (const VtepdUser *user, GError **error);

/* From now on only the system calls that the daemon uses are allowed; any other ends it. */
gboolean vtepd_syscalls_restrict (GError **error);

/* Whether this process may make packet sockets. */
gboolean vtepd_privileges_have_raw (void);
/* For the opener: keeps that right, and the one to read any file, as far as it has them.  FALSE: it cannot. */
gboolean vtepd_privileges_keep_for_opening (void);

G_END_DECLS
