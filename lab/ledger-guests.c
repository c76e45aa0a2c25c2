/* The ledger's book of what guests did: echoes, probes, leases. */
#include "lab/ledger-private.h"

#include <string.h>

static LabEcho *
echo_of (LabLedger *ledger, const char *node, const char *to)
{
  LabEcho *echo = (LabEcho *) lab_ledger_echo (ledger, node, to);

  if (echo)
    return echo;
  echo = g_new0 (LabEcho, 1);
  echo->node = g_strdup (node);
  echo->to = g_strdup (to);
  echo->first_sent_ns = echo->first_reply_ns = echo->best_rtt_ns = -1;
  g_hash_table_insert (ledger->echoes, g_strdup_printf ("%s\n%s", node, to), echo);
  return echo;
}

static gint64
number_of (json_t *json, const char *key)
{
  json_t *value = json_object_get (json, key);
  return json_is_integer (value) ? json_integer_value (value) : -1;
}

static char *
ping_key (const char *node, gint64 id)
{
  return g_strdup_printf ("%s\nping\n%" G_GINT64_FORMAT, node, id);
}

static char *
arping_key (const char *node)
{
  return g_strdup_printf ("%s\narping", node);
}

static guint
ended (const LabLedger *ledger, const char *key)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (ledger->ended, key));
}

/* Takes the key. */
static void
count_end (LabLedger *ledger, char *key)
{
  guint n = ended (ledger, key) + 1;
  g_hash_table_replace (ledger->ended, key, GUINT_TO_POINTER (n));
}

/* A new ping may have the id of an old one.  Takes the key. */
static void
begin_anew (LabLedger *ledger, char *key)
{
  g_hash_table_replace (ledger->ended, key, GUINT_TO_POINTER (0));
}

static gboolean
is_failure (const char *op)
{
  return strcmp (op, "timeout") == 0 || strcmp (op, "unreachable") == 0;
}

void
lab_ledger_hear_ping (LabLedger *ledger, gint64 time_ns, const SimTraceState *state)
{
  g_autofree char *to = g_strndup (state->key, strcspn (state->key, " "));
  json_t *json = state->json ? json_loads (state->json, 0, NULL) : NULL;
  LabEcho *echo = echo_of (ledger, state->node, to);
  gint64 rtt_ns = number_of (json, "rtt_ns");

  if (strcmp (state->op, "sent") == 0)
    {
      if (echo->sent++ == 0)
        echo->first_sent_ns = time_ns;
      if (number_of (json, "seq") == 1)
        begin_anew (ledger, ping_key (state->node, number_of (json, "id")));
    }
  else if (strcmp (state->op, "reply") == 0)
    {
      if (echo->replied++ == 0)
        echo->first_reply_ns = time_ns;
      if (echo->best_rtt_ns < 0 || rtt_ns < echo->best_rtt_ns)
        echo->best_rtt_ns = rtt_ns;
    }
  else if (is_failure (state->op))
    echo->failed++;
  if (strcmp (state->op, "reply") == 0 || is_failure (state->op))
    count_end (ledger, ping_key (state->node, number_of (json, "id")));
  json_decref (json);
}

void
lab_ledger_hear_arping (LabLedger *ledger, const SimTraceState *state)
{
  if (strcmp (state->op, "sent") == 0 && g_str_has_suffix (state->key, " 1"))
    begin_anew (ledger, arping_key (state->node));
  else if (strcmp (state->op, "reply") == 0 || is_failure (state->op))
    count_end (ledger, arping_key (state->node));
}

void
lab_ledger_hear_dhcp (LabLedger *ledger, gint64 time_ns, const SimTraceState *state)
{
  LabLease *lease = (LabLease *) lab_ledger_lease (ledger, state->node);

  if (strcmp (state->op, "discover") != 0 && strcmp (state->op, "bound") != 0
      && strcmp (state->op, "failed") != 0 && strcmp (state->op, "request") != 0
      && strcmp (state->op, "reboot") != 0)
    return;
  if (!lease)
    {
      lease = g_new0 (LabLease, 1);
      lease->node = g_strdup (state->node);
      lease->started_ns = time_ns;
      lease->bound_ns = -1;
      g_hash_table_insert (ledger->leases, g_strdup (state->node), lease);
    }
  if (strcmp (state->op, "discover") == 0)
    lease->n_discovers++;
  else if (strcmp (state->op, "failed") == 0)
    lease->n_failed++;
  else if (strcmp (state->op, "bound") == 0)
    {
      json_t *json = state->json ? json_loads (state->json, 0, NULL) : NULL;
      lease->n_bound++;
      if (lease->bound_ns < 0)
        lease->bound_ns = time_ns;
      g_free (lease->ip);
      lease->ip = g_strdup (json_string_value (json_object_get (json, "ip")));
      json_decref (json);
    }
}

const LabEcho *
lab_ledger_echo (const LabLedger *ledger, const char *node, const char *to)
{
  g_autofree char *key = g_strdup_printf ("%s\n%s", node, to);
  return g_hash_table_lookup (ledger->echoes, key);
}

guint
lab_ledger_pings_ended (const LabLedger *ledger, const char *node, guint id)
{
  g_autofree char *key = ping_key (node, id);
  return ended (ledger, key);
}

guint
lab_ledger_arpings_ended (const LabLedger *ledger, const char *node)
{
  g_autofree char *key = arping_key (node);
  return ended (ledger, key);
}

const LabLease *
lab_ledger_lease (const LabLedger *ledger, const char *node)
{
  return g_hash_table_lookup (ledger->leases, node);
}
