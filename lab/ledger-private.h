/* The ledger's books; shared by the files that write them. */
#pragma once

#include "lab/ledger.h"

G_BEGIN_DECLS

#define LAB_SENT_KEPT  1024u
#define LAB_PUNTS_KEPT 256u

/* A frame that a compute passed to its controller. */
typedef struct
{
  guint64 packet_id;
  char *node, *by;
} LabPunt;

/* What a guest or DHCP server sent, in a ring. */
typedef struct
{
  char *node;
  GArray *sent; /* of LabSentFrame; grows up to LAB_SENT_KEPT */
  guint next;   /* once it is full: the oldest */
} LabGuestFrames;

struct _LabLedger
{
  SimFates *fates;
  GPtrArray *interfaces;   /* by id: names */
  GPtrArray *guests;       /* by interface id: LabGuestFrames or NULL */
  GHashTable *echoes;      /* "node\nto" → LabEcho */
  GHashTable *ended;       /* "node\nping\nid", "node\narping" → how many */
  GHashTable *leases;      /* node → LabLease */
  GPtrArray *entries;      /* LabEntry in order of appearance; removed ones leave NULL */
  GHashTable *entry_index; /* "node\ntable\nkey" → index + 1 */
  guint n_removed;
  GArray *drop_counts; /* of LabDropCount */
  GPtrArray *drops;    /* the last LabDrop for each (node, reason, table) */
  LabPunt punts[LAB_PUNTS_KEPT];
  guint n_punts;
  gint64 converged_since, first_converged;
};

typedef struct
{
  char *node, *table; /* table NULL: without one */
  guint64 by_reason[NET_DROP_N];
} LabDropCount;

/* ledger-frames.c */
void lab_ledger_hear_interface (LabLedger *ledger, const SimTraceInterface *interface);
void lab_ledger_hear_packet (LabLedger *ledger, gint64 time_ns, const SimTracePacket *packet);
/* ledger-drops.c */
void lab_ledger_hear_drop (LabLedger *ledger, gint64 time_ns, const SimTracePacket *packet);
void lab_ledger_hear_punt (LabLedger *ledger, const SimTraceState *state);
void lab_ledger_clear_punts (LabLedger *ledger);
/* ledger-guests.c */
void lab_ledger_hear_ping (LabLedger *ledger, gint64 time_ns, const SimTraceState *state);
void lab_ledger_hear_arping (LabLedger *ledger, const SimTraceState *state);
void lab_ledger_hear_dhcp (LabLedger *ledger, gint64 time_ns, const SimTraceState *state);

G_END_DECLS
