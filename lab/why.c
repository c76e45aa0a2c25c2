/* Following the question out and the answer back. */
#include "lab/why.h"

#include "lab/units.h"
#include "lab/way.h"

/* One step of an exchange: a frame, what it is called, and where it should have arrived. */
typedef struct
{
  const LabSentFrame *frame;
  const char *name, *to, *host; /* the server that `to` lives on, or NULL */
} Step;

static NetIpv6
address_of (const LabVm *vm, gboolean ipv6)
{
  return ipv6 ? vm->ipv6 : lab_address_v4 (vm->ip);
}

static const char *
name_of_ask (const LabSentFrame *ask)
{
  return ask->ipv6 ? "the neighbour solicitation" : "the ARP request";
}

static const char *
name_of_tell (const LabSentFrame *tell)
{
  return tell->ipv6 ? "the neighbour advertisement" : "the ARP reply";
}

/* TRUE when the frame arrived; otherwise `why` has the reason, or no text when the frame is forgotten. */
static gboolean
follow (const LabLedger *ledger, const Step *step, LabWhy *why)
{
  g_autoptr (GString) out = g_string_new (NULL);
  LabWay way = lab_way_follow (ledger, step->frame->packet_id, step->to, step->host, out);

  if (way == LAB_WAY_LOST)
    {
      why->packet_id = step->frame->packet_id;
      why->text = g_strdup_printf ("%s (packet id %" G_GUINT64_FORMAT ") did not reach %s: it %s", step->name,
                                   step->frame->packet_id, step->to, out->str);
    }
  return way == LAB_WAY_ARRIVED;
}

/* The question arrived, so the answer is to blame, or its absence. */
static void
blame_answer (const LabLedger *ledger, const Step *question, const Step *answer, LabWhy *why)
{
  why->packet_id = question->frame->packet_id;
  if (!answer->frame)
    why->text = g_strdup_printf ("%s (packet id %" G_GUINT64_FORMAT ") reached %s, which did not answer",
                                 question->name, why->packet_id, question->to);
  else if (follow (ledger, answer, why))
    {
      g_autofree char *time = lab_units_format_duration (answer->frame->time_ns);
      why->text
          = g_strdup_printf ("%s was sent at %s and did reach %s, too late", answer->name, time, answer->to);
    }
}

static void
blame_exchange (const LabLedger *ledger, const Step *question, const Step *answer, LabWhy *why)
{
  if (follow (ledger, question, why))
    blame_answer (ledger, question, answer, why);
}

/* `who` asks for the link address of `whom`. */
static void
blame_resolution (const LabLedger *ledger, const LabVm *who, const LabVm *whom, const LabSentFrame *ask,
                  LabWhy *why)
{
  NetIpv6 back = address_of (who, ask->ipv6);
  const LabSentFrame *tell = lab_ledger_sent_since (ledger, whom->name, LAB_FRAME_TELL, &back, ask->time_ns);
  const Step question = { ask, name_of_ask (ask), whom->name, whom->node->name };
  const Step answer = { tell, tell ? name_of_tell (tell) : NULL, who->name, who->node->name };

  blame_exchange (ledger, &question, &answer, why);
}

/* The request arrived; the reply was sent, or its way back could not be resolved. */
static void
blame_way_back (const LabLedger *ledger, const LabVm *vm, const LabVm *peer, const LabSentFrame *request,
                LabWhy *why)
{
  NetIpv6 back = address_of (vm, request->ipv6);
  const LabSentFrame *reply = lab_ledger_sent_echo (ledger, peer->name, LAB_FRAME_ECHO_REPLY,
                                                    request->echo_id, request->echo_sequence);
  const LabSentFrame *ask
      = lab_ledger_sent_since (ledger, peer->name, LAB_FRAME_ASK, &back, request->time_ns);
  const Step question = { request, "the echo request", peer->name, peer->node->name };
  const Step answer = { reply, "the echo reply", vm->name, vm->node->name };

  if (reply || !ask)
    blame_answer (ledger, &question, &answer, why);
  else
    blame_resolution (ledger, peer, vm, ask, why);
}

LabWhy
lab_why_no_reply (const LabScenario *s, const LabLedger *ledger, const LabLostEcho *lost)
{
  const LabVm *vm = lab_scenario_vm (s, lost->vm), *peer = lab_scenario_vm (s, lost->peer);
  NetIpv6 there = address_of (peer, lost->ipv6);
  const LabSentFrame *request
      = lab_ledger_sent_echo (ledger, vm->name, LAB_FRAME_ECHO_REQUEST, lost->id, lost->sequence);
  const LabSentFrame *ask
      = request ? NULL : lab_ledger_sent_since (ledger, vm->name, LAB_FRAME_ASK, &there, lost->sent_ns);
  LabWhy why = { NULL, 0 };

  if (!request && !ask) /* an echo before had asked */
    ask = lab_ledger_last_sent (ledger, vm->name, LAB_FRAME_ASK, &there);
  if (request)
    {
      const Step out = { request, "the echo request", peer->name, peer->node->name };
      if (follow (ledger, &out, &why))
        blame_way_back (ledger, vm, peer, request, &why);
    }
  else if (ask)
    blame_resolution (ledger, vm, peer, ask, &why);
  else
    why.text = g_strdup_printf ("%s sent nothing towards %s; has it an address?", vm->name, peer->name);
  return why;
}

gboolean
lab_why_last_echo (const LabScenario *s, const LabLedger *ledger, guint vm, guint peer, LabLostEcho *out)
{
  for (gboolean ipv6 = FALSE; ipv6 <= lab_scenario_vm (s, peer)->has_ipv6; ipv6++)
    {
      NetIpv6 there = address_of (lab_scenario_vm (s, peer), ipv6);
      const LabSentFrame *request
          = lab_ledger_last_sent (ledger, lab_scenario_vm (s, vm)->name, LAB_FRAME_ECHO_REQUEST, &there);
      if (!request)
        continue;
      *out = (LabLostEcho){ vm, peer, ipv6, request->echo_id, request->echo_sequence, request->time_ns };
      return TRUE;
    }
  return FALSE;
}

/* ---- leases -------------------------------------------------------------------------------------------------- */

/* Who should get the client's messages: the agent's namespace, or a compute that passes them to the controller. */
static char *
server_of (const LabScenario *s, const LabNetwork *network)
{
  if (network->dhcp == LAB_DHCP_AGENT)
    return g_strdup_printf (LAB_DHCP_NODE_PREFIX "%s", network->name);
  for (guint i = 0; i < s->nodes->len; i++)
    {
      const LabNode *node = s->nodes->pdata[i];
      if (node->kind == LAB_NODE_COMPUTE)
        return g_strdup (node->name);
    }
  return NULL;
}

LabWhy
lab_why_no_lease (const LabScenario *s, const LabLedger *ledger, guint vm_index)
{
  const LabVm *vm = lab_scenario_vm (s, vm_index);
  g_autofree char *server = server_of (s, vm->network);
  const LabSentFrame *question = lab_ledger_last_sent (ledger, vm->name, LAB_FRAME_DHCP, NULL);
  LabWhy why = { NULL, 0 };

  if (!question)
    why.text = g_strdup_printf ("%s sent no DHCP message", vm->name);
  else if (vm->network->dhcp == LAB_DHCP_NONE)
    why.text = g_strdup_printf ("network '%s' has no DHCP server; it says dhcp: none", vm->network->name);
  else if (server)
    {
      const LabSentFrame *answer = lab_ledger_last_sent (ledger, server, LAB_FRAME_DHCP, NULL);
      const Step out = { question, "the last DHCP message", server, NULL };
      const Step back = { answer && answer->time_ns >= question->time_ns ? answer : NULL,
                          "the server's answer", vm->name, vm->node->name };
      blame_exchange (ledger, &out, &back, &why);
    }
  return why;
}

/* ---- drops --------------------------------------------------------------------------------------------------- */

LabWhy
lab_why_dropped (const LabLedger *ledger, const LabDropKind *kind)
{
  const LabDrop *drop = lab_ledger_last_drop (ledger, kind);
  g_autofree char *time = NULL;
  LabWhy why = { NULL, 0 };

  if (!drop)
    return why;
  time = lab_units_format_duration (drop->time_ns);
  why.packet_id = drop->packet_id;
  why.text = g_strdup_printf ("the last one: packet id %" G_GUINT64_FORMAT " at %s at %s: %s, %s%s%s%s%s",
                              drop->packet_id, drop->interface, time, net_drop_word (drop->reason),
                              net_drop_text (drop->reason), drop->table ? "; " : "",
                              drop->table ? drop->table : "", drop->rule ? ", rule " : "",
                              drop->rule ? drop->rule : "");
  return why;
}
