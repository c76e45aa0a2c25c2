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

G_END_DECLS
