/* What the daemon has in the file system, which it makes as root and goes on with as another user. */
#pragma once

#include "vtepd/privileges.h"

G_BEGIN_DECLS

/* Makes a directory that is the user's, unless it is there. */
void vtepd_files_make_directory (const char *path, const VtepdUser *user);
/* Gives a file or socket to the user, where this process may; else it stays as it is. */
void vtepd_files_give (const char *path, const VtepdUser *user);
/* The same for a database and the lock beside it. */
void vtepd_files_give_database (const char *path, const VtepdUser *user);

/* Once this process is the user: a sentence when it cannot make files beside the database; NULL: it can. */
char *vtepd_files_database_problem (const char *path);

/* Writes this process's id and locks the file, so that a second daemon cannot take it.  The descriptor holds the lock;
 * -1: refused. */
int vtepd_files_open_pid (const char *path, GError **error);

G_END_DECLS
