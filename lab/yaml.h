/* YAML as a tree that knows where each node stands.  libfyaml parses; this keeps its events with their marks, so that
 * every later check can point at the very place.  Knows nothing of scenarios. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  LAB_YAML_SCALAR,
  LAB_YAML_LIST,
  LAB_YAML_MAP
} LabYamlKind;

typedef struct _LabYaml LabYaml;
typedef struct _LabYamlSource LabYamlSource;

struct _LabYaml
{
  LabYamlKind kind;
  const LabYamlSource *source;
  guint line, column; /* counted from 1 */
  char *text;         /* scalar */
  GPtrArray *keys;    /* map: LabYaml scalars, in the order of the file */
  GPtrArray *items;   /* map: the values; list: the items */
};

/* A parsed text; owns its nodes. */
struct _LabYamlSource
{
  char *name; /* the file's name, or "--set key=value" */
  char **lines;
  LabYaml *root; /* NULL: an empty text */
  GPtrArray *nodes;
};

typedef struct
{
  guint line, column;
  char *message;
} LabYamlMistake;

/* Never NULL; *mistake->message is set (the caller frees it) when the text is no YAML, and root is then NULL.  Refused
 * besides bad syntax: duplicate keys, keys that are no scalars, several documents, nesting deeper than 32. */
LabYamlSource *lab_yaml_parse (const char *name, const char *text, gsize length, LabYamlMistake *mistake);
void lab_yaml_source_free (LabYamlSource *source);

/* The value of a key, or NULL. */
const LabYaml *lab_yaml_get (const LabYaml *map, const char *key);
const LabYaml *lab_yaml_key (const LabYaml *map, guint index);
const LabYaml *lab_yaml_item (const LabYaml *node, guint index);
guint lab_yaml_n (const LabYaml *node);

/* What stands at each place of `base`, replaced by what `over` says: maps key by key and deeply, all else whole.  New
 * nodes go into `owner`. */
const LabYaml *lab_yaml_merge (LabYamlSource *owner, const LabYaml *base, const LabYaml *over);
/* The items of both lists, one after the other. */
const LabYaml *lab_yaml_join (LabYamlSource *owner, const LabYaml *first, const LabYaml *second);
/* The tree with the node at `path` ("links.0.rate") replaced or, in a map, added.  NULL when a step leads nowhere; then
 * *failed_step is the step's text (free it). */
const LabYaml *lab_yaml_replace (LabYamlSource *owner, const LabYaml *root, const char *path,
                                 const LabYaml *value, char **failed_step);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LabYamlSource, lab_yaml_source_free)

G_END_DECLS
