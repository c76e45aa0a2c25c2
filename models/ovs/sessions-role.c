/* Roles of controllers (1.3.5 §6.3.6). */
#include "models/ovs/sessions-private.h"

OpenflowRole
ovs_session_role (const OvsSession *session)
{
  return session->role;
}

guint64
ovs_session_generation (const OvsSession *session)
{
  return session->owner->has_generation ? session->owner->generation : G_MAXUINT64;
}

/* A master that another one takes the place of. */
static void
demote (OvsSession *session)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  session->role = OPENFLOW_ROLE_SLAVE;
  openflow_role_status_encode (
      &(OpenflowRoleChange){ .role = OPENFLOW_ROLE_SLAVE, .generation = session->owner->generation },
      OPENFLOW_ROLE_MASTER_REQUEST, 0, bytes);
  ovs_session_send (session, bytes);
}

gboolean
ovs_session_change_role (OvsSession *session, const OpenflowRoleChange *change, GError **error)
{
  OvsSessions *sessions = session->owner;

  if (change->role == OPENFLOW_ROLE_MASTER || change->role == OPENFLOW_ROLE_SLAVE)
    {
      /* Generations are compared as a circle (§6.3.6). */
      if (sessions->has_generation && (gint64) (change->generation - sessions->generation) < 0)
        return openflow_fail (error, OPENFLOW_ERROR_ROLE_STALE,
                              "generation %" G_GUINT64_FORMAT " is older than %" G_GUINT64_FORMAT,
                              change->generation, sessions->generation);
      sessions->has_generation = TRUE;
      sessions->generation = change->generation;
    }
  if (change->role == OPENFLOW_ROLE_MASTER)
    for (guint i = 0; i < sessions->list->len; i++)
      {
        OvsSession *other = sessions->list->pdata[i];
        if (other != session && other->role == OPENFLOW_ROLE_MASTER)
          demote (other);
      }
  if (change->role != OPENFLOW_ROLE_NOCHANGE)
    session->role = (OpenflowRole) change->role;
  return TRUE;
}
