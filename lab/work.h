/* An entry of the timeline under way: what it does to the models when it begins and later, and how it is known that it
 * is over.  It does not know when it is to begin. */
#pragma once

#include "lab/build.h"
#include "lab/ledger.h"

G_BEGIN_DECLS

typedef struct
{
  const LabAction *action;
  gint64 began_ns;
  gint64 next_ns; /* when it has to act again: the next shot, the end of a fault; G_MAXINT64: not any more */
  guint shots_left;
  guint ping_id, ended_before; /* ping, arping, dhcp: the ledger's figure when it began */
  gboolean restores_state, restores_loss;
  gboolean up_before;
  guint host_before; /* migrate */
  guint32 loss_ppb_before[2];
  gboolean over;
} LabWork;

/* Begins an entry among the `others` under way, and adds it to them.  Returns the controller's refusal, to be freed, or
 * NULL. */
char *
lab_work_begin (GArray *others, LabNet *net, const LabLedger *ledger, const LabAction *action, gint64 now_ns);

/* Does what is due, and looks whether it is over. */
void lab_work_step (LabWork *work, LabNet *net, const LabLedger *ledger, gint64 now_ns);

/* The last moment at which it may be over, if all goes its way. */
gint64 lab_work_expected_end (const LabWork *work);

G_END_DECLS
