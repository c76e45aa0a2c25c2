/* Users and capabilities, by system calls: there is little to do, and libcap would do no more. */
#include "vtepd/privileges.h"

#include <errno.h>
#include <gio/gio.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define USUAL_USER          "nobody"
#define CAP_BIT(capability) (1u << ((capability) &31))

/* ---- users ------------------------------------------------------------------------------------------------------- */

gboolean
vtepd_user_find (const char *wanted, VtepdUser *user, GError **error)
{
  const char *name = wanted ? wanted : geteuid () == 0 ? USUAL_USER : NULL;
  const struct passwd *entry = name ? getpwnam (name) : NULL;

  *user = (VtepdUser){ .user = geteuid (), .group = getegid () };
  if (!name)
    return TRUE;
  if (!entry)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                 "there is no user '%s'; 'getent passwd' lists those there are", name);
  else if (geteuid () != 0 && entry->pw_uid != geteuid ())
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, "only root can become user '%s'", name);
  else
    {
      *user = (VtepdUser){ .name = g_strdup (name), .user = entry->pw_uid, .group = entry->pw_gid };
      return TRUE;
    }
  return FALSE;
}

void
vtepd_user_clear (VtepdUser *user)
{
  g_free (user->name);
  user->name = NULL;
}

static gboolean
become (const VtepdUser *user)
{
  if (geteuid () != 0)
    return TRUE;
  return setgroups (0, NULL) == 0 && setresgid (user->group, user->group, user->group) == 0
         && setresuid (user->user, user->user, user->user) == 0;
}

/* ---- capabilities ------------------------------------------------------------------------------------------------ */

typedef struct __user_cap_data_struct CapabilitySets[_LINUX_CAPABILITY_U32S_3];

static gboolean
get_capabilities (CapabilitySets sets)
{
  struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };

  return syscall (SYS_capget, &head, sets) == 0;
}

static gboolean
set_capabilities (const CapabilitySets sets)
{
  struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };

  return syscall (SYS_capset, &head, sets) == 0;
}

/* The bounding set can be emptied only by who has CAP_SETPCAP; who never had it keeps what bounds it, which without
 * other sets and with no_new_privs gives nothing. */
static void
empty_bounding_set (void)
{
  for (int capability = 0; prctl (PR_CAPBSET_READ, capability) >= 0; capability++)
    prctl (PR_CAPBSET_DROP, capability);
}

static gboolean
forbid_more (void)
{
  return prctl (PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) == 0
         && prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

gboolean
vtepd_privileges_have_raw (void)
{
  CapabilitySets sets = { 0 };

  return get_capabilities (sets) && sets[0].effective & CAP_BIT (CAP_NET_RAW);
}

gboolean
vtepd_privileges_keep_for_opening (void)
{
  CapabilitySets sets = { 0 };
  guint32 kept;

  if (!get_capabilities (sets))
    return FALSE;
  kept = sets[0].permitted & (CAP_BIT (CAP_NET_RAW) | CAP_BIT (CAP_DAC_READ_SEARCH));
  sets[0] = (struct __user_cap_data_struct){ .effective = kept, .permitted = kept };
  sets[1] = (struct __user_cap_data_struct){ 0 };
  empty_bounding_set ();
  return set_capabilities (sets) && forbid_more ();
}

gboolean
vtepd_privileges_drop (const VtepdUser *user, GError **error)
{
  const CapabilitySets none = { 0 };

  empty_bounding_set ();
  if (become (user) && set_capabilities (none) && forbid_more ())
    return TRUE;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "privileges cannot be given up: %s",
               g_strerror (errno));
  return FALSE;
}
