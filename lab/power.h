/* Switching the lab's nodes and guests on and off. */
#pragma once

#include "lab/build.h"

G_BEGIN_DECLS

/* Starts TORs, computes and DHCP servers, and the VMs that the scenario does not hold back. */
void lab_power_on_all (LabNet *net);

/* Plugs a VM's tap, or sets its VF up as Nova and libvirt do; then the guest boots.  Off is the reverse.  Repeating
 * either changes nothing. */
void lab_power_on (LabNet *net, guint vm);
void lab_power_off (LabNet *net, guint vm);
/* Live migration to another compute: the guest runs on with its addresses, at the tap that is plugged there.  The
 * controller's refusal, to be freed, or NULL.  The tap on the compute that it left goes some time later. */
char *lab_power_migrate (LabNet *net, guint vm, guint host);
void lab_power_unplug (LabNet *net, guint vm, guint host);

G_END_DECLS
