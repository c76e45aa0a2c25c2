/* The frames of a journal's records. */
#include "ovsdb/journal-record.h"
#include "ovsdb/put.h"

#include <string.h>

#define MAGIC "OVSDB JSON "

/* ---- writing ----------------------------------------------------------------------------------------------------- */

void
ovsdb_frame_append_header (GString *to, gsize length, GChecksum *sha1)
{
  OVSDB_PUT (to, MAGIC);
  ovsdb_json_append_integer (to, (gint64) length);
  OVSDB_PUT (to, " ");
  ovsdb_put_text (to, g_checksum_get_string (sha1));
  OVSDB_PUT (to, "\n");
}

void
ovsdb_frame_append (GString *to, const GString *json)
{
  g_autoptr (GChecksum) sha1 = g_checksum_new (G_CHECKSUM_SHA1);

  g_checksum_update (sha1, (const guchar *) json->str, (gssize) json->len);
  g_checksum_update (sha1, (const guchar *) "\n", 1);
  ovsdb_frame_append_header (to, json->len + 1, sha1);
  ovsdb_put (to, json->str, json->len);
  OVSDB_PUT (to, "\n");
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

gboolean
ovsdb_frame_check_kind (const char *bytes, gsize n, GError **error)
{
  static const char cluster[] = "OVSDB CLUSTER ";

  if (memcmp (bytes, MAGIC, MIN (n, strlen (MAGIC))) == 0)
    return TRUE;
  if (n >= strlen (cluster) && memcmp (bytes, cluster, strlen (cluster)) == 0)
    return ovsdb_refuse (
        error, OVSDB_ERROR_IO,
        "a server of a cluster wrote it; 'ovsdb-tool cluster-to-standalone' makes of it what is "
        "understood here");
  return ovsdb_refuse (error, OVSDB_ERROR_IO, "it is no database; those begin with \"" MAGIC "\"");
}

/* The record's header; `at` moves behind it. */
static OvsdbFound
read_header (OvsdbFrameReader *reader, guint64 *length, char sha1[41])
{
  const char *line_end = memchr (reader->at, '\n', (gsize) (reader->end - reader->at)), *at = reader->at;
  g_autofree char *line = NULL;
  char *rest;

  if (!line_end)
    return OVSDB_RECORD_TORN;
  line = g_strndup (at, (gsize) (line_end - at));
  reader->at = line_end + 1;
  if (!g_str_has_prefix (line, MAGIC) || !g_ascii_isdigit (line[strlen (MAGIC)]))
    return OVSDB_RECORD_DAMAGED;
  *length = g_ascii_strtoull (line + strlen (MAGIC), &rest, 10);
  if (*rest != ' ' || strlen (rest + 1) != 40)
    return OVSDB_RECORD_DAMAGED;
  memcpy (sha1, rest + 1, 41);
  return OVSDB_RECORD;
}

OvsdbFound
ovsdb_frame_read (OvsdbFrameReader *reader)
{
  guint64 length = 0;
  char sha1[41];
  g_autofree char *actual = NULL;
  OvsdbFound found;

  if (reader->at == reader->end)
    return OVSDB_RECORD_NONE;
  found = read_header (reader, &length, sha1);
  if (found != OVSDB_RECORD)
    return found;
  if (length > (guint64) (reader->end - reader->at))
    return OVSDB_RECORD_TORN;
  actual = g_compute_checksum_for_data (G_CHECKSUM_SHA1, (const guchar *) reader->at, (gsize) length);
  reader->text = reader->at;
  reader->length = (gsize) length;
  reader->at += length;
  if (strcmp (actual, sha1) == 0)
    return OVSDB_RECORD;
  return reader->at == reader->end ? OVSDB_RECORD_TORN : OVSDB_RECORD_DAMAGED;
}
