/* Runs a fuzz target over its corpus: one test, which fails when there is no corpus.  The input that breaks a rule is
 * the last that was named. */
#include "fuzz.h"

#include <stdio.h>
#include <string.h>

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

/* Sorted, so that every machine replays in the same order. */
static GPtrArray *
list_files (const char *directory)
{
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = g_dir_open (directory, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    g_ptr_array_add (paths, g_build_filename (directory, name, NULL));
  g_ptr_array_sort (paths, compare_names);
  return paths;
}

static gboolean
replay (const char *path)
{
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, NULL);
  g_autofree guint8 *copy = NULL;
  gsize length;

  printf ("# %s\n", path);
  fflush (stdout);
  if (!file)
    return FALSE;
  length = g_mapped_file_get_length (file);
  copy
      = g_memdup2 (g_mapped_file_get_contents (file), length); /* of its exact size: a read beyond it shows */
  LLVMFuzzerTestOneInput (copy, length);
  return TRUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GPtrArray) paths = NULL;
  guint n_read = 0;

  if (argc != 3)
    {
      fprintf (stderr, "usage: %s TARGET CORPUS-DIRECTORY\n", argv[0]);
      return 2;
    }
  printf ("1..1\n");
  paths = list_files (argv[2]);
  for (guint i = 0; i < paths->len; i++)
    n_read += replay (g_ptr_array_index (paths, i));
  printf ("%s 1 - %s keeps its rules on every input of its corpus\n",
          n_read && n_read == paths->len ? "ok" : "not ok", argv[1]);
  printf ("# %u of %u inputs of %s\n", n_read, paths->len, argv[2]);
  return n_read && n_read == paths->len ? 0 : 1;
}
