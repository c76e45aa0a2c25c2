/* Storage where the kernel refuses one call after another, or somebody else was there before. */
#include "gateway/linux/storage.h"

#include "gateway/linux/world.h"
#include "refusals.h"
#include "tap.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char *directory, *db_path;

/* What the file holds, past the code under test. */
static char *
held (void)
{
  char *text = NULL;

  g_file_get_contents (db_path, &text, NULL, NULL);
  return text;
}

static void
enter (void)
{
  directory = g_dir_make_tmp ("linux-refused-XXXXXX", NULL);
  db_path = g_build_filename (directory, "db", NULL);
  CU_ASSERT (g_file_set_contents (db_path, "old,", -1, NULL));
}

static void
leave (void)
{
  static const char *const names[] = { "db", "db.new", ".db.~lock~", "other", ".other.~lock~" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (directory, names[i], NULL);
      g_unlink (path);
    }
  CU_ASSERT_EQUAL (g_rmdir (directory), 0);
  g_clear_pointer (&directory, g_free);
  g_clear_pointer (&db_path, g_free);
}

static LinuxStorage *
storage_there (void)
{
  LinuxStorage *storage = linux_storage_new ();

  linux_storage_set_directory (storage, directory);
  return storage;
}

static gboolean
load (GError **error)
{
  LinuxStorage *storage = storage_there ();
  GError *problem = NULL;
  g_autoptr (GBytes) bytes = linux_storage_load (storage, "db", &problem);

  CU_ASSERT (problem ? !bytes : bytes && g_bytes_get_size (bytes) == strlen ("old,"));
  linux_storage_free (storage);
  if (problem)
    g_propagate_error (error, problem);
  return bytes != NULL;
}

static void
what_cannot_be_read_is_not_taken_for_nothing (void)
{
  enter ();
  check_each_refusal ("load", load, 5);
  refuse ("pread64", 0, 2, EINTR);
  CU_ASSERT (load (NULL));
  refusals_end ();
  leave ();
}

/* As Open vSwitch locks: its lock is a process's, and has one to name. */
static void
a_process_that_holds_a_file_is_named (void)
{
  g_autofree char *path = NULL, *expected = NULL;
  g_autoptr (GError) error = NULL;
  struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
  int ready[2];
  pid_t child;

  enter ();
  path = g_strconcat (directory, "/.db.~lock~", NULL);
  CU_ASSERT_EQUAL (pipe (ready), 0);
  child = fork ();
  if (child == 0)
    {
      int fd = open (path, O_RDWR | O_CREAT, 0600);
      (void) !write (ready[1], fcntl (fd, F_SETLK, &lock) == 0 ? "y" : "n", 1);
      pause ();
    }
  CU_ASSERT (read (ready[0], &(char){ 0 }, 1) == 1);
  expected = g_strdup_printf ("'%s' is in use by process %d", db_path, child);
  CU_ASSERT_FALSE (load (&error));
  CU_ASSERT (error && strcmp (error->message, expected) == 0);
  kill (child, SIGKILL);
  CU_ASSERT_EQUAL (waitpid (child, NULL, 0), child);
  CU_ASSERT (load (NULL));
  close (ready[0]);
  close (ready[1]);
  leave ();
}

static void
without_a_directory_only_named_files_have_a_place (void)
{
  LinuxStorage *storage = linux_storage_new ();
  g_autoptr (GError) error = NULL;

  CU_ASSERT_PTR_NULL (linux_storage_load (storage, "db", &error));
  CU_ASSERT (error && strcmp (error->message, "there is no place to store 'db'") == 0);
  CU_ASSERT_FALSE (linux_storage_replace_step (storage, "db", NET_REPLACE_BEGIN, NULL, 0, NULL));
  CU_ASSERT_FALSE (linux_storage_append_soon (storage, "db", (const guint8 *) "x", 1, NULL));
  linux_storage_free (storage);
}

/* It has holes and no bytes. */
static void
a_file_longer_than_memory_is_made_for_is_refused (void)
{
  g_autoptr (GError) error = NULL;

  enter ();
  CU_ASSERT_EQUAL (truncate (db_path, 3000000000), 0);
  CU_ASSERT_FALSE (load (&error));
  CU_ASSERT (error && g_str_has_suffix (error->message, "is too long: 3000000000 bytes"));
  leave ();
}

/* Reading, appending and replacing all come behind what waits: none goes past it. */
static void
what_waits_and_cannot_be_written_is_passed_by_nobody (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  LinuxStorage *storage;

  enter ();
  storage = storage_there ();
  CU_ASSERT (linux_storage_append_soon (storage, "db", (const guint8 *) "one,", 4, NULL));
  refuse ("write", 0, 1, ENOSPC);
  CU_ASSERT_PTR_NULL (linux_storage_load (storage, "db", &error));
  CU_ASSERT (error && g_str_has_suffix (error->message, ": No space left on device"));
  refuse ("open64", 0, 1, EACCES);
  CU_ASSERT_FALSE (linux_storage_append (storage, "db", (const guint8 *) "two,", 4, NULL));
  refuse ("fstat64", 0, 1, EIO);
  CU_ASSERT_FALSE (linux_storage_write_out (storage, NULL));
  refusals_end ();
  CU_ASSERT (linux_storage_append (storage, "db", (const guint8 *) "three,", 6, NULL));
  text = held ();
  CU_ASSERT_STRING_EQUAL (text, "old,one,three,");
  linux_storage_free (storage);
  leave ();
}

/* Which of the two is tried first is nobody's to know. */
static void
a_file_that_cannot_be_written_holds_up_no_other (void)
{
  g_autofree char *other_path = NULL, *other = NULL, *db = NULL, *both = NULL;
  LinuxStorage *storage;

  enter ();
  other_path = g_build_filename (directory, "other", NULL);
  storage = storage_there ();
  CU_ASSERT (linux_storage_append_soon (storage, "db", (const guint8 *) "new,", 4, NULL));
  CU_ASSERT (linux_storage_append_soon (storage, "other", (const guint8 *) "new,", 4, NULL));
  refuse ("write", 0, 1, ENOSPC);
  CU_ASSERT_FALSE (linux_storage_write_out (storage, NULL));
  refusals_end ();
  db = held ();
  CU_ASSERT (g_file_get_contents (other_path, &other, NULL, NULL));
  both = g_strconcat (db, other, NULL);
  CU_ASSERT_STRING_EQUAL (both, "old,new,");
  CU_ASSERT (linux_storage_write_out (storage, NULL));
  g_free (g_steal_pointer (&db));
  g_free (g_steal_pointer (&other));
  db = held ();
  CU_ASSERT_STRING_EQUAL (db, "old,new,");
  CU_ASSERT (g_file_get_contents (other_path, &other, NULL, NULL));
  CU_ASSERT_STRING_EQUAL (other, "new,");
  linux_storage_free (storage);
  leave ();
}

static gboolean
append (GError **error)
{
  g_autofree char *before = held (), *after = NULL, *expected = g_strconcat (before, "new,", NULL);
  LinuxStorage *storage = storage_there ();
  gboolean good = linux_storage_append (storage, "db", (const guint8 *) "new,", 4, error);

  linux_storage_free (storage);
  after = held ();
  CU_ASSERT_STRING_EQUAL (after, good ? expected : before);
  return good;
}

static void
an_append_is_there_whole_or_not_at_all (void)
{
  enter ();
  check_each_refusal ("append", append, 8);
  refuse ("write", 0, 2, EINTR);
  CU_ASSERT (append (NULL));
  refusals_end ();
  leave ();
}

/* Half a record, as a disk that filled up leaves it. */
static void
tear (void)
{
  int fd = open (db_path, O_WRONLY | O_APPEND);

  CU_ASSERT_EQUAL (write (fd, "ha", 2), 2);
  close (fd);
}

/* Both the disk and the way back fail: a start would meet half a record, and whoever reads the log knows. */
static void
a_torn_end_that_stays_is_said_to_stay_and_goes_before_the_next_record (void)
{
  LinuxStorage *storage;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  enter ();
  storage = storage_there ();
  CU_ASSERT (linux_storage_append_soon (storage, "db", (const guint8 *) "a", 1, NULL));
  refuse (NULL, 1, 2, EIO);
  CU_ASSERT_FALSE (linux_storage_append (storage, "db", (const guint8 *) "b", 1, &error));
  CU_ASSERT (error && g_str_has_prefix (error->message, "and its torn end stays: "));
  refusals_end ();
  tear ();
  refuse ("ftruncate64", 0, 1, EIO);
  CU_ASSERT_FALSE (linux_storage_append (storage, "db", (const guint8 *) "c,", 2, NULL));
  refusals_end ();
  CU_ASSERT (linux_storage_append (storage, "db", (const guint8 *) "d,", 2, NULL));
  text = held ();
  CU_ASSERT_STRING_EQUAL (text, "old,ad,");
  linux_storage_free (storage);
  leave ();
}

static gboolean
replace (GError **error)
{
  static guint n;
  g_autofree char *before = held (), *after = NULL, *text = g_strdup_printf ("text %u", n++);
  LinuxStorage *storage = storage_there ();
  gboolean good = linux_storage_replace (storage, "db", (const guint8 *) text, strlen (text), error);

  linux_storage_free (storage);
  after = held ();
  CU_ASSERT (strcmp (after, text) == 0 || (!good && strcmp (after, before) == 0));
  return good;
}

static void
a_replacement_is_the_old_text_or_the_new (void)
{
  g_autofree char *half = NULL;

  enter ();
  check_each_refusal ("replace", replace, 9);
  half = g_strconcat (db_path, ".new", NULL);
  CU_ASSERT_FALSE (g_file_test (half, G_FILE_TEST_EXISTS));
  leave ();
}

int
main (void)
{
  return tap_main (
      "linux-refused-storage",
      (const TapTest[]){
          { "what cannot be read is not taken for nothing", what_cannot_be_read_is_not_taken_for_nothing },
          { "an append is there whole or not at all", an_append_is_there_whole_or_not_at_all },
          { "a torn end that stays is said to stay, and goes before the next record",
            a_torn_end_that_stays_is_said_to_stay_and_goes_before_the_next_record },
          { "a file that cannot be written holds up no other",
            a_file_that_cannot_be_written_holds_up_no_other },
          { "a replacement is the old text or the new", a_replacement_is_the_old_text_or_the_new },
          { "a process that holds a file is named", a_process_that_holds_a_file_is_named },
          { "without a directory only named files have a place",
            without_a_directory_only_named_files_have_a_place },
          { "a file longer than memory is made for is refused",
            a_file_longer_than_memory_is_made_for_is_refused },
          { "what waits and cannot be written is passed by nobody",
            what_waits_and_cannot_be_written_is_passed_by_nobody },
          { NULL } });
}
