/* What is stored is there again, whole or not at all. */
#include "gateway/linux/storage.h"
#include "gateway/linux/world.h"
#include "tap.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct
{
  char *directory;
  LinuxStorage *storage;
} Place;

static void
enter (Place *place)
{
  place->directory = g_dir_make_tmp ("linux-storage-XXXXXX", NULL);
  place->storage = linux_storage_new ();
  linux_storage_set_directory (place->storage, place->directory);
}

static void
leave (Place *place)
{
  GDir *directory;
  const char *name;

  linux_storage_free (place->storage);
  directory = g_dir_open (place->directory, 0, NULL);
  while ((name = g_dir_read_name (directory)))
    {
      g_autofree char *path = g_build_filename (place->directory, name, NULL);
      g_remove (path);
    }
  g_dir_close (directory);
  g_rmdir (place->directory);
  g_free (place->directory);
}

static void
start_anew (Place *place)
{
  linux_storage_free (place->storage);
  place->storage = linux_storage_new ();
  linux_storage_set_directory (place->storage, place->directory);
}

static char *
inside (const Place *place, const char *name)
{
  return g_build_filename (place->directory, name, NULL);
}

static gboolean
append (const Place *place, const char *name, const char *text)
{
  return linux_storage_append (place->storage, name, (const guint8 *) text, strlen (text), NULL);
}

static gboolean
append_soon (const Place *place, const char *name, const char *text)
{
  return linux_storage_append_soon (place->storage, name, (const guint8 *) text, strlen (text), NULL);
}

static gboolean
replace (const Place *place, const char *name, const char *text)
{
  return linux_storage_replace (place->storage, name, (const guint8 *) text, strlen (text), NULL);
}

static void
check_holds (const Place *place, const char *name, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = linux_storage_load (place->storage, name, &error);
  g_autofree char *got = bytes ? g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)) : NULL;

  CU_ASSERT_PTR_NULL (error);
  if (g_strcmp0 (got, expected) != 0)
    printf ("# %s holds '%s'\n", name, got ? got : "(nothing)");
  CU_ASSERT (g_strcmp0 (got, expected) == 0);
}

/* What another program would read. */
static void
check_file_holds (const Place *place, const char *name, const char *expected)
{
  g_autofree char *path = inside (place, name), *got = NULL;

  CU_ASSERT (g_file_get_contents (path, &got, NULL, NULL));
  if (g_strcmp0 (got, expected) != 0)
    printf ("# the file %s holds '%s'\n", name, got ? got : "(nothing)");
  CU_ASSERT (g_strcmp0 (got, expected) == 0);
}

static gboolean
step (const Place *place, const char *name, NetReplaceStep how, const char *text)
{
  return linux_storage_replace_step (place->storage, name, how, (const guint8 *) text,
                                     text ? strlen (text) : 0, NULL);
}

/* ---- values ------------------------------------------------------------------------------------------------------ */

static void
what_was_never_stored_is_nothing_without_an_error (void)
{
  Place place;

  enter (&place);
  check_holds (&place, "db", NULL);
  leave (&place);
}

static void
appends_and_replacements_are_there_after_a_restart (void)
{
  Place place;

  enter (&place);
  CU_ASSERT (append (&place, "db", "one,") && append (&place, "db", "two,"));
  start_anew (&place);
  check_holds (&place, "db", "one,two,");
  CU_ASSERT (append (&place, "db", "three"));
  check_holds (&place, "db", "one,two,three");
  CU_ASSERT (replace (&place, "db", "new,"));
  check_holds (&place, "db", "new,");
  /* The next append goes to the new file. */
  CU_ASSERT (append (&place, "db", "more"));
  start_anew (&place);
  check_holds (&place, "db", "new,more");
  leave (&place);
}

static void
names_are_apart_and_stay_in_the_directory (void)
{
  static const char *const wrong[] = { "", ".", "..", "within/b", "../up", "/etc/hostname", ".hidden" };
  Place place;
  g_autofree char *within = NULL;

  enter (&place);
  within = inside (&place, "within");
  CU_ASSERT_EQUAL (g_mkdir (within, 0700), 0);
  CU_ASSERT (append (&place, "a", "A") && append (&place, "b", "B"));
  check_holds (&place, "a", "A");
  check_holds (&place, "b", "B");
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;
      CU_ASSERT_PTR_NULL (linux_storage_load (place.storage, wrong[i], &error));
      CU_ASSERT (g_error_matches (error, LINUX_WORLD_ERROR, LINUX_WORLD_ERROR_STORAGE));
    }
  leave (&place);
}

static void
a_name_may_have_a_file_of_its_own (void)
{
  Place place;
  g_autofree char *path = NULL, *text = NULL;

  enter (&place);
  path = inside (&place, "elsewhere.db");
  linux_storage_set_file (place.storage, "the/database", path);
  CU_ASSERT (append (&place, "the/database", "x"));
  CU_ASSERT (g_file_get_contents (path, &text, NULL, NULL));
  CU_ASSERT_STRING_EQUAL (text, "x");
  leave (&place);
}

static void
replacing_keeps_the_mode_and_the_link (void)
{
  Place place;
  g_autofree char *real = NULL, *link = NULL, *text = NULL;
  struct stat file;

  enter (&place);
  real = inside (&place, "real");
  link = inside (&place, "link");
  CU_ASSERT (g_file_set_contents (real, "old", -1, NULL) && g_chmod (real, 0600) == 0
             && symlink (real, link) == 0);
  CU_ASSERT (replace (&place, "link", "new"));
  CU_ASSERT (lstat (link, &file) == 0 && S_ISLNK (file.st_mode));
  CU_ASSERT (stat (real, &file) == 0 && (file.st_mode & 07777) == 0600);
  CU_ASSERT (g_file_get_contents (real, &text, NULL, NULL));
  CU_ASSERT_STRING_EQUAL (text, "new");
  leave (&place);
}

/* ---- what waits -------------------------------------------------------------------------------------------------- */

static void
what_waits_is_written_out_in_its_order (void)
{
  Place place;

  enter (&place);
  CU_ASSERT (append (&place, "db", "one,") && append_soon (&place, "db", "two,"));
  CU_ASSERT (append_soon (&place, "db", "three,"));
  check_file_holds (&place, "db", "one,");
  check_holds (&place, "db", "one,two,three,");
  CU_ASSERT (append_soon (&place, "db", "four,") && append (&place, "db", "five,"));
  check_file_holds (&place, "db", "one,two,three,four,five,");
  CU_ASSERT (append_soon (&place, "db", "six,") && linux_storage_write_out (place.storage, NULL));
  check_file_holds (&place, "db", "one,two,three,four,five,six,");
  CU_ASSERT (append_soon (&place, "db", "seven"));
  start_anew (&place);
  check_file_holds (&place, "db", "one,two,three,four,five,six,seven");
  leave (&place);
}

static void
no_more_than_a_little_waits (void)
{
  Place place;
  g_autofree char *long_text = g_strnfill (70000, 'x'), *expected = g_strconcat ("little,", long_text, NULL);

  enter (&place);
  CU_ASSERT (append_soon (&place, "db", "little,") && append_soon (&place, "db", long_text));
  check_file_holds (&place, "db", expected);
  leave (&place);
}

static void
what_waits_does_not_come_behind_what_replaced_it (void)
{
  Place place;

  enter (&place);
  CU_ASSERT (append_soon (&place, "db", "old") && replace (&place, "db", "new"));
  CU_ASSERT (linux_storage_write_out (place.storage, NULL));
  check_file_holds (&place, "db", "new");
  leave (&place);
}

/* ---- crashes ----------------------------------------------------------------------------------------------------- */

static void
half_a_replacement_left_by_a_crash_is_no_harm (void)
{
  Place place;
  g_autofree char *path = NULL;

  enter (&place);
  CU_ASSERT (append (&place, "db", "old"));
  path = inside (&place, "db.new");
  CU_ASSERT (g_file_set_contents (path, "a longer text that was not finis", -1, NULL));
  start_anew (&place);
  check_holds (&place, "db", "old");
  CU_ASSERT (replace (&place, "db", "new"));
  check_holds (&place, "db", "new");
  leave (&place);
}

/* In a process of its own, which returns 0 when all was well: its limits are its own, too. */
static void
check_in_child (const Place *place, int (*run) (const Place *place))
{
  int status = -1;
  pid_t child = fork ();

  if (child == 0)
    _exit (run (place));
  CU_ASSERT (waitpid (child, &status, 0) == child);
  CU_ASSERT_EQUAL (status, 0);
}

static gboolean
limit_files (rlim_t bytes)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_FSIZE, &limit) < 0)
    return FALSE;
  limit.rlim_cur = bytes;
  return setrlimit (RLIMIT_FSIZE, &limit) == 0;
}

static int
append_beyond_the_limit (const Place *place)
{
  g_autoptr (GError) error = NULL;
  const guint8 bytes[] = "cdefgh";

  signal (SIGXFSZ, SIG_IGN);
  if (!append (place, "db", "ab") || !limit_files (4))
    return 1;
  if (linux_storage_append (place->storage, "db", bytes, sizeof bytes, &error))
    return 2;
  if (!g_error_matches (error, LINUX_WORLD_ERROR, LINUX_WORLD_ERROR_STORAGE))
    return 3;
  return append (place, "db", "12") ? 0 : 4;
}

static void
an_append_that_finds_no_room_leaves_no_torn_end (void)
{
  Place place;

  enter (&place);
  check_in_child (&place, append_beyond_the_limit);
  check_holds (&place, "db", "ab12");
  leave (&place);
}

static int
write_out_without_room (const Place *place)
{
  g_autoptr (GError) error = NULL;

  signal (SIGXFSZ, SIG_IGN);
  if (!append (place, "db", "ab") || !append_soon (place, "db", "cdefgh") || !limit_files (4))
    return 1;
  if (linux_storage_write_out (place->storage, &error)
      || !g_error_matches (error, LINUX_WORLD_ERROR, LINUX_WORLD_ERROR_STORAGE))
    return 2;
  if (append_soon (place, "db", "refused") || append (place, "db", "refused"))
    return 3;
  if (!limit_files (RLIM_INFINITY) || !append_soon (place, "db", "ij"))
    return 4;
  return linux_storage_write_out (place->storage, NULL) ? 0 : 5;
}

static void
what_finds_no_room_waits_and_more_is_refused (void)
{
  Place place;

  enter (&place);
  check_in_child (&place, write_out_without_room);
  check_file_holds (&place, "db", "abcdefghij");
  leave (&place);
}

/* ---- other processes --------------------------------------------------------------------------------------------- */

static void
two_storages_cannot_have_one_file (void)
{
  Place place;
  LinuxStorage *other = linux_storage_new ();
  g_autoptr (GError) error = NULL;

  enter (&place);
  linux_storage_set_directory (other, place.directory);
  CU_ASSERT (append (&place, "db", "x"));
  CU_ASSERT_PTR_NULL (linux_storage_load (other, "db", &error));
  CU_ASSERT (error && strstr (error->message, "in use by another process"));
  linux_storage_free (other);
  leave (&place);
}

static void
a_directory_that_is_not_there_is_named (void)
{
  Place place;
  g_autoptr (GError) error = NULL;

  enter (&place);
  linux_storage_set_file (place.storage, "db", "/no-such-directory/db");
  CU_ASSERT_PTR_NULL (linux_storage_load (place.storage, "db", &error));
  CU_ASSERT (error && strstr (error->message, "there is no directory '/no-such-directory'"));
  leave (&place);
}

static void
what_is_no_file_is_refused (void)
{
  Place place;
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  enter (&place);
  path = inside (&place, "db");
  CU_ASSERT (g_mkdir (path, 0700) == 0);
  CU_ASSERT_PTR_NULL (linux_storage_load (place.storage, "db", &error));
  CU_ASSERT (error && strstr (error->message, "no regular file"));
  CU_ASSERT_FALSE (append (&place, "db", "x"));
  CU_ASSERT_FALSE (replace (&place, "db", "x"));
  leave (&place);
}

static void
a_replacement_in_parts_shows_at_its_end (void)
{
  Place place;

  enter (&place);
  CU_ASSERT (append (&place, "db", "old,"));
  CU_ASSERT_FALSE (step (&place, "db", NET_REPLACE_ADD, "too soon"));
  CU_ASSERT (step (&place, "db", NET_REPLACE_BEGIN, NULL) && step (&place, "db", NET_REPLACE_ADD, "new,"));
  CU_ASSERT (linux_storage_append_soon (place.storage, "db", (const guint8 *) "more,", 5, NULL));
  check_holds (&place, "db", "old,more,");
  CU_ASSERT (step (&place, "db", NET_REPLACE_ADD, "newer,") && step (&place, "db", NET_REPLACE_END, NULL));
  check_holds (&place, "db", "new,newer,");
  CU_ASSERT (append (&place, "db", "last"));
  check_holds (&place, "db", "new,newer,last");
  leave (&place);
}

static void
a_replacement_that_is_given_up_leaves_nothing (void)
{
  Place place;
  g_autofree char *new_path = NULL;

  enter (&place);
  new_path = inside (&place, "db.new");
  CU_ASSERT (append (&place, "db", "old"));
  CU_ASSERT (step (&place, "db", NET_REPLACE_BEGIN, NULL) && step (&place, "db", NET_REPLACE_ADD, "new"));
  CU_ASSERT (step (&place, "db", NET_REPLACE_GIVE_UP, NULL)
             && step (&place, "db", NET_REPLACE_GIVE_UP, NULL));
  CU_ASSERT_FALSE (step (&place, "db", NET_REPLACE_END, NULL));
  CU_ASSERT_FALSE (g_file_test (new_path, G_FILE_TEST_EXISTS));
  CU_ASSERT (step (&place, "db", NET_REPLACE_BEGIN, NULL) && step (&place, "db", NET_REPLACE_ADD, "new"));
  start_anew (&place);
  CU_ASSERT_FALSE (g_file_test (new_path, G_FILE_TEST_EXISTS));
  check_holds (&place, "db", "old");
  leave (&place);
}

int
main (void)
{
  return tap_main (
      "linux-storage",
      (const TapTest[]){
          { "what was never stored is nothing, without an error",
            what_was_never_stored_is_nothing_without_an_error },
          { "appends and replacements are there after a restart",
            appends_and_replacements_are_there_after_a_restart },
          { "names are apart, and stay in the directory", names_are_apart_and_stay_in_the_directory },
          { "a name may have a file of its own", a_name_may_have_a_file_of_its_own },
          { "replacing keeps the file's mode, and the link that leads to it",
            replacing_keeps_the_mode_and_the_link },
          { "half a replacement left by a crash is no harm", half_a_replacement_left_by_a_crash_is_no_harm },
          { "an append that finds no room leaves no torn end",
            an_append_that_finds_no_room_leaves_no_torn_end },
          { "what waits is written out in its order, at the latest when the storage ends",
            what_waits_is_written_out_in_its_order },
          { "no more than a little waits", no_more_than_a_little_waits },
          { "what waits does not come behind what replaced it",
            what_waits_does_not_come_behind_what_replaced_it },
          { "what finds no room waits, and more is refused until there is room",
            what_finds_no_room_waits_and_more_is_refused },
          { "a replacement in parts shows at its end, and appends go on meanwhile",
            a_replacement_in_parts_shows_at_its_end },
          { "a replacement that is given up leaves nothing", a_replacement_that_is_given_up_leaves_nothing },
          { "two storages cannot have one file", two_storages_cannot_have_one_file },
          { "a directory that is not there is named", a_directory_that_is_not_there_is_named },
          { "what is no file is refused", what_is_no_file_is_refused },
          { NULL } });
}
