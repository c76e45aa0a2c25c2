/* The ledger's books; shared by the files that write them. */
#pragma once

#include "lab/ledger.h"

G_BEGIN_DECLS

#define LAB_SENT_KEPT    64u
#define LAB_ARRIVED_KEPT 256u

/* Frames at one link end of a guest or DHCP server. */
typedef struct
{
  char *node;
  LabSentFrame sent[LAB_SENT_KEPT];
  guint64 arrived[LAB_ARRIVED_KEPT];
  guint n_sent, n_arrived;
} LabGuestFrames;

typedef struct
{
  char *node;
  guint sent, ended;
} LabProbes;

struct _LabLedger
{
  SimFates *fates;
  GPtrArray *interfaces; /* by id: names */
  GPtrArray *guests;     /* by interface id: LabGuestFrames or NULL */
  GPtrArray *echoes, *leases, *probes;
  GPtrArray *entries;      /* LabEntry in order of appearance; removed ones leave NULL */
  GHashTable *entry_index; /* "node\ntable\nkey" → index + 1 */
  guint n_removed;
  GArray *drop_counts; /* of LabDropCount */
  GPtrArray *drops;    /* the last LabDrop for each (node, reason) */
  gint64 converged_since, first_converged;
};

typedef struct
{
  char *node;
  guint64 by_reason[NET_DROP_N];
} LabDropCount;

/* ledger-frames.c */
void lab_ledger_hear_interface (LabLedger *ledger, const SimTraceInterface *interface);
void lab_ledger_hear_packet (LabLedger *ledger, gint64 time_ns, const SimTracePacket *packet);
/* ledger-guests.c */
void lab_ledger_hear_ping (LabLedger *ledger, gint64 time_ns, const SimTraceState *state);
void lab_ledger_hear_dhcp (LabLedger *ledger, gint64 time_ns, const SimTraceState *state);

G_END_DECLS
