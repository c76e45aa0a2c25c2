/* Comparing OVSDB's JSON with a scenario's words. */
#include "lab/match-row.h"

#include <string.h>

#include "lab/identity.h"

#define ROWS_TOLD 8u

typedef struct
{
  const LabScenario *scenario;
  const LabLedger *ledger;
  const LabExpect *expect;
  guint64 n;
  guint n_seen;
  GString *others;
} Search;

/* What a row is known by. */
static const char *
label_of_row (const LabEntry *row)
{
  static const char *const columns[] = { "name", "dst_ip", "MAC", "target", "src_mac" };
  for (guint i = 0; row && i < G_N_ELEMENTS (columns); i++)
    {
      const char *text = json_string_value (json_object_get (row->json, columns[i]));
      if (text)
        return text;
    }
  return NULL;
}

/* A scenario's word for a text in a database: a network's name for its Neutron UUID, a node's for its tunnel address, a
 * VM's for its MAC.  The text itself when there is none. */
static const char *
word_for (const LabScenario *s, const char *text)
{
  char other[NET_IPV6_TEXT], uuid[LAB_UUID_TEXT];

  for (guint i = 0; i < s->networks->len; i++)
    {
      const LabNetwork *network = s->networks->pdata[i];
      g_autofree char *object = g_strdup_printf ("network/%s", network->name);
      lab_identity_uuid (s, object, uuid);
      if (strcmp (uuid, text) == 0)
        return network->name;
    }
  for (guint i = 0; i < s->nodes->len; i++)
    {
      const LabNode *node = s->nodes->pdata[i];
      if (node->ip && strcmp (net_ipv4_format (node->ip, other), text) == 0)
        return node->name;
    }
  for (guint i = 0; i < s->vms->len; i++)
    if (g_ascii_strcasecmp (net_mac_format (&lab_scenario_vm (s, i)->mac, other), text) == 0)
      return lab_scenario_vm (s, i)->name;
  return text;
}

static gboolean
word_is (const LabScenario *s, const char *word, const char *text)
{
  return g_ascii_strcasecmp (word, text) == 0 || strcmp (word, word_for (s, text)) == 0;
}

/* ---- rows that fit ------------------------------------------------------------------------------------------- */

static gboolean value_has (const Search *search, const json_t *value, const char *word);

/* ["set", […]] has it when a member has; ["map", [[k, v], …]] when a key has, or "key=value" fits a pair; a reference
 * when the row it leads to is known by it, or holds it (a locator set its locators). */
static gboolean
array_has (const Search *search, const json_t *value, const char *word)
{
  const char *tag = json_string_value (json_array_get (value, 0));
  const json_t *body = json_array_get (value, 1), *item;
  const char *equals = strchr (word, '=');
  gsize i;

  if (!tag)
    return FALSE;
  if (strcmp (tag, "uuid") == 0)
    {
      const LabEntry *row = json_is_string (body) ? lab_ledger_row (search->ledger, search->expect->node,
                                                                    json_string_value (body))
                                                  : NULL;
      const char *label = label_of_row (row);
      if (label)
        return word_is (search->scenario, word, label);
      return row && value_has (search, json_object_get (row->json, "locators"), word);
    }
  json_array_foreach (body, i, item)
  {
    if (strcmp (tag, "set") == 0 && value_has (search, item, word))
      return TRUE;
    if (strcmp (tag, "map") == 0 && !equals && value_has (search, json_array_get (item, 0), word))
      return TRUE;
    if (strcmp (tag, "map") == 0 && equals)
      {
        g_autofree char *key = g_strndup (word, (gsize) (equals - word));
        if (value_has (search, json_array_get (item, 0), key)
            && value_has (search, json_array_get (item, 1), equals + 1))
          return TRUE;
      }
  }
  return FALSE;
}

static gboolean
value_has (const Search *search, const json_t *value, const char *word)
{
  g_autofree char *number = NULL;

  if (json_is_string (value))
    return word_is (search->scenario, word, json_string_value (value));
  if (json_is_integer (value))
    {
      number = g_strdup_printf ("%" JSON_INTEGER_FORMAT, json_integer_value (value));
      return strcmp (number, word) == 0;
    }
  if (json_is_boolean (value))
    return strcmp (json_is_true (value) ? "true" : "false", word) == 0;
  return json_is_array (value) && array_has (search, value, word);
}

/* ---- rows in words ------------------------------------------------------------------------------------------- */

static void describe_value (const Search *search, const json_t *value, GString *out);

static void
describe_array (const Search *search, const json_t *value, GString *out)
{
  const char *tag = json_string_value (json_array_get (value, 0));
  const json_t *body = json_array_get (value, 1), *item;
  gsize i;

  if (g_strcmp0 (tag, "uuid") == 0 && json_is_string (body))
    {
      const LabEntry *row = lab_ledger_row (search->ledger, search->expect->node, json_string_value (body));
      const char *label = label_of_row (row);
      if (label)
        g_string_append (out, word_for (search->scenario, label));
      else if (row && json_object_get (row->json, "locators"))
        describe_value (search, json_object_get (row->json, "locators"), out);
      else
        g_string_append (out, json_string_value (body));
      return;
    }
  json_array_foreach (body, i, item)
  {
    g_string_append (out, i ? "," : "");
    if (g_strcmp0 (tag, "map") == 0)
      {
        describe_value (search, json_array_get (item, 0), out);
        g_string_append_c (out, '=');
        describe_value (search, json_array_get (item, 1), out);
      }
    else
      describe_value (search, item, out);
  }
}

static void
describe_value (const Search *search, const json_t *value, GString *out)
{
  if (json_is_string (value))
    g_string_append (out, word_for (search->scenario, json_string_value (value)));
  else if (json_is_integer (value))
    g_string_append_printf (out, "%" JSON_INTEGER_FORMAT, json_integer_value (value));
  else if (json_is_array (value))
    describe_array (search, value, out);
  else
    g_string_append (out, json_is_true (value) ? "true" : "false");
}

/* Empty columns say nothing. */
static void
describe_row (const Search *search, const LabEntry *entry, GString *out)
{
  const char *column;
  json_t *value;

  json_object_foreach (entry->json, column, value)
  {
    g_autoptr (GString) text = g_string_new (NULL);
    describe_value (search, value, text);
    if (text->len)
      g_string_append_printf (out, " %s=%s", column, text->str);
  }
}

static void
visit_row (const LabEntry *entry, gpointer user)
{
  Search *search = user;
  gboolean all = TRUE;

  for (guint i = 0; i < search->expect->cells->len && all; i++)
    {
      const LabCell *cell = &g_array_index (search->expect->cells, LabCell, i);
      all = value_has (search, json_object_get (entry->json, cell->column), cell->value);
    }
  search->n += all;
  if (search->n_seen++ >= ROWS_TOLD)
    return;
  g_string_append (search->others, search->n_seen > 1 ? "\nand:" : "it holds:");
  describe_row (search, entry, search->others);
}

guint64
lab_match_rows (const LabScenario *s, const LabLedger *ledger, const LabExpect *expect, char **others)
{
  Search search = { s, ledger, expect, 0, 0, g_string_new (NULL) };

  lab_ledger_each (ledger, expect->node, expect->table, visit_row, &search);
  if (search.n_seen == 0)
    g_string_printf (search.others, "its table %s is empty", expect->table);
  else if (search.n_seen > ROWS_TOLD)
    g_string_append_printf (search.others, "\nand %u more", search.n_seen - ROWS_TOLD);
  *others = g_string_free (search.others, FALSE);
  return search.n;
}

/* A key holds the MAC as one of its words; the JSON names the place. */
static void
visit_mac (const LabEntry *entry, gpointer user)
{
  Search *search = user;
  const LabExpect *expect = search->expect;
  const LabVm *vm = lab_scenario_vm (search->scenario, expect->vm);
  g_auto (GStrv) words = g_strsplit (entry->key, " ", -1);
  const char *port = json_string_value (json_object_get (entry->json, "port"));
  json_t *vlan = json_object_get (entry->json, "vlan");
  char mac[NET_MAC_TEXT];
  g_autofree char *place = NULL;

  if (!g_strv_contains ((const char *const *) words, net_mac_format (&vm->mac, mac)))
    return;
  if (expect->network)
    {
      g_autofree char *object = g_strdup_printf ("network/%s", expect->network->name);
      char uuid[LAB_UUID_TEXT];
      lab_identity_uuid (search->scenario, object, uuid);
      if (!g_strv_contains ((const char *const *) words, uuid))
        return;
    }
  place = json_is_integer (vlan)
              ? g_strdup_printf ("%s/%" JSON_INTEGER_FORMAT, port ? port : "?", json_integer_value (vlan))
              : g_strdup (port ? port : "?");
  g_string_append_printf (search->others, "%son %s", search->others->len ? ", " : "", place);
  if (!expect->port || g_strcmp0 (expect->port, port) == 0 || strcmp (expect->port, place) == 0)
    search->n++;
}

guint64
lab_match_macs (const LabScenario *s, const LabLedger *ledger, const LabExpect *expect, char **found)
{
  Search search = { s, ledger, expect, 0, 0, g_string_new (NULL) };

  lab_ledger_each (ledger, expect->node, "fdb", visit_mac, &search);
  if (search.others->len == 0)
    g_string_append (search.others, "not in its table");
  *found = g_string_free (search.others, FALSE);
  return search.n;
}
