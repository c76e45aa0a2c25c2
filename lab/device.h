/* What people and other controllers do at a device itself: to a TOR's database, to the programs of a TOR or compute. */
#pragma once

#include "lab/build.h"

G_BEGIN_DECLS

/* NULL, or why the database refused; free it. */
char *lab_device_act (LabNet *net, const LabAction *action);

G_END_DECLS
