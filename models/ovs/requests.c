/* Controllers' messages, one handler a type. */
#include "models/ovs/requests.h"

#include "openflow/multipart.h"

/* §7.3.1: flow, table, port, group and queue statistics. */
#define CAPABILITIES 0x4fu

typedef gboolean (*Handler) (OvsSession *session, const OpenflowMessage *message, GError **error);

static gboolean
ignore (OvsSession *session, const OpenflowMessage *message, GError **error)
{
  (void) session, (void) message, (void) error;
  return TRUE;
}

static gboolean
log_error (OvsSession *session, const OpenflowMessage *message, GError **error)
{
  OpenflowErrorReport report;

  (void) error;
  if (openflow_error_decode (message, &report, NULL))
    net_world_log (ovs_switch_world (ovs_session_switch (session)), NET_LOG_WARNING, "openflow",
                   "the controller answered with %s", openflow_error_name (report.pair));
  return TRUE;
}

static gboolean
answer_echo (OvsSession *session, const OpenflowMessage *message, GError **error)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();

  (void) error;
  openflow_echo_reply_encode (message, out);
  ovs_session_send (session, out);
  return TRUE;
}

static gboolean
answer_features (OvsSession *session, const OpenflowMessage *message, GError **error)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  OpenflowFeatures features = { .datapath_id = ovs_switch_datapath_id (ovs_session_switch (session)),
                                .n_buffers = 0,
                                .n_tables = OVS_N_TABLES,
                                .capabilities = CAPABILITIES };

  (void) error;
  openflow_features_encode (&features, message->xid, out);
  ovs_session_send (session, out);
  return TRUE;
}

static gboolean
answer_config (OvsSession *session, const OpenflowMessage *message, GError **error)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  OpenflowConfig config = ovs_switch_config (ovs_session_switch (session));

  (void) error;
  openflow_config_encode (OPENFLOW_GET_CONFIG_REPLY, &config, message->xid, out);
  ovs_session_send (session, out);
  return TRUE;
}

static gboolean
set_config (OvsSession *session, const OpenflowMessage *message, GError **error)
{
  OpenflowConfig config;

  if (!openflow_config_decode (message, &config, error))
    return FALSE;
  if (config.flags > OVS_FRAGMENTS_MATCH)
    return openflow_fail (error, OPENFLOW_ERROR_CONFIG_BAD_FLAGS, "fragment handling %u is not known",
                          config.flags);
  ovs_switch_set_config (ovs_session_switch (session), &config);
  return TRUE;
}

/* Everything before it has been carried out by the time it is read. */
static gboolean
answer_barrier (OvsSession *session, const OpenflowMessage *message, GError **error)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();

  (void) error;
  openflow_plain_encode (OPENFLOW_BARRIER_REPLY, message->xid, out);
  ovs_session_send (session, out);
  return TRUE;
}

/* ---- changes ------------------------------------------------------------------------------------------------- */

gboolean
ovs_request_may_change (const OvsSession *session, GError **error)
{
  return ovs_session_role (session) != OPENFLOW_ROLE_SLAVE
         || openflow_fail (error, OPENFLOW_ERROR_IS_SLAVE, "a slave may not change the switch");
}

typedef gboolean (*Change) (OvsSwitch *sw, const OpenflowMessage *message, GError **error);

static gboolean
packet_out (OvsSwitch *sw, const OpenflowMessage *message, GError **error)
{
  g_auto (OpenflowPacketOut) out = { 0 };

  return openflow_packet_out_decode (message, &out, error) && ovs_switch_packet_out (sw, &out, error);
}

static gboolean
flow_mod (OvsSwitch *sw, const OpenflowMessage *message, GError **error)
{
  g_auto (OpenflowFlowMod) mod = { 0 };

  return openflow_flow_mod_decode (message, &mod, error) && ovs_switch_flow_mod (sw, &mod, error);
}

static gboolean
group_mod (OvsSwitch *sw, const OpenflowMessage *message, GError **error)
{
  g_auto (OpenflowGroupMod) mod = { 0 };

  return openflow_group_mod_decode (message, &mod, error) && ovs_switch_group_mod (sw, &mod, error);
}

static gboolean
port_mod (OvsSwitch *sw, const OpenflowMessage *message, GError **error)
{
  OpenflowPortMod mod;

  return openflow_port_mod_decode (message, &mod, error) && ovs_switch_port_mod (sw, &mod, error);
}

static const Change changes[] = {
  [OPENFLOW_PACKET_OUT] = packet_out,
  [OPENFLOW_FLOW_MOD] = flow_mod,
  [OPENFLOW_GROUP_MOD] = group_mod,
  [OPENFLOW_PORT_MOD] = port_mod,
};

gboolean
ovs_request_is_change (const OpenflowMessage *message)
{
  return message->type < G_N_ELEMENTS (changes) && changes[message->type];
}

gboolean
ovs_request_change (OvsSwitch *sw, const OpenflowMessage *message, GError **error)
{
  return changes[message->type](sw, message, error);
}

static gboolean
change (OvsSession *session, const OpenflowMessage *message, GError **error)
{
  return ovs_request_may_change (session, error)
         && ovs_request_change (ovs_session_switch (session), message, error);
}

/* Tables have nothing left to configure in 1.3 (§7.3.3). */
static gboolean
table_mod (OvsSession *session, const OpenflowMessage *message, GError **error)
{
  NetCursor body = openflow_message_body (message);
  guint8 table;

  if (!ovs_request_may_change (session, error))
    return FALSE;
  if (net_cursor_left (&body) != 8 || !net_cursor_u8 (&body, &table))
    return openflow_fail (error, OPENFLOW_ERROR_BAD_LENGTH, "TABLE_MOD of %u bytes", message->length);
  return table < OVS_N_TABLES || table == OPENFLOW_TABLE_ALL
         || openflow_fail (error, OPENFLOW_ERROR_TABLE_BAD_TABLE, "there is no table %u", table);
}

static gboolean
meter_mod (OvsSession *session, const OpenflowMessage *message, GError **error)
{
  OpenflowMeterMod mod;

  return ovs_request_may_change (session, error) && openflow_meter_mod_decode (message, &mod, error)
         && ovs_switch_meter_mod (ovs_session_switch (session), &mod, error);
}

/* No port has a queue. */
static gboolean
answer_queues (OvsSession *session, const OpenflowMessage *message, GError **error)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  guint8 body[8] = { 0 };
  guint32 port;
  guint begin;

  if (!openflow_number_request_decode (openflow_message_body (message), &port, error))
    return FALSE;
  if (port != OPENFLOW_PORT_ANY && !ovs_ports_find (ovs_switch_ports (ovs_session_switch (session)), port))
    return openflow_fail (error, OPENFLOW_ERROR_QUEUE_BAD_PORT, "there is no port %u", port);
  net_put_be32 (body, port);
  begin = openflow_message_begin (out, OPENFLOW_QUEUE_GET_CONFIG_REPLY, message->xid);
  g_byte_array_append (out, body, sizeof body);
  openflow_message_end (out, begin);
  ovs_session_send (session, out);
  return TRUE;
}

static gboolean
change_role (OvsSession *session, const OpenflowMessage *message, GError **error)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  OpenflowRoleChange role;

  if (!openflow_role_decode (message, &role, error) || !ovs_session_change_role (session, &role, error))
    return FALSE;
  role.role = ovs_session_role (session);
  role.generation = ovs_session_generation (session);
  openflow_role_encode (OPENFLOW_ROLE_REPLY, &role, message->xid, out);
  ovs_session_send (session, out);
  return TRUE;
}

static gboolean
answer_async (OvsSession *session, const OpenflowMessage *message, GError **error)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();

  (void) error;
  openflow_async_encode (OPENFLOW_GET_ASYNC_REPLY, ovs_session_async (session), message->xid, out);
  ovs_session_send (session, out);
  return TRUE;
}

static gboolean
set_async (OvsSession *session, const OpenflowMessage *message, GError **error)
{
  return openflow_async_decode (message, ovs_session_async (session), error);
}

static gboolean
experimenter (OvsSession *session, const OpenflowMessage *message, GError **error)
{
  NetCursor body = openflow_message_body (message);
  guint32 id, type;

  if (!net_cursor_be32 (&body, &id) || !net_cursor_be32 (&body, &type))
    return openflow_fail (error, OPENFLOW_ERROR_BAD_LENGTH, "an experimenter's message without its number");
  if (id != OPENFLOW_EXPERIMENTER_NICIRA && id != OPENFLOW_EXPERIMENTER_ONF)
    return openflow_fail (error, OPENFLOW_ERROR_BAD_EXPERIMENTER, "experimenter 0x%08x is not known", id);
  if (id == OPENFLOW_EXPERIMENTER_ONF && type == OPENFLOW_ONF_BUNDLE_CONTROL)
    return ovs_request_bundle_control (session, message, body, error);
  if (id == OPENFLOW_EXPERIMENTER_ONF && type == OPENFLOW_ONF_BUNDLE_ADD)
    return ovs_request_bundle_add (session, message, body, error);
  return openflow_fail (error, OPENFLOW_ERROR_BAD_EXPERIMENTER_TYPE, "message %u of 0x%08x is not had here",
                        type, id);
}

static const Handler handlers[] = {
  [OPENFLOW_HELLO] = ignore,
  [OPENFLOW_ERROR_MESSAGE] = log_error,
  [OPENFLOW_ECHO_REQUEST] = answer_echo,
  [OPENFLOW_ECHO_REPLY] = ignore,
  [OPENFLOW_EXPERIMENTER] = experimenter,
  [OPENFLOW_FEATURES_REQUEST] = answer_features,
  [OPENFLOW_GET_CONFIG_REQUEST] = answer_config,
  [OPENFLOW_SET_CONFIG] = set_config,
  [OPENFLOW_PACKET_OUT] = change,
  [OPENFLOW_FLOW_MOD] = change,
  [OPENFLOW_GROUP_MOD] = change,
  [OPENFLOW_PORT_MOD] = change,
  [OPENFLOW_TABLE_MOD] = table_mod,
  [OPENFLOW_MULTIPART_REQUEST] = ovs_request_multipart,
  [OPENFLOW_BARRIER_REQUEST] = answer_barrier,
  [OPENFLOW_QUEUE_GET_CONFIG_REQUEST] = answer_queues,
  [OPENFLOW_ROLE_REQUEST] = change_role,
  [OPENFLOW_GET_ASYNC_REQUEST] = answer_async,
  [OPENFLOW_SET_ASYNC] = set_async,
  [OPENFLOW_METER_MOD] = meter_mod,
};

gboolean
ovs_request_handle (OvsSession *session, const OpenflowMessage *message, GError **error)
{
  if (message->type < G_N_ELEMENTS (handlers) && handlers[message->type])
    return handlers[message->type](session, message, error);
  return openflow_fail (error, OPENFLOW_ERROR_BAD_TYPE, "a switch does not take message type %u",
                        message->type);
}
