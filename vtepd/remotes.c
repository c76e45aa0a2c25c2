/* A list that follows another. */
#include "vtepd/remotes.h"

#include <string.h>

typedef struct
{
  VtepdRemotes *remotes;
  char *target;
  OvsdbRemote *remote;
} Entry;

struct _VtepdRemotes
{
  OvsdbServer *server;
  GPtrArray *entries;
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  ovsdb_server_remove_remote (entry->remotes->server, entry->remote);
  g_free (entry->target);
  g_free (entry);
}

static gboolean
is_open (const VtepdRemotes *remotes, const char *target)
{
  for (guint i = 0; i < remotes->entries->len; i++)
    if (strcmp (((Entry *) g_ptr_array_index (remotes->entries, i))->target, target) == 0)
      return TRUE;
  return FALSE;
}

static void
open_remote (VtepdRemotes *remotes, const char *target, GPtrArray *mistakes)
{
  g_autoptr (GError) error = NULL;
  OvsdbRemote *remote = ovsdb_server_add_remote (remotes->server, target, NULL, &error);
  Entry *entry;

  if (!remote)
    {
      g_ptr_array_add (mistakes, g_strdup (error->message));
      return;
    }
  entry = g_new (Entry, 1);
  *entry = (Entry){ remotes, g_strdup (target), remote };
  g_ptr_array_add (remotes->entries, entry);
}

void
vtepd_remotes_set (VtepdRemotes *remotes, const GPtrArray *targets, GPtrArray *mistakes)
{
  for (guint i = remotes->entries->len; i > 0; i--)
    {
      Entry *entry = g_ptr_array_index (remotes->entries, i - 1);
      if (!g_ptr_array_find_with_equal_func ((GPtrArray *) targets, entry->target, g_str_equal, NULL))
        g_ptr_array_remove_index (remotes->entries, i - 1);
    }
  for (guint i = 0; i < targets->len; i++)
    if (!is_open (remotes, g_ptr_array_index (targets, i)))
      open_remote (remotes, g_ptr_array_index (targets, i), mistakes);
}

VtepdRemotes *
vtepd_remotes_new (OvsdbServer *server)
{
  VtepdRemotes *remotes = g_new (VtepdRemotes, 1);

  *remotes = (VtepdRemotes){ server, g_ptr_array_new_with_free_func (entry_free) };
  return remotes;
}

void
vtepd_remotes_free (VtepdRemotes *remotes)
{
  if (!remotes)
    return;
  g_ptr_array_unref (remotes->entries);
  g_free (remotes);
}
