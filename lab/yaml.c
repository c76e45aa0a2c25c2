/* From libfyaml's events to a tree with positions. */
#include "lab/yaml.h"

#include <libfyaml.h>
#include <string.h>

#define MAX_DEPTH 32u
#define MAX_NODES 200000u

static void
node_free (gpointer data)
{
  LabYaml *node = data;
  g_free (node->text);
  g_clear_pointer (&node->keys, g_ptr_array_unref);
  g_clear_pointer (&node->items, g_ptr_array_unref);
  g_free (node);
}

static LabYaml *
node_new (LabYamlSource *owner, LabYamlKind kind)
{
  LabYaml *node = g_new0 (LabYaml, 1);
  node->kind = kind;
  node->source = owner;
  if (kind == LAB_YAML_MAP)
    node->keys = g_ptr_array_new ();
  if (kind != LAB_YAML_SCALAR)
    node->items = g_ptr_array_new ();
  g_ptr_array_add (owner->nodes, node);
  return node;
}

typedef struct
{
  LabYamlSource *source;
  struct fy_parser *parser;
  GHashTable *anchors; /* name → LabYaml */
  LabYamlMistake *mistake;
  guint line, column; /* of the last node that has a place */
} Builder;

static void
complain (Builder *b, const struct fy_mark *mark, const char *format, ...)
{
  va_list arguments;

  if (b->mistake->message)
    return;
  va_start (arguments, format);
  b->mistake->message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  b->mistake->line = mark ? (guint) mark->line + 1 : 1;
  b->mistake->column = mark ? (guint) mark->column + 1 : 1;
}

static char *
token_text (struct fy_token *token)
{
  gsize n = 0;
  const char *text = token ? fy_token_get_text (token, &n) : NULL;
  return text ? g_strndup (text, n) : NULL;
}

static LabYaml *build_node (Builder *b, struct fy_event *event, guint depth);

static struct fy_token *
anchor_of (const struct fy_event *event)
{
  switch (event->type)
    {
    case FYET_SCALAR:
      return event->scalar.anchor;
    case FYET_SEQUENCE_START:
      return event->sequence_start.anchor;
    case FYET_MAPPING_START:
      return event->mapping_start.anchor;
    default:
      return NULL;
    }
}

/* The next event's node, or NULL at the collection's end and after a mistake. */
static LabYaml *
next_node (Builder *b, guint depth)
{
  struct fy_event *event = fy_parser_parse (b->parser);
  LabYaml *node = NULL;

  if (!event)
    return NULL;
  if (event->type != FYET_SEQUENCE_END && event->type != FYET_MAPPING_END && event->type != FYET_DOCUMENT_END)
    node = build_node (b, event, depth);
  fy_parser_event_free (b->parser, event);
  return node;
}

static void
build_list (Builder *b, LabYaml *list, guint depth)
{
  LabYaml *item;
  while ((item = next_node (b, depth + 1)))
    g_ptr_array_add (list->items, item);
}

static void
build_map (Builder *b, LabYaml *map, guint depth)
{
  LabYaml *key, *value;

  while ((key = next_node (b, depth + 1)))
    {
      const struct fy_mark mark = { .line = (int) key->line - 1, .column = (int) key->column - 1 };
      if (key->kind != LAB_YAML_SCALAR)
        {
          complain (b, &mark, "a key must be a plain word");
          return;
        }
      if (lab_yaml_get (map, key->text))
        {
          complain (b, &mark, "the key '%s' stands here a second time; remove one of the two", key->text);
          return;
        }
      value = next_node (b, depth + 1);
      if (!value)
        return;
      g_ptr_array_add (map->keys, key);
      g_ptr_array_add (map->items, value);
    }
}

static LabYaml *
build_alias (Builder *b, struct fy_event *event, const struct fy_mark *mark)
{
  g_autofree char *name = token_text (event->alias.anchor);
  LabYaml *node = name ? g_hash_table_lookup (b->anchors, name) : NULL;
  if (!node)
    complain (b, mark, "the alias '*%s' names no anchor before it", name ? name : "");
  return node;
}

static LabYaml *
build_node (Builder *b, struct fy_event *event, guint depth)
{
  const struct fy_mark *mark = fy_event_start_mark (event);
  LabYaml *node;
  char *anchor;

  if (depth > MAX_DEPTH)
    {
      complain (b, mark, "nested deeper than %u levels", MAX_DEPTH);
      return NULL;
    }
  if (b->source->nodes->len >= MAX_NODES)
    {
      complain (b, mark, "more than %u values in one file", MAX_NODES);
      return NULL;
    }
  if (event->type == FYET_ALIAS)
    return build_alias (b, event, mark);

  node = node_new (b->source, event->type == FYET_SCALAR           ? LAB_YAML_SCALAR
                              : event->type == FYET_SEQUENCE_START ? LAB_YAML_LIST
                                                                   : LAB_YAML_MAP);
  /* A value that is not written stands nowhere; what stands before it is the next best place. */
  if (mark)
    {
      b->line = (guint) mark->line + 1;
      b->column = (guint) mark->column + 1;
    }
  node->line = b->line;
  node->column = b->column;
  if (node->kind == LAB_YAML_SCALAR)
    {
      node->text = token_text (event->scalar.value);
      if (!node->text)
        node->text = g_strdup ("");
    }
  else if (node->kind == LAB_YAML_LIST)
    build_list (b, node, depth);
  else
    build_map (b, node, depth);
  /* Entered when complete, so that no alias can reach into its own anchor. */
  anchor = token_text (anchor_of (event));
  if (anchor)
    g_hash_table_replace (b->anchors, anchor, node);
  return node;
}

static void
report_syntax (Builder *b, struct fy_diag *diag)
{
  void *iterator = NULL;
  struct fy_diag_error *error = fy_diag_errors_iterate (diag, &iterator);

  if (error)
    complain (b, &(struct fy_mark){ .line = error->line - 1, .column = error->column - 1 },
              "this is not valid YAML: %s", error->msg);
  else
    complain (b, NULL, "this is not valid YAML");
}

static void
build_stream (Builder *b, struct fy_diag *diag)
{
  guint n_documents = 0;
  gboolean ended = FALSE;
  struct fy_event *event;

  while (!b->mistake->message && (event = fy_parser_parse (b->parser)))
    {
      if (event->type == FYET_DOCUMENT_START && ++n_documents > 1)
        complain (b, fy_event_start_mark (event), "a second document begins here; a file holds one");
      else if (event->type == FYET_STREAM_END)
        ended = TRUE;
      else if (event->type == FYET_SCALAR || event->type == FYET_SEQUENCE_START
               || event->type == FYET_MAPPING_START || event->type == FYET_ALIAS)
        b->source->root = build_node (b, event, 0);
      fy_parser_event_free (b->parser, event);
    }
  if (!ended)
    report_syntax (b, diag);
}

LabYamlSource *
lab_yaml_parse (const char *name, const char *text, gsize length, LabYamlMistake *mistake)
{
  LabYamlSource *source = g_new0 (LabYamlSource, 1);
  struct fy_diag_cfg diag_config;
  struct fy_diag *diag;
  struct fy_parse_cfg config = { .flags = FYPCF_COLLECT_DIAG | FYPCF_DISABLE_MMAP_OPT };
  Builder b = { .source = source, .mistake = mistake, .line = 1, .column = 1 };
  g_autofree char *copy = g_strndup (text, length);

  *mistake = (LabYamlMistake){ 0 };
  source->name = g_strdup (name);
  source->lines = g_strsplit (copy, "\n", -1);
  source->nodes = g_ptr_array_new_with_free_func (node_free);
  if (strlen (copy) != length || !g_utf8_validate (copy, (gssize) length, NULL))
    {
      complain (&b, NULL, "this is not text in UTF-8");
      return source;
    }
  fy_diag_cfg_default (&diag_config);
  diag = fy_diag_create (&diag_config);
  fy_diag_set_collect_errors (diag, true);
  config.diag = diag;
  b.parser = fy_parser_create (&config);
  b.anchors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (fy_parser_set_string (b.parser, copy, length) == 0)
    build_stream (&b, diag);
  else
    report_syntax (&b, diag);
  if (mistake->message)
    source->root = NULL;
  fy_parser_destroy (b.parser);
  fy_diag_destroy (diag);
  g_hash_table_unref (b.anchors);
  return source;
}

void
lab_yaml_source_free (LabYamlSource *source)
{
  if (!source)
    return;
  g_free (source->name);
  g_strfreev (source->lines);
  g_ptr_array_unref (source->nodes);
  g_free (source);
}

guint
lab_yaml_n (const LabYaml *node)
{
  return node && node->items ? node->items->len : 0;
}

const LabYaml *
lab_yaml_item (const LabYaml *node, guint index)
{
  return node->items->pdata[index];
}

const LabYaml *
lab_yaml_key (const LabYaml *map, guint index)
{
  return map->keys->pdata[index];
}

const LabYaml *
lab_yaml_get (const LabYaml *map, const char *key)
{
  if (!map || map->kind != LAB_YAML_MAP)
    return NULL;
  for (guint i = 0; i < map->keys->len; i++)
    if (strcmp (lab_yaml_key (map, i)->text, key) == 0)
      return lab_yaml_item (map, i);
  return NULL;
}

static LabYaml *
shallow_copy (LabYamlSource *owner, const LabYaml *node)
{
  LabYaml *copy = node_new (owner, node->kind);
  copy->source = node->source;
  copy->line = node->line;
  copy->column = node->column;
  copy->text = g_strdup (node->text);
  for (guint i = 0; i < lab_yaml_n (node); i++)
    {
      if (node->keys)
        g_ptr_array_add (copy->keys, node->keys->pdata[i]);
      g_ptr_array_add (copy->items, node->items->pdata[i]);
    }
  return copy;
}

static void
map_put (LabYaml *map, const LabYaml *key, const LabYaml *value)
{
  for (guint i = 0; i < map->keys->len; i++)
    if (strcmp (lab_yaml_key (map, i)->text, key->text) == 0)
      {
        map->keys->pdata[i] = (gpointer) key;
        map->items->pdata[i] = (gpointer) value;
        return;
      }
  g_ptr_array_add (map->keys, (gpointer) key);
  g_ptr_array_add (map->items, (gpointer) value);
}

const LabYaml *
lab_yaml_merge (LabYamlSource *owner, const LabYaml *base, const LabYaml *over)
{
  LabYaml *merged;

  if (!base || base->kind != LAB_YAML_MAP || over->kind != LAB_YAML_MAP)
    return over;
  merged = shallow_copy (owner, base);
  for (guint i = 0; i < lab_yaml_n (over); i++)
    {
      const LabYaml *key = lab_yaml_key (over, i);
      const LabYaml *old = lab_yaml_get (base, key->text);
      map_put (merged, key, lab_yaml_merge (owner, old, lab_yaml_item (over, i)));
    }
  return merged;
}

const LabYaml *
lab_yaml_join (LabYamlSource *owner, const LabYaml *first, const LabYaml *second)
{
  LabYaml *joined = shallow_copy (owner, first);
  for (guint i = 0; i < lab_yaml_n (second); i++)
    g_ptr_array_add (joined->items, second->items->pdata[i]);
  return joined;
}

const LabYaml *
lab_yaml_replace (LabYamlSource *owner, const LabYaml *root, const char *path, const LabYaml *value,
                  char **failed_step)
{
  const char *dot = strchr (path, '.');
  g_autofree char *step = dot ? g_strndup (path, (gsize) (dot - path)) : g_strdup (path);
  const LabYaml *old = NULL, *replacement;
  LabYaml *copy;
  guint64 index = 0;

  if (root->kind == LAB_YAML_MAP)
    old = lab_yaml_get (root, step);
  else if (root->kind == LAB_YAML_LIST
           && g_ascii_string_to_unsigned (step, 10, 0, lab_yaml_n (root), &index, NULL)
           && index < lab_yaml_n (root))
    old = lab_yaml_item (root, (guint) index);
  if (!old && (dot || root->kind != LAB_YAML_MAP || !*step))
    {
      *failed_step = g_steal_pointer (&step);
      return NULL;
    }
  replacement = dot ? lab_yaml_replace (owner, old, dot + 1, value, failed_step) : value;
  if (!replacement)
    return NULL;
  copy = shallow_copy (owner, root);
  if (root->kind == LAB_YAML_LIST)
    copy->items->pdata[index] = (gpointer) replacement;
  else
    {
      LabYaml *key = node_new (owner, LAB_YAML_SCALAR);
      key->source = value->source;
      key->line = value->line;
      key->column = value->column;
      key->text = g_steal_pointer (&step);
      map_put (copy, key, replacement);
    }
  return copy;
}
