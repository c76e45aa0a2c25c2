/* Following the question out and the answer back. */
#include "lab/why.h"

#include "lab/units.h"

static void
tell_fate (const LabLedger *ledger, GString *out, const LabSentFrame *frame, const char *what)
{
  const SimFate *fate = sim_fates_find (lab_ledger_fates (ledger), frame->packet_id);
  g_autofree char *text = fate ? sim_fate_describe (fate) : g_strdup ("its way is no longer known");

  g_string_append_printf (out, "%s%s (packet id %" G_GUINT64_FORMAT ") did not arrive: %s",
                          out->len ? "\n" : "", what, frame->packet_id, text);
}

/* The answer of `peer` on its way back to `vm`. */
static void
tell_answer (const LabLedger *ledger, GString *out, const char *vm, const char *peer,
             const LabSentFrame *question, const LabSentFrame *answer, const char *what)
{
  if (!answer || answer->time_ns < question->time_ns)
    g_string_append_printf (out, "%sit arrived at %s, which did not answer", out->len ? "\n" : "", peer);
  else if (!lab_ledger_arrived (ledger, vm, answer->packet_id))
    tell_fate (ledger, out, answer, what);
  else
    g_string_append_printf (out, "%sthe last answer did arrive, too late or after others were lost",
                            out->len ? "\n" : "");
}

char *
lab_why_no_reply (const LabScenario *s, const LabLedger *ledger, guint vm_index, guint peer_index)
{
  const LabVm *vm = lab_scenario_vm (s, vm_index), *peer = lab_scenario_vm (s, peer_index);
  const LabSentFrame *echo = lab_ledger_last_sent (ledger, vm->name, LAB_FRAME_IPV4, peer->ip);
  const LabSentFrame *arp = lab_ledger_last_sent (ledger, vm->name, LAB_FRAME_ARP_REQUEST, peer->ip);
  GString *out = g_string_new (NULL);

  if (!echo && !arp)
    g_string_append_printf (out, "%s sent nothing towards %s (has it an address?)", vm->name, peer->name);
  else if (echo && (!arp || echo->time_ns >= arp->time_ns))
    {
      if (!lab_ledger_arrived (ledger, peer->name, echo->packet_id))
        tell_fate (ledger, out, echo, "the last echo request");
      else
        {
          const LabSentFrame *reply = lab_ledger_last_sent (ledger, peer->name, LAB_FRAME_IPV4, vm->ip);
          const LabSentFrame *ask = lab_ledger_last_sent (ledger, peer->name, LAB_FRAME_ARP_REQUEST, vm->ip);
          if (ask && (!reply || ask->time_ns > reply->time_ns)
              && !lab_ledger_arrived (ledger, vm->name, ask->packet_id))
            tell_fate (ledger, out, ask, "the other end's ARP request for the way back");
          else
            tell_answer (ledger, out, vm->name, peer->name, echo, reply, "the echo reply");
        }
    }
  else if (!lab_ledger_arrived (ledger, peer->name, arp->packet_id))
    tell_fate (ledger, out, arp, "the last ARP request");
  else
    tell_answer (ledger, out, vm->name, peer->name, arp,
                 lab_ledger_last_sent (ledger, peer->name, LAB_FRAME_ARP_REPLY, vm->ip), "the ARP reply");
  return g_string_free (out, FALSE);
}

char *
lab_why_no_lease (const LabScenario *s, const LabLedger *ledger, guint vm_index)
{
  const LabVm *vm = lab_scenario_vm (s, vm_index);
  g_autofree char *server = g_strdup_printf (LAB_DHCP_NODE_PREFIX "%s", vm->network->name);
  const LabSentFrame *question = lab_ledger_last_sent (ledger, vm->name, LAB_FRAME_DHCP, 0);
  GString *out = g_string_new (NULL);

  if (!question)
    g_string_append_printf (out, "%s sent no DHCP message", vm->name);
  else if (vm->network->dhcp != LAB_DHCP_AGENT)
    tell_fate (ledger, out, question, "the last DHCP message");
  else if (!lab_ledger_arrived (ledger, server, question->packet_id))
    tell_fate (ledger, out, question, "the last DHCP message");
  else
    tell_answer (ledger, out, vm->name, server, question,
                 lab_ledger_last_sent (ledger, server, LAB_FRAME_DHCP, 0), "the server's answer");
  return g_string_free (out, FALSE);
}

char *
lab_why_dropped (const LabLedger *ledger, const char *node, NetDropReason reason)
{
  const LabDrop *drop = lab_ledger_last_drop (ledger, node, reason);
  g_autofree char *time = NULL;

  if (!drop)
    return NULL;
  time = lab_units_format_duration (drop->time_ns);
  return g_strdup_printf ("the last one: packet id %" G_GUINT64_FORMAT " at %s at %s: %s, %s%s%s%s%s",
                          drop->packet_id, drop->interface, time, net_drop_word (drop->reason),
                          net_drop_text (drop->reason), drop->table ? "; " : "",
                          drop->table ? drop->table : "", drop->rule ? ", rule " : "",
                          drop->rule ? drop->rule : "");
}
