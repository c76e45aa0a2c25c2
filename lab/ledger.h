/* What the trace has said so far, kept as figures: echoes and leases, rows and MAC tables as they stand, drops, the
 * controller's state, and the last frames of each guest.  A subscriber of the trace that knows no model. */
#pragma once

#include <jansson.h>

#include "net/address.h"
#include "sim/fate.h"

G_BEGIN_DECLS

typedef struct _LabLedger LabLedger;

LabLedger *lab_ledger_new (void);
void lab_ledger_free (LabLedger *ledger);
/* A SimTraceFunc. */
void lab_ledger_hear (const SimTraceRecord *record, gpointer ledger);

/* ---- actions of guests --------------------------------------------------------------------------------------- */

typedef struct
{
  char *node, *to;                      /* who pinged; the destination's address in text */
  guint sent, replied, failed;          /* failed: timeout or unreachable */
  gint64 first_sent_ns, first_reply_ns; /* -1: none */
  gint64 best_rtt_ns;                   /* -1: none */
} LabEcho;

/* Echo requests from a node to an address; NULL when none was sent. */
const LabEcho *lab_ledger_echo (const LabLedger *ledger, const char *node, const char *to);
/* How many echo requests of a node's last ping with this ICMP id, and how many probes of its last arping, have an end: a
 * reply, a timeout, unreachable. */
guint lab_ledger_pings_ended (const LabLedger *ledger, const char *node, guint id);
guint lab_ledger_arpings_ended (const LabLedger *ledger, const char *node);

typedef struct
{
  char *node, *ip;
  gint64 started_ns, bound_ns; /* -1: never */
  guint n_bound, n_failed, n_discovers;
} LabLease;

/* A node's DHCP client; NULL when it never ran. */
const LabLease *lab_ledger_lease (const LabLedger *ledger, const char *node);

/* ---- tables as they stand ------------------------------------------------------------------------------------ */

typedef struct
{
  char *node, *table, *key; /* table: "Ucast_Macs_Local", "fdb", … */
  json_t *json;             /* NULL without details */
} LabEntry;

/* Calls for each entry of a node's table in the order in which they appeared. */
typedef void (*LabEntryFunc) (const LabEntry *entry, gpointer user);
void lab_ledger_each (const LabLedger *ledger, const char *node, const char *table, LabEntryFunc visit,
                      gpointer user);
/* The database row with this UUID in any table of the node. */
const LabEntry *lab_ledger_row (const LabLedger *ledger, const char *node, const char *uuid);

/* Drops of a kind: by a node (NULL: all), for a reason (NET_DROP_NONE: any), in a table (NULL: any). */
typedef struct
{
  const char *node;
  NetDropReason reason;
  const char *table;
} LabDropKind;
guint64 lab_ledger_drops (const LabLedger *ledger, const LabDropKind *kind);
/* The last drop that counts there; NULL without one.  `interface` tells where. */
typedef struct
{
  char *interface, *table, *rule;
  NetDropReason reason;
  gint64 time_ns;
  guint64 packet_id;
} LabDrop;
const LabDrop *lab_ledger_last_drop (const LabLedger *ledger, const LabDropKind *kind);

/* The controller is idle since this time; -1: it is busy, or was never heard of. */
gint64 lab_ledger_converged_since (const LabLedger *ledger);
gint64 lab_ledger_first_converged (const LabLedger *ledger);

/* ---- frames of guests ---------------------------------------------------------------------------------------- */

typedef enum
{
  LAB_FRAME_ASK,  /* ARP request, neighbour solicitation */
  LAB_FRAME_TELL, /* ARP reply, neighbour advertisement */
  LAB_FRAME_ECHO_REQUEST,
  LAB_FRAME_ECHO_REPLY,
  LAB_FRAME_DHCP,
  LAB_FRAME_OTHER
} LabFrameKind;

typedef struct
{
  guint64 packet_id;
  gint64 time_ns;
  LabFrameKind kind;
  gboolean ipv6;
  NetIpv6 to; /* ask: the address asked for; otherwise the destination.  IPv4 as lab_address_v4() */
  guint echo_id, echo_sequence;
} LabSentFrame;

/* An IPv4 address among IPv6 ones (RFC 4291 §2.5.5.2). */
NetIpv6 lab_address_v4 (NetIpv4 ip);

/* Of the frames that a guest or DHCP server sent, the last 1024: the first of a kind towards an address since a time;
 * an echo request or reply by its id and sequence number; the last of a kind, towards an address unless that is NULL.
 * NULL: none. */
const LabSentFrame *lab_ledger_sent_since (const LabLedger *ledger, const char *node, LabFrameKind kind,
                                           const NetIpv6 *to, gint64 since_ns);
const LabSentFrame *lab_ledger_sent_echo (const LabLedger *ledger, const char *node, LabFrameKind kind,
                                          guint echo_id, guint echo_sequence);
const LabSentFrame *
lab_ledger_last_sent (const LabLedger *ledger, const char *node, LabFrameKind kind, const NetIpv6 *to);
/* That a compute passed a frame to its controller: "table 18, rule …"; NULL when it did not, or too long ago. */
const char *lab_ledger_punt (const LabLedger *ledger, const char *node, guint64 packet_id);
const SimFates *lab_ledger_fates (const LabLedger *ledger);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LabLedger, lab_ledger_free)

G_END_DECLS
