/* Typed reading of one map of a scenario: each getter says in the problem list what is wrong with its value and then
 * leaves *out alone.  The getters return TRUE when the key is there and good. */
#pragma once

#include "lab/problem.h"
#include "net/address.h"

G_BEGIN_DECLS

typedef struct
{
  LabProblems *problems;
  const LabYaml *map;
  const char *what; /* "vm 'vm1'": for messages */
} LabReader;

/* FALSE, with a problem, when the node is no map.  Keys that are not in `keys` (NULL-terminated) are reported. */
gboolean lab_read_map (LabReader *reader, const char *const *keys);
/* Reports a key that must be there. */
gboolean lab_read_require (LabReader *reader, const char *key);

gboolean lab_read_text (LabReader *reader, const char *key, const char **out); /* borrowed, not empty */
gboolean lab_read_integer (LabReader *reader, const char *key, gint64 minimum, gint64 maximum, gint64 *out);
gboolean lab_read_uint (LabReader *reader, const char *key, guint minimum, guint maximum, guint *out);
gboolean lab_read_boolean (LabReader *reader, const char *key, gboolean *out);
gboolean lab_read_duration (LabReader *reader, const char *key, gint64 *out_ns);
gboolean lab_read_rate (LabReader *reader, const char *key, guint64 *out_bps);
gboolean lab_read_size (LabReader *reader, const char *key, guint64 *out_bytes);
gboolean lab_read_percent (LabReader *reader, const char *key, guint32 *out_ppb);
gboolean lab_read_ipv4 (LabReader *reader, const char *key, NetIpv4 *out);
gboolean lab_read_mac (LabReader *reader, const char *key, NetMac *out);
/* The index of the word among `words` (NULL-terminated). */
gboolean lab_read_word (LabReader *reader, const char *key, const char *const *words, guint *out);

/* On single nodes. */
const char *lab_read_scalar (LabProblems *problems, const LabYaml *node, const char *what);
gboolean lab_read_node_uint (LabProblems *problems, const LabYaml *node, const char *what, guint minimum,
                             guint maximum, guint *out);

G_END_DECLS
