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
  g_ptr_array_add (ledger->echoes, echo);
  return echo;
}

static LabProbes *
probes_of (const LabLedger *ledger, const char *node)
{
  for (guint i = 0; i < ledger->probes->len; i++)
    {
      LabProbes *probes = ledger->probes->pdata[i];
      if (strcmp (probes->node, node) == 0)
        return probes;
    }
  return NULL;
}

static gint64
json_number (const SimTraceState *state, const char *key)
{
  json_t *json = state->json ? json_loads (state->json, 0, NULL) : NULL;
  json_t *value = json_object_get (json, key);
  gint64 number = json_is_integer (value) ? json_integer_value (value) : -1;
  json_decref (json);
  return number;
}

void
lab_ledger_hear_ping (LabLedger *ledger, gint64 time_ns, const SimTraceState *state)
{
  g_autofree char *to = g_strndup (state->key, strcspn (state->key, " "));
  LabEcho *echo = strcmp (state->table, "ping") == 0 ? echo_of (ledger, state->node, to) : NULL;
  LabProbes *probes = probes_of (ledger, state->node);

  if (!probes)
    {
      probes = g_new0 (LabProbes, 1);
      probes->node = g_strdup (state->node);
      g_ptr_array_add (ledger->probes, probes);
    }
  if (strcmp (state->op, "sent") == 0)
    {
      probes->sent++;
      if (echo && echo->sent++ == 0)
        echo->first_sent_ns = time_ns;
    }
  else if (strcmp (state->op, "reply") == 0)
    {
      probes->ended++;
      if (!echo)
        return;
      if (echo->replied++ == 0)
        echo->first_reply_ns = time_ns;
      if (echo->best_rtt_ns < 0 || json_number (state, "rtt_ns") < echo->best_rtt_ns)
        echo->best_rtt_ns = json_number (state, "rtt_ns");
    }
  else if (strcmp (state->op, "timeout") == 0 || strcmp (state->op, "unreachable") == 0)
    {
      probes->ended++;
      if (echo)
        echo->failed++;
    }
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
      g_ptr_array_add (ledger->leases, lease);
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
  for (guint i = 0; i < ledger->echoes->len; i++)
    {
      const LabEcho *echo = ledger->echoes->pdata[i];
      if (strcmp (echo->node, node) == 0 && strcmp (echo->to, to) == 0)
        return echo;
    }
  return NULL;
}

guint
lab_ledger_probes_sent (const LabLedger *ledger, const char *node)
{
  const LabProbes *probes = probes_of (ledger, node);
  return probes ? probes->sent : 0;
}

guint
lab_ledger_probes_ended (const LabLedger *ledger, const char *node)
{
  const LabProbes *probes = probes_of (ledger, node);
  return probes ? probes->ended : 0;
}

const LabLease *
lab_ledger_lease (const LabLedger *ledger, const char *node)
{
  for (guint i = 0; i < ledger->leases->len; i++)
    {
      const LabLease *lease = ledger->leases->pdata[i];
      if (strcmp (lease->node, node) == 0)
        return lease;
    }
  return NULL;
}
