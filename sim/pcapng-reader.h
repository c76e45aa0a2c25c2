/* What the parts of the pcapng reader share: the file, the place, and texts that live as long as a block.
 * Private to sim/. */
#pragma once

#include "sim/pcapng-bytes.h"
#include "sim/pcapng-text.h"
#include "sim/pcapng.h"

#include <jansson.h>

G_BEGIN_DECLS

/* What an interface block said that its packets need. */
typedef struct
{
  guint8 resolution; /* if_tsresol: bit 7 clear, units of 10^-n seconds; set, 2^-n */
  gint64 offset;     /* if_tsoffset: seconds */
  guint32 snap_length;
} PcapngInterface;

typedef struct
{
  const guint8 *bytes;
  gsize n;
  gsize at; /* of the block being read */
  gboolean big_endian;
  GArray *interfaces; /* of PcapngInterface, over all sections */
  guint section_base; /* the first of this section, which its packets call 0 */
  GPtrArray *texts;   /* of the block being read */
  SimTraceFunc hear;
  gpointer user;
  GError **error;
} PcapngReader;

/* Sets the error, with the block's offset.  Always FALSE, so that a caller can return it. */
gboolean pcapng_fail (PcapngReader *reader, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* Copies, as valid UTF-8, that live as long as the block: bytes up to the first NUL; a member, or NULL. */
const char *pcapng_keep_text (PcapngReader *reader, const guint8 *bytes, gsize n);
const char *pcapng_keep_member (PcapngReader *reader, const json_t *object, const char *member);

/* A JSON object, NULL when the bytes are something else; the same in a custom option of ours; its "time" or
 * 0. */
json_t *pcapng_load_object (const guint8 *bytes, gsize n);
json_t *pcapng_load_custom_option (const PcapngReader *reader, const PcapngOption *option);
gint64 pcapng_time_member (const json_t *object);

/* FALSE at the end of the options, with *ok telling whether they were whole. */
gboolean pcapng_reader_option (PcapngReader *reader, PcapngBytes *body, PcapngOption *option, gboolean *ok);

/* Each reads the body of one block, hears its records, and is FALSE with the error set when it is broken. */
gboolean pcapng_read_section (PcapngReader *reader, PcapngBytes *body);
gboolean pcapng_read_interface (PcapngReader *reader, PcapngBytes *body);
gboolean pcapng_read_enhanced_packet (PcapngReader *reader, PcapngBytes *body);
gboolean pcapng_read_old_packet (PcapngReader *reader, PcapngBytes *body);
gboolean pcapng_read_simple_packet (PcapngReader *reader, PcapngBytes *body);
gboolean pcapng_read_names (PcapngReader *reader, PcapngBytes *body);
gboolean pcapng_read_custom (PcapngReader *reader, PcapngBytes *body);

G_END_DECLS
