/* Bundles: tried on a copy of the switch's tables first, so that either all of it is done or nothing. */
#include "models/ovs/requests.h"

static OpenflowMessage
message_of (GBytes *bytes)
{
  OpenflowMessage message = { .bytes = g_bytes_get_data (bytes, NULL) };
  NetCursor header = net_cursor (message.bytes, OPENFLOW_HEADER);

  net_cursor_u8 (&header, &message.version);
  net_cursor_u8 (&header, &message.type);
  net_cursor_be16 (&header, &message.length);
  net_cursor_be32 (&header, &message.xid);
  return message;
}

/* Who fails is told of the message that failed, and then of the bundle. */
static gboolean
change_all (OvsSession *session, OvsSwitch *sw, const GPtrArray *messages, GError **error)
{
  for (guint i = 0; i < messages->len; i++)
    {
      const OpenflowMessage message = message_of (messages->pdata[i]);
      g_autoptr (GError) why = NULL;

      if (ovs_request_change (sw, &message, &why))
        continue;
      ovs_session_refuse (session, &message, why);
      return openflow_fail (error, OPENFLOW_ERROR_BUNDLE_FAILED, "message %u of %u failed", i + 1,
                            messages->len);
    }
  return TRUE;
}

static gboolean
commit (OvsSession *session, const OpenflowBundleControl *control, GError **error)
{
  g_autoptr (GPtrArray) messages = ovs_bundles_take (ovs_session_bundles (session), control, error);
  OvsSwitch *sw = ovs_session_switch (session);
  g_autoptr (OvsSwitch) trial = NULL;

  if (!messages)
    return FALSE;
  if (messages->len > 1)
    {
      trial = ovs_switch_new_trial (sw);
      if (!change_all (session, trial, messages, error))
        return FALSE;
    }
  return change_all (session, sw, messages, error);
}

gboolean
ovs_request_bundle_control (OvsSession *session, const OpenflowMessage *message, NetCursor body,
                            GError **error)
{
  OvsBundles *bundles = ovs_session_bundles (session);
  OpenflowBundleControl control;
  OvsBundleRequest request
      = { .message = message, .now_ns = net_world_now (ovs_switch_world (ovs_session_switch (session))) };
  g_autoptr (GByteArray) out = g_byte_array_new ();
  gboolean done = FALSE;

  if (!ovs_request_may_change (session, error) || !openflow_bundle_control_decode (body, &control, error))
    return FALSE;
  switch ((OpenflowBundleType) control.type)
    {
    case OPENFLOW_BUNDLE_OPEN:
      done = ovs_bundles_open (bundles, &control, &request, error);
      break;
    case OPENFLOW_BUNDLE_CLOSE:
      done = ovs_bundles_close (bundles, &control, request.now_ns, error);
      break;
    case OPENFLOW_BUNDLE_COMMIT:
      done = commit (session, &control, error);
      break;
    case OPENFLOW_BUNDLE_DISCARD:
      done = ovs_bundles_discard (bundles, &control, error);
      break;
    }
  ovs_session_await_bundles (session);
  if (!done)
    return FALSE;
  control.type++;
  control.flags = 0;
  openflow_bundle_control_encode (&control, message->xid, out);
  ovs_session_send (session, out);
  return TRUE;
}

gboolean
ovs_request_bundle_add (OvsSession *session, const OpenflowMessage *message, NetCursor body, GError **error)
{
  OpenflowBundleAdd add;
  OvsBundleRequest request
      = { .message = message, .now_ns = net_world_now (ovs_switch_world (ovs_session_switch (session))) };
  gboolean done;

  if (!ovs_request_may_change (session, error)
      || !openflow_bundle_add_decode (body, message->xid, &add, error))
    return FALSE;
  if (!ovs_request_is_change (&add.message))
    return openflow_fail (error, OPENFLOW_ERROR_BUNDLE_UNSUPPORTED, "%s in a bundle",
                          openflow_type_name (add.message.type));
  done = ovs_bundles_add (ovs_session_bundles (session), &add, &request, error);
  ovs_session_await_bundles (session);
  return done;
}

void
ovs_request_expire_bundles (OvsSession *session, gint64 now_ns)
{
  for (GBytes *opening; (opening = ovs_bundles_take_idle (ovs_session_bundles (session), now_ns));)
    {
      const OpenflowMessage message = message_of (opening);
      g_autoptr (GError) error = NULL;

      openflow_fail (&error, OPENFLOW_ERROR_BUNDLE_TIMEOUT, "a bundle was idle for %d s", OVS_BUNDLES_IDLE_S);
      ovs_session_refuse (session, &message, error);
      g_bytes_unref (opening);
    }
  ovs_session_await_bundles (session);
}
