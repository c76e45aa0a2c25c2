/* What the halves of the sessions share: their state (sessions.c), what they are told (sessions-tell.c) and their
 * roles (sessions-role.c). */
#pragma once

#include "models/ovs/sessions.h"

/* Whoever asks for more, or is to be told more, without reading what was sent is cut off … */
#define OVS_PENDING_MAX ((gsize) 64 * 1024 * 1024)
/* … but packet-ins, and copies for snoopers, are dropped beyond this. */
#define OVS_PACKET_IN_PENDING_MAX ((gsize) 1024 * 1024)

struct _OvsSessions
{
  OvsSwitch *sw;
  GPtrArray *list; /* of OvsSession */
  guint n_snoopers;
  guint64 n_refused, n_missed;
  gboolean has_generation;
  guint64 generation;
};

struct _OvsSession
{
  OvsSessions *owner;
  NetStream *stream;
  OpenflowSplitter splitter;
  const OvsSessionEvents *events;
  gpointer user;
  gboolean established;
  gboolean snooping;    /* sees the others' messages and has no say */
  gboolean in_dispatch; /* freed when the dispatch is over */
  gboolean ended;
  OpenflowRole role;
  OpenflowAsync async;
  OvsBundles *bundles;
  guint32 next_xid;
  gint64 probe_ns;
  gboolean probing;
  NetTimer probe;
  NetMisuses misuses;
  NetTimer idle_bundles;
};

/* Counts what the controller did against the protocol, as "openflow <peer>"; _lose_misused() ends the session for it. */
void ovs_session_misused (OvsSession *session, NetMisuse misuse, const char *why);
void ovs_session_lose_misused (OvsSession *session, NetMisuse misuse, const char *why);
/* Ends it and tells its owner why. */
void ovs_session_lose (OvsSession *session, const char *why, gboolean close_stream);
/* Copies a whole message, of a session or to it, to those who snoop. */
void ovs_session_show (const OvsSession *session, const guint8 *bytes, gsize n);
/* What the switch tells controllers unasked. */
extern const OvsSwitchEvents ovs_sessions_switch_events;
