/* The controllers of a switch: their sessions, who is told what, and which one is master (1.3.5 §6.3,
 * §7.3.9). */
#pragma once

#include "models/ovs/bundles.h"
#include "models/ovs/switch.h"

G_BEGIN_DECLS

typedef struct _OvsSessions OvsSessions;
typedef struct _OvsSession OvsSession;

/* The switch must outlive them. */
OvsSessions *ovs_sessions_new (OvsSwitch *sw);
/* Ends all sessions. */
void ovs_sessions_free (OvsSessions *sessions);

guint ovs_sessions_n (const OvsSessions *sessions);
/* Messages that were answered with an error; packet-ins that a controller missed because it does not read. */
guint64 ovs_sessions_n_refused (const OvsSessions *sessions);
guint64 ovs_sessions_n_missed (const OvsSessions *sessions);

typedef struct
{
  void (*established) (OvsSession *session, gpointer user); /* versions are agreed */
  /* After this call the session no longer exists. */
  void (*closed) (OvsSession *session, const char *why, gpointer user);
} OvsSessionEvents;

/* Begins a session on a stream that is up; HELLO goes out.  probe_ns: silence after which an echo is
 * asked, and again until the session is ended; 0: never.  `events` may be NULL. */
OvsSession *ovs_session_begin (OvsSessions *sessions, NetStream *stream, gint64 probe_ns,
                               const OvsSessionEvents *events, gpointer user);
/* One that is shown a copy of every message of the others, as `ovs-ofctl snoop` wants, and may ask for nothing. */
OvsSession *ovs_session_begin_snooping (OvsSessions *sessions, NetStream *stream, gint64 probe_ns);
/* Ends it; no event follows. */
void ovs_session_end (OvsSession *session);

OpenflowRole ovs_session_role (const OvsSession *session);

/* ---- for the handlers of messages ---------------------------------------------------------------------------- */

OvsSwitch *ovs_session_switch (OvsSession *session);
/* The masks of what it wants to hear. */
OpenflowAsync *ovs_session_async (OvsSession *session);
void ovs_session_send (OvsSession *session, const GByteArray *bytes);
/* Answers `message` with the error, and counts it. */
void ovs_session_refuse (OvsSession *session, const OpenflowMessage *message, const GError *error);
OvsBundles *ovs_session_bundles (OvsSession *session);
/* They have changed: the time at which one of them has been idle for too long, too. */
void ovs_session_await_bundles (OvsSession *session);
/* A role that is asked for; refuses an old generation (ROLE_STALE).  The other master, if any, becomes
 * slave. */
gboolean ovs_session_change_role (OvsSession *session, const OpenflowRoleChange *change, GError **error);
/* The last generation seen; all ones before the first. */
guint64 ovs_session_generation (const OvsSession *session);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OvsSessions, ovs_sessions_free)

G_END_DECLS
