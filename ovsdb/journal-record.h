/* What a journal is made of: records as JSON, and the frames around them. */
#pragma once

#include "ovsdb/store.h"

G_BEGIN_DECLS

/* {"_date": …, "_comment": …  The caller closes the object. */
void ovsdb_record_begin (GString *to, OvsdbDatabase *db, const char *comment);
/* "<uuid>": {…}, with the columns that are stored and do not have their defaults. */
void ovsdb_record_append_row (GString *to, const OvsdbRow *row);
/* A whole record.  FALSE: no stored column differs. */
gboolean ovsdb_record_append_changes (GString *to, OvsdbDatabase *db, const OvsdbChange *changes,
                                      guint n_changes, const char *comment);
/* Runs a record as a transaction. */
gboolean ovsdb_record_replay (OvsdbDatabase *db, const OvsdbJson *record, GError **error);

/* A record with its frame: "OVSDB JSON <length> <sha1>\n<json>\n". */
void ovsdb_frame_append (GString *to, const GString *json);
/* The header alone, for `length` bytes whose end is the newline.  Reads the checksum, which can then grow no more. */
void ovsdb_frame_append_header (GString *to, gsize length, GChecksum *sha1);

/* Reads frames one after the other. */
typedef struct
{
  const char *at, *end;
  const char *text; /* the record that was found */
  gsize length;
} OvsdbFrameReader;

typedef enum
{
  OVSDB_RECORD,
  OVSDB_RECORD_NONE,   /* the end */
  OVSDB_RECORD_TORN,   /* the last record was not written whole */
  OVSDB_RECORD_DAMAGED /* something else is wrong */
} OvsdbFound;

OvsdbFound ovsdb_frame_read (OvsdbFrameReader *reader);
/* Whether stored bytes begin as a journal does, or stop before that can be told. */
gboolean ovsdb_frame_check_kind (const char *bytes, gsize n, GError **error);

G_END_DECLS
