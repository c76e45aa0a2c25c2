/* A connection to one controller: dialled, and dialled again with a growing pause when it is refused or
 * ends, as Open vSwitch does (1 s, doubled to 8 s; from 1 s again after a session that was established). */
#pragma once

#include "models/ovs/sessions.h"

G_BEGIN_DECLS

typedef struct _OvsController OvsController;

typedef struct
{
  gint64 probe_ns;       /* 0: never; OVS_PROBE_DEFAULT_NS is Open vSwitch's */
  gint64 max_backoff_ns; /* 0: 8 s */
} OvsControllerConfig;

#define OVS_PROBE_DEFAULT_NS (5 * NET_SEC)

/* Hears of the connection coming and going. */
typedef void (*OvsControllerFunc) (OvsController *controller, gboolean connected, const char *why,
                                   gpointer user);

/* NULL with an error when the target's text is wrong.  The first dial is made at once. */
OvsController *
ovs_controller_new (OvsSessions *sessions, NetWorld *world, const char *target,
                    const OvsControllerConfig *config, OvsControllerFunc hear, gpointer user, GError **error);
void ovs_controller_free (OvsController *controller);
const char *ovs_controller_target (const OvsController *controller);
gboolean ovs_controller_is_connected (const OvsController *controller);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OvsController, ovs_controller_free)

G_END_DECLS
