/* Messages that nobody asked for, and copies for those who snoop. */
#include "models/ovs/sessions-private.h"

/* The masks have 32 bits; a reason beyond them, which a controller action may name, is nobody's. */
static gboolean
wants (const OvsSession *session, const guint32 masks[2], guint reason)
{
  return session->established && !session->snooping && reason < 32
         && (masks[session->role == OPENFLOW_ROLE_SLAVE] >> reason & 1);
}

/* Packet-ins are traffic: what a slow reader misses is counted, and the session goes on. */
static void
hear_packet_in (const OpenflowPacketIn *packet_in, gpointer user)
{
  OvsSessions *sessions = user;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  openflow_packet_in_encode (packet_in, 0, bytes);
  for (guint i = 0; i < sessions->list->len; i++)
    {
      OvsSession *session = sessions->list->pdata[i];
      if (!wants (session, session->async.packet_in, packet_in->reason))
        continue;
      if (net_stream_pending (session->stream) > OVS_PACKET_IN_PENDING_MAX)
        sessions->n_missed++;
      else
        ovs_session_send (session, bytes);
    }
}

/* The masks of a session that say who hears of it. */
typedef const guint32 *(*MasksOf) (const OvsSession *session);

static const guint32 *
flow_removed_masks (const OvsSession *session)
{
  return session->async.flow_removed;
}

static const guint32 *
port_status_masks (const OvsSession *session)
{
  return session->async.port_status;
}

/* Changes of state must not be missed: who does not read them is cut off, and learns them anew when it comes back. */
static void
tell (OvsSessions *sessions, MasksOf masks_of, guint reason, const GByteArray *bytes)
{
  for (guint i = 0; i < sessions->list->len;)
    {
      OvsSession *session = sessions->list->pdata[i];
      gboolean wanted = wants (session, masks_of (session), reason);

      if (wanted && net_stream_pending (session->stream) > OVS_PENDING_MAX)
        {
          ovs_session_lose_misused (session, NET_MISUSE_UNREAD, "it does not read what it is told");
          continue;
        }
      if (wanted)
        ovs_session_send (session, bytes);
      i++;
    }
}

static void
hear_flow_removed (const OpenflowFlowRemoved *removed, gpointer user)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  openflow_flow_removed_encode (removed, 0, bytes);
  tell (user, flow_removed_masks, removed->reason, bytes);
}

static void
hear_port_status (const OpenflowPortStatus *status, gpointer user)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  openflow_port_status_encode (status, 0, bytes);
  tell (user, port_status_masks, status->reason, bytes);
}

const OvsSwitchEvents ovs_sessions_switch_events
    = { .packet_in = hear_packet_in, .flow_removed = hear_flow_removed, .port_status = hear_port_status };

/* ---- snooping ------------------------------------------------------------------------------------------------ */

void
ovs_session_show (const OvsSession *session, const guint8 *bytes, gsize n)
{
  OvsSessions *sessions = session->owner;

  if (sessions->n_snoopers == 0 || session->snooping)
    return;
  for (guint i = 0; i < sessions->list->len; i++)
    {
      OvsSession *snooper = sessions->list->pdata[i];
      if (!snooper->snooping || !snooper->established)
        continue;
      if (net_stream_pending (snooper->stream) > OVS_PACKET_IN_PENDING_MAX)
        sessions->n_missed++;
      else
        net_stream_send (snooper->stream, bytes, n);
    }
}
