/* Link ends to classic pcap files through libpcap.  A lab may have more ends than a process may have open
 * files, so only the ones used last are open; the others are opened again to append. */
#include "pcap-dir.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <pcap/pcap.h>
#include <string.h>

#define OPEN_MAX_FILES 200u

typedef struct
{
  char *path;
  pcap_dumper_t *dumper; /* NULL while closed */
  gboolean begun;        /* the file was opened before, so it is appended to */
  guint64 last_use;
} Capture;

struct _CliPcapDir
{
  char *path;
  pcap_t *format;
  GPtrArray *captures;  /* of Capture, one for each name */
  GHashTable *by_name;  /* interface name → Capture */
  GHashTable *paths;    /* a set */
  GArray *of_interface; /* of Capture *, by interface id */
  guint n_open;
  guint64 n_uses;
  GError *error; /* the first */
};

static void
capture_close (CliPcapDir *dir, Capture *capture)
{
  if (!capture->dumper)
    return;
  if ((pcap_dump_flush (capture->dumper) != 0 || ferror (pcap_dump_file (capture->dumper))) && !dir->error)
    g_set_error (&dir->error, G_FILE_ERROR, (gint) g_file_error_from_errno (errno), "cannot write %s: %s",
                 capture->path, g_strerror (errno));
  pcap_dump_close (capture->dumper);
  capture->dumper = NULL;
  dir->n_open--;
}

static void
capture_free (gpointer data)
{
  Capture *capture = data;
  g_free (capture->path);
  g_free (capture);
}

CliPcapDir *
cli_pcap_dir_new (const char *path, GError **error)
{
  CliPcapDir *dir;

  if (g_mkdir_with_parents (path, 0777) != 0)
    {
      g_set_error (error, G_FILE_ERROR, (gint) g_file_error_from_errno (errno),
                   "cannot make the directory %s: %s", path, g_strerror (errno));
      return NULL;
    }
  dir = g_new0 (CliPcapDir, 1);
  dir->path = g_strdup (path);
  dir->format = pcap_open_dead_with_tstamp_precision (DLT_EN10MB, 262144, PCAP_TSTAMP_PRECISION_NANO);
  dir->captures = g_ptr_array_new_with_free_func (capture_free);
  dir->by_name = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  dir->paths = g_hash_table_new (g_str_hash, g_str_equal);
  dir->of_interface = g_array_new (FALSE, TRUE, sizeof (Capture *));
  return dir;
}

static void
close_all (CliPcapDir *dir)
{
  for (guint i = 0; i < dir->captures->len; i++)
    capture_close (dir, g_ptr_array_index (dir->captures, i));
}

void
cli_pcap_dir_free (CliPcapDir *dir)
{
  if (!dir)
    return;
  close_all (dir);
  pcap_close (dir->format);
  g_array_unref (dir->of_interface);
  g_hash_table_unref (dir->by_name);
  g_hash_table_unref (dir->paths);
  g_ptr_array_unref (dir->captures);
  g_clear_error (&dir->error);
  g_free (dir->path);
  g_free (dir);
}

static void
close_least_used (CliPcapDir *dir)
{
  Capture *oldest = NULL;

  for (guint i = 0; i < dir->captures->len; i++)
    {
      Capture *capture = g_ptr_array_index (dir->captures, i);
      if (capture->dumper && (!oldest || capture->last_use < oldest->last_use))
        oldest = capture;
    }
  capture_close (dir, oldest);
}

/* FALSE when the file cannot be opened. */
static gboolean
capture_open (CliPcapDir *dir, Capture *capture)
{
  capture->last_use = ++dir->n_uses;
  if (capture->dumper)
    return TRUE;
  if (dir->n_open == OPEN_MAX_FILES)
    close_least_used (dir);
  capture->dumper = capture->begun ? pcap_dump_open_append (dir->format, capture->path)
                                   : pcap_dump_open (dir->format, capture->path);
  if (!capture->dumper)
    {
      if (!dir->error)
        g_set_error (&dir->error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "cannot write a capture: %s",
                     pcap_geterr (dir->format));
      return FALSE;
    }
  capture->begun = TRUE;
  dir->n_open++;
  return TRUE;
}

/* "tor1/em3" is tor1-em3.pcap; whatever could lead out of the directory becomes '_'. */
static char *
file_name (const char *interface)
{
  g_autofree char *stem = g_strdelimit (g_strdup (interface), "/", '-');

  g_strcanon (stem, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "-_.:", '_');
  return g_strdup_printf ("%s%s.pcap", stem[0] == '.' ? "_" : "", stem);
}

/* An end that was plugged again is announced again, and goes on in its file; another end whose name comes out
 * the same ("a-b/c" and "a/b-c") gets its number behind it. */
static Capture *
capture_of_name (CliPcapDir *dir, const SimTraceInterface *interface)
{
  Capture *capture = g_hash_table_lookup (dir->by_name, interface->name);
  g_autofree char *name = NULL;

  if (capture)
    return capture;
  name = file_name (interface->name);
  capture = g_new0 (Capture, 1);
  capture->path = g_build_filename (dir->path, name, NULL);
  if (g_hash_table_contains (dir->paths, capture->path))
    {
      g_free (capture->path);
      capture->path
          = g_strdup_printf ("%s/%.*s.%u.pcap", dir->path, (int) strlen (name) - 5, name, interface->id);
    }
  g_hash_table_add (dir->paths, capture->path);
  g_ptr_array_add (dir->captures, capture);
  g_hash_table_insert (dir->by_name, g_strdup (interface->name), capture);
  return capture;
}

static void
hear_interface (CliPcapDir *dir, const SimTraceInterface *interface)
{
  Capture *capture = capture_of_name (dir, interface);

  if (interface->id >= dir->of_interface->len)
    g_array_set_size (dir->of_interface, interface->id + 1);
  g_array_index (dir->of_interface, Capture *, interface->id) = capture;
  /* A cable's end has its file even if nothing ever passes. */
  if (interface->peer)
    capture_open (dir, capture);
}

static void
hear_packet (CliPcapDir *dir, const SimTracePacket *packet, gint64 time_ns)
{
  Capture *capture = g_array_index (dir->of_interface, Capture *, packet->interface_id);
  struct pcap_pkthdr header = { .caplen = packet->captured, .len = packet->length };

  if (packet->drop != NET_DROP_NONE || !capture_open (dir, capture))
    return;
  header.ts.tv_sec = time_ns / NET_SEC;
  header.ts.tv_usec = time_ns % NET_SEC; /* nanoseconds: so the file's header says */
  pcap_dump ((u_char *) capture->dumper, &header, packet->bytes);
}

void
cli_pcap_dir_hear (const SimTraceRecord *record, gpointer user)
{
  CliPcapDir *dir = user;

  if (record->kind == SIM_TRACE_INTERFACE)
    hear_interface (dir, &record->interface);
  else if (record->kind == SIM_TRACE_PACKET)
    hear_packet (dir, &record->packet, record->time_ns);
}

gboolean
cli_pcap_dir_close (CliPcapDir *dir, GError **error)
{
  close_all (dir);
  if (!dir->error)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&dir->error));
  return FALSE;
}
