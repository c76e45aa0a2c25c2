/* Why an expectation failed, as far as the trace tells: which frame should have got through, how far it came, who
 * dropped it. */
#pragma once

#include "lab/ledger.h"
#include "lab/scenario.h"

G_BEGIN_DECLS

typedef struct
{
  char *text;        /* for a person; NULL: nothing is known */
  guint64 packet_id; /* of the frame it speaks of; 0: of none */
} LabWhy;

/* An echo request without a reply. */
typedef struct
{
  guint vm, peer; /* indices of VMs */
  gboolean ipv6;
  guint id, sequence; /* of ICMP */
  gint64 sent_ns;
} LabLostEcho;

/* Texts are to be freed. */
LabWhy lab_why_no_reply (const LabScenario *scenario, const LabLedger *ledger, const LabLostEcho *echo);
LabWhy lab_why_no_lease (const LabScenario *scenario, const LabLedger *ledger, guint vm);
LabWhy lab_why_dropped (const LabLedger *ledger, const LabDropKind *kind);

/* The last echo request that a VM sent to another; FALSE: none is remembered. */
gboolean lab_why_last_echo (const LabScenario *scenario, const LabLedger *ledger, guint vm, guint peer,
                            LabLostEcho *out);

G_END_DECLS
